"""What students are told of an exercise beside its statement; it lies in the file of the hints."""

import json
from pathlib import Path
from typing import Any

from autograder.practice import fingerprints, outline
from autograder.records import submissions
from autograder.records.practice import About
from autograder.records.text import short_hash


def as_data(about: About) -> dict[str, Any]:
    """Return what `build` writes into the file."""
    return {
        "switched_off": list(about.switched_off),
        "graded": {name: list(told) for name, told in about.graded.items()},
        "untouched": sorted(about.untouched),
    }


def of(exercise: str, folder: Path) -> About:
    """Return what is known of an exercise: from the file in a folder, or from the package."""
    for where in (folder, outline.folders()[0]):
        try:
            held = json.loads(fingerprints.find(exercise, where).read_text(encoding="utf-8"))
            return About(
                tuple(str(path) for path in held["switched_off"]),
                {
                    str(name): (float(points), str(asks))
                    for name, (points, asks) in held["graded"].items()
                },
                frozenset(str(name) for name in held["untouched"]),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # there is none, or `build` made it before it told this
    return About()


def content_of(path: Path) -> str:
    """Return a name for a file's code, nothing if it cannot be read; outputs make no difference."""
    return content(submissions.read(path, path.stem).cells)


def content(cells: tuple[str, ...]) -> str:
    """Return a name for the code of a script or of a notebook's cells."""
    lines = [line.rstrip() for cell in cells for line in (*cell.rstrip().splitlines(), "")]
    return short_hash("\n".join(lines), 16) if cells else ""
