"""What `autograder new` writes: it builds at once, and the audit says what is left to do."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.authors.audit import audit, specimens
from autograder.authors.build import build, known_mistakes
from autograder.authors.new import MARK, Kind, Refused, init, left_to_do, new
from autograder.grading.grader import Grader
from autograder.grading.processes import Limits, Worker
from autograder.grading.seeds import Seeds
from autograder.practice import fingerprints
from autograder.records.exercises import Exercise
from autograder.records.results import DIMENSIONS

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def patient_worker():
    """A worker with time for two processes that are busy beside it."""
    with Worker(Limits.of(15)) as worker:
        yield worker


@pytest.fixture(params=Kind)
def fresh(request, tmp_path):
    """A fresh exercise of each kind, in a course of its own."""
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    new(f"a_{request.param}", request.param, tmp_path / "solutions")
    return Exercise(tmp_path / "solutions" / f"a_{request.param}")


@pytest.mark.parametrize(
    "name", ["My-Loss", "class", "2d", "match", "a__b", "../a", "a.b", "Ä", ""]
)
def test_a_name_that_python_or_students_cannot_use_is_refused(tmp_path, name):
    with pytest.raises(Refused, match="cannot be the name of an exercise: use small letters"):
        new(name, Kind.loss, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_is_refused(tmp_path):
    (tmp_path / "mine").mkdir()
    with pytest.raises(Refused, match="mine exists already; choose another name"):
        new("mine", Kind.loss, tmp_path)
    assert list((tmp_path / "mine").iterdir()) == []


def test_the_command_says_what_it_wrote_and_what_comes_next(tmp_path, environment):
    def run(name):
        command = ["autograder", "new", name, "--kind", "layer"]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, text=True, capture_output=True
        )

    done = run("my_layer")
    assert done.returncode == 0, done.stderr
    *wrote, then = done.stdout.splitlines()
    files = ("reference.py", "checks.py", "wheats.py", "chaffs.py", "test_reference.py")
    assert wrote == [f"wrote solutions/my_layer/{file}" for file in files]
    assert then == "run next: autograder build my_layer && autograder audit my_layer"
    again = run("my_layer")
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr.startswith("autograder: solutions/my_layer exists already")


def test_fresh_files_are_clean_and_say_what_is_left_to_do(fresh):
    course = fresh.folder.parent.parent
    shutil.copy(ROOT / "pyproject.toml", course)
    for arguments in (["format", "--check"], ["check", "--ignore", "I"]):
        command = [sys.executable, "-m", "ruff", *arguments, "solutions"]
        done = subprocess.run(command, cwd=course, text=True, capture_output=True)
        assert done.returncode == 0, done.stdout
    places = list(left_to_do(fresh))
    assert len(places) > 10
    assert all(re.match(r"\w+\.py, line \d+: \w", place) for place in places)
    assert {place.partition(",")[0] for place in places} >= {"reference.py", "checks.py"}


def test_a_fresh_statement_has_the_headings_of_the_others(fresh):
    headings = re.findall("(?m)^# (.*)", fresh.notebook.cells[0].source)
    assert headings == [f"{MARK}: a title that says what it is for"]
    statement = "\n".join(
        cell.source for cell in fresh.notebook.cells if cell.cell_type == "markdown"
    )
    for heading in ("An example", "What to write", "Traps", "What is graded"):
        assert f"\n## {heading}\n" in statement


def test_a_copied_exercise_keeps_the_hints_of_its_public_tests(course, tmp_path_factory):
    """Else the first build in a new course would learn them anew."""
    hints = fingerprints.path_of("scale", course / "exercises")
    hints.parent.mkdir()
    hints.write_text("{}")
    mine = tmp_path_factory.mktemp("mine")
    init(mine, [Exercise(course / "solutions" / "scale")])
    assert fingerprints.path_of("scale", mine / "exercises").read_text() == "{}"


def test_nothing_is_left_to_do_in_the_exercises_of_the_course(shipped_exercises):
    assert [place for one in shipped_exercises for place in left_to_do(one)] == []


@pytest.mark.slow
def test_a_fresh_exercise_builds_and_audits(fresh, patient_worker):
    """All that is found is what is left to do, chaffs and mutants that nobody has written yet."""
    grader = Grader(patient_worker, fresh, Seeds.same(0))
    assert {check.dimension for check in grader.checks} == set(DIMENSIONS)
    stub, _, _, release, *_ = build(fresh, grader.checks, fresh.course, [])
    assert "raise NotImplementedError()" in stub.read_text()
    assert release.exists()
    known, notes = known_mistakes(fresh, fresh.course)
    assert (known >= 2, notes) == (True, 3)
    rows = specimens(fresh, ("stub", "wheat", "chaff"))
    assert len([row for row in rows if row.kind == "wheat"]) == 2
    found = audit(fresh, [patient_worker], rows)
    left = re.compile(r"left to do in |\w+ catches no chaff$")
    assert [problem for problem in found.problems if not left.match(problem)] == []
    assert [problem for problem in found.problems if problem.startswith("left to do in ")]


@pytest.mark.slow
def test_the_oracle_of_a_fresh_exercise_agrees(fresh):
    shutil.copy(ROOT / "solutions" / "conftest.py", fresh.folder.parent)
    course = fresh.folder.parent.parent
    command = [sys.executable, "-m", "pytest", "-q", "--import-mode=importlib", "-p"]
    command += ["no:cacheprovider", "--rootdir", course, fresh.folder]
    done = subprocess.run(command, cwd=course, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout
    assert "5 passed" in done.stdout
