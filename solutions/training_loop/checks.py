"""What it means to have solved `training_loop`.

All models are made here, so their weights are known. What is only reported is asked with a learning
rate of 0 where that is enough: whoever takes a wrong gradient loses no point for it there.
"""

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check, moves

SWITCHED_OFF = ["keras.Model.compile", "keras.Model.fit", "keras.Model.train_on_batch"]

FEATURES = 3
MOST_RUNS = 3  # of the Python code of a step, for each shape of batch


def draw(rng, samples):
    """Inputs, and labels whose scale grows from row to row: batches differ, the last one most."""
    x = rng.uniform(-1, 1, size=(samples, FEATURES))
    y = (x @ [[1.0], [-2.0], [0.5]] + 1) * np.linspace(0.5, 2, samples)[:, None]
    return x.astype("float32"), (y + rng.normal(scale=0.3, size=y.shape)).astype("float32")


def made(*layers):
    """A model whose weights always begin alike."""
    model = keras.Sequential([keras.Input((FEATURES,)), *layers])
    rng = np.random.default_rng(0)
    for weight in model.trainable_weights:
        weight.assign(rng.uniform(0.2, 0.9, weight.shape))
    return model


def linear(**options):
    return made(keras.layers.Dense(1, **options))


def deep(first=None, **options):
    layers = [keras.layers.Dense(4, "tanh", name="first"), keras.layers.Dense(1, **options)]
    return made(*layers)


def normalized():
    # Without a bias, which the normalization would take away again.
    layer = keras.layers.Dense(4, use_bias=False)
    return made(layer, keras.layers.BatchNormalization(momentum=0.8), keras.layers.Dense(1))


def squares():
    return keras.losses.MeanSquaredError()


def lopsided(true, pred):
    """The mean of squared errors, of which those of too large predictions count four times."""
    error = pred - true
    return tf.reduce_mean(tf.square(tf.where(error > 0, 2 * error, error)))


def losses(train, model, rate, data, epochs, batch_size, loss=None):
    """The losses in the history of a model that is trained by SGD."""
    optimizer = keras.optimizers.SGD(rate)
    return listed(train(model, loss or squares(), optimizer, *data, epochs, batch_size), "loss")


def listed(history, name):
    return [float(value) for value in history[name]]


def weights(model):
    return [np.array(weight) for weight in model.trainable_weights]


def steps(model, before, rate):
    """How far each trainable weight has moved, over minus the learning rate."""
    return [(one - other) / rate for one, other in zip(before, weights(model), strict=True)]


# What is wrong in every epoch fails others, too; here the loss is lopsided and the epochs are many.
@check("numerics", points=2)
def loss_of_each_epoch(train, rng):
    """in each epoch, every batch is a step in order, and the mean of their losses is reported"""
    model = linear()
    history = train(model, lopsided, keras.optimizers.SGD(0.1), *draw(rng, 8), 3, 2)
    return {
        "keys": " ".join(sorted(map(str, history))),
        "losses": listed(history, "loss"),
        "weights afterwards": weights(model),
    }


@check("numerics", points=2)
def smaller_last_batch(train, rng):
    """of batches of unequal size, every sample counts as much as any other"""
    cases = {"7 rows by 3": (7, 3), "5 rows by 2": (5, 2), "3 rows by 8": (3, 8)}
    return {
        label: losses(train, linear(), 0.0, draw(rng, rows), 1, size)
        for label, (rows, size) in cases.items()
    }


@check("numerics", points=1)
def penalties_are_reported(train, rng):
    """the losses of the model are part of the loss: of weights, and of what its layers return"""
    penalty, data = keras.regularizers.L2(0.3), draw(rng, 6)
    return {
        "of the kernel": losses(train, linear(kernel_regularizer=penalty), 0.0, data, 2, 3),
        "of the outputs": losses(train, linear(activity_regularizer=penalty), 0.0, data, 2, 3),
    }


# Who forgets it takes a wrong gradient as well; this one shows the averages.
@check("numerics", points=2)
def layers_are_in_training_mode(train, rng):
    """BatchNormalization takes the statistics of the batch, and its averages move at each step"""
    model = normalized()
    found = losses(train, model, 0.0, draw(rng, 8), 2, 4)
    averages = [np.array(weight) for weight in model.non_trainable_weights]
    return {"losses": found, "moving mean and variance": averages}


@check("numerics", points=2)
def metrics_of_each_epoch(train, rng):
    """metrics begin anew in each epoch, and see all samples as they were predicted in the step"""
    metrics = [
        keras.metrics.MeanAbsoluteError(name="size of the error"),
        keras.metrics.MeanAbsolutePercentageError(name="percentage"),
    ]
    metrics[0].update_state([[50.0]], [[0.0]])
    data = draw(rng, 7)
    data[1][:] = np.sign(data[1]) * (0.5 + abs(data[1]))  # a percentage of nothing is too much
    seen = {}
    for label, given in {"a list": metrics, "a tuple": tuple(metrics[:1])}.items():
        history = train(linear(), squares(), keras.optimizers.SGD(0.1), *data, 2, 3, metrics=given)
        values = {metric.name: listed(history, metric.name) for metric in given}
        seen[label] = values | {"keys": ", ".join(sorted(map(str, history)))}
    return seen


# The next one sees a memory that is lost, too; Adam and constraints are here alone.
@check("numerics", points=1, rtol=1e-3, atol=1e-4)
def the_optimizer_moves_the_weights(train, rng):
    """the weights after two epochs with Adam, and with SGD and a constraint"""
    adam, kept = linear(), linear(kernel_constraint=keras.constraints.UnitNorm(axis=0))
    optimizers = keras.optimizers.Adam(0.05), keras.optimizers.SGD(0.1)
    data = draw(rng, 6)
    for model, optimizer in zip((adam, kept), optimizers, strict=True):
        train(model, squares(), optimizer, *data, 2, 2)
    return {
        "with Adam": weights(adam),
        "with a kernel of norm 1": weights(kept),
        "steps of both": [int(optimizer.iterations) for optimizer in optimizers],
    }


# What is wrong in each epoch fails here as well; only a second call shows what the first has kept.
@check("numerics", points=1)
def a_second_call_goes_on(train, rng):
    """a second call goes on with the weights and the optimizer; its history is a new one"""
    model, data = linear(), draw(rng, 6)
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9)
    histories = [train(model, squares(), optimizer, *data, epochs, 3) for epochs in (1, 2)]
    return {
        "losses of both": [listed(history, "loss") for history in histories],
        "weights afterwards": weights(model),
    }


# Wrong steps show in the losses that follow; here each weight is seen.
@check("gradients", points=2)
def one_step(train, rng):
    """one step moves each weight by minus the rate times the gradient of the loss"""
    seen = {}
    for rate in (0.5, 0.1):
        model = deep()  # a new one: who remembers an optimizer for a model loses another point
        before = weights(model)
        train(model, lopsided, keras.optimizers.SGD(rate), *draw(rng, 5), 1, 5)
        seen[f"movement over minus the rate of {rate}"] = steps(model, before, rate)
    return seen


# The labels are what the model predicts: only the penalty has a gradient.
@check("gradients", points=1)
def penalties_have_gradients(train, rng):
    """the losses of the model have their share in the gradient"""
    penalty, seen = keras.regularizers.L2(0.3), {}
    for label, options in {
        "of the kernel": {"kernel_regularizer": penalty},
        "of the outputs": {"activity_regularizer": penalty},
    }.items():
        model = deep(**options)
        x, _ = draw(rng, 4)
        before = weights(model)
        train(model, squares(), keras.optimizers.SGD(0.2), x, np.array(model(x)), 1, 4)
        seen[label] = steps(model, before, 0.2)
    return seen


@check("gradients", points=1)
def frozen_weights_stay(train, rng):
    """layers that are not trainable keep their weights, the others learn"""
    model = deep()
    model.get_layer("first").trainable = False
    before = [np.array(weight) for weight in model.weights]
    train(model, squares(), keras.optimizers.SGD(0.2), *draw(rng, 4), 1, 4)
    pairs = zip(before, model.weights, strict=True)
    return [moves([one, np.array(other)]) for one, other in pairs]


# Whoever forgets training mode has lost numerics; the gradient is wrong as well.
@check("gradients", points=1)
def gradient_through_the_statistics(train, rng):
    """the gradient is that of the model in training: it passes the statistics of the batch"""
    model = normalized()
    before = weights(model)
    train(model, squares(), keras.optimizers.SGD(0.2), *draw(rng, 6), 1, 6)
    return steps(model, before, 0.2)


class Counted(keras.layers.Layer):
    """Returns its inputs, and counts how often its Python code runs."""

    def __init__(self, runs):
        super().__init__()
        self.note = runs.append  # not a list, which Keras would copy

    def call(self, inputs):
        self.note(tf.inside_function())
        return inputs * 1.0


class CountedSGD(keras.optimizers.SGD):
    """Counts how often it is called in Python, by whatever name."""

    def __init__(self, *args, runs, **kwargs):
        super().__init__(*args, **kwargs)
        self.note = runs.append

    def apply(self, *args, **kwargs):
        self.note(tf.inside_function())
        return super().apply(*args, **kwargs)

    def get_config(self):
        return {**super().get_config(), "runs": self.note.__self__}


def often(runs, shapes):
    if len(runs) <= shapes * MOST_RUNS:
        return "as often as it may"
    return f"{len(runs)} times, {sum(runs)} of them while a graph is traced"


def runs_of_python(train, data, epochs, shapes):
    """How often the parts of a step run in Python, with batches of two rows, of so many shapes."""
    of_loss, of_model, of_optimizer = [], [], []
    model = made(Counted(of_model), keras.layers.Dense(1))
    of_model.clear()  # it was called when the model was made
    optimizer = CountedSGD(0.05, runs=of_optimizer)

    def loss(true, pred):
        of_loss.append(tf.inside_function())
        return tf.reduce_mean(tf.square(pred - true))

    before = weights(model)
    train(model, loss, optimizer, *data, epochs, 2)

    return {
        "the loss": often(of_loss, shapes),
        "the model": often(of_model, shapes),
        "the optimizer": often(of_optimizer, shapes),
        "the weights move": [moves(pair) for pair in zip(before, weights(model), strict=True)],
    }


@check("graph", points=2)
def python_runs_while_tracing_only(train, rng):
    """in many steps, the Python code of a step runs at most three times for each shape of batch"""
    return {
        "36 steps of two shapes": runs_of_python(train, draw(rng, 17), 4, shapes=2),
        "16 steps of one shape": runs_of_python(train, draw(rng, 16), 2, shapes=1),
    }


# A graph that is kept fails elsewhere, too, where a second model is trained; here it is named. An
# optimizer that is kept for its model shows here alone. Each of its four calls makes
# a graph, which costs more than the others.
@check("graph", points=1)
def models_one_after_the_other(train, rng):
    """of models that are trained one after the other, each call trains its own, by its optimizer"""
    models, seen = [linear(), deep(), linear()], {}
    turns = {"first": 0, "second": 1, "third": 2, "fourth (the first model, a rate of 0)": 0}
    for number, (turn, index) in enumerate(turns.items()):
        before = [weights(one) for one in models]
        # With variables of its own.
        optimizer = keras.optimizers.SGD(0.1 if number < 3 else 0.0, momentum=0.5)
        train(models[index], squares(), optimizer, *draw(rng, 4), 1, 2)
        pairs = zip(before, map(weights, models), strict=True)
        seen[f"who learns in the {turn} call"] = [
            all(moves(pair) for pair in zip(one, other, strict=True)) for one, other in pairs
        ]
    return seen
