"""A hint for a failed check: what the known wrong answer that shows the same thing is about.

Chaffs are asked with a seed of their own, the same in every run, so that their answers can be kept
beside the other things that are built.
"""

import functools
import os
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from autograder.grading import comparison, kept
from autograder.grading.interview import Seeds
from autograder.records import observations
from autograder.records.results import Outcome

SEEDS = Seeds.both(0)


class Hints:
    """The chaffs of an exercise, and what each shows in each check.

    Attributes:
        patient: ask the chaffs, which takes minutes, if no earlier run has; else nothing is found.
        told: called with how many chaffs were asked, and how many there are, when they are asked
            for the first time.
    """

    def __init__(self, grader):
        self._grader = grader
        self._lock = threading.Lock()
        self._answers: dict[str, dict[str, Outcome]] | None = None
        self.patient = True
        self.told: Callable[[int, int], None] = lambda done, total: None

    def find(self, check, outcome: Outcome, lost: set[str]) -> tuple[str, str]:
        """Return the hint for a check that failed with an outcome, and its chaff; or nothing.

        The outcome must have been asked for with `SEEDS` where the check is random. Who made the
        mistake of a chaff has `lost` points in all the dimensions in which that loses some. If
        several chaffs show the same and say different things, silence beats misdirection.
        """
        if not (known := self.answers):
            return "", ""
        matches = [
            chaff
            for chaff in self._grader.exercise.chaffs
            if lost.issuperset(chaff.loses) and alike(check, known[chaff.name][check.name], outcome)
        ]
        if len({chaff.note for chaff in matches}) != 1:
            return "", ""
        return matches[0].note, matches[0].name

    @property
    def answers(self) -> dict[str, dict[str, Outcome]]:
        """What each chaff shows in each check, if that is known."""
        with self._lock:
            if self._answers is None:
                self._answers = self._kept() or (self._asked() if self.patient else {})
        return self._answers

    @functools.cached_property
    def _path(self) -> Path:
        exercise = self._grader.exercise
        return exercise.course.hints / f"{exercise.name}-{kept.digest(exercise)}"

    def _kept(self) -> dict | None:
        try:
            found = observations.decode(self._path.read_bytes())
        except (OSError, observations.BadMessage):
            return None
        return {
            chaff: {name: Outcome(**fields) for name, fields in answers.items()}
            for chaff, answers in found.items()
        }

    def _asked(self) -> dict:
        names = [check.name for check in self._grader.checks]
        chaffs = self._grader.exercise.chaffs
        answers = {}
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            asked = pool.map(
                lambda chaff: self._grader.interview_specimen(chaff).outcomes(names, SEEDS), chaffs
            )
            for chaff, outcomes in zip(chaffs, asked, strict=True):
                answers[chaff.name] = outcomes
                self.told(len(answers), len(chaffs))
        content = {
            chaff: {name: vars(outcome) for name, outcome in found.items()}
            for chaff, found in answers.items()
        }
        for old in kept.entries(self._path.parent, f"{self._grader.exercise.name}-*"):
            kept.discard(old)
        kept.store(self._path, observations.encode(content))
        return answers


def alike(check, chaff: Outcome, outcome: Outcome) -> bool:
    """Tell whether a chaff and a submission answered a check alike."""
    if chaff.status != outcome.status:
        return False
    if chaff.status == "timed out":
        return True
    if chaff.status == "seen":
        return comparison.alike(chaff.seen, outcome.seen, check.rtol, check.atol)
    # TensorFlow says the same of a line of theirs and of what it finds wrong itself.
    same_side = bool(chaff.place) == bool(outcome.place)
    return same_side and _essence(chaff.message) == _essence(outcome.message)


def _essence(message: str) -> str:
    """Return a message without what is made up anew: names, numbers, and the order of a set."""
    message = re.sub(r"_\d+\b|0x[0-9a-f]+|\bid=\d+|'[\w/.]+:\d+'", "", message)
    return re.sub(r"\{[^{}]*\}", lambda one: str(sorted(one[0][1:-1].split(", "))), message)
