"""Where the stubs and notebooks lie that students get, and a folder of them to work in."""

import shutil
from pathlib import Path

from autograder.practice.files import NoPractice
from autograder.records.course import Course
from autograder.records.results import write_atomically

README = """\
# Exercises on custom Keras components

Each exercise is there twice, as a script and as a notebook. Work on the one you like better: read
its text, and fill in what says `YOUR CODE HERE`.

    autograder check --watch          runs the tests of an exercise whenever you save it
    pytest exercises                  runs all of them once
    jupyter lab notebooks             opens the notebooks; their last cells run the tests

The exercises: {}.
The public tests are examples. Whoever grades your work asks more, in the same four dimensions:
numerics, gradients, serialization and graph.
"""


def folders() -> tuple[Path, Path]:
    """Return the folders of the stubs and of the notebooks: in the wheel, or in the repository."""
    package = Path(__file__).parent.parent
    root = package / "handout"
    course = Course(root if root.is_dir() else package.parent)
    return course.exercises, course.releases


def start(folder: Path) -> list[str]:
    """Make a folder with all stubs and notebooks, and say how to run them.

    Args:
        folder: it must not exist, or be empty.

    Returns:
        the names of the exercises.

    Raises:
        NoPractice: there is something in it.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NoPractice(
            f"{folder} is not empty, and nothing in it shall be overwritten. Name a new folder; "
            "to start one exercise again, copy its file from there."
        )
    exercises, release = folders()
    names = sorted(stub.stem for stub in exercises.glob("*.py") if stub.stem != "__init__")
    for name in names:
        copies = [(exercises / f"{name}.py", folder / "exercises")]
        copies += [(exercises / f"{name}.hints.json", folder / "exercises")]
        copies += [(file, folder / "notebooks") for file in sorted((release / name).glob("*.*"))]
        for file, target in copies:
            if file.exists():
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, target)
    write_atomically(folder / "README.md", README.format(", ".join(names)))
    return names
