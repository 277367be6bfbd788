"""Check a student's own files with the public tests, each in a fresh process that starts warm.

Nothing here needs `solutions/`. The code is the student's and so is the machine: there is no lock,
only limits of time and of output. Where processes can be forked safely (Linux), they are forked
from a server that has imported TensorFlow already; elsewhere each imports it anew.
"""

import json
import multiprocessing
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from autograder.practice import about, publictests
from autograder.practice.publictests import UNSTOPPED, add_hints
from autograder.records.practice import Report, Result
from autograder.records.recognition import exercise_of
from autograder.records.results import Status

SECONDS = 90  # until a file is loaded
MOST_BETWEEN = 25  # seconds for a test, which ends itself before that if it can
MAX_ANSWER = 2**20
# Where there is no IPython, Python goes on without what needs it.
PRELOADED = ["autograder.practice.forked", "autograder.cli", "autograder.sandbox.notebooks"]
TRACE = "trace"  # where a process in its scratch folder writes which line it is in
FRAME = re.compile(r'File "(.+)", line (\d+)')


class TestServer:
    """Starts processes that have TensorFlow imported already. One per program is enough."""

    __test__ = False  # its name does not make it a test of pytest's

    def __init__(self):
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # else importing NumPy starts a thread
        self._running: set = set()
        self._forks = sys.platform == "linux" and hasattr(os, "fork")
        self._context = multiprocessing.get_context("forkserver" if self._forks else "spawn")
        if self._forks:
            from multiprocessing import forkserver  # which Windows cannot import

            self._context.set_forkserver_preload(PRELOADED)
            with publictests.quiet():  # the server keeps this stderr
                forkserver.ensure_running()

    def start(self) -> bool:
        """Wait until everything is imported, and tell whether that is done once for all files."""
        if self._forks:
            with tempfile.TemporaryDirectory(prefix="autograder-") as scratch:
                self._ask(Report(Path(), ""), ("", None, (), scratch), lambda: None)
        return self._forks

    def stop(self) -> None:
        """End what is being checked; its report says so."""
        while self._running:
            self._running.pop().kill()

    def check(
        self,
        path: Path,
        seed: int | None = None,
        switched_off: Sequence[str] | None = None,
        on_result: Callable[[Report], None] = lambda _: None,
    ) -> Report:
        """Run the public tests of a file, unless it is as it was handed out.

        Args:
            path: a stub or a notebook.
            seed: makes random weights the same in every run.
            switched_off: what must not be called; by default what was handed out with the exercise.
            on_result: called with the report whenever a test has a result.
        """
        exercise = exercise_of(path) or path.stem
        folder = path.absolute().parent
        known = about.of(exercise, folder)
        report = Report(path, exercise, content=about.content_of(path), graded=known.graded)
        if report.content in known.untouched:
            report.untouched = True
            return report
        off = known.switched_off if switched_off is None else switched_off
        started = time.perf_counter()
        with tempfile.TemporaryDirectory(
            prefix="autograder-", ignore_cleanup_errors=True
        ) as scratch:
            given = str(path.absolute()), seed, tuple(off), scratch
            self._ask(report, given, lambda: on_result(report))
        report.seconds = time.perf_counter() - started
        add_hints(exercise, report.results, folder)
        return report

    def _ask(self, report: Report, given: tuple, on_result: Callable[[], None]) -> None:
        """Let a process run the tests, and write into the report what it tells."""
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_serve, args=(*given, theirs), daemon=True)
        process.start()
        self._running.add(process)
        theirs.close()
        seconds = SECONDS
        try:
            while ours.poll(seconds):
                if _told(report, json.loads(ours.recv_bytes(MAX_ANSWER))):
                    return
                seconds = MOST_BETWEEN
                on_result()
            if report.results:
                _stuck(report, Path(given[-1]) / TRACE)
            else:
                report.problem = f"stopped after {SECONDS} seconds"
        except (EOFError, OSError):
            process.join(5)
            report.stopped = process not in self._running
            how = f"the process ended before the tests did (exit status {process.exitcode})"
            report.problem = report.problem or how
        finally:
            self._running.discard(process)
            process.kill()
            process.join()
            ours.close()


def _told(report: Report, message: dict) -> bool:
    """Write into a report what the process has told; return whether that was all."""
    if "tests" in message:
        report.problem = message["problem"]
        report.results = [
            Result(**(one | {"status": Status.NOT_ASKED})) for one in message["tests"]
        ]
    elif "result" in message:
        report.results[message["at"]] = Result(**message["result"])
    else:
        report.printed = message["printed"]
        return True
    return False


def _stuck(report: Report, trace: Path) -> None:
    """Tell that a test did not end, and where: the process has written its trace before."""
    at = next(one for one in report.results if one.status == Status.NOT_ASKED)
    at.status = Status.TIMED_OUT
    at.message = UNSTOPPED
    frames = FRAME.findall(trace.read_text(encoding="utf-8", errors="replace"))
    own = report.path.suffix == ".py" and [
        int(line) for file, line in frames if Path(file).name == report.path.name
    ]
    if own:  # the innermost comes first
        source = report.path.read_text(encoding="utf-8").splitlines()
        at.place = f"line {own[0]}: {source[own[0] - 1].strip()}"


def _serve(path: str, seed: int | None, off: tuple[str, ...], scratch: str, connection) -> None:
    from autograder.practice import forked

    def tell(message: dict) -> None:
        connection.send_bytes(json.dumps(message).encode())

    if path:
        forked.run_file(Path(path), seed, off, scratch, tell)
    else:
        tell({"printed": ""})
    connection.close()
