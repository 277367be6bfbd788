"""A hint for a failed check: what the known wrong answer that explains it is about.

Chaffs are asked with seeds of their own, the same in every run, so that their answers can be stored
beside the other things that are built.
"""

import functools
import os
import threading
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from autograder.grading import cache, evidence, verdicts
from autograder.grading.interview import Interview
from autograder.grading.processes import Worker
from autograder.grading.reference import Reference
from autograder.grading.seeds import HINT_SEEDS
from autograder.grading.verdicts import is_unsolved
from autograder.records import observations, raised
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

    def add(
        self,
        results: list[CheckResult],
        outcomes: dict[str, Outcome],
        drawn: Collection[str] = (),
        without: Collection[str] = (),
    ) -> None:
        """Give failed checks their hints.

        What a known mistake explains gets the mistake's hint; another exception, what its kind
        means.

        Args:
            results: of all checks.
            outcomes: of all checks, asked with `HINT_SEEDS` where they are random.
            drawn: the checks that were asked with other seeds.
            without: chaffs that are taken for unknown.
        """
        if is_unsolved(results):
            return
        found = self.find(results, outcomes, drawn, without)
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
        drawn: Collection[str] = (),
        without: Collection[str] = (),
    ) -> dict[str, str]:
        """Return the chaff that explains each failed check, if there is one; see `add`."""
        if not self.answers:
            return {}
        shown = evidence.Evidence(
            self._reference.checks,
            self._expected,
            outcomes,
            evidence.lost(results),
            frozenset(drawn),
        )
        left = [chaff for chaff in self._exercise.chaffs if chaff.name not in without]
        loses = {chaff.name: self._loses[chaff.name] for chaff in left}
        explained = {
            name: shown.explained_by(self.answers[name], all) for name, all in loses.items()
        }
        beyond = {name: len(all - shown.lost) for name, all in loses.items()}
        return evidence.best(explained, beyond, {chaff.name: chaff.note for chaff in left})

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
    def _expected(self) -> dict[str, Outcome]:
        """What the reference shows when it is asked like the chaffs."""
        if self._reference.seeds == HINT_SEEDS:
            return self._reference.expected
        return self._ask(Specimen("reference", "", (), self._exercise.reference))

    @functools.cached_property
    def _loses(self) -> dict[str, frozenset[str]]:
        """The checks that each chaff fails."""
        checks = self._reference.checks
        return {
            name: evidence.lost(verdicts.verdicts(checks, self._expected, shown))
            for name, shown in self.answers.items()
        }

    @functools.cached_property
    def _path(self) -> Path:
        exercise = self._exercise
        return cache.folder(exercise, "hints") / f"{exercise.name}-{cache.digest(exercise)}"

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
