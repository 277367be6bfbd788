"""What it means to have solved `residual_model`.

Weights come in the order in which a submission makes its layers. So these checks give all weights
of one shape the same values, or change one weight after the other and sort the answers.

Saving, gradients and graphs are asked of models whose output was first shifted to a target, by the
bias of a linear layer. Whoever computes something else but saves it faithfully loses no point here.
"""

import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import (
    check,
    gradient,
    holding,
    in_graph,
    moves,
    once,
    ratio,
    reloaded,
    survives,
)

FEATURES = 8  # neither 30 nor a number of outputs: shapes tell the weights apart
PROBE = np.linspace(0.2, 1.4, FEATURES, dtype="float32").reshape(1, FEATURES)
TARGET = 0.25


def host(ResidualBlock):
    """A Functional model around a block, as Keras builds it anew from its file.

    Where that cannot be made, which the graph checks tell, it is a model that only calls the block.
    """
    inputs = keras.Input((FEATURES,))
    try:
        outputs = ResidualBlock(3, FEATURES)(inputs)
    except Exception:
        return holding(ResidualBlock(3, FEATURES), keras.layers.Dense(3))
    return keras.Model(inputs, keras.layers.Dense(3)(outputs))


def fill(thing, draw):
    """Give all weights of one shape the same values, those of `draw(shape)`."""
    if not thing.weights:
        raise ValueError(
            f"Keras finds no weights in your {type(thing).__name__}: its layers are made in call, "
            "or kept where Keras does not look, like in an object or a function of your own. Make "
            "them in the constructor, and keep them in attributes or in lists that are attributes."
        )
    values = {shape: draw(shape) for shape in sorted({tuple(w.shape) for w in thing.weights})}
    for weight in thing.weights:
        weight.assign(values[tuple(weight.shape)])


def mixed(rng):
    """Values of both signs, of a size that neither dies out nor explodes from layer to layer."""
    return lambda shape: rng.normal(scale=0.8 if len(shape) == 1 else shape[0] ** -0.5, size=shape)


def positive(rng):
    """Values that leave no neuron silent if the inputs are positive."""

    def draw(shape):
        return rng.uniform(0.3, 0.9, size=shape) / (1 if len(shape) == 1 else shape[0])

    return draw


def rms(array):
    return np.sqrt(np.mean(np.square(array)))


def floats(array):
    return np.asarray(array, "float32")


def made(thing, inputs, draw):
    """Build a block or a model by a call and fill its weights.

    The call has the shape of those that follow: what was traced in it is used again.
    """
    thing(inputs)
    fill(thing, draw)
    return thing


def settled(model, probe):
    """Shift the bias of a model's outputs until it predicts `TARGET` for the probe."""
    model = made(model, probe, positive(np.random.default_rng(1)))
    answer = model(probe)
    size = int(tf.size(answer))
    bias = next((weight for weight in model.weights if tuple(weight.shape) == (size,)), None)
    if bias is None:
        raise ValueError(f"the outputs have no bias: there is no weight of shape ({size},)")
    for _ in range(60):  # a linear output needs one shift
        error = TARGET - tf.reshape(answer, [-1])
        if float(tf.reduce_max(tf.abs(error))) < 1e-6:
            break
        bias.assign_add(error)
        answer = model(probe)
    return model


def extent(predictions):
    """The lowest and the highest prediction: both are the target, if nothing was lost."""
    return {"lowest": tf.reduce_min(predictions), "highest": tf.reduce_max(predictions)}


def answers_for(f, size):
    """What `f` makes of a batch of `size` probes, and of how many: rows may vanish.

    They are counted by what `f` makes of one: a wrong number of outputs costs no point here.
    """
    one, batch = f(PROBE), f(np.repeat(PROBE, size, axis=0))
    return {"rows": tf.size(batch) / tf.size(one), **extent(batch)}


# The second probe is far from the first: without shortcuts, little of a difference is left.
def reacts(f, rng):
    probes = floats(rng.uniform(0.5, 1.5, size=(2, 1, FEATURES)) * [[[1]], [[4]]])
    return {"other inputs get other predictions": moves(map(f, probes))}


@once
def settled_regressor(ResidualRegressor):
    """A model that predicts the target, which no check changes."""
    return settled(ResidualRegressor(3), PROBE)


@check("numerics", points=1)
def block_without_weights_is_the_identity(ResidualBlock, rng):
    """with all weights at zero a block returns its inputs, negative ones too"""
    answers = {}
    for n_layers, n_neurons in ((1, 4), (2, 6)):
        inputs = floats(rng.normal(size=(5, n_neurons)))
        inputs[0, :2] = -1.5, 1.5
        block = made(ResidualBlock(n_layers, n_neurons), inputs, np.zeros)
        answers[f"n_layers {n_layers}, n_neurons {n_neurons}"] = block(inputs)
    return answers


# Most inputs are positive: what a ReLU does to the sum is asked above.
@check("numerics", points=2, rtol=1e-3)
def block_adds_what_its_layers_make(ResidualBlock, rng):
    """a block adds the output of its last layer to its inputs, for any n_layers and n_neurons"""
    answers = {}
    for n_layers, n_neurons in ((1, 5), (2, 4), (3, 6)):
        inputs = floats(rng.uniform(0.1, 2, size=(16, n_neurons)))
        block = made(ResidualBlock(n_layers, n_neurons), inputs, mixed(rng))
        answers[f"n_layers {n_layers}, n_neurons {n_neurons}"] = block(inputs)
    return answers | {
        "the last one in training": block(inputs, training=True),
        "for inputs of both signs": block(floats(rng.normal(size=(16, n_neurons)))),
    }


@check("numerics", points=1)
def layers_have_weights_of_their_own(ResidualBlock):
    """each layer of a block has a kernel and a bias of its own, the same in each call"""
    answers = {}
    for n_layers, n_neurons in ((1, 5), (3, 4)):
        block, inputs = ResidualBlock(n_layers, n_neurons), tf.ones((1, n_neurons))
        same = bool(tf.reduce_all(block(inputs) == block(inputs)))
        shapes = sorted(str(tuple(weight.shape)) for weight in block.weights)
        answers[f"n_layers {n_layers}, n_neurons {n_neurons}"] = " ".join(shapes)
    return answers | {"two calls of the last one agree": same}


# The draws of two submissions differ: the size of so many values does not.
@check("numerics", points=1, rtol=0.05)
def kernels_start_from_he_normal(ResidualBlock, ResidualRegressor):
    """kernels before ReLU are drawn by "he_normal"; all else is as in Dense by default"""
    block, model = ResidualBlock(2, 200), ResidualRegressor(500)
    block(tf.ones((1, 200)))
    model(tf.ones((1, 100)))

    def size(measure, thing, shape, unit):
        kernels = [np.array(weight) for weight in thing.weights if tuple(weight.shape) == shape]
        return measure(np.abs(kernels)) / unit if kernels else f"no kernel of shape {shape}"

    biases = [np.array(weight) for weight in block.weights + model.weights if weight.ndim == 1]
    return {
        "root mean square in a block": size(rms, block, (200, 200), np.sqrt(2 / 200)),
        "largest in a block": size(np.max, block, (200, 200), np.sqrt(2 / 200)),
        "largest in the first layer": size(np.max, model, (100, 30), np.sqrt(2 / 100)),
        "largest in the output layer": size(np.max, model, (30, 500), np.sqrt(6 / 530)),
        "largest bias": np.abs(np.concatenate(biases)).max() if biases else "no bias",
        "losses of their own, as of regularizers": len(block.losses) + len(model.losses),
    }


@check("numerics", points=2, rtol=1e-4, atol=1e-4)
def model_predicts(ResidualRegressor, rng):
    """the model's predictions for given weights, for several output_dim"""
    models = {}
    for output_dim in (1, 3):
        inputs = floats(rng.normal(size=(16, FEATURES)))
        model = made(ResidualRegressor(output_dim), inputs, mixed(rng))
        models[f"output_dim {output_dim}"] = model, inputs
    # Only now: what two models share has got the values of the second.
    answers = {name: model(inputs) for name, (model, inputs) in models.items()}
    return answers | {"the last one in training": model(inputs, training=True)}


# No neuron is silent here: the answer depends on where blocks are applied, not on activations.
@check("numerics", points=1, rtol=1e-3)
def first_block_is_applied_four_times(ResidualRegressor, rng):
    """the first block is applied four times with the same weights, the second once with its own"""
    inputs = floats(rng.uniform(0.5, 1.5, size=(4, FEATURES)))
    model = made(ResidualRegressor(2), inputs, positive(rng))
    kernels = [weight for weight in model.weights if tuple(weight.shape) == (30, 30)]
    changed = []
    for kernel in kernels:
        value = np.array(kernel)
        kernel.assign(np.zeros((30, 30)))
        changed.append(np.array(model(inputs)))
        kernel.assign(value)
    return {
        "kernels of shape (30, 30)": len(kernels),
        "predictions with one of them at zero, sorted": np.sort(np.array(changed), axis=0),
    }


# The next check sees a cut shortcut, too, but compares a block with itself: a block without any
# shortcut shows here only.
@check("gradients", points=1)
def gradient_takes_the_shortcut(ResidualBlock, rng):
    """with all weights at zero the gradient passes a block unchanged"""
    inputs, upstream = floats(rng.uniform(0.1, 2, size=(2, 4, 5)))
    block = made(ResidualBlock(2, 5), inputs, np.zeros)
    return gradient(block, inputs, upstream=upstream)


@check("gradients", points=1, atol=0.02)
def gradient_is_the_slope(ResidualBlock, ResidualRegressor, rng):
    """the gradient in the inputs is the slope of the outputs: gradient / measured slope is 1"""

    def ratio(thing, features, sign=1):
        inputs, step = floats(rng.uniform(0.5, 1.5, size=(2, 4, features)))
        thing = made(thing, inputs, lambda shape: sign * positive(rng)(shape))
        measured = tf.reduce_sum(thing(inputs + 0.05 * step) - thing(inputs - 0.05 * step)) / 0.1
        found = gradient(thing, inputs)
        # What is no tensor says in words that there is no gradient.
        if not tf.is_tensor(found):
            return found
        found = tf.reduce_sum(found * step)
        return 1.0 if found == measured else found / measured  # both may be zero

    return {
        "block": ratio(ResidualBlock(2, 6), 6),
        "block whose ReLUs are silent": ratio(ResidualBlock(2, 6), 6, -1),
        "model": ratio(ResidualRegressor(2), FEATURES),
    }


@check("gradients", points=2)
def gradients_reach_all_weights(ResidualBlock, ResidualRegressor, rng):
    """every weight can be trained: the share of the weights that get a gradient is 1"""

    def share(thing, features):
        inputs = floats(rng.uniform(0.5, 1.5, size=(4, features)))
        thing = made(thing, inputs, positive(rng))
        with tf.GradientTape() as tape:  # which watches nothing that is not trainable
            total = tf.reduce_sum(thing(inputs))
        found = tape.gradient(total, thing.weights)
        return np.mean([one is not None and bool(tf.reduce_any(one != 0)) for one in found])

    return {
        "block": share(ResidualBlock(3, 6), 6),
        "model": share(ResidualRegressor(2), FEATURES),
    }


def predictions(model, rng):
    if not model.weights:
        # Keras builds what it loads by tracing it, and says nothing where that fails: this raises.
        shape = tf.TensorSpec((None, FEATURES))
        tf.function(lambda inputs: model(inputs), autograph=False).get_concrete_function(shape)
        return "a model without weights"
    return answers_for(model, rng.integers(2, 9)) | reacts(model, rng)


@check("serialization", points=2, rtol=1e-3)
def loaded_model_predicts_the_same(ResidualRegressor):
    """a model that predicts 0.25, saved as .keras and loaded in a new process, still does"""
    return reloaded(settled_regressor(ResidualRegressor), use=predictions)


@check("serialization", points=1, rtol=1e-3)
def model_with_a_block_can_be_loaded(ResidualBlock):
    """another model with a block in it, saved as .keras and loaded, still predicts 0.25"""
    return reloaded(settled(host(ResidualBlock), PROBE), use=predictions)


# What is lost here is lost in a .keras file, too; it is asked so that models without a
# configuration keep a point for their weights.
@check("serialization", points=1, rtol=1e-3)
def weights_can_be_loaded_alone(ResidualRegressor, rng):
    """the weights of a model that predicts 0.25, loaded into a second model, make it do so, too"""
    model, second = settled_regressor(ResidualRegressor), ResidualRegressor(3)
    second(PROBE)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "saved.weights.h5")
        model.save_weights(path)
        second.load_weights(path)
    return extent(second(PROBE)) | reacts(second, rng)


@check("serialization", points=1)
@survives("name")
def names_are_kept(ResidualBlock, ResidualRegressor):
    """a block and a model, saved and loaded, have the names they were given"""
    things = [ResidualBlock(2, FEATURES, name="shortcut"), ResidualRegressor(2, name="prices")]
    for thing in things:
        thing(PROBE)
    return things


def predictions_for_batches(f, rng):
    return {f"batch of {size}": answers_for(f, size) for size in (1, 4, 7)} | reacts(f, rng)


@check("graph", points=2, rtol=1e-3)
def one_graph_serves_every_batch(ResidualRegressor):
    """as a graph, a model predicts 0.25 for batches of any size, and goes by weights set later"""
    model = settled_regressor(ResidualRegressor)
    alone = in_graph(model, (None, FEATURES), use=predictions_for_batches)
    changed = after_a_change(made(ResidualRegressor(3), PROBE, positive(np.random.default_rng(1))))
    return {"the graph": alone, "weights changed later, over what direct calls give": changed}


# Traced anew, as above, a graph has the weights of that moment.
def after_a_change(model):
    """What a graph predicts over what direct calls do, when weights change after the trace."""
    graph = tf.function(lambda inputs: model(inputs), autograph=False)
    graph(tf.constant(PROBE))
    for weight in model.weights:
        weight.assign(2 * weight)
    return ratio([graph(tf.constant(PROBE))], [model(PROBE)])


@check("graph", points=1, rtol=1e-3)
def block_works_on_a_keras_input(ResidualBlock, rng):
    """a block takes a keras.Input, and the functional model made with it predicts"""
    inputs = keras.Input((FEATURES,))
    outputs = ResidualBlock(2, FEATURES)(inputs)
    model = settled(keras.Model(inputs, keras.layers.Dense(3)(outputs)), PROBE)
    shape = {"shape of the block's output": list(outputs.shape)}
    return shape | extent(model(PROBE)) | reacts(model, rng)
