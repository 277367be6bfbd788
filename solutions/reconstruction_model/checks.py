"""What it means to have solved `reconstruction_model`.

Weights come in the order in which a submission makes its layers. So these checks give all weights
of one shape the same values: inputs and outputs are neither 30 nor equally many, and only the
biases of the two hidden layers have a shape in common.

Saving and graphs are held against what the same model answered before. Metrics and losses are asked
apart from each other, so that a model without the one can keep its points for the other.
"""

import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import (
    again,
    check,
    gradient,
    in_graph,
    moves,
    once,
    ratio,
    reloaded,
    survives,
)

FEATURES, OUTPUTS = 8, 3
METRIC = "reconstruction_error"
BATCH = 4
RATE = 0.01  # of the step of training


def draw(rng, samples=BATCH, size=FEATURES):
    return rng.normal(size=(samples, size)).astype("float32")


def draw_positive(rng, samples=BATCH, size=FEATURES):
    return rng.uniform(0.5, 1.5, size=(samples, size)).astype("float32")


def mixed(rng, shape):
    """Values of both signs, of a size that neither dies out nor explodes from layer to layer."""
    return rng.normal(scale=0.8 if len(shape) == 1 else shape[0] ** -0.5, size=shape)


def positive(rng, shape):
    """Values that leave no neuron silent if the inputs are positive."""
    return rng.uniform(0.3, 0.9, size=shape) / (1 if len(shape) == 1 else shape[0])


def filled(model, inputs, rng, values=mixed):
    """Build a model by a call, and give all weights of one shape the same values.

    The call gets fewer samples than all later ones: how many does not matter.
    """
    model(inputs[:2])
    shapes = sorted({tuple(weight.shape) for weight in model.weights})
    drawn = {shape: values(rng, shape) for shape in shapes}
    for weight in model.weights:
        weight.assign(drawn[tuple(weight.shape)])
    return model


def total(model):
    """The sum of the losses that a model added in its last call."""
    return tf.add_n([tf.reduce_sum(one) for one in model.losses] or [tf.constant(0.0)])


def added(model, inputs, training=True):
    """What a call adds to the loss."""
    model(inputs, training=training)
    return total(model)


def metric_of(model):
    """The metric by its name; without the name, the only one there is; or None."""
    own = [one for one in model.metrics if one.name not in ("loss", "compile_metrics")]
    return next((one for one in own if one.name == METRIC), own[0] if own else None)


@check("numerics", points=1)
def weights_of_four_layers(ReconstructionRegressor):
    """the model has the kernels and biases of its four dense layers, all of them trainable"""
    seen, frozen = {}, 0
    for features, outputs in ((FEATURES, OUTPUTS), (5, 1)):
        model = ReconstructionRegressor(outputs)
        model(np.ones((2, features), "float32"))
        shapes = sorted(str(tuple(weight.shape)) for weight in model.trainable_weights)
        seen[f"{features} inputs, output_dim {outputs}"] = " ".join(shapes)
        frozen += len(model.weights) - len(model.trainable_weights)
    return seen | {"weights that are not trained": frozen}


# Right answers differ by less, and rounding to half precision by more.
@check("numerics", points=1, rtol=2e-5, atol=1e-5)
def predictions(ReconstructionRegressor, rng):
    """the predictions for given weights, for several output_dim, in training or not"""
    seen = {}
    for features, outputs in ((5, 1), (FEATURES, OUTPUTS)):
        inputs = draw(rng, 6, features)
        model = filled(ReconstructionRegressor(outputs), inputs, rng)
        seen[f"{features} inputs, output_dim {outputs}"] = model(inputs)
    return seen | {"the last one in training": model(inputs, training=True)}


@check("numerics", points=3, rtol=2e-5)
def added_loss(ReconstructionRegressor, rng):
    """each call adds rate times the reconstruction error to the losses, in training or not"""
    seen = {}
    for rate in (0.3, 2.0):
        inputs = draw(rng, 6)
        model = filled(ReconstructionRegressor(OUTPUTS, rate), inputs, rng)
        for training in (False, True):
            seen[f"rate {rate}, training={training}"] = added(model, inputs, training)
    seen["after another call"] = added(model, draw(rng, 6))
    seen["large inputs"] = added(model, 20 * draw(rng, 6))
    model = filled(ReconstructionRegressor(OUTPUTS), inputs, rng)
    return seen | {"rate by default, times 100": 100 * added(model, inputs)}


@check("numerics", points=2, rtol=1e-3)
def metric_of_batches(ReconstructionRegressor, rng):
    """the metric `reconstruction_error` is the mean error of all batches since its last reset"""
    model = filled(ReconstructionRegressor(OUTPUTS, 2.0), draw(rng), rng)
    found = [one for one in model.metrics if one.name == METRIC]
    if len(found) != 1:
        raise ValueError(f"the model has {len(found)} metrics of the name {METRIC}")
    found[0].reset_state()
    seen = []
    for training in (False, True, False):
        model((1 + len(seen)) * draw(rng), training=training)
        seen.append(found[0].result())
    found[0].reset_state()
    model(draw(rng))
    return {"after one, two and three batches": seen, "after a reset": found[0].result()}


# Who adds or shows nothing outside of training goes wrong above, too. But this is what it is for.
# Keras makes a graph of the whole step, which costs 0.4 seconds.
@check("numerics", points=1, rtol=1e-3)
def evaluation(ReconstructionRegressor, rng):
    """`evaluate` shows the error, and a loss of which rate times the error is a part"""
    inputs, labels = draw(rng, 3 * BATCH), draw(rng, 3 * BATCH, OUTPUTS)
    model = filled(ReconstructionRegressor(OUTPUTS, 0.7), inputs[:BATCH], rng)
    model.compile(loss="mse", jit_compile=False)
    logs = model.evaluate(inputs, labels, batch_size=BATCH, verbose=0, return_dict=True)
    seen = {key: logs.get(key, "not shown") for key in ("loss", METRIC)}
    logs = model.evaluate(3 * inputs, labels, batch_size=BATCH, verbose=0, return_dict=True)
    return seen | {f"{METRIC}, the second time": logs.get(METRIC, "not shown")}


def trained(found):
    return tf.is_tensor(found) and bool(np.any(found))


@check("gradients", points=2)
def what_each_part_trains(ReconstructionRegressor, rng):
    """the added loss trains all layers but that of the prediction; the prediction, all layers but
    that of the reconstruction
    """
    inputs = draw_positive(rng)
    model = filled(ReconstructionRegressor(OUTPUTS, 2.0), inputs, rng, positive)
    with tf.GradientTape(persistent=True) as tape:
        answer = tf.reduce_sum(model(inputs, training=True))
        loss = total(model)
    seen = {}
    for label, value in {"the added loss": loss, "the prediction": answer}.items():
        found = tape.gradient(value, model.trainable_variables)
        seen[f"weights that {label} does not train"] = sum(not trained(one) for one in found)
    return seen


@check("gradients", points=1, atol=0.02)
def gradient_is_the_slope(ReconstructionRegressor, rng):
    """the gradient of the added loss is its slope: gradient / measured slope is 1"""
    inputs = 0.1 * draw_positive(rng)  # smaller than any reconstruction: no error changes its sign
    # With a large rate, it shows if a gradient is cut off somewhere.
    model = filled(ReconstructionRegressor(OUTPUTS, 2000.0), inputs, rng, positive)
    weights = model.trainable_variables
    steps = [rng.uniform(0.5, 1.5, size=one.shape) * np.asarray(one) for one in weights]
    with tf.GradientTape() as tape:
        loss = added(model, inputs)
    found = tape.gradient(loss, weights)
    found = sum(
        np.sum(step * np.asarray(one))
        for step, one in zip(steps, found, strict=True)
        if one is not None
    )

    def moved(size):
        for weight, step in zip(weights, steps, strict=True):
            weight.assign_add(size * step)
        return float(added(model, inputs))

    measured = (moved(0.01) - moved(-0.02)) / 0.02
    return {"gradient, over the slope": ratio([found], [measured])}


@once
def saved(ReconstructionRegressor):
    """A model, in a file, and what it answered."""
    rng = np.random.default_rng(1)
    inputs = draw(rng)
    model = filled(ReconstructionRegressor(OUTPUTS, 1.2345), inputs, rng)  # no round number
    before = [inputs, model(inputs), added(model, inputs), sizes(model)]
    return reloaded(model, use=of_a_file, beside=before), before


def sizes(model):
    """How large each weight is, in an order that does not depend on that of the layers."""
    order = sorted(model.trainable_weights, key=lambda one: tuple(one.shape))
    return np.array([np.abs(one).sum() for one in order])


@check("serialization", points=2, rtol=1e-3)
def all_weights_survive(ReconstructionRegressor):
    """saved as .keras and loaded in a new process, a model has its weights and predicts the same"""
    return saved(ReconstructionRegressor)[0]


def of_a_file(model, before, rng):
    inputs, answers, _, weights = before
    return {
        "weights are missing": len(model.weights) < len(weights),
        "predictions, over what they were": ratio([model(inputs)], [answers]),
        "sizes of the weights, over what they were": worst(sizes(model), weights),
        "moves": moves([model(draw(rng)) for _ in range(2)]),
    }


# A model of which no weights survive loses this point, too: its error is another one.
@check("serialization", points=1, rtol=2e-4)
def rate_survives(ReconstructionRegressor):
    """a loaded model adds the same loss to the same inputs"""
    file, before = saved(ReconstructionRegressor)
    return again(file, use=loss_of_a_file, beside=before)


def loss_of_a_file(model, before):
    inputs, _, loss, _ = before
    # One more, so that a model that adds nothing goes on to do so.
    return {"1 + the loss, over what it was": ratio(1 + added(model, inputs), 1 + loss)}


@check("serialization", points=1)
@survives("name", "trainable")
def name_survives(ReconstructionRegressor):
    """saved and loaded, a model has the name it was given, and is `trainable` or not as before"""
    model = ReconstructionRegressor(OUTPUTS, name="prices", trainable=False)
    model(np.ones((2, FEATURES), "float32"))
    return model


# What is lost here is lost in a .keras file, too. But whose model has no configuration, or builds
# less than all, keeps this point.
@check("serialization", points=1, rtol=1e-3)
def weights_survive_alone(ReconstructionRegressor, rng):
    """a second model that loads the weights of a first one predicts and adds what the first does"""
    inputs = draw(rng)
    model, second = (filled(ReconstructionRegressor(OUTPUTS, 3.0), inputs, rng) for _ in range(2))
    before = [model(inputs), 1 + added(model, inputs)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "saved.weights.h5")
        model.save_weights(path)
        second.load_weights(path)
    return {
        "over those of the first": ratio([second(inputs), 1 + added(second, inputs)], before),
        "moves": moves([second(draw(rng)) for _ in range(2)]),
    }


@once
def traced(ReconstructionRegressor):
    """A graph, and what direct calls gave before."""
    rng = np.random.default_rng(2)
    batches = [draw(rng, size) for size in (BATCH, BATCH, 1, 7)]
    model = filled(ReconstructionRegressor(OUTPUTS, 3.0), batches[0], rng)
    metric = metric_of(model)

    def answers(inputs):
        predicted = model(inputs, training=True)
        shown = tf.constant(0.0) if metric is None else metric.result()
        return predicted + total(model), shown

    if metric is not None:
        metric.reset_state()
    direct = [answers(batch) for batch in batches]
    if metric is not None:
        metric.reset_state()
    before = [batches, [one for one, _ in direct], [shown for _, shown in direct]]
    return in_graph(answers, (None, FEATURES), use=of_a_graph, beside=before), before


@check("graph", points=1, rtol=1e-3)
def one_graph_for_all_batches(ReconstructionRegressor):
    """traced once for batches of any size, the graph gives what direct calls predict and add"""
    return traced(ReconstructionRegressor)[0]


def of_a_graph(graph, before, rng):
    seen = {}
    for batch, direct in zip(*before[:2], strict=True):
        found, _ = graph(tf.constant(batch))
        seen[f"batch of {len(batch)}, over what direct calls give"] = ratio([found], [direct])
    return seen | {"moves": moves([graph(tf.constant(draw(rng)))[0] for _ in range(2)])}


@check("graph", points=1, rtol=1e-3)
def metric_goes_on_in_a_graph(ReconstructionRegressor):
    """in a graph, too, the metric takes in one batch after the other, and begins anew when reset"""
    graph, before = traced(ReconstructionRegressor)
    loaded = again(graph, use=metric_of_a_graph, beside=before)
    return {"alone": loaded, "reset by Python": metric_of_two_epochs(ReconstructionRegressor)}


def metric_of_a_graph(graph, before):
    batches, _, shown = before
    found = [graph(tf.constant(batch))[1] for batch in batches[:2]]  # of one size
    return {
        "after each batch, over what direct calls give": ratio(found, shown[:2]),
        "moves": moves(found),
    }


def metric_of_two_epochs(ReconstructionRegressor):
    """What a graph shows that is traced right after a reset, as it is in `fit`."""
    rng = np.random.default_rng(3)
    batches = [factor * draw(rng) for factor in (1, 2)]
    model = filled(ReconstructionRegressor(OUTPUTS), batches[0], rng)
    metric = metric_of(model)

    def shown(inputs):
        model(inputs, training=True)
        return tf.constant(0.0) if metric is None else metric.result()

    def epochs(ask):
        found = []
        for epoch in batches, batches[1:]:
            if metric is not None:
                metric.reset_state()
            found += [np.array(ask(tf.constant(batch))) for batch in epoch]
        return np.array(found)

    direct = epochs(shown)
    return {
        "over what direct calls give": ratio(epochs(tf.function(shown, autograph=False)), direct)
    }


# It costs more than the others, 0.4 seconds: Keras makes a graph of the whole step.
@check("graph", points=2, rtol=5e-3)
def step_of_training(ReconstructionRegressor, rng):
    """compiled, a step of training goes where the gradient of the whole loss points"""
    inputs = draw_positive(rng)
    model = filled(ReconstructionRegressor(OUTPUTS, 2.0), inputs, rng, positive)
    labels = draw(rng, BATCH, model(inputs).shape[-1])

    def loss():
        answer = model(inputs, training=True)
        return tf.reduce_mean((answer - labels) ** 2) + total(model)

    whole = loss()
    start = [np.array(weight) for weight in model.trainable_variables]
    slopes = gradient(loss, of=model.trainable_variables)
    # A weight that nothing trains stays, which is asked in gradients.
    slopes = [
        one if tf.is_tensor(one) else np.zeros_like(weight)
        for one, weight in zip(slopes, start, strict=True)
    ]
    optimizer = keras.optimizers.SGD(RATE)
    model.compile(optimizer, "mse", jit_compile=False)
    logs = model.train_on_batch(inputs, labels, return_dict=True)
    steps = [one - weight for one, weight in zip(start, model.trainable_variables, strict=True)]
    seen = {
        "loss that is shown, over that of a direct call": ratio(logs["loss"], whole),
        "step, over the rate times the gradient": worst([step / RATE for step in steps], slopes),
        "moves": any(np.any(step) for step in steps),
    }
    # Constraints show in a step of no length: of weights of both signs, large and small ones.
    optimizer.learning_rate = 0.0
    moved = False
    for scale in (100, 0.01):
        for weight in filled(model, inputs, rng).trainable_variables:
            weight.assign(scale * weight)
        start = [np.array(weight) for weight in model.trainable_variables]
        model.train_on_batch(inputs, labels)
        pairs = zip(start, model.trainable_variables, strict=True)
        moved = moved or any(np.any(one != np.array(weight)) for one, weight in pairs)
    return seen | {"a step of no length moves weights": moved}


def worst(seen, own):
    """The worst ratio of all weights, however many there are."""
    found = ratio(seen, own)
    return found[np.argmax(np.abs(found - 1))] if isinstance(found, np.ndarray) else found
