"""How long `autograder report` takes for a class that is made up.

python benchmarks/report.py                               # 200 students, 6 exercises
python benchmarks/report.py --students 40 --keep DIR      # a smaller one, to look at

The class is written as nbgrader and the grader write one: a gradebook and notebooks.
Its answers are the known mistakes, with names and comments changed; its points are drawn at random.
"""

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from sqlalchemy.exc import SAWarning

from autograder.gradebook.feedback import RESULTS, kept
from autograder.records.exercises import Exercise, find_all
from autograder.records.results import DIMENSIONS, CheckResult, SubmissionResult

ROOT = Path(__file__).parent.parent
EXERCISES = (
    *("dense_layer", "graph_loop", "huber_loss", "residual_model", "stable_softplus"),
    "streaming_metric",
)
CHECKS = 15  # of each exercise
DUE = datetime(2026, 11, 1, 12)
# As in nbgrader_config.py.
warnings.filterwarnings("ignore", "Object of type .* not in session", SAWarning)


def main() -> None:
    """Make a class, and print how long its report takes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--keep", type=Path, help="make the class in this folder, and keep it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = given.keep or Path(folder)
        make(course, given.students)
        started = time.perf_counter()
        command = [sys.executable, "-m", "autograder", "report"]
        subprocess.run(command, cwd=course, check=True)
        seconds = time.perf_counter() - started
    works = given.students * len(EXERCISES)
    print(f"about {works} submissions, the whole command: {seconds:.1f} s")


def make(course: Path, count: int) -> None:
    """Write a course folder with a class in it."""
    draw = random.Random(1)
    for exercise in EXERCISES:
        shutil.copytree(ROOT / "solutions" / exercise, course / "solutions" / exercise)
    shutil.copytree(ROOT / "exercises", course / "exercises")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    (course / "build").mkdir()
    students = [f"student{number:03}" for number in range(count)]
    able = {student: draw.gauss(0.8, 0.8) for student in students}
    with Gradebook(f"sqlite:///{course}/build/gradebook.db", "custom-keras") as gradebook:
        for student in students:
            gradebook.add_student(student)
        for exercise in find_all(course / "solutions"):
            release(gradebook, exercise)
            hard = [draw.gauss(-0.8, 0.9) for _ in range(CHECKS)]
            hard[3], hard[7] = -99, 0  # everybody passes one; who can do more fails another
            for student in students:
                if draw.random() < 0.97:
                    hand_in(gradebook, course, exercise, student, able[student], hard, draw)
        gradebook.db.commit()


def release(gradebook: Gradebook, exercise: Exercise) -> None:
    """Write an assignment into the gradebook."""
    name = exercise.name
    gradebook.add_assignment(name, duedate=DUE)
    gradebook.add_notebook(name, name)
    gradebook.add_solution_cell(f"{name}-solution", name, name)
    for dimension in DIMENSIONS:
        gradebook.add_grade_cell(f"{name}-{dimension}", name, name, max_score=5, cell_type="code")
        text = f'from autograder.notebook import points\npoints("{name}", "{dimension}", globals())'
        gradebook.add_source_cell(
            f"{name}-{dimension}", name, name, source=text, cell_type="code", locked=True
        )


def hand_in(gradebook, course, exercise, student, able, hard, draw) -> None:
    """Write what one student handed in, as if it had been graded."""
    name = exercise.name
    chaff = draw.choice(exercise.chaffs)
    found = result(chaff, able, hard, draw)
    late = timedelta(days=draw.choice((-1, -1, -1, -1, -1, -1, 1)))
    submission = gradebook.add_submission(name, student, timestamp=DUE + late)
    for notebook in submission.notebooks:
        for grade in notebook.grades:
            grade.auto_score = found.points(grade.name.rpartition("-")[2])[0]
            grade.needs_manual_grade = False
            if draw.random() < 0.003:
                grade.manual_score = grade.auto_score + 1
    code = varied(chaff.source, draw) if draw.random() < 0.98 else exercise.chaffs[0].source
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    notebook.metadata["autograder"] = {RESULTS: kept({name: found})}
    file = course / "build" / "autograded" / student / name / f"{name}.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, file)


def result(chaff, able, hard, draw) -> SubmissionResult:
    """Return what grading might find: the more able, the more checks pass."""
    checks = []
    for at, level in enumerate(hard):
        sign = -1 if at == 7 else 1
        passed = sign * (able - level) + draw.gauss(0, 0.7) > 0
        check = CheckResult(
            f"check_{at}",
            DIMENSIONS[at * len(DIMENSIONS) // len(hard)],
            f"what check {at} asks of the answer, in a sentence of a usual length",
            1 + at % 3,
            "passed" if passed else "failed",
        )
        if not passed:
            check.message = "4 of 6 values differ; at [2, 0] expected -0.4167, got -0.8333"
            if draw.random() < 0.8:
                check.chaff, check.hint = chaff.name, chaff.note
        checks.append(check)
    status = "graded" if draw.random() < 0.99 else "unreadable"
    reason = "not Python: line 3: invalid syntax" if status == "unreadable" else ""
    look = "line 3: `import pandas`: ModuleNotFoundError" if draw.random() < 0.01 else ""
    return SubmissionResult("", "", status, checks, message=reason, look_at=look)


def varied(code: str, draw: random.Random) -> str:
    """Return a code with other names, and some statements of its own."""
    number = draw.randrange(10**6)
    lines = re.sub(r"\berror\b", f"error_{number}", code).splitlines()
    own = [
        f"\n\ndef own_{at}_{number}(x):\n    return {draw.choice('xy')} "
        f"{draw.choice('+-*/')} {draw.randrange(99)} {draw.choice('+-*/')} x"
        for at in range(draw.randrange(8))
    ]
    return "\n".join([f"# {number}", *lines, *own])


if __name__ == "__main__":
    main()
