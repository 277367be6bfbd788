"""What it means to have solved `two_optimizers`.

The models are the grader's own, so their weights are known by layer and name. What is returned is
how far they have moved. Regularizers, BatchNormalization, frozen layers, inner models, labels of
other shapes and names that are parts of each other are in the checks of these alone: a mistake with
one of them costs no more than that."""

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check, either, in_graph, ratio

MSE = keras.losses.MeanSquaredError()
SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam
FEATURES = 3
INPUTS, LABELS = (None, FEATURES), (None, 1)


def dense(units, name, **options):
    return keras.layers.Dense(units, "tanh", name=name, **options)


def filled(model, rng):
    """Give a model weights of a size that leaves no neuron saturated, and no gradient tiny."""
    for weight in model.trainable_variables + model.non_trainable_variables:
        if "moving" not in weight.name and weight.dtype == "float32":
            weight.assign(rng.uniform(0.2, 0.8, weight.shape) * rng.choice([-1, 1], weight.shape))
    return model


def network(rng, penalty=None):
    """Three layers with weights of their own shapes."""
    layers = [
        dense(4, "first", kernel_regularizer=penalty),
        dense(2, "second"),
        keras.layers.Dense(1, name="third", kernel_regularizer=penalty),
    ]
    return filled(keras.Sequential([keras.Input((FEATURES,)), *layers]), rng)


class TwiceInTraining(keras.layers.Layer):
    """Doubles what passes, in training only: like Dropout, but without chance."""

    def call(self, inputs, training=None):
        return 2 * inputs if training else inputs


def draw(rng, rows=4):
    x = rng.normal(size=(rows, FEATURES))
    return x.astype("float32"), (2 + rng.normal(size=(rows, 1))).astype("float32")


def steps(two, *batches):
    return [two.step(tf.constant(x), tf.constant(y)) for x, y in batches]


def moved(model, before):
    """How far all weights have moved since `before`, by layer."""
    after, places = model.get_weights(), {}
    for layer in model.layers:
        places |= {id(weight): layer.name for weight in layer.weights}
    found = {}
    for weight, old, new in zip(model.weights, before, after, strict=True):
        label = f"{places[id(weight)]}, {weight.name} of shape {tuple(weight.shape)}"
        found[label] = new - old
    return found


def trained(TwoOptimizers, model, lower, optimizers, batches, loss=MSE):
    """Train on some batches, and return how far the weights have moved."""
    before = model.get_weights()
    two = TwoOptimizers(model, lower, *optimizers, loss)
    steps(two, *batches)
    return moved(model, before)


# What goes to the wrong optimizer shows in others, too; this one shows it step by step.
@check("numerics", points=3)
def each_part_has_its_optimizer(TwoOptimizers, rng):
    """in two steps of gradient descent, the named layers move by one rate, all others by another"""
    model = network(rng)  # the same for all three objects: none knows the weights of another one
    return {
        f"lower {lower}": trained(
            TwoOptimizers, model, lower, (SGD(0.2), SGD(0.03)), [draw(rng), draw(rng)]
        )
        for lower in (["first"], ["third", "first"], ["second"])
    }


# The next one sees lost states as well, by a schedule; those of Adam and of momentum are here.
@check("numerics", points=2, rtol=1e-3)
def optimizers_keep_their_states(TwoOptimizers, rng):
    """three steps with Adam below and momentum above, and the other way round"""
    batches = [draw(rng) for _ in range(3)]
    adam, momentum = (lambda: Adam(0.05)), (lambda: SGD(0.02, momentum=0.9))
    return {
        label: trained(TwoOptimizers, network(rng), ["first"], optimizers, batches)
        for label, optimizers in {
            "Adam below": (adam(), momentum()),
            "Adam above": (momentum(), adam()),
        }.items()
    }


# Adam shows a wrong number of steps as well; what an optimizer makes of many gradients, only this.
@check("numerics", points=1, rtol=1e-3)
def each_is_applied_once_to_its_part(TwoOptimizers, rng):
    """a norm is that of all gradients of a part; a learning rate goes by a schedule, or is set"""
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([0], [0.5, 0.1])
    optimizers = SGD(0.5, global_clipnorm=0.2), SGD(schedule)
    model = network(rng)
    before = model.get_weights()
    two = TwoOptimizers(model, ["first", "second"], *optimizers, MSE)
    steps(two, draw(rng))
    optimizers[0].learning_rate = 0.2
    steps(two, draw(rng))
    counts = [int(one.iterations) for one in optimizers]
    return {**moved(model, before), "how often each optimizer was applied in 2 steps": counts}


@check("numerics", points=1)
def whole_names_count(TwoOptimizers, rng):
    """a layer whose name contains another one's is not mistaken for it"""
    names = ("part", "part_1", "a_part")
    seen = {}
    for lower in ("part", "part_1"):
        layers = [dense(size, name) for size, name in zip((4, 3, 1), names, strict=True)]
        model = filled(keras.Sequential([keras.Input((FEATURES,)), *layers]), rng)
        seen[f"lower ['{lower}']"] = trained(
            TwoOptimizers, model, [lower], (SGD(0.2), SGD(0.03)), [draw(rng)]
        )
    return seen


@check("numerics", points=1)
def unknown_names_raise(TwoOptimizers, rng):
    """a name that no layer of the model has raises ValueError when the object is made"""
    seen = {}
    for lower in (["fourth"], ["first", "fir"], ["third", "second", "First"]):
        try:
            TwoOptimizers(network(rng), lower, SGD(0.1), SGD(0.1), MSE)
            seen[str(lower)] = "nothing was raised"
        except NotImplementedError:
            raise
        except Exception as error:
            is_one = isinstance(error, ValueError)
            seen[str(lower)] = "ValueError" if is_one else type(error).__name__
    return seen


@check("numerics", points=1)
def frozen_layers_and_inner_models(TwoOptimizers, rng):
    """frozen layers stay in either part, and all of an inner model moves with its part"""
    seen = {}
    for lower in (["inner", "frozen"], ["joined", "inner"], ["top", "frozen"]):
        # The inner model has layers with the names, and with the paths, of others.
        inside = keras.Input((FEATURES,))
        inner = dense(3, "frozen", trainable=False)(dense(4, "first")(inside))
        inner = keras.Model(inside, dense(2, "top")(inner), name="inner")
        inputs = keras.Input((FEATURES,))
        frozen = dense(2, "frozen", trainable=False)(inner(inputs))
        joined = keras.layers.Concatenate(name="joined")([inputs, frozen])
        model = filled(keras.Model(inputs, keras.layers.Dense(1, name="top")(joined)), rng)
        seen[f"lower {lower}"] = trained(
            TwoOptimizers, model, lower, (SGD(0.2), SGD(0.03)), [draw(rng)]
        )
    return seen


@check("numerics", points=2)
def the_loss_is_returned(TwoOptimizers, rng):
    """a step returns the loss before the weights change, with the model's own losses"""
    two = TwoOptimizers(network(rng), ["second"], SGD(0.1), SGD(0.02), MSE)
    losses = steps(two, draw(rng), draw(rng))
    seen = dict(zip(("first step", "second step"), losses, strict=True))
    for rate in (0.3, 0.5):
        # One step alone: how penalties move the weights is the question of another check.
        model = network(rng, keras.regularizers.L2(rate))
        two = TwoOptimizers(model, ["second"], SGD(0.1), SGD(0.02), MSE)
        [seen[f"with penalties, rate {rate}"]] = steps(two, draw(rng))
    return seen


def with_normalization(rng):
    normal = keras.layers.BatchNormalization(momentum=0.5, name="normal")
    layers = [dense(4, "first"), normal, keras.layers.Dense(1, name="third")]
    return filled(keras.Sequential([keras.Input((FEATURES,)), *layers]), rng)


@check("numerics", points=1)
def one_pass_in_training(TwoOptimizers, rng):
    """each step calls the model once with training=True: moving averages move once"""
    model = with_normalization(rng)
    # Both rates are zero: how the weights move is the question of others.
    two = TwoOptimizers(model, ["normal"], SGD(0.0), SGD(0.0), MSE)
    seen = {}
    for turn in ("first", "second"):
        steps(two, draw(rng))
        averages = model.get_layer("normal").non_trainable_variables
        seen[f"after the {turn} step"] = [np.array(one) for one in averages]
    return seen


def tokens(rng, rows=3, length=2):
    """Sequences with a label for each place: of a rank, and a dtype, that no table has."""
    x = rng.normal(size=(rows, length, FEATURES)).astype("float32")
    return x, rng.integers(0, 3, (rows, length))


# The second loss tells labels and predictions apart.
@check("gradients", points=2)
def a_step_is_minus_the_gradient(TwoOptimizers, rng):
    """with gradient descent and a rate of 1 for both, weights move by minus the gradient"""
    layers = [dense(4, "first"), dense(2, "second"), keras.layers.Dense(3, name="third")]
    places = keras.Sequential([keras.Input((2, FEATURES)), *layers])
    x, y = draw(rng)
    # Large gradients are no reason to make them smaller. The rate keeps the weights as they are.
    large, slow = (x, 1e4 * y), (SGD(1e-4), SGD(1e-4))
    cross, sparse = (
        loss(from_logits=True)
        for loss in (keras.losses.BinaryCrossentropy, keras.losses.SparseCategoricalCrossentropy)
    )
    return {
        label: trained(TwoOptimizers, model, ["third", "first"], optimizers, [batch], loss)
        for label, model, optimizers, batch, loss in (
            ("MeanSquaredError", network(rng), (SGD(1.0), SGD(1.0)), draw(rng), MSE),
            ("BinaryCrossentropy", network(rng), (SGD(1.0), SGD(1.0)), draw(rng), cross),
            ("labels around 20000, rate 0.0001", network(rng), slow, large, MSE),
            ("integer labels", filled(places, rng), (SGD(1.0), SGD(1.0)), tokens(rng), sparse),
        )
    }


def with_other_penalties(rng, penalty):
    """Penalties of a bias, in an inner model, and of activities."""
    inner = [keras.Input((FEATURES,)), dense(4, "inside", bias_regularizer=penalty)]
    layers = [
        keras.Sequential(inner, name="first"),
        dense(2, "second", activity_regularizer=penalty),
        keras.layers.Dense(1, name="third"),
    ]
    return filled(keras.Sequential([keras.Input((FEATURES,)), *layers]), rng)


@check("gradients", points=1)
def penalties_have_a_gradient(TwoOptimizers, rng):
    """the gradient of the model's own losses, of all kinds, is part of the step, in both parts"""
    seen = {}
    for kind, make in (
        ("of kernels", network),
        ("of a bias in an inner model, and of activities", with_other_penalties),
    ):
        seed, batch = rng.integers(2**31), draw(rng)
        with_penalty, without = (
            trained(
                TwoOptimizers,
                make(np.random.default_rng(seed), penalty),
                ["first"],
                (SGD(0.5), SGD(0.5)),
                [batch],
            )
            for penalty in (keras.regularizers.L2(0.3), None)
        )
        seen[kind] = {label: with_penalty[label] - without[label] for label in without}
    return seen


# If you forget training mode, you lose a point for moving averages above, and this one.
@check("gradients", points=1, rtol=1e-3)
def the_gradient_is_that_of_training(TwoOptimizers, rng):
    """the gradient passes all layers as in training, and BatchNormalization by the batch's mean"""
    layers = [dense(4, "first"), TwiceInTraining(), keras.layers.Dense(1, name="third")]
    doubling = filled(keras.Sequential([keras.Input((FEATURES,)), *layers]), rng)
    seen = {}
    for label, model in (
        ("BatchNormalization", with_normalization(rng)),
        ("a layer that doubles in training", doubling),
    ):
        optimizers = SGD(0.5), SGD(0.5)
        found = trained(TwoOptimizers, model, ["first"], optimizers, [draw(rng, 6)])
        seen[label] = {one: change for one, change in found.items() if "moving" not in one}
    return seen


AFTER = [draw(np.random.default_rng(seed), rows) for seed, rows in ((5, 4), (6, 2))]


def stepping(TwoOptimizers):
    """A step as a function: its loss, and how far all weights have moved from where they began."""
    model = network(np.random.default_rng(7))
    before = model.get_weights()
    two = TwoOptimizers(model, ["third"], Adam(0.05), SGD(0.1, momentum=0.5), MSE)

    def step(x, y):
        loss = two.step(x, y)
        pairs = zip(model.trainable_variables, before, strict=True)
        # Whether it returns anything, and what, is the question of another check.
        return [1.0 if loss is None else loss, *(one.value - old for one, old in pairs)]

    return step


def called(step, batches):
    """What a step returns, and how far weights have moved, in lists of their own."""
    answers = [step(tf.constant(x), tf.constant(y)) for x, y in batches]
    return [loss for loss, *_ in answers], [moves for _, *moves in answers]


# It costs 0.5 s to trace the pass, its gradients and both optimizers, and to save and load it.
@check("graph", points=3, rtol=1e-3)
def one_graph_trains_at_each_run(TwoOptimizers):
    """traced once for any batch size, the graph trains at each run, and keeps optimizers' states"""
    direct = called(stepping(TwoOptimizers), AFTER)
    return in_graph(stepping(TwoOptimizers), INPUTS, LABELS, use=goes_on, beside=direct)


def goes_on(step, direct, rng):
    losses, moves = called(step, AFTER)
    own = ratio(*([one for answer in side for one in answer] for side in (moves, direct[1])))
    _, exact = called(step, [draw(rng, rows) for rows in (5, 1, 3)])
    return {
        "how far weights move": either(exact, {"over direct calls": own}),
        # If later direct calls are wrong, that is no mistake of the graph.
        "the first loss that is returned, over direct calls": ratio(losses[0], direct[0][0]),
    }
