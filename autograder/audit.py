"""Do the hidden checks tell right from wrong? Ask the answers that are known to be either."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from autograder.build import stub
from autograder.exercises import Exercise
from autograder.grading import Grader
from autograder.hints import SEEDS as HINT_SEEDS
from autograder.interview import Seeds
from autograder.processes import Worker
from autograder.results import DIMENSIONS, SubmissionResult
from autograder.submissions import Submission


@dataclass
class Row:
    kind: str  # stub, wheat, chaff
    name: str
    loses: tuple[str, ...]
    result: SubmissionResult

    @property
    def lost(self) -> list[str]:
        """The dimensions in which it lost points."""
        points = {name: self.result.points(name) for name in DIMENSIONS}
        return [name for name, (score, most) in points.items() if score < most]

    @property
    def problem(self) -> str:
        """What is wrong with the verdict on it."""
        if self.kind == "wheat":
            bad = [check for check in self.result.checks if check.status != "passed"]
            return "; ".join(f"{check.name}: {check.message}" for check in bad)
        if self.kind == "stub":
            solved = [c for c in self.result.checks if not c.message.startswith("not solved yet")]
            return "; ".join(f"{check.name}: {check.status} {check.message}" for check in solved)
        if set(self.lost) != set(self.loses) or not self.lost:
            return f"loses {' '.join(self.lost) or 'nothing'}, not {' '.join(self.loses) or 'said'}"
        if not any(check.chaff == self.name for check in self.result.checks):
            return "does not get its own hint back"
        return ""


@dataclass
class Audit:
    exercise: Exercise
    checks: list[str]
    rows: list[Row] = field(default_factory=list)

    def caught_by(self, check: str, alone: bool = False) -> list[str]:
        """Return the chaffs that a check catches, or those that no other check catches."""
        return [
            row.name
            for row in self.rows
            if row.kind == "chaff"
            and check in (bad := [c.name for c in row.result.checks if c.status != "passed"])
            and (not alone or bad == [check])
        ]


def audit(exercise: Exercise, worker: Worker, seed: int | None = None) -> Iterator[Audit]:
    """Grade all specimens; yield the audit after each.

    Without a seed the inputs are those that hints are found with, and the chaffs' answers are kept.
    """
    grader = Grader(worker, exercise, HINT_SEEDS if seed is None else Seeds.both(seed))
    found = Audit(exercise, [check.name for check in grader.checks])

    def row(kind, name, loses, source):
        result = grader.grade(Submission(name, name, False, (source,)))
        found.rows.append(Row(kind, name, loses, result))
        return found

    yield row("stub", "stub", DIMENSIONS, stub(exercise))
    for wheat in exercise.wheats:
        yield row("wheat", wheat.name, (), wheat.source)
    for chaff in exercise.chaffs:
        if seed is None:
            outcomes = grader.hints.answers[chaff.name]
            checks = grader.verdicts(outcomes)
            grader.add_hints(checks, outcomes)
            result = SubmissionResult(chaff.name, chaff.name, "graded", checks)
            found.rows.append(Row("chaff", chaff.name, chaff.loses, result))
            yield found
        else:
            yield row("chaff", chaff.name, chaff.loses, chaff.source)
