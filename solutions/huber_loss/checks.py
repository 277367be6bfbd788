"""What it means to have solved `huber_loss`."""

import numpy as np
import tensorflow as tf

from autograder.checks import HUBER, check, gradient, ratio, tried
from autograder.checks.kinds import exception
from autograder.checks.kinds.losses import Loss

SWITCHED_OFF = HUBER

# Sizes of errors: within the thresholds 0.5, 1.0 and 2.5, between the last two, beyond them all.
# The square of a middle one is beyond 2.5 as well.
SMALL, MIDDLE, LARGE = (0.1, 0.4), (1.7, 2.2), (3.0, 6.0)
BELOW_ONE = (0.8, 0.95)  # beyond 0.5, but their square, too, is below 1

CALLED = "HuberLoss({})({}, {})"

# Labels, and predictions whose errors are 2.5 and -2.5, without rounding.
BORDER = np.float32([[3], [-1]]), np.float32([[0.5], [1.5]])


def draw(rng, *kinds):
    """Labels of both signs that differ, and predictions with an error of each kind and sign.

    They have two digits, so that a student can read them.
    """
    error = np.array([[sign * rng.uniform(*kind)] for kind in kinds for sign in (1, -1)])
    true = rng.uniform(1, 4, size=error.shape).round(2)
    true[1::4] *= -1
    true[2::4] *= -1
    return true.astype("float32"), (true - error).round(2).astype("float32")


def one_by_one(HuberLoss, threshold, true, pred):
    """The loss of each sample alone, which is its own mean: how losses reduce is asked apart."""
    loss, samples = HuberLoss(threshold), [slice(i, i + 1) for i in range(len(true))]
    return [
        tried(np.mean(loss(true[one], pred[one])), CALLED, threshold, true[one], pred[one])
        for one in samples
    ]


def near(threshold):
    """Sizes of errors close to a threshold, on either side of it, and far from any other."""
    return (0.75 * threshold, 0.95 * threshold), (1.1 * threshold, 1.4 * threshold)


# What is wrong here has a wrong slope as well, unless `tf.custom_gradient` gives it the right one.
@check("numerics", points=3)
def small_errors(HuberLoss, rng):
    """up to the threshold, an error of either sign costs half its square"""
    return {
        "threshold 0.5": one_by_one(HuberLoss, 0.5, *draw(rng, SMALL, near(0.5)[0])),
        "threshold 2.5": one_by_one(HuberLoss, 2.5, *draw(rng, SMALL, MIDDLE, near(2.5)[0])),
        "exactly on the threshold 2.5": one_by_one(HuberLoss, 2.5, *BORDER),
    }


@check("numerics", points=3)
def large_errors(HuberLoss, rng):
    """beyond the threshold, the cost of an error of either sign grows linearly"""
    return {
        "threshold 0.5": one_by_one(
            HuberLoss, 0.5, *draw(rng, near(0.5)[1], BELOW_ONE, MIDDLE, LARGE)
        ),
        "threshold 2.5": one_by_one(HuberLoss, 2.5, *draw(rng, near(2.5)[1], LARGE)),
    }


def five_times(HuberLoss, threshold, true, pred):
    """The gradient of 5 times the loss in each prediction."""
    slopes = gradient(lambda pred: 5 * HuberLoss(threshold)(true, pred), pred)
    code = "5 * HuberLoss({})({}, pred)"
    return tried(slopes, code, threshold, true, slope_in={"pred": pred})


@check("gradients", points=3)
def slope_is_the_clipped_error(HuberLoss, rng):
    """the gradient in each prediction is its clipped error, times what arrives from above"""
    batch, beside_it = draw(rng, SMALL, MIDDLE, LARGE), draw(rng, *near(0.5))
    # Who forgets a factor of 5, and the mean of 6 or 2, is not off by 2 or a half.
    return {
        "5 times the loss, threshold 0.5": five_times(HuberLoss, 0.5, *batch),
        "5 times the loss, threshold 2.5": five_times(HuberLoss, 2.5, *batch),
        "the same, exactly on the threshold": five_times(HuberLoss, 2.5, *BORDER),
        "5 times the loss, close to the threshold 0.5": five_times(HuberLoss, 0.5, *beside_it),
    }


@check("gradients", points=1)
def no_slope_where_it_is_right(HuberLoss):
    """the gradient is 0 where a prediction is exactly right, and only there"""
    true = np.float32([[1], [-2], [4], [3]])
    slopes = gradient(lambda pred: HuberLoss(2.5)(true, pred), true + np.float32([[0]] * 3 + [[1]]))
    if not tf.is_tensor(slopes):
        return slopes
    *right, wrong = np.ravel(slopes)
    finite = np.isfinite(right)
    return {
        "NaN or infinite": int(np.sum(~finite)),
        "others": np.sum(np.abs(np.array(right)[finite])),
        "0 for an error of 1": bool(wrong == 0),
    }


class EveryLoss(Loss, asked="HuberLoss"):
    """What every loss must answer, asked of this one."""

    arguments = {"threshold": (2.5, 0.5)}
    defaults = {"threshold": 1.0}

    def draw(self, rng, samples):
        kinds = [(LARGE, MIDDLE, SMALL)[n % 3] for n in range(samples)]
        return tuple(side[:samples] for side in draw(rng, *kinds))

    def saved(self, rng):
        # One above 1, and one below: each is a float32, too, but none of a few digits.
        return [[float(2 * rng.integers(*odd) + 1) / 32] for odd in ((36, 48), (7, 15))]

    values = exception("`small_errors` and `large_errors` ask it on both sides of the threshold")
    slopes = exception("`slope_is_the_clipped_error` asks it on and close to the threshold, too")

    @check("numerics", points=1)
    def default_arguments(self, HuberLoss, rng):
        """without a threshold, the loss is that of `threshold=1.0`; an integer is one, too"""
        batch = self.draw(rng, 6)
        whole, two = (self.total(HuberLoss(number), *batch) for number in (2, 2.0))
        seen = Loss.default_arguments.ask(self, HuberLoss, rng)
        return seen | {"that of 2, over that of 2.0": ratio(whole, two)}

    mean_of_the_batch = Loss.mean_of_the_batch.but(
        "by default, a batch of small and large errors costs the mean of what they cost alone"
    )

    @check("graph", points=1)
    def one_graph_for_all_batches(self, HuberLoss):
        """traced once for batches of any size, the graph alone gives what direct calls give"""
        return self.traced(HuberLoss(2))  # a graph makes int32 of what is first in an operation
