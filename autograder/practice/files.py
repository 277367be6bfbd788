"""Find exercise files, for `autograder check`."""

from collections.abc import Iterable
from pathlib import Path

from autograder.practice.outline import place
from autograder.records.recognition import exercise_of
from autograder.records.submissions import in_lower_case


class NoPractice(Exception):
    """There is nothing to check, or no place to start."""


def exercise_files(paths: Iterable[Path]) -> list[Path]:
    """Return the exercise files among files and in folders, in the order of the course.

    Raises:
        NoPractice: there is none, or a file is no exercise or cannot be opened.
    """
    files = []
    for path in paths:
        if path.is_dir():
            inner = {one: _exercise_of(one) for one in (*path.glob("*"), *path.glob("exercises/*"))}
            found = [file for file, exercise in inner.items() if exercise]
            files += sorted(found, key=lambda file: (place(inner[file]).order, file))
        elif not path.exists():
            raise FileNotFoundError(f"no such file or folder: {path}")
        elif _exercise_of(path):
            files.append(path)
        elif name := in_lower_case(path):
            raise NoPractice(f"{path} has an ending that is not in lower case; rename it to {name}")
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
