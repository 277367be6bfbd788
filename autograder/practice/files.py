"""Find exercise files, for `autograder check`."""

import difflib
from collections.abc import Iterable
from pathlib import Path

from autograder.practice import about
from autograder.practice.outline import outline, place
from autograder.records.recognition import exercise_of
from autograder.records.submissions import in_lower_case


class NoPractice(Exception):
    """There is nothing to check, or no place to start."""


def exercise_files(paths: Iterable[Path]) -> list[Path]:
    """Return the exercise files among files and in folders, in the order of the course.

    What is no path may be the name of an exercise: then its files here are meant.

    Raises:
        NoPractice: there is none, or a file is no exercise or cannot be opened.
    """
    files = []
    for path in paths:
        if path.is_dir():
            inner = _exercises_in(path, path / "exercises")
            files += sorted(inner, key=lambda file: (place(inner[file]).order, file))
        elif not path.exists():
            files += _named(path)
        elif _exercise_of(path):
            files.append(path)
        elif name := in_lower_case(path):
            raise NoPractice(f"{path} has an ending that is not in lower case; rename it to {name}")
        else:
            raise NoPractice(
                f"{path} is no exercise: a stub says so in its first line, a notebook in its last "
                f"cells. {_meant(path.stem)}"
            )
    if not files:
        raise NoPractice("no exercises here. `autograder start DIR` makes a folder of them.")
    return list(dict.fromkeys(files))


def _exercises_in(*folders: Path) -> dict[Path, str]:
    """Return the exercise files in folders, and what they are exercises of."""
    files = {file: _exercise_of(file) for folder in folders for file in sorted(folder.glob("*"))}
    return {file: exercise for file, exercise in files.items() if exercise}


def _named(path: Path) -> list[Path]:
    """Return the files of an exercise that is given by its name; those that somebody has begun."""
    here = _exercises_in(Path(), Path("exercises"), Path("notebooks"))
    found = [file for file, exercise in here.items() if exercise == str(path)]
    begun = [file for file in found if not _is_untouched(file, str(path))]
    if found:
        return begun or found
    if str(path) in outline():
        raise NoPractice(
            f"there is no file of the exercise {path} here. Go to the folder where your exercises "
            "are; `autograder start DIR` makes a new one."
        )
    names = [*outline(), *here.values(), *map(str, here)]
    raise NoPractice(f"no such file, folder or exercise: {path}. {_meant(str(path), names)}")


def _is_untouched(path: Path, exercise: str) -> bool:
    return about.content_of(path) in about.of(exercise, path.absolute().parent).untouched


def _meant(name: str, names: Iterable[str] = ()) -> str:
    """Return a sentence that helps whoever has mistyped a name."""
    close = difflib.get_close_matches(name, dict.fromkeys([*outline(), *names]), n=1, cutoff=0.7)
    if close and close[0] != name:
        return f"Did you mean {close[0]}?"
    return "`autograder list` shows the exercises; `autograder start DIR` makes fresh files."


def _exercise_of(path: Path) -> str | None:
    try:
        return exercise_of(path)
    except OSError as error:
        raise NoPractice(f"{path} cannot be opened: {error.strerror}") from None
