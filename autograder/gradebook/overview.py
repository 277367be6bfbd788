"""What nbgrader's gradebook and the autograded notebooks know of a whole class."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.api import Notebook as NotebookRow
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from autograder.gradebook import assignments
from autograder.gradebook.feedback import results_in
from autograder.gradebook.release import course_config
from autograder.grading.reference import GraderError
from autograder.records.classes import Class, Kind, Remark, Work, of_results
from autograder.records.course import Course
from autograder.records.places import Place

NO_RESULTS = "what the checks found is not known. Run: autograder autograde"


def read(course: Course, places: Mapping[str, Place]) -> Class:
    """Return the class of a course, as far as it has been graded.

    Args:
        course: with a gradebook.
        places: of its exercises.

    Raises:
        GraderError: there is no gradebook, or it cannot be read.
    """
    coursedir = CourseDirectory(config=course_config(course))
    url = make_url(coursedir.db_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise GraderError(
            f"there is no gradebook {url.database} yet. Run: autograder build && autograder "
            "autograde; or give this command the files that --json wrote"
        )
    try:
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            return _read(gradebook, coursedir, course, places)
    except SQLAlchemyError as error:
        raise GraderError(assignments.gradebook_problem(error)) from None


def _read(
    gradebook: Gradebook, coursedir: CourseDirectory, course: Course, places: Mapping[str, Place]
) -> Class:
    works, remarks = [], []
    rows = gradebook.db.query(Assignment.name, SubmittedAssignment.student_id, NotebookRow.name)
    rows = rows.join(SubmittedAssignment, SubmittedAssignment.assignment_id == Assignment.id)
    rows = rows.join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
    rows = rows.join(NotebookRow, SubmittedNotebook.notebook_id == NotebookRow.id)
    for assignment, student, notebook in sorted(rows):
        path = coursedir.format_path(coursedir.autograded_directory, student, assignment)
        found = list(_works(Path(path, f"{notebook}.ipynb"), student, assignment))
        works += [work for work in found if isinstance(work, Work)]
        remarks += [work for work in found if isinstance(work, Remark)]
    students = frozenset(name for (name,) in gradebook.db.query(Student.id))
    remarks += _who_is_missing(gradebook, students)
    remarks += [
        Remark(Kind.LATE, name, student)
        for name in assignments.assignments(gradebook)
        for student in sorted(assignments.late(gradebook, name))
    ]
    remarks += of_results(works) + _by_hand(gradebook)
    stubs = {name: _text(course.stub(name)) for name in {work.exercise for work in works}}
    return Class(students, works, remarks, places, stubs)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        return ""


def _works(file: Path, student: str, assignment: str) -> Iterator[Work | Remark]:
    """Yield the work in a notebook that autograding wrote, or that there is none."""
    try:
        notebook = json.loads(file.read_text(encoding="utf-8"))
        code = "\n\n".join(_own(notebook))
        results = results_in(notebook, student)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        results = {}
    if not results:
        yield Remark(Kind.UNKNOWN, assignment, student, NO_RESULTS)
    for exercise, result in results.items():
        yield Work(student, assignment, exercise, result, code)


def _own(notebook: dict) -> Iterator[str]:
    """Yield the code cells that are not locked: what the student wrote."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and not cell["metadata"].get("nbgrader", {}).get("locked"):
            source = cell["source"]
            yield source if isinstance(source, str) else "".join(source)


def _who_is_missing(gradebook: Gradebook, students: frozenset[str]) -> list[Remark]:
    """Return who handed in nothing for the assignments for which others did."""
    found = []
    for name in assignments.assignments(gradebook):
        if there := assignments.students(gradebook, name):
            found += [Remark(Kind.MISSING, name, one) for one in sorted(students - there)]
    return found


def _by_hand(gradebook: Gradebook) -> list[Remark]:
    """Return what a person has changed of the points, a remark for each piece of work."""
    rows = gradebook.db.query(
        Assignment.name,
        SubmittedAssignment.student_id,
        BaseCell.name,
        Grade.auto_score,
        Grade.manual_score,
        Grade.extra_credit,
    )
    rows = rows.join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
    rows = rows.join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
    rows = rows.join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
    rows = rows.join(BaseCell, Grade.cell_id == BaseCell.id)
    rows = rows.filter((Grade.manual_score.isnot(None)) | (Grade.extra_credit.isnot(None)))
    changes: dict[tuple[str, str], list[str]] = {}
    for assignment, student, cell, auto, manual, extra in rows.order_by(BaseCell.name):
        said = []
        if manual is not None and auto is not None and manual != auto:
            said.append(f"{cell}: {auto:g} → {manual:g}")
        if extra:
            said.append(f"{cell}: {extra:g} extra")
        if said:
            changes.setdefault((assignment, student), []).extend(said)
    return [Remark(Kind.BY_HAND, *who, ", ".join(said)) for who, said in sorted(changes.items())]
