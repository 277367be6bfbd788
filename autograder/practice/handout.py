"""A folder of exercises for a student to work in."""

import shutil
from pathlib import Path

from autograder.practice import fingerprints
from autograder.practice.files import NoPractice
from autograder.practice.outline import course, folders_here, outline
from autograder.records.results import write_atomically

README = """\
# Exercises on custom Keras components

Each exercise is there twice, as a script and as a notebook. Work on the one you like better: read
its text, and fill in what says `YOUR CODE HERE`.

    autograder check --watch          runs the tests of an exercise whenever you save it
    autograder check NAME             runs those of one exercise once
    autograder look NAME              shows what your answer does, as a picture
    pytest exercises                  runs all of them once
    jupyter lab notebooks             opens the notebooks; their last cells run the tests

If there is no Jupyter: pip install "keras-autograder[notebook]"

The course, in order; `autograder list` shows it, too, and what you have done:

{}
The public tests are examples. Whoever grades your work asks more, in the same four dimensions:
numerics, gradients, serialization and graph. When all public tests of an exercise pass,
`autograder check` says what that is. Hand in the script or the notebook, not both, under its name.
"""


def start(folder: Path) -> list[str]:
    """Make a folder with all stubs and notebooks of the course here, and say how to run them.

    Args:
        folder: it must not exist, or be empty.

    Returns:
        the names of the exercises, in the order of the course.

    Raises:
        NoPractice: there is something in it.
        NoCourse: nothing is built in the course here.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NoPractice(
            f"{folder} is not empty, and nothing in it shall be overwritten. Name a new folder; "
            "to start one exercise again, copy its file from there."
        )
    exercises, release = folders_here()
    names = list(outline(exercises))
    for name in names:
        copies = [(exercises / f"{name}.py", folder / "exercises")]
        for beside in (fingerprints.path_of(name, exercises), exercises / f"{name}.figure.png"):
            copies += [(beside, folder / "exercises")]
        copies += [(file, folder / "notebooks") for file in sorted((release / name).glob("*.*"))]
        for file, target in copies:
            if file.exists():
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, target)
    write_atomically(folder / "README.md", README.format(_course(exercises)))
    return names


def _course(exercises: Path) -> str:
    """Return the course as Markdown: a heading for each unit, and a line for each exercise."""
    lines, last = [], None
    for one in course(exercises):
        place = one.place
        if place.unit and place.unit != last:
            lines += ["", f"## Unit {place.unit}: {place.title}", ""]
        about = f": {place.teaches}, about {place.minutes} minutes, {one.points:g} points"
        about += f"; do `{'` and `'.join(one.needs)}` first" if one.needs else ""
        lines += [f"- `{one.name}`{about if place.unit else ''}"]
        last = place.unit
    return "\n".join(lines).strip() + "\n"
