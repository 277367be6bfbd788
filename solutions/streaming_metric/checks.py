"""What it means to have solved `streaming_metric`."""

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import HUBER, check, gradient
from autograder.checks.kinds import exception
from autograder.checks.kinds.metrics import Metric, tried_results

SWITCHED_OFF = HUBER

# Where errors are small they are within every threshold used here, where they are large beyond;
# those in the middle are beyond all but 2.0.
SMALL, MIDDLE, LARGE = (0.05, 0.4), (1.2, 1.8), (2.5, 5.0)


def draw(rng, samples, outputs, *kinds):
    """Labels that differ, and predictions with errors of each kind in turn and of both signs.

    The kind changes from sample to sample and from output to output, the sign from output to output
    and after two samples.
    """
    sample, output = np.indices((samples, outputs))
    low, high = np.moveaxis(np.array(kinds)[(sample + output) % len(kinds)], -1, 0)
    error = rng.uniform(low, high) * np.where((sample // 2 + output) % 2, -1, 1)
    true = rng.normal(scale=3, size=(samples, outputs)).round(2)
    # With two digits, a student can read them.
    return true.astype("float32"), (true - error).round(2).astype("float32")


def after_one_update(metric, *batch):
    """The result after one update, as a function of the batch without side effects."""
    state = metric.stateless_update_state(metric.variables, *batch)
    # Like `stateless_result`, which does not read a variable that `result` returns.
    with keras.StatelessScope(zip(metric.variables, state, strict=True)):
        result = metric.result()
        return result.value if isinstance(result, keras.Variable) else result


def why_no_gradient(metric):
    """What more there is to say where nothing flows back, or None."""
    if not metric.variables:
        return "no gradient (and the metric has no variables)"
    if metric.result() != 0:
        return "no gradient (and the stateless form has changed the metric itself)"
    return None


def no_numbers(HuberMetric, true, pred, weights):
    """How many values of one update's result and of its gradient are NaN or infinite.

    And whether there is a gradient where there are weights: a constant is finite, too.
    """

    def f(pred, weights=weights):
        # What does not depend on the input has no gradient at all, which is as good as zeros.
        return after_one_update(HuberMetric(), true, pred, weights) + 0 * tf.reduce_sum(pred)

    values = {"result": f(pred), "gradient": gradient(f, pred)}
    usual = gradient(lambda pred: f(pred, np.ones(len(true), "float32")), pred)
    return {
        f"values of its {name} that are NaN or infinite": int(np.sum(~np.isfinite(value)))
        for name, value in values.items()
    } | {"0 for all predictions, with any weights": bool(np.all(usual == 0))}


# Every wrong formula fails other checks too; this one shows it with nothing else around.
@check("numerics", points=2)
def mean_huber_loss_of_a_batch(HuberMetric, rng):
    """after one batch the result is its mean Huber loss, whatever the threshold"""
    cases = (1.0, 1), (0.5, 1), (2.0, 3)
    # All are made before the first is used: none may use the threshold of another.
    metrics = {
        f"threshold {threshold}, {outputs} output{'s'[: outputs - 1]}": (
            HuberMetric(threshold=threshold),
            f"HuberMetric(threshold={threshold})",
            outputs,
        )
        for threshold, outputs in cases
    }
    metrics["no threshold, which is 1.0"] = HuberMetric(), "HuberMetric()", 1
    return {
        label: tried_results(*metric, draw(rng, 9, outputs, SMALL, MIDDLE, LARGE))
        for label, (*metric, outputs) in metrics.items()
    }


@check("numerics", points=1)
def weights_with_several_outputs(HuberMetric, rng):
    """a weight of either shape counts for all outputs of its sample; no weight is weight 1"""
    weights = rng.uniform(0.5, 1.5, 3).round(2).astype("float32") * np.float32([1, 4, 1])
    # As many samples as outputs: weights for the wrong axis would raise nothing.
    pair, other = draw(rng, 3, 3, SMALL, LARGE), draw(rng, 2, 3, LARGE)
    flat, column = (*pair, weights), (*pair, weights[:, np.newaxis])
    return {
        label: tried_results(HuberMetric(threshold=2.0), "HuberMetric(threshold=2.0)", *batches)
        for label, batches in {
            "(batch,), then none": (flat, other),
            "(batch, 1), then none": (column, other),
            "none, then (batch,)": (other, flat),
        }.items()
    }


@check("gradients", points=2)
def slope_of_one_update(HuberMetric, rng):
    """the gradient of one update in a prediction is its clipped error over the number of samples"""
    true, pred = draw(rng, 9, 1, SMALL, MIDDLE, LARGE)
    seen = {}
    for threshold in 0.5, 2.0:
        metric = HuberMetric(threshold=threshold)
        slope = gradient(lambda pred: after_one_update(metric, true, pred), pred)  # noqa: B023
        if not tf.is_tensor(slope):
            slope = why_no_gradient(metric) or slope
        seen[f"threshold {threshold}"] = slope
    return seen


@check("gradients", points=1)
def finite_slope_at_zero_error(HuberMetric):
    """the gradient is finite where a prediction is exactly right"""
    true = np.float32([[1], [2], [4], [3]])
    pred = true + np.float32([[0], [3], [0], [-0.25]])
    return no_numbers(HuberMetric, true, pred, np.ones(4, "float32"))


@check("gradients", points=1)
def finite_slope_without_weight(HuberMetric):
    """the gradient is finite where all weights are zero"""
    true = np.float32([[1], [2], [4], [3]])
    pred = true + np.float32([[-0.5], [3], [-4], [0.25]])
    return no_numbers(HuberMetric, true, pred, np.zeros(4, "float32"))


class EveryMetric(Metric, asked="HuberMetric"):
    """What every metric must answer, asked of this one."""

    # The first is a float32, too, but is not rounded to a few digits: it is saved.
    arguments = {"threshold": (2.40625, 0.5)}

    def draw(self, rng, samples, high):
        return draw(rng, samples, 2, LARGE if high else SMALL)

    values = exception("`mean_huber_loss_of_a_batch` asks it, of several outputs, too")
    # A metric that averages averages does so with weights, too; here it shows without them.
    every_sample_counts_the_same = Metric.every_sample_counts_the_same.but(
        "batches of unequal size give the mean over all their samples"
    )
    weights_of_samples = Metric.weights_of_samples.but(
        "weights of shape (batch,) and (batch, 1), small or not, give sum(w * loss) / sum(w)"
    )
    name_survives = Metric.name_survives.but(
        "a name that was given survives saving and loading, and without one it is huber_metric"
    )
