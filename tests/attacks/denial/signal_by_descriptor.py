# beside: right
# score: 8
"""Have the kernel send a signal for this process, when a descriptor becomes ready."""

import fcntl
import os
import signal
import socket

F_SETSIG, F_SETOWN_EX = 10, 15
for pid in (os.getppid(), TARGET["grader"]):
    one, other = socket.socketpair()
    attempt("own", lambda: fcntl.fcntl(one, fcntl.F_SETOWN, pid))
    attempt("signal", lambda: fcntl.fcntl(one, F_SETSIG, signal.SIGKILL))
    fcntl.fcntl(one, fcntl.F_SETFL, fcntl.fcntl(one, fcntl.F_GETFL) | os.O_ASYNC)
    other.send(b"x")
