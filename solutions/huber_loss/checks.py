"""What it means to have solved `huber_loss`."""

import keras
import numpy as np

from autograder.checks import check, gradient, in_graph, reloaded

SWITCHED_OFF = [
    "keras.losses.Huber",
    "keras.losses.huber",
    "tensorflow.compat.v1.losses.huber_loss",
]

# Errors inside and outside of every threshold used here, of both signs, and labels that differ.
TRUE = np.array([[1.0], [2.0], [4.0], [3.0], [7.0], [-2.0]], "float32")
PRED = TRUE - np.array([[0.25], [-0.4], [1.5], [-3.0], [10.0], [-1.0]], "float32")


def draw(rng, size=8):
    """Labels and predictions with small and large errors of both signs."""
    true = rng.normal(size=(size, 1)).astype("float32")
    error = rng.uniform(0.05, 0.4, size=(size, 1)) * rng.choice([-1, 1], size=(size, 1))
    error[size // 2 :] *= 12
    return true, (true - error).astype("float32")


@check("numerics", points=1)
def small_errors_cost_half_their_square(HuberLoss):
    """an error within the threshold costs half its square"""
    loss = HuberLoss(threshold=2.0)
    return [loss(TRUE[i : i + 1], PRED[i : i + 1]) for i in (0, 1, 2, 5)]


@check("numerics", points=2)
def large_errors_cost_linearly(HuberLoss, rng):
    """beyond the threshold the loss grows linearly, whatever the threshold"""
    true, pred = draw(rng)
    return {f"threshold {t}": HuberLoss(threshold=t)(true, pred) for t in (0.5, 2.0)}
