"""Make a check of a function."""

import copy
import inspect
from collections.abc import Callable
from typing import Any

from autograder.records.observations import Either
from autograder.records.results import DIMENSIONS


class Check:
    """One graded question: what `check` makes of a function."""

    def __init__(self, ask: Callable, dimension: str, points: float, rtol: float, atol: float):
        self.ask, self.name = ask, ask.__name__
        if dimension not in DIMENSIONS:
            raise ValueError(
                f"check {self.name}: dimension must be one of {', '.join(DIMENSIONS)}."
                f" Received: {dimension!r}"
            )
        if not points > 0:
            raise ValueError(f"check {self.name}: points must be positive. Received: {points!r}")
        if not ask.__doc__:
            raise ValueError(f"check {self.name}: a docstring is missing; the student reads it.")
        self.dimension, self.points, self.rtol, self.atol = dimension, points, rtol, atol
        self.statement = " ".join(ask.__doc__.split())
        parameters = list(inspect.signature(ask).parameters)
        self.requires = [name for name in parameters if name != "rng"]
        self.random = "rng" in parameters
        self.kind = ""  # the module of `kinds` that it comes from

    def but(
        self, statement: str = "", *, points: float = 0, rtol: float = 0, atol: float = 0
    ) -> "Check":
        """Return a check of a kind with another sentence for the student, points, or tolerances."""
        changed = copy.copy(self)
        changed.statement = " ".join(statement.split()) or self.statement
        changed.points = points or self.points
        changed.rtol, changed.atol = rtol or self.rtol, atol or self.atol
        return changed


def check(dimension: str, points: float, rtol: float = 1e-4, atol: float = 1e-5) -> Callable:
    """Make a check of a function.

    Args:
        dimension: "numerics", "gradients", "serialization" or "graph".
        points: what a right answer earns.
        rtol: relative tolerance of the comparison with the reference.
        atol: absolute tolerance, in the units of the answer.
    """
    return lambda ask: Check(ask, dimension, points, rtol, atol)


def either(exact: list, own: Any, dimension: str = "numerics") -> Either:
    """Ask for the reference's answer, or, of who answers wrongly anyway, for agreement with itself.

    So a wrong formula costs its points once, and yet nobody gets any for pretending to agree, nor
    for answering all inputs alike.

    Args:
        exact: what the reference must show, too: a list of the answer for random inputs, and of the
            answers with one input after the other drawn anew. If the first is given once more, a
            submission ignores its inputs, and `own` does not count. For a graph or a file, `use`
            should find and draw all of it.
        own: what a submission shows that agrees with itself, like a ratio of 1. It counts as far as
            points have been lost by checks without an `either`.
        dimension: where these must have been lost.
    """
    return Either(exact, own, dimension)
