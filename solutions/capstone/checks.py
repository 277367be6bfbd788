"""What it means to have solved `capstone`.

Most is asked with Keras' own parts, so that a mistake in a part costs no more than the checks of
the parts. Weights are found by their shapes, which differ.
"""

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import (
    check,
    gradient,
    moves,
    once,
    one_graph,
    ratio,
    reloaded,
)

FEATURES = 5  # neither 16 nor 8 nor 1
MEAN, STD = np.array([100.0, -3, 0, 7, 1900]), np.array([50, 2, 1e-4, 0, 30])


def fill(model, rng):
    """Give all weights of one shape the same values, of a size that `tanh` bends."""
    shapes = sorted({tuple(weight.shape) for weight in model.weights})
    values = {shape: rng.normal(scale=shape[0] ** -0.5, size=shape) for shape in shapes}
    for weight in model.weights:
        weight.assign(values[tuple(weight.shape)])
    return model


def standard(rng, samples=6):
    """Standardized features."""
    return rng.normal(size=(samples, FEATURES)).astype("float32")


def data(rng, samples=7):
    """Standardized features and labels, every third of them far off."""
    x = standard(rng, samples)
    y = np.tanh(x @ rng.normal(size=(FEATURES, 1)))
    y[::3] += rng.choice([-1, 1]) * rng.uniform(4, 6)
    return x, y.astype("float32")


def small(rng, **kwargs):
    """A model of Keras' layers that learns from its first step on."""
    first = keras.layers.Dense(4, activation="tanh", **kwargs)
    return fill(keras.Sequential([keras.Input((FEATURES,)), first, keras.layers.Dense(1)]), rng)


class Steep(keras.losses.Loss):
    """A loss that tells labels from predictions: too low costs three times as much as too high."""

    def call(self, y_true, y_pred):
        error = y_true - y_pred
        return tf.reduce_mean(tf.square(error) * tf.where(error > 0, 3.0, 1.0), axis=-1)


def shown(model):
    """The weights of a model by their shapes."""
    return {str(tuple(weight.shape)): np.array(weight) for weight in model.weights}


def moved(model, act):
    """How far something moves the weights of a model, by their shapes."""
    before = shown(model)
    act()
    return {shape: value - before[shape] for shape, value in shown(model).items()}


@check("numerics", points=2)
def model_of_other_layers(build_model, rng):
    """made of Keras' layers, the model predicts what it should for given weights"""
    model = build_model(FEATURES, keras.layers.Dense)
    return {
        "weights": sorted(tuple(weight.shape) for weight in model.weights),
        "predictions": fill(model, rng)(standard(rng)),
    }


class Doubled(keras.layers.Dense):
    """A layer that nobody can have found elsewhere than in the argument."""

    def call(self, inputs):
        return 2 * super().call(inputs)


@check("numerics", points=1)
def model_of_the_layers_given(build_model, rng):
    """all three layers are made by the class that is given"""
    model = build_model(FEATURES, Doubled)
    return fill(model, rng)(standard(rng))


@check("numerics", points=1)
def model_of_own_layers(build_model, MyDense, rng):
    """made of your layers, which is the default, the model predicts the same"""
    return fill(build_model(FEATURES), rng)(standard(rng))


@check("numerics", points=2)
def training_with_parts_of_keras(train, rng):
    """history and weights after three epochs of batches of unequal size, with Keras' parts"""
    model, (x, y) = small(rng), data(rng)
    share = keras.metrics.MeanAbsolutePercentageError(name="error")
    metrics = [share, keras.metrics.RootMeanSquaredError()]
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    history = train(model, keras.losses.Huber(2.0), optimizer, x, y, 3, 3, metrics, 0.7)
    return {"history": floats(history), "weights": shown(model)}


def floats(history):
    """A history as lists of numbers, in the order of its names."""
    return {name: [float(value) for value in history[name]] for name in sorted(history)}


@check("numerics", points=1)
def training_with_own_losses(train, rng):
    """a regularizer's penalty is trained, and is part of the loss that is reported"""
    model, (x, y) = small(rng, kernel_regularizer=keras.regularizers.L2(0.3)), data(rng)
    optimizer = keras.optimizers.SGD(0.02)
    history = train(model, Steep(), optimizer, x, y, 2, 4, clip=1000.0)
    return {"history": floats(history), "weights": shown(model)}


@check("numerics", points=1)
def training_mode(train, rng):
    """the model is called in training mode: BatchNormalization uses and learns its batch"""
    layers = [keras.layers.BatchNormalization(momentum=0.5), keras.layers.Dense(1)]
    model, (x, y) = keras.Sequential([keras.Input((FEATURES,)), *layers]), data(rng)
    layers[1].kernel.assign(rng.uniform(0.5, 1, size=(FEATURES, 1)))
    x = 2 * x + 1
    history = train(model, keras.losses.Huber(), keras.optimizers.SGD(0.1), x, y, 2, 4, clip=9.0)
    means = layers[0].moving_mean, layers[0].moving_variance
    return {
        "history": floats(history),
        "moving mean and variance": [np.array(one) for one in means],
    }


@check("numerics", points=1)
def training_of_several_models(train, rng):
    """trained one after the other, two models with an optimizer each end where they should"""
    seen = []
    for epochs in (1, 2):
        model, (x, y) = small(rng), data(rng, 4)
        loss, optimizer = keras.losses.Huber(), keras.optimizers.SGD(0.05, momentum=0.5)
        history = train(model, loss, optimizer, x, y, epochs, 4, clip=50.0)
        seen.append({"losses": floats(history)["loss"], "weights": shown(model)})
    return seen


# Right answers differ by 1e-6 at most, and rounding to half precision by more than 1e-5.
@check("numerics", points=2, rtol=1e-5, atol=1e-6)
def training_with_own_parts(train, HuberLoss, HuberMetric, rng):
    """history and weights after two epochs, with your loss and your metric"""
    model, (x, y) = small(rng), data(rng)
    loss, (_, metric) = HuberLoss(0.1), [HuberMetric(), HuberMetric(1.5)]  # of one name, both
    history = train(model, loss, keras.optimizers.SGD(0.2), x, y, 2, 3, [metric], 50.0)
    return {"history": floats(history), "weights": shown(model)}


@check("numerics", points=2)
def served(serve, rng):
    """raw features are standardized before the model gets them, one that never varies is 0"""
    inner, last = small(rng), keras.layers.BatchNormalization(center=False, scale=False)
    model = keras.Sequential([keras.Input((FEATURES,)), inner, last])  # `last` shows training mode
    raw = MEAN + standard(rng) * np.where(STD == 0, 1, STD)
    predict, raw = serve(model, MEAN, STD), tf.constant(raw, tf.float32)
    seen = {"predictions": predict(raw)}
    return seen | {"after the weights have changed": fill(inner, rng) and predict(raw)}


@check("gradients", points=3)
def steps_are_clipped(train, rng):
    """a step moves all weights together by the rate times `clip`, or by less if they need less"""
    steps = {f"clip {clip:g}": one_step(train, rng, clip) for clip in (0.4, 1.3, 1000.0)}
    penalty = {"kernel_regularizer": keras.regularizers.L2(3.0)}
    return steps | {
        "by default": one_step(train, rng),
        "with a penalty": one_step(train, rng, 0.4, **penalty),
    }


def one_step(train, rng, *clip, **kwargs):
    """How far a step moves the weights of a model."""
    model, (x, y) = small(rng, **kwargs), data(rng, 4)
    loss, optimizer = keras.losses.MeanSquaredError(), keras.optimizers.SGD(0.1)
    limit = dict(zip(["clip"], clip, strict=False))
    return moved(model, lambda: train(model, loss, optimizer, x, y, 1, 4, **limit))


@check("gradients", points=2)
def steps_with_own_parts(train, build_model, HuberLoss, MyDense, rng):
    """a step moves each weight of a model of your layers, with your loss, as far as it should"""
    model, (x, y) = fill(build_model(FEATURES), rng), data(rng, 4)
    loss, optimizer = HuberLoss(0.1), keras.optimizers.SGD(0.1)  # no step is as long as any clip
    return moved(model, lambda: train(model, loss, optimizer, x, y, 1, 4, clip=50.0))


@check("gradients", points=1)
def slope_of_what_is_served(serve, rng):
    """what is served has a finite slope in the raw features, and none in one that never varies"""
    raw = MEAN + standard(rng, 3) * np.where(STD == 0, 1, STD)
    return gradient(serve(small(rng), MEAN, STD), raw.astype("float32"))


def probe():
    return standard(np.random.default_rng(0), 4)


@once
def trained(build_model, train):
    """A model of own layers after an epoch with Keras' loss."""
    model, (x, y) = (
        fill(build_model(FEATURES), np.random.default_rng(0)),
        data(np.random.default_rng(1)),
    )
    train(model, keras.losses.Huber(), keras.optimizers.SGD(0.05), x, y, 1, 4, clip=50.0)
    return model


def predicts(model, before, rng):
    return {
        "over what it was": ratio(model(probe()), before),
        "moves": moves([model(standard(rng)) for _ in range(2)]),
        "weights": len(model.weights) > 0,
    }


@check("serialization", points=3)
def model_survives(build_model, train, MyDense):
    """a trained model of your layers, saved and loaded in a new process, predicts the same"""
    model = trained(build_model, train)
    return reloaded(model, use=predicts, beside=model(probe()))


def raws(rng):
    """A batch of raw features."""
    return [(MEAN + standard(rng, 6) * np.where(STD == 0, 1, STD)).astype("float32")]


@check("graph", points=1)
@one_graph((None, FEATURES), draw=raws)
def served_without_your_code(serve):
    """saved, what is served answers without your code, for batches of any size"""
    return serve(small(np.random.default_rng(0)), MEAN, STD)


@check("graph", points=1)
def a_graph_goes_by_new_weights(serve, rng):
    """traced once, what is served goes by the weights that the model has when the graph runs"""
    model, (raw,) = small(rng), raws(rng)
    predict, raw = serve(model, MEAN, STD), tf.constant(raw)
    graph = tf.function(predict, autograph=False)
    before = graph(raw)
    fill(model, rng)
    return {
        "over what direct calls give": ratio(graph(raw), predict(raw)),
        "moves": moves([before, graph(raw)]),
    }


@check("graph", points=1)
@one_graph((None, FEATURES), draw=raws)
def own_model_served(serve, build_model, train, MyDense):
    """the same of a model of your layers that was trained before"""
    return serve(trained(build_model, train), MEAN, STD)
