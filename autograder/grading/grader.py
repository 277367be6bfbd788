"""Grade submissions: ask each what the reference was asked, and compare.

This process holds the reference's answers and the verdicts. It never runs a submission, and never
imports TensorFlow.
"""

import time
import traceback
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from autograder.grading.comparison import difference, moves
from autograder.grading.hints import SEEDS as HINT_SEEDS
from autograder.grading.hints import Hints
from autograder.grading.interview import Interview, Seeds
from autograder.grading.processes import ChildEnded, ChildTooSlow, Worker, WorkerFailed
from autograder.records.exercises import Exercise, Specimen
from autograder.records.observations import Thing, eithers, left_for_later, walk
from autograder.records.results import DIMENSIONS, CheckResult, Outcome, SubmissionResult, versions
from autograder.records.submissions import Submission


class GraderError(Exception):
    """Something of ours failed: nobody's score may depend on it."""


@dataclass(frozen=True)
class CheckInfo:
    """What the grader knows of a check; its code stays in the children."""

    name: str
    dimension: str
    points: float
    statement: str
    random: bool
    requires: list[str]
    rtol: float
    atol: float


class Grader:
    """Grades the submissions of one exercise against one set of the reference's answers.

    Attributes:
        checks: of the exercise, in order.
        max_score: the sum of their points.
        seeds: what the random inputs are drawn from.
    """

    def __init__(self, worker: Worker, exercise: Exercise, seeds: Seeds | None = None):
        self.exercise, self.worker = exercise, worker
        _ = exercise.chaffs  # what cannot be read there is told before anything is graded
        self.seeds = seeds or Seeds.of(exercise)
        self._source = exercise.checks
        self._off: list[str] = []
        self._needs: list[str] = []
        try:
            described = self._interview(Submission("", "", False, ())).describe()
            if "problem" in described:
                raise GraderError(f"{exercise.folder / 'checks.py'}:\n{described['problem']}")
            self._off = described["switched_off"]
            self.checks = [CheckInfo(**fields) for fields in described["checks"]]
        except (ChildEnded, ChildTooSlow, TypeError, KeyError) as error:
            raise GraderError(f"the checks of {exercise.name} cannot be loaded: {error}") from error
        if not self.checks:
            raise GraderError(f"{exercise.folder / 'checks.py'} has no checks")
        self._needs += dict.fromkeys(name for check in self.checks for name in check.requires)
        self.max_score = sum(check.points for check in self.checks)
        self._random = {check.name for check in self.checks if check.random}
        self._plan: dict[tuple, tuple[str, str]] = {}  # what the reference leaves for later
        self._expected = self._ask_reference()
        # Those that may be passed by agreement, and where points must have been lost for that.
        self._agreeing = {
            name: list(dict.fromkeys(one.dimension for one in found))
            for name, outcome in self._expected.items()
            if (found := eithers(outcome.seen))
        }
        self.hints = Hints(self)

    def grade(self, submission: Submission) -> SubmissionResult:
        """Return the result of one submission; it never raises for what a submission does.

        Several threads may call it at once.

        Raises:
            WorkerFailed: the worker died, perhaps because of another submission.
        """
        started = time.perf_counter()
        try:
            result = self._grade(submission)
        except WorkerFailed:
            raise
        except Exception:
            message = traceback.format_exc(limit=-4)
            result = self.nothing(submission, "grader error", message)
        result.seed, result.versions = self.seeds.first, versions()
        result.seconds = time.perf_counter() - started
        result.phases["compare answers"] = result.seconds - sum(result.phases.values())
        return result

    def interview_specimen(self, specimen: Specimen) -> Interview:
        """Return an interview with a wheat or a chaff."""
        return self._interview(Submission(specimen.name, "", False, (specimen.source,)))

    def _grade(self, submission: Submission) -> SubmissionResult:
        if submission.problem:
            return self.nothing(submission, "unreadable", submission.problem)
        interview = self._interview(submission)
        names = [check.name for check in self.checks]
        drawn = self.seeds != HINT_SEEDS
        hinted = drawn and (self.hints.patient or self.hints.answers)
        repeat = (HINT_SEEDS.first, self._hides_hint) if hinted else None
        outcomes = interview.outcomes(names, self.seeds, self._plan, repeat=repeat)
        if interview.unreadable:
            return self.nothing(submission, "unreadable", interview.unreadable)
        result = SubmissionResult(
            submission.id,
            submission.path,
            "graded",
            self.verdicts(outcomes),
            message=interview.stopped,
            look_at=interview.look_at(outcomes),
            output=interview.output,
            cells=interview.cells,
            phases=interview.phases,
        )
        started = time.perf_counter()
        self.add_hints(result.checks, outcomes | interview.repeated)
        result.phases["find hints"] = time.perf_counter() - started
        if drawn and not _unsolved(result.checks) and not result.timed_out:
            # What was drawn may be why nothing known is like it.
            again = [
                check.name
                for check in result.checks
                if check.status != "passed"
                and not check.hint
                and check.name in self._random
                and check.name not in interview.repeated
            ]
            if again and self.hints.answers:
                self.add_hints(result.checks, interview.outcomes(again, HINT_SEEDS, self._plan))
        result.cpu_seconds = interview.cpu_seconds
        return result

    def verdicts(self, outcomes: dict[str, Outcome]) -> list[CheckResult]:
        """Compare what a submission showed in each check with what the reference showed.

        To agree with itself is enough only for who has lost points for wrong answers already, and
        is worth no more than those: a forged agreement is no way around the rest of the work. And
        only for who answers other inputs otherwise, which `difference` sees.
        """
        found = [self._verdict(check, outcomes[check.name]) for check in self.checks]
        lost = dict.fromkeys(DIMENSIONS, 0.0)
        for result in found:
            if result.name not in self._agreeing:
                lost[result.dimension] += result.max_score - result.score
        left = dict(lost)
        for index, check in enumerate(self.checks):
            own = [one for one in self._agreeing.get(check.name, ()) if check.points <= lost[one]]
            if found[index].status == "passed" or not own or check.points > left[own[0]]:
                continue
            found[index] = self._verdict(check, outcomes[check.name], own)
            left[own[0]] -= found[index].score
        return found

    def is_wrong(self, name: str, outcome: Outcome) -> bool:
        """Tell whether an outcome loses points whatever another process may answer for it."""
        if left_for_later(outcome.seen):
            return False
        [check] = [check for check in self.checks if check.name == name]
        return self._verdict(check, outcome, DIMENSIONS).status != "passed"

    def _hides_hint(self, name: str, outcome: Outcome) -> bool:
        """Tell whether what was drawn is why no known wrong answer is like this one."""
        seen = outcome.status == "seen" and name in self._random
        return seen and self.is_wrong(name, outcome)

    def _verdict(
        self, check: CheckInfo, outcome: Outcome, own: Collection[str] = ()
    ) -> CheckResult:
        status, message = outcome.status, outcome.message
        if outcome.place:
            message += f" ({outcome.place})"
        if status == "seen":
            expected = self._expected[check.name].seen
            message = difference(expected, outcome.seen, check.rtol, check.atol, own) or ""
            status = "failed" if message else "passed"
        return CheckResult(
            check.name, check.dimension, check.statement, check.points, status, message
        )

    def add_hints(self, results: list[CheckResult], outcomes: dict[str, Outcome]) -> None:
        """Give failed checks their hints, those for which there is an outcome."""
        if _unsolved(results):
            return
        lost = {result.dimension for result in results if result.status != "passed"}
        for check, result in zip(self.checks, results, strict=True):
            if result.name in outcomes and result.status not in ("passed", "not defined"):
                result.hint, result.chaff = self.hints.find(check, outcomes[check.name], lost)

    def _ask_reference(self) -> dict[str, Outcome]:
        """Return what the reference shows, and learn which checks are random."""
        exercise = self.exercise
        interview = self._interview(
            Submission("reference", str(exercise.folder), False, (exercise.reference,))
        )
        outcomes = interview.outcomes([check.name for check in self.checks], self.seeds)
        self._plan = {key: (leaf.how, leaf.use) for key, leaf in interview.followed.items()}
        self._random |= {name for (name, _), leaf in interview.followed.items() if leaf.random}
        for name, outcome in outcomes.items():
            problem = outcome.message
            for path, leaf in walk(outcome.seen):
                if isinstance(leaf, Thing):
                    problem = f"{leaf.kind} at {list(path)}"
                elif isinstance(leaf, (float, np.ndarray)) and np.isnan(leaf).any():
                    problem = f"not a number at {list(path)}"
            [check] = [one for one in self.checks if one.name == name]
            if not all(moves(one.exact, check.rtol, check.atol) for one in eithers(outcome.seen)):
                problem = (
                    "the exact answers of an `either` must be a list: one, and others for inputs "
                    "that are drawn anew, which differ from it"
                )
            if outcome.status != "seen" or problem:
                raise GraderError(
                    f"{exercise.name}: the reference cannot answer the check {name}: {problem}"
                    f" {outcome.place}. Mend reference.py or checks.py."
                )
        return outcomes

    def nothing(self, submission: Submission, status: str, message: str) -> SubmissionResult:
        """Return a result without a point, with every check listed."""
        shown = "not defined" if status == "unreadable" else status
        checks = [
            CheckResult(check.name, check.dimension, check.statement, check.points, shown, message)
            for check in self.checks
        ]
        return SubmissionResult(submission.id, submission.path, status, checks, message=message)

    def _interview(self, submission: Submission) -> Interview:
        return Interview(
            self.worker, self.exercise.name, self._source, self._off, self._needs, submission
        )


def _unsolved(results: list[CheckResult]) -> bool:
    return all(
        result.status == "not defined" or result.message.startswith("not solved yet")
        for result in results
    )
