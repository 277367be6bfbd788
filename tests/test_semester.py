"""A whole semester as `examples/semester.py` plays it: what each format says of each student."""

import csv
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.slow
# Of the sample class; noah has what a person changed, emil handed in nothing, and dora was late.
LATE, MISSING, CHANGED = "dora", "emil", "noah"


@pytest.fixture(scope="module")
def played(tmp_path_factory, environment):
    """What the script printed, its course, its exercise, and the points of the class."""
    folder = tmp_path_factory.mktemp("semester") / "course"
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "semester.py", folder],
        env=environment,
        text=True,
        capture_output=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    [solution] = (folder / "solutions").iterdir()
    known = json.loads((ROOT / "examples" / "class" / "scores.json").read_text())[solution.name]
    points = {name: sum(known[name].values()) for name in ("ada", "bea", "carl", "dora", "noah")}
    points[CHANGED] += 2 - known[CHANGED]["gradients"]
    return done.stdout, folder, solution.name, points


def read(path, encoding="utf-8-sig"):
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def scores(rows, who, column):
    return {row[who]: row[column] for row in rows}


def test_every_export_has_the_score_of_every_student(played):
    _, folder, exercise, points = played
    expected = {name: f"{score:g}" for name, score in (points | {LATE: 0}).items()}
    build = folder / "build"
    # Canvas reads the numbers in parentheses, Blackboard those behind the bar.
    canvas = read(build / "grades-canvas.csv")[1:]  # after the points possible
    assert scores(canvas, "SIS Login ID", f"{exercise} (501)") == expected | {MISSING: ""}
    blackboard = read(build / "grades-blackboard.csv")
    title = f"{exercise} [Total Pts: 22 Score] |345"
    assert scores(blackboard, "Username", title) == expected | {MISSING: ""}
    moodle = read(build / "grades-moodle.csv", "utf-8")
    assert scores(moodle, "ID number", exercise) == expected | {MISSING: "-"}
    sheet = read(build / "grades-moodle-worksheet.csv")
    mails = {f"{name}@u.example": score for name, score in (expected | {MISSING: ""}).items()}
    assert scores(sheet, "Email address", "Grade") == mails
    assert {row["Identifier"].split()[0] for row in sheet} == {"Participant"}
    wide = read(build / "grades-wide.csv", "utf-8")
    assert scores(wide, "student_id", exercise) == expected | {MISSING: ""}
    rows = {row["student_id"]: row for row in read(build / "grades.csv", "utf-8")}
    assert {name: row["raw_score"] for name, row in rows.items()} == {
        **{name: f"{score:g}" for name, score in points.items()},
        MISSING: "0",
    }
    assert rows[LATE]["late_submission_penalty"] == f"{points[LATE]:g}"
    assert [name for name, row in rows.items() if row["by_hand"] == "1"] == [CHANGED]
    assert [name for name, row in rows.items() if row["handed_in"] == "0"] == [MISSING]


def test_ci_and_gradescope_get_what_they_read(played):
    shown, folder, exercise, points = played
    suites = ElementTree.parse(folder / "junit.xml").getroot().findall("testsuite")
    found = {
        suite.get("name").split()[-1]: float(suite.find("properties/property").get("value"))
        for suite in suites
    }
    # It is of the first run: before a person changed something, and before bea's second try.
    assert found.keys() == points.keys()
    assert {name: found[name] for name in ("ada", "carl", LATE)} == {
        name: points[name] for name in ("ada", "carl", LATE)
    }
    assert found["bea"] == 0
    [report] = re.findall(r"::notice title=Autograding report::(.*)", shown)
    assert json.loads(report) == {"totalPoints": points["carl"], "maxPoints": 22}
    summary = (folder / "summary.md").read_text(encoding="utf-8")
    assert f": {points['carl']:g} of 22 points\n" in summary
    with zipfile.ZipFile(folder / "gradescope.zip") as archive:
        names = set(archive.namelist())
    assert {"setup.sh", "run_autograder", f"solutions/{exercise}/checks.py"} <= names


def test_what_happened_is_said_in_its_place(played):
    shown, folder, exercise, points = played
    places = [
        shown.index(said)
        for said in (
            "3 files taken",
            "nobody in the class list is called mallory",
            f"{exercise}: 0 unchanged, 5 graded",
            f"{exercise}: 4 unchanged, 1 graded",
            f"by hand: {points[CHANGED]:g}",
            "wrote 5 messages to build/messages/",
            f"missing 1: {MISSING}",
            "grades-canvas.csv",
        )
    ]
    assert places == sorted(places)
    assert (folder / "build" / "submitted" / "carl" / exercise / f"{exercise}.py").exists()
    assert len(list((folder / "build" / "feedback").rglob("*.html"))) == 5
    messages = folder / "build" / "messages" / exercise
    told = {path.stem: path.read_text(encoding="utf-8") for path in messages.iterdir()}
    assert told.keys() == points.keys()
    assert f"It was late: {points[LATE]:g} points are taken off." in told[LATE]
    assert "gradients: 2 of 4 (changed by a person; the checks gave" in told[CHANGED]
    assert "> A good beginning. **Look at the sign** once more." in told[CHANGED]
    assert "Every check passes." in told["ada"]
    assert "hint" in told["carl"].lower()
    assert (folder / "build" / "report.html").exists()
    [seconds] = re.findall(r"That was all, in (\d+) seconds", shown)
    assert int(seconds) < 400  # on a busy machine; else it is one of them
