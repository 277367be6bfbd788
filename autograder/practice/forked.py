"""What the warm process imports before it is forked, and what its children do with one file."""

import faulthandler
import functools
import io
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import keras
import tensorflow  # noqa: F401

from autograder.practice import publictests
from autograder.practice.publictests import LOAD_SECONDS, TEST_SECONDS
from autograder.practice.server import TRACE
from autograder.records import extras, submissions
from autograder.records.results import Status
from autograder.sandbox import switches
from autograder.sandbox.loading import alarm, load

MAX_TESTS = 200
MAX_PRINTED = 5_000
Tell = Callable[[dict], None]


def run_file(
    path: Path, seed: int | None, switched_off: Sequence[str], scratch: str, tell: Tell
) -> None:
    """Run a file's public tests; tell the results as they come, and last what it printed.

    Temporary files, like those that AutoGraph leaves behind, go into the folder `scratch`.
    """
    tempfile.tempdir = scratch
    with tempfile.TemporaryFile() as file, Path(os.devnull).open("wb") as nowhere:
        os.dup2(file.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)  # TensorFlow's log
        # Anew, since a console of Windows is not written to by its descriptor.
        sys.stdout, sys.stderr = _utf8(1), _utf8(2)
        _run(path, seed, switched_off, scratch, tell)
        sys.stdout.flush()
        file.seek(0)
        tell({"printed": file.read(MAX_PRINTED).decode(errors="replace")})


def _utf8(descriptor: int) -> io.TextIOWrapper:
    return os.fdopen(
        descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="\n", closefd=False
    )


def _run(
    path: Path, seed: int | None, switched_off: Sequence[str], scratch: str, tell: Tell
) -> None:
    submission = submissions.read(path, path.stem)
    if submission.problem:
        tell({"problem": submission.problem, "tests": []})
        return
    if submission.notebook and (lacks := extras.lacking("notebook", "a notebook", ["ipython"])):
        tell({"problem": lacks, "tests": []})
        return
    switches.switch_off(switched_off)
    sys.path.insert(0, str(path.parent))
    os.chdir(scratch)  # AutoGraph reads the source of a script from a file, which is made here
    student = load(path.stem, submission.notebook, submission.cells, "")
    student.stay()
    os.chdir(path.parent)
    if seed is not None:
        keras.utils.set_random_seed(seed)
    problem = ""
    for error in student.run_all(LOAD_SECONDS):
        problem = problem or publictests.explained(error, student.place)
    tests = publictests.found_in(student.namespace)[:MAX_TESTS]
    if not tests:
        problem = problem or publictests.NO_TESTS
    tell({"problem": problem, "tests": [asdict(publictests.described(one)) for one in tests]})
    limit = functools.partial(alarm, TEST_SECONDS)
    trace = Path(scratch, TRACE)
    for at, test in enumerate(tests):
        with trace.open("w", encoding="utf-8") as file:
            # Where the alarm does not reach, inside of TensorFlow, it still says which line it is.
            faulthandler.dump_traceback_later(TEST_SECONDS + 1, file=file)
            result = publictests.run(test, student.place, limit)
            faulthandler.cancel_dump_traceback_later()
        tell({"at": at, "result": asdict(result)})
        if result.status == Status.TIMED_OUT:  # the others would run into the same loop
            return
