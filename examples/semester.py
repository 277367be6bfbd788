"""Play a semester with one exercise and a small class: from the release to the grades in an LMS.

    python examples/semester.py FOLDER      # a new folder; it keeps everything for you to look at

Each step is a command that you can type yourself; the lines above it say what happens. In the
class, ada is done at once and bea needs a second try; they use nbgrader's exchange. carl, dora and
noah hand in through an LMS: carl a script, dora late, noah with a mistake that is known. emil hands
in nothing, and mallory is not in the class list.
"""

import csv
import datetime
import os
import shutil
import subprocess
import sys
import textwrap
import time
import zipfile
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

ROOT = Path(__file__).parent.parent
CLASS = ROOT / "examples" / "class" / "submitted"
EXERCISE = "huber_loss"
COURSE_ID = "custom-keras"  # as in nbgrader_config.py
STUDENTS = {  # the class list: a name, and what Canvas numbers the student by
    "ada": ("Ada", "Lovelace", 7001),
    "bea": ("Beatrix", "Potter", 7002),
    "carl": ("Carl", "Gauss", 7003),
    "dora": ("Dora", "Maar", 7004),
    "emil": ("Emil", "Artin", 7005),
    "noah": ("Noah", "Webster", 7006),
}
BY_EXCHANGE = ("ada", "bea")
# When something was handed in to the LMS, in hours after the due date.
BY_LMS = {"carl": -5, "dora": 2, "noah": -3, "mallory": -1}
CONFIG = """
# The semester in examples/semester.py.
c.Exchange.root = {exchange!r}
c.Exchange.cache = {cache!r}
c.ExchangeCollect.check_owner = False  # here, one person plays them all
c.LateSubmissionPlugin.penalty_method = "zero"  # what is late has no points
"""


def main(folder: Path) -> None:
    """Play it."""
    started = time.perf_counter()
    if folder.exists():
        sys.exit(f"{folder} exists already. Name a new folder")
    due = datetime.datetime.now(datetime.UTC).replace(microsecond=0) + datetime.timedelta(hours=6)
    prepare(folder, due)
    hand_in(folder, due)
    grade(folder)
    change_a_score(folder)
    hand_in_again(folder)
    tell(folder)
    export(folder)
    say(f"That was all, in {time.perf_counter() - started:.0f} seconds. Everything is in {folder}.")


def prepare(folder: Path, due: datetime.datetime) -> None:
    """Make a course, its class list and its first assignment."""
    say("A course folder of your own, with one exercise copied into it.")
    run(ROOT, "autograder", "init", str(folder), "--copy", EXERCISE)
    (folder / "exchange").mkdir()
    (folder / "exchange").chmod(0o777)
    with (folder / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        places = {"exchange": str(folder / "exchange"), "cache": str(folder / "cache")}
        config.write(CONFIG.format(**places))
    say("The stub and the notebook that students get, and the assignment in nbgrader's gradebook.")
    run(folder, "autograder", "build")
    say("The class list, and a due date. With this configuration, late work has no points.")
    with (folder / "students.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "first_name", "last_name", "email", "lms_user_id"])
        for name, (first, last, number) in STUDENTS.items():
            rows.writerow([name, first, last, f"{name}@u.example", number])
    run(folder, "nbgrader", "db", "student", "import", "students.csv")
    date = f"{due:%Y-%m-%d %H:%M:%S} UTC"
    run(folder, "nbgrader", "db", "assignment", "add", EXERCISE, f"--duedate={date}")
    say("If you use nbgrader's exchange, students fetch the notebook there.")
    run(folder, "nbgrader", "release_assignment", EXERCISE)


def hand_in(folder: Path, due: datetime.datetime) -> None:
    """Hand in by nbgrader's exchange, and by the zip of an LMS."""
    say("ada and bea hand in there. bea has changed nothing yet: that is the stub.")
    submit(folder, "ada", answered(folder, "ada"))
    submit(folder, "bea", released(folder))
    run(folder, "nbgrader", "collect", EXERCISE)
    say(
        "The others hand in to Blackboard, of which you download a zip. carl has a script, dora is "
        "two hours late, and mallory is in no class list: that is named, and the exit code is 1."
    )
    pack(folder, due)
    run(folder, "autograder", "collect", "blackboard.zip", "--from", "blackboard", code=1)


def released(folder: Path) -> nbformat.NotebookNode:
    """Return the notebook as students get it."""
    return nbformat.read(folder / "release" / EXERCISE / f"{EXERCISE}.ipynb", as_version=4)


def answered(folder: Path, student: str) -> nbformat.NotebookNode:
    """Return the notebook with what a student of the sample class answered."""
    mine = nbformat.read(CLASS / student / EXERCISE / f"{EXERCISE}.ipynb", as_version=4)
    notebook = released(folder)
    [answer], [place] = (list(filter(is_answer, one.cells)) for one in (mine, notebook))
    place.source = answer.source
    return notebook


def is_answer(cell: nbformat.NotebookNode) -> bool:
    """Tell whether a cell is for the student's code."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def submit(folder: Path, student: str, notebook: nbformat.NotebookNode) -> None:
    """Do what a student does: put the notebook into a folder of that name, and submit."""
    desk = folder / "desks" / student
    (desk / EXERCISE).mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, desk / EXERCISE / f"{EXERCISE}.ipynb")
    shutil.copy(folder / "nbgrader_config.py", desk)
    run(desk, "nbgrader", "submit", EXERCISE, f"--student={student}")


def pack(folder: Path, due: datetime.datetime) -> None:
    """Write a zip as Blackboard does."""
    with zipfile.ZipFile(folder / "blackboard.zip", "w") as archive:
        for student, hours in BY_LMS.items():
            notebook = answered(folder, "noah" if student == "mallory" else student)
            content, suffix = nbformat.writes(notebook), "ipynb"
            if student == "carl":
                content, suffix = script(folder, notebook), "py"
            # Blackboard writes the time of its clock on the wall.
            when = (due + datetime.timedelta(hours=hours)).astimezone()
            name = f"Week 1_{student}_attempt_{when:%Y-%m-%d-%H-%M-%S}"
            archive.writestr(f"{name}_my work.{suffix}", content)
            archive.writestr(f"{name}.txt", f"Name: {student}")


def script(folder: Path, notebook: nbformat.NotebookNode) -> str:
    """Return the script that students get, with the answer of a notebook in it."""
    [stub] = filter(is_answer, released(folder).cells)
    [answer] = filter(is_answer, notebook.cells)
    text = (folder / "exercises" / f"{EXERCISE}.py").read_text(encoding="utf-8")
    return text.replace(stub.source, answer.source)


def grade(folder: Path) -> None:
    """Grade everything that was handed in."""
    say("Everything is graded, in locked processes. The results are also there for CI, as JUnit.")
    run(folder, "autograder", "autograde", "--json", "results.json", "--junit", "junit.xml")


def change_a_score(folder: Path) -> None:
    """Do what you do in formgrader when you type another number into a cell."""
    say(
        "You look at noah's work, and give 2 points for gradients and a comment. In formgrader, "
        "that is a number in a cell; here, nbgrader's own Python does it."
    )
    # As in nbgrader_config.py: nbgrader gives points by the names of cells.
    with Gradebook(f"sqlite:///{folder}/build/gradebook.db", COURSE_ID) as book:
        book.find_grade("gradients", EXERCISE, EXERCISE, "noah").manual_score = 2
        cell = next(
            one.name
            for one in book.find_notebook(EXERCISE, EXERCISE).source_cells
            if one.cell_type == "code" and not one.locked
        )
        comment = book.find_comment(cell, EXERCISE, EXERCISE, "noah")
        comment.manual_comment = "A good beginning. **Look at the sign** once more."
        book.db.commit()


def hand_in_again(folder: Path) -> None:
    """Hand in once more, and grade only what is new."""
    say("bea hands in again. Only her work is graded; what you have changed stays.")
    submit(folder, "bea", answered(folder, "bea"))
    run(folder, "nbgrader", "collect", EXERCISE, "--update")
    run(folder, "autograder", "autograde")


def tell(folder: Path) -> None:
    """Tell the students, and yourself."""
    say("A page for each student, and the same as text: for mail, or a comment box of an LMS.")
    run(folder, "nbgrader", "generate_feedback", EXERCISE)
    run(folder, "autograder", "feedback", EXERCISE)
    say("A page for you: what they misunderstood, who is missing, who is late.")
    run(folder, "autograder", "report")


def export(folder: Path) -> None:
    """Write the grades in all formats."""
    say("The grades: what Canvas, Blackboard and Moodle gave you is filled in.")
    write_exports(folder)
    options = (
        "--canvas canvas.csv --blackboard blackboard.csv --moodle --moodle-worksheet moodle.csv"
    )
    run(folder, "autograder", "grades", EXERCISE, *options.split(), "--wide")
    say("For a spreadsheet, with the points in each dimension.")
    run(folder, "autograder", "grades")
    say("An autograder for Gradescope, where each submission is graded as it is here.")
    run(folder, "autograder", "gradescope", "gradescope.zip", EXERCISE)
    say("And without nbgrader, as in a workflow on GitHub: points in its log, and a summary.")
    carl = f"build/submitted/carl/{EXERCISE}/{EXERCISE}.py"
    os.environ["GITHUB_STEP_SUMMARY"] = str(folder / "summary.md")
    run(folder, "autograder", "grade", EXERCISE, carl, "--quiet", "--github")


def write_exports(folder: Path) -> None:
    """Write what the three systems export, as they write it."""
    canvas = [
        ["Student", "ID", "SIS Login ID", "Section", f"{EXERCISE} (501)", "Final Score"],
        ["    Points Possible", "", "", "", "22", "(read only)"],
    ]
    blackboard = [
        ["Last Name", "First Name", "Username", f"{EXERCISE} [Total Pts: 22 Score] |345"],
    ]
    moodle = [
        ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade"]
        + ["Grade can be changed", "Last modified (grade)", "Feedback comments"],
    ]
    for name, (first, last, number) in STUDENTS.items():
        canvas.append([f"{last}, {first}", str(number), name, "Lab 1", "", ""])
        blackboard.append([last, first, name, ""])
        who = [f"Participant {number}", f"{first} {last}", f"{name}@u.example"]
        moodle.append([*who, "Submitted for grading - ", "", "22.00", "Yes", "-", ""])
    for file, rows in {"canvas": canvas, "blackboard": blackboard, "moodle": moodle}.items():
        with (folder / f"{file}.csv").open("w", encoding="utf-8-sig", newline="") as text:
            csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)


def say(text: str) -> None:
    """Say what happens next."""
    print(f"\n{textwrap.fill(text, 100)}", flush=True)


def run(folder: Path, *command: str, code: int = 0) -> None:
    """Run a command in a folder, and show what it prints."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    print(f"$ {' '.join(command)}", flush=True)
    started = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path},
        text=True,
        errors="replace",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    print(textwrap.indent(done.stdout, "    "), end="")
    if done.returncode != code:
        sys.exit(f"That ended with the exit code {done.returncode}, not {code}")
    print(f"    ({time.perf_counter() - started:.1f} s)")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"Usage: python {sys.argv[0]} FOLDER")
    main(Path(sys.argv[1]).absolute())
