"""The figure of a statement: drawn by `figure.py` in the exercise's folder, if there is one."""

import runpy
from pathlib import Path

from autograder.gradebook.release import BuildError
from autograder.records.exercises import Exercise
from autograder.records.text import short_hash
from autograder.show.pictures import NoPictures, png

KEY = "Drawn by"  # a note in the file: what it was drawn by, to tell whether that has changed
MOST = 60_000  # bytes: every notebook holds its figure


def path_of(exercise: str, folder: Path) -> Path:
    """Return where the figure of an exercise lies in a folder."""
    return folder / f"{exercise}.figure.png"


def figure_of(exercise: Exercise, kept: Path) -> bytes:
    """Return the figure of an exercise as PNG; nothing if it has none.

    What the same `figure.py` has drawn is read from `kept`: another version of matplotlib draws the
    same with other bytes.

    Raises:
        BuildError: it cannot be drawn, or is too large.
    """
    if not exercise.figure:
        return b""
    key = short_hash(exercise.figure, 16)
    note = f"{KEY}\0{key}".encode()  # as PNG has it; whoever only builds needs no matplotlib
    if kept.exists() and note in (picture := kept.read_bytes()):
        return picture
    path = exercise.folder / "figure.py"
    try:
        draw = runpy.run_path(str(path))["draw"]
        picture = png(draw, {KEY: key})
    except NoPictures as error:
        raise BuildError(
            f'{path}: {error}. Run: pip install "keras-autograder[notebook]"'
        ) from None
    except KeyError as error:
        raise BuildError(f"{path} defines no {error}. Write: def draw(figure)") from None
    except Exception as error:
        raise BuildError(f"{path} raised {type(error).__name__}: {error}") from error
    if len(picture) > MOST:
        raise BuildError(
            f"{path} draws {len(picture)} bytes, more than {MOST}: take out what is not needed"
        )
    return picture
