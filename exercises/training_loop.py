# autograder exercise: training_loop
# Unit 8, Training, exercise 1: one step, all epochs, in a graph (about 60 minutes, 19 points)
# Fill in what says YOUR CODE HERE, then run: pytest exercises/training_loop.py

# %% [markdown]
# # A training loop of your own
#
# *Unit 8, Training · about 60 minutes · 19 points. You need: `tf.GradientTape`; Keras' optimizers
# and metrics; what `tf.function` does.*
#
# `fit` is a loop: take a batch, predict, compute the loss and its gradient, let the optimizer move
# the weights, and keep account of it all. Two optimizers, two models that train each other, a step
# that is skipped when it looks bad: for such things you write this loop yourself. Then all that
# `fit` does silently is yours to do: penalties are added, layers are told that this is training, a
# smaller last batch counts for less, and the step runs as a graph.
#
# You write a function, `train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=())`. It
# does what `fit(x, y, shuffle=False)` does to a model, and gives the same numbers: it moves the
# weights once for each batch, in a graph, and returns a dictionary of lists with one value per
# epoch, `"loss"` and the name of each metric. What `fit` itself needs is switched off:
# `keras.Model.compile`, `keras.Model.fit` and `keras.Model.train_on_batch`.

# %%
# To see it: autograder look exercises/training_loop.py
def look_at_an_epoch():
    """Five rows in batches of two: three numbers that could be called the loss of the epoch."""
    import numpy as np

    errors = np.array([1.0, -1.0, 1.0, 1.0, 6.0])
    batches = errors[:2], errors[2:4], errors[4:]
    losses = [float(np.mean(batch**2)) for batch in batches]
    print("losses of the batches:   ", losses)
    print("loss of the last batch:  ", losses[-1])
    print("mean of the batches:     ", round(sum(losses) / 3, 3))
    print("mean over all five rows: ", float(np.mean(errors**2)))


# %% [markdown]
# ## What to write
#
# `train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=())` trains the model, and
# returns the dictionary, its *history*.
#
# | argument | what it is |
# |---|---|
# | `model` | a Keras model whose weights exist already, with one input and one output |
# | `loss_fn` | a function or a Keras loss; `loss_fn(y, predictions)` is the mean over the batch |
# | `optimizer` | a Keras optimizer that has not been used for another model |
# | `x`, `y` | float32 NumPy arrays, a row for each sample |
# | `epochs`, `batch_size` | Python integers, at least 1 |
# | `metrics` | a list or a tuple of Keras metrics, with names that differ |
#
# All are passed by position, or `metrics` by its name. In every epoch, the rows come in batches of
# `batch_size`, in the order in which they are, and none is left out: the last batch may be smaller.
#
# You may count on it that the model has trainable weights, that the total below has a gradient in
# each of them, and that it is a scalar, as is all that is in `model.losses`.
#
# ## A step
#
# For each batch there is one step:
#
# 1. The model predicts, and it is told that this is training: `training=True`.
#    `BatchNormalization` then uses the statistics of the batch and moves its averages.
# 2. The *total* is `loss_fn(y, predictions)` plus all that is in `model.losses`: the penalties of
#    regularizers, and what layers have added with `add_loss` in this very call.
# 3. The gradient of the total in `model.trainable_variables` goes to the optimizer, which moves
#    these weights once, and no others. Constraints are the optimizer's business, too: Keras 3
#    applies them by itself.
# 4. Each metric gets `y` and the predictions of this step, those from before the weights moved.
#
# ![Bars: the losses of the four batches of each of three epochs. The last batch of each epoch has a
# single row, and a large loss. The mean of the batches lies far above the mean over the
# samples.](training_loop.figure.png)
#
# ## The history
#
# The history is a dictionary of lists. Each list has one value per epoch: a Python float, or any
# number that `float` takes.
#
# - `"loss"` is the mean of the total **over the samples**: the total of a batch counts as often as
#   the batch has rows. Like the metrics, it belongs to the weights that there were at each step.
# - For each metric, there is a list under its name (`metric.name`): its result at the end of the
#   epoch. Metrics are reset at the beginning of *each* epoch, the first one too: they may have been
#   used before.
#
# The history has no other keys. What a second call of `train` returns is new; the weights and the
# optimizer go on where they were.

# %% [markdown]
# ## An example
#
# A model with a single weight $w$ predicts $w x$. All $x$ are 1, the labels are 2, 4 and 7, and
# $w$ starts at 0. The loss is the mean squared error, the optimizer `SGD(0.5)`, and `batch_size`
# is 2.
#
# | batch | errors | total | gradient in $w$ | $w$ afterwards |
# |---|---|---|---|---|
# | 2 and 4 | $-2$, $-4$ | $(4 + 16) / 2 = 10$ | $-6$ | $0 + 0.5 \cdot 6 = 3$ |
# | 7 | $3 - 7 = -4$ | $16$ | $-8$ | $3 + 0.5 \cdot 8 = 7$ |
#
# The loss of the epoch is $(2 \cdot 10 + 1 \cdot 16) / 3 = 12$. The mean of the two batches is 13,
# and the mean squared error of the trained model is another number still. Of a metric that takes
# the mean absolute error, the result is $(2 + 4 + 4) / 3 \approx 3.33$.

# %% [markdown]
# ## The graph
#
# `fit` traces its step once and runs a graph from then on. Yours does so, too: the whole step, that
# is the model's prediction, the loss, the gradient and the optimizer, runs inside a `tf.function`.
#
# - In one call of `train`, the Python code of the model's layers, of `loss_fn` and of
#   `optimizer.apply` runs **at most three times for each shape of batch**, however many steps and
#   epochs there are. (Once is enough; `tf.function` may trace twice when variables are made.) There
#   are at most two shapes, as only the last batch may be smaller.
# - Metrics may be updated inside or outside of the graph, and the loop over the batches may be
#   Python's or the graph's.
# - A model that is trained after another one gets a graph of its own: neither a model nor an
#   optimizer is remembered from an earlier call. A model that is trained again, with another
#   optimizer, is moved by that one.
#
# ## Traps
#
# **Python arguments.** A `tf.function` traces anew for every new *Python* value that it is called
# with, such as the number of the step, and a function that is decorated anew starts with nothing.
#
# **A step at the top level.** If one `tf.function` serves several calls of `train`, it gets model
# and optimizer as arguments. Then the optimizer needs its variables before: only the first call of
# a `tf.function` may make any. Its method `build` makes them; it takes the list of the weights.
#
# **Penalties of an earlier call.** `model.losses` is made by the call of the model. What it holds
# before is not of this batch.
#
# **A variable list.** `model.weights` and `model.variables` also hold what must not be trained:
# frozen layers, moving averages, the state of random numbers.

# %% [markdown]
# ## What is graded
#
# - **Numerics**: the losses and metrics in the history, for batches of equal and unequal size, a
#   batch size above the number of rows, models with penalties and with `BatchNormalization`; the
#   weights after several epochs with several optimizers and with a constraint; a second call.
# - **Gradients**: one step with `SGD` moves every trainable weight by minus the learning rate times
#   the gradient of the total, penalties included, in training mode; frozen layers stay as they are.
# - **Graph**: how often the Python code of a step runs; models that are trained one after the
#   other, and one that is trained again with another optimizer.
#
# There is nothing about serialization: a model that was trained by your loop is saved like any
# other.
#
# How batches are cut and how sums are kept is up to you. You may add imports, functions and
# classes. Out of scope: models whose weights do not exist yet, models without trainable weights,
# weights without a gradient, losses per sample, several inputs or outputs, sample weights,
# validation, callbacks, other dtypes, compilation by XLA (leave `jit_compile` off).

# %%
import keras
import tensorflow as tf


# %%
def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    """Train a model on batches in order.

    Args:
        model: a Keras model whose weights exist.
        loss_fn: called with labels and predictions, returns the mean over the batch.
        optimizer: a Keras optimizer.
        x: float32 array of inputs, a row for each sample.
        y: float32 array of labels.
        epochs: how often all rows are used.
        batch_size: rows of each batch but the last, which may have fewer.
        metrics: Keras metrics, reset at the beginning of each epoch.

    Returns:
        A dictionary of lists with a value per epoch: "loss", and the name of each metric.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %%
# To see it: autograder look exercises/training_loop.py
def look_at_my_training(figure):
    """Your loop trains a small model on a noisy curve: its history, and what the model predicts."""
    left, right = figure.subplots(1, 2)
    keras.utils.set_random_seed(1)
    x = tf.linspace(-1.0, 1.0, 200)[:, None]
    y = tf.sin(5 * x) + tf.random.stateless_normal(x.shape, seed=(1, 2), stddev=0.15)
    layers = [keras.layers.Dense(30, "tanh"), keras.layers.Dense(30, "tanh"), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((1,)), *layers])
    metric = keras.metrics.MeanAbsoluteError(name="absolute error")
    order = tf.random.Generator.from_seed(1).uniform((200,)).numpy().argsort()
    data = x.numpy()[order], y.numpy()[order]
    loss, optimizer = keras.losses.MeanSquaredError(), keras.optimizers.Adam(0.01)
    history = train(model, loss, optimizer, *data, 30, 16, [metric])
    for name, values in history.items():
        left.semilogy(range(1, len(values) + 1), values, label=name)
    left.set(title="the history that you return", xlabel="epoch")
    left.legend()
    right.plot(x, y, ".", color="gray", label="data")
    right.plot(x, model(x), label="the model that you trained")
    right.legend()


# %%
def one_weight(value=0.0, **options):
    """A model that predicts `value * x`."""
    start = keras.initializers.Constant(value)
    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer=start, **options)
    return keras.Sequential([keras.Input((1,)), layer])


def column(*values):
    return tf.reshape(tf.constant(values, tf.float32), (-1, 1)).numpy()


def weight_of(model):
    return round(float(model.trainable_weights[0][0, 0]), 4)


def numbers(history, name):
    assert isinstance(history, dict) and name in history, (
        f"the history must be a dictionary with the key {name!r}, got {history!r}"
    )
    return [round(float(value), 4) for value in history[name]]


def test_the_example_of_the_text():
    """numerics: the epoch of the example has the loss 12, and its weight ends at 7"""
    model, optimizer = one_weight(), keras.optimizers.SGD(0.5)
    loss = keras.losses.MeanSquaredError()
    history = train(model, loss, optimizer, column(1, 1, 1), column(2, 4, 7), 1, 2)
    found = numbers(history, "loss"), weight_of(model)
    assert found == ([12.0], 7.0), (
        f"labels 2, 4, 7 in batches of 2: loss and weight are {found}, expected ([12.0], 7.0)"
    )


def test_every_epoch_has_its_value():
    """numerics: losses and metrics of three epochs with momentum; the metric begins anew in each"""
    model, optimizer = one_weight(), keras.optimizers.SGD(0.25, momentum=0.5)
    loss, metric = keras.losses.MeanSquaredError(), keras.metrics.MeanAbsoluteError(name="error")
    metric.update_state([100.0], [0.0])
    history = train(
        model, loss, optimizer, column(1, 1, 1, 1), column(2, 6, 7, 9), 3, 2, metrics=[metric]
    )
    found = {name: numbers(history, name) for name in ("loss", "error")}
    expected = {"loss": [28.5, 5.0, 11.625], "error": [5.0, 1.5, 2.75]}
    assert found == expected, (
        f"three epochs of two batches with momentum gave {found}, expected {expected}"
    )


def test_penalties_are_in_the_loss():
    """numerics: an L2 penalty of 8 is part of the loss in the history"""
    model = one_weight(4.0, kernel_regularizer=keras.regularizers.L2(0.5))
    history = train(
        model,
        keras.losses.MeanSquaredError(),
        keras.optimizers.SGD(0.0),
        column(1, 1),
        column(3, 5),
        1,
        2,
    )
    found = numbers(history, "loss")
    assert found == [9.0], (
        f"errors of 1 and -1, and a penalty of 0.5 * 4 ** 2: the loss is {found}, expected [9.0]"
    )


def test_the_model_is_told_that_it_trains():
    """numerics: the moving averages of BatchNormalization move"""
    layer = keras.layers.BatchNormalization(momentum=0.5)
    model = keras.Sequential([keras.Input((1,)), layer])
    loss, optimizer = keras.losses.MeanSquaredError(), keras.optimizers.SGD(0.1)
    train(model, loss, optimizer, column(2, 6), column(0, 0), 2, 2)
    mean = round(float(layer.moving_mean[0]), 4)
    assert mean == 3.0, (
        f"two steps with batches of mean 4 and momentum 0.5 take the moving mean to {mean}, "
        "expected 3.0"
    )


def test_penalties_have_a_gradient():
    """gradients: where all errors are zero, the penalty alone moves the weight"""
    model = one_weight(4.0, kernel_regularizer=keras.regularizers.L2(0.5))
    loss, optimizer = keras.losses.MeanSquaredError(), keras.optimizers.SGD(0.5)
    train(model, loss, optimizer, column(1, 2), column(4, 8), 1, 2)
    found = weight_of(model)
    assert found == 2.0, (
        f"the penalty 0.5 * w ** 2 has the gradient 4 at 4; with a rate of 0.5 the weight is "
        f"{found}, expected 2.0"
    )


def test_frozen_layers_stay():
    """gradients: a frozen layer keeps its weight, and the other one moves"""
    layers = [
        keras.layers.Dense(1, use_bias=False, kernel_initializer="ones", name=name)
        for name in ("frozen", "other")
    ]
    model = keras.Sequential([keras.Input((1,)), *layers])
    layers[0].trainable = False
    loss, optimizer = keras.losses.MeanSquaredError(), keras.optimizers.SGD(0.5)
    train(model, loss, optimizer, column(1), column(3), 1, 1)
    found = [round(float(layer.kernel[0, 0]), 4) for layer in layers]
    assert found == [1.0, 3.0], (
        f"the weights of the frozen layer and of the other one are {found}, expected [1.0, 3.0]"
    )


def test_the_step_is_a_graph():
    """graph: in 20 steps of one shape, the loss runs at most three times in Python"""
    runs = []

    def counted(labels, predictions):
        runs.append(tf.inside_function())
        return tf.reduce_mean(tf.square(labels - predictions))

    x = column(*range(10)) / 10
    train(one_weight(), counted, keras.optimizers.SGD(0.1), x, 2 * x, 4, 2)
    assert 1 <= len(runs) <= 3, (
        f"in 4 epochs of 5 batches, loss_fn ran {len(runs)} times in Python, {sum(runs)} of them "
        "while a graph was traced; expected 1 to 3 times"
    )


def test_a_second_model_is_trained():
    """graph: of two models that are trained one after the other, each gets its own weight"""
    models = [one_weight(), one_weight(1.0)]
    loss, found = keras.losses.MeanSquaredError(), []
    for model in models:
        train(model, loss, keras.optimizers.SGD(0.5), column(1), column(3), 1, 1)
        found.append([weight_of(one) for one in models])
    assert found == [[3.0, 1.0], [3.0, 3.0]], (
        f"the weights of two models, after the first and after the second was trained: {found}, "
        "expected [[3.0, 1.0], [3.0, 3.0]]"
    )
