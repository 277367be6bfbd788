"""What it means to have solved `clipped_train_step`.

Numerics and gradients are asked of `train_step`, called directly: what works there and not while it
is traced costs points under graph alone. What is only reported is asked with a learning rate of 0.
"""

import json

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import (
    again,
    check,
    either,
    in_graph,
    moves,
    once,
    ratio,
    reloaded,
)

FEATURES = 3
NO_LIMIT = 1e6  # a clip that no gradient here comes near


def draw(rng, samples=5):
    """Inputs, and labels that are far from what the models predict."""
    x = rng.uniform(0.3, 1.5, size=(samples, FEATURES)).astype("float32")
    return x, rng.uniform(4, 9, size=(samples, 1)).astype("float32")


def made(ClippedModel, *layers, rate=0.0, optimizer=None, compiling=None, branch=False, **options):
    """A compiled model whose weights always begin alike."""
    inputs = keras.Input((FEATURES,))
    first, *others = layers or [keras.layers.Dense(FEATURES, "tanh"), keras.layers.Dense(1)]
    outputs = first(inputs)
    if branch:
        outputs = keras.layers.Subtract()([outputs, inputs])
    for layer in others:
        outputs = layer(outputs)
    model = ClippedModel(inputs, outputs, **options)
    rng = np.random.default_rng(0)
    for weight in model.trainable_weights:
        weight.assign(rng.uniform(0.2, 0.9, weight.shape))
    compiled(model, optimizer or keras.optimizers.SGD(rate), **(compiling or {}))
    return model


def compiled(model, optimizer, **options):
    loss = keras.losses.MeanSquaredError()
    model.compile(optimizer=optimizer, loss=loss, jit_compile=False, **options)


def step(model, *batch):
    """Train on a batch, and return the logs as Keras reads them: nested ones are opened."""
    return opened(model.train_step(tuple(map(tf.constant, batch))))


def opened(logs):
    flat = {}
    for name, value in logs.items():
        flat |= opened(value) if isinstance(value, dict) else {name: value}
    return flat


def weights(model):
    return [np.array(weight) for weight in model.trainable_weights]


def movement(model, *batches, rate=1.0):
    """How far each weight moves in some steps, over minus the learning rate."""
    before = weights(model)
    for batch in batches:
        model.train_step(tuple(map(tf.constant, batch)))
    return [(one - other) / rate for one, other in zip(before, weights(model), strict=True)]


def length(arrays):
    return float(np.sqrt(sum(np.sum(np.square(one)) for one in arrays)))


# A wrong norm shows in every mean of norms; here it is that of one step.
@check("numerics", points=2)
def norm_before_clipping(ClippedModel, rng):
    """grad_norm is the global norm of all gradients, as it was before they were clipped"""
    seen = {}
    for clip in (0.5, NO_LIMIT):
        logs = step(made(ClippedModel, clip=clip), *draw(rng))
        seen[f"clip {clip:g}"] = float(logs["grad_norm"])
    model = made(ClippedModel, keras.layers.Dense(1), clip=1.0)
    x, _ = draw(rng)
    seen["no error"] = float(step(model, x, np.array(model(x)))["grad_norm"])
    return seen


@check("numerics", points=1)
def mean_of_the_norms(ClippedModel, rng):
    """grad_norm is the mean over the steps since the metrics were reset"""
    model, seen = made(ClippedModel, clip=2.0), {}
    for epoch, sizes in {"first": (4, 1, 3), "second": (2, 5)}.items():
        model.reset_metrics()
        found = [float(step(model, *draw(rng, size))["grad_norm"]) for size in sizes]
        seen[f"after each step of the {epoch} epoch"] = found
    return seen


def reported(logs, *names):
    return {name: float(logs[name]) if name in logs else "is not there" for name in names}


def metrics():
    return {
        "metrics": [keras.metrics.MeanAbsoluteError(name="plain")],
        "weighted_metrics": [keras.metrics.MeanAbsolutePercentageError(name="weighted")],
    }


@check("numerics", points=2)
def loss_and_metrics(ClippedModel, rng):
    """loss and metrics are those that Keras reports, with sample weights and without"""
    names, seen = ("loss", "plain", "weighted"), {}
    for label in ("without weights", "with weights"):
        model = made(ClippedModel, compiling=metrics(), clip=1.5)
        for turn in ("first", "second"):
            batch = draw(rng)
            if label == "with weights":
                batch = *batch, rng.uniform(0.2, 3, 5).astype("float32")
            seen[f"{label}, after the {turn} step"] = reported(step(model, *batch), *names)
        model.reset_metrics()
        model.optimizer.learning_rate = 0.1
        logs = reported(step(model, *batch), *names)
        seen[f"{label}, after a reset and a step that moves the model"] = logs
    # Other predictions than in training are no matter of this check, if all look at the same.
    squares = {"metrics": [keras.metrics.MeanSquaredError(name="squares")]}
    layers = keras.layers.Dense(3), keras.layers.BatchNormalization(), keras.layers.Dense(1)
    model = made(ClippedModel, *layers, compiling=squares, clip=1.5)
    logs = reported(step(model, *draw(rng)), "loss", "squares")
    over = over_expected(logs["squares"], logs["loss"])
    one = over if isinstance(over, str) else bool(np.isclose(over, 1, atol=1e-3))
    return seen | {"with BatchNormalization, loss and metrics are of the same predictions": one}


def over_expected(found, expected):
    words = [one for one in (found, expected) if isinstance(one, str)]
    return words[0] if words else ratio(found, expected)


def penalized():
    penalty = keras.regularizers.L2(0.3)
    first = keras.layers.Dense(3, "tanh", kernel_regularizer=penalty)
    return first, keras.layers.Dense(1, activity_regularizer=penalty)


# Who leaves penalties out takes a wrong gradient as well; here they are missing in the report.
@check("numerics", points=1)
def penalties_are_reported(ClippedModel, rng):
    """the penalties of the model are part of the loss, and their gradients of the norm"""
    logs = step(made(ClippedModel, *penalized(), clip=0.7), *draw(rng))
    return reported(logs, "loss", "grad_norm")


@check("numerics", points=1)
def evaluation_is_unchanged(ClippedModel, rng):
    """after training, `test_step` reports loss and metrics, and changes no weight"""
    model = made(ClippedModel, rate=0.01, compiling=metrics(), clip=1.0)
    step(model, *draw(rng))
    model.reset_metrics()
    x, y = map(tf.constant, draw(rng))
    before = weights(model)
    logs = opened(model.test_step((x, y)))
    # What it should be goes beside it: whoever trains in another way loses nothing here.
    error = np.array(y - model(x))
    expected = {"loss": np.mean(error**2), "plain": np.mean(abs(error))}
    found = reported(logs, *expected)
    return {
        f"{name}, over that of the predictions": over_expected(found[name], expected[name])
        for name in expected
    } | {"weights move": any(moves(pair) for pair in zip(before, weights(model), strict=True))}


# A wrong scale shows wherever a gradient is large; here it is named.
@check("gradients", points=2)
def large_gradients_are_scaled(ClippedModel, rng):
    """all gradients are scaled by one factor, to a global norm of clip; by default of 1"""
    clips = {"clip 0.4": {"clip": 0.4}, "clip 2": {"clip": 2}, "default": {}}
    # All are there before one of them trains: each has a clip of its own.
    models = {label: made(ClippedModel, rate=0.1, **clip) for label, clip in clips.items()}
    seen = {}
    for label, model in models.items():
        moved = movement(model, draw(rng), rate=0.1)
        seen[label] = {"norm": length(moved), "of each weight": moved}
    return seen


@check("gradients", points=1)
def small_gradients_stay(ClippedModel, rng):
    """gradients with a norm below clip are used as they are, also if all of them are zero"""
    model = made(ClippedModel, rate=0.01, clip=NO_LIMIT)
    seen = {"a clip far above": movement(model, draw(rng), rate=0.01)}
    model = made(ClippedModel, keras.layers.Dense(1), rate=0.01, clip=1.0)
    x, _ = draw(rng)
    y = np.array(model(x))
    small = rng.uniform(0.01, 0.1, size=y.shape).astype("float32")
    seen["small errors"] = movement(model, (x, y + small), rate=0.01)
    seen["no error"] = movement(model, (x, np.array(model(x))), rate=1.0)
    return seen


# What is missing in the loss was missing in the report, too; here it costs for the gradient.
@check("gradients", points=1)
def penalties_and_weights_count(ClippedModel, rng):
    """the gradient is that of the whole loss, with penalties and sample weights"""
    batch = *draw(rng), rng.uniform(0.2, 3, 5).astype("float32")
    model = made(ClippedModel, rate=0.01, clip=NO_LIMIT)
    seen = {"sample weights": movement(model, batch, rate=0.01)}
    for label, clip in {"penalties": NO_LIMIT, "penalties, clipped": 1.5}.items():
        model = made(ClippedModel, *penalized(), rate=0.01, clip=clip)
        seen[label] = movement(model, draw(rng), rate=0.01)
    return seen


@check("gradients", points=1)
def the_model_trains(ClippedModel, rng):
    """the step is one of training: through the statistics of the batch, without frozen layers"""
    normalization = keras.layers.BatchNormalization(momentum=0.8)
    layers = keras.layers.Dense(3, use_bias=False), normalization, keras.layers.Dense(1)
    model = made(ClippedModel, *layers, rate=0.1, clip=2.0)
    seen = {"with BatchNormalization": movement(model, draw(rng), rate=0.1)}
    seen["its moving mean"] = np.array(normalization.moving_mean)
    first = keras.layers.Dense(3, "tanh")
    model = made(ClippedModel, first, keras.layers.Dense(1), rate=0.1, clip=2.0)
    first.trainable = False
    compiled(model, keras.optimizers.SGD(0.1))
    before = [np.array(weight) for weight in model.weights]
    model.train_step(tuple(map(tf.constant, draw(rng))))
    pairs = zip(before, model.weights, strict=True)
    seen["moved, beside a frozen layer"] = [one - np.array(other) for one, other in pairs]
    first.trainable = True
    compiled(model, keras.optimizers.SGD(0.2))
    return seen | {"no longer frozen, compiled anew": movement(model, draw(rng), rate=0.2)}


@check("gradients", points=1)
def the_optimizer_gets_them(ClippedModel, rng):
    """the clipped gradients go to the compiled optimizer, which may remember earlier ones"""
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    model = made(ClippedModel, optimizer=optimizer, clip=0.8)
    moved = movement(model, *(draw(rng) for _ in range(3)))
    return {"after three steps": moved, "steps": int(optimizer.iterations)}


# Below, a model with a wrong step need only make the same one everywhere.


@once
def saved(ClippedModel):
    """Two models with clips of their own, saved before any training."""
    models = [with_a_branch(ClippedModel, clip) for clip in (0.5, 3.0)]
    batch = draw(np.random.default_rng(1))
    beside = [[np.array(model(batch[0])), *movement_of_one(model, batch)] for model in models]
    fresh = [with_a_branch(ClippedModel, clip) for clip in (0.5, 3.0)]
    uses = moves_like_the_saved_one, moves_when_saved_again
    return [
        reloaded(model, use=use, beside=own)
        for model, use, own in zip(fresh, uses, beside, strict=True)
    ]


def with_a_branch(ClippedModel, clip):
    return made(ClippedModel, branch=True, clip=clip, name="prices")


def movement_of_one(model, batch):
    compiled(model, keras.optimizers.SGD(0.1))
    return movement(model, batch, rate=0.1)


def moves_like_the_saved_one(model, beside, rng):
    _, *direct = beside
    start = weights(model)
    own = ratio(movement_of_one(model, draw(np.random.default_rng(1))), direct)
    exact = []
    for _ in range(2):
        for weight, value in zip(model.trainable_weights, start, strict=True):
            weight.assign(value)
        exact.append(movement_of_one(model, draw(rng)))
    return either(exact, {"movements of a loaded model, over those before": own}, "gradients")


def moves_when_saved_again(model, beside, rng):
    """Ask the copy that a second file would give, which holds this as text, and the weights."""
    config = json.dumps(keras.saving.serialize_keras_object(model))
    classes = {"ClippedModel": type(model)}
    copy = keras.saving.deserialize_keras_object(json.loads(config), custom_objects=classes)
    copy.set_weights(model.get_weights())
    return moves_like_the_saved_one(copy, beside, rng)


# It costs 0.3 seconds to save two models, and to load them.
@check("serialization", points=2)
def a_loaded_model_clips_on(ClippedModel):
    """saved as .keras and loaded in a new process, a model clips with the clip it was given"""
    first, second = saved(ClippedModel)
    return {"clip 0.5": first, "clip 3, saved and loaded twice": second}


@check("serialization", points=1)
def predictions_and_name_are_kept(ClippedModel):
    """a loaded model has the predictions and the name of the one that was saved"""
    return again(saved(ClippedModel)[0], use=predicts_as_before, beside=predictions(ClippedModel))


def predictions(ClippedModel):
    return with_a_branch(ClippedModel, 0.5)(draw(np.random.default_rng(1))[0])


def predicts_as_before(model, before):
    answers = model(draw(np.random.default_rng(1))[0])
    # Of others, Keras makes up the number.
    name = model.name if model.name == "prices" else "another one"
    return {"name": name, "predictions, over those before": ratio(answers, before)}


class Counted(keras.layers.Layer):
    """Returns its inputs, and counts how often its Python code runs."""

    runs = 0

    def call(self, inputs):
        self.runs += 1
        return inputs * 1.0


@check("graph", points=2)
def fit_is_a_graph(ClippedModel, rng):
    """in 8 steps of `fit`, Python runs while a graph is traced, and the weights move"""
    x, y = draw(rng, 8)
    options = {"rate": 0.01, "clip": 0.5}
    model = made(ClippedModel, Counted(), keras.layers.Dense(1), **options)
    direct = [step(model, x[at : at + 2], y[at : at + 2])["grad_norm"] for at in (0, 2, 4, 6)]

    layer, logged = Counted(), []
    model = made(ClippedModel, layer, keras.layers.Dense(1), **options)
    layer.runs, runs, train_step = 0, [], model.train_step

    def counted(data):
        runs.append(1)
        return train_step(data)

    model.train_step = counted
    note = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: logged.append(float(opened(logs)["grad_norm"]))
    )
    before = weights(model)
    history = model.fit(x, y, 2, 2, verbose=0, shuffle=False, callbacks=[note]).history
    return {
        "a layer runs in Python": as_often_as_it_may(layer.runs),
        "train_step runs in Python": as_often_as_it_may(len(runs)),
        "norms in the history": len(history["grad_norm"]),
        "norms of the first epoch, over those of direct steps": ratio(logged[:4], direct),
        "weights move": [moves(pair) for pair in zip(before, weights(model), strict=True)],
    }


def as_often_as_it_may(runs):
    return "as often as it may" if runs <= 3 else f"{runs} times"


CLIP = 8.0  # above the norm of the first of these, and below those of the others


def batches(rng):
    """Batches of unequal size: the first has a small gradient, those of the others are clipped."""
    x, _ = draw(rng, 4)
    near = rng.uniform(1.5, 2.5, size=(4, 1)).astype("float32")
    return [(x, near), *((x, 10 * y) for x, y in (draw(rng, 1), draw(rng, 3)))]


# It costs 0.4 seconds to trace the pass, its gradients and the optimizer, and to save and load it.
@check("graph", points=1)
def one_graph_for_any_batch(ClippedModel):
    """traced once for batches of any size, the graph of `train_step` trains without your code"""
    batch = batches(np.random.default_rng(1))
    model = made(ClippedModel, rate=0.1, clip=CLIP)
    direct = [[float(step(model, *one)["grad_norm"]), *weights(model)] for one in batch]

    model = made(ClippedModel, rate=0.1, clip=CLIP)
    model.optimizer.build(model.trainable_variables)

    def trains(x, y):
        logs = opened(model.train_step((x, y)))
        return [logs["grad_norm"], *(tf.convert_to_tensor(one) for one in model.trainable_weights)]

    return in_graph(trains, (None, FEATURES), (None, 1), use=trains_as_directly, beside=direct)


def trains_as_directly(graph, direct, rng):
    variables = graph.module.variables_of_f
    start = [variable.numpy() for variable in variables]

    def answers(given):
        for variable, value in zip(variables, start, strict=True):
            variable.assign(value)
        return [graph(*map(tf.constant, batch)) for batch in given]

    seen = answers(batches(np.random.default_rng(1)))
    drawn = [answers(batches(rng)) for _ in range(2)]

    def over_direct_calls(part):
        return ratio(*([one for answer in side for one in part(answer)] for side in (seen, direct)))

    # The norm of a first step does not depend on how the weights move.
    norms = [first[0] for first, *_ in drawn]
    moved = [[answer[1:] for answer in one] for one in drawn]
    own_norms = over_direct_calls(lambda answer: answer[:1])
    own_moved = over_direct_calls(lambda answer: answer[1:])
    return {
        "norms": either(norms, {"over those of direct calls": own_norms}),
        "weights": either(moved, {"over those of direct calls": own_moved}, "gradients"),
    }
