"""Results as plain text."""

from collections.abc import Iterable, Iterator, Mapping
from textwrap import indent

from autograder.records.practice import Result, by_dimension, shared_reasons
from autograder.records.results import CheckResult, Status, SubmissionResult
from autograder.records.text import plain

Graded = Mapping[str, tuple[float, str]]  # as in `practice.About`
NOTHING: Graded = {}
MARKS = {(True, False): "✓", (False, True): "✗", (False, False): "·"}  # passed, failed
HAND_IN = "To hand in, save the notebook, and give it to your course under this name."


def checks(result: SubmissionResult, dimension: str) -> str:
    """Return the checks of one dimension, with their hints."""
    lines = []
    for check in said_once(result.dimension(dimension)):
        mark = "✓" if check["status"] == Status.PASSED else "✗"
        lines.append(f"{mark} {check['statement']} ({check['score']:g} of {check['max_score']:g})")
        if check["message"]:
            lines.append(indent(check["message"], "    "))
        if check["call"]:
            lines.append(indent(to_try(check["call"]), "    "))
        if check["hint"]:
            lines.append(f"    hint: {check['hint']}")
    return "\n".join(lines)


def to_try(call: str) -> str:
    """Return code to try with words before it; several lines of it stand below them."""
    return f"try it: {call}" if "\n" not in call else f"try it:\n{indent(call, '    ')}"


def public_tests(results: list[Result], graded: Graded = NOTHING) -> str:
    """Return what the public tests found, with hints from the second try on."""
    lines, told, reasons = [], "", shared_reasons(results)
    shared = {one.name for some in reasons for one in some}
    for some in reasons:
        lines.append(f"{len(some)} tests fail for one reason:")
        lines += [f"    {plain(line)}" for line in some[0].lines()]
    for dimension, some in by_dimension(results).items():
        lines.append(f"{dimension}: {sum(one.passed for one in some)} of {len(some)}")
        for one in some:
            lines.append(f"  {MARKS[one.passed, one.failed]} {one.statement}")
            if one.name not in shared or len(reasons) > 1:
                lines += [f"      {plain(line)}" for line in one.lines()]
            if one.shows_hint and one.hint != told:
                lines.append(f"      hint: {one.hint}")
                told = one.hint
    if late := not_run(results):
        lines.append(late)
    lines.append(summary(results))
    if lines[-1]:
        lines += [f"{name}, {points:g} points: {asks}" for name, (points, asks) in graded.items()]
        lines.append(HAND_IN)
    return "\n".join(lines).rstrip()


def not_run(results: list[Result]) -> str:
    """Return what is to be said of tests that were skipped after an endless loop."""
    late = [one for one in results if one.status == Status.TIMED_OUT]
    skipped = sum(one.status == Status.NOT_ASKED for one in results)
    if not (late and skipped):
        return ""
    where = late[0].place or late[0].called
    return plain(f"Not run: {skipped} more. First mend the loop{f' at {where}' if where else ''}")


def summary(results: list[Result]) -> str:
    """Return what is below the results, if all pass; otherwise the exception says it."""
    if not all(one.passed for one in results):
        return ""
    return "The public tests pass. Hidden checks ask more when your work is graded."


def said_once(checks: Iterable[CheckResult]) -> Iterator[dict]:
    """Yield checks as data, without a message or a hint that has just been said.

    Code to try stands beside its message.
    """
    said = {"message": "", "hint": ""}
    for check in checks:
        now = {"message": plain(check.message), "hint": check.hint}
        new = {key: "" if text == said[key] else text for key, text in now.items()}
        call = plain(check.call) if new["message"] else ""
        yield vars(check) | {"score": check.score} | new | {"call": call}
        said = {"message": now["message"], "hint": now["hint"] or said["hint"]}
