"""Write the folder of a new exercise: small, but real, with what is left to do marked in it."""

import keyword
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from enum import StrEnum
from importlib import resources
from pathlib import Path

from autograder.practice import fingerprints
from autograder.records.course import Course, NoCourse
from autograder.records.exercises import FILES, Exercise
from autograder.records.results import NotGraded, write_atomically

MARK = "TODO"  # in what is left to do
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class Refused(NotGraded):
    """There is no new exercise; says why."""


class Kind(StrEnum):
    """What an exercise may ask for."""

    loss = "loss"
    metric = "metric"
    layer = "layer"
    model = "model"
    function = "function"


def new(name: str, kind: Kind, solutions: Path) -> list[Path]:
    """Write the files of an exercise, and return their paths.

    The component in them is a placeholder that works: it builds, its wheats are right, its chaffs
    are caught, and `left_to_do` lists what the author has to replace.

    Raises:
        Refused: the name cannot be that of an exercise, or is taken.
    """
    if not NAME.fullmatch(name) or keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise Refused(
            f"{name!r} cannot be the name of an exercise: use small letters, digits and _, like "
            "my_loss"
        )
    folder = solutions / name
    if folder.exists():
        raise Refused(
            f"{os.path.relpath(folder)} exists already; choose another name, or move it away"
        )
    import jinja2  # which students' commands need not wait for

    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("autograder.authors"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    words = {"name": name, "Class": "".join(map(str.capitalize, name.split("_")))}
    written = [folder / file for file in (*FILES, "test_reference.py")]
    for path in written:
        write_atomically(path, templates.get_template(f"{kind}/{path.name}.jinja").render(words))
    return written


def init(folder: Path, copied: Iterable[Exercise] = ()) -> list[Path]:
    """Make a course folder, or give one what it lacks, and return what was written.

    Args:
        folder: of the course.
        copied: exercises to begin with.

    Raises:
        Refused: something there is no folder, or an exercise is there already.
    """
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is a file. Name a folder")
    solutions = folder / "solutions"
    solutions.mkdir(parents=True, exist_ok=True)
    written = []
    files = {"nbgrader_config.py": "nbgrader_config", ".gitignore": "gitignore"}
    for name, template in files.items():
        if not (folder / name).exists():
            content = resources.files("autograder.authors") / "templates" / "course" / template
            write_atomically(folder / name, content.read_bytes())
            written.append(folder / name)
    for exercise in copied:
        if (solutions / exercise.name).exists():
            raise Refused(f"{solutions / exercise.name} exists already; move it away")
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(exercise.folder, solutions / exercise.name, ignore=ignored)
        written.append(solutions / exercise.name)
        # Else the first build would run the public tests on all chaffs, which takes half a minute.
        hints = fingerprints.path_of(exercise.name, exercise.course.exercises)
        if hints.exists():
            own = fingerprints.path_of(exercise.name, Course(folder).exercises)
            write_atomically(own, hints.read_bytes())
    return written


def place() -> Path:
    """Return the course's folder of solutions, or where the first exercise of a course makes it."""
    try:
        return Course.around().solutions
    except NoCourse:
        return Path(os.environ.get("AUTOGRADER_SOLUTIONS") or "solutions")


def left_to_do(exercise: Exercise) -> Iterator[str]:
    """Yield the places of an exercise that are still as `new` has left them."""
    for path in sorted(exercise.folder.glob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if f"{MARK}: " in line:
                yield f"{path.name}, line {number}: {line.partition(f'{MARK}: ')[2].strip()}"
