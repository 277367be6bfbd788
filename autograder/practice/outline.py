"""The course as students have it: its units, and what is in them, in order."""

import functools
from pathlib import Path

from autograder.records import places
from autograder.records.course import Course, EmptyCourse, NoCourse
from autograder.records.places import Entry, Place


def folders() -> tuple[Path, Path]:
    """Return the folders of the stubs and of the notebooks: in the wheel, or in the repository."""
    package = Path(__file__).parent.parent
    root = package / "handout"
    course = Course(root if root.is_dir() else package.parent)
    return course.exercises, course.releases


def folders_here() -> tuple[Path, Path]:
    """Return the folders of the course that the current folder is in; else those of the package.

    Raises:
        NoCourse: nothing is built in that course.
    """
    try:
        course = Course.around()
    except EmptyCourse:
        raise
    except NoCourse:
        return folders()
    if not any(course.exercises.glob("*.py")):
        raise EmptyCourse(f"nothing is built in the course {course.folder}. Run: autograder build")
    return course.exercises, course.releases


@functools.cache
def _stubs(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.glob("*.py") if path.stem != "__init__"]
    return {path.stem: path.read_text(encoding="utf-8") for path in paths}


@functools.cache
def outline(folder: Path | None = None) -> dict[str, tuple[Place, float]]:
    """Return the place of each exercise and its points, by its name, in the order of the course.

    Args:
        folder: of the stubs; that of the package by default.
    """
    stubs = _stubs(folder or folders()[0])
    found = {name: places.read(stub) for name, stub in stubs.items()}
    return dict(sorted(found.items(), key=lambda item: (item[1][0].order, item[0])))


def place(exercise: str | None) -> Place:
    """Return where an exercise stands: nowhere, if it is none of the course."""
    return outline().get(exercise or "", (Place(), 0.0))[0]


def course(folder: Path | None = None) -> list[Entry]:
    """Return the exercises in the order of the course; see `outline`."""
    found, stubs = outline(folder), _stubs(folder or folders()[0])
    needs = {name: [one for one in places.needed(stubs[name]) if one in found] for name in found}
    return [Entry(name, *one, tuple(needs[name])) for name, one in found.items()]
