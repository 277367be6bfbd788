"""Ask the specimens of an exercise, each mutant its likeliest killer first."""

import threading
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from autograder.authors.earlier import EarlierAudits
from autograder.grading import known
from autograder.grading.grader import Grader
from autograder.grading.interview import Interview, not_asked
from autograder.records.observations import left_for_later
from autograder.records.results import CheckResult, Status, SubmissionResult
from autograder.records.submissions import Submission

if TYPE_CHECKING:
    from autograder.authors.audit import Row


class Killers:
    """The checks that killed mutants so far, by the function that was changed."""

    def __init__(self):
        self._lock = threading.Lock()
        self._near: dict[str, Counter[str]] = defaultdict(Counter)
        self._all: Counter[str] = Counter()

    def add(self, where: str, checks: list[CheckResult]) -> None:
        """Remember what killed a mutant, if something did."""
        with self._lock:
            for check in checks:
                if check.status not in (Status.PASSED, Status.NOT_ASKED):
                    self._near[where][check.name] += 1
                    self._all[check.name] += 1

    def order(self, names: list[str], where: str) -> list[str]:
        """Return checks, those first that killed neighbours, then those that killed others."""
        with self._lock:
            near, everywhere = self._near[where], self._all
            return sorted(names, key=lambda name: (-near[name], -everywhere[name]))

    def likeliest(self, where: str) -> str:
        """Return the check that killed most neighbours, or nothing."""
        with self._lock:
            return next((name for name, _ in self._near[where].most_common(1)), "")


class Asking:
    """Asks specimens with one set of inputs; several threads may call it at once.

    Args:
        grader: knows what is right, and has the inputs.
        full: ask mutants every check, not only until one catches them.
        earlier: what need not be asked again.
        chaffs: what chaffs have answered already, if they have.

    Attributes:
        reused: how many results were there.
    """

    def __init__(
        self, grader: Grader, full: bool, earlier: EarlierAudits, chaffs: dict[str, known.Answers]
    ):
        self._grader, self._full, self._earlier, self._chaffs = grader, full, earlier, chaffs
        self._killers = Killers()
        self.reused = 0

    def result(self, row: "Row") -> SubmissionResult:
        """Return what became of a specimen."""
        if row.kind == "chaff" and row.name in self._chaffs:
            return self._answered(row.name)
        key = self._earlier.key(self._grader, row.kind, row.source, self._full)
        if found := self._earlier.get(row.name, key):
            self.reused += 1
        else:
            found = self._ask(row)
            self._earlier.put(key, found)
        if row.kind == "mutant":
            self._killers.add(row.where, found.checks)
        return found

    def _answered(self, name: str) -> SubmissionResult:
        outcomes = self._chaffs[name]
        checks = self._grader.verdicts(outcomes)
        self._grader.hints.add(checks, outcomes)
        return SubmissionResult(name, name, Status.GRADED, checks)

    def _ask(self, row: "Row") -> SubmissionResult:
        if row.kind != "mutant":
            return self._grader.grade(Submission(row.name, row.name, False, (row.source,)))
        # Nobody reads its hints.
        asked = Submission(row.name, "", False, (row.source,))
        interview = Interview(self._grader.worker, self._grader.reference.setup, asked)
        if self._full:
            answers = interview.run(self._grader.reference.names, self._grader.seeds)
            checks = self._grader.verdicts(answers.outcomes)
        else:
            checks = self._until_caught(interview, row.where)
        return SubmissionResult(row.name, row.name, Status.GRADED, checks)

    def _until_caught(self, interview: Interview, where: str) -> list[CheckResult]:
        """Ask a mutant until a check catches it."""
        grader, seeds = self._grader, self._grader.seeds
        names = self._killers.order(grader.reference.names, where)
        outcomes = {}
        with interview:
            for name, outcome in interview.ask(names, seeds.first, more=False):
                outcomes[name] = outcome
                if left_for_later(outcome.seen) and name == self._killers.likeliest(where):
                    outcomes |= interview.follow({name: outcome}, seeds.later)
                if grader.is_wrong(name, outcomes[name]):
                    return grader.verdicts(not_asked(grader.reference.names, outcomes))
            return grader.verdicts(interview.follow(outcomes, seeds.later))
