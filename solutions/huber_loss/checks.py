"""What it means to have solved `huber_loss`."""

import contextlib
from functools import partial

import numpy as np
import tensorflow as tf

from autograder.checks import (
    HUBER,
    again,
    check,
    compiled,
    either,
    gradient,
    moves,
    one_graph,
    ratio,
    redrawn,
    reloaded,
)

SWITCHED_OFF = HUBER

# Sizes of errors: within the thresholds 0.5, 1.0 and 2.5, between the last two, beyond them all.
# The square of a middle one is beyond 2.5 as well.
SMALL, MIDDLE, LARGE = (0.1, 0.4), (1.7, 2.2), (3.0, 6.0)
BELOW_ONE = (0.8, 0.95)  # beyond 0.5, but their square, too, is below 1

# Labels, and predictions whose errors are 2.5 and -2.5, without rounding.
BORDER = np.float32([[3], [-1]]), np.float32([[0.5], [1.5]])


def draw(rng, *kinds):
    """Labels of both signs that differ, and predictions with an error of each kind and sign."""
    error = np.array([[sign * rng.uniform(*kind)] for kind in kinds for sign in (1, -1)])
    true = rng.uniform(1, 4, size=error.shape)
    true[1::4] *= -1
    true[2::4] *= -1
    return true.astype("float32"), (true - error).astype("float32")


def batch(rng):
    return draw(rng, SMALL, LARGE, MIDDLE)


def one_by_one(loss, true, pred):
    """The loss of each sample alone, which is its own mean: how losses reduce is asked apart."""
    return [np.mean(loss(true[i : i + 1], pred[i : i + 1])) for i in range(len(true))]


def near(threshold):
    """Sizes of errors close to a threshold, on either side of it, and far from any other."""
    return (0.75 * threshold, 0.95 * threshold), (1.1 * threshold, 1.4 * threshold)


def cost(loss, true, pred):
    """What errors cost beyond perfect predictions: nothing, if a loss ignores its inputs."""
    return loss(true, pred) - loss(true, tf.cast(true, tf.float32))


def total(loss, true, pred):
    """The sum of what errors cost, however the loss reduces it."""
    return tf.reduce_sum(cost(loss, true, pred))


# What is wrong here has a wrong slope as well, unless `tf.custom_gradient` gives it the right one.
@check("numerics", points=3)
def small_errors(HuberLoss, rng):
    """up to the threshold, an error of either sign costs half its square"""
    return {
        "threshold 0.5": one_by_one(HuberLoss(0.5), *draw(rng, SMALL, near(0.5)[0])),
        "threshold 2.5": one_by_one(HuberLoss(2.5), *draw(rng, SMALL, MIDDLE, near(2.5)[0])),
        "exactly on the threshold 2.5": one_by_one(HuberLoss(2.5), *BORDER),
    }


@check("numerics", points=3)
def large_errors(HuberLoss, rng):
    """beyond the threshold, the cost of an error of either sign grows linearly"""
    return {
        "threshold 0.5": one_by_one(
            HuberLoss(0.5), *draw(rng, near(0.5)[1], BELOW_ONE, MIDDLE, LARGE)
        ),
        "threshold 2.5": one_by_one(HuberLoss(2.5), *draw(rng, near(2.5)[1], LARGE)),
    }


@check("numerics", points=1)
def threshold_is_one_by_default(HuberLoss, rng):
    """without a threshold, the loss is that of `threshold=1.0`; the integer 2 is one like 2.0"""
    both = batch(rng)
    one, whole = (total(HuberLoss(threshold=size), *both) for size in (1.0, 2.0))
    return {
        "over that of 1.0": ratio(total(HuberLoss(), *both), one),
        "another threshold gives another": moves([one, total(HuberLoss(2.5), *both)]),
        "that of 2, over that of 2.0": ratio(total(HuberLoss(2), *both), whole),
    }


@check("numerics", points=1)
def each_keeps_its_threshold(HuberLoss, rng):
    """a loss still uses its own threshold when another one has been made"""
    first, both = HuberLoss(0.5), draw(rng, MIDDLE, LARGE)
    before, other = total(first, *both), total(HuberLoss(2.5), *both)
    return {
        "over what it was before": ratio(total(first, *both), before),
        "the other one is another": moves([before, other]),
    }


# Wrong means show in gradients or other reductions, too; here they show with nothing else around.
@check("numerics", points=2)
def mean_of_the_batch(HuberLoss, rng):
    """by default, a batch of small and large errors costs the mean of what they cost alone"""
    loss, both = partial(cost, HuberLoss(2.5)), batch(rng)
    return {"over the mean": ratio(loss(*both), np.mean(one_by_one(loss, *both)))}


# Who reduces wrongly does so with weights as well; here it shows without them.
@check("numerics", points=1)
def reductions(HuberLoss, rng):
    """`reduction="sum"` sums the losses of the samples, `reduction=None` leaves them as they are"""
    both = batch(rng)
    # Of one sample, whatever reduction makes the same.
    alone = np.ravel(one_by_one(partial(cost, HuberLoss(2.5)), *both))
    losses, summed = (cost(HuberLoss(2.5, reduction=one), *both) for one in (None, "sum"))
    losses = np.ravel(losses)
    return {
        "sum, over that of the samples": ratio(summed, alone.sum()),
        "numbers that None gives for 6 samples": losses.size,
        "None, each over that sample's loss": ratio(losses, alone),
    }


@check("numerics", points=1)
def weights(HuberLoss, rng):
    """weights of shape (batch, 1) give sum(w * loss) / batch, and count in other reductions, too"""
    both = batch(rng)
    # Those of small errors are large: no weight can be mistaken for the mean of them all.
    weight = np.float32([[9], [9], [2], [2], [2], [2]] * rng.uniform(1, 1.5, size=(6, 1)))
    losses = weight.ravel() * np.ravel(one_by_one(partial(cost, HuberLoss(2.5)), *both))

    def weighted(**reduction):
        return cost(partial(HuberLoss(2.5, **reduction), sample_weight=weight), *both)

    return {
        "over what it should be": ratio(weighted(), losses.mean()),
        "sum, over what it should be": ratio(weighted(reduction="sum"), losses.sum()),
        "None, each over what it should be": ratio(np.ravel(weighted(reduction=None)), losses),
    }


@check("numerics", points=1)
def labels_of_other_dtypes(HuberLoss, rng):
    """labels that are integers or float64 give what float32 labels of the same value give"""
    true = rng.choice([-4, -3, -2, 2, 3, 5], size=(6, 1), replace=False)
    pred = (true - rng.uniform(0.2, 5, size=(6, 1))).astype("float32")
    loss = HuberLoss(2.5)
    usual = total(loss, true.astype("float32"), pred)
    return {
        dtype: ratio(total(loss, true.astype(dtype), pred), usual)
        for dtype in ("int32", "int64", "float64")
    }


@check("gradients", points=3)
def slope_is_the_clipped_error(HuberLoss, rng):
    """the gradient in each prediction is its clipped error, times what arrives from above"""
    both, close = batch(rng), draw(rng, *near(0.5))

    def slope(loss, true, pred):
        # Who forgets a factor of 5, and the mean of 6 or 2, is not off by 2 or a half.
        return gradient(lambda p: 5 * loss(true, p), pred)

    return {
        "5 times the loss, threshold 0.5": slope(HuberLoss(0.5), *both),
        "5 times the loss, threshold 2.5": slope(HuberLoss(2.5), *both),
        "the same, exactly on the threshold": slope(HuberLoss(2.5), *BORDER),
        "5 times the loss, close to the threshold 0.5": slope(HuberLoss(0.5), *close),
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


def to_be_saved(rng):
    """A threshold above and one below 1; both are a float32, too, but none of a few digits."""
    return [float(2 * rng.integers(*odd) + 1) / 32 for odd in ((36, 48), (7, 15))]


def means(loss, rng):
    return redrawn(lambda *both: np.mean(loss(*both)), batch, rng)


def against_a_new_one(loss, threshold, rng):
    both = batch(rng)
    # The other is made by the submission's class, here in the same process.
    return ratio(cost(loss, *both), cost(type(loss)(threshold), *both))


def is_number(value, expected):
    if isinstance(value, str | bytes):  # `float` reads these
        return False
    with contextlib.suppress(TypeError, ValueError):
        return float(value) == expected
    return False


@check("serialization", points=1)
def threshold_survives(HuberLoss, rng):
    """the configuration holds the threshold, and a loss loaded from it in a new process uses it"""

    def survives(loss, threshold):
        # The exact answer is asked where nothing but the configuration tells the threshold.
        alone = reloaded(loss, use=means)
        beside = again(alone, use=against_a_new_one, beside=threshold)
        config = loss.get_config()
        return {
            "loaded": either(alone, {"over a new one of that threshold": beside}),
            "the threshold is in the configuration": any(
                is_number(value, threshold) for value in config.values()
            ),
            "its arguments are those of the constructor": bool(HuberLoss(**config)),
        }

    # One is done before the next is made: whether they share a threshold is asked in numerics.
    return {
        f"threshold {size} 1": survives(HuberLoss(threshold), threshold)
        for size, threshold in zip(("above", "below"), to_be_saved(rng), strict=True)
    }


def name_and_reduction(loss, rng):
    pair = draw(rng, SMALL, SMALL)  # cost the same whatever the threshold
    new = type(loss)(2.5, reduction="sum")
    # A name that Keras made up counts instances, so it is not the same in every run.
    summed = ratio(cost(loss, *pair), cost(new, *pair))
    return {"named mine": loss.name == "mine", "over a new one that sums": summed}


@check("serialization", points=1)
def name_and_reduction_survive(HuberLoss):
    """saved and loaded in a new process, a loss has the name and the reduction it was made with"""
    loss = HuberLoss(2.5, name="mine", reduction="sum")
    unreduced = HuberLoss(2.5, reduction=None)
    again = HuberLoss.from_config(unreduced.get_config())
    sizes = [np.size(one(*BORDER)) for one in (again, unreduced)]
    return {
        "named mine": loss.name == "mine",
        "loaded": reloaded(loss, use=name_and_reduction),
        "as many numbers for 2 samples, with None": sizes[0] == sizes[1],
    }


def in_the_model(model):
    return lambda true, pred: model.compute_loss(y=tf.constant(true), y_pred=tf.constant(pred))


def compiled_means(model, rng):
    return means(in_the_model(model), rng)


def compiled_against_a_new_one(model, threshold, rng):
    both = batch(rng)
    return ratio(cost(in_the_model(model), *both), cost(type(model.loss)(threshold), *both))


# A loss that does not survive alone does not survive here either; this is what one uses it for, and
# what a `__call__` of one's own breaks.
@check("serialization", points=1)
def compiled_model_survives(HuberLoss, rng):
    """a model compiled with the loss is saved as `.keras`, loads, and computes the same loss"""
    threshold = to_be_saved(rng)[0]
    alone = reloaded(compiled(loss=HuberLoss(threshold)), use=compiled_means)
    beside = again(alone, use=compiled_against_a_new_one, beside=threshold)
    return either(alone, {"loaded, over a new one of that threshold": beside})


@check("graph", points=1)
@one_graph((None, 1), (None, 1), draw=batch)
def one_graph_for_all_batches(HuberLoss):
    """traced once for batches of any size, the graph alone gives what direct calls give"""
    loss = HuberLoss(2)  # a graph makes int32 of what is first in an operation
    return lambda true, pred: tf.reduce_mean(cost(loss, true, pred))


# What breaks in any graph breaks here too; beside that, `fit` calls a loss in its own way, which a
# `__call__` of one's own does not always stand.
@check("graph", points=1)
def steps_of_training(HuberLoss, rng):
    """compiled, a step of training goes where a direct call's gradient points, weighted or not"""
    model, loss = compiled(loss=HuberLoss(2.5)), HuberLoss(2.5)
    (kernel,) = model.trainable_variables

    def step(kinds, *weights):
        inputs = rng.uniform(1, 2, size=(2, 1)).astype("float32")
        # All errors are of one sign, so that the steps are not too small to compare.
        true = inputs + np.float32([[rng.uniform(*kind)] for kind in kinds])
        kernel.assign([[1.0]])
        model.train_on_batch(inputs, true, *weights)
        slope = gradient(lambda k: loss(true, inputs * k, *weights), np.float32(1))
        return ratio(1 - np.squeeze(kernel), 0.1 * slope)

    # Weighted or not are two graphs. Who drops the weights does so in the direct call as well.
    weights = rng.uniform(1, 3, size=(2, 1)).astype("float32")
    steps = [step((SMALL, LARGE)), step((LARGE, SMALL)), step((MIDDLE, LARGE), weights)]
    return {"steps, over 0.1 times the gradients": steps}
