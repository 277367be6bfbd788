"""Find submissions and read them as code; running it is the child's business."""

import codecs
import json
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 20 * 2**20
MAX_CELLS = 2_000
READ_ERRORS = (ValueError, SyntaxError, RecursionError, OSError)  # what reading a file may raise
# Python knows others, and with some of them a file is no text, or takes hours to read.
ENCODINGS = ("utf-8", "utf-8-sig", "ascii", "iso8859-1", "iso8859-15", "cp1252")


@dataclass(frozen=True)
class Submission:
    """Code to grade: a script is one cell, a notebook its code cells.

    Attributes:
        problem: why it cannot be read; then there are no cells.
    """

    id: str
    path: str
    notebook: bool
    cells: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True)
class Cell:
    """What counts of a notebook's cell.

    Attributes:
        kind: "code", "markdown" or "raw".
        source: its text.
        grade_id: what nbgrader knows it by, if it does.
    """

    kind: str
    source: str
    grade_id: str


def find(paths: Iterable[Path], exercise: str) -> Iterator[Submission]:
    """Yield the submissions for an exercise in files and folders, each file once, in order.

    A folder holds scripts and notebooks, or nbgrader's `STUDENT/EXERCISE/EXERCISE.ipynb`.

    Raises:
        FileNotFoundError: a path does not exist, or a folder holds no submission.
    """
    seen = set()
    for path in paths:
        files = list(_files(path, exercise))
        if not files:
            raise FileNotFoundError(f"no .py or .ipynb of {exercise} in {path}")
        for file in files:
            own = path.resolve() / file.relative_to(path)
            if own not in seen:
                seen.add(own)
                yield read(file, exercise, linked=own != file.resolve())


def _files(path: Path, exercise: str) -> Iterator[Path]:
    if not path.exists():
        raise FileNotFoundError(f"no such file or folder: {path}")
    if not path.is_dir():
        yield path
        return
    files = [file for file in sorted(path.iterdir()) if file.suffix in (".py", ".ipynb")]
    yield from (file for file in files if file.is_file())
    yield from sorted(path.glob(f"{exercise}/{exercise}.ipynb"))
    yield from sorted(path.glob(f"*/{exercise}/{exercise}.ipynb"))


def read(file: Path, exercise: str, linked: bool = False) -> Submission:
    """Read one file; what cannot be read becomes a submission with a `problem`.

    Args:
        file: a script or a notebook.
        exercise: what it is for.
        linked: it was handed in as a link, perhaps to the work of others.
    """
    in_layout = file.stem == exercise and file.parent.name == exercise
    name = file.parent.parent.name if in_layout else file.stem
    notebook = file.suffix == ".ipynb"
    try:
        if notebook:
            cells = tuple(cell.source for cell in cells_of(file, linked) if cell.kind == "code")
        else:
            cells = (_script(file, linked),)
    except READ_ERRORS as error:
        kind = "a notebook" if notebook else "Python"
        problem = f"not {kind}: {str(error) or type(error).__name__}"
        return Submission(name, str(file), notebook, (), problem)
    return Submission(name, str(file), notebook, cells)


def _refuse(file: Path, linked: bool) -> None:
    """Refuse a file that must not be opened."""
    if linked:
        raise ValueError("a link to another file")
    if not file.is_file():
        raise ValueError("no regular file")  # to read a pipe would take for ever
    if file.stat().st_size > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES // 2**20} MiB")


def _script(file: Path, linked: bool) -> str:
    _refuse(file, linked)
    with file.open("rb") as stream:  # as Python reads its sources
        encoding, _ = tokenize.detect_encoding(stream.readline)
    if codecs.lookup(encoding).name not in ENCODINGS:
        raise ValueError(f"its encoding is {encoding}; save it as UTF-8")
    return file.read_text(encoding)


def cells_of(file: Path, linked: bool) -> list[Cell]:
    """Return the cells of a notebook, whatever version of the format it is in.

    Raises:
        READ_ERRORS: it was handed in as a link, is no regular file or too large, or has none of a
            notebook's structure.
    """
    _refuse(file, linked)
    notebook = json.loads(file.read_text(encoding="utf-8-sig"))
    if not isinstance(notebook, dict):
        raise ValueError("no JSON object at the top")
    cells = notebook.get("cells")
    match notebook:
        case {"worksheets": [{"cells": old}, *_]} if cells is None:  # format 3 and older
            cells = old
    if not isinstance(cells, list):
        raise ValueError("it has no list of cells")
    if len(cells) > MAX_CELLS:
        raise ValueError(f"it has more than {MAX_CELLS} cells")
    found = []
    for cell in cells:
        match cell:
            case {"cell_type": "code" | "markdown" | "raw" as kind}:
                source = cell.get("source", cell.get("input", ""))
            case _:
                continue
        lines = source if isinstance(source, list) else [source]
        if not all(isinstance(line, str) for line in lines):
            if kind == "code":
                raise ValueError("a cell's source is no text")
            lines = []
        match cell:
            case {"metadata": {"nbgrader": {"grade_id": str(grade_id)}}}:
                pass
            case _:
                grade_id = ""
        # JSON can hold half a character, a file cannot.
        source = "".join(lines).encode(errors="replace").decode()
        found.append(Cell(kind, source, grade_id))
    return found
