"""A folder of exercises for a student to work in."""

import shutil
from pathlib import Path

from autograder.practice.files import NoPractice
from autograder.practice.outline import folders, outline
from autograder.records.results import write_atomically

README = """\
# Exercises on custom Keras components

Each exercise is there twice, as a script and as a notebook. Work on the one you like better: read
its text, and fill in what says `YOUR CODE HERE`.

    autograder check --watch          runs the tests of an exercise whenever you save it
    autograder look exercises/NAME.py shows what your answer does, as a picture
    pytest exercises                  runs all of them once
    jupyter lab notebooks             opens the notebooks; their last cells run the tests

If there is no Jupyter: pip install "keras-autograder[notebook]"

The course, in order; `autograder list` shows it, too:

{}
The public tests are examples. Whoever grades your work asks more, in the same four dimensions:
numerics, gradients, serialization and graph.
"""


def start(folder: Path) -> list[str]:
    """Make a folder with all stubs and notebooks, and say how to run them.

    Args:
        folder: it must not exist, or be empty.

    Returns:
        the names of the exercises, in the order of the course.

    Raises:
        NoPractice: there is something in it.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NoPractice(
            f"{folder} is not empty, and nothing in it shall be overwritten. Name a new folder; "
            "to start one exercise again, copy its file from there."
        )
    exercises, release = folders()
    names = list(outline())
    for name in names:
        copies = [(exercises / f"{name}.py", folder / "exercises")]
        for beside in ("hints.json", "figure.png"):
            copies += [(exercises / f"{name}.{beside}", folder / "exercises")]
        copies += [(file, folder / "notebooks") for file in sorted((release / name).glob("*.*"))]
        for file, target in copies:
            if file.exists():
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, target)
    write_atomically(folder / "README.md", README.format(_course()))
    return names


def _course() -> str:
    """Return the course as Markdown: a heading for each unit, and a line for each exercise."""
    lines, last = [], None
    for name, (place, points) in outline().items():
        if place.unit and place.unit != last:
            lines += [f"## Unit {place.unit}: {place.title}", ""]
        about = f": {place.teaches}, about {place.minutes} minutes, {points:g} points"
        lines += [f"- `{name}`{about if place.unit else ''}"]
        last = place.unit
    return "\n".join(lines) + "\n"
