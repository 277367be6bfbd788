"""What an instructor types while the course runs."""

import re
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.authors.audit import Row
from autograder.authors.audit_report import _advice, _record
from autograder.records.results import DIMENSIONS, CheckResult, Run, Status, SubmissionResult
from autograder.show import terminal
from autograder.show.console import Output

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_one_student_what_changed_and_what_is_by_hand(course, autograder, right_answer):
    autograder("build", "scale")
    folder = course / "build" / "submitted"
    for student in ("ada", "bob"):
        (folder / student / "scale").mkdir(parents=True)
        (folder / student / "scale" / "scale.py").write_text(right_answer + f"# {student}\n")
    done = autograder("autograde", "scale", "--student", "ada")
    assert "scale: 0 unchanged, 1 graded" in done.stdout
    assert "bob" not in done.stdout + done.stderr
    done = autograder("autograde")
    assert "scale: 1 unchanged, 1 graded" in done.stdout
    with Gradebook(f"sqlite:///{course}/build/gradebook.db", "custom-keras") as gradebook:
        gradebook.find_grade("numerics", "scale", "scale", "bob").manual_score = 0.5
        gradebook.db.commit()
        score = gradebook.find_submission("scale", "bob").score
    done = autograder("autograde")
    assert re.search(rf"bob .* by hand: {score:g}", done.stdout)
    assert not re.search(r"ada .* by hand", done.stdout)
    done = autograder("autograde", "--student", "mallory", code=1)
    assert "no submission by mallory in build/submitted" in done.stderr


def run_of(count):
    checks = [CheckResult(name, name, name, 2, Status.PASSED) for name in DIMENSIONS]
    found = [
        SubmissionResult(
            f"{number:03}_of_a_long_name@university.example", "", Status.GRADED, checks
        )
        for number in range(count)
    ]
    found[0].look_at = "it stopped"
    return Run("loop_of_old", 0, [], found, by_hand={found[1].id: 3.0})


@pytest.mark.parametrize("table", [terminal.class_table, terminal.summary])
def test_a_table_fits_into_80_columns(table, capsys):
    Output(width=80).print(table(run_of(200)))
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    text = " ".join(" ".join(lines).split())
    assert "by hand" in text and "look at" in text
    if table is terminal.summary:
        assert len(lines) < 12
        assert "8/8" in text


def test_a_script_of_another_exercise_is_an_error(course, autograder, right_answer):
    import shutil

    shutil.copytree(course / "solutions" / "scale", course / "solutions" / "shift")
    (course / "ada.py").write_text(right_answer)
    done = autograder("grade", "shift", "ada.py", code=2)
    assert "ada.py is on scale, says its first line. Run: autograder grade scale ada.py" in (
        done.stderr
    )


def test_init_ships_the_configuration_of_this_repository():
    shipped = ROOT / "autograder" / "authors" / "templates" / "course" / "nbgrader_config"
    assert shipped.read_text() == (ROOT / "nbgrader_config.py").read_text()


@pytest.mark.slow
def test_a_course_of_ones_own_lives_elsewhere(course, autograder, environment, tmp_path_factory):
    mine = tmp_path_factory.mktemp("somewhere") / "mine"
    shown = autograder("init", str(mine), "--copy", "scale").stdout
    assert "run next: cd" in shown

    def run(*command, code=0):
        done = subprocess.run(command, cwd=mine, env=environment, text=True, capture_output=True)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    run("autograder", "new", "my_loss", "--kind", "loss")
    assert (mine / "solutions" / "my_loss" / "checks.py").exists()
    run("autograder", "build", "scale")
    (mine / "build" / "submitted" / "ada" / "scale").mkdir(parents=True)
    notebook = nbformat.read(mine / "release" / "scale" / "scale.ipynb", 4)
    nbformat.write(notebook, mine / "build" / "submitted" / "ada" / "scale" / "scale.ipynb")
    assert "ada" in run("autograder", "autograde")
    run("nbgrader", "generate_feedback", "scale")
    run("autograder", "grades")
    assert (mine / "build" / "grades.csv").exists()
    assert "scale" in run("autograder", "audit", "scale", "--only", "wheats", "--json", "a.json")


def test_an_empty_course_says_what_is_next(course, autograder, environment):
    autograder("init", "empty")
    done = subprocess.run(
        ["autograder", "build"],
        cwd=course / "empty",
        env=environment,
        text=True,
        capture_output=True,
    )
    assert done.returncode == 2
    assert "has no exercises yet. Run: autograder new NAME --kind loss" in done.stderr


def test_the_audit_says_what_to_change(toy_exercise):
    import tomllib
    from types import SimpleNamespace

    mutant = Row(
        "mutant", "m", "", "  Scale.call\n- return a * b\n+ return a / b", where="Scale.call"
    )
    text = _record(mutant, SimpleNamespace(exercise=toy_exercise))
    [record] = tomllib.loads(text.partition("\n")[2])["mutant"]
    assert record == {
        "where": "Scale.call",
        "was": "return a * b",
        "becomes": "return a / b",
        "why": "TODO: say why",
    }
    lost = [CheckResult("c", "graph", "s", 1, Status.FAILED, hint="Other.")]
    result = SubmissionResult("x", "x", Status.GRADED, lost)
    chaff = Row("chaff", "x", "", "Own.", ("numerics",), results=[result])
    assert 'write loses="graph" at x' in _advice(chaff)
    chaff.loses = ("graph",)
    assert "x gets these hints: Other." in _advice(chaff)
