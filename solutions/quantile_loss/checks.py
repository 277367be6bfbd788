"""What it means to have solved `quantile_loss`."""

import base64
import json
import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import (
    check,
    compiled,
    either,
    gradient,
    moves,
    one_graph,
    ratio,
    reloaded,
    tried,
)
from autograder.checks.kinds import exception
from autograder.checks.kinds.losses import Loss
from autograder.checks.later import redrawn

QUANTILES = 0.75, 0.5, 0.2  # both sides of the default, and it
NO_QUANTILES = 1.5, -0.25, 0, 1


def draw(rng, samples=6):
    """Labels, and predictions with errors of both signs, none of which is close to 0."""
    true = rng.normal(scale=3, size=(samples, 1)).round(2)
    sign = np.where(np.arange(samples) % 2, -1, 1)[:, None]
    error = sign * rng.uniform(0.3, 4, size=(samples, 1))
    return true.astype("float32"), (true - error).round(2).astype("float32")


def near_and_far(rng):
    """The same with errors of any size: small ones, middling ones and large ones."""
    size = [*rng.integers(1, 4, 2) / 100, *rng.uniform(0.3, 4, 2), *rng.uniform(200, 900, 2)]
    error = rng.permutation(np.array(size) * ([1, -1] * 3))[:, None]
    true = rng.normal(scale=3, size=(6, 1)).round(2)
    return true.astype("float32"), (true - error).round(2).astype("float32")


def tensors(*arrays):
    return [tf.constant(array) for array in arrays]


def refused(make):
    """What is raised for numbers that are no quantiles, and whether the message shows them."""
    seen = {}
    for q in NO_QUANTILES:
        try:
            make(q)
        except NotImplementedError:
            raise
        except Exception as error:
            kind = "ValueError" if isinstance(error, ValueError) else type(error).__name__
            # 0 and 1 are in many a message anyway.
            shown = q in (0, 1) or str(q) in str(error)
            seen[f"q = {q}"] = kind if shown else f"{kind} without the number"
        else:
            seen[f"q = {q}"] = "nothing raised"
    return seen


@check("numerics", points=3)
def values_of_the_function(quantile_loss, rng):
    """what `quantile_loss(q)` returns gives each sample its pinball loss, for several q at once"""
    # All are made before the first is called: each must keep its own.
    losses = {q: quantile_loss(q) for q in QUANTILES}
    seen = {}
    for q, loss in losses.items():
        true, pred = near_and_far(rng)
        found = np.ravel(loss(*tensors(true, pred)))
        seen[f"q = {q}"] = tried(found, "quantile_loss({})({}, {})", q, true, pred)
    return seen


@check("numerics", points=1)
def others_are_refused(quantile_loss, QuantileLoss):
    """both forms raise a ValueError for a q outside of (0, 1), and its message shows it"""
    return {"quantile_loss": refused(quantile_loss), "QuantileLoss": refused(QuantileLoss)}


@check("gradients", points=2)
def slopes_of_the_function(quantile_loss, rng):
    """the gradient of the function in each prediction is -q or 1 - q, times what arrives"""
    seen = {}
    for q in QUANTILES:
        true, pred = near_and_far(rng)
        upstream = rng.normal(scale=3, size=6).round(2).astype("float32")
        loss = quantile_loss(q)
        found = gradient(
            lambda pred, loss=loss, true=true: tf.reshape(loss(tf.constant(true), pred), [-1]),
            pred,
            upstream=upstream,
        )
        code = "tf.reshape(quantile_loss({})({}, pred), [-1])"
        above = {"slope_in": {"pred": pred}, "upstream": upstream}
        seen[f"q = {q}"] = tried(found, code, q, true, **above)
    return seen


class EveryLoss(Loss, asked="QuantileLoss"):
    """What every loss must answer, asked of the class."""

    arguments = {"q": (0.75, 0.2)}
    defaults = {"q": 0.5}

    def draw(self, rng, samples):
        return draw(rng, samples)

    def saved(self, rng):
        # One on each side of the default. None is a float32, or has only a few digits: in either,
        # it would not be as it was given.
        return [[float(10 * rng.integers(*some) + 3) / 1e5] for some in ((5500, 7500), (500, 2500))]

    @check("numerics", points=2)
    def values(self, QuantileLoss, rng):
        """each sample has its pinball loss by `QuantileLoss`, too, for several q at once"""
        losses = {q: QuantileLoss(q) for q in QUANTILES}
        seen = {}
        for q, loss in losses.items():
            # A sample alone is its own mean: how losses reduce is asked apart.
            drawn = zip(*near_and_far(rng), strict=True)
            samples = [(true[None], pred[None]) for true, pred in drawn]
            code = f"QuantileLoss({q})({{}}, {{}})"
            seen[f"q = {q}"] = [tried(np.mean(loss(*one)), code, *one) for one in samples]
        return seen

    mean_of_the_batch = Loss.mean_of_the_batch.but(points=1)

    @check("gradients", points=1)
    def slopes(self, QuantileLoss, rng):
        """the gradient of the class in each prediction is -q or 1 - q, times what arrives"""
        seen = []
        for number in (0, 1):
            true, pred = near_and_far(rng)
            found = self.slope(self.make(QuantileLoss, number), true, pred)
            code = f"5 * {self.called(number)}({{}}, pred)"
            seen.append(tried(found, code, true, slope_in={"pred": pred}))
        return seen

    each_keeps_its_arguments = exception("`values` makes all losses before it asks the first")
    labels_of_other_dtypes = exception("the statement promises float32 only")
    compiled_model_survives = exception("`found_without_custom_objects` asks it without them")


@check("serialization", points=2)
def found_without_custom_objects(QuantileLoss):
    """in a process that has loaded your code, a loss and a compiled model need no custom_objects"""
    loss = QuantileLoss(0.75)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        compiled(loss=loss).save(path)
        model = base64.b64encode(path.read_bytes()).decode()
    config = json.dumps(keras.saving.serialize_keras_object(loss))
    # As texts, they are loaded by `use` itself.
    return {
        "a loss": reloaded(config, use=loads_a_loss),
        "a compiled model": reloaded(model, use=loads_a_model),
    }


def loads_a_loss(text):
    return like_a_new_one(lambda: keras.saving.deserialize_keras_object(json.loads(text)))


def loads_a_model(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        path.write_bytes(base64.b64decode(text))
        return like_a_new_one(lambda: keras.saving.load_model(path).loss)


def like_a_new_one(load):
    """Whether a loaded loss costs what a new one costs: another formula is asked in numerics."""
    try:
        loss = load()
    except TypeError as error:
        if "Could not locate class" not in str(error):
            raise
        return "Keras does not find the class by the name in the file"
    batches = [*redrawn(draw, np.random.default_rng(0))]
    costs, new = ([one(*batch) for batch in batches] for one in (loss, type(loss)(0.75)))
    return {"over a new one": ratio(costs, new), "other inputs cost otherwise": moves(costs)}


@one_graph((None, 1), (None, 1), draw=draw)
def traced(quantile_loss):
    loss = quantile_loss(0.75)
    return lambda true, pred: tf.reshape(loss(true, pred), [-1])


@check("graph", points=1)
def graph_of_the_function(quantile_loss, rng):
    """the graph of the function gives what direct calls give, and in `compile` it trains a model"""
    return {
        "traced for any batch": traced(quantile_loss),
        "compiled": steps_along_the_gradient(quantile_loss, rng),
    }


def steps_along_the_gradient(quantile_loss, rng):
    """Steps of training, or at least over what the gradient of direct calls says."""
    loss, model = quantile_loss(0.75), compiled(loss=quantile_loss(0.75))
    (kernel,) = model.trainable_variables
    start, steps, slopes = np.array(kernel), [], []
    for _ in range(2):
        true, inputs = draw(rng)
        kernel.assign(start)
        model.train_on_batch(inputs, true)
        steps.append((start - np.array(kernel)) / 0.1)

        def mean(k, batch=(true, inputs)):
            labels, x = tensors(*batch)
            return tf.reduce_mean(loss(labels, x @ k))

        slopes.append(gradient(mean, start))
    return either(steps, {"a step over the rate times the gradient": ratio(steps, slopes)})
