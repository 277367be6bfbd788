"""What it means to have solved `custom_parts`."""

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check, gradient, moves, one_graph, ratio, reloaded, tried

SWITCHED_OFF = [
    "keras.regularizers.L1",
    "keras.regularizers.L1L2",
    "keras.constraints.MaxNorm",
    "keras.constraints.MinMaxNorm",
    "keras.constraints.UnitNorm",
]

# Shapes and gains. The deviation of so many numbers is off by 0.2 %, as a rule.
KERNELS = ((600, 400), 1.0), ((2000, 100), 2.0), ((100, 1500), 0.5)

RATE = 0.5  # of the steps of training

VARIABLE = "keras.Variable({})"


def draw(rng, *shape):
    """Numbers of two digits, so that a student can read them."""
    return rng.normal(scale=2, size=shape).round(2).astype("float32")


def away(rng, *shape):
    """Numbers of both signs on both sides of -1, none of which is close to a kink."""
    sizes = rng.uniform([0.2, 1.2], [0.8, 3], size=(*shape, 2))
    chosen = np.where(rng.uniform(size=shape) < 0.5, *np.moveaxis(sizes, -1, 0))
    return (chosen * rng.choice([-1, 1], size=shape)).round(2).astype("float32")


def columns(rng, *lengths, rows=4):
    """A kernel with columns of these lengths."""
    directions = rng.normal(size=(rows, len(lengths)))
    return (lengths * directions / np.linalg.norm(directions, axis=0)).astype("float32")


def called(part, code, inputs, made=tf.constant):
    """What a part makes of inputs, which are a tensor or a variable, and the code for that."""
    return tried(part(made(inputs)), f"{code}({'{}' if made is tf.constant else VARIABLE})", inputs)


def first_of_two(part, name, arguments, inputs):
    """What the first of two parts makes of inputs when both are made, and the code for that.

    If the class keeps the argument, or the module, it is that of the second part by then.
    """
    parts = [part(one) for one in arguments]
    made = ", ".join(f"{name}({one})" for one in arguments)
    return called(parts[0], f"first, second = {made}\nfirst", inputs)


@check("numerics", points=1)
def activation_values(shifted_relu, rng):
    """the activation is max(z, -1), for tensors of any shape"""
    return {
        "a vector": called(shifted_relu, "shifted_relu", draw(rng, 8)),
        "a batch": called(shifted_relu, "shifted_relu", draw(rng, 3, 4)),
        "rank 4": called(shifted_relu, "shifted_relu", draw(rng, 2, 3, 1, 4)),
        "at -1": called(shifted_relu, "shifted_relu", np.float32([-1, -1])),
    }


@check("numerics", points=2, rtol=0.02, atol=0)
def deviation_of_kernels(ScaledGlorot):
    """the standard deviation of a large kernel fits its shape and the gain"""
    asked = {f"shape {shape}, gain {gain}": (shape, gain) for shape, gain in KERNELS}
    code = 'tf.math.reduce_std({}({}, dtype="float32"))'
    seen = {
        label: tried(
            np.std(ScaledGlorot(gain)(shape, dtype="float32")),
            code.format(f"ScaledGlorot({gain})", shape),
        )
        for label, (shape, gain) in asked.items()
    }
    usual = np.std(ScaledGlorot()((600, 400), dtype="float32"))
    parts = ScaledGlorot(2.0), ScaledGlorot(0.5)
    wide = np.std(parts[0]((600, 400), dtype="float32"))
    made = "first, second = ScaledGlorot(2.0), ScaledGlorot(0.5)\n"
    return seen | {
        "gain by default": tried(usual, code.format("ScaledGlorot()", (600, 400))),
        "the first of two": tried(wide, made + code.format("first", (600, 400))),
    }


# Of 240,000 numbers, the mean is off by 0.002 deviations, and a share by 0.001, as a rule.
@check("numerics", points=1, rtol=0, atol=0.01)
def normal_and_not_truncated(ScaledGlorot):
    """a kernel of any size is normally distributed, with the mean 0, and not truncated"""
    kernel = np.asarray(ScaledGlorot(2.0)((600, 400), dtype="float32"))
    whole = kernel / np.std(kernel)
    single = np.asarray(ScaledGlorot(2.0)((1, 1), dtype="float32"))
    return {
        "a single weight is a number other than 0": bool(
            np.all(np.isfinite(single) & (single != 0))
        ),
        "the mean is 0, within 0.02 standard deviations": bool(abs(np.mean(whole)) < 0.02),
        "share beyond 1 standard deviation": np.mean(np.abs(whole) > 1),
        "share beyond 2.3 standard deviations": np.mean(np.abs(whole) > 2.3),
    }


@check("numerics", points=1)
def seeds(ScaledGlorot):
    """two initializers draw the same kernel with the same seed, and different ones otherwise"""

    def kernels(*given):
        """Drawn when all initializers are made: each has a seed of its own."""
        made = [ScaledGlorot(1.0, *seed) for seed in given]
        return [np.asarray(one((20, 30), dtype="float32")) for one in made]

    return {
        "the same for seeds 7 and 7": np.array_equal(*kernels([7], [7])),
        "the same for seeds 0 and 0": np.array_equal(*kernels([0], [0])),
        "the same for seeds 7 and 8": np.array_equal(*kernels([7], [8])),
        "the same without a seed": np.array_equal(*kernels([], [])),
        "different numbers in a kernel of 600": len(np.unique(*kernels([7]))) > 590,
    }


@check("numerics", points=1)
def shape_and_dtype(ScaledGlorot):
    """a kernel has the shape and the dtype that Keras asks for; None is float32"""
    seen = {}
    for dtype in "float32", "float64", None:
        kernel = ScaledGlorot(seed=1)((3, 5), dtype=dtype)
        code = f"ScaledGlorot(seed=1)((3, 5), dtype={dtype!r})"
        seen[f"dtype={dtype!r}"] = [
            tried(list(kernel.shape), f"list({code}.shape)"),
            tried(np.asarray(kernel).dtype.name, f"{code}.dtype.name"),
        ]
    return seen


@check("numerics", points=2)
def penalties(L1Regularizer, rng):
    """the penalty is the factor times the sum of all weights' absolute values, a scalar"""
    weights = draw(rng, 4, 3)
    return {
        "factor 0.5": called(L1Regularizer(0.5), "L1Regularizer(0.5)", weights),
        "factor 3": called(L1Regularizer(3.0), "L1Regularizer(3.0)", draw(rng, 5)),
        "factor by default, times 1000": tried(
            1000 * L1Regularizer()(tf.constant(weights)), "1000 * L1Regularizer()({})", weights
        ),
        "of a variable": called(L1Regularizer(0.5), "L1Regularizer(0.5)", weights, keras.Variable),
        "of the first of two": first_of_two(
            L1Regularizer, "L1Regularizer", (0.5, 3.0), draw(rng, 5)
        ),
    }


@check("numerics", points=2)
def constrained_kernels(MaxColumnNorm, rng):
    """columns that are longer than the limit are scaled down to it, and others stay as they are"""
    lengths = rng.permutation([0.2, 0.7, 1.3, 2.0, 6.0])
    return {
        "limit 1.5": called(MaxColumnNorm(1.5), "MaxColumnNorm(1.5)", columns(rng, *lengths)),
        "limit 0.5, as many rows as columns": called(
            MaxColumnNorm(0.5), "MaxColumnNorm(0.5)", columns(rng, *lengths, rows=5)
        ),
        "limit by default": called(MaxColumnNorm(), "MaxColumnNorm()", columns(rng, *lengths)),
        "a variable": called(
            MaxColumnNorm(1.5), "MaxColumnNorm(1.5)", columns(rng, *lengths), keras.Variable
        ),
        "the first of two": first_of_two(
            MaxColumnNorm, "MaxColumnNorm", (1.5, 0.5), columns(rng, *lengths)
        ),
    }


@check("numerics", points=1)
def columns_of_zeros(MaxColumnNorm, rng):
    """a column of zeros stays one"""
    kernel = columns(rng, 0.0, 3.0, 0.0, 0.5)
    return called(MaxColumnNorm(1.0), "MaxColumnNorm(1.0)", kernel)


def full_layer(parts, units=3, gain=2.0):
    """A Dense with all four parts, or those that there are."""
    activation, initializer, regularizer, constraint = parts
    return keras.layers.Dense(
        units,
        activation=activation,
        kernel_initializer=initializer(gain, seed=3),
        kernel_regularizer=regularizer(0.3),
        kernel_constraint=constraint(1.2),
    )


def given(rng, layer, inputs=4):
    """The layer, built, with weights that were drawn."""
    if not layer.built:
        layer.build((None, inputs))
    layer.kernel.assign(columns(rng, *rng.uniform(0.5, 2, layer.units), rows=inputs))
    layer.bias.assign(draw(rng, layer.units))
    return layer


# A wrong value has a wrong slope, as a rule, and what stops the gradient is mostly NumPy, which
# fails in a graph as well.
@check("gradients", points=1)
def slope_of_the_activation(shifted_relu, rng):
    """the slope of the activation is 1 above -1 and 0 below, times what arrives from above"""
    z, upstream = away(rng, 4, 5), draw(rng, 4, 5)
    found = gradient(shifted_relu, z, upstream=upstream)
    return tried(found, "shifted_relu(z)", slope_in={"z": z}, upstream=upstream)


@check("gradients", points=1)
def slope_of_the_penalty(L1Regularizer, rng):
    """the slope of the penalty is the factor with the sign of each weight"""
    seen = {}
    for factor in (0.5, 3.0):
        weights, upstream = away(rng, 3, 4), np.float32(5)
        found = gradient(L1Regularizer(factor), weights, upstream=upstream)
        named = {"weights": weights}
        seen[f"factor {factor}"] = tried(
            found, f"L1Regularizer({factor})(weights)", slope_in=named, upstream=upstream
        )
    return seen


# Loaded, in a graph: a part is held against what it does itself. Its formula is graded under
# numerics.


def beside_itself(part, before, given, drawn):
    """How a part answers what it was given before, and whether its answers move at all."""
    return {
        "over what it was before": ratio(part(tf.constant(given)), before),
        "moves": moves([part(tf.constant(one)) for one in drawn]),
    }


# `saved_model` asks for the arguments of the parts, too. Here each of them has a point of its own:
# whoever forgets one configuration keeps those of the others.
@check("serialization", points=1)
def regularizer_survives(L1Regularizer, rng):
    """saved and loaded in a new process, a regularizer has its factor"""
    regularizer, weights = L1Regularizer(0.7), draw(rng, 5)
    beside = [regularizer(tf.constant(weights)), weights]
    return reloaded(regularizer, use=of_a_regularizer, beside=beside)


def of_a_regularizer(loaded, direct, rng):
    return beside_itself(loaded, *direct, [draw(rng, 5) for _ in range(2)])


@check("serialization", points=1)
def constraint_survives(MaxColumnNorm, rng):
    """saved and loaded in a new process, a constraint has its limit"""
    constraint, kernel = MaxColumnNorm(2.5), columns(rng, 0.5, 1.5, 4.0)
    beside = [constraint(tf.constant(kernel)), kernel]
    return reloaded(constraint, use=of_a_constraint, beside=beside)


def of_a_constraint(loaded, direct, rng):
    return beside_itself(loaded, *direct, [columns(rng, 0.5, 1.5, 4.0) for _ in range(2)])


@check("serialization", points=1, rtol=0.02, atol=0)
def initializer_survives(ScaledGlorot):
    """saved and loaded in a new process, an initializer has its gain and its seed"""
    initializer = ScaledGlorot(3.0, seed=5)
    beside = np.asarray(initializer((300, 200), dtype="float32"))
    seen = {"loaded": reloaded(initializer, use=of_an_initializer, beside=beside)}
    zero = ScaledGlorot(3.0, seed=0).get_config()
    return seen | {"the configuration holds the seed 0": bool(zero.get("seed") == 0)}


def of_an_initializer(loaded, direct):
    kernel = np.asarray(loaded((300, 200), dtype="float32"))
    return {
        "draws the same kernel": np.allclose(kernel, direct),
        "deviation, over what it was before": ratio(np.std(kernel), np.std(direct)),
    }


# What a file needs beside configurations: parts that Keras finds, in a layer that is built anew.
@check("serialization", points=1)
def saved_model(shifted_relu, ScaledGlorot, L1Regularizer, MaxColumnNorm, rng):
    """loaded from a .keras file, a layer of all four still bends, regularizes and constrains"""
    layer = full_layer((shifted_relu, ScaledGlorot, L1Regularizer, MaxColumnNorm))
    model = keras.Sequential([keras.Input((4,)), layer])
    given(rng, layer)
    x = draw(rng, 6, 4)
    return reloaded(model, use=of_a_model, beside=[x, *seen_of(layer, x)])


def seen_of(layer, x):
    """What a layer shows of each of its parts."""
    initializer = type(layer.kernel_initializer)
    again = initializer.from_config(layer.kernel_initializer.get_config())
    return [
        np.asarray(layer(tf.constant(x))),
        np.asarray(tf.add_n(layer.losses)),
        np.asarray(layer.kernel_constraint(3 * layer.kernel)),
        np.std(again((300, 200), dtype="float32")),
    ]


def of_a_model(model, direct, rng):
    layer = model.layers[-1]
    x, *before = direct
    *now, deviation = seen_of(layer, x)
    labels = "answers", "penalty", "constrained kernel"
    return {
        f"{label}, over what it was before": ratio(*pair)
        for label, *pair in zip(labels, now, before, strict=False)
    } | {
        # Without the seed, it is off by 0.4 %, as a rule.
        "a kernel drawn anew has its deviation": abs(float(deviation / before[-1]) - 1) < 0.03,
        "its answers move": moves([model(tf.constant(draw(rng, 6, 4))) for _ in range(2)]),
    }


# In the step of training, the activation stands among others, and the size is known.
@check("graph", points=1)
@one_graph((None, 4), draw=lambda rng: [draw(rng, 6, 4)])
def graph_of_the_activation(shifted_relu):
    """traced once for batches of any size, the activation gives what direct calls give"""
    return lambda z: shifted_relu(z)


@check("graph", points=2)
def compiled_steps(shifted_relu, ScaledGlorot, L1Regularizer, MaxColumnNorm, rng):
    """compiled, a layer of all four takes a step as its parts say when they are called directly"""
    layer = full_layer((shifted_relu, ScaledGlorot, L1Regularizer, MaxColumnNorm))
    model = keras.Sequential([keras.Input((4,)), layer])
    model.compile(keras.optimizers.SGD(RATE), "mse", jit_compile=False)
    found, direct = [], []
    for _ in range(2):
        given(rng, layer)
        kernel, bias = np.array(layer.kernel), np.array(layer.bias)
        x, y = draw(rng, 6, 4), draw(rng, 6, layer.units)
        # The graph comes first: a tensor that a part keeps of it is of no use to a direct call.
        model.train_on_batch(x, y)
        found.append(np.array(layer.kernel))
        direct.append(direct_step(layer, kernel, bias, x, y))
    return {"over what direct calls give": ratio(found, direct), "moves": moves(found)}


def direct_step(layer, kernel, bias, x, y):
    """The kernel after a step, by direct calls of a layer's parts."""

    def loss(kernel):
        answer = layer.activation(tf.constant(x) @ kernel + bias)
        return tf.reduce_mean(tf.square(answer - y)) + layer.kernel_regularizer(kernel)

    slope = gradient(loss, kernel)
    moved = kernel - RATE * slope if tf.is_tensor(slope) else kernel
    return np.asarray(layer.kernel_constraint(tf.convert_to_tensor(moved)))
