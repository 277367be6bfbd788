"""What it means to have solved `gradient_accumulation`.

The models are the grader's own, so their weights are known. What is returned is how far they have
moved. Micro-batches of unequal size, what is left for `flush`, penalties, BatchNormalization and
weights without a gradient are in the checks of these alone. Serialization and graph are asked with
all of that left out; there, whoever averages in a wrong way need only do so as in direct calls.
"""

import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check, either, in_graph, ratio

MSE = keras.losses.MeanSquaredError()
SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam
FEATURES = 3
INPUTS, LABELS = (None, FEATURES), (None, 1)


def filled(model, rng):
    """Give a model weights of a size that leaves no neuron saturated, and no gradient tiny."""
    for weight in model.trainable_variables:
        weight.assign(rng.uniform(0.2, 0.8, weight.shape) * rng.choice([-1, 1], weight.shape))
    return model


def network(rng, *between, penalty=None):
    layers = [
        keras.Input((FEATURES,)),
        keras.layers.Dense(4, "tanh", name="first", kernel_regularizer=penalty),
        *between,
        keras.layers.Dense(1, name="last"),
    ]
    return filled(keras.Sequential(layers), rng)


def draw(rng, rows=4):
    x = rng.normal(size=(rows, FEATURES))
    return x.astype("float32"), (2 + rng.normal(size=(rows, 1))).astype("float32")


def tensors(batch):
    return [tf.constant(array) for array in batch]


class Moved:
    """How far the weights of a model have moved since they were looked at last."""

    def __init__(self, model):
        self.model, self.before = model, model.get_weights()

    def __call__(self):
        before, self.before = self.before, self.model.get_weights()
        found = {}
        for layer in self.model.layers:
            for weight in layer.weights:
                label = f"{layer.name}, {weight.name} of shape {tuple(weight.shape)}"
                index = [weight is one for one in self.model.weights].index(True)
                found[label] = self.before[index] - before[index]
        return found


def by_calls(AccumulatingStep, rng, steps, sizes, optimizer):
    """How far weights have moved with each call of `step`, for micro-batches of these sizes."""
    model = network(rng)
    moved, step = Moved(model), AccumulatingStep(model, MSE, optimizer, steps)
    seen = {}
    for number, rows in enumerate(sizes, start=1):
        step.step(*tensors(draw(rng, rows)))
        seen[f"moved by call {number}, of {rows} rows"] = moved()
    return seen


# What is wrong for equal pieces is wrong for unequal ones; this one tells the two apart.
@check("numerics", points=1)
def equal_pieces(AccumulatingStep, rng):
    """with steps=3 and pieces of one size, each third call moves the weights, by the mean"""
    return by_calls(AccumulatingStep, rng, 3, (4, 4, 4, 4, 4, 4), SGD(0.2))


# What `flush` applies is of unequal size, too; this one asks for whole accumulations of it.
@check("numerics", points=3)
def unequal_pieces(AccumulatingStep, rng):
    """each row counts alike, whatever the size of its piece is"""
    return by_calls(AccumulatingStep, rng, 3, (2, 4, 1, 1, 2, 4), SGD(0.2))


# Other checks call `flush`, too; this one shows what it does, step by step.
@check("numerics", points=2)
def flush_applies_what_is_left(AccumulatingStep, rng):
    """`flush` applies the mean over the rows of fewer calls, and a new accumulation begins"""
    model = network(rng)
    moved, step = Moved(model), AccumulatingStep(model, MSE, SGD(0.2), 3)
    seen = {}
    for turn, sizes in {"first": (1, 4), "second": (4,)}.items():
        for rows in sizes:
            step.step(*tensors(draw(rng, rows)))
        moved()
        step.flush()
        seen[f"moved by the {turn} flush"] = moved()
    for call in ("first", "second", "third"):
        step.step(*tensors(draw(rng)))
        seen[f"moved by the {call} call after that"] = moved()
    return seen


@check("numerics", points=1)
def nothing_is_left(AccumulatingStep, rng):
    """where nothing is left, `flush` moves no weight, whatever the optimizer remembers"""
    model = network(rng)
    moved, seen = Moved(model), {}
    step = AccumulatingStep(model, MSE, SGD(0.1, momentum=0.9), 2)
    step.flush()
    seen["moved by a flush before all else"] = moved()
    for _ in range(2):
        step.step(*tensors(draw(rng)))
    moved()
    step.flush()
    seen["moved by a flush after the optimizer was applied"] = moved()
    step.step(*tensors(draw(rng)))
    step.flush()
    moved()
    step.flush()
    return seen | {"moved by a flush after a flush": moved()}


@check("numerics", points=1)
def it_says_whether_it_was_applied(AccumulatingStep, rng):
    """`step` and `flush` return whether the optimizer was applied"""

    def said(returned):
        value = np.asarray(returned)
        if value.dtype == bool and value.shape == ():
            return str(bool(value))
        return "nothing" if returned is None else f"{value.dtype.name} of shape {value.shape}"

    seen, batch = {}, tensors(draw(rng))
    for steps in (3, 1):
        step = AccumulatingStep(network(rng), MSE, SGD(0.01), steps)
        answers = [said(step.step(*batch)) for _ in range(4)]
        answers += [said(step.flush()) for _ in range(2)]
        seen[f"steps={steps}: four calls of step, two of flush"] = ", ".join(answers)
    return seen


@check("numerics", points=1, rtol=1e-3)
def applied_once_for_all(AccumulatingStep, rng):
    """an optimizer counts one application for `steps` calls, and keeps its state"""
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([0, 1], [0.5, 0.1, 0.3])
    return {
        label: by_calls(AccumulatingStep, rng, 2, (4, 4, 4, 4, 4, 4), optimizer)
        for label, optimizer in {
            "Adam": Adam(0.05, beta_1=0.5),
            "a learning rate that changes": SGD(schedule),
        }.items()
    }


@check("numerics", points=1)
def moving_averages(AccumulatingStep, rng):
    """each call of `step` runs the model once, with training=True: moving averages move"""
    normal = keras.layers.BatchNormalization(momentum=0.5)
    model = network(rng, normal)
    step, seen = AccumulatingStep(model, MSE, SGD(0.0), 2), {}
    for call in ("first", "second", "third"):
        step.step(*tensors(draw(rng)))
        averages = [np.array(one) for one in normal.non_trainable_variables]
        seen[f"after the {call} call"] = averages
    return seen


@check("numerics", points=1)
def objects_are_independent(AccumulatingStep, rng):
    """two objects for two models, of different `steps`, used in turn"""
    models = network(rng), network(rng, keras.layers.Dense(2, name="between"))
    moved = [*map(Moved, models)]
    pair = [
        AccumulatingStep(model, MSE, SGD(0.1), steps)
        for model, steps in zip(models, (2, 3), strict=True)
    ]
    for _ in range(3):
        batch = tensors(draw(rng))
        for step in pair:
            step.step(*batch)
    pair[0].flush()
    return {"the first": moved[0](), "the second": moved[1]()}


def moved_once(AccumulatingStep, model, batches, loss=MSE):
    """How far one application moves the weights, of gradient descent with a rate of 1."""
    moved, step = Moved(model), AccumulatingStep(model, loss, SGD(1.0), len(batches))
    for batch in batches:
        step.step(*tensors(batch))
    return moved()


# The second loss tells labels and predictions apart.
@check("gradients", points=1)
def one_call_is_one_gradient(AccumulatingStep, rng):
    """with steps=1, each call moves the weights by minus the gradient, times the rate"""
    return {
        f"{type(loss).__name__}, {rows} rows": moved_once(
            AccumulatingStep, network(rng), [draw(rng, rows)], loss
        )
        for loss, rows in ((MSE, 4), (keras.losses.BinaryCrossentropy(from_logits=True), 2))
    }


@check("gradients", points=1)
def penalties_count_once(AccumulatingStep, rng):
    """the gradient of the model's own losses is part of it, once for each application"""
    seed, batches = rng.integers(2**31), [draw(rng), draw(rng)]
    with_penalty, without = (
        moved_once(AccumulatingStep, network(np.random.default_rng(seed), penalty=penalty), batches)
        for penalty in (keras.regularizers.L2(0.3), None)
    )
    return {label: with_penalty[label] - without[label] for label in without}


class Stopping(keras.layers.Layer):
    """Lets no gradient through."""

    def call(self, inputs):
        return tf.stop_gradient(inputs)


@check("gradients", points=1)
def weights_without_a_gradient(AccumulatingStep, rng):
    """weights that the loss does not depend on stay, and all others move"""
    return moved_once(AccumulatingStep, network(rng, Stopping()), [draw(rng)])


# What is restored has to be in the checkpoint: the sums and the number of rows, which `flush` asks
# for, and the number of calls, which `step` asks for.


def interrupted(AccumulatingStep, rng, finish):
    """Go on from a checkpoint in the middle, in another object; and without an interruption."""
    restored, kept = [], []
    for before in (1, 2):
        steps, models, checkpoints = [], [network(rng), network(rng)], []
        for model in models:
            optimizer = SGD(0.1)
            optimizer.build(model.trainable_variables)
            steps.append(AccumulatingStep(model, MSE, optimizer, 3))
            checkpoints.append(
                tf.train.Checkpoint(step=steps[-1], model=model, optimizer=optimizer)
            )
        for _ in range(before):
            steps[0].step(*tensors(draw(rng)))
        with tempfile.TemporaryDirectory() as folder:
            path = checkpoints[0].write(str(Path(folder, "middle")))
            checkpoints[1].read(path)
        batches = [tensors(draw(rng)) for _ in range(3)]
        # The restored one first: it has its state, whatever the other one does later.
        for which, found in ((1, restored), (0, kept)):
            found.append(finish(steps[which], batches, Moved(models[which])))
    own = ratio(*([*map(flat, side)] for side in (restored, kept)))
    return either(restored, {"how far weights move, over no interruption": own})


def flat(answers):
    """All numbers of an answer in one array."""
    if isinstance(answers, dict):
        return np.concatenate([flat(one) for one in answers.values()])
    return np.ravel(answers)


# Both go on with calls for another application, so that there is something to hold against.


def by_flush(step, batches, moved):
    step.flush()
    seen = {"moved by flush": moved()}
    for batch in batches:
        step.step(*batch)
    return seen | {"moved by three more calls": moved()}


def by_step(step, batches, moved):
    seen = {}
    for call, batch in zip(("first", "second", "third"), batches, strict=True):
        step.step(*batch)
        seen[f"moved by the {call} call"] = moved()
    return seen


# Sums that are lost show in the next check as well; here they cost most of what is asked.
@check("serialization", points=1)
def a_checkpoint_carries_the_sums(AccumulatingStep, rng):
    """restored into another object, a flush applies what was accumulated before the checkpoint"""
    return interrupted(AccumulatingStep, rng, by_flush)


@check("serialization", points=2)
def a_checkpoint_carries_the_count(AccumulatingStep, rng):
    """restored into another object, the calls of before the checkpoint count"""
    return interrupted(AccumulatingStep, rng, by_step)


AFTER = [draw(np.random.default_rng(seed), rows) for seed, rows in enumerate((4, 2, 4, 2, 4))]


def running(AccumulatingStep, steps, calls, flushed=False):
    """A function of batches: how far all weights are from where they began, after a step or so."""
    model = network(np.random.default_rng(7))
    before = model.get_weights()
    # With momentum, an application of zeros moves the weights as well.
    optimizer = SGD(0.2, momentum=0.5 if flushed else 0.0)
    step = AccumulatingStep(model, MSE, optimizer, steps)
    for _ in range(calls):
        step.step(*tensors(AFTER[0]))

    def run(x, y):
        step.step(x, y)
        if flushed:
            step.flush()
        pairs = zip(model.trainable_variables, before, strict=True)
        return [variable.value - old for variable, old in pairs]

    return run


def called(run, batches):
    return [run(*tensors(batch)) for batch in batches]


def held_against(run, direct, rounds):
    """What the graph answers round by round, or at least what direct calls of all processes did."""
    sides = called(run, AFTER[: len(direct)]), direct
    own = ratio(*([one for answer in side for one in answer] for side in sides))
    exact = [called(run, batches) for batches in rounds]
    return either(exact, {"how far weights move, over direct calls": own})


# What cannot be traced fails the next one as well; this one shows that the state goes on.
# It costs 0.4 s to trace the pass, its gradients and the optimizer, and to save and load it; and so
# does the next one, since whether `flush` is called is part of the graph.
@check("graph", points=2)
def one_graph_accumulates(AccumulatingStep):
    """traced once in the middle of an accumulation, for any number of rows, the graph goes on"""
    direct = called(running(AccumulatingStep, 3, 1), AFTER)
    run = running(AccumulatingStep, 3, 1)
    return in_graph(run, INPUTS, LABELS, use=goes_on, beside=direct)


def goes_on(run, direct, rng):
    return held_against(run, direct, [[draw(rng, 3) for _ in range(3)] for _ in range(2)])


# It costs 0.4 s as well. The first run completes an accumulation, so its flush finds nothing. Who
# divides zero by zero there has NaN in all runs, and nothing to hold against.
@check("graph", points=1)
def one_graph_flushes(AccumulatingStep):
    """a graph that takes a step and flushes applies what is left, and nothing if nothing is"""
    direct = called(running(AccumulatingStep, 2, 1, flushed=True), AFTER[:2])
    run = running(AccumulatingStep, 2, 1, flushed=True)
    return in_graph(run, INPUTS, LABELS, use=flushes_again, beside=direct)


def flushes_again(run, direct, rng):
    return held_against(run, direct, [[draw(rng, rows)] for rows in (5, 1, 3)])
