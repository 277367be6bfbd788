"""Check a student's own files with the public tests, each in a fresh process that starts warm.

Nothing here needs `solutions/`. The code is the student's and so is the machine: there is no lock,
only limits of time and of output. Where processes can be forked safely (Linux), they are forked
from a server that has imported TensorFlow already; elsewhere each imports it anew.
"""

import contextlib
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterable
from multiprocessing import forkserver
from pathlib import Path

from autograder.practice import publictests
from autograder.practice.publictests import add_hints
from autograder.practice.recognition import exercise_of
from autograder.records.practice import Report, Result
from autograder.records.results import write_atomically

SECONDS = 180  # of one file; a single test has less
MAX_ANSWER = 2**20


class NoPractice(Exception):
    """There is nothing to check, or no place to start."""


def find(paths: Iterable[Path]) -> list[Path]:
    """Return the exercise files among files and in folders, by name.

    Raises:
        NoPractice: there is none, or a file is no exercise or cannot be opened.
    """
    files = []
    for path in paths:
        if path.is_dir():
            inner = [*path.glob("*"), *path.glob("exercises/*")]
            files += sorted(file for file in inner if _exercise_of(file))
        elif not path.exists():
            raise FileNotFoundError(f"no such file or folder: {path}")
        elif _exercise_of(path):
            files.append(path)
        else:
            raise NoPractice(
                f"{path} is no exercise. A stub says so in its first line, a notebook in its last "
                "cells: start from a fresh copy."
            )
    if not files:
        raise NoPractice("no exercises here. `autograder start DIR` makes a folder of them.")
    return list(dict.fromkeys(files))


def _exercise_of(path: Path) -> str | None:
    try:
        return exercise_of(path)
    except OSError as error:
        raise NoPractice(f"{path} cannot be opened: {error.strerror}") from None


class Progress:
    """What has been solved in a folder, and how often it was tried: a small file there."""

    def __init__(self, folder: Path):
        self._file = folder / ".autograder.json"
        try:
            held = json.loads(self._file.read_text(encoding="utf-8"))
            self.current = str(held["current"])
            self._solved = {str(name) for name in held["solved"]}
            self._tries = {
                str(name): {str(test): int(count) for test, count in tries.items()}
                for name, tries in held["tries"].items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            self.current, self._solved, self._tries = "", set(), {}

    def solved(self, path: Path) -> bool:
        return path.name in self._solved

    def count(self, path: Path, results: list[Result]) -> None:
        """Count a try of each test, and tell each result how many there were in a row."""
        tries = self._tries.setdefault(path.name, {})
        for one in results:
            one.tries = tries[one.name] = one.try_after(tries.get(one.name, 0))

    def record(self, report: Report) -> None:
        """Count the tries of a whole run, and whether it solved the exercise."""
        self.count(report.path, report.results)
        (self._solved.add if report.solved else self._solved.discard)(report.path.name)

    def save(self) -> None:
        """Write the file; where that is not allowed, nothing is remembered."""
        held = {"current": self.current, "solved": sorted(self._solved), "tries": self._tries}
        with contextlib.suppress(OSError):
            write_atomically(self._file, json.dumps(held, indent=1) + "\n")


def remember(report: Report) -> None:
    """Count a run among the tries of its folder."""
    progress = Progress(report.path.parent)
    progress.record(report)
    progress.save()


class Warm:
    """Starts processes that have TensorFlow imported already. One per program is enough."""

    def __init__(self):
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # else importing NumPy starts a thread
        self._running: set = set()
        forks = sys.platform == "linux"
        self._context = multiprocessing.get_context("forkserver" if forks else "spawn")
        if forks:
            self._context.set_forkserver_preload(["autograder.practice.warm", "autograder.cli"])
            with publictests.quiet():  # the server keeps this stderr
                forkserver.ensure_running()

    def start(self) -> None:
        """Wait until everything is imported."""
        self._answer("", None)

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
    from autograder.practice import warm

    answer = warm.run_file(Path(path), seed, scratch) if path else _nothing("")
    connection.send_bytes(json.dumps(answer).encode())
    connection.close()


def _nothing(problem: str, stopped: bool = False) -> dict:
    return {"problem": problem, "printed": "", "results": [], "stopped": stopped}
