# %% [markdown] unit="8 Training" step=3 minutes=50 teaches="sums over batches, state in a graph"
# # Gradients of a batch that does not fit into memory
#
# Large models are trained with batches of thousands of samples, and the activations of so many do
# not fit into the memory of one device. The gradient does: it has the size of the weights, whatever
# the batch is. So one runs through the batch in small pieces, *micro-batches*, adds up their
# gradients, and applies the optimizer once at the end. That is **gradient accumulation**.
#
# It takes little code, and much of what is written on the web gets it wrong: by a factor, or for
# pieces of unequal size, or only in graphs. A wrong factor hides behind the learning rate, and Adam
# hides it altogether.
#
# Here you write a class `AccumulatingStep(model, loss_fn, optimizer, steps)`. `step(x, y)` adds up
# the gradient of a micro-batch, and applies the optimizer in the last of `steps` calls. `flush()`
# applies it to what is left at the end. Both return whether they have applied it.

# %% tags=["look"]
def look_at_means_of_means():
    """The gradient of a whole batch, and what one gets from two pieces of it of unequal size."""
    import tensorflow as tf

    x, y = tf.constant([1.0, 1.0, 2.0, 1.0]), tf.constant([3.0, 2.0, 3.0, 1.0])

    def slope(first, last):
        """The gradient of the mean squared error of w x at w = 1, over some of the rows."""
        w = tf.Variable(1.0)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((w * x[first:last] - y[first:last]) ** 2)
        return float(tape.gradient(loss, w))

    one, three = slope(0, 1), slope(1, 4)
    print(f"the whole batch of 4 rows:            {slope(0, 4)}")
    print(f"its first row, and the other three:   {one} and {three}")
    print(f"the sum of these two, their mean:     {one + three} and {(one + three) / 2}")


# %% [markdown] needs="`training_loop`; `tf.GradientTape`; variables in a `tf.Module`"
# ## The idea
#
# Let the micro-batch $i$ have $n_i$ rows, and let $g_i$ be the gradient of its loss, which is a
# mean over these rows. A mean over all rows is the sum over all rows, divided by their number. So
# the gradient of the whole batch is
#
# $$g = \frac{\sum_i n_i \, g_i}{\sum_i n_i}.$$
#
# Two sums are enough to get there: one of the weighted gradients $n_i g_i$, one of the numbers of
# rows $n_i$. Both begin at zero after each application.
#
# The weights must not change before all pieces are through: only then are all $g_i$ gradients at
# the same point, and $g$ is exactly what one pass over the whole batch would give.
#
# The model's own losses, like penalties of its weights, do not depend on the rows. Each $g_i$
# contains their gradient once, and so does the weighted mean.
#
# ![Bars that show how many rows are in the sum after each call. With steps=2, micro-batches of 1
# and 3 rows add up to 4, and the optimizer is applied. Then 2 and 2 rows do so. Then 3 rows are
# left, and flush applies the optimizer to these.](figure.png)
#
# ## An example
#
# A model has one weight $w = 1$ and predicts $w x$. Its loss is the mean squared error, so the
# gradient of a row is $2 (w x - y) x$.
#
# | call | $x$ | $y$ | gradients of the rows | $g_i$ | $\sum n_i g_i$ | $\sum n_i$ |
# |---|---|---|---|---|---|---|
# | `step(x, y)` | 1 | 3 | −4 | −4 | −4 | 1 |
# | `step(x, y)` | 1, 2, 1 | 2, 3, 1 | −2, −4, 0 | −2 | −10 | 4 |
#
# With `steps=2`, the second call applies the optimizer with the gradient $-10 / 4 = -2.5$. Gradient
# descent with the rate 0.1 makes $w = 1.25$ of it. (The mean of $-4$ and $-2$ would give 1.3, their
# sum 1.6.)

# %% [markdown]
# ## Your task
#
# Write a class `AccumulatingStep(model, loss_fn, optimizer, steps)`, a subclass of `tf.Module`.
# Arguments are passed by position.
#
# - `model` is a Functional or a Sequential model of Keras, with one input and one output. It is
#   built, and not compiled.
# - `loss_fn(y, predictions)` is a loss of Keras, such as `keras.losses.MeanSquaredError()`. It
#   returns a scalar, the mean over the rows.
# - `optimizer` is an optimizer of Keras that has not been applied yet.
# - `steps` is how many calls of `step` there are to one application of the optimizer, a Python
#   number of at least 1.
#
# **`step(x, y)`** takes a micro-batch, with one row or more; the number may differ from call to
# call.
#
# - It calls the model once, with `training=True`. (So moving averages of a BatchNormalization move
#   in each call. That is the business of the model.)
# - The loss is that of `loss_fn` **plus the model's own losses**, `model.losses`: a list of
#   scalars, one for each regularizer of a layer. It is empty if there is none.
# - The gradient of that loss in the trainable weights is added to the sums.
# - If this was the last of `steps` calls since the optimizer was applied last, the optimizer is
#   applied, **once**, with the gradient $g$ of all rows since then. After that, a new accumulation
#   begins. Until then, neither the trainable weights change nor the optimizer. It counts how often
#   it is applied, and learning rates and Adam's estimates go by that number.
# - It returns whether the optimizer was applied: a Python `bool`, or a scalar tensor of dtype bool.
#
# **`flush()`** applies the optimizer to what is left at the end of the data, if there is anything:
# to the rows of fewer than `steps` calls. After that, too, a new accumulation begins. It returns
# whether it has applied the optimizer. If there was no `step` since the last application, it
# changes nothing.
#
# Some weights have no gradient, because the loss does not depend on them: `tape.gradient` gives
# `None` in their places, in every call. These weights stay as they are. It does not matter whether
# the optimizer gets a gradient of zero for them or none: this is asked with gradient descent alone,
# without a momentum and weight decay, and such a weight stays in both cases.
#
# **The state is in variables**, of TensorFlow or of Keras, which your constructor makes. A
# checkpoint of your object finds them, if they are attributes of it, or in lists, dictionaries or
# modules that are. Whoever restores a checkpoint into another object, in the middle of an
# accumulation, goes on as if nothing had happened. The checkpoint of the grader names the model and
# the optimizer, too, and the optimizer has been built:
#
# ```python
# model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
# optimizer = keras.optimizers.SGD(0.1)
# optimizer.build(model.trainable_variables)  # now it has its variables
# optimizer.build(model.trainable_variables)  # a second time does nothing
# module = tf.Module()
# module.total = [tf.Variable(0.0, trainable=False)]
# checkpoint = tf.train.Checkpoint(step=module, model=model, optimizer=optimizer)
# print(len(module.variables))  # 1
# ```
#
# You may decorate what you like with `tf.function`, and add imports, functions, classes, attributes
# and methods of your own, such as one that `step` and `flush` both call.

# %% [markdown]
# ## Traps
#
# - **A sum where a mean belongs** makes the step as many times too large as there are
#   micro-batches.
# - **A mean of means** is right for pieces of equal size only. The last piece of an epoch is seldom
#   of the size of the others.
# - **Fewer calls.** What `flush` applies are the rows of fewer than `steps` calls. Divide by what
#   was there, not by what should have been.
# - **What is not set back** to zero, be it the sums, the number of rows or that of calls, is part
#   of the next accumulation.
# - **0 / 0 is NaN**, and a momentum moves weights even if the gradient is zero. So a `flush`
#   without anything to apply must not apply the optimizer.
# - **Python happens once.** In a graph, `self.calls += 1` and a list of gradients change while it
#   is traced, and not when it runs. They are not part of a checkpoint either.
# - **A decision in a graph.** While a graph is traced, `if self.calls == self.steps:` has no value
#   to go by. The grader traces without AutoGraph: an `if` on a tensor works only in a function that
#   you have decorated with `tf.function` yourself. Elsewhere, `tf.cond(condition, one, other)`
#   calls one of two functions when the graph runs; both must return the same structure.
# - **Variables inside of a decision.** An optimizer makes its variables when it is applied first.
#   To have them before, call `optimizer.build(model.trainable_variables)` in the constructor.
# - **Variables of Keras.** The weights of a model are `keras.Variable`s, not `tf.Variable`s. For
#   these, `tape.gradient(…, unconnected_gradients="zero")` raises where there is no gradient. It
#   works for their `value`s; or leave out what is `None`.
# - **The number of rows.** `x.shape[0]` may be `None` while a graph is traced. `tf.shape(x)[0]` has
#   it when it runs, as an int32.
# - **A decorated method does not keep its object alive.** When you try yours, keep the object in a
#   Python variable; the grader does.
#
# ## What is graded
#
# - **Numerics**: the weights after each call, for micro-batches of equal and of unequal size,
#   several times in a row; `flush`, with and without anything left; what is returned; optimizers
#   that remember how often they were applied; training mode; several objects side by side.
# - **Gradients**: a single call with `steps=1` moves the weights by the gradient of the loss; the
#   model's own losses are part of it, once; weights without a gradient stay.
# - **Serialization**: a checkpoint in the middle of an accumulation, restored into another object,
#   goes on alike, with `step` and with `flush`.
# - **Graph**: `step` and `flush` are called in functions that are traced once, for any number of
#   rows, and run in a process that does not have your code. They go on from where the object was,
#   and each run changes the state. They must not call back into Python (`tf.py_function`).
#
# **Switched off**: nothing. But Keras' own `gradient_accumulation_steps` takes means of means.
#
# **Out of scope**: subclassed models; several inputs or outputs; micro-batches without rows; sample
# weights; metrics; activity regularizers; sparse gradients, as of embeddings; weights that become
# trainable later, or have a gradient in some calls only; what weight decay, a momentum or a
# constraint do to weights without a gradient; mixed precision, distribution, and XLA.

# %%
import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf


# %% tags=["solution"]
class AccumulatingStep(tf.Module):
    """Trains on micro-batches, and applies the optimizer once for several of them."""

    def __init__(self, model, loss_fn, optimizer, steps):
        """Begin with nothing accumulated.

        Args:
            model: a Functional or Sequential model that is built.
            loss_fn: a loss of Keras, called with labels and predictions.
            optimizer: for the trainable weights of the model.
            steps: how many calls of `step` there are to one application of the optimizer.
        """
        ### BEGIN SOLUTION
        super().__init__()
        self.model, self.loss_fn, self.optimizer, self.steps = model, loss_fn, optimizer, steps
        optimizer.build(model.trainable_variables)
        shapes = [weight.shape for weight in model.trainable_variables]
        self.sums = [tf.Variable(tf.zeros(shape), trainable=False) for shape in shapes]
        self.rows = tf.Variable(0.0, trainable=False)
        self.calls = tf.Variable(0, trainable=False)
        ### END SOLUTION

    def step(self, x, y):
        """Accumulate the gradient of a micro-batch; apply the optimizer with the last of `steps`.

        Args:
            x: inputs of the model, with one row or more.
            y: labels.

        Returns:
            Whether the optimizer was applied.
        """
        ### BEGIN SOLUTION
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        rows = tf.cast(tf.shape(x)[0], tf.float32)
        gradients = tape.gradient(loss, self.model.trainable_variables)
        for total, gradient in zip(self.sums, gradients, strict=True):
            if gradient is not None:
                total.assign_add(rows * gradient)
        self.rows.assign_add(rows)
        self.calls.assign_add(1)
        return tf.cond(self.calls >= self.steps, self._apply, lambda: False)
        ### END SOLUTION

    def flush(self):
        """Apply the optimizer to what is left, if anything; return whether it was applied."""
        ### BEGIN SOLUTION
        return tf.cond(self.calls > 0, self._apply, lambda: False)

    def _apply(self):
        gradients = [total / self.rows for total in self.sums]
        self.optimizer.apply(gradients, self.model.trainable_variables)
        for variable in [*self.sums, self.rows, self.calls]:
            variable.assign(tf.zeros_like(variable))
        return True
        ### END SOLUTION


# %% tags=["look"]
def look_at_my_accumulation(figure):
    """Your step trains a line on pieces of a batch: the weight after each call, and each update."""
    left, right = figure.subplots(1, 2)
    rng = np.random.default_rng(1)
    x = rng.uniform(0.5, 2, size=(64, 1)).astype("float32")
    y = 2 * x + rng.normal(size=(64, 1)).astype("float32")
    pieces = {"64": [64], "32 + 32": [32, 32], "60 + 4": [60, 4], "50 + 10 + 4": [50, 10, 4]}
    for label, sizes in pieces.items():
        dense = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
        model = keras.Sequential([keras.Input((1,)), dense])
        optimizer = keras.optimizers.SGD(0.05)
        loss = keras.losses.MeanSquaredError()
        step, seen = AccumulatingStep(model, loss, optimizer, len(sizes)), []
        for call in range(12):
            piece = call % len(sizes)
            first = sum(sizes[:piece])
            rows = slice(first, first + sizes[piece])
            step.step(tf.constant(x[rows]), tf.constant(y[rows]))
            seen.append(float(np.asarray(dense.kernel)[0, 0]))
        left.step(range(1, 13), seen, where="post", label=f"rows {label}")
        right.plot(seen[len(sizes) - 1 :: len(sizes)], "o-", ms=4, label=f"rows {label}")
    left.set(title="the weight after each call of your step", xlabel="call")
    right.set(title="the weight after each application: all alike", xlabel="application")
    right.legend()


# %% tags=["tests"]
def line(w, penalty=None):
    """The model of the example: it predicts w * x."""
    dense = keras.layers.Dense(1, use_bias=False, kernel_regularizer=penalty)
    model = keras.Sequential([keras.Input((1,)), dense])
    model.set_weights([np.array([[w]])])
    return model


def accumulating(model, optimizer, steps):
    return AccumulatingStep(model, keras.losses.MeanSquaredError(), optimizer, steps)


def column(*values):
    return tf.constant([[float(value)] for value in values])


def weight_of(model):
    return round(float(np.ravel(model.get_weights()[0])[0]), 4)


def answer(returned):
    """What `step` or `flush` has returned, in words."""
    value = np.asarray(returned)
    if value.dtype == bool and value.shape == ():
        return str(bool(value))
    return "nothing" if returned is None else f"{value.dtype.name} of shape {value.shape}"


FIRST = column(1), column(3)
SECOND = column(1, 2, 1), column(2, 3, 1)


def test_worked_example():
    """numerics: micro-batches of 1 and 3 rows change w = 1 into 1.25, with the second call"""
    model = line(1.0)
    step, got = accumulating(model, keras.optimizers.SGD(0.1), 2), []
    for x, y in (FIRST, SECOND):
        step.step(x, y)
        got.append(weight_of(model))
    want = [1.0, 1.25]
    assert got == want, f"w after each of the two calls of the example: got {got}, expected {want}"


def test_the_next_accumulation():
    """numerics: after an application, a new accumulation begins"""
    model = line(1.0)
    step, got = accumulating(model, keras.optimizers.SGD(0.1), 2), []
    for x, y in (FIRST, FIRST, SECOND, FIRST, FIRST, SECOND):
        step.step(x, y)
        got.append(weight_of(model))
    want = [1.0, 1.4, 1.4, 1.51, 1.51, 1.5815]
    near = np.allclose(got, want, rtol=0, atol=3e-4)
    assert near, f"w after each of six calls, with steps=2: got {got}, expected {want}"


def test_flush():
    """numerics: `flush` applies what is left, and then there is nothing left"""
    model = line(1.0)
    step, got = accumulating(model, keras.optimizers.SGD(0.1, momentum=0.5), 3), []
    step.step(*FIRST)
    step.step(*SECOND)
    for _ in range(2):
        step.flush()
        got.append(weight_of(model))
    for x, y in (FIRST, FIRST, FIRST):
        step.step(x, y)
        got.append(weight_of(model))
    want = [1.25, 1.25, 1.25, 1.25, 1.725]
    near = np.allclose(got, want, rtol=0, atol=3e-4)
    assert near, (
        "w after step, step, flush; a second flush; and each of three calls, with steps=3 and a "
        f"momentum of 0.5: got {got}, expected {want}"
    )


def test_what_is_returned():
    """numerics: `step` and `flush` return whether the optimizer was applied"""
    step = accumulating(line(1.0), keras.optimizers.SGD(0.1), 2)
    got = [answer(step.step(*FIRST)) for _ in range(3)] + [answer(step.flush()) for _ in range(2)]
    want = ["False", "True", "False", "True", "False"]
    assert got == want, (
        f"three calls of step and two of flush, with steps=2, returned {got}, expected {want}"
    )


def test_adam_counts_applications():
    """numerics: Adam is applied once for two calls, and keeps its estimates"""
    model = line(1.0)
    optimizer = keras.optimizers.Adam(0.1, beta_1=0.5)
    step = accumulating(model, optimizer, 2)
    for x, y in (FIRST, SECOND, FIRST, SECOND):
        step.step(x, y)
    got, want = [int(optimizer.iterations), weight_of(model)], [2, 1.1972]
    assert got[0] == want[0] and abs(got[1] - want[1]) < 3e-4, (
        f"Adam's count and w after four calls with steps=2: got {got}, expected {want}"
    )


def test_training_mode():
    """numerics: each call runs the model once, with training=True"""
    norm = keras.layers.BatchNormalization(momentum=0.5)
    model = keras.Sequential([keras.Input((1,)), norm, keras.layers.Dense(1)])
    step, got = accumulating(model, keras.optimizers.SGD(0.1), 3), []
    for _ in range(2):
        step.step(column(1, 3), column(1, 0))
        got.append(round(float(np.ravel(norm.moving_mean)[0]), 4))
    want = [1.0, 1.5]
    assert got == want, (
        "moving mean of BatchNormalization after each of two calls with the inputs 1 and 3: got "
        f"{got}, expected {want}"
    )


def test_penalties_count_once():
    """gradients: a penalty of 0.25 w² adds 0.5 to the slope, once, whatever `steps` is"""
    got = []
    for steps in (1, 2):
        model = line(1.0, keras.regularizers.L2(0.25))
        step = accumulating(model, keras.optimizers.SGD(0.1), steps)
        for x, y in (SECOND, SECOND)[:steps]:
            step.step(x, y)
        got.append(weight_of(model))
    want = [1.15, 1.15]
    assert got == want, (
        "w with a penalty, after one call with steps=1, and after two alike with steps=2: got "
        f"{got}, expected {want}"
    )


def test_a_checkpoint_in_the_middle():
    """serialization: saved after one of two calls, and restored, the second call applies both"""

    def made(w):
        model, optimizer = line(w), keras.optimizers.SGD(0.1)
        optimizer.build(model.trainable_variables)
        step = accumulating(model, optimizer, 2)
        return model, step, tf.train.Checkpoint(step=step, model=model, optimizer=optimizer)

    _, step, checkpoint = made(1.0)
    model, other, empty = made(7.0)
    step.step(*FIRST)
    with tempfile.TemporaryDirectory() as folder:
        path = checkpoint.write(str(Path(folder, "middle")))
        empty.read(path)
    returned = answer(other.step(*SECOND))
    got, want = [returned, weight_of(model)], ["True", 1.25]
    assert got == want, (
        "the second call of the example, after a checkpoint was restored: what it returned, and w: "
        f"got {got}, expected {want}"
    )


def test_one_graph_for_any_number_of_rows():
    """graph: traced once, the step accumulates and applies each time the graph runs"""
    model = line(1.0)
    step = accumulating(model, keras.optimizers.SGD(0.1), 2)
    shape = tf.TensorSpec((None, 1), tf.float32)

    @tf.function(input_signature=[shape, shape], autograph=False)
    def run(x, y):
        step.step(x, y)

    got = []
    for x, y in (FIRST, SECOND, FIRST, SECOND):
        run(x, y)
        got.append(weight_of(model))
    want = [1.0, 1.25, 1.25, 1.4125]
    near = np.allclose(got, want, rtol=0, atol=3e-4)
    assert near, f"w after each of four runs of a graph, with steps=2: got {got}, expected {want}"


def test_flush_in_a_graph():
    """graph: a graph that takes one step and flushes applies the optimizer each time it runs"""
    model = line(1.0)
    step = accumulating(model, keras.optimizers.SGD(0.1), 5)
    shape = tf.TensorSpec((None, 1), tf.float32)

    @tf.function(input_signature=[shape, shape], autograph=False)
    def run(x, y):
        step.step(x, y)
        step.flush()

    got = []
    for x, y in (FIRST, SECOND):
        run(x, y)
        got.append(weight_of(model))
    want = [1.4, 1.44]
    near = np.allclose(got, want, rtol=0, atol=3e-4)
    assert near, f"w after each of two runs of a graph: got {got}, expected {want}"
