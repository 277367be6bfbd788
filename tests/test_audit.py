"""An audit asks only what no earlier audit has asked of the same content."""

import io
import os
import signal
import subprocess
import time

import pytest
from rich.console import Console

from autograder.authors.asking import Killers
from autograder.authors.audit import Audit, Row, audit, specimens
from autograder.authors.audit_report import findings
from autograder.grading import cache, known
from autograder.grading.dialogue import Dialogue
from autograder.grading.verdicts import CheckInfo
from autograder.records.exercises import Exercise
from autograder.records.results import CheckResult, Status, SubmissionResult

KINDS = ("stub", "wheat", "chaff", "mutant")


@pytest.fixture
def asked(monkeypatch):
    """The names of the submissions that were asked."""
    names = set()
    first = Dialogue.__init__

    def remember(self, worker, setup, submission):
        names.add(submission.id)
        first(self, worker, setup, submission)

    monkeypatch.setattr(Dialogue, "__init__", remember)
    return names


@pytest.fixture
def again(course, worker, asked):
    """Audit the toy exercise; return what was asked, and what the audit found."""

    def again(**options):
        exercise = Exercise(course / "solutions" / "scale")
        asked.clear()
        found = audit(exercise, [worker], specimens(exercise, KINDS), **options)
        rows = {row.name: (row.lost, row.problem) for row in found.rows}
        specimens_asked = asked - {"reference", known.REFERENCE}
        assert len(rows) - found.reused == len(specimens_asked)
        return specimens_asked, rows

    return again


def edited(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.slow
def test_the_same_content_is_asked_once(again):
    everything, first = again()
    assert everything == set(first)
    assert again() == (set(), first)
    everything, rows = again(anew=True)
    assert everything == set(first)
    assert {name: problem for name, (_, problem) in rows.items()} == {
        name: problem for name, (_, problem) in first.items()
    }


@pytest.mark.slow
def test_only_what_was_changed_is_asked_again(again, course):
    everything, _ = again()
    folder = course / "solutions" / "scale"
    edited(folder / "chaffs.py", "inputs + self.factor", "inputs - self.factor")
    assert again()[0] == {"adds"}
    edited(folder / "wheats.py", "multiply(inputs, self.by)", "multiply(self.by, inputs)")
    assert again()[0] == {"no_config"}
    edited(folder / "chaffs.py", "Multiply; do not add.", "Multiply!")
    assert again()[0] == set()
    edited(folder / "checks.py", "(2.0, -0.5)", "(2.0, -0.25)")
    assert again()[0] == everything


@pytest.mark.slow
def test_after_a_change_of_the_engine_everything_is_asked_again(again, monkeypatch):
    everything, _ = again()
    monkeypatch.setattr(cache, "surroundings", lambda *rooms: ["another engine"])
    assert again()[0] == everything
    assert again()[0] == set()


@pytest.mark.slow
def test_an_audit_that_was_killed_goes_on(course, environment, worker, again):
    command = ["autograder", "audit", "scale", "-j", "1"]
    process = subprocess.Popen(
        command, cwd=course, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    done = course / "build" / "audits"
    deadline = time.monotonic() + 120
    while not list(done.glob("*/[0-9a-f]*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = len(list(done.glob("*/[0-9a-f]*")))
    assert before
    told = subprocess.run(
        command, cwd=course, env=environment, capture_output=True, text=True, timeout=300
    ).stdout
    reused = [line for line in told.splitlines() if "from earlier audits" in line]
    assert int(reused[0].split()[0]) >= before


@pytest.mark.slow
@pytest.mark.parametrize("damage", [b"", b"{", b'{"checks": 1}', b"[" * 10**5])
def test_a_damaged_result_is_asked_again(again, course, damage):
    _, first = again()
    path = next((course / "build" / "audits").glob("*/[0-9a-f]*"))
    path.write_bytes(damage)
    names, rows = again()
    assert len(names) == 1
    assert {name: problem for name, (_, problem) in rows.items()} == {
        name: problem for name, (_, problem) in first.items()
    }


CHECKS = """
@check("numerics", points=1)
def cheap(f):
    "one"


@check("numerics", points=1)
def costly(f):
    "two"


# It costs a file for each of three models.
@check("numerics", points=1)
def costly_and_says_why(f):
    "three"
"""


def test_a_check_that_costs_much_without_a_reason_is_named(tmp_path):
    (tmp_path / "checks.py").write_text(CHECKS)
    costs = {"cheap": 0.1, "costly": 0.4, "costly_and_says_why": 0.5}
    checks = [CheckInfo(name, "numerics", 1, "", False, [], 0, 0) for name in costs]
    row = Row("wheat", "right", "")
    results = [
        CheckResult(name, "numerics", "", 1, Status.PASSED, cpu_seconds=cost)
        for name, cost in costs.items()
    ]
    row.results.append(SubmissionResult("right", "", Status.GRADED, results))
    found = Audit(Exercise(tmp_path), checks, [row], full=False)
    assert found.costly == ["costly"]
    shown = Console(width=120, file=io.StringIO())
    shown.print(findings(found))
    assert "costly costs 0.40 s of CPU: make it cheaper" in shown.file.getvalue()
    assert "1 wheats tell little of the checks; write at least 6" in shown.file.getvalue()


@pytest.mark.slow
def test_answers_that_are_the_same_in_every_run_are_named(course, worker):
    """What is drawn here or elsewhere is not, and neither is what is asked without the submission.

    A file that needs the submission is loaded beside it.
    """
    exercise = Exercise(course / "solutions" / "scale")
    found = audit(exercise, [worker], [])
    assert sorted(found.fixed) == ["factor_survives", "multiplies", "slope_is_the_factor"]
    shown = Console(width=200, file=io.StringIO())
    shown.print(findings(found))
    assert "4 of 8 points are for answers that are the same in every run" in shown.file.getvalue()
    assert "by somebody who knows them: factor_survives, multiplies, slope" in shown.file.getvalue()


def result(name, status):
    return CheckResult(name, "numerics", "", 1, status)


def test_the_check_that_killed_neighbours_comes_first():
    killers, names = Killers(), ["a", "b", "c", "d"]
    assert (killers.order(names, "f"), killers.likeliest("f")) == (names, "")
    killers.add("f", [result("a", Status.PASSED), result("c", Status.FAILED)])
    killers.add("g", [result("b", Status.RAISED), result("d", Status.NOT_ASKED)])
    killers.add("g", [result("b", Status.TIMED_OUT)])
    assert (killers.order(names, "f"), killers.likeliest("f")) == (["c", "b", "a", "d"], "c")
    assert killers.order(names, "g") == ["b", "c", "a", "d"]
    assert killers.order(names, "h") == ["b", "c", "a", "d"]
    assert killers.likeliest("h") == ""
