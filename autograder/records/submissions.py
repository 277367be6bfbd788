"""Find submissions and read them as code; running it is the child's business."""

import codecs
import io
import json
import os
import tokenize
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.records.text import line

SUFFIXES = (".py", ".ipynb")
NO_CODE = "neither .py nor .ipynb"
MAX_BYTES = 20 * 2**20
MAX_CELLS = 2_000
READ_ERRORS = (ValueError, SyntaxError, RecursionError, OSError)  # what reading a file may raise
# Python knows others, and with some of them a file is no text, or takes hours to read.
ENCODINGS = ("utf-8", "utf-8-sig", "ascii", "iso8859-1", "iso8859-15", "cp1252")
# What editors on Windows call "Unicode", by its first bytes; else by where ASCII has its NUL bytes.
WIDE_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
WIDE_ZEROS = {
    "utf-32-le": (0, 1, 1, 1),
    "utf-32-be": (1, 1, 1, 0),
    "utf-16-le": (0, 1, 0, 1),
    "utf-16-be": (1, 0, 1, 0),
}


class NotRead(ValueError):
    """A file is too large or may not be opened; whether it is Python is not known."""


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


def find(paths: Iterable[Path], exercise: str) -> list[Submission]:
    """Return the submissions for an exercise in files and folders, each file once, in order.

    A folder holds scripts and notebooks, or nbgrader's `STUDENT/EXERCISE/EXERCISE.ipynb`. Where two
    would have the same id, both get as much of their path as tells them apart.

    Raises:
        FileNotFoundError: a path does not exist, or there is no submission at all.
    """
    paths = list(paths)
    found: dict[Path, Submission] = {}
    for path in paths:
        for file in _survey(path, exercise)[0]:
            own = _target(path) / file.relative_to(path)
            if own not in found:
                linked = own != _target(file) or (file != path and file.is_symlink())
                found[own] = read(file, exercise, linked)
    if not found:
        nothing = f"no .py or .ipynb of {exercise} in {', '.join(map(_shown, paths))}"
        raise FileNotFoundError("\n".join([nothing, *passed_over(paths, exercise)]))
    names = _distinct([one.id for one in found.values()], list(found))
    return [replace(one, id=name) for one, name in zip(found.values(), names, strict=True)]


def _shown(path: Path) -> str:
    """Return a path that forges no line of a report."""
    return line(str(path), 200)


def passed_over(paths: Iterable[Path], exercise: str) -> list[str]:
    """Return what `find` takes for no submission, a line for each reason."""
    reasons: dict[str, list[str]] = {}
    for path in paths:
        for file, why in _survey(path, exercise)[1].items():
            reasons.setdefault(why, []).append(_shown(file))
    return [f"{', '.join(dict.fromkeys(files))}: {why}" for why, files in reasons.items()]


def is_folder(path: Path) -> bool:
    """Tell whether a path is a folder or a link to one; no target of a link makes it raise."""
    return os.path.isdir(path)  # noqa: PTH112


def _target(path: Path) -> Path:
    """Return what a path leads to, as far as that is known: it may be a link to itself."""
    return Path(os.path.realpath(path))


def _survey(path: Path, exercise: str) -> tuple[list[Path], dict[Path, str]]:
    """Return the files to grade at a path, and what else lies there with the reason."""
    if not os.path.lexists(path):
        raise FileNotFoundError(f"no such file or folder: {_shown(path)}")
    if not is_folder(path):
        return ([path], {}) if path.suffix in SUFFIXES else ([], {path: _no_code(path)})
    files, notebooks, others = [], [], {}
    for entry in sorted(path.iterdir()):
        if not is_folder(entry):
            if entry.suffix in SUFFIXES:
                files.append(entry)
            else:
                others[entry] = _no_code(entry)
            continue
        folder = entry if entry.name == exercise else entry / exercise
        notebook = folder / f"{exercise}.ipynb"
        if os.path.lexists(notebook):
            notebooks.append(notebook)
            try:
                beside = set(folder.iterdir()) - {notebook, folder / "timestamp.txt"}
            except OSError:
                others[folder] = f"what lies beside {notebook.name} cannot be listed"
                continue
            others |= dict.fromkeys(sorted(beside), f"beside {notebook.name}, which is graded")
        elif os.access(entry, os.R_OK | os.X_OK):
            others[entry] = f"a folder without {exercise}/{notebook.name}"
        else:
            others[entry] = "a folder that you may not open"
    return files + notebooks, others


def _no_code(path: Path) -> str:
    """Return why a file is no submission, and what to do if it was meant as one."""
    name = in_lower_case(path)
    return f"its ending is not in lower case; rename it to {line(name, 60)}" if name else NO_CODE


def in_lower_case(path: Path) -> str:
    """Return the name that a file would have as a script or notebook, if it is called `ada.PY`."""
    suffix = path.suffix.lower()
    wrong = suffix in SUFFIXES and path.suffix != suffix
    return path.with_suffix(suffix).name if wrong else ""


def _distinct(names: list[str], files: list[Path]) -> list[str]:
    """Return names of files that are all different: where two are alike, with more of the path."""
    names, parts = list(names), [0] * len(files)
    while twice := {name for name, count in Counter(names).items() if count > 1}:
        for index, name in enumerate(names):
            if name in twice:
                parts[index] += 1
                names[index] = "/".join(files[index].parts[-parts[index] :])
    return names


def read(file: Path, exercise: str, linked: bool = False) -> Submission:
    """Read one file; what cannot be read becomes a submission with a `problem`.

    Args:
        file: a script or a notebook.
        exercise: what it is for.
        linked: it was handed in as a link, perhaps to the work of others.
    """
    in_layout = file.stem == exercise and file.parent.name == exercise
    name = file.absolute().parent.parent.name if in_layout else file.stem
    notebook = file.suffix == ".ipynb"
    try:
        if notebook:
            cells = tuple(cell.source for cell in cells_of(file, linked) if cell.kind == "code")
        else:
            cells = (_script(file, linked),)
    except READ_ERRORS as error:
        return Submission(name, str(file), notebook, (), problem(error, notebook))
    return Submission(name, str(file), notebook, cells)


def problem(error: Exception, notebook: bool) -> str:
    """Return in a sentence why a file could not be read."""
    if isinstance(error, NotRead):
        return str(error)
    return f"not {'a notebook' if notebook else 'Python'}: {str(error) or type(error).__name__}"


def _content(file: Path, linked: bool) -> bytes:
    """Return the bytes of a file, unless it must not be opened."""
    if linked:
        raise ValueError("a link to another file")
    if not os.path.isfile(file):  # noqa: PTH113  unlike pathlib's, it never raises
        raise ValueError("no regular file")  # to read a pipe would take for ever
    if file.stat().st_size > MAX_BYTES:
        smaller = "clear its outputs" if file.suffix == ".ipynb" else "take out what is no code"
        raise NotRead(f"larger than {MAX_BYTES // 2**20} MiB: {smaller} and save it again")
    try:
        return file.read_bytes()
    except OSError as error:
        raise NotRead(f"it cannot be opened: {error.strerror}") from None


def wide_encoding(content: bytes) -> str:
    """Return the encoding of a text with two or four bytes for each character, or nothing."""
    for mark, encoding in WIDE_MARKS.items():
        if content.startswith(mark):
            return encoding
    head = content[: 4 * 256]
    few = [head[start::4].count(0) for start in range(4)]  # NUL bytes, in each of four places
    rare, most = len(head) // 100, len(head) // 40
    for encoding, zeros in WIDE_ZEROS.items():
        if all((few[at] > most) if zero else (few[at] <= rare) for at, zero in enumerate(zeros)):
            text = head.decode(encoding, errors="replace")[:-1]  # the last may have been cut
            if "\ufffd" not in text and all(one.isprintable() or one.isspace() for one in text):
                return encoding
    return ""


def _text(content: bytes, encoding: str) -> str:
    """Return a text with one kind of line end.

    Raises:
        ValueError: it is no text in this encoding; the message says what to do.
    """
    if wide := wide_encoding(content):
        raise ValueError(f"its encoding is {wide[:6].upper()}; save it as UTF-8")
    if b"\0" in content:
        raise ValueError("it holds NUL bytes, as binary files do; save it as text, in UTF-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        known = "UTF-8" if encoding.startswith("utf-8") else encoding
        raise ValueError(
            f"line {line} is not {known} (byte 0x{content[error.start]:02x}); save it as UTF-8"
        ) from None
    return _lines(text)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _script(file: Path, linked: bool) -> str:
    content = _content(file, linked)
    try:  # as Python reads its sources
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    except SyntaxError as error:
        if "declaration" in error.msg:  # there is none, and it is not UTF-8: `_text` says where
            encoding = "utf-8"
        else:
            raise ValueError(
                f"{error.msg}; save it as UTF-8, and take out the line that names its encoding"
            ) from None
    if codecs.lookup(encoding).name not in ENCODINGS:
        raise ValueError(f"its encoding is {encoding}; save it as UTF-8")
    return _text(content, encoding)


def cells_of(file: Path, linked: bool) -> list[Cell]:
    """Return the cells of a notebook, whatever version of the format it is in.

    Raises:
        READ_ERRORS: it was handed in as a link, is no regular file or too large, or has none of a
            notebook's structure.
    """
    notebook = json.loads(_text(_content(file, linked), "utf-8-sig"))
    if not isinstance(notebook, dict):
        raise ValueError("no JSON object at the top")
    cells = notebook.get("cells")
    if cells is None:
        cells = _cells_of_format_3(notebook)
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
        found.append(Cell(kind, _lines(source), grade_id))
    return found


def _cells_of_format_3(notebook: dict) -> list | None:
    """Return the cells of all worksheets; format 3 and older have them instead of cells."""
    sheets = notebook.get("worksheets")
    if not isinstance(sheets, list) or not sheets:
        return None
    cells = []
    for sheet in sheets:
        match sheet:
            case {"cells": list(some)}:
                cells += some
            case _:
                return None
    return cells
