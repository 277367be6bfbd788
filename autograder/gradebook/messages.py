"""Write what students should read of their work as messages: a file for each student.

The points and the comments are those of the gradebook, as on nbgrader's pages. But these lie in a
folder of their own: beside pages, they would keep nbgrader from making the pages anew.
"""

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import GetGrades

from autograder.gradebook.choice import opened
from autograder.gradebook.feedback import about
from autograder.grading.reference import GraderError
from autograder.records.course import Course
from autograder.records.results import write_atomically
from autograder.show.messages import Format, Message, message_file, written


@dataclass
class Written:
    """What was written.

    Attributes:
        folders: of the messages, one for each assignment, with how many are in it.
        missing: whose work has no message, as `STUDENT/ASSIGNMENT`.
    """

    folders: dict[Path, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def write(
    course: Course, names: Collection[str], students: Collection[str], style: Format
) -> Written:
    """Write a message on each piece of work that has been graded.

    Args:
        course: with a gradebook.
        names: of the assignments; all of them by default.
        students: whose work; everybody's by default.
        style: of the messages.

    Raises:
        GraderError: there is no gradebook, no such assignment, or no such student.
    """
    found = Written()
    with opened(course) as (gradebook, coursedir):
        there = [one.name for one in gradebook.assignments]
        known = {one.id for one in gradebook.students}
        for given, all_of_them, what in (
            (names, there, "assignment"),
            (students, sorted(known), "student"),
        ):
            if strange := [name for name in given if name not in all_of_them]:
                raise GraderError(
                    f"no {what} {strange[0]!r} in the gradebook. There are: "
                    f"{', '.join(all_of_them) or 'none'}"
                )
        for assignment in gradebook.assignments:
            if names and assignment.name not in names:
                continue
            handed_in = {one.student_id: one for one in assignment.submissions}
            for student, submission in sorted(handed_in.items()):
                if students and student not in students:
                    continue
                said = list(_messages(submission, assignment.name, gradebook, coursedir))
                folder = course.messages / assignment.name
                if said:
                    text = "\n".join(written(one, style) for one in said)
                    write_atomically(message_file(folder, student, style), text)
                    found.folders[folder] = found.folders.get(folder, 0) + 1
                else:
                    found.missing.append(f"{student}/{assignment.name}")
    return found


def _messages(
    submission, assignment: str, gradebook: Gradebook, coursedir: CourseDirectory
) -> Iterator[Message]:
    """Yield a message for each notebook of a submission that autograding wrote."""
    folder = coursedir.format_path(
        coursedir.autograded_directory, submission.student_id, assignment
    )
    step = GetGrades(log=logging.getLogger(__name__))  # a quiet one
    step.log.setLevel(logging.ERROR)
    for name in sorted(one.name for one in submission.notebooks):
        file = Path(folder, f"{name}.ipynb")
        if not file.is_file():
            continue
        known = {
            "notebook": name,
            "assignment": assignment,
            "student": submission.student_id,
            "db_url": coursedir.db_url,
        }
        nb, resources = step.preprocess(nbformat.read(file, 4), {"nbgrader": known})
        page, graded = about(nb), resources["nbgrader"]
        yield Message(
            name,
            graded["score"],
            graded["max_score"],
            page.points,
            page.reasons,
            page.passed,
            page.problem,
            page.look_at,
            graded["late_penalty"],
            page.comments,
        )
