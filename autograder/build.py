"""Make what students get of an exercise: the stub, and the notebook nbgrader releases."""

import ast
import hashlib
import os
import sys
import tempfile
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jupytext
import nbformat
from nbgrader.apps.api import NbGraderAPI
from nbgrader.preprocessors import ClearSolutions
from traitlets.config import Config, PyFileConfigLoader

from autograder.exercises import Exercise, Specimen
from autograder.fingerprints import FORMAT, Hints, path_of
from autograder.grading import CheckInfo
from autograder.practice import Warm
from autograder.results import DIMENSIONS, write_atomically

HEADER = """\
# autograder exercise: {0}
# Fill in what says YOUR CODE HERE, then run: pytest exercises/{0}.py

"""
INDENT = "    "
PUBLIC_TESTS = """\
{tests}


try:
    from autograder.publictests import show
except ImportError:  # without the package, no table and no hints

    def show(exercise, *tests):
        for test in tests:
            test()
        print("The public tests pass.")


show(
{arguments}
)"""
GRADE_CELL = """\
# {dimension}: {points:g} points
### BEGIN HIDDEN TESTS
from autograder.notebook import points
points("{exercise}", "{dimension}", globals())
### END HIDDEN TESTS"""


class BuildError(Exception):
    """The handout could not be made."""


def build(exercise: Exercise, checks: list[CheckInfo], course: Path) -> list[Path]:
    """Write an exercise's stub, source notebook, hints and release below a course folder."""
    name = exercise.name
    stub_path = course / "exercises" / f"{name}.py"
    source_path = course / "build" / "source" / name / f"{name}.ipynb"
    write_atomically(stub_path, stub(exercise))
    write_atomically(source_path, nbformat.writes(source_notebook(exercise, checks)) + "\n")
    hints_path = path_of(name, course / "exercises")
    hints = public_hints(exercise, kept=hints_path)
    for folder in (hints_path.parent, source_path.parent):  # nbgrader releases it from there
        hints.write(path_of(name, folder), name)
    release(name, course)
    return [stub_path, hints_path, source_path, course / "release" / name / f"{name}.ipynb"]


def public_hints(exercise: Exercise, kept: Path) -> Hints:
    """Return what the chaffs show in the public tests, as fingerprints with their hints.

    Each runs twice, with other random weights: what a fingerprint is made of must not depend on
    them. What was built from the same files is read from `kept`.
    """
    parts = [FORMAT, exercise.public_tests, *(one.source + one.note for one in exercise.chaffs)]
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
    if (hints := Hints.read(kept)).key == key:
        return hints
    warm = Warm()
    runs = [(chaff, seed) for chaff in exercise.chaffs for seed in (1, 2)]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:

        def fingerprints(chaff: Specimen, seed: int) -> set[str]:
            path = Path(folder, str(seed), chaff.name, f"{exercise.name}.py")
            write_atomically(path, f"{chaff.source}\n\n{exercise.public_tests}\n")
            report = warm.check(path, seed)
            return {one for result in report.results for one in result.fingerprints}

        found = list(pool.map(fingerprints, *zip(*runs, strict=True)))
    notes = [chaff.note for chaff in exercise.chaffs]
    stable = [first & second for first, second in zip(found[::2], found[1::2], strict=True)]
    return Hints.learn(zip(notes, stable, strict=True), key)


def known_mistakes(exercise: Exercise, course: Path) -> tuple[int, int]:
    """Return how many hints the public tests alone can give, and how many the chaffs have."""
    known = Hints.read(path_of(exercise.name, course / "exercises")).texts
    notes = {chaff.note for chaff in exercise.chaffs}
    return len(known & notes), len(notes)


def stub(exercise: Exercise) -> str:
    """Return the `.py` file that a student fills in; it is the reference, cleared by nbgrader."""
    notebook = exercise.notebook
    for cell in notebook.cells:
        cell.metadata["nbgrader"] = {"solution": "solution" in cell.metadata.get("tags", [])}
    notebook, _ = ClearSolutions().preprocess(notebook, {})
    for cell in notebook.cells:
        cell.metadata.clear()
    notebook.metadata.clear()
    notebook.metadata["jupytext"] = {"notebook_metadata_filter": "-all"}
    return HEADER.format(exercise.name) + jupytext.writes(notebook, fmt="py:percent")


def source_notebook(exercise: Exercise, checks: list[CheckInfo]) -> nbformat.NotebookNode:
    """Return nbgrader's source: the reference with its metadata, and a grade cell per dimension."""
    notebook = nbformat.v4.new_notebook(metadata={
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    })  # fmt: skip
    for cell in exercise.notebook.cells:
        tags = cell.metadata.get("tags", [])
        number = len(notebook.cells)
        if cell.cell_type == "markdown":
            made = nbformat.v4.new_markdown_cell(cell.source)
        elif "solution" in tags:
            made = _code(cell.source, f"solution-{number}", solution=True)
        elif "tests" in tags:
            arguments = ", ".join([f'"{exercise.name}"', *_names(cell.source)]) + ","
            arguments = textwrap.fill(
                arguments, 100, initial_indent=INDENT, subsequent_indent=INDENT
            )
            source = PUBLIC_TESTS.format(tests=cell.source, arguments=arguments)
            made = _code(source, "public-tests", grade=True, locked=True, points=0)
        else:
            made = _code(cell.source, f"given-{number}", locked=True)
        notebook.cells.append(made)
    for dimension in DIMENSIONS:
        points = sum(check.points for check in checks if check.dimension == dimension)
        if points:
            source = GRADE_CELL.format(dimension=dimension, points=points, exercise=exercise.name)
            notebook.cells.append(_code(source, dimension, grade=True, locked=True, points=points))
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{exercise.name}-{number}".replace("_", "-")
    return notebook


def _names(tests: str) -> list[str]:
    """Return the names of the public tests, each of which says its dimension in its docstring."""
    functions = [
        node for node in ast.parse(tests).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]  # fmt: skip
    for function in functions:
        doc = ast.get_docstring(function) or ""
        if doc.partition(": ")[0] not in DIMENSIONS:
            raise BuildError(
                f"the public test {function.name} has no dimension. Its docstring starts with one "
                f"of {', '.join(DIMENSIONS)}, a colon and what it asks. Received: {doc!r}"
            )
    return [function.name for function in functions]


def _code(source, grade_id, *, grade=False, locked=False, solution=False, points=None):
    metadata = {"schema_version": 3, "grade_id": grade_id, "cell_type": "code",
                "grade": grade, "locked": locked, "solution": solution, "task": False}  # fmt: skip
    if points is not None:
        metadata["points"] = points
    return nbformat.v4.new_code_cell(source, metadata={"nbgrader": metadata})


def course_config(course: Path) -> Config:
    """Return a course's nbgrader configuration, for use from any folder."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    config.merge(Config({"CourseDirectory": {"root": str(course)}}))
    return config


def release(name: str, course: Path) -> None:
    """Have nbgrader generate the assignment.

    Raises:
        BuildError: it could not.
    """
    config = course_config(course)
    # nbgrader starts `alembic` by its name.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = NbGraderAPI(config=config).generate_assignment(name, force=True, create=True)
    if not done["success"]:
        raise BuildError(f"nbgrader could not generate {name}:\n{done['log']}{done['error'] or ''}")
