"""nbgrader's autograding of a whole class, with the grading itself done ahead in parallel."""

import contextlib
import functools
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.exc import SQLAlchemyError
from traitlets.utils.importstring import import_item

from autograder.gradebook import assignments
from autograder.gradebook.handed_in import HandedIn, Work
from autograder.gradebook.handover import KEY, Ahead, Handover
from autograder.grading.cache import ResultCache
from autograder.grading.running import Runner
from autograder.grading.seeds import Seeds
from autograder.records.results import SubmissionResult
from autograder.records.text import line


@dataclass(frozen=True)
class Engine:
    """What grades one exercise, and names what its results depend on."""

    runner: Runner
    results: ResultCache
    seeds: Seeds


class Grading:
    """Everything that was handed in, on its way to a result; the same content once.

    Args:
        engines: what grades, by the name of the exercise.
        found: what was handed in for all assignments.
    """

    def __init__(self, engines: Mapping[str, Engine], found: Iterable[HandedIn]):
        self._engines = engines
        asked = dict.fromkeys((name, work.given) for one in found for work, name in one.asked)
        # All engines prepare before any submission is graded: no job waits for another.
        for name, engine in engines.items():
            engine.runner.begin([given for exercise, given in asked if exercise == name])
        self._futures: dict[tuple, Future[SubmissionResult]] = {
            (name, given): engines[name].runner.submit(given) for name, given in asked
        }

    def wait_for_engines(self, exercises: Iterable[str]) -> None:
        """Wait until what grades these exercises is prepared; raise what stopped it."""
        for name in exercises:
            self._engines[name].runner.ready()

    def result(self, work: Work, exercise: str) -> SubmissionResult:
        """Wait for a result."""
        return self._futures[exercise, work.given].result()

    def state(self, work: Work) -> str:
        """Return a name for all that nbgrader's output for a notebook depends on."""
        names = [self._engines[name].results.name(work.given) for name in work.exercises]
        return " ".join([work.state, *names])


class ClassAutograde(Autograde):
    """Has nbgrader write what was graded for an assignment, one student after the other.

    A submission is left alone if what nbgrader wrote for it came from the same content.

    Args:
        found: what was handed in. What fails while it is written is added to it.
        grading: has the results.
        rewrite: leave none alone.
        on_result: called with the notebook, the exercise and the result when that is written.
        warn: called with a sentence about a notebook of the assignment.

    Attributes:
        seconds: what nbgrader took for itself.
    """

    def __init__(
        self,
        found: HandedIn,
        grading: Grading,
        rewrite: bool,
        on_result: Callable[[Work, str, SubmissionResult], None],
        warn: Callable[[str], None],
    ):
        self._found, self._grading, self._rewrite = found, grading, rewrite
        self._on_result, self._on_warning = on_result, warn
        self._assignment = found.assignment
        self._unchanged: list[str] = []
        self._finished: set[str] = set()
        self.seconds = 0.0
        super().__init__(coursedir=self._assignment.coursedir, parent=self._assignment.api)
        self.assignments = dict(found.folders)

    def start(self):
        """Write everything.

        Raises:
            NbGraderException: it names the submissions that failed; the others are written.
        """
        self._grading.wait_for_engines(self._assignment.exercises)
        failed = self._found.failed
        self.seconds -= time.perf_counter()
        try:
            super().start()
            self._assign_penalties()
        except (NbGraderException, SQLAlchemyError) as error:
            # nbgrader stops at once where the gradebook fails.
            problems = map(assignments.gradebook_problem, (error, error.__context__))
            why = next(filter(None, problems), str(error))
            for student in self._found.works.keys() - self._finished - failed.keys():
                failed[student] = why
        finally:
            self.seconds += time.perf_counter()
        if failed:
            lines = [line(f"{who}: {why}", 500) for who, why in _together(failed)]
            raise NbGraderException("\n  ".join(["not graded; mend this and run again", *lines]))

    def _assign_penalties(self) -> None:
        """Assign late penalties anew where nothing was written: a due date may have changed.

        What somebody handed in may be gone since; the gradebook still has it.
        """
        steps = _penalty_steps(self.autograde_preprocessors)
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            concerned = assignments.late(gradebook, self._assignment.name)
        written = self._finished.difference(self._unchanged)
        left_out = self.coursedir.student_id_exclude.split(",")
        for student in sorted(concerned.difference(written, left_out)) if steps else []:
            with contextlib.suppress(Exception), self._remembering(student):
                for name in self._assignment.released:
                    about = {
                        "student": student,
                        "assignment": self._assignment.name,
                        "notebook": name,
                        "db_url": self.coursedir.db_url,
                    }
                    for step in steps:
                        step(parent=self.exporter)(new_notebook(), {"nbgrader": about})

    @contextlib.contextmanager
    def _remembering(self, student: str) -> Iterator[None]:
        """Remember what fails, since nbgrader only logs it."""
        try:
            yield
        except Exception as error:
            self._found.fail(student, error)
            raise

    def init_notebooks(self):
        """Keep what was found."""

    def init_single_notebook_resources(self, notebook_filename):
        resources = super().init_single_notebook_resources(notebook_filename)
        work = self._work(resources["nbgrader"])
        resources["nbgrader"][KEY] = Handover(
            Ahead(
                notebook=work.sanitized,
                given=work.given,
                state=self._grading.state(work),
                result=functools.partial(self._wait, work),
                warn=self._on_warning,
            )
        )
        return resources

    def _work(self, about: dict) -> Work:
        works = self._found.works[about["student"]]
        [work] = [one for one in works if one.notebook == about["notebook"]]
        return work

    def _wait(self, work: Work, exercise: str) -> SubmissionResult:
        started = time.perf_counter()
        try:
            return self._grading.result(work, exercise)
        finally:
            self.seconds -= time.perf_counter() - started

    def init_destination(self, assignment_id, student_id):
        with self._remembering(student_id):
            works = self._found.works[student_id]
            folder = Path(self._format_dest(self._assignment.name, student_id))
            before = student_id in self._assignment.graded_before
            if not self._rewrite and before and _is_written(folder, works, self._grading):
                self._unchanged.append(student_id)
                self._finished.add(student_id)
                self._report(works)
                return False
            self.force = True
            return super().init_destination(assignment_id, student_id)

    def _report(self, works: list[Work]) -> None:
        for work in works:
            for name in work.exercises:
                self._on_result(work, name, self._grading.result(work, name))

    def init_assignment(self, assignment_id, student_id):
        with self._remembering(student_id):
            super().init_assignment(assignment_id, student_id)

    def set_permissions(self, assignment_id, student_id):
        with self._remembering(student_id):
            super().set_permissions(assignment_id, student_id)
        self._finished.add(student_id)

    def convert_single_notebook(self, notebook_filename):
        about = super().init_single_notebook_resources(notebook_filename)["nbgrader"]
        with self._remembering(about["student"]):
            super().convert_single_notebook(notebook_filename)
        self._report([self._work(about)])


def counts(writer: ClassAutograde) -> tuple[int, int]:
    """Return how many students' work was left as it was, and how many's was written."""
    return len(writer._unchanged), len(writer._finished) - len(writer._unchanged)


def _penalty_steps(configured: Iterable[str | type]) -> list[type]:
    """Return those of nbgrader's steps that assign late penalties."""
    steps = [import_item(step) if isinstance(step, str) else step for step in configured]
    return [step for step in steps if issubclass(step, AssignLatePenalties)]


def _is_written(folder: Path, works: list[Work], grading: Grading) -> bool:
    """Tell whether what nbgrader wrote into a folder came from the same content as now."""
    try:
        for work in works:
            content = (folder / f"{work.notebook}.ipynb").read_text(encoding="utf-8")
            if json.loads(content)["metadata"]["autograder"]["graded"] != grading.state(work):
                return False
        return True
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _together(failed: dict[str, str]) -> list[tuple[str, str]]:
    """Return what failed with the names of those that it concerns."""
    concerned: dict[str, list[str]] = {}
    for who, why in failed.items():
        concerned.setdefault(why, []).append(who)
    found = []
    for why, names in concerned.items():
        more = [f"and {len(names) - 3} more"] if len(names) > 4 else []
        found.append((", ".join([*(names[:3] if more else names), *more]), why))
    return found
