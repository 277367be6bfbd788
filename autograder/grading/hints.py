"""A hint for a failed check: what the known wrong answer that shows the same thing is about.

Chaffs are asked with seeds of their own, the same in every run, so that their answers can be stored
beside the other things that are built.
"""

import functools
import os
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from autograder.grading import cache, comparison
from autograder.grading.interview import Interview
from autograder.grading.processes import Worker
from autograder.grading.reference import Reference
from autograder.grading.seeds import HINT_SEEDS
from autograder.grading.verdicts import CheckInfo, is_unsolved
from autograder.records import observations
from autograder.records.exercises import Exercise, Specimen
from autograder.records.results import CheckResult, Outcome, Status
from autograder.records.submissions import Submission


class KnownMistakes:
    """The chaffs of an exercise, and what each shows in each check.

    Attributes:
        patient: ask the chaffs, which takes minutes, if no earlier run has; else nothing is found.
        on_progress: called with how many chaffs were asked, and how many there are, when they are
            asked for the first time.
    """

    def __init__(self, worker: Worker, exercise: Exercise, reference: Reference):
        self._worker, self._exercise, self._reference = worker, exercise, reference
        self._lock = threading.Lock()
        self._answers: dict[str, dict[str, Outcome]] | None = None
        self.patient = True
        self.on_progress: Callable[[int, int], None] = lambda done, total: None

    def add(self, results: list[CheckResult], outcomes: dict[str, Outcome]) -> None:
        """Give failed checks their hints, those for which there is an outcome."""
        if is_unsolved(results):
            return
        lost = {result.dimension for result in results if result.status != Status.PASSED}
        for check, result in zip(self._reference.checks, results, strict=True):
            if result.status not in (Status.PASSED, Status.NOT_DEFINED) and check.name in outcomes:
                result.hint, result.chaff = self.find(check, outcomes[check.name], lost)

    def find(self, check: CheckInfo, outcome: Outcome, lost: set[str]) -> tuple[str, str]:
        """Return the hint for a check that failed with an outcome, and its chaff; or nothing.

        The outcome must have been asked for with `HINT_SEEDS` where the check is random. A chaff
        matches only if the submission has `lost` points in every dimension that the chaff loses.
        If several chaffs show the same and say different things, silence beats misdirection.
        """
        if not (known := self.answers):
            return "", ""
        matches = [
            chaff
            for chaff in self._exercise.chaffs
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
                self._answers = self._stored() or (self._ask_all() if self.patient else {})
        return self._answers

    @property
    def can_be_found(self) -> bool:
        """Whether the answers of the chaffs are known, or may be asked for."""
        return self.patient or bool(self.answers)

    @functools.cached_property
    def _path(self) -> Path:
        exercise = self._exercise
        return exercise.course.hints / f"{exercise.name}-{cache.digest(exercise)}"

    def _stored(self) -> dict | None:
        try:
            found = observations.decode(self._path.read_bytes())
        except (OSError, observations.BadMessage):
            return None
        return {
            chaff: {name: Outcome(**fields) for name, fields in answers.items()}
            for chaff, answers in found.items()
        }

    def _ask_all(self) -> dict:
        chaffs = self._exercise.chaffs
        answers = {}
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for chaff, outcomes in zip(chaffs, pool.map(self._ask, chaffs), strict=True):
                answers[chaff.name] = outcomes
                self.on_progress(len(answers), len(chaffs))
        content = {
            chaff: {name: vars(outcome) for name, outcome in found.items()}
            for chaff, found in answers.items()
        }
        for old in cache.entries(self._path.parent, f"{self._exercise.name}-*"):
            cache.discard(old)
        cache.store(self._path, observations.encode(content))
        return answers

    def _ask(self, chaff: Specimen) -> dict[str, Outcome]:
        asked = Submission(chaff.name, "", False, (chaff.source,))
        interview = Interview(self._worker, self._reference.setup, asked)
        return interview.run(self._reference.names, HINT_SEEDS).outcomes


def alike(check, chaff: Outcome, outcome: Outcome) -> bool:
    """Tell whether a chaff and a submission answered a check alike."""
    if chaff.status != outcome.status:
        return False
    if chaff.status == Status.TIMED_OUT:
        return True
    if chaff.status == Status.SEEN:
        return comparison.alike(chaff.seen, outcome.seen, check.rtol, check.atol)
    # TensorFlow says the same of a line of theirs and of what it finds wrong itself.
    same_side = bool(chaff.place) == bool(outcome.place)
    return same_side and _essence(chaff.message) == _essence(outcome.message)


def _essence(message: str) -> str:
    """Return a message without what is made up anew: names, numbers, and the order of a set."""
    message = re.sub(r"_\d+\b|0x[0-9a-f]+|\bid=\d+|'[\w/.]+:\d+'", "", message)
    return re.sub(r"\{[^{}]*\}", lambda one: str(sorted(one[0][1:-1].split(", "))), message)
