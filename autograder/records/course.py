"""The course folder, and where everything lies in it. No other module spells these paths."""

import os
from dataclasses import dataclass
from pathlib import Path


class NoCourse(Exception):
    """There is no course folder."""


class EmptyCourse(NoCourse):
    """There is one, and nothing is in it yet."""


@dataclass(frozen=True)
class Course:
    """A course folder. The paths in it need not exist.

    nbgrader's other folders and its gradebook are where the course's `nbgrader_config.py` puts
    them; nbgrader's `CourseDirectory` knows those.

    Attributes:
        folder: holds everything.
        solutions_name: of the folder in it that holds a folder for each exercise.
    """

    folder: Path
    solutions_name: str = "solutions"

    @classmethod
    def around(cls, start: Path | None = None) -> "Course":
        """Return the course of the nearest `solutions/` at or above a folder.

        If the environment variable AUTOGRADER_SOLUTIONS names a folder, it is that one instead.

        Raises:
            NoCourse: there is none.
        """
        if given := os.environ.get("AUTOGRADER_SOLUTIONS"):
            solutions = Path(given).absolute()
            if not any(solutions.glob("*/checks.py")):
                raise NoCourse(
                    f"AUTOGRADER_SOLUTIONS is {given}, and no folder in it is an exercise, with a "
                    "checks.py. Set it to a folder of exercises, or unset it."
                )
            return cls(solutions.parent, solutions.name)
        start = (start or Path.cwd()).absolute()
        for folder in (start, *start.parents):
            course = cls(folder)
            if any(course.solutions.glob("*/checks.py")):
                return course
            if course.solutions.is_dir() and course.config.exists():
                raise EmptyCourse(
                    f"{course.solutions} has no exercises yet. Run: autograder new NAME --kind loss"
                )
        raise NoCourse(
            f"no folder `solutions/` with exercises at or above {start}. Run the command in the "
            "course folder, or set AUTOGRADER_SOLUTIONS."
        )

    @property
    def solutions(self) -> Path:
        """The exercises: a folder for each."""
        return self.folder / self.solutions_name

    @property
    def config(self) -> Path:
        """The configuration of nbgrader."""
        return self.folder / "nbgrader_config.py"

    @property
    def exercises(self) -> Path:
        """The stubs that students fill in as scripts, with the hints of their public tests."""
        return self.folder / "exercises"

    @property
    def build(self) -> Path:
        """Everything that can be made again, and what nbgrader keeps."""
        return self.folder / "build"

    @property
    def made(self) -> Path:
        """A file that remembers what `autograder build` wrote."""
        return self.build / "made.json"

    @property
    def results(self) -> Path:
        """What earlier runs found."""
        return self.build / "results"

    @property
    def hints(self) -> Path:
        """What the known mistakes answered."""
        return self.build / "hints"

    @property
    def audits(self) -> Path:
        """What earlier audits found."""
        return self.build / "audits"

    @property
    def collected(self) -> Path:
        """A file that remembers which download of an LMS a submission is from."""
        return self.build / "collected.json"

    @property
    def messages(self) -> Path:
        """What students are told: a folder for each assignment, a file for each student."""
        return self.build / "messages"

    @property
    def releases(self) -> Path:
        """The notebooks that students get: a folder for each assignment."""
        return self.folder / "release"

    def stub(self, exercise: str) -> Path:
        """Return the script of an exercise that students fill in."""
        return self.exercises / f"{exercise}.py"

    def source(self, assignment: str) -> Path:
        """Return the folder that nbgrader makes the release of an assignment from."""
        return self.build / "source" / assignment

    def release(self, assignment: str) -> Path:
        """Return the folder of an assignment's notebooks that students get."""
        return self.releases / assignment
