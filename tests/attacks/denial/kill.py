# beside: right
# score: 8
"""Signal everybody."""

import os
import signal
import threading

for pid in (-1, 0, os.getppid(), TARGET["grader"], -TARGET["grader"], 1):
    attempt(f"kill {pid}", lambda: os.kill(pid, signal.SIGKILL))
    attempt(f"stop {pid}", lambda: os.kill(pid, signal.SIGSTOP))
attempt("killpg", lambda: os.killpg(os.getpgid(os.getppid()), signal.SIGKILL))
attempt("a thread", lambda: signal.pthread_kill(threading.get_ident(), 0))
attempt("pidfd", lambda: signal.pidfd_send_signal(os.pidfd_open(os.getppid()), 9))
