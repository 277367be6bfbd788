"""Read the files that `--json` wrote as the work of a class."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from autograder.records import submissions
from autograder.records.classes import Class, Kind, Remark, Work, of_results
from autograder.records.results import FORMAT, CheckResult, SubmissionResult

CHECK = ("name", "dimension", "statement", "max_score", "status", "message", "hint", "chaff")
RESULT = ("id", "path", "status", "message", "look_at", "output", "seed", "versions")


class NotResults(Exception):
    """A file is not what `--json` writes; says what to do."""


def read(files: Iterable[Path], code: bool = True) -> Class:
    """Return the class whose results are in files; later files replace what earlier ones say.

    Args:
        files: that `--json` wrote.
        code: read what was handed in, too, where it still is.

    Raises:
        NotResults: a file is something else.
        OSError: a file cannot be read.
    """
    works: dict[tuple[str, str, str], Work] = {}
    for file in files:
        for work in _works(file, code):
            works[work.student, work.assignment, work.exercise] = work
    found = list(works.values())
    students = frozenset(work.student for work in found)
    return Class(students, found, _missing(found, students) + of_results(found))


def _works(file: Path, code: bool) -> list[Work]:
    advice = "Write one with: autograder grade EXERCISE FILES --json FILE"
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise NotResults(f"{file} has format {content['format']}, not {FORMAT}. {advice}")
        return [_work(one, run, code) for run in content["runs"] for one in run["submissions"]]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NotResults(
            f"{file} is not what --json writes ({type(error).__name__}: {error}). {advice}"
        ) from None


def _work(one: dict[str, Any], run: dict[str, Any], code: bool) -> Work:
    checks = [CheckResult(**{name: check[name] for name in CHECK}) for check in one["checks"]]
    result = SubmissionResult(checks=checks, **{name: one[name] for name in RESULT})
    own = _code(result, run["exercise"]) if code else ""
    return Work(result.id, run["assignment"], run["exercise"], result, own)


def _code(result: SubmissionResult, exercise: str) -> str:
    """Return what was graded, if it still is where it was."""
    path = Path(result.path)
    if path.suffix not in submissions.SUFFIXES or not path.is_file():
        return ""
    return "\n\n".join(submissions.read(path, exercise, path.is_symlink()).cells)


def _missing(works: list[Work], students: frozenset[str]) -> list[Remark]:
    """Return who has results for one assignment and not for another: no file has a class list."""
    there = {(work.assignment, work.student) for work in works}
    return [
        Remark(Kind.MISSING, assignment, student)
        for assignment in sorted({work.assignment for work in works})
        for student in sorted(students)
        if (assignment, student) not in there
    ]
