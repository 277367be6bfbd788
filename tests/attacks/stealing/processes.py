# beside: right
# score: 8
"""Read other processes through /proc: memory, environment, descriptors, working folder."""

import os

for pid in (TARGET["grader"], os.getppid(), 1):
    for name in ("mem", "environ", "maps", "fd/0", "cwd/build", "root/etc/passwd", "stack"):
        path = f"/proc/{pid}/{name}"
        attempt(path, lambda: print(os.open(path, os.O_RDONLY)))
attempt("/proc/self/root", lambda: open("/proc/self/root" + TARGET["book"], "rb"))
attempt("/proc/self/cwd", lambda: os.listdir("/proc/self/cwd/.."))
attempt("kernel's memory", lambda: open("/proc/kcore", "rb"))
attempt("keys", lambda: open("/proc/keys"))
