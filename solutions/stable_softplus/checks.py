"""What it means to have solved `stable_softplus`."""

import math

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import again, check, exported, gradient, in_graph, once, tried

SWITCHED_OFF = [
    "tensorflow.python.ops.gen_nn_ops.softplus",
    # TensorFlow 1's names first: some are today's functions, and the last name goes into messages.
    "tensorflow.compat.v1.nn.softplus",
    "tensorflow.nn.softplus",
    "tensorflow.raw_ops.Softplus",
    "keras.ops.softplus",
    "keras.activations.softplus",
    # -log_sigmoid(-z) is a softplus, and so is the cross-entropy of the logit z and the label 0.
    "tensorflow.compat.v1.math.log_sigmoid",
    "tensorflow.math.log_sigmoid",
    "keras.ops.log_sigmoid",
    "keras.activations.log_sigmoid",
    "tensorflow.compat.v1.nn.sigmoid_cross_entropy_with_logits",
    "tensorflow.nn.sigmoid_cross_entropy_with_logits",
    "tensorflow.compat.v1.nn.weighted_cross_entropy_with_logits",
    "tensorflow.nn.weighted_cross_entropy_with_logits",
]

# float32 and float64 keep about 7 and 16 digits; crude shortcuts stay out of reach of both.
SINGLE = {"rtol": 1e-6, "atol": 1e-5}
DOUBLE = {"rtol": 1e-9, "atol": 1e-8}
# Both sides of where exp overflows: in float32 beyond 88, in float64 beyond 709.
FAR = [-1000.0, -800.0, -500.0, -104.0, -90.0, 88.0, 89.0, 104.0, 500.0, 800.0, 1000.0]


def spread(rng, size, reach, dtype="float32"):
    """One number from each of `size` equal parts of [-reach, reach], in random order."""
    edges = np.linspace(-reach, reach, size + 1)
    # With three digits, a student can read them.
    return rng.permutation(rng.uniform(edges[:-1], edges[1:])).round(3).astype(dtype)


CALLED = "my_softplus({})"


def values(my_softplus, z):
    return tried(my_softplus(tf.constant(z)), CALLED, z)


def slopes(my_softplus, z, upstream=None):
    found = gradient(my_softplus, z, upstream=upstream)
    return tried(found, "my_softplus(z)", slope_in={"z": z}, upstream=upstream)


def typed(tensor):
    """The values and their dtype, which a comparison of values alone does not tell."""
    return {"dtype": np.asarray(tensor).dtype.name, "values": tensor}


@check("numerics", points=1, **SINGLE)
def values_in_any_shape(my_softplus, rng):
    """the values are log(1 + exp(z)), for scalars, vectors and tensors of higher rank"""
    z = spread(rng, 30, 10)
    return {
        "a scalar": values(my_softplus, z[0]),
        "a vector": values(my_softplus, z),
        "a matrix": values(my_softplus, z.reshape(5, 6)),
        "rank 4": values(my_softplus, z.reshape(5, 1, 3, 2)),
    }


@check("numerics", points=1, **SINGLE)
def values_far_out(my_softplus):
    """far out the values are finite: z on the right, 0 on the left (a batch for each z)"""
    asked = {"float32": FAR, "float64": (-1000, -720, 709, 720, 1000)}
    return {
        f"z = {z:g} in {dtype}": values(my_softplus, np.array([z, z], dtype))
        for dtype, numbers in asked.items()
        for z in numbers
    }


@check("numerics", points=2, **SINGLE)
def values_in_a_mixed_batch(my_softplus, rng):
    """one batch may hold moderate values and values far out on both sides"""
    return values(my_softplus, rng.permutation([*spread(rng, 8, 8), *FAR]).astype("float32"))


@check("numerics", points=1, **DOUBLE)
def float64_values(my_softplus, rng):
    """float64 stays float64 and has its accuracy"""
    z = spread(rng, 40, 20, "float64")
    found = typed(my_softplus(tf.constant(z)))
    return {
        "dtype": tried(found["dtype"], f"{CALLED}.dtype.name", z),
        "values": tried(found["values"], CALLED, z),
    }


@check("gradients", points=2, **SINGLE)
def slope_is_the_sigmoid(my_softplus, rng):
    """the slope is sigmoid(z), and one half at z = 0"""
    z = spread(rng, 12, 10)
    return {
        "at 0": slopes(my_softplus, np.zeros(3, "float32")),
        "elsewhere": slopes(my_softplus, z),
        "in a matrix": slopes(my_softplus, z.reshape(3, 4)),
        "in a scalar": slopes(my_softplus, z[0]),
        # Where a cut-off may be.
        "at whole numbers": slopes(my_softplus, np.arange(-50, 51, dtype="float32")),
    }


@check("gradients", points=1, **SINGLE)
def slope_far_out(my_softplus, rng):
    """far out the slope is finite: 1 on the right, 0 on the left, in a mixed batch too"""
    z = rng.permutation([*spread(rng, 8, 8), *FAR])
    return {
        "float32": slopes(my_softplus, z.astype("float32")),
        "float64": slopes(my_softplus, z.astype("float64")),
    }


@check("gradients", points=2, **SINGLE)
def chain_rule(my_softplus, rng):
    """each element of the upstream gradient is multiplied by the slope of its own element"""
    z = spread(rng, 8, 4)
    upstream = rng.permutation([0, -0.5, 0.25, -3, 5, -20, 40, 2]).astype("float32")
    matrices = z.reshape(4, 2), upstream.reshape(4, 2)
    return {
        "a vector": slopes(my_softplus, z, upstream),
        "a matrix": slopes(my_softplus, *matrices),
    }


@check("gradients", points=1, **DOUBLE)
def float64_slope(my_softplus, rng):
    """in float64 the gradient is float64 and has its accuracy"""
    upstream = rng.uniform(-3, 3, 40)
    return typed(gradient(my_softplus, spread(rng, 40, 20, "float64"), upstream=upstream))


# Side by side: in a stack, wrong values of the first layer would become wrong slopes of the second.
@check("gradients", points=1)
def two_layers(my_softplus, rng):
    """as the activation of two layers of a model, it lets the weights of both learn"""
    layers = [keras.layers.Dense(2, activation=my_softplus) for _ in range(2)]
    inputs = tf.constant(rng.normal(size=(5, 3)), tf.float32)
    for layer in layers:
        layer.build(inputs.shape)
        layer.set_weights([rng.uniform(-1, 1, weight.shape) for weight in layer.get_weights()])
    weights = [weight for layer in layers for weight in layer.weights]
    return gradient(lambda: layers[0](inputs) + layers[1](inputs), of=weights)


# The checks below stay where nothing overflows, with an upstream of ones, all but one with vectors,
# and sizes are unknown only in "graph": what is lost in another dimension is not lost here again.


@once
def saved(my_softplus):
    """A file, which two checks ask."""
    return exported(my_softplus, [6], use=values_of_six)


# No wrong answer fails here alone: what cannot be exported has no gradient there either. The two
# are apart so that wrong values do not cost the points of the gradient, nor the reverse.
@check("serialization", points=1, **SINGLE)
def exported_values(my_softplus):
    """exported and loaded without your code, it still has its values"""
    return saved(my_softplus)


# Nor here: who loses the gradient of an export loses that of a graph, or the values, as well.
@check("serialization", points=2, **SINGLE)
def exported_gradient(my_softplus):
    """exported and loaded without your code, it still has its gradient"""
    return again(saved(my_softplus), use=gradient_of_six)


@check("graph", points=1, **SINGLE)
def one_graph_for_all_sizes(my_softplus):
    """traced once for tensors of unknown size, the graph has the right values for any size"""
    return in_graph(my_softplus, [None, None], use=several_shapes)


@check("graph", points=2, **SINGLE)
def gradient_inside_the_graph(my_softplus):
    """a graph for tensors of unknown size can take the gradient inside"""
    return in_graph(lambda z: gradient(my_softplus, z), [None], use=several_sizes)


def values_of_six(loaded, rng):
    return loaded(tf.constant(spread(rng, 6, 4)))


def gradient_of_six(loaded, rng):
    return gradient(loaded, spread(rng, 6, 4))


def several_shapes(graph, rng):
    drawn = {one: spread(rng, math.prod(one), 4).reshape(one) for one in ((7, 1), (1, 3), (2, 4))}
    return {f"shape {one}": graph(tf.constant(z)) for one, z in drawn.items()}


def several_sizes(graph, rng):
    return {f"{size} elements": graph(tf.constant(spread(rng, size, 4))) for size in (7, 1, 3)}
