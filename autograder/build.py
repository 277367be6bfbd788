"""Make what students get of an exercise: the stub, and the notebook nbgrader releases."""

import os
import re
import sys
from pathlib import Path

import jupytext
import nbformat
from nbgrader.apps.api import NbGraderAPI
from nbgrader.preprocessors import ClearSolutions
from traitlets.config import Config, PyFileConfigLoader

from autograder.exercises import Exercise
from autograder.grading import CheckInfo
from autograder.results import DIMENSIONS, write_atomically

HEADER = "# Fill in what says YOUR CODE HERE, then run: pytest exercises/{}.py\n\n"
GRADE_CELL = """\
# {dimension}: {points:g} points
### BEGIN HIDDEN TESTS
from autograder.notebook import points
points("{exercise}", "{dimension}", globals())
### END HIDDEN TESTS"""


class BuildError(Exception):
    """nbgrader could not make the release."""


def build(exercise: Exercise, checks: list[CheckInfo], course: Path) -> list[Path]:
    """Write an exercise's stub, source notebook and release below a course folder."""
    name = exercise.name
    stub_path = course / "exercises" / f"{name}.py"
    source_path = course / "build" / "source" / name / f"{name}.ipynb"
    write_atomically(stub_path, stub(exercise))
    write_atomically(source_path, nbformat.writes(source_notebook(exercise, checks)) + "\n")
    release(name, course)
    return [stub_path, source_path, course / "release" / name / f"{name}.ipynb"]


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
            tests = re.findall(r"(?m)^def (test_\w+)", cell.source)
            calls = "\n".join(f"{test}()" for test in tests)
            source = f'{cell.source}\n\n\n{calls}\nprint("The public tests pass.")'
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
