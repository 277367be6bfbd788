"""Choose what `autograder autograde` grades, and know what it leaves."""

import contextlib
import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from autograder.gradebook import assignments, handed_in, overlooked, sanitize
from autograder.gradebook.handed_in import Assignment, HandedIn
from autograder.gradebook.release import course_config
from autograder.grading.reference import GraderError
from autograder.records import exercises
from autograder.records.course import Course

LAYOUT = CourseDirectory.directory_structure.default_value
NO_EXERCISE = "no exercise is asked in it. Run: nbgrader autograde"


@dataclass
class Choice:
    """What is to be graded.

    Attributes:
        found: what was handed in, for each assignment.
        failed: sentences on assignments that cannot be graded.
        left: what nobody asked to grade, and does not grade: a path, a sentence.
        notebooks: of all assignments in the gradebook.
        submitted: the folder of all submissions.
        folder: its name in the course.
        handed_out: places of files that students got.
        students: whose work is graded; everybody's if there are none.
    """

    found: list[HandedIn]
    failed: list[str]
    left: list[overlooked.Found]
    notebooks: dict[str, list[str]]
    submitted: Path
    folder: str
    handed_out: set[str]
    students: Collection[str] = ()

    def nothing(self, names: list[str] | None) -> str:
        """Return what to say if no submission was found."""
        assignment = names[0] if names else "ASSIGNMENT"
        notebook = (self.notebooks.get(assignment) or ["NOTEBOOK"])[0]
        wanted = f" of {', '.join(names)}" if names else ""
        wanted += f" by {', '.join(self.students)}" if self.students else ""
        return (
            f"nothing to grade: no submission{wanted} in {self.folder}. They belong at "
            f"{self.folder}/STUDENT/{assignment}/{notebook}.ipynb"
        )

    def overlooked(self) -> list[overlooked.Found]:
        """Return what lies in the folder of submissions and is neither graded nor has failed."""
        if not self.submitted.is_dir():
            return []
        notes = [note for one in self.found for note in one.notes]
        directories = [one.assignment.coursedir for one in self.found]
        if any(one.directory_structure != LAYOUT for one in directories):
            return [*notes, *self.left]  # nothing is known of other layouts
        done = {place for one in self.found for place in one.done}
        chosen = {one.assignment.name for one in self.found}
        known = overlooked.Known(self.notebooks, chosen, done, self.handed_out)
        if self.students:
            return notes
        return [*notes, *self.left, *overlooked.find(self.submitted, known)]


def choose(
    names: list[str] | None, course: Course, seconds: float = 30, students: Collection[str] = ()
) -> Choice:
    """Return what was handed in for assignments; without names, for all that have submissions.

    Args:
        names: of assignments.
        course: with nbgrader's configuration.
        seconds: that a cell may take which is run without a check.
        students: whose work is graded; everybody's by default.

    Raises:
        NoExercise: there is no assignment of a name.
        GraderError: the gradebook cannot be read.
    """
    try:
        return _choose(names, course, seconds, students)
    except SQLAlchemyError as error:
        raise GraderError(assignments.gradebook_problem(error)) from None


def _choose(
    names: list[str] | None, course: Course, seconds: float, students: Collection[str]
) -> Choice:
    there = [one.name for one in exercises.find_all(course.solutions)]
    coursedir = _nbgrader("*", course, seconds).coursedir
    notebooks = _in_gradebook(coursedir)
    folder = coursedir.submitted_directory
    choice = Choice([], [], [], notebooks, Path(coursedir.root, folder), folder, set())
    choice.students = students
    for name in dict.fromkeys(names or sorted({*notebooks, *there})):
        if name not in notebooks and name not in there:
            raise exercises.NoExercise(
                f"no assignment {name!r} in the gradebook. There are: "
                f"{', '.join(notebooks) or 'none'}."
            )
        api = _nbgrader(name, course, seconds)
        if not names and not any(handed_in.folders(api.coursedir)):
            continue
        if name not in notebooks:
            choice.failed.append(f"{name} is not in the gradebook. Run: autograder build {name}")
            notebooks[name] = []  # of which that is all there is to say
            continue
        try:
            assignment = Assignment.in_gradebook(api)
        except assignments.UnclearCell as error:
            choice.failed.append(f"{name}: {error}")
            continue
        if unknown := [one for one in assignment.exercises if one not in there]:
            choice.failed.append(
                f"{name}: its grade cells ask {', '.join(unknown)}, and solutions/ has no such "
                f"exercise. There are: {', '.join(there)}. Put it there, or rename the folder back"
            )
        elif assignment.exercises:
            choice.found.append(handed_in.find(assignment, students))
            choice.handed_out |= sanitize.handed_out(assignment.coursedir)
        elif names:
            choice.failed.append(f"{name}: {NO_EXERCISE} {name}")
        else:
            choice.left.append((overlooked.place("*", name), f"{NO_EXERCISE} {name}"))
    return choice


def _nbgrader(name: str, course: Course, seconds: float) -> NbGraderAPI:
    """Return nbgrader for one assignment, with the configuration of the course."""
    config = course_config(course)
    config.Grade.time_limit = float(seconds)
    api = NbGraderAPI(config=config)
    api.log.setLevel(logging.ERROR)
    api.coursedir.assignment_id = name
    return api


def _in_gradebook(coursedir: CourseDirectory) -> dict[str, list[str]]:
    """Return the assignments and their notebooks."""
    with _opened(coursedir) as gradebook:
        return assignments.assignments(gradebook)


def _opened(coursedir: CourseDirectory) -> Gradebook:
    """Return a gradebook; make none where there is none."""
    url = make_url(coursedir.db_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise GraderError(f"there is no gradebook {url.database} yet. Run: autograder build")
    return Gradebook(coursedir.db_url, coursedir.course_id)


@contextlib.contextmanager
def opened(course: Course) -> Iterator[tuple[Gradebook, CourseDirectory]]:
    """Yield a course's gradebook, and where everything lies; work in the course's folder.

    Raises:
        GraderError: there is none, or it cannot be used.
    """
    with contextlib.chdir(course.folder):
        coursedir = _nbgrader("*", course, 0).coursedir
        try:
            with _opened(coursedir) as gradebook:
                yield gradebook, coursedir
        except SQLAlchemyError as error:
            raise GraderError(assignments.gradebook_problem(error)) from None
