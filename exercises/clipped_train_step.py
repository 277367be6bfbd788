# autograder exercise: clipped_train_step
# Unit 8, Training, exercise 2: `train_step`, a global norm (about 60 minutes, 19 points)
# Fill in what says YOUR CODE HERE, then run: pytest exercises/clipped_train_step.py

# %% [markdown]
# # A model that clips its gradients
#
# *Unit 8, Training · about 60 minutes · 19 points. You need: a functional `keras.Model`;
# `tf.GradientTape`; `compile` and `fit`.*
#
# A single wrong label can undo a thousand good steps: it makes a huge gradient, and gradient
# descent follows it. A model may defend itself: if the gradient is longer than some limit, it is
# scaled down, so that no step is longer than the limit allows.
#
# You need no loop of your own for that. `fit` calls the model's method `train_step` for every
# batch, in a graph. Override it, and everything around it stays: callbacks, validation, the
# progress bar, `evaluate`. But all that Keras' own `train_step` does is then yours to do:
# penalties, sample weights and the metrics of `compile` are forgotten more often than not.
#
# You write such a model: a class `ClippedModel(inputs, outputs, clip=1.0)`, a functional
# `keras.Model` whose `train_step(data)` scales all gradients together to a length of at most
# `clip`. It returns the loss and the metrics as ever, and beside them `"grad_norm"`, the length of
# the gradient before it was scaled.

# %%
# To see it: autograder look exercises/clipped_train_step.py
def look_at_a_wrong_label():
    """Six steps of gradient descent toward y = 2x. In the fourth, a label is wrong."""
    weight, rate = 0.0, 0.1
    for label in (4.0, 4.0, 4.0, 4000.0, 4.0, 4.0):
        gradient = 2 * (2.0 * weight - label) * 2.0
        weight -= rate * gradient
        print(f"label {label:6}: gradient {gradient:9.1f}, weight {weight:7.2f}")


# %% [markdown]
# ## The idea
#
# Take the gradients of the loss in *all* trainable weights together as one long vector. Its length
# is the **global norm**: the root of the sum of the squares of all their elements,
#
# $$n = \sqrt{\sum_w \lVert g_w \rVert^2}.$$
#
# If $n$ is above the limit $c$, all gradients are multiplied by the same factor $c / n$: the vector
# keeps its direction and gets the length $c$. If $n$ is not above $c$, they stay as they are.
#
# ![Left: an arrow to (6, 8). Scaled to the length 5 it ends at (3, 4), on a circle, and keeps its
# direction. If both numbers are cut off at 5 it ends at (5, 5) and points elsewhere. Right: the
# length that is left, over the length that there was: a line that turns level at the
# clip.](clipped_train_step.figure.png)
#
# To clip the gradient of each weight on its own, or even each number, would change the direction.
#
# **An example.** A model $wx + b$ starts with $w = b = 0$. For $x = 0.75$ and the label 4, the
# squared error has the gradient $-6$ in $w$ and $-8$ in $b$: the global norm is 10. With
# `clip=5.0` both are halved. With a rate of 0.1, $w$ becomes 0.3 and $b$ becomes 0.4.

# %% [markdown]
# ## What to write
#
# `ClippedModel(inputs, outputs, clip=1.0)` is a subclass of `keras.Model` that is made like a
# functional model: from `keras.Input`s and what layers make of them. `clip`, a positive and finite
# number of Python, `2` as well as `2.0`, is always given by its name, and so is a `name`.
#
# Override `train_step(self, data)`. Keras calls it with a tuple of tensors, `(x, y)` or `(x, y,
# sample_weight)`; `keras.utils.unpack_x_y_sample_weight(data)` makes three of both. One step
#
# 1. predicts with `training=True`;
# 2. takes the loss as Keras does: that of `compile`, plus the penalties in `model.losses`. With
#    sample weights, the losses of the samples are multiplied by these, and their sum is divided by
#    the number of rows. `self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)`
#    returns all of it;
# 3. scales the gradients in the trainable weights together to a global norm of at most `clip`, and
#    hands them to `self.optimizer`;
# 4. returns a dictionary of *logs*, numbers by name, with all that Keras reports, and with
#    `"grad_norm"`.
#
# **Logs.** They hold `"loss"`, each metric of `compile` under its name, and `"grad_norm"`. (Of
# dictionaries inside of the dictionary, Keras takes the entries.) Each is a mean since the metrics
# were reset, which Keras does at the beginning of every epoch with `model.reset_metrics()`:
#
# - `"loss"` is the mean of the loss over the steps. Whether a step counts as often as it has rows,
#   as with Keras, or once, is up to you: where this loss is graded, all batches have the same size.
# - The metrics are updated as Keras does it: those of `compile(weighted_metrics=…)` get the sample
#   weights, and those of `compile(metrics=…)` do not. `self.compute_metrics(x, y, y_pred,
#   sample_weight=sample_weight)` updates them, and returns the results of all that is in
#   `self.metrics`.
# - `"grad_norm"` is the mean over the steps of the global norm **before** clipping. Here each step
#   counts once, however many rows it has.
#
# **What Keras keeps for you.** A `keras.metrics.Mean` that is an attribute of the model is in
# `self.metrics`, so it is reset with the others, and reported by `compute_metrics` under its name.
# Keras' own mean of the loss is in `self.metrics` as well. You find it by its `name`, which is
# `"loss"`; nobody but you updates it in your `train_step`, with `update_state(loss)`.
#
# `evaluate` and `predict` do what they always do. (Whether `evaluate` reports a `grad_norm`, too,
# is not graded.)

# %% [markdown]
# ## Saving
#
# `get_config` of a functional model holds its layers and how they are connected, and loading makes
# a new model from that. Your class adds `clip` to it. Without that, a loaded model has the default
# clip, **and nothing tells you so**.
#
# For this to work, Keras must know your constructor as that of a functional model. It does if the
# constructor takes
#
# - `(self, *args, clip=1.0, **kwargs)`, and hands `*args` and `**kwargs` to `super().__init__`; the
#   stars must have these names; or
# - `(self, inputs, outputs, name=None, *, clip=1.0, **kwargs)`, and hands `inputs`, `outputs`,
#   `name=name` and `**kwargs` to `super().__init__`.
#
# It does **not** with `(self, inputs, outputs, clip=1.0, **kwargs)`: such a model trains, but a
# saved one cannot be loaded, unless it has methods `get_config` and `from_config` that do all of it
# themselves.

# %% [markdown]
# ## Traps
#
# **Old code.** `self.compiled_loss` and `self.compiled_metrics` belong to Keras 2.
#
# **Python in the step.** `fit` traces `train_step` once. A Python `if` cannot ask for a norm that
# is not known yet, a Python list keeps nothing from step to step, and `.numpy()` does not exist
# there. `tf.py_function`, and to compile with `run_eagerly=True`, would run Python in every step:
# neither counts as a graph.
#
# **Gradients of zero.** A norm of zero is reported as 0, and must not become a division 0/0.
#
# **Another `compile`.** It may bring another optimizer, and other layers may be frozen by then. If
# you keep some of that, or trace it by a `tf.function` of your own, it must be made anew.
#
# ## What is graded
#
# - **Numerics**: the logs of a step, and of several steps until the metrics are reset: `grad_norm`
#   before clipping, also of a gradient of zero; the loss with penalties and sample weights; metrics
#   with weights and without, of the predictions that are trained on, as they were before the step;
#   and that `test_step`, which `evaluate` uses, still reports loss and metrics.
# - **Gradients**: how the weights move: after large gradients, small ones and none, by default and
#   for other values of `clip`, with penalties, sample weights, frozen layers and
#   `BatchNormalization`, with an optimizer that has a memory, and after another `compile`.
# - **Serialization**: a model that was saved as `.keras` and loaded in a new process, with your
#   class as `custom_objects`, and compiled there, clips on with its own `clip`, also if it was
#   saved and loaded once more. It keeps its predictions and its name.
# - **Graph**: `fit` runs a graph: Python runs while it is traced, not in every step. One graph of
#   `train_step` trains on batches of any size, and holds nothing that calls back into Python.
#
# `train_step` is also called directly, outside of `fit`, after `compile`. Nothing is switched off:
# `tf.clip_by_global_norm` is welcome. You may add imports, functions and classes. Out of scope: a
# `compile` without a loss, several inputs or outputs, weights that the loss does not depend on,
# embeddings (whose gradients are sparse), mixed precision, a model without trainable weights, and
# a compiled state that is loaded along with the model.

# %%
import keras
import tensorflow as tf


# %%
class ClippedModel(keras.Model):
    """A functional model that scales its gradients to a global norm of at most `clip`.

    Args:
        inputs, outputs: as for `keras.Model`.
        clip: the largest global norm of the gradients of a step.
    """

    def __init__(self, *args, clip=1.0, **kwargs):
        # YOUR CODE HERE
        raise NotImplementedError()

    def train_step(self, data):
        """Train on one batch, and return the logs."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def get_config(self):
        """Return what makes this model again."""
        # YOUR CODE HERE
        raise NotImplementedError()


# %%
# To see it: autograder look exercises/clipped_train_step.py
def look_at_my_training(figure):
    """Your model learns y = 2x while some labels are wrong, with a clip of 1 and with hardly any.

    Left the loss, right the norms that you report.
    """
    left, right = figure.subplots(1, 2)
    x = tf.random.stateless_uniform((64, 1), seed=(1, 2), minval=-1.0, maxval=1.0)
    wrong = tf.cast(tf.random.stateless_uniform((64, 1), seed=(3, 4)) < 0.05, tf.float32)
    y = 2 * x + 60 * wrong
    for clip, colour in ((1.0, "#0072b2"), (1e6, "#d55e00")):
        inputs = keras.Input((1,))
        model = ClippedModel(inputs, keras.layers.Dense(1)(inputs), clip=clip)
        model.compile(keras.optimizers.SGD(0.2), "mae", metrics=["mse"], jit_compile=False)
        history = model.fit(x, y, batch_size=8, epochs=15, verbose=0, shuffle=False).history
        for axes, name in ((left, "loss"), (right, "grad_norm")):
            axes.plot(range(1, 16), history[name], color=colour, label=f"clip {clip:g}")
            axes.set(title=name, xlabel="epoch")
    left.legend()


# %%
def line(clip=None, weight=0.0, compile_with=None, **options):
    """A model w * x + b with b = 0, compiled."""
    inputs = keras.Input((1,))
    start = keras.initializers.Constant(weight)
    outputs = keras.layers.Dense(1, kernel_initializer=start, **options)(inputs)
    model = ClippedModel(inputs, outputs, **({} if clip is None else {"clip": clip}))
    loss, optimizer = keras.losses.MeanSquaredError(), keras.optimizers.SGD(0.1)
    model.compile(optimizer, loss, jit_compile=False, **(compile_with or {}))
    return model


def column(*values):
    return tf.reshape(tf.constant(values, tf.float32), (-1, 1))


def logs_of(model, *data):
    """The logs of one step, rounded; dictionaries inside are opened as Keras does it."""
    logs = model.train_step(data)
    assert isinstance(logs, dict), f"train_step returned a {type(logs).__name__}, not a dictionary"
    flat = {}
    for name, value in logs.items():
        flat.update(value if isinstance(value, dict) else {name: value})
    return {name: round(float(value), 3) for name, value in flat.items()}


def number(logs, name):
    assert name in logs, f"the logs have no {name!r}, they are {logs}"
    return logs[name]


def weights_of(model):
    return [round(float(tf.reduce_sum(weight)), 3) for weight in model.trainable_weights]


EXAMPLE = column(0.75), column(4.0)


def test_the_norm_is_that_before_clipping():
    """numerics: the step of the example reports a norm of 10, whatever the clip"""
    found = [number(logs_of(line(clip), *EXAMPLE), "grad_norm") for clip in (5.0, 100.0)]
    assert found == [10.0, 10.0], (
        f"with clips of 5 and 100, the logs have a grad_norm of {found}, expected [10.0, 10.0]"
    )


def test_the_norm_is_a_mean_until_it_is_reset():
    """numerics: norms of 10 and 6 have the mean 8, and after a reset there is 4 alone"""
    model = line()
    model.optimizer.learning_rate = 0.0
    found = []
    for label in (4.0, 2.4):
        found.append(number(logs_of(model, column(0.75), column(label)), "grad_norm"))
    model.reset_metrics()
    found.append(number(logs_of(model, column(0.75), column(1.6)), "grad_norm"))
    assert found == [10.0, 8.0, 4.0], (
        f"norms of 10 and 6, a reset, and a norm of 4: the logs have {found}, "
        "expected [10.0, 8.0, 4.0]"
    )


def test_loss_and_metrics_are_reported():
    """numerics: the loss is weighted, a metric is not, and a weighted metric is"""
    metrics = {
        "metrics": [keras.metrics.MeanAbsoluteError(name="plain")],
        "weighted_metrics": [keras.metrics.MeanAbsoluteError(name="weighted")],
    }
    model = line(compile_with=metrics)
    logs = logs_of(model, column(1, 1), column(2, 4), tf.constant([3.0, 1.0]))
    found = [number(logs, name) for name in ("loss", "plain", "weighted")]
    assert found == [14.0, 3.0, 2.5], (
        "errors 2 and 4 with weights 3 and 1: loss, metric and weighted metric are "
        f"{found}, expected [14.0, 3.0, 2.5]"
    )


def test_penalties_count():
    """numerics: a penalty of 8 is in the loss, and its gradient of 4 in the norm"""
    logs = logs_of(
        line(weight=4.0, kernel_regularizer=keras.regularizers.L2(0.5)), column(1.0), column(4.0)
    )
    found = [number(logs, name) for name in ("loss", "grad_norm")]
    assert found == [8.0, 4.0], (
        f"no error, and a penalty of 0.5 * 4 ** 2: loss and norm are {found}, expected [8.0, 4.0]"
    )


def test_the_example_of_the_text():
    """gradients: the step of the example goes to (0.3, 0.4), and to (0.06, 0.08) by default"""
    found = []
    for clip in (5.0, None):
        model = line(clip)
        model.train_step(EXAMPLE)
        found.append(weights_of(model))
    assert found == [[0.3, 0.4], [0.06, 0.08]], (
        f"with a clip of 5 and by default, w and b become {found}, "
        "expected [[0.3, 0.4], [0.06, 0.08]]"
    )


def test_a_small_gradient_is_left_alone():
    """gradients: with a clip of 20, the gradient of norm 10 is used as it is"""
    model = line(20.0)
    model.train_step(EXAMPLE)
    found = weights_of(model)
    assert found == [0.6, 0.8], f"with a clip of 20, w and b become {found}, expected [0.6, 0.8]"


def test_all_are_scaled_together():
    """gradients: a gradient of (20, 20) in w and 10 in b, with a clip of 15, is halved"""
    inputs = keras.Input((2,))
    outputs = keras.layers.Dense(1, kernel_initializer="zeros")(inputs)
    model = ClippedModel(inputs, outputs, clip=15.0)
    model.compile(keras.optimizers.SGD(0.1), keras.losses.MeanSquaredError(), jit_compile=False)
    model.train_step((tf.constant([[2.0, 2.0]]), column(-5.0)))
    found = weights_of(model)
    assert found == [-2.0, -0.5], (
        f"the sum of the two numbers of w, and b, become {found}, expected [-2.0, -0.5]"
    )


def saved_and_loaded(model):
    """What a model is after it was saved and loaded; what goes wrong is said in words."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        classes = {"ClippedModel": ClippedModel}
        try:
            loaded = keras.models.load_model(
                f"{folder}/model.keras", custom_objects=classes, compile=False
            )
        except Exception as error:
            problem = str(error).split("Exception encountered: ")[-1].splitlines()[0]
            raise AssertionError(
                f"a model whose configuration has {len(model.get_config())} entries was saved, and "
                f"cannot be loaded: {problem}"
            ) from None
    assert len(loaded.layers) == len(model.layers), (
        f"the model has {len(model.layers)} layers, and the loaded one {len(loaded.layers)}"
    )
    return loaded


def test_a_loaded_model_clips_on():
    """serialization: saved and loaded, the model still has its clip of 5"""
    loaded = saved_and_loaded(line(5.0))
    loaded.compile(keras.optimizers.SGD(0.1), keras.losses.MeanSquaredError())
    loaded.train_step(EXAMPLE)
    found = weights_of(loaded)
    assert found == [0.3, 0.4], (
        f"after the step of the example, w and b of the loaded model are {found}, "
        "expected [0.3, 0.4]"
    )


def test_fit_runs_a_graph():
    """graph: in eight steps of `fit`, a layer runs in Python at most three times"""
    runs = []

    class Noted(keras.layers.Layer):
        def call(self, inputs):
            runs.append(1)
            return inputs * 1.0

    inputs = keras.Input((1,))
    model = ClippedModel(inputs, keras.layers.Dense(1)(Noted()(inputs)), clip=5.0)
    model.compile(keras.optimizers.SGD(0.1), keras.losses.MeanSquaredError(), jit_compile=False)
    runs.clear()
    x = column(*range(8)) / 8
    history = model.fit(x, 2 * x, batch_size=2, epochs=2, verbose=0).history
    assert len(runs) <= 3, f"in 8 steps of fit, a layer ran {len(runs)} times in Python, at most 3"
    assert {"loss", "grad_norm"} <= set(history), (
        f"the history of fit has the keys {sorted(history)}, expected 'loss' and 'grad_norm' "
        "among them"
    )
