"""Write the folder of a new exercise: small, but real, with what is left to do marked in it."""

import keyword
import os
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from autograder.grading.reference import GraderError
from autograder.records.course import Course, NoCourse
from autograder.records.exercises import FILES, Exercise
from autograder.records.results import write_atomically

MARK = "TODO"  # in what is left to do
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class Refused(GraderError):
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
            "quantile_loss"
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
