"""A hint for a failed check: what the known wrong answer that shows the same thing is about.

Chaffs are asked with seeds of their own, the same in every run, so that their answers can be
stored: see `known`.
"""

import os
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from autograder.grading import cache, comparison, known
from autograder.grading.interview import Interview
from autograder.grading.processes import Worker
from autograder.grading.reference import Reference
from autograder.grading.seeds import HINT_SEEDS
from autograder.grading.verdicts import CheckInfo, is_unsolved
from autograder.records.exercises import Exercise, Specimen
from autograder.records.results import CheckResult, Outcome, Status
from autograder.records.submissions import Submission


class KnownMistakes:
    """The chaffs of an exercise, and what each shows in each check.

    Attributes:
        patient: ask the chaffs that no file knows, which may take minutes; else nothing is found.
        trust_shipped: believe the file beside the exercise.
        trust_stored: believe what was asked here before.
        on_progress: called with how many chaffs were asked, and how many have to be.
    """

    def __init__(self, worker: Worker, exercise: Exercise, reference: Reference):
        self._worker, self._exercise, self._reference = worker, exercise, reference
        self._lock = threading.Lock()
        self._answers: dict[str, known.Answers] | None = None
        self.patient = self.trust_shipped = self.trust_stored = True
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
        if not (answers := self.answers):
            return "", ""
        matches = [
            chaff
            for chaff in self._exercise.chaffs
            if lost.issuperset(chaff.loses)
            and alike(check, answers[chaff.name][check.name], outcome)
        ]
        if len({chaff.note for chaff in matches}) != 1:
            return "", ""
        return matches[0].note, matches[0].name

    @property
    def answers(self) -> dict[str, known.Answers]:
        """What each chaff shows in each check, if that is known."""
        with self._lock:
            if self._answers is None:
                self._answers = self._find_answers()
        return self._answers

    @property
    def can_be_found(self) -> bool:
        """Whether the answers of the chaffs are known, or may be asked for."""
        return self.patient or bool(self.answers)

    def _find_answers(self) -> dict[str, known.Answers]:
        """Return what was shipped, and what this machine has been asked; ask the rest."""
        exercise, names = self._exercise, set(self._reference.names)
        shipped = known.shipped(exercise) if self.trust_shipped else known.Content()
        keys = known.keys(exercise)
        there = dict(shipped.answers)
        if self.trust_stored:
            there |= known.stored(exercise, keys.values() - there.keys())
        found = {
            name: there[key]
            for name, key in keys.items()
            if key in there and set(there[key]) == names
        }
        missing = [chaff for chaff in exercise.chaffs if chaff.name not in found]
        if missing and not self.patient:
            return {}
        for done, (chaff, outcomes) in enumerate(self._ask_each(missing), 1):
            found[chaff.name] = outcomes
            known.store(exercise, keys[chaff.name], outcomes)
            self.on_progress(done, len(missing))
        if missing and self.trust_shipped:
            cache.note(known.why_asked(exercise, shipped, len(missing)))
        return found

    def _ask_each(self, chaffs: list[Specimen]) -> Iterator[tuple[Specimen, known.Answers]]:
        """Yield what each chaff answers; those that take too long beside others alone, again."""
        alone = []
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for chaff, outcomes in zip(chaffs, pool.map(self._ask, chaffs), strict=True):
                if any(one.status == Status.TIMED_OUT for one in outcomes.values()):
                    alone.append(chaff)
                else:
                    yield chaff, outcomes
        for chaff in alone:
            yield chaff, self._ask(chaff)

    def _ask(self, chaff: Specimen) -> known.Answers:
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


def differences(checks: list[CheckInfo], some: known.Answers, other: known.Answers) -> list[str]:
    """Return the checks that a mistake answers otherwise than it did."""
    return [check.name for check in checks if not alike(check, some[check.name], other[check.name])]


def _essence(message: str) -> str:
    """Return a message without what is made up anew: names, addresses, and the order of a set."""
    message = re.sub(r"_\d+\b|0x[0-9a-f]+|\bid=\d+|\b\d{12,}\b|'[\w/.]+:\d+'", "", message)
    return re.sub(r"\{[^{}]*\}", lambda one: str(sorted(one[0][1:-1].split(", "))), message)
