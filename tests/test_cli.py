"""The command line, as people type it."""

import json
import shutil
import subprocess
from importlib.metadata import version

import pytest

pytestmark = pytest.mark.slow  # they start commands


@pytest.fixture
def run(course, environment):
    def run(*arguments):
        return subprocess.run(
            ["autograder", *map(str, arguments)],
            cwd=course,
            env=environment,
            text=True,
            capture_output=True,
            timeout=300,
        )

    return run


def test_every_submission_is_in_the_output_once(run, course, toy_exercise):
    folder = course / "handed in"
    folder.mkdir()
    (folder / "ada.py").write_text(toy_exercise.reference)
    (folder / "bob.py").write_text("def Scale(: pass")
    (folder / "cy.ipynb").write_text("{")
    (folder / "dan.py").write_text("while True: pass")
    (folder / "eve.py").write_bytes(b"\xff\xfe\x00")
    (folder / "notes.txt").write_text("not a submission")
    layout = folder / "fay" / "scale"
    layout.mkdir(parents=True)
    (layout / "scale.ipynb").write_text(
        json.dumps({"cells": [{"cell_type": "code", "source": [toy_exercise.chaffs[1].source]}]})
    )
    (folder / "[red]\x1b[31m=1+1.py").write_text("raise ValueError('\x1b]0;title\x07[bold]<b>')")
    done = run(
        "grade",
        "scale",
        folder,
        folder / "ada.py",
        "--json",
        course / "out.json",
        "--seed",
        3,
        "--time-limit",
        3,
    )
    assert done.returncode == 0, done.stderr
    (result,) = json.loads((course / "out.json").read_text())["runs"]
    found = {one["id"]: (one["status"], one["score"]) for one in result["submissions"]}
    assert found == {
        "[red]\x1b[31m=1+1": ("graded", 0.0),
        "ada": ("graded", 8.0),
        "bob": ("unreadable", 0.0),
        "cy": ("unreadable", 0.0),
        "dan": ("graded", 0.0),
        "eve": ("unreadable", 0.0),
        "fay": ("graded", 6.0),
    }
    assert len(result["submissions"]) == 7
    assert (result["exercise"], result["max_score"], result["seed"]) == ("scale", 8.0, 3)
    ada = result["submissions"][1]
    assert ada["dimensions"]["numerics"] == {"score": 2.0, "max_score": 2.0}
    assert ada["checks"][0] == {
        "name": "multiplies",
        "dimension": "numerics",
        "status": "passed",
        "score": 1.0,
        "statement": "every element is multiplied by the factor",
        "max_score": 1.0,
        "message": "",
        "call": "",
        "hint": "",
        "chaff": "",
    }
    assert all(len(one["checks"]) == 7 for one in result["submissions"])
    assert "\x1b" not in done.stdout
    assert "[red]" in done.stdout
    assert "hint: Return the factor from `get_config`." in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("grade", "scales", "x.py"), "no exercise 'scales'. There are: scale."),
        (("grade", "scale", "nowhere.py"), "no such file or folder: nowhere.py"),
        (("grade", "scale", "solutions"), "no .py or .ipynb of scale in solutions"),
        (("grade", "scale"), "Missing argument"),
        (("mark",), "No such command 'mark'"),
    ],
)
def test_wrong_usage_ends_with_a_sentence(run, arguments, message):
    done = run(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_version_is_printed(run):
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith(f"autograder {version('keras-autograder')}, Python 3.")


EVIL = "ada\nautograder: all is well\x1b[31m[red]\u202e"


@pytest.mark.parametrize("name", ["x.txt", "x/y.txt", "x.py"])
def test_a_name_forges_no_line_of_a_message(run, course, toy_exercise, name):
    file = course / "class" / name.replace("x", EVIL)
    file.parent.mkdir(parents=True)
    for path in ("class", file):  # there is nothing at the second one
        done = run("grade", "scale", path)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1 + (path == "class") * (name == "x/y.txt")
    file.write_text("x = 1")
    for path in ("class", file):
        done = run("grade", "scale", path)
        assert done.stderr.count("\nautograder: all") == 0
        assert not {"\x1b", "\u202e"} & {*done.stdout, *done.stderr}
        assert "[red]" in done.stdout + done.stderr


def test_a_broken_exercise_ends_with_a_sentence(run, course):
    (course / "solutions" / "scale" / "checks.py").write_text("import nothing_like_it\n")
    done = run("grade", "scale", "solutions/scale/reference.py")
    assert done.returncode == 1
    assert "No module named 'nothing_like_it'" in done.stderr


def test_a_folder_without_exercises_ends_with_a_sentence(run, course):
    shutil.rmtree(course / "solutions")
    done = run("audit")
    assert done.returncode == 2
    assert "set AUTOGRADER_SOLUTIONS" in done.stderr


@pytest.mark.parametrize("command", ["build", "autograde"])
@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("autograder.gradebook.sanitize.Sanitize", "autograder.preprocessors.Sanitize"),
        ("autograder.gradebook.grade.Grade", "autograder.gradebook.preprocessors.Grade"),
        ("autograder.gradebook.clean_html.markdown", "autograder.feedback.markdown"),
    ],
)
def test_a_configuration_with_an_old_name_is_told_the_new_one(run, course, command, new, old):
    config = course / "nbgrader_config.py"
    config.write_text(config.read_text().replace(f'"{new}"', f'"{old}"'))
    done = run(command)
    assert done.returncode == 1
    told = f"nbgrader_config.py names {old}, which is now {new}. Change it there\n"
    assert done.stderr.endswith(told)
    assert done.stderr.count(old) == 1


def test_the_audit_finds_what_is_wrong_with_the_specimens(run, course):
    scale = course / "solutions" / "scale"
    found, page = course / "found.json", course / "matrix.html"
    done = run("audit", "--seeds", 2, "--json", found, "--html", page)
    assert done.returncode == 1  # its checks never ask for the name
    assert "- super().__init__(**kwargs)\n+ super().__init__()" in done.stdout
    assert "2 problems" in done.stdout
    (audit,) = json.loads(found.read_text())["exercises"]
    kinds = [one["kind"] for one in audit["specimens"]]
    survivors = [one["name"] for one in audit["specimens"] if one["problem"]]
    assert survivors == ["drop_kwargs:17", "drop_entry:28"]
    assert all(len(one["lost"]) == 2 for one in audit["specimens"])
    assert page.read_text().count("<tr>") == len(kinds) + 3  # two heads, and a row in the summary

    (scale / "chaffs.py").write_text(
        (scale / "chaffs.py").read_text()
        + '\n\n# %% right loses="graph"\n"""Nothing <b>is</b> wrong."""\n\nScale = Scale\n'
    )
    (scale / "wheats.py").write_text(
        '# %% wrong\n"""No."""\n\n\ndef Scale(factor):\n    return tf.identity\n'
    )
    done = run("audit", "--only", "wheats", "--only", "chaffs", "--html", page)
    assert done.returncode == 1
    assert "wheat wrong: " in done.stdout
    assert "chaff right: loses nothing, not graph" in done.stdout
    assert "<b>is</b>" not in page.read_text()
    assert "Nothing &lt;b&gt;is&lt;/b&gt; wrong." in page.read_text()


def test_right_answers_stay_right_under_stress(run, course):
    found = course / "found.json"
    done = run("audit", "--only", "wheats", "--seeds", 4, "--stress", "--json", found)
    assert done.returncode == 0, done.stdout
    (audit,) = json.loads(found.read_text())["exercises"]
    assert all(one["lost"] == [[]] * 4 for one in audit["specimens"])
    assert all(one["seconds"] > 0 for one in audit["checks"])
    assert f"{4 * len(audit['specimens'])} answers in" in done.stdout


def test_wrong_and_stale_records_are_reported(run, course):
    scale = course / "solutions" / "scale"
    record = '[[mutant]]\nwhere = "Scale.call"\nwas = "return self.factor * inputs"\n'
    (scale / "equivalent.toml").write_text(
        record + 'becomes = "return self.factor"\nwhy = "said to be right"\n'
    )
    done = run("audit", "--only", "mutants")
    assert done.returncode == 1
    assert "is recorded as equivalent, but loses" in done.stdout
    (scale / "equivalent.toml").write_text(
        record + 'becomes = "return self.factor / factor"\nwhy = "it was there once"\n'
    )
    done = run("audit", "--only", "mutants")
    assert done.returncode == 1
    assert "0 mutants of Scale.call change" in done.stderr
    assert "Traceback" not in done.stderr
