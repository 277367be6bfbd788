"""nbgrader's autograding of a whole class, with the grading itself done ahead in parallel."""

import contextlib
import json
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException

from autograder import pages, preprocessors
from autograder.build import course_config
from autograder.kept import Results
from autograder.results import SubmissionResult
from autograder.running import Runner
from autograder.submissions import Submission


class ClassAutograde(Autograde):
    """Hands all submissions to a runner first; then nbgrader writes one after the other.

    A submission is left alone if what nbgrader wrote for it came from the same content.

    Attributes:
        anew: leave none alone.
        runner: grades them.
        results: names their content.
        told: called with each result when nbgrader has written it, in order.
        seconds: what nbgrader took for itself.
    """

    anew: bool
    runner: Runner
    results: Results
    told: Callable[[SubmissionResult], None]
    seconds = 0.0

    @property
    def is_submitted(self) -> bool:
        """Whether there is any submission of the assignment."""
        source = Path(self._format_source(self.coursedir.assignment_id, "*"))
        return any(Path(source.anchor).glob(str(source.relative_to(source.anchor))))

    def find(self) -> list[str]:
        """Find the submissions of `coursedir.assignment_id`; return the students.

        Raises:
            NbGraderException: there is no submission, or no such assignment in the gradebook.
        """
        self._given: dict[str, Submission] = {}
        self._ahead: dict[Submission, Future[SubmissionResult]] = {}
        self._failed: dict[str, str] = {}
        super().init_notebooks()
        name = self.coursedir.assignment_id
        for folder, files in list(self.assignments.items()):
            problem = ""
            if "\n" in folder:  # nbgrader would stop there
                problem = "the name of this folder has a line break; rename it"
            elif (told := Path(folder) / "timestamp.txt").exists() and not told.is_file():
                problem = "timestamp.txt is no regular file; remove it"  # a pipe is read for ever
            if problem:
                self._failed[repr(folder)] = problem
                del self.assignments[folder]
                continue
            filename = str(Path(folder) / f"{name}.ipynb")
            if filename not in files:
                continue  # nbgrader skips what was not released
            resources = self.init_single_notebook_resources(filename)
            student = resources["nbgrader"]["student"]
            try:
                with self._noting(student):
                    self._given[student] = self._read(filename, resources)
            except MissingEntry:
                raise NbGraderException(
                    f"{name} is not in the gradebook. Run: autograder build {name}"
                ) from None
            except Exception:  # noted; it costs nobody else anything
                del self.assignments[folder]
        return sorted(self._given)

    def _read(self, filename: str, resources: dict) -> Submission:
        about = resources["nbgrader"]
        nb, about[preprocessors.UNREADABLE] = preprocessors.read(Path(filename))
        nb, _ = preprocessors.Sanitize().preprocess(nb, resources)
        return preprocessors.submission(nb, about["student"], about["notebook"])

    def begin(self) -> None:
        """Have the runner prepare, if it must grade any of what was found."""
        self.runner.begin(self._given.values())

    def submit(self) -> None:
        """Have the runner start with what was found."""
        for student in sorted(self._given):
            self._submit(self._given[student])

    def _submit(self, given: Submission) -> Future:
        if given not in self._ahead:
            self._ahead[given] = self.runner.submit(given)
        return self._ahead[given]

    def _wait(self, given: Submission) -> SubmissionResult:
        started = time.perf_counter()
        try:
            return self._submit(given).result()
        finally:
            self.seconds -= time.perf_counter() - started

    def start(self):
        """Write what was found.

        Raises:
            NbGraderException: it names the submissions that failed; the others are written.
        """
        self.runner.ready()
        self.seconds -= time.perf_counter()
        try:
            super().start()
        except NbGraderException:
            if not self._failed:
                raise
        finally:
            self.seconds += time.perf_counter()
        if self._failed:
            lines = [pages.line(f"{one}: {why}", 500) for one, why in self._failed.items()]
            raise NbGraderException("\n  ".join(["not graded; mend this and run again", *lines]))

    @contextlib.contextmanager
    def _noting(self, student: str) -> Iterator[None]:
        """Remember what fails, since nbgrader only logs it."""
        try:
            yield
        except Exception as error:
            self._failed[student] = f"{type(error).__name__}: {error}"
            raise

    def init_notebooks(self):
        """Keep what `find` found."""

    def init_single_notebook_resources(self, notebook_filename):
        resources = super().init_single_notebook_resources(notebook_filename)
        about = resources["nbgrader"]
        # A function, since nbconvert makes deep copies of everything else.
        about["graded"] = lambda given: (
            self._wait(given),
            {"graded": self._state(about["assignment"], given)},
        )
        return resources

    def _state(self, assignment_id: str, given: Submission) -> str:
        """Return a name for all that nbgrader's output depends on."""
        folder = self.coursedir.format_path(self.coursedir.submitted_directory, given.id,
                                            assignment_id)  # fmt: skip
        timestamp = self.coursedir.get_existing_timestamp(folder)
        return f"{self.results.name(given)} {timestamp}"

    def init_destination(self, assignment_id, student_id):
        with self._noting(student_id):
            if not self.anew and self._is_written(assignment_id, student_id):
                self.told(self._submit(self._given[student_id]).result())
                return False
            self.force = True
            return super().init_destination(assignment_id, student_id)

    def _is_written(self, assignment_id: str, student_id: str) -> bool:
        folder = Path(self._format_dest(assignment_id, student_id))
        try:
            content = json.loads((folder / f"{assignment_id}.ipynb").read_text("utf-8"))
            state = content["metadata"]["autograder"]["graded"]
            if state != self._state(assignment_id, self._given[student_id]):
                return False
            with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
                gradebook.find_submission(assignment_id, student_id)
            return True
        except (OSError, ValueError, KeyError, TypeError, MissingEntry):
            return False

    def init_assignment(self, assignment_id, student_id):
        with self._noting(student_id):
            super().init_assignment(assignment_id, student_id)

    def convert_single_notebook(self, notebook_filename):
        student = self.init_single_notebook_resources(notebook_filename)["nbgrader"]["student"]
        with self._noting(student):
            super().convert_single_notebook(notebook_filename)
        if student in self._given:
            self.told(self._submit(self._given[student]).result())


def class_autograde(name: str, course: Path) -> ClassAutograde:
    """Return the step for one assignment, with the course's configuration."""
    api = NbGraderAPI(config=course_config(course))
    api.log.setLevel(logging.ERROR)
    api.coursedir.assignment_id = name
    return ClassAutograde(coursedir=api.coursedir, parent=api)
