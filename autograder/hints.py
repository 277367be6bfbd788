"""A hint for a failed check: what the known wrong answer that shows the same thing is about.

Chaffs are asked with a seed of their own, the same in every run, so that their answers can be kept
beside the other things that are built.
"""

import contextlib
import functools
import hashlib
import os
import re
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

from autograder import comparison, observations
from autograder.interview import Seeds
from autograder.results import Outcome, write_atomically

SEEDS = Seeds(0, 0)


class Hints:
    """The chaffs of an exercise, and what each shows in each check."""

    def __init__(self, grader):
        self._grader = grader

    def find(self, check, outcome: Outcome) -> tuple[str, str]:
        """Return the hint for a check that failed with an outcome, and its chaff; or nothing.

        The outcome must have been asked for with `SEEDS` where the check is random. If several
        chaffs show the same and say different things, silence beats misdirection.
        """
        matches = [
            chaff
            for chaff in self._grader.exercise.chaffs
            if alike(check, self.answers[chaff.name][check.name], outcome)
        ]
        if len({chaff.note for chaff in matches}) != 1:
            return "", ""
        return matches[0].note, matches[0].name

    @functools.cached_property
    def answers(self) -> dict[str, dict[str, Outcome]]:
        """What each chaff shows in each check."""
        exercise = self._grader.exercise
        path = exercise.folder.parent.parent / "build" / "hints" / f"{exercise.name}-{self._key()}"
        try:
            kept = observations.decode(path.read_bytes())
            return {chaff: {name: Outcome(**fields) for name, fields in answers.items()}
                    for chaff, answers in kept.items()}  # fmt: skip
        except (OSError, observations.BadMessage):
            pass
        names = [check.name for check in self._grader.checks]

        def ask(chaff):
            return chaff.name, self._grader.interview_specimen(chaff).outcomes(names, SEEDS)

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            answers = dict(pool.map(ask, exercise.chaffs))
        kept = {chaff: {name: vars(outcome) for name, outcome in found.items()}
                for chaff, found in answers.items()}  # fmt: skip
        with contextlib.suppress(OSError):  # a folder we may not write to: ask again next time
            for old in path.parent.glob(f"{exercise.name}-*"):
                old.unlink()
            write_atomically(path, observations.encode(kept))
        return answers

    def _key(self) -> str:
        """Return a name for everything that the answers depend on."""
        exercise = self._grader.exercise
        parts = [exercise.reference, exercise.checks]
        parts += [chaff.name + chaff.source for chaff in exercise.chaffs]
        parts += [file.read_text() for file in sorted(Path(__file__).parent.glob("*.py"))]
        parts += [version(package) for package in ("tensorflow", "keras", "numpy")]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def alike(check, chaff: Outcome, outcome: Outcome) -> bool:
    """Tell whether a chaff and a submission answered a check alike."""
    if chaff.status != outcome.status:
        return False
    if chaff.status == "seen":
        return comparison.alike(chaff.seen, outcome.seen, check.rtol, check.atol)
    return _essence(chaff.message) == _essence(outcome.message)


def _essence(message: str) -> str:
    """Return a message without the numbers that Keras and TensorFlow count their names with."""
    return re.sub(r"_\d+\b|0x[0-9a-f]+", "", message)
