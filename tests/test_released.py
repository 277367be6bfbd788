"""Notebooks and stubs that students have had for long go on working.

`tests/released/` holds the toy exercise as it was released before `autograder.cells` existed: never
build it anew.
"""

import ast
import importlib
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder import cells
from autograder.records import submissions
from autograder.records.results import DIMENSIONS
from autograder.sandbox.session import NOT_AGAIN

pytestmark = pytest.mark.slow  # they start commands

RELEASED = Path(__file__).parent / "released"
# What nbgrader puts back into a grade cell before it runs the notebook.
GRADE_CELL = """\
# {dimension}: 2 points
from autograder.notebook import points
points("scale", "{dimension}", globals())
"""
ANSWERS = [
    "super().__init__(**kwargs)\n        self.factor = factor",
    "return self.factor * inputs",
    "return {**super().get_config(), 'factor': self.factor}",
]
SHELL = """
import json, sys

from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for cell in json.load(sys.stdin):
    done = shell.run_cell(cell, store_history=True)
    done.raise_error()
    print("result:", done.result)
"""


def answered(text):
    for answer in ANSWERS:
        text = text.replace("# YOUR CODE HERE\n        raise NotImplementedError()", answer, 1)
    return text


def code_cells():
    return [one.source for one in submissions.cells_of(RELEASED / "scale.ipynb", False)[1:]]


@pytest.fixture
def desk(tmp_path):
    """A student's folder with the answered stub and notebook."""
    (tmp_path / "scale.py").write_text(answered((RELEASED / "scale.py").read_text()))
    notebook = nbformat.read(RELEASED / "scale.ipynb", 4)
    for cell in notebook.cells:
        cell.source = answered(cell.source)
    nbformat.write(notebook, tmp_path / "scale.ipynb")
    return tmp_path


def run(command, folder, environment, **more):
    done = subprocess.run(
        command, cwd=folder, env=environment, text=True, capture_output=True, timeout=300, **more
    )
    return done.returncode, done.stdout + done.stderr


def test_what_released_cells_import_is_todays(monkeypatch):
    imported = [
        (node.module, alias.name)
        for cell in (*code_cells(), GRADE_CELL.format(dimension="graph"))
        for node in ast.walk(ast.parse(cell))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert imported == [("autograder.publictests", "show"), ("autograder.notebook", "points")]
    for module, name in imported:
        monkeypatch.delitem(sys.modules, module, raising=False)  # a test may have put it off
        assert getattr(importlib.import_module(module), name) is getattr(cells, name)


def test_released_files_pass_when_answered(desk, environment):
    code, output = run(["autograder", "check"], desk, environment)
    assert (code, output.count("✓ 1 of 1 public tests pass")) == (0, 2), output
    code, output = run(["pytest", "."], desk, environment)
    assert (code, "2 passed" in output) == (0, True), output


def test_released_files_are_not_solved_yet(tmp_path, environment):
    for path in RELEASED.glob("scale.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    code, output = run(["autograder", "check"], tmp_path, environment)
    assert (code, output.count("not solved yet (")) == (1, 2), output
    code, output = run(["pytest", "."], tmp_path, environment)
    assert code == 1
    assert "not solved yet (cell " in output
    assert "not solved yet (line " in output


def test_a_released_notebook_shows_and_grades_in_ipython(course, environment):
    sources = [answered(cell) for cell in code_cells()]
    sources = [cell for cell in sources if " points" not in cell]
    sources += [GRADE_CELL.format(dimension=dimension) for dimension in DIMENSIONS]
    command = [sys.executable, "-c", SHELL]
    own = {**environment, "IPYTHONDIR": str(course / "ipython")}
    code, output = run(command, course, own, input=json.dumps(sources))
    assert code == 0, output
    assert "✓ 3 becomes 6" in output
    assert output.count("result: 2.0") == len(DIMENSIONS), output


def test_a_released_notebook_is_graded(grade):
    result = grade(*(answered(cell) for cell in code_cells()))
    assert result.score == result.max_score == 8
    assert {"stream": "stdout", "text": NOT_AGAIN} in result.cells[2]["outputs"]
