"""What students handed in for one assignment: each notebook read and sanitized once."""

import glob
import json
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc

from autograder.gradebook import assignments, overlooked, sanitize
from autograder.records.submissions import Submission, is_folder
from autograder.records.text import short_hash
from autograder.show import os_errors

MAX_TIMESTAMP = 1000  # bytes
SUFFIXES = (".ipynb", ".py")  # what is taken for a notebook; the first one that is there


@dataclass(frozen=True)
class Assignment:
    """An assignment that the gradebook knows.

    Attributes:
        api: nbgrader with the configuration of the course, for this assignment.
        released: its notebooks, by name.
        graded_before: students of whom the gradebook has a submission.
    """

    api: NbGraderAPI
    released: dict[str, assignments.Notebook]
    graded_before: set[str]

    @classmethod
    def in_gradebook(cls, api: NbGraderAPI) -> "Assignment":
        """Look an assignment up.

        Raises:
            NbGraderException: the gradebook has no such assignment.
            UnclearCell: it is not known which exercise a grade cell asks.
        """
        coursedir = api.coursedir
        name = coursedir.assignment_id
        try:
            with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
                released = assignments.notebooks(gradebook, name)
                return cls(api, released, assignments.students(gradebook, name))
        except MissingEntry:
            raise NbGraderException(f"{name} is not in the gradebook") from None

    @property
    def name(self) -> str:
        return self.api.coursedir.assignment_id

    @property
    def coursedir(self) -> CourseDirectory:
        return self.api.coursedir

    @property
    def exercises(self) -> tuple[str, ...]:
        """The exercises that are asked in it, by name."""
        return tuple(sorted({name for one in self.released.values() for name in one.exercises}))


@dataclass(frozen=True)
class Work:
    """A notebook of one student; a notebook that is missing has a problem.

    Attributes:
        sanitized: what nbgrader gets of it.
        given: what is graded of it.
        state: a name for all that is written for it, but what the exercises add.
    """

    student: str
    notebook: str
    exercises: tuple[str, ...]
    sanitized: NotebookNode
    given: Submission
    state: str


@dataclass
class HandedIn:
    """What was found for an assignment, and what cannot be graded of it.

    Attributes:
        works: the notebooks, by student.
        folders: the paths of the notebooks, by the path of the student's folder.
        notes: what is to be said of what was found: a path in the folder of submissions, a
            sentence.
        failed: why something is not graded, by student or by path.
        done: places of what is graded, or has failed and is named: see `overlooked.place`.
    """

    assignment: Assignment
    works: dict[str, list[Work]] = field(default_factory=dict)
    folders: dict[str, list[str]] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)

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
        assignment = self.assignment
        names = [assignment.name, work.student, work.notebook, exercise]
        more = len(assignment.released) > 1 or work.notebook != assignment.name
        return " ".join(dict.fromkeys(names if more or exercise != assignment.name else names[:2]))

    def fail(self, student: str, error: Exception) -> None:
        """Remember why a student's work is not graded."""
        self.failed[student] = sentence(error)
        self.done.add(overlooked.place(student, self.assignment.name))


def sentence(error: Exception) -> str:
    """Return what a user can do about what stopped the grading of one student's work."""
    if isinstance(error, (sanitize.BadFolder, NbGraderException, RuntimeError)):
        return str(error)
    if isinstance(error, (OSError, UnicodeError)):
        return os_errors.sentence(error)
    return assignments.gradebook_problem(error) or f"{type(error).__name__}: {error}"


def folders(coursedir: CourseDirectory) -> Iterator[Path]:
    """Yield the folders that students handed in for the assignment of a `CourseDirectory`."""
    root = Path(coursedir.root)
    name = glob.escape(coursedir.assignment_id)
    path = coursedir.format_path(coursedir.submitted_directory, coursedir.student_id, name)
    # Unlike pathlib, `glob` goes on where a link's target is too long, or the link itself.
    for one in glob.iglob(str(Path(path).relative_to(root)), root_dir=root):  # noqa: PTH207
        if is_folder(root / one) or (root / one).is_symlink():
            yield root / one


def find(assignment: Assignment, students: Collection[str] = ()) -> HandedIn:
    """Find what was handed in for an assignment, and read it.

    Args:
        assignment: known to the gradebook.
        students: whose; everybody's by default.
    """
    found = HandedIn(assignment)
    coursedir = assignment.coursedir
    left_out = coursedir.student_id_exclude.split(",")
    for folder in sorted(folders(coursedir)):
        if "\n" in str(folder):  # nbgrader would stop there
            place = overlooked.place(folder.parent.name, folder.name)
            found.failed[place] = "the name of this folder has a line break; rename it"
            found.done.add(place)
            continue
        student = _student(folder, coursedir)
        if student.startswith(".") or (students and student not in students):
            continue  # nbgrader does not see the first either
        if student in left_out:
            found.done.add(overlooked.place(student, assignment.name))
            continue
        try:
            _find_in(folder, student, found)
        except Exception as error:
            found.fail(student, error)
    return found


def _student(folder: Path, coursedir: CourseDirectory) -> str:
    """Return whose folder it is, as nbgrader knows it."""
    parts = "(?P<student>.*)", "(?P<assignment>.*)"
    pattern = coursedir.format_path(coursedir.submitted_directory, *parts, escape=True)
    match = re.fullmatch(pattern, str(folder))
    if not match:
        raise NbGraderException(f"{folder} is not where submissions are expected")
    return match["student"]


def _find_in(folder: Path, student: str, found: HandedIn) -> None:
    """Add what lies in one student's folder."""
    assignment = found.assignment
    names = {f"{name}{suffix}" for name in assignment.released for suffix in SUFFIXES}
    beside = sorted(
        f"{path.relative_to(folder)} {about.st_size} {about.st_mtime_ns}"
        for path in sanitize.refuse_folder(folder, names)
        if path.suffix != ".ipynb" and (about := path.stat())
    )
    there = {name: file for name in assignment.released if (file := _file(folder, name))}
    if not there and student not in assignment.graded_before:
        return  # nobody's score depends on it; `overlooked` names it
    beside.append(_timestamp(folder))
    works = []
    for name in sorted(assignment.released):
        works.append(_read(folder, student, assignment.released[name], beside))
        if name in there:
            found.done.add(overlooked.place(student, assignment.name, there[name].name))
        else:
            found.notes.append(
                (
                    overlooked.place(student, assignment.name),
                    f"{name}.ipynb was not handed in: 0 points for it, whatever it had "
                    "before, and it is marked for you to look at",
                )
            )
    found.works[student] = works
    found.folders[str(folder)] = [str(folder / f"{one.notebook}.ipynb") for one in works]


def _file(folder: Path, name: str) -> Path | None:
    """Return what was handed in as a notebook: a script, if there is no notebook."""
    files = [folder / f"{name}{suffix}" for suffix in SUFFIXES]
    return next(filter(os.path.lexists, files), None)


def _timestamp(folder: Path) -> str:
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
        raise sanitize.BadFolder(
            "timestamp.txt holds no date; write when the work was handed in, as in 2026-01-31 "
            "23:59:00 UTC, or remove the file"
        ) from None


def _read(folder: Path, student: str, original: assignments.Notebook, beside: list[str]) -> Work:
    file = _file(folder, original.name)
    if file and file.suffix == ".py":
        nb, problem = sanitize.read_script(file, original)
    else:
        nb, problem = sanitize.read(folder / f"{original.name}.ipynb")
    nb = sanitize.sanitized(nb, original, problem)
    cells = [f"{cell.cell_type} {cell.source}" for cell in nb.cells]
    parts = json.dumps([original.digest, problem, beside, cells])
    given = sanitize.submission(nb, student, original.name)
    return Work(student, original.name, original.exercises, nb, given, short_hash(parts))
