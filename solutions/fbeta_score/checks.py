"""What it means to have solved `fbeta_score`."""

import numpy as np

from autograder.checks import check, ratio, reloaded
from autograder.checks.kinds import exception
from autograder.checks.kinds.metrics import Metric, changes, results, tried_results

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

# Labels and bands of the first samples of a batch. Mixed or not, there are true positives, false
# positives and false negatives for each of the thresholds, and of the last two not as many.
HIGH = (1, 0), (1, 2), (1, 1), (1, 3), (0, 1), (0, 0), (1, 0), (1, 0)
LOW = (0, 0), (1, 3), (1, 1), (0, 2), (1, 0), (0, 1), (0, 1), (1, 2), (0, 3)


def draw(rng, samples):
    """Labels, and predictions within bands, of the pairs of a label and a band that are given."""
    labels, bands = np.transpose(samples)
    pred = rng.uniform(*np.transpose(np.array(BANDS)[bands])).round(2)
    return np.float32(labels)[:, None], np.float32(pred)[:, None]


def of_logits(pred):
    """The same predictions, for a threshold of 0 in place of 0.5."""
    return (2 * pred - 1).round(2)


@check("numerics", points=1)
def exactly_on_the_threshold(FBetaScore, rng):
    """a prediction of exactly the threshold is not positive, whatever the threshold"""
    true, pred = draw(rng, HIGH)
    seen = {}
    # Two are exact in float32, and 0.6 is more there than in float64. 0 is false in Python.
    for threshold in 0.25, 0.5, 0.6, 0.0:
        near = pred if threshold else of_logits(pred)
        on_it = np.where(np.arange(len(pred))[:, None] > 4, np.float32(threshold), near)
        made = FBetaScore(threshold=threshold), f"FBetaScore(threshold={threshold})"
        seen[f"threshold {threshold}"] = tried_results(*made, (true, on_it))
    return seen


@check("numerics", points=1)
def labels_of_other_dtypes(FBetaScore, rng):
    """labels may be bool, int32, int64, float32 or float64"""
    true, pred = draw(rng, rng.permutation(LOW))
    dtypes = "bool", "int32", "int64", "float32", "float64"
    return {
        dtype: tried_results(FBetaScore(), "FBetaScore()", (true.astype(dtype), pred))
        for dtype in dtypes
    }


@check("numerics", points=2)
def nothing_to_divide(FBetaScore, rng):
    """without a true positive the score is 0.0, whatever else there is or is not"""
    hits, alarms, misses, rest = (1, 0), (0, 0), (1, 3), (0, 3)
    cases = {
        "no positive prediction": [misses, rest, misses, rest],
        "no positive label": [alarms, rest, alarms],
        "neither": [rest, rest],
        "every prediction is wrong": [misses, alarms, misses, alarms],
    }
    seen = {}
    for label, samples in cases.items():
        made = FBetaScore(beta=2.0), "FBetaScore(beta=2.0)"
        # What comes later counts as ever.
        batches = draw(rng, samples), draw(rng, [hits, hits, alarms, misses, hits])
        alone, then = tried_results(*made, *batches)
        seen |= {label: alone, f"{label}, and a batch after it": then}
    return seen


class EveryMetric(Metric, asked="FBetaScore"):
    """What every metric must answer, asked of this one."""

    arguments = {"beta": (1.45, 0.6), "threshold": (0.25, 0.75)}

    small = 0.06  # four of them are together more than 0.1

    def draw(self, rng, samples, high):
        pairs = HIGH if high else LOW
        # Those that follow are drawn: scores of large batches differ from batch to batch.
        more = np.stack(
            [rng.random(samples) < (0.7 if high else 0.4), rng.integers(4, size=samples)]
        )
        return draw(rng, [*pairs, *more.T.astype(int)][:samples])

    def two_batches(self, rng):
        return [self.draw(rng, 40, high) for high in (True, False)]

    def stream(self, rng):
        return [self.draw(rng, 50, True), self.draw(rng, 20, False), self.mixed(rng, 40)]

    def beside_a_new_one_of_logits(self, metric, rng):
        batches = [(true, of_logits(pred)) for true, pred in self.two_batches(rng)]
        own = results(type(metric)(1.45, 0.0), *batches)
        return ratio(changes(results(metric, *batches)), changes(own))

    @check("serialization", points=2)
    def arguments_survive(self, FBetaScore):
        """saved and loaded in a new process, it behaves like a new one of the same {arguments}"""
        found = Metric.arguments_survive.ask(self, FBetaScore)
        # What is left out of the configuration where it is false.
        zero = reloaded(FBetaScore(1.45, 0.0), use=self.beside_a_new_one_of_logits)
        return {"loaded": found, "with the threshold 0, over a new one": zero}

    values = Metric.values.but(
        "after one batch the score is what is asked, whatever {arguments}, and by default"
    )
    every_sample_counts_the_same = Metric.every_sample_counts_the_same.but(
        "batches of unequal size give the score of all their samples, not a mean of scores",
        points=2,
    )
    weights_of_samples = Metric.weights_of_samples.but(
        "weights of shape (batch,) and (batch, 1) say how much each sample counts",
        rtol=1e-5,
        atol=1e-6,
    )
    nothing_to_train = exception("counts have no slope: the exercise has no gradients")
    name_survives = Metric.name_survives.but(
        "a name that was given survives saving and loading, and without one it is fbeta_score"
    )
