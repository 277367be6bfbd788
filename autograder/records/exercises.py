"""An exercise: a folder in `solutions/`. Its name is its only registration."""

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.records.course import Course
from autograder.records.cutting import without
from autograder.records.places import Place, WrongPlace
from autograder.records.results import DIMENSIONS

if TYPE_CHECKING:
    import nbformat

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
FILES = ("reference.py", "checks.py", "wheats.py", "chaffs.py")


class NoExercise(Exception):
    """There is no such exercise."""


class WrongStatement(NoExercise):
    """A statement does not say where the exercise stands in the course as it should."""


class BrokenFile(NoExercise):
    """A file of an exercise is no Python, or its solution has no end."""


class WrongSpecimen(NoExercise):
    """A specimen refers to something that is not there."""


@dataclass(frozen=True)
class Specimen:
    """A known right (wheat) or wrong (chaff) answer.

    Attributes:
        name: the title of its cell.
        note: its docstring: what is unusual about a wheat, the hint of a chaff; or with
            `like="other"`, that of another one.
        loses: the dimensions in which it must lose points.
        source: a whole submission: the reference, then the specimen's cell. With
            `without="MyLayer.get_config"`, the reference lacks that method.
    """

    name: str
    note: str
    loses: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Exercise:
    """Its files are read once, when they are first asked for."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def course(self) -> Course:
        """The course that it is an exercise of."""
        return Course(self.folder.parent.parent, self.folder.parent.name)

    @functools.cached_property
    def checks(self) -> str:
        """The source of the hidden checks."""
        return self._read("checks.py")

    @property
    def notebook(self) -> "nbformat.NotebookNode":
        """The reference notebook: statement, solution, public tests."""
        return _cells(self.reference_file)

    @functools.cached_property
    def place(self) -> Place:
        """Where it stands in the course."""
        try:
            return Place.declared(self.reference_file.partition("\n")[0])
        except WrongPlace as error:
            raise WrongStatement(f"{self.folder / 'reference.py'}, first line: {error}") from None

    @functools.cached_property
    def needs(self) -> str:
        """What one needs to know, if the statement says so; see `authors/statements.py`."""
        marked = (cell.metadata.get("needs", "") for cell in self.notebook.cells)
        return next(filter(None, marked), "")

    @functools.cached_property
    def figure(self) -> str:
        """The source of what draws the figure of the statement; nothing if there is none."""
        return self._read("figure.py") if (self.folder / "figure.py").exists() else ""

    @functools.cached_property
    def reference_file(self) -> str:
        """The source of the reference notebook."""
        source = self._read("reference.py")
        if line := open_solution(source):
            raise BrokenFile(
                f"{self.folder / 'reference.py'}, line {line}: a solution stands between {BEGIN} "
                f"and {END}, in one cell. Here one of them is missing"
            )
        return source

    @functools.cached_property
    def reference(self) -> str:
        """The reference solution, without the public tests and without what is there to look at.

        What the known mistakes show is stored by it: another picture must not change it.
        """
        return "\n\n".join(
            cell.source
            for cell in self.notebook.cells
            if cell.cell_type == "code" and not {"tests", "look"} & {*cell.metadata.get("tags", [])}
        )

    @property
    def public_tests(self) -> str:
        """The source of the public tests."""
        return "\n\n".join(
            cell.source
            for cell in self.notebook.cells
            if cell.cell_type == "code" and "tests" in cell.metadata.get("tags", [])
        )

    @functools.cached_property
    def wheats(self) -> list[Specimen]:
        return list(self._specimens("wheats.py", self._read("wheats.py")))

    @functools.cached_property
    def chaffs(self) -> list[Specimen]:
        return list(self._specimens("chaffs.py", self.chaffs_file))

    @functools.cached_property
    def chaffs_file(self) -> str:
        """The source of the known wrong answers."""
        return self._read("chaffs.py")

    @property
    def known_mistakes(self) -> Path:
        """Where it is stored what the chaffs show."""
        return self.folder / "known_mistakes.gz"

    def _specimens(self, file: str, source: str) -> Iterator[Specimen]:
        shared = ""
        notes: dict[str, str] = {}
        for cell in _cells(source).cells:
            about = cell.metadata
            if cell.cell_type != "code" or "title" not in about:
                shared += cell.source + "\n\n" if cell.cell_type == "code" else ""
                continue
            name = about["title"]
            note = " ".join(_docstring(cell.source).split())
            try:
                reference = without(self.reference, about.get("without", "").split())
                notes[name] = _note(note, about.get("like", ""), notes)
            except ValueError as error:
                where = f"{self.folder / file}, line {_line(source, name)}, {name}"
                raise WrongSpecimen(f"{where}: {error}") from None
            loses = tuple(about.get("loses", "").split())
            if strange := [one for one in loses if one not in DIMENSIONS]:
                raise WrongSpecimen(
                    f"{self.folder / file}, line {_line(source, name)}: {name} loses "
                    f"{strange[0]!r}, which is no dimension. Write some of {', '.join(DIMENSIONS)}"
                )
            yield Specimen(
                name=name,
                note=notes[name],
                loses=loses,
                source=f"{reference}\n\n{shared}{cell.source}\n",
            )

    def _read(self, file: str) -> str:
        """Return the source of a file.

        Raises:
            NoExercise: it is not there, or no Python; says where.
        """
        try:
            text = (self.folder / file).read_text(encoding="utf-8")
            ast.parse(text)
            return text
        except SyntaxError as error:
            raise BrokenFile(
                f"{self.folder / file}, line {error.lineno}: {error.msg}: "
                f"{(error.text or '').strip()[:80]}"
            ) from None
        except FileNotFoundError:
            raise NoExercise(
                f"{self.folder} has no {file}. An exercise is a folder with {', '.join(FILES)}."
            ) from None
        except UnicodeError as error:
            raise NoExercise(f"{self.folder / file} is no UTF-8 ({error}). Save it so") from None


def _line(source: str, title: str) -> int:
    """Return the line where the cell of a title starts."""
    lines = source.splitlines()
    starts = (number for number, line in enumerate(lines, 1) if line.split()[:2] == ["#", "%%"])
    return next((number for number in starts if title in lines[number - 1].split()), 1)


def open_solution(source: str) -> int:
    """Return the line of a solution that does not end in its cell, or of an end without one."""
    begun = 0
    for number, line in enumerate(source.splitlines(), 1):
        if BEGIN in line:
            if begun:
                return begun
            begun = number
        elif END in line:
            if not begun:
                return number
            begun = 0
        elif begun and line.startswith("# %%"):
            return begun
    return begun


def _cells(source: str) -> "nbformat.NotebookNode":
    import jupytext  # a second, which students' commands need not wait for

    return jupytext.reads(source, fmt="py:percent")


def _docstring(source: str) -> str:
    return ast.get_docstring(ast.parse(source)) or ""


def _note(own: str, like: str, notes: dict[str, str]) -> str:
    """Return a specimen's docstring, or that of the one above it that it is like."""
    if like and own:
        raise ValueError(f"like={like!r} takes the docstring of that; remove its own")
    if like and like not in notes:
        above = ", ".join(notes) or "none"
        raise ValueError(f"like={like!r}: no cell above has this title. There are: {above}")
    return notes[like] if like else own


def find(name: str, solutions: Path | None = None) -> Exercise:
    """Return the exercise of a name, in a folder of exercises or in the course around us.

    Raises:
        NoExercise: there is none.
        NoCourse: no folder was given, and there is no course.
    """
    there = {folder.name: folder for folder in _folders(solutions)}
    if name not in there:
        raise NoExercise(f"no exercise {name!r}. There are: {', '.join(there) or 'none'}.")
    return Exercise(there[name])


def find_all(solutions: Path | None = None) -> list[Exercise]:
    """Return all exercises of a folder or of the course around us, in the order of the course.

    Raises:
        NoCourse: no folder was given, and there is no course.
    """
    found = [Exercise(folder) for folder in _folders(solutions)]
    return sorted(found, key=lambda one: (one.place.order, one.name))


def _folders(solutions: Path | None) -> list[Path]:
    folder = solutions or Course.around().solutions
    return [checks.parent for checks in sorted(folder.glob("*/checks.py"))]
