"""`--json` has one shape: that of the golden files, and of the tables in `docs/json.md`.

Where it has changed on purpose, UPDATE_GOLDEN=1 in the environment writes the golden files anew.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import nbformat
import pytest

from autograder.records.results import versions_in_words

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
# Another value in each run, or on each machine.
MEASURED = {"seed", "seconds", "cpu_seconds", "versions", "protection", "missing_protection"}


def masked(value):
    if isinstance(value, dict):
        return {key: "…" if key in MEASURED else masked(one) for key, one in value.items()}
    if isinstance(value, list):
        return [masked(one) for one in value]
    if isinstance(value, str):  # the versions, and numbers that were drawn
        return re.sub(r"-?\d+\.\d+", "…", value.replace(versions_in_words(), "…"))
    return value


def golden(name):
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def assert_golden(found, name):
    if os.environ.get("UPDATE_GOLDEN"):
        text = json.dumps(masked(found), indent=1, ensure_ascii=False) + "\n"
        (GOLDEN / f"{name}.json").write_text(text, encoding="utf-8")
    assert masked(found) == golden(name)


@pytest.fixture
def run(autograder, course):
    """Run a command with `--json`, and return what it wrote."""

    def run(*arguments, code=0):
        autograder(*arguments, "--json", "out.json", code=code)
        return json.loads((course / "out.json").read_text(encoding="utf-8"))

    return run


def build(course, environment):
    command = ["autograder", "build"]
    subprocess.run(command, cwd=course, env=environment, check=True, capture_output=True)
    return nbformat.read(course / "release" / "scale" / "scale.ipynb", 4)


def test_grade_writes_one_run(run, course, toy_exercise):
    (course / "ada.py").write_text(toy_exercise.reference)
    (course / "bob.py").write_text(f"print('ready')\n{toy_exercise.chaffs[1].source}")
    (course / "cy.py").write_text("raise ValueError('no')")
    (course / "dan.py").write_text("def Scale(:")
    found = run("grade", "scale", "ada.py", "bob.py", "cy.py", "dan.py", "--seed", "3")
    assert_golden(found, "grade")


def test_autograde_writes_a_run_for_each_exercise(run, course, environment, toy_exercise):
    release = build(course, environment)
    for student in ("ada", "bob"):
        path = course / "build" / "submitted" / student / "scale" / "scale.ipynb"
        path.parent.mkdir(parents=True)
        if student == "ada":
            for cell in release.cells:
                if cell.metadata.get("nbgrader", {}).get("solution"):
                    cell.source = toy_exercise.reference
            nbformat.write(release, path)
        else:
            path.write_text("{")
    found = run("autograde")
    assert_golden(found, "autograde")
    [first] = found["runs"]
    [again] = run("autograde", "--seed", "3")["runs"]  # though nothing has changed
    assert [one["seed"] for one in (again, *again["submissions"])] == [3, 3, 3]
    assert [one["score"] for one in again["submissions"]] == [
        one["score"] for one in first["submissions"]
    ]
    written = nbformat.read(course / "build" / "autograded" / "ada" / "scale" / "scale.ipynb", 4)
    told = [one.outputs[-1] for one in written.cells if "points(" in one.source]
    assert len(told) == 4
    for one in told:  # formgrader shows it, and no page of a student
        assert one.data["text/plain"].endswith("autograder grade scale FILE --seed 3")
        assert one.metadata.autograder


def test_nothing_to_grade_is_a_list_without_runs(run, course, environment):
    build(course, environment)
    assert_golden(run("autograde", code=1), "nothing")


TYPES = {"string": str, "number": (int, float), "list": list, "object": dict}


def objects(value, kind="file"):
    """Yield what each object of a file is called, and the object."""
    children = {"runs": "run", "submissions": "submission", "checks": "check"}
    yield kind, value
    for key, inner in children.items():
        for one in value.get(key, []):
            yield from objects(one, inner)


@pytest.mark.parametrize("name", ["grade", "autograde", "nothing"])
def test_the_tables_list_every_field_in_order_with_its_type(name):
    text = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    sections = re.split(r"^## (?:The|A) (\w+)$", text, flags=re.MULTILINE)[1:]
    tables = {
        kind: dict(re.findall(r"^\| `(\w+)` \| (\w+) ", table, flags=re.MULTILINE))
        for kind, table in zip(sections[::2], sections[1::2], strict=True)
    }
    for kind, found in objects(golden(name)):
        assert list(found) == list(tables[kind])
        for field, value in found.items():
            assert value == "…" or isinstance(value, TYPES[tables[kind][field]]), field
