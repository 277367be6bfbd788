"""What it means to have solved `gradient_penalty`.

A small number under the root is right, up to 1e-7: it makes 3e-4 of a length of 0.
"""

import math

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check, gradient, in_graph, one_graph
from autograder.checks.later import held_against, of_all_sizes, the_same

CLOSE = {"rtol": 1e-3, "atol": 1e-4}


def draw(rng, *shape, dtype="float32"):
    return rng.normal(size=shape).astype(dtype)


def variable(rng, *shape, dtype="float32"):
    return tf.Variable(rng.uniform(0.4, 1.6, shape) * rng.choice([-1, 1], shape), dtype=dtype)


def linear(rng, columns, length, dtype="float32"):
    """A linear critic whose slope has a length, and its weights."""
    w = rng.normal(size=(columns, 1))
    w = tf.Variable(length * w / np.linalg.norm(w), dtype=dtype)
    return (lambda x: x @ w), [w]


def network(rng, *shape, dtype="float32"):
    """A critic with one hidden layer, of samples of a shape, and its weights.

    No slope of it is shorter than 0.3: along the first number of a sample, the straight line and
    all of the hidden layer rise.
    """
    size = math.prod(shape)
    weights = [variable(rng, *one, dtype=dtype) for one in ((size, 4), (4,), (4, 1))]
    kernel, bias, last = weights
    kernel[0].assign(tf.abs(kernel[0]) * tf.sign(last[:, 0]))

    def critic(x):
        flat = tf.reshape(x, [-1, size])
        return tf.tanh(flat @ kernel + bias) @ last + 0.3 * flat[:, :1]

    return critic, weights


def gated(rng, columns):
    """A critic without a slope where all columns are negative, and its weights, all positive."""
    weights = [
        tf.Variable(rng.uniform(0.3, 1, one), dtype="float32") for one in ((columns, 4), (4, 1))
    ]
    return (lambda x: tf.nn.relu(x @ weights[0]) @ weights[1]), weights


def bowl(rng, columns):
    """A critic whose slope is zero at the first of two samples, its weights, and the samples."""
    weights, way = variable(rng, columns), variable(rng, columns)
    x = tf.stack([-weights, way - weights])
    return (lambda x: tf.reduce_sum(weights * x + x * x / 2, axis=1, keepdims=True)), [weights], x


def half_open(rng, samples, columns):
    """Samples of which every second has no slope with `gated`."""
    signs = np.where(np.arange(samples) % 2, -1, 1)[:, None]
    return (signs * rng.uniform(0.2, 2, (samples, columns))).astype("float32")


@check("numerics", points=2, **CLOSE)
def linear_critics(gradient_penalty, rng):
    """a linear critic has one slope everywhere, and the penalty is (its length - 1) squared"""
    return {
        f"length {length:g}, {samples} samples": gradient_penalty(
            linear(rng, 3, length)[0], tf.constant(draw(rng, samples, 3))
        )
        for length, samples in ((3, 4), (0.4, 5), (1.7, 1), (1, 2))
    }


@check("numerics", points=2, **CLOSE)
def small_networks(gradient_penalty, rng):
    """with a network, each sample has a slope of its own, and the penalty is the mean over them"""
    critic, _ = network(rng, 5)
    return {
        f"{samples} samples": gradient_penalty(critic, tf.constant(draw(rng, samples, 5)))
        for samples in (1, 4, 7)
    }


@check("numerics", points=2, **CLOSE)
def samples_of_more_axes(gradient_penalty, rng):
    """a series or an image has one slope, of all its numbers"""
    return {
        f"shape {shape}": gradient_penalty(
            network(rng, *shape[1:])[0], tf.constant(draw(rng, *shape))
        )
        for shape in ((4, 2, 3), (3, 2, 3, 2), (1, 3, 1, 2))
    }


@check("numerics", points=1, **CLOSE)
def slopes_of_zero(gradient_penalty, rng):
    """a sample at which the slope is zero costs 1"""
    critic, _ = gated(rng, 3)
    x = half_open(rng, 5, 3)
    return {
        "every second": gradient_penalty(critic, tf.constant(x)),
        "all": gradient_penalty(critic, tf.constant(-np.abs(x))),
    }


@check("numerics", points=1)
def dtype_is_kept(gradient_penalty, rng):
    """the penalty is a scalar of the dtype of the samples"""
    found = {}
    for dtype in ("float32", "float64"):
        critic, _ = network(rng, 3, dtype=dtype)
        found[dtype] = np.asarray(
            gradient_penalty(critic, tf.constant(draw(rng, 3, 3, dtype=dtype)))
        )
    return {name: {"dtype": one.dtype.name, "axes": one.ndim} for name, one in found.items()}


@check("gradients", points=2, **CLOSE)
def weights_of_linear_critics(gradient_penalty, rng):
    """the weights of a linear critic are led to the length 1, from both sides"""
    x = tf.constant(draw(rng, 4, 3))
    found = {}
    for length, factor in ((2.5, 1), (0.3, 10)):
        critic, weights = linear(rng, 3, length)
        penalty = lambda critic=critic: gradient_penalty(critic, x)
        found[f"length {length}, {factor} times the penalty"] = gradient(
            penalty, of=weights, upstream=np.float32(factor)
        )
    return found


@check("gradients", points=2, **CLOSE)
def weights_of_networks(gradient_penalty, rng):
    """all weights that act on the slope get their gradient, those of a Keras model too"""
    x = tf.constant(draw(rng, 5, 3))
    critic, weights = network(rng, 3)
    model = keras.Sequential([keras.layers.Dense(3, "tanh"), keras.layers.Dense(1)])
    model.build((None, 3))
    model.set_weights([variable(rng, *one.shape).numpy() for one in model.get_weights()])
    return {
        "a function": gradient(lambda: gradient_penalty(critic, x), of=weights),
        "a function, one sample": gradient(lambda: gradient_penalty(critic, x[:1]), of=weights),
        # The last bias acts on the scores alone, and has no gradient.
        "a Keras model": gradient(lambda: gradient_penalty(model, x), of=model.weights[:-1]),
    }


@check("gradients", points=2, **CLOSE)
def weights_beside_slopes_of_zero(gradient_penalty, rng):
    """a sample at which the slope is zero adds nothing to the gradient, and does not spoil it"""

    def slopes(critic, weights, x):
        return gradient(lambda: gradient_penalty(critic, x), of=weights)

    critic, weights = gated(rng, 3)
    x = half_open(rng, 5, 3)
    nothing = slopes(critic, weights, tf.constant(-np.abs(x)))
    return {
        "every second": slopes(critic, weights, tf.constant(x)),
        # None says that nothing is added, too.
        "all": [
            one if isinstance(one, tf.Tensor) else tf.zeros_like(of)
            for one, of in zip(nothing, weights, strict=True)
        ],
        "at the bottom of a bowl": slopes(*bowl(rng, 3)),
    }


# Below, no slope is zero, and another formula need only be the same everywhere: what is lost in
# numerics and gradients is not lost again.


def rows(rng):
    return [draw(rng, 6, 3)]  # and so 3 of them, and 1


def images(rng):
    return [draw(rng, 4, 2, 2, 1)]


@check("graph", points=1, **CLOSE)
@one_graph([None, 3], draw=rows)
def one_graph_for_all_sizes(gradient_penalty, rng):
    """traced once for an unknown number of samples, the graph has the right penalty for any"""
    critic, _ = network(rng, 3)
    return lambda x: gradient_penalty(critic, x)


@check("graph", points=1, **CLOSE)
@one_graph([None, 2, 2, 1], draw=images)
def one_graph_for_images(gradient_penalty, rng):
    """the same for images"""
    critic, _ = network(rng, 2, 2, 1)
    return lambda x: gradient_penalty(critic, x)


@check("graph", points=2, **CLOSE)
def gradient_inside_the_graph(gradient_penalty, rng):
    """a graph for an unknown number of samples can take the gradient in the weights inside"""
    critic, weights = network(rng, 3)

    def slopes(x):
        with tf.GradientTape() as tape:
            penalty = gradient_penalty(critic, x)
        # One that is missing is missing in direct calls as well, where it has cost points.
        found = tape.gradient(penalty, weights, unconnected_gradients="zero")
        return tf.concat([tf.reshape(one, [-1]) for one in found], axis=0)

    direct = of_all_sizes(slopes, the_same(rows))
    return in_graph(slopes, [None, 3], use=slopes_in_graph, beside=direct)


def slopes_in_graph(f, direct, rng):
    return held_against(direct, f, rows, rng, dimension="gradients")
