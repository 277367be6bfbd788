"""What earlier runs found, stored under `build/` by the content of all that it depends on.

It only saves time. Where it cannot be read or written, everything is graded, and `problems`
says so.
"""

import dataclasses
import functools
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from autograder.grading.processes import Limits
from autograder.records.exercises import Exercise
from autograder.records.results import CheckResult, Status, SubmissionResult, write_atomically
from autograder.records.submissions import Submission
from autograder.records.text import short_hash
from autograder.sandbox import lock

ENGINE = ("records", "checks", "sandbox", "grading")  # what answers and verdicts come from

_problems: dict[Path, str] = {}  # why nothing could be stored in a folder
_notes: dict[str, None] = {}  # what else is to be said at the end


def digest(exercise: Exercise, *more: str) -> str:
    """Return a name for everything that the answers of an exercise's submissions depend on."""
    chaffs = [
        part
        for chaff in exercise.chaffs
        for part in (chaff.name, chaff.note, " ".join(chaff.loses), chaff.source)
    ]
    try:
        shown = exercise.known_mistakes.read_bytes().hex()
    except OSError:
        shown = ""
    return hashed([exercise.reference, exercise.checks, *chaffs, shown, *more, *surroundings()])


@functools.cache
def surroundings(rooms: tuple[str, ...] = (".",)) -> list[str]:
    """Return this package, Python, the platform, and the packages that a submission can import.

    Args:
        rooms: the folders of this package that matter.
    """
    package = Path(__file__).parent.parent
    found = sorted({path for room in rooms for path in (package / room).rglob("*.py")})
    files = [path for path in found if "handout" not in path.parts]
    modules = [
        (path.relative_to(package).as_posix(), path.read_text(encoding="utf-8")) for path in files
    ]
    installed = sorted(
        path.name for folder in lock.packages() for path in Path(folder).glob("*.*-info")
    )
    return [
        *(part for module in modules for part in module),
        sys.version,
        sys.platform,
        platform.machine(),
        os.environ.get("AUTOGRADER_PLAIN", ""),
        *installed,
        *map(_checkout, lock.elsewhere()),
    ]


def _checkout(package: str) -> str:
    """Return what tells two states of a package apart that has no version to go by."""
    files = sorted(Path(package).rglob("*.py"))
    states = [
        (str(file), about.st_size, about.st_mtime_ns) for file in files if (about := file.stat())
    ]
    return repr(states)


def store(path: Path, content: str | bytes) -> None:
    """Store something, if there is room and we may write there."""
    try:
        write_atomically(path, content)
    except OSError as error:
        _problems.setdefault(path.parent, error.strerror or str(error))


def discard(path: Path) -> bool:
    """Remove a file or a folder of an earlier run; tell whether it is gone."""
    try:
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def note(text: str) -> None:
    """Have something said at the end of a run, once."""
    _notes[text] = None


def problems() -> str:
    """Return lines on what could not be stored, and the notes; or nothing."""
    where = [f"{os.path.relpath(folder)} ({why})" for folder, why in _problems.items()]
    lost = [f"not kept, the next run grades it again: {', '.join(where)}"] if where else []
    return "\n".join([*lost, *_notes])


class ResultCache:
    """The results of one exercise: a file for each content of a submission.

    A change of the exercise, the engine, its packages, the limits or the protection begins anew.
    """

    def __init__(
        self,
        exercise: Exercise,
        limits: Limits,
        force: bool = False,
        protection: Iterable[str] = (),
    ):
        name = f"{exercise.name}-{digest(exercise, repr(limits), *protection)}"
        self._folder = exercise.course.results / name
        self._believed = True  # what is there already
        for old in entries(self._folder.parent, f"{exercise.name}-*"):
            if (force or old.name != name) and not discard(old) and old.name == name:
                self._believed = False

    def get(self, submission: Submission) -> SubmissionResult | None:
        """Return what an earlier run found for the same content."""
        if not self._believed:
            return None
        return read_result(self._file(submission), submission.id, submission.path)

    def put(self, submission: Submission, result: SubmissionResult) -> None:
        """Store a result, unless it says that the grading itself failed."""
        store_result(self._file(submission), result)

    def name(self, submission: Submission) -> str:
        """Return a name for a content and all that its result depends on."""
        content = [str(submission.notebook), submission.problem, *submission.cells]
        return f"{self._folder.name}/{hashed(content)}"

    def _file(self, submission: Submission) -> Path:
        return self._folder.parent / f"{self.name(submission)}.json"


def read_result(file: Path, id: str, path: str) -> SubmissionResult | None:
    """Return a result that was stored, for a submission of any name; None if there is none."""
    try:
        fields = json.loads(file.read_text(encoding="utf-8"))
        fields["checks"] = [CheckResult(**check) for check in fields["checks"]]
        return SubmissionResult(id=id, path=path, **fields)
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def store_result(file: Path, result: SubmissionResult) -> None:
    """Store a result, unless it says that the grading itself failed."""
    if result.status != Status.GRADER_ERROR:
        fields = dataclasses.asdict(result)
        del fields["id"], fields["path"]
        store(file, json.dumps(fields))


def entries(folder: Path, pattern: str) -> list[Path]:
    """Return the entries of a folder, none where it cannot be listed."""
    try:
        return list(folder.glob(pattern))
    except OSError:
        return []


def hashed(parts: list[str]) -> str:
    """Return a name for texts."""
    # Lengths keep apart what is only joined differently.
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return short_hash(text)
