"""What it means to have solved `huber_loss`."""

import contextlib
from functools import partial

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check, either, gradient, in_graph, reloaded

SWITCHED_OFF = [
    "keras.losses.Huber",
    "keras.losses.huber",
    "tensorflow.compat.v1.losses.huber_loss",
    "tensorflow.python.keras.losses.Huber",
    "tensorflow.python.keras.losses.huber",
]

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


def over(seen, expected):
    """What was seen over what the same loss says elsewhere.

    1 where a loss agrees with itself, so that a wrong formula costs its points only once.
    """
    with np.errstate(all="ignore"):
        return np.asarray(seen, "float64") / np.asarray(expected, "float64")


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
    true, pred = draw(rng, SMALL, MIDDLE, LARGE)
    default = total(HuberLoss(), true, pred)
    one = total(HuberLoss(threshold=1.0), true, pred)
    other = total(HuberLoss(2.5), true, pred)
    return {
        "over that of 1.0": over(default, one),
        "that of 2.5 is the same": np.array_equal(one, other),
        "that of 2, over that of 2.0": over(
            total(HuberLoss(2), true, pred), total(HuberLoss(2.0), true, pred)
        ),
    }


@check("numerics", points=1)
def each_keeps_its_threshold(HuberLoss, rng):
    """a loss still uses its own threshold when another one has been made"""
    true, pred = draw(rng, MIDDLE, LARGE)
    first = HuberLoss(0.5)
    before = total(first, true, pred)
    other = total(HuberLoss(2.5), true, pred)
    return {
        "over what it was before": over(total(first, true, pred), before),
        "the other one is the same": np.array_equal(other, before),
    }


# Wrong means show in gradients or other reductions, too; here they show with nothing else around.
@check("numerics", points=2)
def mean_of_the_batch(HuberLoss, rng):
    """by default, a batch of small and large errors costs the mean of what they cost alone"""
    true, pred = draw(rng, SMALL, LARGE, MIDDLE)
    loss = partial(cost, HuberLoss(2.5))
    return {"over the mean": over(loss(true, pred), np.mean(one_by_one(loss, true, pred)))}


# Who reduces wrongly does so with weights as well; here it shows without them.
@check("numerics", points=1)
def reductions(HuberLoss, rng):
    """`reduction="sum"` sums the losses of the samples, `reduction=None` leaves them as they are"""
    true, pred = draw(rng, SMALL, LARGE, MIDDLE)
    # Of one sample, whatever reduction makes the same.
    alone = np.ravel(one_by_one(partial(cost, HuberLoss(2.5)), true, pred))
    losses = np.ravel(cost(HuberLoss(2.5, reduction=None), true, pred))
    return {
        "sum, over that of the samples": over(
            cost(HuberLoss(2.5, reduction="sum"), true, pred), alone.sum()
        ),
        "numbers that None gives for 6 samples": losses.size,
        "None, each over that sample's loss": over(losses[: alone.size], alone),
    }


@check("numerics", points=1)
def weights(HuberLoss, rng):
    """weights of shape (batch, 1) give sum(w * loss) / batch, and count in other reductions, too"""
    true, pred = draw(rng, SMALL, LARGE, MIDDLE)
    # Those of small errors are large: no weight can be mistaken for the mean of them all.
    weight = np.float32([[9], [9], [2], [2], [2], [2]] * rng.uniform(1, 1.5, size=(6, 1)))
    losses = weight.ravel() * np.ravel(one_by_one(partial(cost, HuberLoss(2.5)), true, pred))

    def weighted(**reduction):
        return cost(partial(HuberLoss(2.5, **reduction), sample_weight=weight), true, pred)

    return {
        "over what it should be": over(weighted(), losses.mean()),
        "sum, over what it should be": over(weighted(reduction="sum"), losses.sum()),
        "None, each over what it should be": over(
            np.ravel(weighted(reduction=None))[: losses.size], losses
        ),
    }


@check("numerics", points=1)
def labels_of_other_dtypes(HuberLoss, rng):
    """labels that are integers or float64 give what float32 labels of the same value give"""
    true = rng.choice([-4, -3, -2, 2, 3, 5], size=(6, 1), replace=False)
    pred = (true - rng.uniform(0.2, 5, size=(6, 1))).astype("float32")
    loss = HuberLoss(2.5)
    usual = total(loss, true.astype("float32"), pred)
    return {
        dtype: over(total(loss, true.astype(dtype), pred), usual)
        for dtype in ("int32", "int64", "float64")
    }


@check("gradients", points=3)
def slope_is_the_clipped_error(HuberLoss, rng):
    """the gradient in each prediction is its clipped error, times what arrives from above"""
    true, pred = draw(rng, SMALL, MIDDLE, LARGE)
    on_it, pred_on_it = BORDER
    beside_it, pred_beside_it = draw(rng, *near(0.5))
    # Who forgets a factor of 5, and the mean of 6 or 2, is not off by 2 or a half.
    return {
        "5 times the loss, threshold 0.5": gradient(lambda p: 5 * HuberLoss(0.5)(true, p), pred),
        "5 times the loss, threshold 2.5": gradient(lambda p: 5 * HuberLoss(2.5)(true, p), pred),
        "the same, exactly on the threshold": gradient(
            lambda p: 5 * HuberLoss(2.5)(on_it, p), pred_on_it
        ),
        "5 times the loss, close to the threshold 0.5": gradient(
            lambda p: 5 * HuberLoss(0.5)(beside_it, p), pred_beside_it
        ),
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


def losses_of_batches(f, rng):
    """What `f` makes of a batch and of its half, and with other predictions, and other labels."""
    (true, pred), (other_true, other_pred) = (draw(rng, SMALL, MIDDLE, LARGE) for _ in range(2))
    return [
        [np.mean(f(*(tf.constant(side[:size]) for side in batch))) for size in (6, 3)]
        for batch in ((true, pred), (true, other_pred), (other_true, pred))
    ]


def against_a_new_one(saved, rng):
    loss, threshold = saved
    batch = draw(rng, SMALL, MIDDLE, LARGE)
    # The other is made by the submission's class, here in the same process.
    return over(cost(loss, *batch), cost(type(loss)(threshold), *batch))


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
        alone = reloaded(loss, use=losses_of_batches)
        beside = reloaded([loss, threshold], use=against_a_new_one)
        return {
            "loaded": either(alone, {"over a new one of that threshold": beside}),
            "the threshold is in the configuration": any(
                is_number(value, threshold) for value in loss.get_config().values()
            ),
            "its arguments are those of the constructor": bool(HuberLoss(**loss.get_config())),
        }

    # One is done before the next is made: whether they share a threshold is asked in numerics.
    return {
        f"threshold {size} 1": survives(HuberLoss(threshold), threshold)
        for size, threshold in zip(("above", "below"), to_be_saved(rng), strict=True)
    }


def name_and_reduction(loss, rng):
    batch = draw(rng, SMALL, SMALL)  # cost the same whatever the threshold
    new = type(loss)(2.5, reduction="sum")
    # A name that Keras made up counts instances, so it is not the same in every run.
    return {
        "named mine": loss.name == "mine",
        "over a new one that sums": over(cost(loss, *batch), cost(new, *batch)),
    }


@check("serialization", points=1)
def name_and_reduction_survive(HuberLoss):
    """saved and loaded in a new process, a loss has the name and the reduction it was made with"""
    loss = HuberLoss(2.5, name="mine", reduction="sum")
    unreduced = HuberLoss(2.5, reduction=None)
    again = HuberLoss.from_config(unreduced.get_config())
    return {
        "named mine": loss.name == "mine",
        "loaded": reloaded(loss, use=name_and_reduction),
        "as many numbers for 2 samples, with None": np.size(again(*BORDER))
        == np.size(unreduced(*BORDER)),
    }


def line(**compiled):
    """A compiled model that predicts its inputs."""
    dense = keras.layers.Dense(1, kernel_initializer="ones", use_bias=False)
    model = keras.Sequential([keras.Input((1,)), dense])
    model.compile(keras.optimizers.SGD(0.1), jit_compile=False, **compiled)
    return model


def compiled_loss(model, rng):
    return losses_of_batches(lambda true, pred: model.compute_loss(y=true, y_pred=pred), rng)


def compiled_against_a_new_one(model, rng):
    def compiled(true, pred):
        return model.compute_loss(y=true, y_pred=pred)

    batch = [tf.constant(array) for array in draw(rng, SMALL, MIDDLE, LARGE)]
    return over(cost(compiled, *batch), cost(type(model.loss)(2.5), *batch))


# A loss that does not survive alone does not survive here either; this is what one uses it for, and
# what a `__call__` of one's own breaks.
@check("serialization", points=1)
def compiled_model_survives(HuberLoss, rng):
    """a model compiled with the loss is saved as `.keras`, loads, and computes the same loss"""
    ratio = reloaded(line(loss=HuberLoss(2.5)), use=compiled_against_a_new_one)
    return either(
        reloaded(line(loss=HuberLoss(to_be_saved(rng)[0])), use=compiled_loss),
        {"loaded, over a new one of that threshold": ratio},
    )


# The same in every process.
BATCHES = [draw(np.random.default_rng(len(k)), *k) for k in ((SMALL, MIDDLE, LARGE), (LARGE,))]


def against_direct_calls(f):
    answers = [f(*map(tf.constant, batch)) for batch in BATCHES]
    ratio = over([np.mean(loss) for loss, _ in answers], answers[0][1])
    return {"over that of direct calls": ratio}


def in_batches(f, rng):
    alone = losses_of_batches(lambda *batch: f(*batch)[0], rng)
    return either(alone, against_direct_calls(f))


@check("graph", points=1)
def one_graph_for_all_batches(HuberLoss):
    """traced once for batches of any size, the graph alone gives what direct calls give"""
    loss = HuberLoss(2)  # a graph makes int32 of what is first in an operation
    direct = np.float32([np.mean(cost(loss, *batch)) for batch in BATCHES])

    def compute(true, pred):
        # A loss opens a scope of its name, which must not be the first if it begins with "_".
        with tf.name_scope("check"):
            return cost(loss, true, pred), tf.constant(direct)

    return in_graph(compute, (None, 1), (None, 1), use=in_batches)


# What breaks in any graph breaks here too; beside that, `fit` calls a loss in its own way, which a
# `__call__` of one's own does not always stand.
@check("graph", points=1)
def steps_of_training(HuberLoss, rng):
    """compiled, a step of training goes where a direct call's gradient points, weighted or not"""
    model, loss = line(loss=HuberLoss(2.5)), HuberLoss(2.5)
    (kernel,) = model.trainable_variables
    steps, slopes = [], []
    # Weighted or not are two graphs.
    for kinds, weighted in (
        ((SMALL, LARGE, MIDDLE), False),
        ((LARGE, SMALL), False),
        ((MIDDLE, SMALL, LARGE), True),
    ):
        inputs = rng.uniform(1, 2, size=(len(kinds), 1)).astype("float32")
        # All errors are of one sign, so that the steps are not too small to compare.
        error = np.float32([[rng.uniform(*kind)] for kind in kinds])
        # Who drops or mistakes the weights does so in the direct call as well.
        weight = [rng.uniform(1, 3, size=error.shape).astype("float32")] if weighted else []
        kernel.assign([[1.0]])
        model.train_on_batch(inputs, inputs + error, *weight)
        steps.append(1 - np.squeeze(kernel))
        slopes.append(
            gradient(lambda k, x=inputs, e=error, w=weight: loss(x + e, x * k, *w), np.float32(1))
        )
    return {"steps, over 0.1 times the gradients": over(steps, 0.1 * np.array(slopes))}
