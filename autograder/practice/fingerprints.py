"""Recognise how a public test fails, without telling what the known wrong answers are.

`build` runs the public tests on the chaffs and keeps, for every failure, a hash of the test's name
and of what it said. Students get the hashes and the hints; a hash cannot be turned back into code.
"""

import json
import math
import re
from collections.abc import Iterable
from pathlib import Path

from autograder.records.results import write_atomically
from autograder.records.text import short_hash

FORMAT = "2"  # another one where the same failure gets another fingerprint
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", re.IGNORECASE)
# What differs from one run or machine to the next: counted names, addresses, paths.
PASSING = re.compile(r"(?<=[a-z])_\d+\b|0x[0-9a-f]+|(?:/[\w.+-]+){2,}")
MOST = 300  # characters; longer messages were cut already, before what passes was taken out
STEP = 1 / 300  # numbers that are closer are taken for equal
# Two grids, so that a number at the border of one is not at a border of the other. Short decimals
# and fractions, which are what tests compute, are at no border of either.
OFFSETS = (0.289, 0.789)


def of_failures(exercise: str, failures: dict[str, str]) -> dict[str, list[str]]:
    """Return the fingerprints of a run of the public tests.

    Args:
        exercise: its name.
        failures: test -> type and message of its exception, for those that failed.

    Returns:
        test -> its fingerprints, and "" -> those of all failures together. Of two runs that show
        the same, at least one of the fingerprints is the same.
    """
    found: dict[str, list[str]] = {}
    for offset in OFFSETS:
        shown = {test: _rounded(failures[test], offset) for test in sorted(failures)}
        for test, text in shown.items():
            found.setdefault(test, []).append(_hash(exercise, test, text))
        together = [part for pair in shown.items() for part in pair]
        found.setdefault("", []).append(_hash(exercise, "", *together))
    return found if failures else {}


def _rounded(text: str, offset: float) -> str:
    def grid(found):
        number = float(found[0])
        if abs(number) < 1e-6:  # a zero with the noise of float32
            return "#0"
        if math.isinf(number):
            return "#inf"
        sign = "-" if number < 0 else ""
        return f"#{sign}{math.floor(math.log(abs(number)) / STEP + offset)}"

    # The places that TensorFlow names in long messages are of the student's file.
    words = PASSING.sub("", text.partition('File "')[0]).split()
    return NUMBER.sub(grid, " ".join(words)[:MOST])


def _hash(*parts: str) -> str:
    return short_hash("\0".join(parts), 16)


class KnownFailures:
    """What `build` ships beside a stub or a notebook: fingerprints, and what they mean."""

    def __init__(self, meaning: dict[str, str], key: str = ""):
        self._meaning, self.key = meaning, key

    @classmethod
    def learn(cls, known: Iterable[tuple[str, Iterable[str]]], key: str = "") -> "KnownFailures":
        """Learn from (hint, fingerprints) pairs; what means two things means nothing."""
        meanings: dict[str, set[str]] = {}
        for hint, fingerprints in known:
            for fingerprint in fingerprints:
                meanings.setdefault(fingerprint, set()).add(hint)
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

    def write(self, path: Path, exercise: str) -> None:
        hints: dict[str, list[str]] = {}
        for fingerprint, hint in sorted(self._meaning.items()):
            hints.setdefault(hint, []).append(fingerprint)
        held = {"exercise": exercise, "key": self.key, "hints": dict(sorted(hints.items()))}
        write_atomically(path, json.dumps(held, indent=1, ensure_ascii=False) + "\n")

    @property
    def texts(self) -> set[str]:
        return set(self._meaning.values())

    def find(self, fingerprints: Iterable[str]) -> str:
        """Return the hint of the first fingerprint that is known, or nothing."""
        return next((self._meaning[one] for one in fingerprints if one in self._meaning), "")


def path_of(exercise: str, folder: Path) -> Path:
    """Return where the hints of an exercise lie in a folder."""
    return folder / f"{exercise}.hints.json"
