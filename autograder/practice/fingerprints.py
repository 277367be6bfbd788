"""Recognise how a run of public tests fails, without telling what the known wrong answers are.

`build` runs the public tests on the chaffs and keeps, for every known mistake, a hash of the tests
that fail and of what they say. Students get the hashes and the hints; a hash cannot be turned back
into code.

What one test says is little evidence: many mistakes make a loss of 2.5 or NaN. So all failures of a
known mistake must be there, and say the same. Beside them there may be failures of another mistake,
but only if those of the known one say more than a single number, NaN or boolean.
"""

import functools
import itertools
import json
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from autograder.records.results import write_atomically
from autograder.records.text import short_hash

FORMAT = "3"  # another one where the same failure gets another fingerprint
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", re.IGNORECASE)
VALUE = re.compile(rf"{NUMBER.pattern}|[-+]?\b(?:nan|inf|True|False|None)\b", re.IGNORECASE)
# What differs from one run or machine to the next: counted names, addresses, paths.
PASSING = re.compile(r"(?<=[a-z])_\d+\b|0x[0-9a-f]+|(?:/[\w.+-]+){2,}")
MOST = 300  # characters; longer messages were cut already, before what passes was taken out
MOST_FAILURES = 8  # of more, not every combination is looked up
STEP = 1 / 300  # numbers that are closer are taken for equal
# Two grids, so that a number at the border of one is not at a border of the other. Short decimals
# and fractions, which are what tests compute, are at no border of either.
OFFSETS = (0.289, 0.789)

Failures = Mapping[str, str]  # test -> type and message of its exception, for those that failed


class Mistake(NamedTuple):
    """A known mistake: its hint, and how the public tests fail on it.

    Attributes:
        hint: what a student reads.
        failures: those that are the same in every run.
        whole: whether these are all.
    """

    hint: str
    failures: Failures
    whole: bool = True


def of_failures(exercise: str, failures: Failures, others: bool = False) -> list[str]:
    """Return the fingerprints of failures that come together.

    Args:
        exercise: its name.
        failures: what failed, and what it said.
        others: whether other tests may have failed beside them.

    Returns:
        one for each grid. Of two runs that show the same, at least one is the same.
    """
    way = "among others" if others else "alone"
    found = []
    for offset in OFFSETS:
        shown = [(test, _rounded(failures[test], offset)) for test in sorted(failures)]
        found.append(_hash(exercise, way, *itertools.chain(*shown)))
    return found if failures else []


@functools.lru_cache(1000)  # each combination of failures asks for it
def _rounded(text: str, offset: float) -> str:
    def grid(found):
        number = float(found[0])
        if abs(number) < 1e-6:  # a zero with the noise of float32
            return "#zero"
        if math.isinf(number):
            return "#inf"
        sign = "-" if number < 0 else ""
        return f"#{sign}{math.floor(math.log(abs(number)) / STEP + offset)}"

    return NUMBER.sub(grid, _essence(text))


def _essence(text: str) -> str:
    # The places that TensorFlow names in long messages are of the student's file.
    return " ".join(PASSING.sub("", text.partition('File "')[0]).split())[:MOST]


def same(one: str, other: str) -> bool:
    """Tell whether two messages have a fingerprint in common."""
    return any(_rounded(one, offset) == _rounded(other, offset) for offset in OFFSETS)


def _hash(*parts: str) -> str:
    return short_hash("\0".join(parts), 16)


class KnownFailures:
    """What `build` ships beside a stub or a notebook: fingerprints, and what they mean."""

    def __init__(self, meaning: dict[str, str], key: str = ""):
        self._meaning, self.key = meaning, key

    @classmethod
    def learn(cls, exercise: str, mistakes: Iterable[Mistake], key: str = "") -> "KnownFailures":
        """Learn the fingerprints of known mistakes; what means two things means nothing."""
        mistakes = list(mistakes)
        evidence = Evidence(one.failures for one in mistakes)
        meanings: dict[str, set[str]] = {}
        for hint, failures, whole in mistakes:
            ways = [False] * whole + [True] * evidence.suffices(failures)
            for others in ways:
                for one in of_failures(exercise, failures, others):
                    meanings.setdefault(one, set()).add(hint)
        return cls({one: min(all) for one, all in meanings.items() if len(all) == 1}, key)

    @classmethod
    def read(cls, path: Path) -> "KnownFailures":
        """Read a file that `write` wrote; where there is none, nothing is known."""
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            meaning = {one: hint for hint, all in held["hints"].items() for one in all}
            return cls(meaning, held["key"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls({})

    def write(self, path: Path, exercise: str, more: Mapping[str, object] | None = None) -> None:
        """Write a file that `read` reads, with what else is told about the exercise."""
        hints: dict[str, list[str]] = {}
        for fingerprint, hint in sorted(self._meaning.items()):
            hints.setdefault(hint, []).append(fingerprint)
        held = {"exercise": exercise, "key": self.key, **(more or {})}
        held["hints"] = dict(sorted(hints.items()))
        write_atomically(path, json.dumps(held, indent=1, ensure_ascii=False) + "\n")

    @property
    def texts(self) -> set[str]:
        return set(self._meaning.values())

    def find(self, exercise: str, failures: Failures) -> dict[str, str]:
        """Return test -> hint for the failures that belong to a known mistake.

        If two mistakes explain one failure, the mistake that explains more of them counts; if
        neither does, they cannot both hold, and there is no hint.
        """
        if hint := self._hint(of_failures(exercise, failures)):
            return dict.fromkeys(failures, hint)
        if len(failures) > MOST_FAILURES:
            return {}
        found: list[tuple[set[str], str]] = []
        for size in range(len(failures), 0, -1):
            for some in map(set, itertools.combinations(failures, size)):
                part = {test: failures[test] for test in some}
                hint = self._hint(of_failures(exercise, part, others=True))
                if hint and not any(some < larger for larger, _ in found):
                    found.append((some, hint))
        return {
            test: hint
            for some, hint in found
            if all(hint == other or not some & rest for rest, other in found)
            for test in some
        }

    def _hint(self, fingerprints: Iterable[str]) -> str:
        return next((self._meaning[one] for one in fingerprints if one in self._meaning), "")


class Evidence:
    """How much failures say: what differs between the messages of the known mistakes."""

    def __init__(self, runs: Iterable[Failures]):
        shown: dict[tuple[str, str], list[list[str]]] = {}
        for failures in runs:
            for test, text in failures.items():
                shown.setdefault((test, _words(text)), []).append(_values(text))
        self._vary = {
            key: {at for at, values in enumerate(zip(*all, strict=True)) if len(set(values)) > 1}
            for key, all in shown.items()
        }

    def suffices(self, failures: Failures) -> bool:
        """Tell whether they say more than a single number, zeros, NaN or booleans."""
        return sum(self._numbers(test, text) for test, text in failures.items()) > 1

    def _numbers(self, test: str, text: str) -> int:
        """Return how many numbers, not 0, a message shows that other mistakes have otherwise."""
        values = {_values(text)[at] for at in self._vary[test, _words(text)]}
        return sum(bool(NUMBER.fullmatch(value)) and float(value) != 0 for value in values)


def _words(text: str) -> str:
    return VALUE.sub("#", _essence(text))


def _values(text: str) -> list[str]:
    return [found[0].lower() for found in VALUE.finditer(_essence(text))]


def path_of(exercise: str, folder: Path) -> Path:
    """Return where the hints of an exercise lie in a folder: where lists of files leave it out."""
    return folder / f".{exercise}.hints.json"


def older_path_of(exercise: str, folder: Path) -> Path:
    """Return where they were in what was handed out before."""
    return folder / f"{exercise}.hints.json"


def find(exercise: str, folder: Path) -> Path:
    """Return the file that a folder has, or would have."""
    older = older_path_of(exercise, folder)
    return (
        older
        if older.exists() and not path_of(exercise, folder).exists()
        else path_of(exercise, folder)
    )
