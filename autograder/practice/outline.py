"""The course as students have it: its units, and what is in them, in order."""

import functools
from pathlib import Path

from autograder.records import places
from autograder.records.course import Course
from autograder.records.places import Entry, Place


def folders() -> tuple[Path, Path]:
    """Return the folders of the stubs and of the notebooks: in the wheel, or in the repository."""
    package = Path(__file__).parent.parent
    root = package / "handout"
    course = Course(root if root.is_dir() else package.parent)
    return course.exercises, course.releases


@functools.cache
def _stubs() -> dict[str, str]:
    paths = [path for path in folders()[0].glob("*.py") if path.stem != "__init__"]
    return {path.stem: path.read_text(encoding="utf-8") for path in paths}


@functools.cache
def outline() -> dict[str, tuple[Place, float]]:
    """Return the place of each exercise and its points, by its name, in the order of the course."""
    found = {name: places.read(stub) for name, stub in _stubs().items()}
    return dict(sorted(found.items(), key=lambda item: (item[1][0].order, item[0])))


def place(exercise: str | None) -> Place:
    """Return where an exercise stands: nowhere, if it is none of the course."""
    return outline().get(exercise or "", (Place(), 0.0))[0]


def course() -> list[Entry]:
    """Return the exercises in the order of the course."""
    found, stubs = outline(), _stubs()
    needs = {name: [one for one in places.needed(stubs[name]) if one in found] for name in found}
    return [Entry(name, *one, tuple(needs[name])) for name, one in found.items()]
