"""The warm worker: imports TensorFlow once, then forks a child for every request.

TensorFlow must be forked before any operation ran: afterwards the children hang at their first use
of its thread pool. So this process only imports, stays on one thread, and never sees a submission,
a check or an answer, since a fork inherits its parent's memory.

A request is one packet on the control socket: the limits as JSON, and three descriptors. The child
talks over the first and prints to the second. The third tells the grader how the child ended; when
the grader closes it, the child is killed. So it is when it uses more threads or disk than it may,
which the kernel does not bound for every user: the worker looks every WATCH seconds.
"""

import contextlib
import ctypes
import fcntl
import gc
import importlib.util
import json
import os
import select
import signal
import site
import socket
import sys
import threading
import traceback
import types
from dataclasses import dataclass
from pathlib import Path

WATCH = 0.1  # seconds
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


@dataclass
class Life:
    """A child, and the socket over which the grader holds on to it."""

    connection: socket.socket
    pid: int
    request: dict
    excess: str = ""  # why it was killed


def main(control: socket.socket) -> None:
    """Import, say what, and serve until the grader goes away."""
    gc.disable()
    from tensorflow.python.eager import context

    from autograder.sandbox import lock, session, tuning

    tuning.tune()
    lock.readable()  # once, for all children
    tuning.freeze()
    gc.enable()
    tasks = Path("/proc/self/task")
    threads = len(list(tasks.iterdir())) if tasks.is_dir() else threading.active_count()
    if context.context()._initialized or threads > 1:
        raise SystemExit("the worker is no longer safe to fork: an import ran an operation")
    control.send(json.dumps(_imported(lock.PACKAGES)).encode())

    _prctl(PR_SET_CHILD_SUBREAPER, 1)  # what a child leaves behind becomes ours
    Nursery(control, session).serve()


class Nursery:
    """The children: forks them, watches what they use, and says how they ended.

    Args:
        control: the socket over which requests arrive.
        session: the module with what a child does.
    """

    def __init__(self, control: socket.socket, session: types.ModuleType):
        self._control, self._session = control, session
        self._lives: dict[int, Life] = {}  # by the descriptor of their connection
        self._ends: dict[int, int] = {}  # pidfd -> the same key
        self._poller = select.poll()
        self._poller.register(control, select.POLLIN)

    def serve(self) -> None:
        """Fork a child for every request until the grader goes away; then kill them all."""
        while True:
            self.watch()
            for ready, _ in self._poller.poll(1000 * WATCH if self._lives else None):
                if ready == self._control.fileno():
                    packet, descriptors, _, _ = socket.recv_fds(self._control, 65536, 3)
                    if not packet:
                        for life in self._lives.values():
                            _kill(life.pid)
                        return
                    self.fork(json.loads(packet), *descriptors)
                elif ready in self._lives:  # the grader let go
                    self._poller.unregister(ready)
                    _kill(self._lives[ready].pid)
                elif ready in self._ends:
                    self.reap(ready)

    def fork(self, request: dict, talk: int, out: int, life: int) -> None:
        """Fork a child that answers over `talk` and prints to `out`."""
        pid = os.fork()
        if pid == 0:
            self._control.close()
            _become(self._session, request["limit"], talk, out)
        os.close(talk)
        os.close(out)
        self._lives[life] = Life(socket.socket(fileno=life), pid, request)
        end = os.pidfd_open(pid)
        self._ends[end] = life
        self._poller.register(life, select.POLLIN)
        self._poller.register(end, select.POLLIN)

    def watch(self) -> None:
        """Kill the children that use too much."""
        for life in self._lives.values():
            life.excess = life.excess or _excess(life)
            if life.excess:
                _kill(life.pid)

    def reap(self, end: int) -> None:
        """Kill what a child that has ended left behind; tell the grader how it ended."""
        self._poller.unregister(end)
        os.close(end)
        key = self._ends.pop(end)
        life = self._lives.pop(key)
        _kill(life.pid)  # what else is in its process group
        _, status, usage = os.wait4(life.pid, 0)
        if not life.request["limit"]["call_filter"]:  # it may have forked
            _kill_orphans({other.pid for other in self._lives.values()})
        ending = {
            "exit": os.waitstatus_to_exitcode(status),
            "excess": life.excess,
            "cpu": usage.ru_utime + usage.ru_stime,
        }
        with contextlib.suppress(KeyError):
            self._poller.unregister(key)
        with contextlib.suppress(OSError):
            life.connection.send(json.dumps(ending).encode())
        life.connection.close()


def _import_like_the_grader(folders: list[str]) -> None:
    """Make this very package importable, and others from these folders alone.

    Python's own library stays on the path; it comes first there.
    """
    installed = site.getsitepackages()
    first = next((at for at, path in enumerate(sys.path) if path in installed), len(sys.path))
    sys.path[first:] = folders
    here = Path(__file__).parent.parent
    spec = importlib.util.spec_from_file_location(
        "autograder", here / "__init__.py", submodule_search_locations=[str(here)]
    )
    sys.modules["autograder"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["autograder"])


def _imported(names: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Return the folder and the version of packages."""
    modules = {name: sys.modules[name] for name in ("autograder", *names)}
    return {
        name: (str(Path(one.__file__).parent), one.__version__) for name, one in modules.items()
    }


def _excess(life: Life) -> str:
    """Return what a child uses too much of, in words, or nothing."""
    most = life.request["watch"]
    tasks = Path(f"/proc/{life.pid}/task")
    try:
        if tasks.stat().st_nlink - 2 > most["threads"]:
            return f"it was killed: it had more than {most['threads']} threads"
        size, files = _disk(life.request["limit"]["scratch"], most["files"])
        size += _nameless(tasks)
    except (FileNotFoundError, ProcessLookupError):  # it has ended, or this is no Linux
        return ""
    except OSError as error:
        return f"it was killed: its files cannot be counted ({error.strerror})"
    if files > most["files"]:
        return f"it was killed: it had more than {most['files']} files"
    if size > most["disk"]:
        return f"it was killed: its files took more than {most['disk'] // 2**20} MiB"
    return ""


def _disk(folder: str, enough: int) -> tuple[int, int]:
    """Return the bytes and the number of files below a folder; it may change meanwhile."""
    size = files = 0
    folders = [folder]
    while folders and files <= enough:
        path = folders.pop()
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    with contextlib.suppress(FileNotFoundError):
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
                        files += 1
                        if entry.is_dir(follow_symlinks=False):
                            folders.append(entry.path)
        except PermissionError:  # it may be filled all the same, if it was made so
            if Path(path).lstat().st_mode & 0o300 == 0o300:
                raise
        except (FileNotFoundError, NotADirectoryError):
            continue  # it is gone
    return size, files


def _nameless(tasks: Path) -> int:
    """Return the bytes of the open files that have no name."""
    for task in tasks.iterdir():
        size, descriptors = 0, []
        with contextlib.suppress(OSError):  # it has ended
            descriptors = list(os.scandir(task / "fd"))
        for descriptor in descriptors:
            with contextlib.suppress(OSError):
                about = Path(descriptor.path).stat()
                size += 0 if about.st_nlink else about.st_blocks * 512
        if descriptors:  # all threads have the same
            return size
    return 0


def _kill_orphans(known: set[int]) -> None:
    """Kill what is a child of this process without having been forked by it."""
    while orphans := {pid for pid, parent in _parents() if parent == os.getpid()} - known:
        for pid in orphans:
            _kill(pid)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _parents():
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name in brackets may contain anything.
            yield int(stat.parent.name), int(stat.read_bytes().rsplit(b")", 1)[1].split()[1])


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _kill(pid: int) -> None:
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)


def _become(session, request: dict, talk: int, out: int):
    status = 70
    try:
        os.setsid()
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        null = os.open(os.devnull, os.O_RDONLY)
        # First out of the way: beside many other children any of them may have the number 9.
        null, out, talk = (fcntl.fcntl(one, fcntl.F_DUPFD, 20) for one in (null, out, talk))
        for source, target in ((null, 0), (out, 1), (out, 2), (talk, 9)):
            os.dup2(source, target)
        os.closerange(3, 9)
        os.closerange(10, 65536)
        connection = socket.socket(fileno=9)
        session.limit(**request)
        session.serve(connection)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


if __name__ == "__main__":
    _import_like_the_grader(sys.argv[2:])
    main(socket.socket(fileno=int(sys.argv[1])))
