# beside: right
# score: 8
"""Read everything in the course folder, by every way to open a file."""

import os
import shutil

import numpy as np
import tensorflow as tf

course = TARGET["course"]
secret = course + "/solutions/scale/reference.py"
attempt("list", lambda: os.listdir(course))
attempt("list solutions", lambda: os.listdir(course + "/solutions"))
attempt("scan", lambda: list(os.scandir(course)))
attempt("open", lambda: open(secret))
attempt("open a handle", lambda: os.open(secret, os.O_RDONLY))
attempt("copy", lambda: shutil.copy(secret, "here"))
attempt("map", lambda: np.memmap(secret, "uint8", "r"))
attempt("load", lambda: np.fromfile(secret, "uint8"))
attempt("tf.io", lambda: tf.io.read_file(secret))
attempt("tf.data", lambda: list(tf.data.TextLineDataset(secret)))
attempt("gfile", lambda: tf.io.gfile.GFile(secret).read())
os.chdir("/")
attempt("relative", lambda: open(secret.lstrip("/")))
