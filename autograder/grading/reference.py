"""What an exercise asks, and what its reference solution shows."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograder.grading.comparison import moves
from autograder.grading.dialogue import Setup, describe
from autograder.grading.interview import Interview, Plan
from autograder.grading.processes import ChildEnded, ChildTooSlow, Worker
from autograder.grading.seeds import Seeds
from autograder.grading.verdicts import CheckInfo
from autograder.records.exercises import Exercise
from autograder.records.observations import Thing, eithers, walk
from autograder.records.results import NotGraded, Outcome, Status
from autograder.records.submissions import Submission


class GraderError(NotGraded):
    """Something of ours failed: nobody's score may depend on it."""


@dataclass(frozen=True)
class Reference:
    """What submissions are compared with.

    Attributes:
        setup: what every child gets.
        checks: of the exercise, in order.
        seeds: what the random inputs are drawn from.
        expected: what the reference shows in each check.
        plan: what it leaves for later.
        random: the checks whose inputs are drawn.
        exceptions: why checks of a kind are not asked, by their names.
    """

    setup: Setup
    checks: list[CheckInfo]
    seeds: Seeds
    expected: dict[str, Outcome]
    plan: Plan
    random: frozenset[str]
    exceptions: dict[str, str]

    @property
    def names(self) -> list[str]:
        """The names of the checks, in order."""
        return [check.name for check in self.checks]

    @classmethod
    def ask(cls, worker: Worker, exercise: Exercise, seeds: Seeds) -> "Reference":
        """Load the checks of an exercise, and ask them of its reference.

        Raises:
            GraderError: the checks cannot be loaded, or the reference cannot answer them.
        """
        setup, checks, exceptions = load_checks(worker, exercise)
        solution = Submission("reference", str(exercise.folder), False, (exercise.reference,))
        names = [check.name for check in checks]
        answers = Interview(worker, setup, solution).run(names, seeds)
        for check in checks:
            outcome = answers.outcomes[check.name]
            problem = _problem(check, outcome)
            if outcome.status != Status.SEEN or problem:
                raise GraderError(
                    f"{exercise.name}: the reference cannot answer the check {check.name}: "
                    f"{problem} {outcome.place}. Mend reference.py or checks.py."
                )
        later = answers.left_for_later
        random = {check.name for check in checks if check.random}
        random |= {name for (name, _), leaf in later.items() if leaf.random}
        plan = {key: (leaf.how, leaf.use) for key, leaf in later.items()}
        return cls(setup, checks, seeds, answers.outcomes, plan, frozenset(random), exceptions)


def load_checks(
    worker: Worker, exercise: Exercise
) -> tuple[Setup, list[CheckInfo], dict[str, str]]:
    """Return what an exercise asks, and why checks of its kinds are not asked.

    Raises:
        GraderError: the checks cannot be loaded.
    """
    path = exercise.folder / "checks.py"
    try:
        described = describe(worker, exercise.checks)
        if "problem" in described:
            raise GraderError(_in_a_sentence(path, described["problem"]))
        checks = [CheckInfo(**fields) for fields in described["checks"]]
        switched_off = described["switched_off"]
    except (ChildEnded, ChildTooSlow, TypeError, KeyError) as error:
        raise GraderError(f"the checks of {exercise.name} cannot be loaded: {error}") from error
    if not checks:
        raise GraderError(f"{path} has no checks")
    needs = list(dict.fromkeys(name for check in checks for name in check.requires))
    setup = Setup(exercise.name, exercise.checks, switched_off, needs)
    return setup, checks, described["exceptions"]


def _in_a_sentence(path: Path, problem: str) -> str:
    """Return what stopped the checks from being loaded: the line of theirs, and the last words."""
    lines = re.findall(r'File "checks\.py", line (\d+)', problem)
    where = f"{path}, line {lines[-1]}" if lines else f"{path}"
    return f"{where}: {problem.strip().splitlines()[-1]}"


def _problem(check: CheckInfo, outcome: Outcome) -> str:
    """Return why no submission can be compared with what the reference shows."""
    problem = outcome.message
    for path, leaf in walk(outcome.seen):
        if isinstance(leaf, Thing):
            problem = f"{leaf.kind} at {list(path)}"
        elif isinstance(leaf, (float, np.ndarray)) and np.isnan(leaf).any():
            problem = f"not a number at {list(path)}"
    if not all(moves(one.exact, check.rtol, check.atol) for one in eithers(outcome.seen)):
        problem = (
            "the exact answers of an `either` must be a list: one, and others for inputs "
            "that are drawn anew, which differ from it"
        )
    return problem
