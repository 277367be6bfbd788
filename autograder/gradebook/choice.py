"""Choose what `autograder autograde` grades, and know what it leaves."""

from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from autograder.gradebook import overlooked, preprocessors, released
from autograder.gradebook.autograde import ClassAutograde, class_autograde
from autograder.grading.reference import GraderError
from autograder.records import exercises

LAYOUT = CourseDirectory.directory_structure.default_value
NO_EXERCISE = "no exercise is asked in it. Run: nbgrader autograde"


@dataclass
class Choice:
    """What is to be graded.

    Attributes:
        steps: one for each assignment, looked up.
        failed: sentences on assignments that cannot be graded.
        left: what nobody asked to grade, and does not grade: a path, a sentence.
        notebooks: of all assignments in the gradebook.
        submitted: the folder of all submissions.
        folder: its name in the course.
        handed_out: places of files that students got.
    """

    steps: list[ClassAutograde]
    failed: list[str]
    left: list[overlooked.Found]
    notebooks: dict[str, list[str]]
    submitted: Path
    folder: str
    handed_out: set[str]

    def nothing(self, names: list[str] | None) -> str:
        """Return what to say if no submission was found."""
        assignment = names[0] if names else "ASSIGNMENT"
        notebook = (self.notebooks.get(assignment) or ["NOTEBOOK"])[0]
        wanted = f" of {', '.join(names)}" if names else ""
        return (
            f"nothing to grade: no submission{wanted} in {self.folder}. They belong at "
            f"{self.folder}/STUDENT/{assignment}/{notebook}.ipynb"
        )

    def overlooked(self) -> list[overlooked.Found]:
        """Return what was found and is not graded, once `find` was called for all steps."""
        if not self.submitted.is_dir():
            return []
        notes = [note for step in self.steps for note in step.notes]
        if any(step.coursedir.directory_structure != LAYOUT for step in self.steps):
            return [*notes, *self.left]  # nothing is known of other layouts
        done = {place for step in self.steps for place in step.done}
        chosen = {step.name for step in self.steps}
        known = overlooked.Known(self.notebooks, chosen, done, self.handed_out)
        return [*notes, *self.left, *overlooked.find(self.submitted, known)]


def choose(names: list[str] | None, course: Path, seconds: float = 30) -> Choice:
    """Return the steps for assignments; without names, for all that somebody submitted.

    Raises:
        NoExercise: there is no assignment of a name.
        GraderError: the gradebook cannot be read.
    """
    try:
        return _choose(names, course, seconds)
    except SQLAlchemyError as error:
        raise GraderError(released.gradebook_problem(error)) from None


def _choose(names: list[str] | None, course: Path, seconds: float) -> Choice:
    there = [one.name for one in exercises.find_all()]
    probe = class_autograde("*", course, seconds)
    notebooks = _in_gradebook(probe)
    folder = probe.coursedir.submitted_directory
    choice = Choice([], [], [], notebooks, Path(probe.coursedir.root, folder), folder, set())
    for name in dict.fromkeys(names or sorted({*notebooks, *there})):
        if name not in notebooks and name not in there:
            raise exercises.NoExercise(
                f"no assignment {name!r} in the gradebook. There are: "
                f"{', '.join(notebooks) or 'none'}."
            )
        step = class_autograde(name, course, seconds)
        if not names and not step.is_submitted:
            continue
        if name not in notebooks:
            choice.failed.append(f"{name} is not in the gradebook. Run: autograder build {name}")
            notebooks[name] = []  # of which that is all there is to say
            continue
        try:
            step.look_up()
        except released.UnclearCell as error:
            choice.failed.append(f"{name}: {error}")
            continue
        if unknown := [one for one in step.exercises if one not in there]:
            choice.failed.append(
                f"{name}: its grade cells ask {', '.join(unknown)}, and solutions/ has no such "
                f"exercise. There are: {', '.join(there)}. Put it there, or rename the folder back"
            )
        elif step.exercises:
            choice.steps.append(step)
            choice.handed_out |= preprocessors.handed_out(step.coursedir)
        elif names:
            choice.failed.append(f"{name}: {NO_EXERCISE} {name}")
        else:
            choice.left.append((overlooked.place("*", name), f"{NO_EXERCISE} {name}"))
    return choice


def _in_gradebook(step: ClassAutograde) -> dict[str, list[str]]:
    """Return the assignments and their notebooks; make no gradebook where there is none."""
    coursedir, url = step.coursedir, make_url(step.coursedir.db_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise GraderError(f"there is no gradebook {url.database} yet. Run: autograder build")
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        return released.assignments(gradebook)
