"""What the known mistakes of an exercise show, as files.

`autograder build` writes a file beside the exercise, and a grader reads that. What an author has
changed since is asked on the machine at hand, and stored under `build/`. A file is compressed: a
line of JSON that says what follows, then each distinct answer as a message of `observations`.
"""

import ast
import functools
import gzip
import json
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.grading import cache
from autograder.records import observations
from autograder.records.exercises import Exercise, Specimen
from autograder.records.results import Outcome, versions
from autograder.records.wire import HEADER, Buffer

FORMAT = 1
REFERENCE = "the reference"  # no chaff has a blank in its name
Answers = dict[str, Outcome]  # of one mistake, by check


@dataclass(frozen=True)
class Content:
    """What a file holds.

    Attributes:
        answers: by the key of the mistake.
        versions: of what the mistakes were asked with.
        problem: why nothing can be read.
    """

    answers: dict[str, Answers] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    problem: str = ""


def asked(exercise: Exercise) -> list[Specimen]:
    """Return the mistakes, and the reference: what it shows with the same inputs is stored, too."""
    return [*exercise.chaffs, Specimen(REFERENCE, "", (), exercise.reference)]


def keys(exercise: Exercise) -> dict[str, str]:
    """Return a name for all that the exercise makes of each mistake's answers, by the mistake."""
    questions = [exercise.checks, *_words()]
    return {one.name: cache.hashed([*questions, _code(exercise, one)]) for one in asked(exercise)}


@functools.cache
def _words() -> list[str]:
    """Return the sources of the words that checks are written with."""
    folder = Path(__file__).parent.parent / "checks"
    return [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py"))]


def _code(exercise: Exercise, chaff: Specimen) -> str:
    """Return a mistake without its docstring: another hint changes no answer."""
    own = chaff.source.removeprefix(exercise.reference)
    lines = own.splitlines(keepends=True)
    for node in reversed(ast.parse(own).body):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            del lines[node.lineno - 1 : node.end_lineno]
    return exercise.reference + "".join(lines)


def shipped(exercise: Exercise) -> Content:
    """Return what lies beside an exercise."""
    return read(exercise.known_mistakes)


def stored(exercise: Exercise, wanted: Iterable[str]) -> dict[str, Answers]:
    """Return what this machine has been asked, by the key of the mistake."""
    found: dict[str, Answers] = {}
    for key in wanted:
        found |= read(_place(exercise, key)).answers
    return found


def store(exercise: Exercise, key: str, answers: Answers) -> None:
    """Store what a mistake shows here; the answers of other versions of the engine go."""
    path = _place(exercise, key)
    for old in cache.entries(path.parent.parent, f"{exercise.name}-*"):
        if old.name != path.parent.name or not old.is_dir():
            cache.discard(old)
    cache.store(path, pack({key: answers}))


def why_asked(exercise: Exercise, content: Content, count: int) -> str:
    """Return why so many mistakes had to be asked, and what makes that needless."""
    file = os.path.relpath(exercise.known_mistakes)
    why = f"{file}: {content.problem}" if content.problem else f"{file} does not know them"
    mistakes = "1 known mistake was" if count == 1 else f"{count} known mistakes were"
    return f"{mistakes} asked for hints ({why}). Run once: autograder build {exercise.name}"


def _place(exercise: Exercise, key: str) -> Path:
    engine = cache.hashed(cache.surroundings(cache.ENGINE))
    return exercise.course.hints / f"{exercise.name}-{engine}" / f"{key}.gz"


def is_outdated(exercise: Exercise) -> bool:
    """Tell whether the file is missing, or this machine has been asked since it was written."""
    try:
        written = exercise.known_mistakes.stat().st_mtime_ns
        files = [_place(exercise, key) for key in keys(exercise).values()]
        return any(file.stat().st_mtime_ns > written for file in files if file.exists())
    except OSError:
        return True


def pack(found: dict[str, Answers]) -> bytes:
    """Return a file of answers, by the key of the mistake; the same answers give the same bytes."""
    distinct: dict[bytes, int] = {}  # the position of each

    def position(outcome: Outcome) -> int:
        message = observations.encode(_fields(outcome))
        return distinct.setdefault(message, len(distinct))

    checks = list(next(iter(found.values()), {}))
    head = {
        "format": FORMAT,
        "versions": versions(),
        "checks": checks,
        "mistakes": {
            key: [position(answers[check]) for check in checks] for key, answers in found.items()
        },
    }
    messages = [HEADER.pack(len(message)) + message for message in distinct]
    return gzip.compress(json.dumps(head).encode() + b"\n" + b"".join(messages), 9, mtime=0)


def _fields(outcome: Outcome) -> dict:
    """Return what an outcome has of its own; all other defaults are false.

    What was called is left out: it is shown with the inputs of the run at hand alone.
    """
    always = ("status", "seen")
    fields = {name: value for name, value in vars(outcome).items() if name != "calls"}
    return {name: value for name, value in fields.items() if name in always or value}


def read(path: Path) -> Content:
    """Return what a file holds; it may be damaged."""
    try:
        return _unpack(gzip.decompress(path.read_bytes()))
    except FileNotFoundError:
        return Content(problem="it is not there")
    except (
        observations.BadMessage,
        OSError,
        EOFError,
        zlib.error,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        return Content(problem=f"it cannot be read, {error}")


def _unpack(content: bytes) -> Content:
    line, _, rest = content.partition(b"\n")
    head = json.loads(line)
    if head["format"] != FORMAT:
        raise ValueError(f"format {head['format']} where {FORMAT} was expected")
    outcomes = [
        Outcome(**observations.decode(message, hostile=False)) for message in _messages(rest)
    ]
    answers = {
        key: {
            check: outcomes[position]
            for check, position in zip(head["checks"], positions, strict=True)
        }
        for key, positions in head["mistakes"].items()
    }
    return Content(answers, head["versions"])


def _messages(data: bytes) -> Iterable[bytes]:
    buffer = Buffer()
    buffer.add(data)
    while (message := buffer.pop()) is not None:
        yield message
    if buffer.missing() != HEADER.size:
        raise ValueError("bytes left over")
