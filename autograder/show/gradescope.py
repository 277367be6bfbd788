"""Results as Gradescope takes them from an autograder: the file `results.json`.

https://gradescope-autograders.readthedocs.io/en/latest/specs/ says what stands in it.
"""

import json
from collections.abc import Iterable

from autograder.records.results import Run, Status, SubmissionResult
from autograder.records.text import plain
from autograder.show.messages import LOOK_AT, Format, points, points_of
from autograder.show.text import said_once, to_try


def results_json(runs: Iterable[Run], missing: Iterable[tuple[str, float]] = ()) -> str:
    """Return the results of one student.

    Args:
        runs: with one submission each.
        missing: exercises that were not handed in, and their points.
    """
    found = [(run.exercise, result) for run in runs for result in run.submissions]
    tests = [test for exercise, result in found for test in _tests(exercise, result)]
    missing = list(missing)
    for exercise, most in missing:
        tests.append(_test(exercise, 0, most, False, "It was not handed in."))
    notes = [f"{exercise}: {plain(result.message)}" for exercise, result in found if result.message]
    if any(result.look_at for _, result in found):
        notes.append(LOOK_AT)
    several = len(found) + len(missing) > 1
    bars = [
        one for exercise, result in found for one in points_of(result, exercise if several else "")
    ]
    content = {
        "score": sum(test["score"] for test in tests),
        "execution_time": round(sum(result.seconds for _, result in found)),
        # The tests below it say what to mend.
        "output": "\n".join([points(bars, Format.text), *notes]).strip(),
        "output_format": "text",
        "visibility": "visible",
        # What the command prints is the instructor's.
        "stdout_visibility": "hidden",
        "tests": tests,
    }
    return json.dumps(content, indent=1)


def _tests(exercise: str, result: SubmissionResult) -> list[dict]:
    if not result.checks:
        return [_test(exercise, 0, result.max_score, False, plain(result.message))]
    return [
        _test(
            f"{exercise}, {check['dimension']}: {check['statement']}",
            check["score"],
            check["max_score"],
            check["status"] == Status.PASSED,
            "\n".join(filter(None, _said(check))),
        )
        for check in said_once(result.checks)
    ]


def _said(check: dict) -> list[str]:
    """Return what is to be said of a check, some of it perhaps empty."""
    call, hint = check["call"], check["hint"]
    return [check["message"], call and to_try(call), hint and f"Hint: {hint}"]


def _test(name: str, score: float, most: float, passed: bool, output: str) -> dict:
    return {
        "name": name,
        "name_format": "text",
        "score": float(score),
        "max_score": float(most),
        "status": "passed" if passed else "failed",
        "output": output,
        "output_format": "text",
        "visibility": "visible",
    }
