"""Grade submissions: ask each what the reference was asked, and compare.

This process holds the reference's answers and the verdicts. It never runs a submission, and never
imports TensorFlow.
"""

import time
import traceback

from autograder.grading import verdicts
from autograder.grading.hints import KnownMistakes
from autograder.grading.interview import Answers, Interview
from autograder.grading.processes import Worker, WorkerFailed
from autograder.grading.reference import Reference
from autograder.grading.seeds import HINT_SEEDS, Seeds
from autograder.grading.verdicts import CheckInfo
from autograder.records.exercises import Exercise
from autograder.records.results import CheckResult, Outcome, Status, SubmissionResult, versions
from autograder.records.submissions import Submission


class Grader:
    """Grades the submissions of one exercise against one set of the reference's answers.

    Attributes:
        reference: what it shows, and what is asked.
        checks: of the exercise, in order.
        max_score: the sum of their points.
        seeds: what the random inputs are drawn from.
        hints: the known mistakes, and what they show.
    """

    def __init__(self, worker: Worker, exercise: Exercise, seeds: Seeds | None = None):
        self.exercise, self.worker = exercise, worker
        _ = exercise.chaffs  # a mistake there is found before anything is graded
        self.seeds = seeds or Seeds.of(exercise)
        self.reference = Reference.ask(worker, exercise, self.seeds)
        self.hints = KnownMistakes(worker, exercise, self.reference)

    @property
    def checks(self) -> list[CheckInfo]:
        return self.reference.checks

    @property
    def max_score(self) -> float:
        return sum(check.points for check in self.checks)

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
            result = self.without_points(submission, Status.GRADER_ERROR, message)
        result.seed, result.versions = self.seeds.first, versions()
        result.seconds = time.perf_counter() - started
        result.phases["compare answers"] = result.seconds - sum(result.phases.values())
        return result

    def interview(self, submission: Submission) -> Interview:
        """Return an interview that follows only what the reference left for later."""
        return Interview(self.worker, self.reference.setup, submission, self.reference.plan)

    def verdicts(self, outcomes: dict[str, Outcome]) -> list[CheckResult]:
        """Compare what a submission showed in each check with what the reference showed."""
        return verdicts.verdicts(self.checks, self.reference.expected, outcomes)

    def is_wrong(self, name: str, outcome: Outcome) -> bool:
        """Tell whether an outcome loses points whatever another process may answer for it."""
        [check] = [check for check in self.checks if check.name == name]
        return verdicts.is_wrong(check, self.reference.expected[name], outcome)

    def without_points(
        self, submission: Submission, status: Status, message: str
    ) -> SubmissionResult:
        """Return a result without a point, with every check listed."""
        return verdicts.without_points(self.checks, submission, status, message)

    def _grade(self, submission: Submission) -> SubmissionResult:
        if submission.problem:
            return self.without_points(submission, Status.UNREADABLE, submission.problem)
        interview = self.interview(submission)
        repeats = self.seeds != HINT_SEEDS and self.hints.can_be_found
        with interview:
            outcomes = dict(interview.ask(self.reference.names, self.seeds.first))
            again = self._repeat_now(interview, outcomes) if repeats else []
            repeated = dict(interview.ask(again, HINT_SEEDS.first))
            outcomes = interview.follow(outcomes, self.seeds.later)
        repeated = {name: one for name, one in repeated.items() if one.status == Status.SEEN}
        answers = interview.answers(outcomes, repeated)
        if answers.unreadable:
            return self.without_points(submission, Status.UNREADABLE, answers.unreadable)
        result = self._result(submission, answers)
        if repeats and not verdicts.is_unsolved(result.checks) and not result.timed_out:
            lost = [check for check in result.checks if check.status != Status.PASSED]
            left = [one.name for one in lost if not one.hint and one.name not in repeated]
            self._repeat_late(result, interview, answers, self._depend_on_draw(left, outcomes))
        return result

    def _repeat_now(self, interview: Interview, outcomes: dict[str, Outcome]) -> list[str]:
        """Return the checks to ask again in the process at hand, which alone shows their failure.

        What takes long would take the time of what is left for later.
        """
        later = {name for name, _ in self.reference.plan}
        failed = [
            name
            for name, outcome in outcomes.items()
            if name not in later and interview.seconds(name) < 1 and self.is_wrong(name, outcome)
        ]
        return self._depend_on_draw(failed, outcomes)

    def _depend_on_draw(self, failed: list[str], outcomes: dict[str, Outcome]) -> list[str]:
        """Return the failed checks that are to be asked again with the seed of the hints.

        What was drawn may be why no known mistake is like them.
        """
        shown = {name: outcomes[name] for name in failed if name in self.reference.random}
        return [
            name
            for name, one in shown.items()
            if one.status in (Status.SEEN, Status.RAISED) and not one.unsolved
        ]

    def _repeat_late(
        self, result: SubmissionResult, interview: Interview, answers: Answers, checks: list[str]
    ) -> None:
        """Ask checks again whose failure another process has shown, and look for hints anew."""
        if not checks or not self.hints.answers:
            return
        with interview:
            outcomes = dict(interview.ask(checks, HINT_SEEDS.first))
            outcomes = interview.follow(outcomes, HINT_SEEDS.later)
        repeated = answers.repeated | outcomes
        self.hints.add(result.checks, answers.outcomes | repeated, repeated)
        answers = interview.answers(outcomes)
        result.phases |= answers.phases
        result.cpu_seconds = answers.cpu_seconds

    def _result(self, submission: Submission, answers: Answers) -> SubmissionResult:
        result = SubmissionResult(
            submission.id,
            submission.path,
            Status.GRADED,
            self.verdicts(answers.outcomes),
            message=answers.stopped,
            look_at=answers.look_at,
            output=answers.output,
            cells=answers.cells,
            cpu_seconds=answers.cpu_seconds,
            phases=dict(answers.phases),
        )
        for check in result.checks:
            check.cpu_seconds = answers.check_cpu_seconds.get(check.name, 0.0)
        started = time.perf_counter()
        self.hints.add(result.checks, answers.outcomes | answers.repeated, answers.repeated)
        result.phases["find hints"] = time.perf_counter() - started
        return result
