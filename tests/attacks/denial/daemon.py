# beside: right
# score: 8
"""Leave a process behind that lives on."""

import ctypes
import os
import signal
import time

libc = ctypes.CDLL(None, use_errno=True)


def daemon():
    pid = libc.syscall(56, 17, 0, 0, 0, 0)  # clone, on x86-64
    if pid < 0:
        raise OSError(ctypes.get_errno(), "clone")
    if pid == 0:
        os.setsid()
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        time.sleep(1000)


attempt("clone", daemon)
attempt("clone3", lambda: 1 // (libc.syscall(435, ctypes.create_string_buffer(88), 88) + 1))
attempt("setsid", os.setsid)
