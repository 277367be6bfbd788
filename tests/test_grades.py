"""Grades where they belong: each format is read back by a parser of its documented columns."""

import csv
import io
import re
import subprocess
import sys
import time

import pytest
from nbgrader.api import Gradebook

from autograder.gradebook import export, lms, messages
from autograder.gradebook.roster import Roster, Student
from autograder.grading.reference import GraderError
from autograder.records.course import Course
from autograder.show.messages import Format

pytestmark = [
    pytest.mark.slow,  # they start commands
    # As in nbgrader_config.py, which says why.
    pytest.mark.filterwarnings("ignore:Object of type:sqlalchemy.exc.SAWarning"),
]
COURSE_ID = "custom-keras"
CELL = 'from autograder.notebook import points\npoints("scale", "{}", globals())'


@pytest.fixture
def book(course):
    """A gradebook with an assignment that two of four students handed in, one of them late."""
    (course / "build").mkdir()
    with Gradebook(f"sqlite:///{course}/build/gradebook.db", COURSE_ID) as gradebook:
        about = {"first_name": "Ada", "last_name": "Lovelace", "email": "a.lovelace@u.example"}
        gradebook.add_student("ada", **about)
        gradebook.add_student("bob", first_name="Bob", last_name="Zoë", lms_user_id="7002")
        gradebook.add_student("cy", first_name="Cy", last_name="Young")
        gradebook.add_student("=dan")
        gradebook.add_assignment("huber_loss", duedate="2026-01-31 12:00")
        gradebook.add_assignment("week2")
        gradebook.add_notebook("scale", "huber_loss")
        for number, name in enumerate(("numerics", "gradients")):
            asked = {"max_score": 6 - 4 * number, "cell_type": "code"}
            gradebook.add_grade_cell(name, "scale", "huber_loss", **asked)
            cell = {"cell_type": "code", "locked": True, "source": CELL.format(name)}
            gradebook.add_source_cell(name, "scale", "huber_loss", **cell)
        gradebook.add_submission("huber_loss", "ada", timestamp="2026-01-31 11:00")
        gradebook.add_submission("huber_loss", "bob", timestamp="2026-02-01 11:00")
        for student, scores in {"ada": (6, 1.5), "bob": (3, 0)}.items():
            for name, score in zip(("numerics", "gradients"), scores, strict=True):
                grade = gradebook.find_grade(name, "scale", "huber_loss", student)
                grade.auto_score, grade.needs_manual_grade = score, False
        grade.manual_score = 1
        gradebook.find_submission_notebook("scale", "huber_loss", "bob").late_submission_penalty = 2
        gradebook.db.commit()
    return course


@pytest.fixture
def rows(book):
    with Gradebook(f"sqlite:///{book}/build/gradebook.db", COURSE_ID) as gradebook:
        return export.rows(gradebook), Roster.of(gradebook)


def read(path, encoding="utf-8", delimiter=","):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding)), delimiter=delimiter))


def test_grades_csv_has_what_nbgraders_own_has_and_everybody(book, autograder):
    autograder("grades")
    ours = read(book / "build" / "grades.csv")
    command = [sys.executable, "-m", "nbgrader", "export", "--to=theirs.csv"]
    command += ["--exporter=nbgrader.plugins.CsvExportPlugin"]
    subprocess.run(command, cwd=book, check=True, capture_output=True)
    theirs = read(book / "theirs.csv")
    assert len(ours) == len(theirs) == 8
    found = {(row["assignment"], row["student_id"].lstrip("'")): row for row in ours}
    for row in theirs:
        mine = found[row["assignment"], row["student_id"]]
        for name, value in row.items():
            try:
                assert float(mine[name]) == float(value)
            except ValueError:
                assert mine[name].lstrip("'") == value
    bob = found["huber_loss", "bob"]
    assert [bob[name] for name in ("numerics", "gradients", "graph")] == ["3", "1", ""]
    assert [bob["by_hand"], found["huber_loss", "ada"]["by_hand"]] == ["1", "0"]
    assert [bob["raw_score"], bob["score"]] == ["4", "2"]
    assert found["huber_loss", "cy"]["handed_in"] == "0"


def test_a_class_of_hundreds_is_printed_as_means_in_80_columns(book, environment):
    with Gradebook(f"sqlite:///{book}/build/gradebook.db", COURSE_ID) as gradebook:
        for number in range(200):
            gradebook.add_student(f"student{number}")
            gradebook.add_submission("huber_loss", f"student{number}")
    own = environment | {"COLUMNS": "80"}

    def shown(*options):
        command = ["autograder", "grades", *options]
        done = subprocess.run(command, cwd=book, env=own, text=True, capture_output=True)
        assert done.returncode == 0, done.stderr
        assert max(map(len, done.stdout.splitlines())) <= 80
        return done.stdout

    started = time.perf_counter()
    few = shown()
    assert time.perf_counter() - started < 30
    assert len(few.splitlines()) < 15
    assert "202 of 204" in few and "by hand: 1" in few
    rows = shown("--rows").splitlines()
    assert sum("student1" in line for line in rows) == 111
    [bob] = [line for line in rows if line.split()[:2] == ["huber_loss", "bob"]]
    assert bob.rstrip().endswith("by hand")


def test_wide_has_a_row_per_student(book, autograder):
    autograder("grades", "--wide")
    found = {row["student_id"]: row for row in read(book / "build" / "grades-wide.csv")}
    assert list(found["ada"].values()) == [
        *("ada", "Lovelace", "Ada", "a.lovelace@u.example", "", "7.5", "7.5")
    ]
    assert (found["bob"]["huber_loss"], found["cy"]["huber_loss"]) == ("2", "")
    assert "'=dan" in found


# As `gradebook_exporter.rb` of Canvas writes it: a row for posting, one for the points, totals that
# are read only, and at the end the student of the test view.
CANVAS = """\
\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Huber Loss (501),Week 2 (502),Final Score
,,,,,Manual Posting,,
    Points Possible,,,,,10,5,(read only)
"Lovelace, Ada",7001,,a.lovelace@u.example,Lab 1,,EX,
"Zoe, Bob",7002,,bz1,"Lab 1, ""B"" and Lab 2",1.5,,80
"Young, Cy",7003,cy,cy1,Lab 1,4,,
"Mallory, M",7009,mal,mal,Lab 1,3,,
"Student, Test",7010,,5f3a,Lab 1,,,
"""


def canvas_scores(path):
    """What Canvas' importer would take: the scores by its ids of students and assignments."""
    header, *rows = csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""))
    assert "Student" in header[0] and "ID" in header[1]
    columns = {}
    for index, title in enumerate(header):
        if found := re.fullmatch(r"(.+) \((\d+)\)", title):
            columns[int(found[2])] = index
    people = [row for row in rows if row[1]]
    return {int(row[1]): {key: row[index] for key, index in columns.items()} for row in people}


def test_the_gradebook_of_canvas_is_filled_in(book, autograder):
    (book / "export.csv").write_text(CANVAS, encoding="utf-8")
    shown = autograder("grades", "--canvas", "export.csv", "--column", "week2=Week 2").stdout
    written = book / "build" / "grades-canvas.csv"
    found = canvas_scores(written)
    assert found == {
        7001: {501: "9.38", 502: "EX"},  # 7.5 of 8 as a share of 10
        7002: {501: "2.5", 502: ""},
        7003: {501: "4", 502: ""},  # handed in nothing: as it was
        7009: {501: "3", 502: ""},
        7010: {501: "", 502: ""},
    }
    assert "wrote 2 scores to build/grades-canvas.csv" in shown
    assert "nobody in the class list is called mal or Mallory, M" in shown
    assert "8 points here are 10 there, so all scores are scaled" in shown
    before, after = (
        list(csv.reader(io.StringIO(text, newline="")))
        for text in (CANVAS[1:], written.read_text("utf-8-sig"))
    )
    assert [row[:5] + row[6:] for row in before] == [row[:5] + row[6:] for row in after]
    shown = autograder("grades", "--canvas", "export.csv", "--zeros").stdout
    assert canvas_scores(written)[7003] == {501: "0", 502: "0"}
    assert "=dan is not in export.csv" in shown
    (book / "export.csv").write_text(CANVAS.replace("Week 2", "Quiz"), encoding="utf-8")
    shown = autograder("grades", "--canvas", "export.csv", "--zeros").stdout
    assert "no column for week2 in export.csv" in shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "is no gradebook of Canvas"),
        (CANVAS.replace("Huber", "Hoover"), "has no column for huber_loss"),
        ("", "is empty"),
        ('Student,"\n', "is no CSV"),
    ],
)
def test_an_export_that_cannot_be_filled_in_is_named(book, autograder, text, said):
    (book / "export.csv").write_text(text, encoding="utf-8")
    assert said in autograder("grades", "--canvas", "export.csv", code=1).stderr
    assert not (book / "build" / "grades-canvas.csv").exists()


BLACKBOARD = [
    [
        *("Last Name", "First Name", "Username", "Student ID", "Last Access", "Availability"),
        "Weighted Total [Total Pts: up to 100 Percentage] |12",
        "Huber loss [Total Pts: 8 Score] |345",
    ],
    ["Lovelace", "Ada", "ada", "11", "2026-02-01 10:00:00", "Yes", "", ""],
    ["Zoë", "Bob", "bzoe", "bob", "", "Yes", "50", "In Progress"],
]


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter", "mark"),
    [
        ("gc_1_fullgc_2026.csv", "utf-8-sig", ",", b"\xef\xbb\xbf"),
        ("gc_1_fullgc_2026.xls", "utf-16", "\t", b"\xff\xfe"),
    ],
)
def test_the_grade_center_of_blackboard_is_filled_in(
    book, autograder, name, encoding, delimiter, mark
):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(BLACKBOARD)
    (book / name).write_bytes(text.getvalue().encode(encoding))
    autograder("grades", "--blackboard", name)
    path = book / "build" / f"grades-blackboard{name[-4:]}"
    assert path.read_bytes().startswith(mark)
    found = read(path, encoding, delimiter)
    assert list(found[0]) == BLACKBOARD[0]
    column = next(title for title in found[0] if title.endswith("|345"))
    assert {row["Username"]: row[column] for row in found} == {"ada": "7.5", "bzoe": "2"}
    assert [row["Last Access"] for row in found] == ["2026-02-01 10:00:00", ""]


def test_moodle_gets_a_table_with_what_it_knows_people_by(book, autograder):
    shown = autograder("grades", "--moodle", "--column", "huber_loss=Huber loss").stdout
    found = {row["ID number"]: row for row in read(book / "build" / "grades-moodle.csv")}
    assert found["ada"] == {
        "ID number": "ada",
        "Email address": "a.lovelace@u.example",
        "First name": "Ada",
        "Last name": "Lovelace",
        "Huber loss": "7.5",
    }
    assert [found[name]["Huber loss"] for name in ("bob", "cy")] == ["2", "-"]  # "-" is no grade
    assert "set its maximum grade in Moodle to 8" in shown


# As `assign/gradingtable.php` of Moodle writes it.
WORKSHEET = """\
\ufeffIdentifier,"ID number","Full name","Email address",Status,Grade,"Maximum Grade",\
"Grade can be changed","Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 41",,"Ada Lovelace",a.lovelace@u.example,"Submitted for grading - ",,100.00,Yes,\
"Saturday, 31 January 2026, 11:00 AM","Friday, 30 January 2026, 9:00 AM",
"Participant 42",bob,"Robert Zoe",bz@u.example,"Submitted for grading - Graded",5.00,100.00,No,-,-,
"Participant 43",,"Cy Young",cy@u.example,"No submission - ",,100.00,Yes,-,-,"<p>Where?</p>"
"Participant 44",,"M Mallory",m@u.example,"No submission - ",,100.00,Yes,-,-,
"""
GRADE = "Grade"


def test_the_worksheet_of_moodle_is_filled_in(book, autograder):
    """What its importer reads: whose the row is, the grade, and since when it has been so."""
    (book / "w.csv").write_text(WORKSHEET, encoding="utf-8")
    shown = autograder("grades", "huber_loss", "--moodle-worksheet", "w.csv").stdout
    written = read(book / "build" / "grades-moodle-worksheet.csv", "utf-8-sig")
    assert [row["Grade"] for row in written] == ["93.75", "5.00", "", ""]
    before = csv.DictReader(io.StringIO(WORKSHEET[1:], newline=""))
    assert [row | {GRADE: ""} for row in before] == [row | {GRADE: ""} for row in written]
    assert "bob has a grade that is fixed there" in shown
    assert "nobody in the class list is called m@u.example or M Mallory" in shown
    assert "8 points here are 100.00 there, so all scores are scaled" in shown


def test_a_worksheet_that_cannot_be_filled_in_is_named(rows, tmp_path):
    for text, said in (
        ("a,b\n1,2\n", "its first line lacks Identifier, Grade, Last modified (grade)"),
        ("Identifier,Grade,Last modified (grade)\n", "submissions are anonymous there"),
        (WORKSHEET, "a worksheet is of one assignment. Write its name"),
    ):
        (tmp_path / "w.csv").write_text(text, encoding="utf-8")
        with pytest.raises(GraderError, match=re.escape(said)):
            lms.worksheet(lms.Grades(*rows, {}, True), tmp_path / "w.csv", tmp_path / "out.csv")


def test_with_zeros_a_worksheet_has_a_grade_for_everybody(rows, tmp_path):
    (tmp_path / "w.csv").write_text(WORKSHEET, encoding="utf-8")
    found, roster = rows
    found = [row for row in found if row["assignment"] == "huber_loss"]
    lms.worksheet(lms.Grades(found, roster, {}, True), tmp_path / "w.csv", tmp_path / "out.csv")
    written = read(tmp_path / "out.csv", "utf-8-sig")
    assert [row["Grade"] for row in written] == ["93.75", "5.00", "0", ""]


def test_people_are_found_by_what_they_are_called():
    roster = Roster(
        {
            "s1": Student("s1", "Ana María", "Núñez", "ana@u.example", "70"),
            "70": Student("70", "Li", "Wei"),
            "s3": Student("s3", "Li", "Wei", "li@u.example"),
        }
    )
    for name in ("S1", "nunez, ana maria", "Ana Maria Nunez", "ana@u.example", "nunezanamaria"):
        assert roster.find([name])[0].id == "s1"
    assert roster.find(["", "70"])[0].id == "70"
    assert roster.find(["Li Wei"], "70")[0].id == "s1"
    assert roster.find(["Li Wei"]) == (None, "Li Wei may be 70, s3")
    assert roster.find(["Mallory"])[1].startswith("nobody in the class list is called Mallory")


def test_a_message_needs_graded_work(book, autograder):
    said = autograder("feedback", code=1).stderr
    assert "ada/huber_loss: it has not been graded. Run: autograder autograde" in said
    with pytest.raises(GraderError, match="no student 'eve' in the gradebook"):
        messages.write(Course(book), [], ["eve"], Format.text)


def test_an_assignment_that_is_not_there_is_named(book, autograder):
    assert "There are: week2, huber_loss" in autograder("grades", "week3", code=1).stderr
    with pytest.raises(GraderError, match="write ASSIGNMENT=TITLE, with one of week2"):
        lms.titles(["week3=Week 3"], ["week2"])
