# beside: right
# score: 8
"""Write wherever somebody else looks."""

import os
import pathlib
import tempfile

import tensorflow as tf

for mark in TARGET["marks"]:
    attempt("open", lambda: open(mark, "w"))
    attempt("folder", lambda: os.mkdir(mark))
    attempt("link", lambda: os.symlink("/", mark))
    attempt("fifo", lambda: os.mkfifo(mark))
    attempt("TensorFlow", lambda: tf.io.write_file(mark, "x"))
attempt("submission", lambda: open(TARGET["other"], "a"))
attempt("hints", lambda: pathlib.Path(TARGET["hints"], "evil").write_text("x"))
attempt("startup file", lambda: open(os.__file__, "a"))
attempt("other temporary folder", lambda: tempfile.mkdtemp(dir="/tmp"))
attempt("remove", lambda: os.unlink(TARGET["other"]))
attempt("remove a folder", lambda: os.rmdir(TARGET["hints"]))
attempt("terminal", lambda: open("/dev/tty", "w"))
attempt("process 1", lambda: open("/proc/1/oom_score_adj", "w"))
