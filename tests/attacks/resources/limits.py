# beside: right
# score: 8
"""Lift the limits again."""

import os
import resource

for name in ("AS", "FSIZE", "CORE", "NPROC", "NOFILE"):
    limit = getattr(resource, f"RLIMIT_{name}")
    attempt(name, lambda: resource.setrlimit(limit, (-1, -1)))
    attempt(f"{name} of the worker", lambda: resource.prlimit(os.getppid(), limit, (0, 0)))
    attempt(f"{name} of the grader", lambda: resource.prlimit(TARGET["grader"], limit, (0, 0)))
