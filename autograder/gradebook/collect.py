"""Put what an LMS packed into nbgrader's layout: STUDENT/ASSIGNMENT/NOTEBOOK.ipynb, or `.py`.

Who handed in what is read from how each LMS names files, from the class list, and from what a file
says of itself. No name that a student chose becomes a path.
"""

import datetime
import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from autograder.gradebook import archives, assignments, overlooked
from autograder.gradebook.archives import File, NotTaken
from autograder.gradebook.choice import opened
from autograder.gradebook.roster import Roster
from autograder.grading.reference import GraderError
from autograder.records.course import Course
from autograder.records.recognition import exercise_of
from autograder.records.results import write_atomically

STAMP = "timestamp.txt"  # which nbgrader reads


class Source(StrEnum):
    """Who packed it."""

    moodle = "moodle"
    canvas = "canvas"
    blackboard = "blackboard"
    github = "github"
    folder = "folder"


# `First Last_12345_assignsubmission_file_`: a folder, or the start of a file's name.
MOODLE = re.compile(r"(?P<name>.+)_\d+_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)", re.S)
# `lovelaceada_LATE_7001_90001_homework-1.ipynb`
CANVAS = re.compile(r"(?P<name>\w+?)_(?:LATE_)?(?P<user>\d+)_(?P<number>\d+)_(?P<file>.+)", re.S)
# `Huber Loss_ada_attempt_2026-01-31-23-59-00_homework.ipynb`
BLACKBOARD = re.compile(
    r".*_(?P<name>[^_]+)_attempt_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)", re.S
)


@dataclass(frozen=True)
class Sender:
    """Who handed a file in, as far as its name says.

    Attributes:
        names: what the student may be called, the surest first.
        file: what the student called the file.
        lms_id: how the LMS numbers the student.
        when: when it was handed in, if the name says so.
        number: larger for what came later, if the name has one.
    """

    names: tuple[str, ...]
    file: str
    lms_id: str = ""
    when: float = 0.0
    number: int = 0


@dataclass(frozen=True)
class Taken:
    """A file that is somebody's work."""

    student: str
    assignment: str
    notebook: str
    suffix: str
    content: bytes = field(repr=False)
    where: str
    order: tuple[float, int]
    stamp: float


@dataclass
class Collected:
    """What came of it.

    Attributes:
        written: places of what was written.
        unchanged: places of what was there already.
        notes: sentences: which of two was taken, what was removed.
        unmatched: what is nobody's, or no work of an assignment: a path, a sentence.
    """

    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unmatched: list[tuple[str, str]] = field(default_factory=list)


def collect(course: Course, path: Path, source: Source, assignment: str = "") -> Collected:
    """Put what students handed in where nbgrader expects it.

    Args:
        course: with a gradebook.
        path: a zip, or a folder.
        source: who packed it.
        assignment: what was handed in; otherwise each file says it.

    Raises:
        GraderError: it cannot be read, or there is no such assignment, or no class list.
    """
    path = path.absolute()
    with opened(course) as (gradebook, coursedir):
        roster = Roster.of(gradebook)
        homes = _homes(gradebook, assignment)
        submitted = Path(coursedir.root, coursedir.submitted_directory)
    if not roster.students and source != Source.folder:
        raise GraderError(
            "the class list is empty, so nobody's name can be matched. Make it first: nbgrader db "
            "student import STUDENTS.csv, with the columns id, first_name, last_name and email"
        )
    found = Collected()
    newest: dict[tuple[str, str, str], Taken] = {}
    for file in archives.files(path):
        if set(file.parts) & overlooked.LEFT_BEHIND or file.parts[-1].startswith("._"):
            continue
        try:
            taken = _taken(file, source, roster, homes)
        except NotTaken as error:
            found.unmatched.append(("/".join(file.parts), str(error)))
            continue
        if taken:
            key = taken.student, taken.assignment, taken.notebook
            newest[key] = _newer(newest.get(key), taken, found)
    numbers = _numbers(course.collected)
    for _, taken in sorted(newest.items()):
        _write(submitted, taken, found, numbers)
    if any(numbers.values()):
        write_atomically(course.collected, json.dumps(numbers, indent=1) + "\n")
    return found


def _numbers(file: Path) -> dict[str, int]:
    """Return the numbers of what was taken earlier, by its place: Canvas gives no times."""
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
        return {str(place): int(number) for place, number in held.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _homes(gradebook, assignment: str) -> dict[str, list[tuple[str, str]]]:
    """Return where the work on an exercise belongs, by its name and by that of a notebook."""
    there = assignments.assignments(gradebook)
    if assignment and assignment not in there:
        raise GraderError(
            f"no assignment {assignment!r} in the gradebook. There are: {', '.join(there)}"
        )
    homes: dict[str, list[tuple[str, str]]] = {}
    for name in [assignment] if assignment else there:
        for notebook in assignments.notebooks(gradebook, name).values():
            for known in {notebook.name, *notebook.exercises}:
                homes.setdefault(known, []).append((name, notebook.name))
    return homes


def _taken(
    file: File, source: Source, roster: Roster, homes: Mapping[str, list[tuple[str, str]]]
) -> Taken | None:
    """Return whose work a file is; nothing for what an LMS adds.

    Raises:
        NotTaken: it is nobody's, or no work of an assignment.
    """
    sender = _sender(file, source, roster)
    if sender is None:
        raise NotTaken(f"not named as {source.value} names files. Is --from right?")
    suffix = Path(sender.file).suffix.lower()
    if source == Source.blackboard and suffix == ".txt":
        return None  # a record of the attempt
    if suffix not in archives.SUFFIXES:
        file.read()  # which may say more: a link, or a zip with a password
        raise NotTaken("neither .ipynb nor .py")
    content = file.read()
    student = _student(sender, source, roster)
    assignment, notebook = _home(sender.file, suffix, content, homes, file.parts)
    # Canvas gives all files the time of the download.
    when = sender.when if source == Source.canvas else sender.when or file.when
    return Taken(
        student,
        assignment,
        notebook,
        suffix,
        content,
        "/".join(file.parts),
        (when, sender.number),
        sender.when,
    )


def _sender(file: File, source: Source, roster: Roster) -> Sender | None:
    """Return who handed a file in, as the LMS names files."""
    for index, part in enumerate(file.parts):
        last = file.parts[-1]
        if source == Source.moodle and (named := MOODLE.fullmatch(part)):
            own = named["file"] if index == len(file.parts) - 1 else last
            # In groups, the group's name is in front.
            return Sender((named["name"], named["name"].rpartition("-")[2]), own)
        if source == Source.canvas and (named := CANVAS.fullmatch(part)):
            own = named["file"] if part == last else last
            return Sender((named["name"],), own, named["user"], number=int(named["number"]))
        if source == Source.blackboard and (named := BLACKBOARD.fullmatch(part)):
            own = (named["file"] or "attempt.txt") if part == last else last
            return Sender((named["name"],), own, when=_time(named["when"]))
    if source == Source.github and len(file.parts) > 1:
        for part in file.parts[:-1]:
            words = part.split("-")  # ASSIGNMENT-USER, and both may have hyphens
            names = ["-".join(words[index:]) for index in range(len(words))]
            known = [name for name in names if roster.find([name])[0]]
            if known:
                return Sender(tuple(known), file.parts[-1])
        return Sender((file.parts[0],), file.parts[-1])
    if source == Source.folder:
        for part in file.parts[:-1]:
            if roster.find([part])[0]:
                return Sender((part,), file.parts[-1])
        name = file.parts[0] if len(file.parts) > 1 else Path(file.parts[0]).stem
        return Sender((name,), file.parts[-1])
    return None


def _time(text: str) -> float:
    """Return the seconds of a time as Blackboard writes it, on the clock of where it is."""
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d-%H-%M-%S").timestamp()
    except (ValueError, OverflowError):
        return 0.0


def _student(sender: Sender, source: Source, roster: Roster) -> str:
    found, why = roster.find(sender.names, sender.lms_id)
    if found is not None:
        return found.id
    [name, *_] = sender.names
    if source == Source.folder and not roster.students and re.fullmatch(r"\w[\w.@ -]*", name):
        return name
    raise NotTaken(why)


def _home(
    name: str,
    suffix: str,
    content: bytes,
    homes: Mapping[str, list[tuple[str, str]]],
    parts: Iterable[str],
) -> tuple[str, str]:
    """Return the assignment and the notebook that a file belongs to.

    What the file says of itself counts for more than its name, which browsers change.
    """
    meant = overlooked.which(Path(name).stem, sorted(homes))
    exercise = _says(content, suffix)
    places = homes.get(exercise, []) or homes.get(meant, [])
    if not places:
        what = f"it is on {exercise}, which" if exercise else "by its name and its content, it"
        raise NotTaken(f"{what} belongs to no notebook of {', '.join(sorted(homes)) or 'any'}")
    for narrower in (
        [one for one in places if one[0] in parts],
        [one for one in places if one[1] == meant],
    ):
        places = narrower or places
    if len(places) > 1:
        names = " and ".join(dict.fromkeys(assignment for assignment, _ in places))
        raise NotTaken(f"it may belong to {names}. Add --assignment")
    return places[0]


def _says(content: bytes, suffix: str) -> str:
    """Return the exercise that a file says it is on."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"file{suffix}")
        file.write_bytes(content)
        return exercise_of(file) or ""


def _newer(old: Taken | None, new: Taken, found: Collected) -> Taken:
    """Return which of two is newer, and say so; of two that are equally old, the last one."""
    if old is None:
        return new
    first, last = sorted((old, new), key=lambda one: one.order)
    found.notes.append(
        f"{new.student}, {new.notebook}: {last.where} is the newest; {first.where} is not taken"
    )
    return last


def _write(submitted: Path, taken: Taken, found: Collected, numbers: dict[str, int]) -> None:
    """Write one file, unless a newer one is there; remember its number."""
    folder = submitted / taken.student / taken.assignment
    target = folder / f"{taken.notebook}{taken.suffix}"
    place = overlooked.place(taken.student, taken.assignment, target.name)
    when, number = taken.order
    work = overlooked.place(taken.student, taken.assignment, taken.notebook)
    if target.is_file() and target.read_bytes() == taken.content:
        found.unchanged.append(place)
        numbers[work] = max(number, numbers.get(work, 0))
        return
    there = [folder / f"{taken.notebook}{suffix}" for suffix in archives.SUFFIXES]
    there = [file for file in there if file.is_file()]
    older = when and any(file.stat().st_mtime > when for file in there)
    if older or (there and number and number < numbers.get(work, 0)):
        found.notes.append(f"{place} is newer than {taken.where}, which is not taken")
        return
    write_atomically(target, taken.content)
    numbers[work] = number
    if when > 0:
        os.utime(target, (when, when))
    for file in there:
        if file != target:
            file.unlink()
            found.notes.append(f"{place} replaces {file.name}, which is older")
    if taken.stamp:
        stamp = datetime.datetime.fromtimestamp(taken.stamp, datetime.UTC)
        write_atomically(folder / STAMP, f"{stamp:%Y-%m-%d %H:%M:%S} UTC\n")
    found.written.append(place)
