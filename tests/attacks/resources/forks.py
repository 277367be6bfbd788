# beside: right
# score: 8
"""Start processes: by every function that can."""

import ctypes
import multiprocessing
import os
import subprocess

attempt("fork", os.fork)
attempt("fork by C", lambda: 1 // (ctypes.CDLL(None).fork() + 1))
attempt("vfork by C", lambda: 1 // (ctypes.CDLL(None).vfork() + 1))
attempt("spawn", lambda: os.posix_spawn("/bin/sleep", ["sleep", "60"], {}))
attempt("exec", lambda: os.execv("/bin/sleep", ["sleep", "60"]))
attempt("subprocess", lambda: subprocess.Popen(["sleep", "60"]))
attempt("shell", lambda: 1 // (os.system("sleep 60") == 0))
attempt("pool", lambda: multiprocessing.Pool(2))
attempt("pty", lambda: __import__("pty").fork())
