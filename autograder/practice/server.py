"""Check a student's own files with the public tests, each in a fresh process that starts warm.

Nothing here needs `solutions/`. The code is the student's and so is the machine: there is no lock,
only limits of time and of output. Where processes can be forked safely (Linux), they are forked
from a server that has imported TensorFlow already; elsewhere each imports it anew.
"""

import json
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path

from autograder.practice import publictests
from autograder.practice.publictests import add_hints
from autograder.records.practice import Report, Result
from autograder.records.recognition import exercise_of

SECONDS = 180  # of one file; a single test has less
MAX_ANSWER = 2**20
# Where there is no IPython, Python goes on without what needs it.
PRELOADED = ["autograder.practice.forked", "autograder.cli", "autograder.sandbox.notebooks"]


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
            self._answer("", None)
        return self._forks

    def stop(self) -> None:
        """End what is being checked; its report says so."""
        while self._running:
            self._running.pop().kill()

    def check(self, path: Path, seed: int | None = None) -> Report:
        """Run the public tests of a file.

        Args:
            path: a stub or a notebook.
            seed: makes random weights the same in every run.
        """
        report = Report(path, exercise_of(path) or path.stem)
        started = time.perf_counter()
        answer = self._answer(str(path.absolute()), seed)
        report.seconds = time.perf_counter() - started
        report.problem, report.printed = answer["problem"], answer["printed"]
        report.stopped = answer.get("stopped", False)
        report.results = [Result(**one) for one in answer["results"]]
        add_hints(report.exercise, report.results, path.absolute().parent)
        return report

    def _answer(self, path: str, seed: int | None) -> dict:
        with tempfile.TemporaryDirectory(
            prefix="autograder-", ignore_cleanup_errors=True
        ) as scratch:
            return self._ask(path, seed, scratch)

    def _ask(self, path: str, seed: int | None, scratch: str) -> dict:
        ours, theirs = self._context.Pipe(duplex=False)
        arguments = path, seed, scratch, theirs
        process = self._context.Process(target=_serve, args=arguments, daemon=True)
        process.start()
        self._running.add(process)
        theirs.close()
        try:
            if not ours.poll(SECONDS):
                return _nothing(f"stopped after {SECONDS} seconds")
            return json.loads(ours.recv_bytes(MAX_ANSWER))
        except (EOFError, OSError):
            process.join(5)
            how = f"the process ended before the tests did (exit status {process.exitcode})"
            return _nothing(how, stopped=process not in self._running)
        finally:
            self._running.discard(process)
            process.kill()
            process.join()
            ours.close()


def _serve(path: str, seed: int | None, scratch: str, connection) -> None:
    from autograder.practice import forked

    answer = forked.run_file(Path(path), seed, scratch) if path else _nothing("")
    connection.send_bytes(json.dumps(answer).encode())
    connection.close()


def _nothing(problem: str, stopped: bool = False) -> dict:
    return {"problem": problem, "printed": "", "results": [], "stopped": stopped}
