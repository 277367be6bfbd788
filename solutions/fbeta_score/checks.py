"""What it means to have solved `fbeta_score`."""

import numpy as np

from autograder.checks import check
from autograder.checks.kinds import exception
from autograder.checks.kinds.metrics import Metric, results

SWITCHED_OFF = [
    "keras.metrics.F1Score",
    "keras.metrics.FBetaScore",
    "keras.metrics.Precision",
    "keras.metrics.Recall",
    "keras.metrics.TruePositives",
    "keras.metrics.FalsePositives",
    "keras.metrics.FalseNegatives",
    "keras.metrics.TrueNegatives",
]

# Predictions on both sides of the thresholds 0.25, 0.5 and 0.75, and never close to one.
BANDS = (0.8, 0.95), (0.55, 0.7), (0.3, 0.45), (0.05, 0.2)


def draw(rng, labels):
    """The labels that are given, and predictions from one band after the other."""
    low, high = np.transpose([BANDS[index % 4] for index in range(len(labels))])
    pred = rng.uniform(low, high)[:, None].astype("float32")
    return np.float32(labels)[:, None], pred


@check("numerics", points=1)
def exactly_on_the_threshold(FBetaScore, rng):
    """a prediction of exactly the threshold is not positive"""
    true, pred = draw(rng, [1, 0, 1, 0, 1, 0, 1, 1])
    seen = {}
    # The thresholds have no rounding in float32.
    for threshold in 0.25, 0.5:
        on_it = pred.copy()
        on_it[4:] = threshold
        seen[f"threshold {threshold}"] = results(FBetaScore(threshold=threshold), (true, on_it))
    return seen


@check("numerics", points=1)
def labels_of_other_dtypes(FBetaScore, rng):
    """labels may be bool, int32, int64, float32 or float64"""
    true, pred = draw(rng, rng.permutation([1, 1, 0, 0, 1, 0, 1]))
    dtypes = "bool", "int32", "int64", "float32", "float64"
    return {dtype: results(FBetaScore(), (true.astype(dtype), pred)) for dtype in dtypes}


@check("numerics", points=2)
def nothing_to_divide(FBetaScore, rng):
    """without a true positive the score is 0.0, whatever else there is or is not"""
    ones, zeros = np.ones((4, 1), "float32"), np.zeros((4, 1), "float32")
    high, low = rng.uniform(0.6, 0.9, (4, 1)), rng.uniform(0.1, 0.4, (4, 1))
    cases = {
        "no positive prediction": (ones, low),
        "no positive label": (zeros, high),
        "neither": (zeros, low),
        "only false ones of both": (np.float32([[1], [0], [1], [0]]), np.where(ones, low, high)),
        "all weights are zero": (ones, high, zeros),
    }
    seen = {}
    for label, (true, pred, *weights) in cases.items():
        metric = FBetaScore(beta=2.0)
        seen[label] = results(metric, (true, pred.astype("float32"), *weights))
        # What comes later counts as ever.
        seen[f"{label}, and a batch after it"] = results(metric, draw(rng, [1, 1, 0, 1]))
    return seen


class EveryMetric(Metric, asked="FBetaScore"):
    """What every metric must answer, asked of this one."""

    arguments = {"beta": (2.0, 0.5), "threshold": (0.25, 0.75)}

    def draw(self, rng, samples, high):
        pattern = [1, 1, 1, 0] if high else [0, 1, 0, 1]
        return draw(rng, [pattern[index % 4] for index in range(samples)])

    every_sample_counts_the_same = Metric.every_sample_counts_the_same.but(
        "batches of unequal size give the score of all their samples, not a mean of scores",
        points=2,
    )
    nothing_to_train = exception("counts have no slope: the exercise has no gradients")
    name_survives = Metric.name_survives.but(
        "a name that was given survives saving and loading, and without one it is fbeta_score"
    )
