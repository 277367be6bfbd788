"""What it means to have solved `straight_through`."""

import math

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import (
    again,
    check,
    exported,
    gradient,
    in_graph,
    once,
    one_graph,
)
from autograder.checks.later import held_against, of_all_sizes, of_one_size, the_same


def draw(rng, *shape, dtype="float32"):
    """Numbers of both signs, some within -1 and 1 and some beyond, none close to 0, -1 or 1."""
    count = math.prod(shape)
    kinds = rng.permutation(np.arange(count) % 4)
    size = np.where(kinds < 2, rng.uniform(0.1, 0.9, count), rng.uniform(1.1, 3, count))
    return np.where(kinds % 2, size, -size).reshape(shape).astype(dtype)


def upstreams(rng, *shape, dtype="float32"):
    """Numbers of both signs, of which half are larger than 1."""
    size = rng.permutation(np.geomspace(0.1, 20, math.prod(shape)))
    return (size * rng.choice([-1, 1], size.shape)).reshape(shape).astype(dtype)


def typed(tensor):
    """The values and their dtype, which a comparison of values alone does not tell."""
    return {"dtype": np.asarray(tensor).dtype.name, "values": tensor}


@check("numerics", points=3)
def values(binarize, rng):
    """the values are +1 and -1, for scalars, vectors and tensors of higher rank"""
    z = draw(rng, 24)
    return {
        "a positive scalar": binarize(tf.constant(abs(z[0]))),
        "a negative scalar": binarize(tf.constant(-abs(z[0]))),
        "a vector": binarize(tf.constant(z)),
        "a matrix": binarize(tf.constant(z.reshape(4, 6))),
        "rank 4": binarize(tf.constant(z.reshape(2, 1, 4, 3))),
        "far out": binarize(tf.constant(50 * z)),
    }


@check("numerics", points=1)
def values_at_zero(binarize):
    """0 and -0 give +1, and close to 0 the sign decides"""
    return {
        "0, -0": binarize(tf.constant([0.0, -0.0])),
        "0 among others": binarize(tf.constant([3.0, 0.0, -0.5, -0.0])),
        "1e-6, -1e-6, 1e-20, -1e-20": binarize(tf.constant([1e-6, -1e-6, 1e-20, -1e-20])),
    }


@check("numerics", points=1)
def dtype_is_kept(binarize, rng):
    """float32 stays float32; float64 stays float64, and is not rounded before it is judged"""
    tiny = [1e-60, -1e-60]  # in float32 both are zeros
    return {
        "float32": typed(binarize(tf.constant(draw(rng, 8)))),
        "float64": typed(binarize(tf.constant(draw(rng, 8, dtype="float64")))),
        "1e-60 and -1e-60 in float64": typed(binarize(tf.constant(tiny, tf.float64))),
    }


@check("gradients", points=2)
def what_passes(binarize, rng):
    """the gradient passes where |z| is below 1, at 0 too, and not where it is above"""
    z = draw(rng, 12)
    return {
        "a vector": gradient(binarize, z),
        "a matrix": gradient(binarize, z.reshape(3, 4)),
        "a scalar within": gradient(binarize, np.float32(rng.uniform(-0.9, 0.9))),
        "a scalar beyond": gradient(binarize, np.float32(rng.uniform(1.1, 3))),
        "at 0": gradient(binarize, np.zeros(3, "float32")),
        "all within": gradient(binarize, rng.uniform(-0.9, 0.9, 6).astype("float32")),
    }


@check("gradients", points=1)
def ends_of_the_line(binarize):
    """at z = 1 and z = -1 the gradient passes, and right beyond it does not"""
    beyond = np.nextafter(np.float32([-1, 1]), np.float32([-2, 2]))
    return {
        "at -1 and 1": gradient(binarize, np.float32([-1, 1])),
        "right beyond": gradient(binarize, beyond),
    }


@check("gradients", points=2)
def upstream_of_each(binarize, rng):
    """each element passes what arrives at it from above, unchanged"""
    z = draw(rng, 12)
    upstream = upstreams(rng, 12)
    matrices = z.reshape(4, 3), upstream.reshape(4, 3)
    return {
        "a vector": gradient(binarize, z, upstream=upstream),
        "a matrix": gradient(binarize, matrices[0], upstream=matrices[1]),
    }


@check("gradients", points=1, rtol=1e-12, atol=1e-12)
def float64_gradient(binarize, rng):
    """in float64 the gradient is float64, and |z| is not rounded before it is judged"""
    beyond, within = [1 + 1e-10, -1 - 1e-10], [1 - 1e-10, -1 + 1e-10]
    z = np.concatenate([draw(rng, 8, dtype="float64"), beyond, within])
    return typed(gradient(binarize, z, upstream=upstreams(rng, 12, dtype="float64")))


# The layers lie side by side: in a stack, wrong values of the first would become wrong slopes.
@check("gradients", points=1)
def used_twice(binarize, rng):
    """used twice, in two layers of a model or in one expression, each use has its own gradient"""
    layers = [keras.layers.Dense(2, activation=binarize) for _ in range(2)]
    inputs = tf.constant(rng.normal(size=(6, 3)), tf.float32)
    for layer in layers:
        layer.build(inputs.shape)
        layer.set_weights([rng.uniform(-1, 1, weight.shape) for weight in layer.get_weights()])
    weights = [weight for layer in layers for weight in layer.weights]
    z, other, upstream = draw(rng, 12), tf.constant(draw(rng, 12)), upstreams(rng, 12)

    def total(z):
        return binarize(z) + 2 * binarize(other) + 4 * binarize(z / 2)

    return {
        "two layers": gradient(lambda: layers[0](inputs) + layers[1](inputs), of=weights),
        "a sum": gradient(total, z, upstream=upstream),
    }


# Below, z is away from 0, -1 and 1, and other values or slopes need only be the same everywhere:
# what is lost in numerics and gradients is not lost again.


def of_known_size(rng):
    return [draw(rng, 6, 4)]


def of_any_size(rng):
    return [draw(rng, 8, 4)]  # and so 4 rows, and 1


def slope_of(f):
    """A function that returns the gradient of `f` where the size of z arrives from above."""

    def slope(z):
        with tf.GradientTape() as tape:
            tape.watch(z)
            found = f(z)
        # One that is missing is missing in direct calls as well, where it has cost points.
        return tape.gradient(found, z, output_gradients=tf.abs(z), unconnected_gradients="zero")

    return slope


@once
def saved(binarize):
    """A file, which two checks ask."""
    return exported(binarize, [6, 4], use=loaded_values)


# No wrong answer fails here alone: what cannot be exported has no gradient there either. The two
# are apart so that wrong values do not cost the points of the gradient, nor the reverse.
@check("serialization", points=1)
def exported_values(binarize):
    """exported and loaded without your code, it still has its values"""
    direct = of_one_size(binarize, the_same(of_known_size))
    return again(saved(binarize), use=loaded_values, beside=direct)


def loaded_values(f, direct, rng):
    return held_against(direct, f, of_known_size, rng, of_one_size)


@check("serialization", points=2)
def exported_gradient(binarize):
    """exported and loaded without your code, it still has its gradient"""
    direct = of_one_size(slope_of(binarize), the_same(of_known_size))
    return again(saved(binarize), use=loaded_slopes, beside=direct)


def loaded_slopes(f, direct, rng):
    return held_against(direct, slope_of(f), of_known_size, rng, of_one_size, dimension="gradients")


@check("graph", points=1)
@one_graph([None, None], draw=of_any_size)
def one_graph_for_all_sizes(binarize):
    """traced once for matrices of unknown size, the graph has the right values for any size"""
    return binarize


@check("graph", points=2)
def gradient_inside_the_graph(binarize):
    """a graph for matrices of unknown size can take the gradient inside"""
    f = slope_of(binarize)
    direct = of_all_sizes(f, the_same(of_any_size))
    return in_graph(f, [None, None], use=slopes_in_graph, beside=direct)


def slopes_in_graph(f, direct, rng):
    return held_against(direct, f, of_any_size, rng, dimension="gradients")
