"""All released notebooks in a kernel: without an answer, with the right one, and validated.

A kernel needs longer to start than most notebooks to run, so all of them share one.
"""

import copy
import datetime
import io
import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.preprocessors import CheckCellMetadata
from nbgrader.validator import Validator

from autograder.records.exercises import BEGIN, END, find_all

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
DAYS = 3  # in CI, each notebook has its turn once in so many days
FRESH = """\
%reset -sf
import os
os.chdir({folder!r})
os.environ.pop("NBGRADER_VALIDATING", None)
os.environ.update({environment!r})
del os"""
UNTOUCHED, ANSWERED, VALIDATED = "untouched", "answered", "validated"


def days_to(name):
    """Return in how many days it is the turn of an exercise; outside of CI, it always is."""
    names = [one.name for one in find_all(ROOT / "solutions")]
    today = datetime.datetime.now(datetime.UTC).date().toordinal()
    return (names.index(name) - today) % DAYS if os.environ.get("CI") == "true" else 0


def answered(released, exercise):
    """Return a notebook with the reference in the cells that are the student's."""
    notebook = copy.deepcopy(released)
    marks = re.compile(rf"(?m)^ *(?:{BEGIN}|{END})\n?")
    cells = exercise.notebook.cells
    answers = [cell.source for cell in cells if "solution" in cell.metadata.get("tags", [])]
    own = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    for cell, answer in zip(own, answers, strict=True):
        cell.source = marks.sub("", answer)
    return notebook


@pytest.fixture(scope="module")
def ran(request, tmp_path_factory):
    """The notebooks of the exercises that are asked, by name and case, after they have run."""
    asked = [item.callspec.params["exercise"] for item in request.session.items
             if item.path == request.path]  # fmt: skip
    found, cells = {}, []
    for exercise in (one for one in dict.fromkeys(asked) if not days_to(one.name)):
        folder = ROOT / "release" / exercise.name
        released = nbformat.read(folder / f"{exercise.name}.ipynb", 4)
        for case, notebook, environment in (
            (UNTOUCHED, copy.deepcopy(released), {}),
            (ANSWERED, answered(released, exercise), {}),
            (VALIDATED, answered(released, exercise), {"NBGRADER_VALIDATING": "1"}),
        ):
            fresh = FRESH.format(folder=str(folder), environment=environment)
            cells += [nbformat.v4.new_code_cell(fresh), *notebook.cells]
            found[exercise.name, case] = notebook
    for number, cell in enumerate(cells):
        cell.id = str(number)
    everything = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(everything, timeout=120, allow_errors=True, kernel_name="python3")
    client.execute(cwd=str(tmp_path_factory.mktemp("kernel")))
    return found


def outputs(notebook, kind, tag=""):
    """Return the outputs of a kind, of all cells or of those with a tag."""
    cells = [cell for cell in notebook.cells if not tag or tag in cell.metadata.get("tags", [])]
    return [one for cell in cells for one in cell.get("outputs", []) if one.output_type == kind]


def table(notebook):
    (shown,) = [one.data for one in outputs(notebook, "display_data") if "text/html" in one.data]
    return shown["text/plain"]


def test_a_released_notebook_runs_and_validates(exercise, ran, tmp_path):
    if days := days_to(exercise.name):
        pytest.skip(f"its turn is in {days} days; without CI=true in the environment, it is now")
    tests = exercise.public_tests.count("def test_")
    looks = [cell for cell in exercise.notebook.cells if "look" in cell.metadata.get("tags", [])]
    draws = sum("(figure):" in cell.source for cell in looks)

    notebook = ran[exercise.name, UNTOUCHED]
    assert [one.evalue for one in outputs(notebook, "error")] == [
        f"{tests} of {tests} public tests fail."
    ]
    assert f"{tests} tests fail for one reason:\n    not solved yet (Cell In[" in table(notebook)
    printed = "".join(one.text for one in outputs(notebook, "stream", "look"))
    assert printed.count("Nothing to see yet: not solved yet") == draws, printed
    assert "raised" not in printed
    # The first of all these notebooks imports TensorFlow, and that writes nothing, either.
    assert [one.text for one in outputs(notebook, "stream") if one.name == "stderr"] == []

    notebook = ran[exercise.name, ANSWERED]
    assert outputs(notebook, "error") == []
    assert [one.text for one in outputs(notebook, "stream") if one.name == "stderr"] == []
    assert table(notebook).count("✓") == tests
    assert "Hidden checks ask more" in table(notebook)
    pictures = [one for one in outputs(notebook, "display_data", "look") if "image/png" in one.data]
    assert len(pictures) == draws
    printed = [one.text for one in outputs(notebook, "stream", "look")]
    assert len(printed) == len(looks) - draws

    # Validate judges the cells after they have run.
    nbformat.write(ran[exercise.name, VALIDATED], tmp_path / "validated.ipynb")
    said = io.StringIO()
    validator = Validator(preprocessors=[CheckCellMetadata])
    validator.stream = said
    validator.validate_and_print(str(tmp_path / "validated.ipynb"))
    assert said.getvalue() == "Success! Your notebook passes all the tests.\n"
