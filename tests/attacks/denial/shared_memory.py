# beside: right
# score: 8
"""Leave shared memory, semaphores and queues behind."""

import ctypes
import multiprocessing
from multiprocessing import shared_memory

libc = ctypes.CDLL(None, use_errno=True)


def call(*arguments):
    if libc.syscall(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")


attempt("POSIX memory", lambda: shared_memory.SharedMemory(create=True, size=2**20))
attempt("semaphore", multiprocessing.Semaphore)
attempt("queue", multiprocessing.Queue)
attempt("System V memory", lambda: call(29, 0, 4096, 0o1777))
attempt("System V semaphore", lambda: call(64, 0, 1, 0o1777))
attempt("System V queue", lambda: call(68, 0, 0o1777))
attempt("message queue", lambda: call(240, b"here", 66, 0o777, 0))
