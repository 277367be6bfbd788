"""The grader's side of the worker and its children: start them, talk to them, end them."""

import contextlib
import itertools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from autograder.records import wire
from autograder.records.observations import BadMessage, decode, encode
from autograder.records.results import NotGraded
from autograder.sandbox import lock


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes:
        cell: wall seconds of one notebook cell, or of a whole `.py` file.
        check: wall seconds of one check.
        total: wall seconds of everything.
        memory: bytes of address space above what the warm worker has.
        disk: bytes of all files in the scratch folder of a process.
        files: how many there may be.
        threads: of a process; TensorFlow starts a few for every processor.
        output: bytes kept of what it prints.
    """

    cell: float = 30
    check: float = 30
    total: float = 180
    memory: int = 2 * 2**30
    disk: int = 2**30
    files: int = 10_000
    threads: int = 256 + 16 * (os.cpu_count() or 1)
    output: int = 20_000

    @classmethod
    def of(cls, seconds: float) -> "Limits":
        """Return the limits for so many seconds of a cell or a check."""
        return cls(cell=seconds, check=seconds, total=6 * seconds)


class ChildEnded(Exception):
    """The child ended before it answered."""


class ChildTooSlow(Exception):
    """The child did not answer in time; it has been killed."""


class WorkerFailed(NotGraded):
    """The worker could not be started, or died."""


def _where(found: dict[str, str]) -> str:
    """Return which packages a worker found elsewhere than the grader, and what to do."""
    ours = {name: lock.location(name) for name in ("autograder", *lock.PACKAGES)}
    reached = [*lock.packages(), *lock.elsewhere()]
    lines = []
    for name, path in ours.items():
        if name in found:
            differs = path and os.path.realpath(path) != os.path.realpath(found[name])
        else:
            differs = name != "autograder" and not any(map(Path(path).is_relative_to, reached))
        if differs:
            theirs = found.get(name, "may not import from there")
            lines.append(f"{name}: the grader has {path or 'none'}, the worker {theirs}")
    if not lines:
        return ""
    return "\n".join(
        [
            "the grader and the worker must import the same packages:",
            *lines,
            "Install them into one environment, and let PYTHONPATH name no folder with others.",
        ]
    )


def _launched(
    scratch: str, control: socket.socket, log: IO[bytes], more: dict[str, str]
) -> subprocess.Popen:
    """Start a worker that listens to a socket.

    Args:
        scratch: the folder that it may write to.
        control: its side of the connection.
        log: what it prints.
        more: variables for TensorFlow.
    """
    environment = {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": scratch,
        "KERAS_HOME": scratch,
        "KERAS_BACKEND": "tensorflow",
        "MPLBACKEND": "agg",
        "CUDA_VISIBLE_DEVICES": "-1",
        "OPENBLAS_NUM_THREADS": "1",  # else importing NumPy starts a thread
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # What they make faster pays in long runs; each child would pay for setting it up.
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL": "false",
        "AUTOGRADER_PLAIN": os.environ.get("AUTOGRADER_PLAIN", ""),  # see sandbox/tuning.py
        **more,
    }
    # No variable and no folder that it is started in changes what it imports.
    worker = Path(lock.__file__).with_name("worker.py")
    folders = [*lock.packages(), *(str(Path(one).parent) for one in lock.elsewhere())]
    command = [sys.executable, "-I", "-X", "utf8", str(worker), str(control.fileno()), *folders]
    return subprocess.Popen(
        lock.wrapped(command, scratch),
        pass_fds=[control.fileno()],
        env=environment,
        cwd=scratch,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,  # a Ctrl-C is the grader's to handle
    )


class Worker:
    """A warm process that forks children, several at once. Use it in a `with` statement.

    Args:
        limits: of each submission.
        environment: more variables for TensorFlow.

    Attributes:
        packages: the folder and the version of what it has imported, once it is ready.
    """

    packages: dict[str, tuple[str, str]]

    def __init__(self, limits: Limits = Limits(), environment: dict[str, str] | None = None):  # noqa: B008
        self.limits = limits
        self._environment = environment or {}
        self._scratch = tempfile.TemporaryDirectory(
            prefix="autograder-", ignore_cleanup_errors=True
        )
        self._numbers = itertools.count()
        self._starting = threading.RLock()
        self.closed = False
        self.generation = 0
        self._start()

    def _start(self) -> None:
        self._ready = False
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        with theirs:
            self._process = _launched(self._scratch.name, theirs, self._log, self._environment)

    def ready(self) -> None:
        """Wait until TensorFlow is imported; the first child would.

        Raises:
            WorkerFailed: the worker could not be started, or has been closed.
        """
        with self._starting:
            if self.closed:
                raise WorkerFailed("the warm worker has been closed")
            if not self._ready:
                self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        told = self._control.recv(65536)
        if not told:
            self._process.wait()
            self._log.seek(0)
            log = self._log.read()[-2000:].decode(errors="replace")
            self.close()
            raise WorkerFailed(f"the warm worker did not start:\n{log}{_where({})}")
        self.packages = json.loads(told)
        if differing := _where({name: path for name, (path, _) in self.packages.items()}):
            self.close()
            raise WorkerFailed(differing)
        self._ready = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self) -> None:
        """End the worker and its children; whoever waits for one of them gets `WorkerFailed`."""
        self.closed = True
        if not self._ready:
            self._kill()  # somebody may wait for it, and hold the lock
        with self._starting:
            self._stop()
            self._scratch.cleanup()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _stop(self) -> None:
        self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._kill()
        self._process.wait()
        self._log.close()

    def restart(self, generation: int) -> None:
        """Start the process again, unless that has happened since a generation.

        Raises:
            WorkerFailed: it cannot be started, or has been closed.
        """
        with self._starting:
            if self.closed:
                raise WorkerFailed("the warm worker has been closed")
            if self.generation == generation:
                self._stop()
                self._start()
                self._wait_until_ready()
                self.generation += 1

    def child(self) -> "Child":
        """Fork a child with a scratch folder of its own. Use it in a `with` statement.

        Raises:
            WorkerFailed: the worker could not be started, has been closed, or died.
        """
        self.ready()
        scratch = Path(self._scratch.name, str(next(self._numbers)))
        scratch.mkdir()
        limits = self.limits
        request = {
            "limit": {
                "scratch": str(scratch),
                "memory": limits.memory,
                "call_filter": lock.call_filter().hex(),
            },
            "watch": {"disk": limits.disk, "files": limits.files, "threads": limits.threads},
        }
        talk, their_talk = socket.socketpair()
        life, their_life = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        output, their_output = os.pipe()
        try:
            descriptors = [their_talk.fileno(), their_output, their_life.fileno()]
            socket.send_fds(self._control, [json.dumps(request).encode()], descriptors)
        except OSError as error:
            talk.close()
            life.close()
            os.close(output)
            raise WorkerFailed("the warm worker died") from error
        finally:
            their_talk.close()
            their_life.close()
            os.close(their_output)
        return Child(talk, life, output, scratch, self.limits.output)


class Child:
    """One forked process. Everything that it says is hostile."""

    def __init__(self, talk, life, output: int, scratch: Path, keep: int):
        self._talk, self._life, self._output = talk, life, output
        self._scratch, self._keep = scratch, keep
        self._buffer = wire.Buffer()
        self.printed = b""
        self.cpu_seconds = 0.0
        self._ending: str | None = None
        self._output_open = True
        talk.setblocking(False)
        os.set_blocking(output, False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.end()
        finally:
            self._talk.close()
            self._life.close()
            os.close(self._output)
            _remove(str(self._scratch))

    def send(self, message: dict, seconds: float) -> None:
        """Send a message.

        Raises:
            ChildEnded: nobody reads it.
            ChildTooSlow: it was not read in time.
        """
        data = encode(message)
        left = memoryview(wire.HEADER.pack(len(data)) + data)
        deadline = time.monotonic() + seconds
        while left:
            self._wait(deadline, writing=True)
            try:
                left = left[self._talk.send(left) :]
            except BlockingIOError:
                continue
            except OSError:
                raise ChildEnded(self.end(patience=1)) from None

    def receive(self, seconds: float):
        """Wait for the next message of the child.

        Raises:
            ChildEnded: it closed the connection, died, or sent nonsense.
            ChildTooSlow: there was no whole message in time.
        """
        deadline = time.monotonic() + seconds
        try:
            while (message := self._buffer.pop()) is None:
                self._wait(deadline)
                try:
                    data = self._talk.recv(min(2**20, self._buffer.missing()))
                except BlockingIOError:
                    continue
                except OSError:
                    data = b""
                if not data:
                    raise ChildEnded(self.end(patience=1))
                self._buffer.add(data)
            return decode(message)
        except BadMessage:
            self.end()
            raise ChildEnded("its answer could not be read") from None

    def let_go(self) -> None:
        """Have the child killed; whoever wants to know how it ended waits for its end."""
        if self._ending is None:
            self._life.shutdown(socket.SHUT_WR)

    def end(self, patience: float = 0) -> str:
        """Kill the child if it does not end by itself; say how it ended."""
        if self._ending is None:
            self._life.settimeout(patience or None)
            try:
                if not patience:
                    self.let_go()
                told = self._life.recv(4096)
            except TimeoutError:
                return self.end()
            except OSError:
                told = b""
            if not told:
                raise WorkerFailed("the warm worker died")
            ending = json.loads(told)
            self.cpu_seconds = ending["cpu"]
            self._ending = ending["excess"] or _describe(ending["exit"])
            for _ in range(100):  # a pipe does not hold more
                if not self._read_output():
                    break
        return self._ending

    def _wait(self, deadline: float, writing: bool = False) -> None:
        """Wait until the child can be talked to; keep its output flowing."""
        poller = select.poll()
        poller.register(self._talk, select.POLLOUT if writing else select.POLLIN)
        if self._output_open:
            poller.register(self._output, select.POLLIN)
        while (left := deadline - time.monotonic()) > 0:
            for descriptor, _ in poller.poll(left * 1000):
                if descriptor == self._talk.fileno():
                    return
                if not self._read_output():
                    poller.unregister(self._output)
        self.end()
        raise ChildTooSlow

    def _read_output(self) -> bool:
        """Read what the child printed, keep the beginning; False when there is no more."""
        try:
            data = os.read(self._output, 65536)
        except BlockingIOError:
            return False
        self._output_open = bool(data)
        self.printed += data[: self._keep - len(self.printed)]
        return self._output_open


def _remove(folder: str) -> None:
    """Remove a folder, also one with folders that were made so that they cannot be emptied."""
    for command in (["rm", "-rf"], ["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
        subprocess.run([*command, "--", folder], capture_output=True, check=False)
        if not os.path.lexists(folder):
            break


def _describe(status: int) -> str:
    if status >= 0:
        return f"it ended the process (exit status {status})"
    if -status == signal.SIGKILL:
        return "it was killed, probably for its use of memory"
    return f"it crashed ({signal.Signals(-status).name})"
