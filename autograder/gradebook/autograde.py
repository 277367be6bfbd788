"""nbgrader's autograding of a whole class, with the grading itself done ahead in parallel."""

import contextlib
import glob
import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from sqlalchemy.exc import SQLAlchemyError
from traitlets.utils.importstring import import_item

from autograder.gradebook import overlooked, preprocessors, released
from autograder.gradebook.release import course_config
from autograder.grading.cache import ResultCache
from autograder.grading.running import Runner
from autograder.grading.seeds import Seeds
from autograder.records.results import SubmissionResult
from autograder.records.submissions import Submission, is_folder
from autograder.show import failures, pages

MAX_TIMESTAMP = 1000  # bytes


@dataclass(frozen=True)
class Engine:
    """What grades one exercise, and names what its results depend on."""

    runner: Runner
    results: ResultCache
    seeds: Seeds


@dataclass(frozen=True)
class Work:
    """A notebook of one student; a notebook that is missing has a problem."""

    student: str
    notebook: str
    exercises: tuple[str, ...]
    given: Submission
    state: str  # of all that is written for it, but what the exercises add


class ClassAutograde(Autograde):
    """Hands all submissions to runners first; then nbgrader writes one after the other.

    A submission is left alone if what nbgrader wrote for it came from the same content.

    Attributes:
        anew: leave none alone.
        engines: by the name of the exercise.
        told: called with the notebook, the exercise and each result when nbgrader has written it.
        warn: called with a sentence about a notebook of the assignment.
        works: what was found, by student.
        done: places of what is graded, or has failed and is named: see `overlooked.place`.
        notes: what is to be said of what was found: a path in the folder of submissions, a
            sentence.
        seconds: what nbgrader took for itself.
    """

    anew: bool
    engines: dict[str, Engine]
    told: Callable[[Work, str, SubmissionResult], None]
    warn: Callable[[str], None]
    seconds = 0.0

    @property
    def name(self) -> str:
        return self.coursedir.assignment_id

    @property
    def exercises(self) -> tuple[str, ...]:
        """The exercises that are asked in the assignment."""
        return tuple(sorted({name for one in self._released.values() for name in one.exercises}))

    @property
    def is_submitted(self) -> bool:
        """Whether there is any submission of the assignment."""
        return any(True for _ in self._folders())

    def _folders(self) -> Iterator[Path]:
        root = Path(self.coursedir.root)
        path = Path(self._format_source(glob.escape(self.name), self.coursedir.student_id))
        # Unlike pathlib, `glob` goes on where a link's target is too long, or the link itself.
        for name in glob.iglob(str(path.relative_to(root)), root_dir=root):  # noqa: PTH207
            if is_folder(root / name) or (root / name).is_symlink():
                yield root / name

    def look_up(self) -> None:
        """Ask the gradebook what the assignment is.

        Raises:
            NbGraderException: there is no such assignment in the gradebook.
            UnclearCell: it is not known which exercise a grade cell asks.
        """
        try:
            with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
                self._released = released.notebooks(gradebook, self.name)
                self._graded_before = released.students(gradebook, self.name)
        except MissingEntry:
            raise NbGraderException(f"{self.name} is not in the gradebook") from None

    def find(self) -> None:
        """Find the submissions of the assignment, once it is looked up."""
        self.works: dict[str, list[Work]] = {}
        self.notes: list[tuple[str, str]] = []
        self._ahead: dict[tuple, Future[SubmissionResult]] = {}
        self._failed: dict[str, str] = {}
        self._unchanged: list[str] = []
        self._finished: set[str] = set()
        self.done: set[str] = set()
        self.assignments = {}
        left_out = self.coursedir.student_id_exclude.split(",")
        for folder in sorted(self._folders()):
            if "\n" in str(folder):  # nbgrader would stop there
                place = overlooked.place(folder.parent.name, folder.name)
                self._failed[place] = "the name of this folder has a line break; rename it"
                self.done.add(place)
                continue
            student = self._student(folder)
            if student.startswith("."):
                continue  # nbgrader does not see it either
            if student in left_out:
                self.done.add(overlooked.place(student, self.name))
                continue
            with contextlib.suppress(Exception), self._noting(student):
                self._find_in(folder, student)

    def _student(self, folder: Path) -> str:
        probe = str(folder / "a.ipynb")
        return super().init_single_notebook_resources(probe)["nbgrader"]["student"]

    def _find_in(self, folder: Path, student: str) -> None:
        names = {f"{name}.ipynb" for name in self._released}
        beside = sorted(
            f"{path.relative_to(folder)} {about.st_size} {about.st_mtime_ns}"
            for path in preprocessors.refuse_folder(folder, names)
            if path.suffix != ".ipynb" and (about := path.stat())
        )
        there = [name for name in self._released if os.path.lexists(folder / f"{name}.ipynb")]
        if not there and student not in self._graded_before:
            return  # nobody's score depends on it; `overlooked` names it
        beside.append(self._timestamp(folder))
        works = []
        for name in sorted(self._released):
            works.append(self._read(folder, student, name, beside))
            if name in there:
                self.done.add(overlooked.place(student, self.name, f"{name}.ipynb"))
            else:
                self.notes.append(
                    (
                        overlooked.place(student, self.name),
                        f"{name}.ipynb was not handed in: 0 points for it, whatever it had "
                        "before, and it is marked for you to look at",
                    )
                )
        self.works[student] = works
        self.assignments[str(folder)] = [str(folder / f"{one.notebook}.ipynb") for one in works]

    def _timestamp(self, folder: Path) -> str:
        """Return what `timestamp.txt` says; nbgrader would read a pipe for ever."""
        file = folder / "timestamp.txt"
        if not file.exists():
            return ""
        try:
            if file.stat().st_size > MAX_TIMESTAMP:
                raise ValueError("too long")
            text = file.read_text(encoding="utf-8").strip()
            return str(parse_utc(text)) if text else ""
        except (ValueError, OverflowError):
            raise preprocessors.BadFolder(
                "timestamp.txt holds no date; write when the work was handed in, as in 2026-01-31 "
                "23:59:00 UTC, or remove the file"
            ) from None

    def _read(self, folder: Path, student: str, name: str, beside: list[str]) -> Work:
        original = self._released[name]
        nb, problem = preprocessors.read(folder / f"{name}.ipynb")
        nb = preprocessors.sanitized(nb, original, problem)
        cells = [f"{cell.cell_type} {cell.source}" for cell in nb.cells]
        parts = json.dumps([original.digest, problem, beside, cells])
        state = hashlib.sha256(parts.encode(errors="surrogatepass")).hexdigest()[:32]
        given = preprocessors.submission(nb, student, name)
        return Work(student, name, original.exercises, given, state)

    @property
    def asked(self) -> list[tuple[Work, str]]:
        """What is graded, with the exercise, in order."""
        return [
            (work, name)
            for student in sorted(self.works)
            for work in self.works[student]
            for name in work.exercises
        ]

    def label(self, work: Work, exercise: str) -> str:
        """Return how people know one submission."""
        names = [self.name, work.student, work.notebook, exercise]
        more = len(self._released) > 1 or work.notebook != self.name
        return " ".join(dict.fromkeys(names if more or exercise != self.name else names[:2]))

    def submit(self) -> None:
        """Have the runners start with what was found."""
        for work, name in self.asked:
            self._submit(name, work.given)

    def _submit(self, name: str, given: Submission) -> Future:
        if (name, given) not in self._ahead:
            self._ahead[name, given] = self.engines[name].runner.submit(given)
        return self._ahead[name, given]

    def _wait(self, name: str, given: Submission) -> SubmissionResult:
        started = time.perf_counter()
        try:
            return self._submit(name, given).result()
        finally:
            self.seconds -= time.perf_counter() - started

    def start(self):
        """Write what was found.

        Raises:
            NbGraderException: it names the submissions that failed; the others are written.
        """
        for name in self.exercises:
            self.engines[name].runner.ready()
        self.seconds -= time.perf_counter()
        try:
            super().start()
            self._assign_penalties()
        except (NbGraderException, SQLAlchemyError) as error:
            # nbgrader stops at once where the gradebook fails.
            problems = map(released.gradebook_problem, (error, error.__context__))
            why = next(filter(None, problems), str(error))
            for student in self.works.keys() - self._finished - self._failed.keys():
                self._failed[student] = why
        finally:
            self.seconds += time.perf_counter()
        if self._failed:
            lines = [pages.line(f"{who}: {why}", 500) for who, why in _together(self._failed)]
            raise NbGraderException("\n  ".join(["not graded; mend this and run again", *lines]))

    def _assign_penalties(self) -> None:
        """Assign late penalties anew where nothing was written: a due date may have changed.

        What somebody handed in may be gone since; the gradebook still has it.
        """
        steps = [
            import_item(step) if isinstance(step, str) else step
            for step in self.autograde_preprocessors
        ]
        steps = [step for step in steps if issubclass(step, AssignLatePenalties)]
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            concerned = released.late(gradebook, self.name)
        written = self._finished.difference(self._unchanged)
        left_out = self.coursedir.student_id_exclude.split(",")
        for student in sorted(concerned.difference(written, left_out)) if steps else []:
            with contextlib.suppress(Exception), self._noting(student):
                for name in self._released:
                    about = {
                        "student": student,
                        "assignment": self.name,
                        "notebook": name,
                        "db_url": self.coursedir.db_url,
                    }
                    for step in steps:
                        step(parent=self.exporter)(new_notebook(), {"nbgrader": about})

    @contextlib.contextmanager
    def _noting(self, student: str) -> Iterator[None]:
        """Remember what fails, since nbgrader only logs it."""
        try:
            yield
        except Exception as error:
            self._failed[student] = _sentence(error)
            self.done.add(overlooked.place(student, self.name))
            raise

    def init_notebooks(self):
        """Keep what `find` found."""

    def init_single_notebook_resources(self, notebook_filename):
        resources = super().init_single_notebook_resources(notebook_filename)
        about = resources["nbgrader"]
        # Plain functions, since nbconvert makes deep copies of everything else.
        about["graded"] = lambda name, given: self._wait(name, given)
        about["released"] = lambda notebook: self._released[notebook]
        about["state"] = lambda notebook: self._state_of(about["student"], notebook)
        about["warn"] = lambda text: self.warn(text)
        return resources

    def _state_of(self, student: str, notebook: str) -> str:
        [work] = [one for one in self.works[student] if one.notebook == notebook]
        return self._state(work)

    def _state(self, work: Work) -> str:
        """Return a name for all that nbgrader's output depends on."""
        names = [self.engines[name].results.name(work.given) for name in work.exercises]
        return " ".join([work.state, *names])

    def init_destination(self, assignment_id, student_id):
        with self._noting(student_id):
            if not self.anew and self._is_written(student_id):
                self._unchanged.append(student_id)
                self._finished.add(student_id)
                self._tell(self.works[student_id])
                return False
            self.force = True
            return super().init_destination(assignment_id, student_id)

    def _is_written(self, student: str) -> bool:
        folder = Path(self._format_dest(self.name, student))
        try:
            for work in self.works[student]:
                content = (folder / f"{work.notebook}.ipynb").read_text(encoding="utf-8")
                state = json.loads(content)["metadata"]["autograder"]["graded"]
                if state != self._state(work):
                    return False
            return student in self._graded_before
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def _tell(self, works: list[Work]) -> None:
        for work in works:
            for name in work.exercises:
                self.told(work, name, self._submit(name, work.given).result())

    def init_assignment(self, assignment_id, student_id):
        with self._noting(student_id):
            super().init_assignment(assignment_id, student_id)

    def set_permissions(self, assignment_id, student_id):
        with self._noting(student_id):
            super().set_permissions(assignment_id, student_id)
        self._finished.add(student_id)

    def convert_single_notebook(self, notebook_filename):
        about = self.init_single_notebook_resources(notebook_filename)["nbgrader"]
        with self._noting(about["student"]):
            super().convert_single_notebook(notebook_filename)
        works = self.works[about["student"]]
        self._tell([one for one in works if one.notebook == about["notebook"]])


def _sentence(error: Exception) -> str:
    if isinstance(error, (preprocessors.BadFolder, NbGraderException, RuntimeError)):
        return str(error)
    if isinstance(error, (OSError, UnicodeError)):
        return failures.sentence(error)
    return released.gradebook_problem(error) or f"{type(error).__name__}: {error}"


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


def class_autograde(name: str, course: Path, seconds: float = 30) -> ClassAutograde:
    """Return the step for one assignment, with the course's configuration.

    Args:
        name: of the assignment.
        course: its folder.
        seconds: that a cell may take which is run without a check.
    """
    config = course_config(course)
    config.Grade.time_limit = float(seconds)
    api = NbGraderAPI(config=config)
    api.log.setLevel(logging.ERROR)
    api.coursedir.assignment_id = name
    return ClassAutograde(coursedir=api.coursedir, parent=api)
