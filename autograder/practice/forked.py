"""What the warm process imports before it is forked, and what its children do with one file."""

import functools
import io
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import keras
import tensorflow  # noqa: F401

from autograder.practice import publictests
from autograder.records import extras, submissions
from autograder.records.practice import Result
from autograder.sandbox.loading import alarm, load

LOAD_SECONDS, TEST_SECONDS = 60, 30
MAX_TESTS = 200
MAX_PRINTED = 5_000


def run_file(path: Path, seed: int | None, scratch: str) -> dict:
    """Run a file's public tests; return the results, and what it printed.

    Temporary files, like those that AutoGraph leaves behind, go into the folder `scratch`.
    """
    tempfile.tempdir = scratch
    with tempfile.TemporaryFile() as file, Path(os.devnull).open("wb") as nowhere:
        os.dup2(file.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)  # TensorFlow's log
        # Anew, since a console of Windows is not written to by its descriptor.
        sys.stdout, sys.stderr = _utf8(1), _utf8(2)
        problem, results = _run(path, seed, scratch)
        sys.stdout.flush()
        file.seek(0)
        printed = file.read(MAX_PRINTED).decode(errors="replace")
    return {"problem": problem, "results": [asdict(one) for one in results], "printed": printed}


def _utf8(descriptor: int) -> io.TextIOWrapper:
    return os.fdopen(
        descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="\n", closefd=False
    )


def _run(path: Path, seed: int | None, scratch: str) -> tuple[str, list[Result]]:
    submission = submissions.read(path, path.stem)
    if submission.problem:
        return submission.problem, []
    if submission.notebook and (lacks := extras.lacking("notebook", "a notebook", ["ipython"])):
        return lacks, []
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
        return problem or publictests.NO_TESTS, []
    limit = functools.partial(alarm, TEST_SECONDS)
    return problem, [publictests.run(test, student.place, limit) for test in tests]
