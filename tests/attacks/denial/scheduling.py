# beside: right
# score: 8
"""Push others aside: their processors, their priority."""

import os

for pid in (os.getppid(), TARGET["grader"]):
    attempt("affinity", lambda: os.sched_setaffinity(pid, {0}))
    attempt("priority", lambda: os.setpriority(os.PRIO_PROCESS, pid, 19))
    attempt("scheduler", lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)))
attempt("own priority", lambda: os.setpriority(os.PRIO_PROCESS, 0, -20))
