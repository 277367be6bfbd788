"""A hint for a failed check: what the known wrong answer that explains it is about.

Chaffs are asked with seeds of their own, the same in every run, so that their answers can be
stored: see `known`.
"""

import functools
import os
import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor

from autograder.grading import cache, evidence, known, verdicts
from autograder.grading.interview import Interview
from autograder.grading.processes import Worker
from autograder.grading.reference import Reference
from autograder.grading.seeds import HINT_SEEDS
from autograder.grading.verdicts import CheckInfo, is_unsolved
from autograder.records import raised
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

    def add(
        self,
        results: list[CheckResult],
        outcomes: dict[str, Outcome],
        repeated: Collection[str] = (),
        without: Collection[str] = (),
    ) -> None:
        """Give failed checks their hints.

        What a known mistake explains gets the mistake's hint; another exception, what its kind
        means.

        Args:
            results: of all checks.
            outcomes: of all checks.
            repeated: the random checks that were asked with `HINT_SEEDS`, if the others were not.
            without: chaffs that are taken for unknown.
        """
        if is_unsolved(results):
            return
        found = self.find(results, outcomes, repeated, without)
        notes = {chaff.name: chaff.note for chaff in self._exercise.chaffs}
        for result in results:
            result.chaff = found.get(result.name, "")
            result.hint = notes[result.chaff] if result.chaff else ""
            outcome = outcomes[result.name]
            if outcome.status == Status.RAISED and not result.hint:
                result.hint = raised.hint(outcome.message, outcome.place)

    def find(
        self,
        results: list[CheckResult],
        outcomes: dict[str, Outcome],
        repeated: Collection[str] = (),
        without: Collection[str] = (),
    ) -> dict[str, str]:
        """Return the chaff that explains each failed check, if there is one; see `add`."""
        if not self.answers:
            return {}
        others = self._reference.seeds != HINT_SEEDS
        shown = evidence.Evidence(
            self._reference.checks,
            self.answers[known.REFERENCE],
            outcomes,
            evidence.lost(results),
            self._reference.random.difference(repeated) if others else frozenset(),
        )
        left = [chaff for chaff in self._exercise.chaffs if chaff.name not in without]
        loses = {chaff.name: self._loses[chaff.name] for chaff in left}
        explained = {
            name: shown.explained_by(self.answers[name], all) for name, all in loses.items()
        }
        beyond = {name: len(all - shown.lost) for name, all in loses.items()}
        return evidence.best(explained, beyond, {chaff.name: chaff.note for chaff in left})

    @property
    def answers(self) -> dict[str, known.Answers]:
        """What each chaff, and the reference, shows in each check, if that is known."""
        with self._lock:
            if self._answers is None:
                self._answers = self._find_answers()
        return self._answers

    @property
    def can_be_found(self) -> bool:
        """Whether the answers of the chaffs are known, or may be asked for."""
        return self.patient or bool(self.answers)

    @functools.cached_property
    def _loses(self) -> dict[str, frozenset[str]]:
        """The checks that each chaff fails."""
        checks, expected = self._reference.checks, self.answers[known.REFERENCE]
        return {
            name: evidence.lost(verdicts.verdicts(checks, expected, shown))
            for name, shown in self.answers.items()
        }

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
        missing = [one for one in known.asked(exercise) if one.name not in found]
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


def differences(checks: list[CheckInfo], some: known.Answers, other: known.Answers) -> list[str]:
    """Return the checks that a mistake answers otherwise than it did."""
    pairs = [(check, some[check.name], other[check.name]) for check in checks]
    return [
        check.name
        for check, one, two in pairs
        if not evidence.alike(check, one, two) and not evidence.raised_alike(one, two)
    ]
