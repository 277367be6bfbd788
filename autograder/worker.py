"""The warm worker: imports TensorFlow once, then forks a child for every request.

TensorFlow must be forked before any operation ran: afterwards the children hang at their first use
of its thread pool. So this process only imports, stays on one thread, and never sees a submission,
a check or an answer, since a fork inherits its parent's memory.

A request is one packet on the control socket: the limits as JSON, and three descriptors. The child
talks over the first and prints to the second. The third tells the grader how the child ended; when
the grader closes it, the child is killed.
"""

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import threading
import traceback
from pathlib import Path


def main(control: socket.socket) -> None:
    """Import, say "ready", and serve until the grader goes away."""
    gc.disable()
    from tensorflow.python.eager import context

    from autograder import child

    gc.collect()
    gc.freeze()
    gc.enable()
    tasks = Path("/proc/self/task")
    threads = len(list(tasks.iterdir())) if tasks.is_dir() else threading.active_count()
    if context.context()._initialized or threads > 1:
        raise SystemExit("the worker is no longer safe to fork: an import ran an operation")
    control.send(b"ready")

    poller = select.poll()
    poller.register(control, select.POLLIN)
    lives: dict[int, tuple[socket.socket, int]] = {}  # what the grader holds on to -> child
    ends: dict[int, int] = {}  # pidfd -> the same key
    while True:
        for ready, _ in poller.poll():
            if ready == control.fileno():
                packet, descriptors, _, _ = socket.recv_fds(control, 65536, 3)
                if not packet:
                    for _, pid in lives.values():
                        _kill(pid)
                    return
                talk, out, life = descriptors
                pid = os.fork()
                if pid == 0:
                    control.close()
                    _become(child, json.loads(packet), talk, out)
                os.close(talk)
                os.close(out)
                lives[life] = socket.socket(fileno=life), pid
                end = os.pidfd_open(pid)
                ends[end] = life
                poller.register(life, select.POLLIN)
                poller.register(end, select.POLLIN)
            elif ready in lives:  # the grader let go
                poller.unregister(ready)
                _kill(lives[ready][1])
            elif ready in ends:
                poller.unregister(ready)
                os.close(ready)
                life = ends.pop(ready)
                connection, pid = lives.pop(life)
                _kill(pid)  # what else is in its process group
                _, status, usage = os.wait4(pid, 0)
                told = {"exit": os.waitstatus_to_exitcode(status),
                        "cpu": usage.ru_utime + usage.ru_stime}  # fmt: skip
                with contextlib.suppress(KeyError):
                    poller.unregister(life)
                with contextlib.suppress(OSError):
                    connection.send(json.dumps(told).encode())
                connection.close()


def _kill(pid: int) -> None:
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)


def _become(child, request: dict, talk: int, out: int):
    status = 70
    try:
        os.setsid()
        null = os.open(os.devnull, os.O_RDONLY)
        talk = os.dup2(talk, 9)
        for source, target in ((null, 0), (out, 1), (out, 2)):
            os.dup2(source, target)
        os.closerange(3, 9)
        os.closerange(10, 65536)
        connection = socket.socket(fileno=talk)
        child.limit(**request)
        child.serve(connection)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
