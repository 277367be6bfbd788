"""An exercise: a folder in `solutions/`. Its name is its only registration."""

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.records.course import Course

if TYPE_CHECKING:
    import nbformat

FILES = ("reference.py", "checks.py", "wheats.py", "chaffs.py")


class NoExercise(Exception):
    """There is no such exercise."""


@dataclass(frozen=True)
class Specimen:
    """A known right (wheat) or wrong (chaff) answer.

    Attributes:
        name: the title of its cell.
        note: its docstring: what is unusual about a wheat, the hint of a chaff.
        loses: the dimensions in which it must lose points.
        source: a whole submission: the reference, then the specimen's cell.
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
    def reference_file(self) -> str:
        """The source of the reference notebook."""
        return self._read("reference.py")

    @functools.cached_property
    def reference(self) -> str:
        """The reference solution, without the public tests."""
        return "\n\n".join(
            cell.source
            for cell in self.notebook.cells
            if cell.cell_type == "code" and "tests" not in cell.metadata.get("tags", [])
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
        return list(self._specimens(self._read("wheats.py")))

    @functools.cached_property
    def chaffs(self) -> list[Specimen]:
        return list(self._specimens(self.chaffs_file))

    @functools.cached_property
    def chaffs_file(self) -> str:
        """The source of the known wrong answers."""
        return self._read("chaffs.py")

    @property
    def known_mistakes(self) -> Path:
        """Where it is stored what the chaffs show."""
        return self.folder / "known_mistakes.gz"

    def _specimens(self, source: str) -> Iterator[Specimen]:
        cells = _cells(source).cells
        shared = ""
        for cell in cells:
            if cell.cell_type != "code" or "title" not in cell.metadata:
                shared += cell.source + "\n\n" if cell.cell_type == "code" else ""
                continue
            yield Specimen(
                name=cell.metadata["title"],
                note=" ".join(_docstring(cell.source).split()),
                loses=tuple(cell.metadata.get("loses", "").split()),
                source=f"{self.reference}\n\n{shared}{cell.source}\n",
            )

    def _read(self, file: str) -> str:
        try:
            return (self.folder / file).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise NoExercise(
                f"{self.folder} has no {file}. An exercise is a folder with {', '.join(FILES)}."
            ) from None
        except UnicodeError as error:
            raise NoExercise(f"{self.folder / file} is no UTF-8 ({error}). Save it so") from None


def _cells(source: str) -> "nbformat.NotebookNode":
    import jupytext  # a second, which students' commands need not wait for

    return jupytext.reads(source, fmt="py:percent")


def _docstring(source: str) -> str:
    return ast.get_docstring(ast.parse(source)) or ""


def find(name: str, solutions: Path | None = None) -> Exercise:
    """Return the exercise of a name, in a folder of exercises or in the course around us.

    Raises:
        NoExercise: there is none.
        NoCourse: no folder was given, and there is no course.
    """
    exercises = {one.name: one for one in find_all(solutions)}
    if name not in exercises:
        raise NoExercise(f"no exercise {name!r}. There are: {', '.join(exercises) or 'none'}.")
    return exercises[name]


def find_all(solutions: Path | None = None) -> list[Exercise]:
    """Return all exercises of a folder or of the course around us, by name.

    Raises:
        NoCourse: no folder was given, and there is no course.
    """
    folder = solutions or Course.around().solutions
    return [Exercise(checks.parent) for checks in sorted(folder.glob("*/checks.py"))]
