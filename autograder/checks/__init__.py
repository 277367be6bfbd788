"""The words an author writes hidden checks with.

A check asks a submission one question and returns what it saw. It holds no answer: the grader asks
the reference the same question and compares.

    @check("gradients", points=2)
    def slope_is_clipped(HuberLoss):
        \"\"\"the slope is the error, clipped to the threshold on both sides\"\"\"
        return gradient(lambda pred: HuberLoss(threshold=2.0)(TRUE, pred), PRED)

The parameters name what the submission must define. A parameter `rng` is a NumPy generator, seeded
anew for each grading run and the same for everybody in it. The docstring is what the student reads.

`asking` makes a check of a function, `calls` says which code gives an answer, `later` has another
process answer, and `components` holds what checks of losses, layers, metrics, models and functions
have in common.
"""

from autograder.checks.asking import Check, check, either
from autograder.checks.calls import tried
from autograder.checks.components import HUBER, compiled, gradient, holding, moves, ratio
from autograder.checks.later import (
    again,
    exported,
    find,
    found_as,
    in_graph,
    once,
    one_graph,
    reloaded,
    survives,
    written,
)

__all__ = [
    "HUBER",
    "Check",
    "again",
    "check",
    "compiled",
    "either",
    "exported",
    "find",
    "found_as",
    "gradient",
    "holding",
    "in_graph",
    "moves",
    "once",
    "one_graph",
    "ratio",
    "reloaded",
    "survives",
    "tried",
    "written",
]
