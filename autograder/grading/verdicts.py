"""Compare what a submission showed with what the reference showed, and give points.

The functions are pure.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from autograder.grading import comparison
from autograder.records.observations import eithers, left_for_later
from autograder.records.results import (
    DIMENSIONS,
    CheckResult,
    Outcome,
    Status,
    SubmissionResult,
)
from autograder.records.submissions import Submission


@dataclass(frozen=True)
class CheckInfo:
    """What the grader knows of a check; its code stays in the children.

    `kind` is the module of `checks/kinds` that it comes from, if it is not the exercise's own.
    """

    name: str
    dimension: str
    points: float
    statement: str
    random: bool
    requires: list[str]
    rtol: float
    atol: float
    kind: str = ""


def verdict(
    check: CheckInfo, expected: Outcome, outcome: Outcome, own: Collection[str] = ()
) -> CheckResult:
    """Return the result of one check.

    Args:
        check: what was asked.
        expected: what the reference showed.
        outcome: what the submission showed.
        own: the dimensions in which agreement with itself is enough.
    """
    status, message, call = outcome.status, outcome.message, ""
    if outcome.place:
        message += f" ({outcome.place})"
    if status == Status.SEEN:
        found = comparison.find(expected.seen, outcome.seen, check.rtol, check.atol, own)
        status, message = (Status.FAILED, found.words) if found else (Status.PASSED, "")
        call = _call(expected, found.path) if found else ""
    return CheckResult(
        check.name,
        check.dimension,
        check.statement,
        check.points,
        status,
        message,
        call=call,
        unsolved=outcome.unsolved,
    )


def _call(expected: Outcome, path: tuple) -> str:
    """Return the code that gives the answer at a path, or the closest that it is a part of.

    The reference's child says it: what a submission's says of calls is never shown.
    """
    calls = (expected.calls.get(path[:length]) for length in range(len(path), -1, -1))
    return next(filter(None, calls), "")


def verdicts(
    checks: list[CheckInfo], expected: dict[str, Outcome], outcomes: dict[str, Outcome]
) -> list[CheckResult]:
    """Return the result of each check.

    Agreement with itself is enough only where a submission has lost points for wrong answers
    already, and is worth no more than those: a forged agreement is no way around the rest of the
    work. It counts only if other inputs are answered otherwise, which `comparison` sees.
    """
    found = [verdict(check, expected[check.name], outcomes[check.name]) for check in checks]
    has_either = {check.name: dimensions(expected[check.name]) for check in checks}
    lost = dict.fromkeys(DIMENSIONS, 0.0)
    for result in found:
        if not has_either[result.name]:
            lost[result.dimension] += result.max_score - result.score
    left = dict(lost)
    for index, check in enumerate(checks):
        own = [name for name in has_either[check.name] if check.points <= lost[name]]
        passed = found[index].status == Status.PASSED
        if passed or not own or check.points > left[own[0]]:
            continue
        found[index] = verdict(check, expected[check.name], outcomes[check.name], own)
        left[own[0]] -= found[index].score
    return found


def dimensions(expected: Outcome) -> list[str]:
    """Return the dimensions of each `either`: where points must be lost for agreement to count."""
    return list(dict.fromkeys(either.dimension for either in eithers(expected.seen)))


def is_wrong(check: CheckInfo, expected: Outcome, outcome: Outcome) -> bool:
    """Tell whether an outcome loses points whatever another process may answer for it."""
    if left_for_later(outcome.seen):
        return False
    return verdict(check, expected, outcome, DIMENSIONS).status != Status.PASSED


def is_unsolved(results: Iterable[CheckResult]) -> bool:
    """Tell whether nothing of an exercise has been solved."""
    return all(one.status == Status.NOT_DEFINED or one.unsolved for one in results)


def without_points(
    checks: Iterable[CheckInfo], submission: Submission, status: Status, message: str
) -> SubmissionResult:
    """Return a result without a point, with every check listed."""
    shown = Status.NOT_DEFINED if status == Status.UNREADABLE else status
    results = [
        CheckResult(check.name, check.dimension, check.statement, check.points, shown, message)
        for check in checks
    ]
    return SubmissionResult(submission.id, submission.path, status, results, message=message)
