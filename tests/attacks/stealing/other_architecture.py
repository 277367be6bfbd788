# beside: right
# score: 0
"""System calls with the numbers of another architecture; the kernel ends such a process."""

import ctypes
import os

if os.uname().machine == "x86_64":
    ctypes.CDLL(None).syscall(0x40000000 + 57)
os.abort()
