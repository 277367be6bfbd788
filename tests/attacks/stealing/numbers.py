# beside: right
# score: 8
"""System calls that reach into other processes or around the file system, by number (x86-64)."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
memory = ctypes.create_string_buffer(4096)
vector = (ctypes.c_size_t * 2)(ctypes.addressof(memory), 8)


def call(*arguments):
    if libc.syscall(*arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if os.uname().machine == "x86_64":
    for pid in (TARGET["grader"], os.getppid()):
        attempt("ptrace", lambda: call(101, 16, pid, 0, 0))
        attempt("process_vm_readv", lambda: call(310, pid, vector, 1, vector, 1, 0))
        attempt("process_vm_writev", lambda: call(311, pid, vector, 1, vector, 1, 0))
        attempt("kcmp", lambda: call(312, pid, os.getpid(), 0, 0, 0))
        attempt("pidfd_open", lambda: call(434, pid, 0))
    book = TARGET["book"].encode()
    attempt("name_to_handle_at", lambda: call(303, -100, book, memory, memory, 0))
    attempt("open_by_handle_at", lambda: call(304, -100, memory, 0))
    attempt("openat2", lambda: call(437, -100, book, memory, 24))
    attempt("mount", lambda: call(165, b"none", b"/tmp", b"tmpfs", 0, 0))
    attempt("chroot", lambda: call(161, b"."))
    attempt("unshare", lambda: call(272, 0x10000000))
    attempt("io_uring", lambda: call(425, 4, memory))
    attempt("memfd", lambda: call(319, b"x", 0))
    attempt("userfaultfd", lambda: call(323, 0))
    attempt("bpf", lambda: call(321, 0, memory, 8))
    attempt("keyctl", lambda: call(250, 0, -3, 0))
    attempt("perf", lambda: call(298, memory, 0, -1, -1, 0))
    attempt("setuid", lambda: call(105, 0))
    attempt("landlock again", lambda: call(444, memory, 8, 0))
    attempt("a new filter", lambda: call(317, 1, 0, memory))
