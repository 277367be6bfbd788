# %% [markdown] unit="4 Metrics" step=1 minutes=60 teaches="state over all batches"
# # A metric that streams
#
# A loss looks at one batch and says how to change the weights. A **metric** looks at all batches of
# an epoch and says how the model does. It cannot keep the data until the end, so it keeps a few
# numbers instead, its *state*, from which the answer for everything seen so far follows. That is
# what *streaming* means.
#
# Keras calls three methods of a metric:
#
# - `update_state(y_true, y_pred, sample_weight=None)` after each batch,
# - `result()` whenever the progress bar wants a value,
# - `reset_state()` before each epoch and each evaluation.
#
# Here you write a metric, a class `HuberMetric`: the mean Huber loss.

# %% tags=["look"]
def look_at_two_means():
    """A batch of three losses and a batch of one: their means are averaged, and all samples are."""
    import numpy as np

    batches = [0.125, 2.5, 1.5], [0.125]
    print("the mean of the two means:", np.mean([np.mean(losses) for losses in batches]))
    print("the mean of all samples:  ", np.mean(np.concatenate(batches)))


# %% [markdown] needs="Python classes; what a metric is for in `compile`, `fit` and `evaluate`"
# ## What to compute
#
# For an error $e = y - \hat y$ and a threshold $\delta$, the Huber loss is quadratic for small
# errors and linear for large ones:
#
# $$
# h(e) = \begin{cases}
#     \tfrac12 e^2 & |e| \le \delta \\
#     \delta\,\bigl(|e| - \tfrac12 \delta\bigr) & |e| > \delta
# \end{cases}
# $$
#
# A sample may have several outputs. Its loss $\ell_i$ is the mean of $h$ over its outputs, so every
# sample counts the same. With a weight $w_i$ for each sample (1 where no weights are given), the
# metric is the weighted mean over **all samples since the last reset**, whatever batches they came
# in:
#
# $$
# \text{result} = \frac{\sum_i w_i\,\ell_i}{\sum_i w_i}
# $$
#
# Two batches may have different sizes, and one may come with weights and the next without: a sample
# without a weight counts as one of weight 1. As long as $\sum_i w_i = 0$, because nothing has come
# yet or all weights were zero, the result is `0.0`.
#
# You may as well sum over all elements, $\sum_{i,j} w_i h(e_{ij})$, if the sum that you divide by
# counts each $w_i$ once *for each output*. The two are equal, as one metric sees one number of
# outputs.

# %% [markdown]
# ## An example
#
# Take $\delta = 1$ and one output. The first batch has the errors 0.5, −3 and 2, the second the
# single error −0.5.
#
# | batch | losses | sum | samples | mean of the batch |
# |---|---|---|---|---|
# | 1 | 0.125, 2.5, 1.5 | 4.125 | 3 | 1.375 |
# | 2 | 0.125 | 0.125 | 1 | 0.125 |
#
# After both, the result is $(4.125 + 0.125) / (3 + 1) = 1.0625$. The mean of the two means would be
# 0.75, which gives the lone sample of the second batch as much say as the three of the first
# together.
#
# ![The losses of the four samples as bars. The three of batch 1 have the mean 1.375, the one of
# batch 2 has 0.125. The mean of all four, 1.0625, is the result; the mean of the two means, 0.75,
# is wrong.](figure.png)
#
# With the weights 2, 1, 1 for the first batch and 4 for the second it is
#
# $$
# \frac{2 \cdot 0.125 + 1 \cdot 2.5 + 1 \cdot 1.5 + 4 \cdot 0.125}{2 + 1 + 1 + 4} = 0.59375.
# $$
#
# With two outputs and the errors (4, −3) and (0, 2), the samples lose 3 and 0.75, and the result is
# 1.875. With the weights 1 and 3 it is $(1 \cdot 3 + 3 \cdot 0.75) / (1 + 3) = 1.3125$.

# %% [markdown]
# ## What to write
#
# A class `HuberMetric(threshold=1.0, name="huber_metric", **kwargs)`, a subclass of
# `keras.metrics.Metric` (or of one of its subclasses).
#
# - `y_true` and `y_pred` are float32 and of one shape, `(batch, outputs)`. In a direct call they
#   may be NumPy arrays as well as tensors.
# - `sample_weight` is `None`, or float32 of shape `(batch,)` or `(batch, 1)`. Keras passes this
#   argument by its name, so keep the name.
# - `result()` gives a scalar, shape `()`.
# - `**kwargs` are Keras' own arguments, like `dtype`; pass them on.
#
# How many variables hold the state, and of which shapes, is up to you. If your base class is one of
# Keras' metrics, delete those methods of the stub that you would rather inherit. You may add
# imports, functions and classes of your own, and name attributes as you like; keep the names and
# arguments that are asked for.
#
# The class must work in `compile`, in `fit` and in `evaluate`:
#
# ```python
# model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
# model.compile("sgd", "mse", metrics=[keras.metrics.MeanAbsoluteError()])
# # yours instead: metrics=[HuberMetric(2.0)], or weighted_metrics= if it shall receive the weights
# ```

# %% [markdown]
# ## Traps
#
# **State is more than an attribute.** Create it in the constructor with
# `self.add_weight(name=..., initializer="zeros")` (give the name by keyword) and change it with
# `assign` or `assign_add`. Keras then knows it, resets it, and can carry it around as
# `metric.variables`. A Python number, or a `tf.Variable` that you make yourself, looks the same in
# a notebook cell, but Keras 3 does not know it. And what is not state, like the threshold, must not
# be made this way, or a reset sets it to zero.
#
# **Python runs once.** `fit` traces `update_state` and `result` into a graph and then runs the
# graph alone. Whatever Python does is done while tracing: a Python number stays what it was,
# `self.total = self.total + x` swaps a variable for a tensor of the graph, `.numpy()` does not
# exist, and an `if` on a tensor raises, since Keras 3 does not rewrite your code by AutoGraph. The
# batch size may be unknown while tracing: `y_true.shape[0]` can be `None`, while
# `tf.shape(y_true)[0]` or `tf.size` always has an answer. New variables are too late for a graph
# that was traced with the old ones, in `reset_state` too.
#
# **Leave the tracing to Keras.** Metrics also have a form without side effects:
#
# ```python
# metric = keras.metrics.MeanSquaredError()
# true, pred = tf.constant([[1.0], [2.0]]), tf.constant([[1.5], [4.0]])
# state = metric.stateless_update_state(metric.variables, true, pred)
# print(metric.stateless_result(state))  # 2.125
# print(metric.result())  # 0.0: the metric itself has not changed
# ```
#
# It runs your `update_state` and catches what you assign. A `@tf.function` of your own around
# `update_state` hides the assignments from it.
#
# **Shapes of weights.** A `(batch,)` array times a `(batch, 1)` array is a `(batch, batch)` matrix,
# and no error tells you. Bring both into one shape first.
#
# **A gradient takes both branches.** `tf.where` computes both sides, and so does its gradient: if
# the side that is not chosen divides zero by zero, or takes a root at zero, the value is fine and
# the gradient is NaN. `tf.math.divide_no_nan` has a finite one.
#
# **Everything in the configuration comes back to the constructor**, by name: what Keras puts there
# (`name` and `dtype`) and what you add.

# %% [markdown]
# ## What is graded
#
# - **Numerics**: the result after one and after several batches of unequal size, for several
#   thresholds, with one and with several outputs, with and without weights (of both shapes, also
#   small ones that sum to less than 1), before any data, and after `reset_state()`.
# - **Gradients**: what `assign` writes has no gradient, but the stateless form has one. Starting
#   from zero state, the value of one update, asked by `stateless_update_state` and
#   `stateless_result`, is differentiable in the predictions, and its gradient is finite also for
#   errors of exactly zero and for weights that are all zero (NaN helps nobody). Training takes no
#   notice of the metric: a `tf.GradientTape` that is open around `update_state` and `result` finds
#   nothing to train in it, that is, no variable of its state is trainable (`add_weight` of a metric
#   sees to that).
# - **Serialization**: `get_config` and the constructor together carry the threshold, the name and
#   the `dtype` to a metric that is loaded in a new process; values are asked in float32 only. The
#   default name is `huber_metric` for
#   every instance. What was counted does not have to be saved.
# - **Graph**: traced once, with the batch size unknown, it answers what direct calls answer. The
#   same when it is reset between two epochs, as `fit` does, and in `evaluate` with weights of shape
#   `(batch,)`. All of its state is in `metric.variables` from the start: assigned to the variables
#   of a second metric, the values make that one answer what the first does.
#
# Switched off are `keras.losses.Huber`, `keras.losses.huber`,
# `tensorflow.compat.v1.losses.huber_loss`, and the old copies in `tensorflow.python.keras.losses`
# (`Huber` and `huber`), under all their names: calling one of them raises when your work is graded,
# and in the public tests, too. Other parts of Keras, like other metrics, are yours to use.
#
# Out of scope: Python lists, targets of rank 1, an unknown number of outputs, dtypes other than
# float32, masks, weights for single outputs, negative weights, and distributed training.

# %%
import keras
import numpy as np
import tensorflow as tf


# %% tags=["solution"]
class HuberMetric(keras.metrics.Metric):
    """The mean Huber loss over all samples since the last reset."""

    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        """Create the metric.

        Args:
            threshold: size of an error beyond which the loss grows linearly.
            name: what Keras calls it in logs.
            **kwargs: of `keras.metrics.Metric`.
        """
        ### BEGIN SOLUTION
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.total = self.add_weight(name="total", initializer="zeros")
        self.weight = self.add_weight(name="weight", initializer="zeros")
        ### END SOLUTION

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: labels, `(batch, outputs)`.
            y_pred: predictions, `(batch, outputs)`.
            sample_weight: None, or a weight for each sample, `(batch,)` or `(batch, 1)`.
        """
        ### BEGIN SOLUTION
        size = tf.abs(y_true - y_pred)
        linear = self.threshold * (size - self.threshold / 2)
        losses = tf.where(size <= self.threshold, tf.square(size) / 2, linear)
        losses = tf.reduce_mean(losses, axis=1)
        if sample_weight is None:
            weights = tf.ones_like(losses)
        else:
            weights = tf.reshape(sample_weight, tf.shape(losses))
        self.total.assign_add(tf.reduce_sum(weights * losses))
        self.weight.assign_add(tf.reduce_sum(weights))
        ### END SOLUTION

    def result(self):
        """Return the weighted mean over everything seen, 0.0 where that is nothing."""
        ### BEGIN SOLUTION
        return tf.math.divide_no_nan(self.total, self.weight)
        ### END SOLUTION

    def get_config(self):
        """Return what the constructor needs to make such a metric again."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "threshold": self.threshold}
        ### END SOLUTION


# %% tags=["look"]
def look_at_my_metric(figure):
    """What your metric says after each of six batches, and what it says of each batch alone."""
    axes = figure.subplots()
    rng = np.random.default_rng(1)
    sizes = [6, 2, 8, 1, 5, 3]
    metric, alone, so_far = HuberMetric(), [], []
    for size in sizes:
        y_true, y_pred = rng.normal(scale=2, size=(2, size, 1)).astype("float32")
        metric.update_state(y_true, y_pred)
        so_far.append(float(metric.result()))
        fresh = HuberMetric()
        fresh.update_state(y_true, y_pred)
        alone.append(float(fresh.result()))
    places = np.arange(1, 1 + len(sizes))
    axes.bar(places, alone, 0.6, alpha=0.45, label="a fresh metric, on this batch alone")
    axes.plot(places, so_far, "o-", label="one metric, up to this batch")
    means = np.cumsum(alone) / places
    axes.plot(places, means, "--", color="firebrick", label="the mean of the bars so far (wrong)")
    axes.set_xticks(places, [f"{size} sample{'s' * (size > 1)}" for size in sizes])
    axes.legend()


# %% tags=["tests"]
def column(*values):
    """Return values as float32 of shape `(batch, 1)`."""
    return np.array(values, "float32")[:, None]


def test_one_batch():
    """numerics: the first batch of the example gives 1.375"""
    metric = HuberMetric()
    metric.update_state(column(5, 2, 4), column(4.5, 5, 2))
    result = float(metric.result())
    assert abs(result - 1.375) < 1e-5, f"errors 0.5, -3, 2 give {result}, expected 1.375"


def test_another_threshold():
    """numerics: with threshold 2, the errors -3, 3, 1.25 and 1.75 give 2.578125"""
    metric = HuberMetric(threshold=2.0)
    metric.update_state(column(2, 5, 3, 4), column(5, 2, 1.75, 2.25))
    result = float(metric.result())
    assert abs(result - 2.578125) < 1e-5, (
        f"with threshold 2, the errors -3, 3, 1.25, 1.75 give {result}, expected 2.578125"
    )


def test_two_batches_of_unequal_size():
    """numerics: both batches give 1.0625, as every sample counts the same"""
    metric = HuberMetric()
    metric.update_state(column(5, 2, 4), column(4.5, 5, 2))
    metric.update_state(column(6), column(6.5))
    result = float(metric.result())
    assert abs(result - 1.0625) < 1e-5, (
        f"errors 0.5, -3, 2, then -0.5, give {result}, expected 1.0625"
    )


def test_weights():
    """numerics: with the weights of the example it is 0.59375"""
    metric = HuberMetric()
    metric.update_state(column(5, 2, 4), column(4.5, 5, 2), np.array([2, 1, 1], "float32"))
    metric.update_state(column(6), column(6.5), np.array([4], "float32"))
    result = float(metric.result())
    assert abs(result - 0.59375) < 1e-5, f"with the weights 2, 1, 1, 4: {result}, expected 0.59375"


def test_two_outputs():
    """numerics: with two outputs, and weights of shape (2, 1), the example gives 1.3125"""
    batch = np.array([[[4, 2], [3, 5]], [[0, 5], [3, 3]]], "float32")
    metric, weighted = HuberMetric(), HuberMetric()
    metric.update_state(*batch)
    result = np.asarray(metric.result())
    assert result.shape == (), f"the result has the shape {result.shape}, expected ()"
    assert abs(result - 1.875) < 1e-5, f"errors (4, -3) and (0, 2): {result}, expected 1.875"
    weighted.update_state(*batch, column(1, 3))
    result = np.asarray(weighted.result())
    assert abs(result - 1.3125) < 1e-5, (
        f"errors (4, -3) and (0, 2), weights 1 and 3: {result}, expected 1.3125"
    )


def test_reset():
    """numerics: it is 0 before any data, and starts anew after a reset"""
    metric = HuberMetric(threshold=2.0)
    before = float(metric.result())
    assert before == 0.0, f"before any data the result is {before}, expected 0.0"
    metric.update_state(column(5), column(4))
    metric.reset_state()
    metric.update_state(column(2), column(5))
    result = float(metric.result())
    assert abs(result - 4.0) < 1e-5, f"after a reset, the error -3 gives {result}, expected 4.0"


def test_config():
    """serialization: made again from its configuration, it has its threshold and name"""
    metric = HuberMetric(threshold=2.0, name="mine")
    again = HuberMetric.from_config(metric.get_config())
    again.update_state(column(2), column(5))
    result = float(again.result())
    assert abs(result - 4.0) < 1e-5, f"rebuilt with threshold 2, the error -3 gives {result}, not 4"
    assert again.name == "mine", f"a metric named 'mine' is called {again.name!r} when rebuilt"


def test_evaluate():
    """graph: `evaluate` in batches of 3 gives 1.0625"""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Identity()])
    model.compile(loss="mse", metrics=[HuberMetric()], jit_compile=False)
    inputs, labels = column(4.5, 5, 2, 6.5), column(5, 2, 4, 6)
    result = model.evaluate(inputs, labels, 3, verbose=0, return_dict=True)["huber_metric"]
    assert abs(result - 1.0625) < 1e-5, f"in batches of 3 it gives {result}, expected 1.0625"
