"""What it means to have solved `quantile_loss`."""

import base64
import json
import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check, compiled, either, gradient, one_graph, ratio, reloaded
from autograder.checks.kinds import exception
from autograder.checks.kinds.losses import Loss
from autograder.records.observations import Thing

QUANTILES = 0.75, 0.2, 0.5  # both sides of the default, and it


def draw(rng, samples=6):
    """Labels, and predictions with errors of both signs, none of which is close to 0."""
    true = rng.normal(scale=3, size=(samples, 1))
    error = (
        rng.uniform(0.3, 4, size=(samples, 1)) * np.where(np.arange(samples) % 2, -1, 1)[:, None]
    )
    return true.astype("float32"), (true - error).astype("float32")


def tensors(*arrays):
    return [tf.constant(array) for array in arrays]


def refusals(make):
    """What it raises for numbers that are no quantiles, and whether the message shows them."""
    seen = {}
    for q in (1.5, -0.25, 0, 1):
        try:
            make(q)
        except ValueError as error:
            # 0 and 1 are in many a message anyway.
            seen[f"q = {q}"] = "ValueError" if q in (0, 1) or str(q) in str(error) else "no number"
        else:
            seen[f"q = {q}"] = "nothing raised"
    return seen


@check("numerics", points=2)
def values_of_the_function(quantile_loss, rng):
    """what `quantile_loss(q)` returns gives each sample its pinball loss"""
    # All are made before the first is called: each must keep its own.
    losses = {f"q = {q}": quantile_loss(q) for q in QUANTILES}
    return {label: np.ravel(loss(*tensors(*draw(rng)))) for label, loss in losses.items()}


@check("numerics", points=1)
def function_refuses(quantile_loss):
    """`quantile_loss` raises a ValueError for a q outside of (0, 1), and its message shows it"""
    return refusals(quantile_loss)


@check("numerics", points=1)
def class_refuses(QuantileLoss):
    """`QuantileLoss` raises a ValueError for a q outside of (0, 1), and its message shows it"""
    return refusals(QuantileLoss)


@check("gradients", points=2)
def slopes_of_the_function(quantile_loss, rng):
    """the gradient of the function in each prediction is -q or 1 - q, times what arrives"""
    seen = {}
    for q in QUANTILES:
        true, pred = draw(rng)
        upstream = rng.normal(scale=3, size=6).astype("float32")
        loss = quantile_loss(q)
        seen[f"q = {q}"] = gradient(
            lambda pred, loss=loss, true=true: tf.reshape(loss(tf.constant(true), pred), [-1]),
            pred,
            upstream=upstream,
        )
    return seen


class EveryLoss(Loss, asked="QuantileLoss"):
    """What every loss must answer, asked of the class."""

    arguments = {"q": (0.75, 0.2)}
    defaults = {"q": 0.5}

    def draw(self, rng, samples):
        return draw(rng, samples)

    labels_of_other_dtypes = exception("the statement promises float32 only")


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
    loss = keras.saving.deserialize_keras_object(json.loads(text))
    return isinstance(loss, keras.losses.Loss)


def loads_a_model(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        path.write_bytes(base64.b64decode(text))
        return isinstance(keras.saving.load_model(path).loss, keras.losses.Loss)


@check("graph", points=1)
@one_graph((None, 1), (None, 1), draw=draw)
def graph_of_the_function(quantile_loss):
    """traced once for batches of any size, the function gives what direct calls give"""
    loss = quantile_loss(0.75)
    return lambda true, pred: tf.reshape(loss(true, pred), [-1])


@check("graph", points=1)
def function_in_compile(quantile_loss, rng):
    """compiled with the function, a model takes a step along its gradient"""
    loss, model = quantile_loss(0.75), compiled(loss=quantile_loss(0.75))
    (kernel,) = model.trainable_variables
    start, steps, means = np.array(kernel), [], []
    for _ in range(2):
        true, inputs = draw(rng)
        kernel.assign(start)
        model.train_on_batch(inputs, true)
        steps.append(start - np.array(kernel))

        def mean(k, batch=(true, inputs)):
            labels, x = tensors(*batch)
            return tf.reduce_mean(loss(labels, x @ k))

        means.append(gradient(mean, start))
    direct = [one if isinstance(one, Thing) else 0.1 * one for one in means]
    return either(steps, {"over 0.1 times the gradient of direct calls": ratio(steps, direct)})
