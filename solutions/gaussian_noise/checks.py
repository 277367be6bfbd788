"""What it means to have solved `gaussian_noise`."""

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check, gradient, in_graph, reloaded, survives

SWITCHED_OFF = [
    "keras.layers.GaussianNoise",
    "keras.layers.GaussianDropout",
    "keras.layers.AlphaDropout",
    "keras.layers.Dropout",
]

LARGE = np.zeros((400, 50), "float32")  # 20,000 numbers: a deviation is off by 0.005 as a rule


def draw(rng, *shape):
    return rng.normal(scale=3, size=shape).astype("float32")


def noise(layer, x=LARGE):
    """What a layer adds in training."""
    return np.asarray(layer(tf.constant(x), training=True)) - x


def sequence(layer, calls=3):
    return np.array([noise(layer, LARGE[:4]) for _ in range(calls)])


@check("numerics", points=2)
def inputs_without_training(MyGaussianNoise, rng):
    """with `training=False`, and without an argument, the inputs come back as they are"""
    layer = MyGaussianNoise(0.5)
    inputs = {
        "rank 2": draw(rng, 5, 3),
        "rank 3": draw(rng, 2, 3, 4),
        "rank 4": draw(rng, 1, 2, 3, 2),
    }
    return {
        label: [layer(tf.constant(x)), layer(tf.constant(x), training=False)]
        for label, x in inputs.items()
    }


@check("numerics", points=2, rtol=0.03, atol=0)
def deviation(MyGaussianNoise, rng):
    """the standard deviation of the noise is `stddev`"""
    x = draw(rng, *LARGE.shape)
    return {f"stddev {stddev}": np.std(noise(MyGaussianNoise(stddev), x)) for stddev in (0.2, 3.0)}


@check("numerics", points=1, rtol=0, atol=0.015)
def normal_distribution(MyGaussianNoise):
    """the noise has the mean 0 and is normal, not truncated"""
    found = noise(MyGaussianNoise(2.0)) / 2
    return {
        "the mean is within 0.04 standard deviations of 0": bool(abs(np.mean(found)) < 0.04),
        "share beyond 1 standard deviation": np.mean(np.abs(found) > 1),
        "share beyond 2.3 standard deviations, times 3": 3 * np.mean(np.abs(found) > 2.3),
    }


@check("numerics", points=1)
def every_element(MyGaussianNoise):
    """every sample, every step and every feature has noise of its own"""
    seen = {}
    for label, shape in {"rank 2": (8, 6), "rank 3": (4, 3, 5)}.items():
        found = noise(MyGaussianNoise(0.5), np.zeros(shape, "float32"))
        seen[f"different numbers, {label}"] = len(np.unique(found))
    return seen


@check("numerics", points=1)
def every_call(MyGaussianNoise):
    """each call of a layer draws anew, whether it has a seed or not"""
    return {
        label: len(np.unique(sequence(layer).reshape(3, -1), axis=0))
        for label, layer in {
            "different calls of 3, with a seed": MyGaussianNoise(0.5, seed=7),
            "different calls of 3, without": MyGaussianNoise(0.5),
        }.items()
    }


@check("numerics", points=2)
def sequences(MyGaussianNoise):
    """layers with the same seed draw the same sequence, whatever others draw in between"""
    layers = [MyGaussianNoise(0.5, seed=seed) for seed in (7, 7, 8)]
    layers += [MyGaussianNoise(0.5) for _ in range(2)]
    # One after the other, and the last two in turn.
    first, second, other, *free = map(sequence, layers)
    return {
        "of seeds 7 and 7 alike": np.allclose(first, second),
        "of seeds 7 and 8 alike": np.allclose(first, other),
        "without a seed alike": np.allclose(*free),
        "a third of seed 7, used in turn with others, alike": np.allclose(
            first, in_turn(MyGaussianNoise(0.5, seed=7), MyGaussianNoise(0.5, seed=9))
        ),
    }


def in_turn(layer, other):
    found = []
    for _ in range(3):
        found.append(noise(layer, LARGE[:4]))
        noise(other, LARGE[:2])
    return np.array(found)


@check("gradients", points=2)
def slope_in_training(MyGaussianNoise, rng):
    """in training the slope in the inputs is 1, times what arrives from above"""
    layer = MyGaussianNoise(0.5)
    return gradient(lambda x: layer(x, training=True), draw(rng, 5, 3), upstream=draw(rng, 5, 3))


@check("gradients", points=1)
def slope_without_training(MyGaussianNoise, rng):
    """without training the slope in the inputs is 1, times what arrives from above"""
    layer = MyGaussianNoise(0.5)
    # A layer may hand back its very inputs.
    return gradient(lambda x: layer(x + 0), draw(rng, 5, 3), upstream=draw(rng, 5, 3))


# What a layer shows beside a new one: its own formula is graded under numerics.
def beside_a_new_one(loaded, arguments):
    stddev, seed = float(arguments[0]), int(arguments[1])
    mine, new, other = (
        sequence(one)
        for one in (loaded, type(loaded)(stddev, seed=seed), type(loaded)(9.0, seed=1))
    )
    return {
        "draws what a new one draws": np.allclose(mine, new),
        "draws what one of another stddev and seed draws": np.allclose(mine, other),
    }


@check("serialization", points=2)
def arguments_survive(MyGaussianNoise):
    """saved and loaded in a new process, a layer draws what a new one of its arguments draws"""
    return [
        reloaded(MyGaussianNoise(*arguments), use=beside_a_new_one, beside=list(arguments))
        for arguments in ((0.25, 7), (2.0, 3))
    ]


@check("serialization", points=1)
@survives("name", "dtype", "trainable")
def arguments_of_the_base_class(MyGaussianNoise):
    """name, dtype and trainable reach the base class, and survive saving and loading"""
    return MyGaussianNoise(0.5, seed=1, name="noisy", dtype="float64", trainable=False)


@check("serialization", points=1)
def saved_model(MyGaussianNoise, rng):
    """a model loaded from a .keras file answers as before, and is noisy in training"""
    model = keras.Sequential([keras.Input((50,)), MyGaussianNoise(0.5, seed=5)])
    return reloaded(model, use=of_a_model)


def of_a_model(model, rng):
    x = draw(rng, 4, 50)
    return {
        "answers": model(tf.constant(x)),
        "in training it adds something": bool(np.std(noise(model)) > 0),
        "the same in two calls": np.allclose(noise(model), noise(model)),
    }


@check("graph", points=2)
def one_graph(MyGaussianNoise):
    """traced once for an unknown batch size, every call of the graph adds new noise"""
    layer = MyGaussianNoise(0.5)
    return in_graph(lambda x: layer(x, training=True), (None, 50), use=noise_of_a_graph)


def noise_of_a_graph(graph, rng):
    found = [np.asarray(graph(tf.constant(LARGE[:size]))) for size in (6, 6, 2)]
    x = draw(rng, 3, 50)
    return {
        "shapes": [list(one.shape) for one in found],
        "two calls are alike": np.allclose(found[0], found[1]),
        "different numbers in a call": len(np.unique(found[0])) > 290,
        "nothing is added": np.allclose(graph(tf.constant(x)), x),
    }


@check("graph", points=2)
def compiled_model(MyGaussianNoise):
    """in a compiled model every step of training adds new noise, and `test_on_batch` adds none"""
    frozen = keras.layers.Dense(50, "relu", trainable=False, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((50,)), frozen, MyGaussianNoise(0.5)])
    model.compile("sgd", "mse", jit_compile=False)
    zeros = LARGE[:3]
    losses = [float(np.ravel(model.train_on_batch(zeros, zeros))[0]) for _ in range(3)]
    return {
        "different losses of 3 steps": len(np.unique(losses)),
        "loss of `test_on_batch`": float(np.ravel(model.test_on_batch(zeros, zeros))[0]),
    }
