"""Results for CI, Gradescope and GitHub Classroom, from the command that writes them."""

import json
import shutil
import subprocess
import sys
import zipfile
from xml.etree import ElementTree

import pytest

from autograder.records.results import DIMENSIONS, CheckResult, Run, Status, SubmissionResult
from autograder.show.github import Annotations
from autograder.show.gradescope import results_json
from autograder.show.junit import junit

BAD = "got \x1b[31m 3 \ud800 ￾ <b> ]]> &\n::notice title=Autograding report::{}"


@pytest.fixture
def runs():
    checks = [
        CheckResult("right", "numerics", "2 & 2 <is> 4", 3, Status.PASSED),
        CheckResult(
            *("wrong", "gradients", "slopes", 2, Status.FAILED, BAD), hint="Look.", call="f(1)\x1b"
        ),
        CheckResult("later", "graph", "graphs", 1, Status.TIMED_OUT, BAD),
    ]
    found = [SubmissionResult("ada", "ada.py", Status.GRADED, checks, seconds=1.25)]
    found += [SubmissionResult("bob\n", "bob.py", Status.UNREADABLE, message=BAD)]
    return [Run("scale", 1, [], found)]


def test_junit_has_a_case_for_each_check(runs):
    root = ElementTree.fromstring(junit(runs))
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "4", "3")
    ada, bob = root.findall("testsuite")
    assert [case.get("name") for case in ada.findall("testcase")] == [
        *("2 & 2 <is> 4", "slopes", "graphs")
    ]
    assert [case.get("classname") for case in ada.findall("testcase")][1] == "scale.gradients"
    failure = ada.findall("testcase")[1].find("failure")
    assert "got" in failure.get("message")
    assert failure.text.endswith("try it: f(1)\N{REPLACEMENT CHARACTER}\nLook.")
    assert {one.get("name"): one.get("value") for one in ada.iter("property")} == {
        "score": "3",
        "max_score": "6",
    }
    assert bob.find("testcase/failure") is not None


def check_results(content):
    """Hold a `results.json` against what Gradescope documents."""
    assert isinstance(content["score"], float) and isinstance(content["execution_time"], int)
    formats = {"text", "html", "simple_format", "md", "ansi"}
    assert content["output_format"] in formats
    shown = {"hidden", "after_due_date", "after_published", "visible"}
    assert {content["visibility"], content["stdout_visibility"]} <= shown
    for test in content["tests"]:
        assert 0 <= test["score"] <= test["max_score"]
        assert test["status"] in {"passed", "failed"}
        assert {test["name_format"], test["output_format"]} <= formats
        assert test["visibility"] in shown
        assert isinstance(test["name"], str) and isinstance(test["output"], str)
    assert content["score"] == sum(test["score"] for test in content["tests"])


def test_gradescope_gets_a_test_for_each_check(runs):
    content = json.loads(results_json(runs, [("shift", 5)]))
    check_results(content)
    assert (content["score"], content["execution_time"]) == (3, 1)
    assert [test["max_score"] for test in content["tests"]] == [3, 2, 1, 0, 5]
    assert "\ntry it: f(1)" in content["tests"][1]["output"]
    assert "\x1b" not in json.dumps(content["tests"], ensure_ascii=False)
    assert content["output"].splitlines()[:2] == [
        "██████████  scale: numerics: 3 of 3",
        "░░░░░░░░░░  scale: gradients: 0 of 2",
    ]


def test_nothing_in_the_log_passes_for_points(runs):
    annotations = Annotations()
    log = [annotations.stop(), BAD, *annotations.points(runs).splitlines()]
    stopped, read = "", []
    for line in "\n".join(log).splitlines():  # as GitHub's runner reads it
        if stopped:
            stopped = "" if line.strip() == f"::{stopped}::" else stopped
        elif line.startswith("::stop-commands::"):
            stopped = line.removeprefix("::stop-commands::")
        elif line.startswith("::notice title=Autograding report::"):
            read.append(json.loads(line.rpartition("::")[2]))
    assert read == [{"totalPoints": 3, "maxPoints": 6}]


@pytest.mark.slow
def test_the_zip_grades_on_gradescope(
    course, autograder, environment, tmp_path_factory, right_answer
):
    """As its harness does: the zip in `source`, `run_autograder` beside it, results in a folder."""
    shutil.copytree(course / "solutions" / "scale", course / "solutions" / "shift")
    shown = autograder("gradescope", "zips/autograder.zip", "scale", "shift").stdout
    assert "upload it to Gradescope, and give it to nobody" in shown
    root = tmp_path_factory.mktemp("autograder")
    with zipfile.ZipFile(course / "zips" / "autograder.zip") as archive:
        assert {"setup.sh", "run_autograder", "requirements.txt"} <= set(archive.namelist())
        assert archive.getinfo("run_autograder").external_attr >> 16 & 0o111
        archive.extractall(root / "source")
    subprocess.run(["bash", "-n", root / "source" / "setup.sh"], check=True)
    pinned = (root / "source" / "requirements.txt").read_text().splitlines()
    assert any(line.startswith("tensorflow==") for line in pinned)
    for folder in ("submission", "results"):
        (root / folder).mkdir()
    (root / "submission" / "my work (1).py").write_text(right_answer)
    run = shutil.copy(root / "source" / "run_autograder", root)
    own = environment | {"AUTOGRADER_ROOT": str(root), "PYTHON": sys.executable}
    done = subprocess.run(["bash", run], env=own, text=True, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    content = json.loads((root / "results" / "results.json").read_text())
    check_results(content)
    scores = {test["name"].partition(",")[0]: 0 for test in content["tests"]}
    for test in content["tests"]:
        scores[test["name"].partition(",")[0]] += test["score"]
    assert scores == {"scale": 8, "shift": 0}
    assert len(content["tests"]) > len(DIMENSIONS)


@pytest.mark.slow
def test_grade_writes_what_ci_and_students_read(
    course, autograder, environment, right_answer, monkeypatch
):
    (course / "ada.py").write_text(right_answer)
    monkeypatch.setitem(environment, "GITHUB_STEP_SUMMARY", str(course / "summary.md"))
    (course / "summary.md").write_text("before\n")
    options = "--junit", "j.xml", "--github", "--feedback", "told", "--format", "text"
    shown = autograder("grade", "scale", "ada.py", *options).stdout
    assert "wrote 1 message to told" in shown
    told = (course / "told" / "ada.txt").read_text(encoding="utf-8")
    assert told.startswith("scale: 8 of 8 points\n\nEvery check passes.\n")
    summary = (course / "summary.md").read_text(encoding="utf-8")
    assert summary.startswith("before\n# scale: 8 of 8 points\n")
    assert '::notice title=Autograding report::{"totalPoints": 8' in shown
    [suite] = ElementTree.parse(course / "j.xml").getroot()
    assert suite.get("failures") == "0"
