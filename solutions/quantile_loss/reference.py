# %% [markdown] unit="2 Losses" step=2 minutes=40 teaches="a function and a class, registered"
# # A loss for "nine times out of ten"
#
# A courier does not ask when a parcel will arrive on average. They ask for a time that is late
# enough in nine cases of ten. A shop asks for a stock that lasts on 95 days of 100. Both want a
# *quantile* of what may happen, and a model learns to predict one if the loss is right: no other
# part of it has to change.
#
# You write this loss twice: as a function, `quantile_loss(q)`, and as a class, `QuantileLoss`. What
# `call` and `get_config` are for is said in `huber_loss`. New is that a loss may also be a plain
# function made by another function, and that a saved model finds your class by itself.

# %% tags=["look"]
def look_at_the_average_parcel():
    """A courier promises a time for 1000 parcels: how many of them come later."""
    import numpy as np

    minutes = np.random.default_rng(1).lognormal(3, 0.5, 1000)
    for name, promise in ("mean", minutes.mean()), ("0.9-quantile", np.quantile(minutes, 0.9)):
        later = (minutes > promise).sum()
        print(f"the {name} is {promise:.0f} minutes: {later} of 1000 come later")


# %% [markdown]
# ## What to compute
#
# For a label $y$, a prediction $\hat y$, the error $e = y - \hat y$ and a number $q$ between 0 and
# 1, the **pinball loss** is
#
# $$
# \ell_q(e) = \max\bigl(q\, e,\ (q - 1)\, e\bigr) = \begin{cases}
#     q \cdot |e| & e \ge 0 \quad \text{(the prediction is too low)} \\
#     (1 - q) \cdot |e| & e < 0 \quad \text{(the prediction is too high)}
# \end{cases}
# $$
#
# With $q = 0.9$ a prediction that is too low costs nine times as much as one that is too high by
# the same amount. The model moves up, until nine labels of ten are below it. With $q = 0.5$ both
# sides cost the same, half the absolute error, and the model predicts the median.
#
# The slope in the prediction is the same however large the error is: $-q$ where the prediction is
# too low, and $1 - q$ where it is too high. At $e = 0$ the loss has a kink, and nobody asks what
# its slope is there.
#
# ![On the left, the loss over the error for q of 0.1, 0.5 and 0.9: two straight lines that meet at
# 0, the steeper one on the left, on neither side, and on the right. On the right, the mean loss of
# 1000 labels over a prediction that is the same for all: it is smallest where 10, 50 and 90 percent
# of the labels are below it.](figure.png)

# %% [markdown]
# ## An example
#
# | $y$ | $\hat y$ | $e$ | $\ell_{0.9}$ | slope in $\hat y$ | $\ell_{0.25}$ | slope in $\hat y$ |
# |---|---|---|---|---|---|---|
# | 3 | 1 | 2 | 1.8 | −0.9 | 0.5 | −0.25 |
# | 3 | 5 | −2 | 0.2 | 0.1 | 1.5 | 0.75 |
# | −1 | −2 | 1 | 0.9 | −0.9 | 0.25 | −0.25 |
# | 0 | 4 | −4 | 0.4 | 0.1 | 3 | 0.75 |
#
# The mean of this batch is $(1.8 + 0.2 + 0.9 + 0.4) / 4 = 0.825$ for $q = 0.9$, and $1.3125$ for
# $q = 0.25$.

# %% [markdown]
# ## What to write
#
# Two forms of the same loss.
#
# **`quantile_loss(q)`** is a function that *returns a function*. What it returns takes `(y_true,
# y_pred)`, two float32 tensors of shape `(batch, 1)`, and returns one loss for each sample (of
# shape `(batch, 1)` or `(batch,)`). Keras takes such a function as it takes a loss of its own, and
# takes the mean itself:
#
# ```python
# model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
# model.compile("sgd", loss=quantile_loss(0.9))
# ```
#
# **`QuantileLoss(q=0.5, **kwargs)`** is a subclass of `keras.losses.Loss`, with a constructor, a
# `call` that returns one loss for each sample (in one of the same two shapes), and a `get_config`
# that holds the `q` as it was given. The `**kwargs` (`name`, `reduction`) belong to Keras: pass
# them on.
#
# In both, a `q` that is not between 0 and 1 (0 and 1 themselves are not) raises a `ValueError`,
# when the loss is made and not when it is first used. Its message shows the value that was given.
#
# A model that was compiled with your class and saved loads again *without* `custom_objects`:
#
# ```python
# model.compile("sgd", loss=QuantileLoss(0.9))
# model.save("model.keras")
# again = keras.saving.load_model("model.keras")
# print(again.loss.get_config()["q"])  # 0.9
# ```
#
# For that, Keras must know your class by the name that it writes into the file.
# `@keras.saving.register_keras_serializable()` above the class tells it. The file must still be
# loaded in a program that has your code; there it works even for somebody who does not know that
# the loss is yours. In a notebook you may run the cell again: the new class takes the name.
#
# A model that was compiled with the *function* saves as well, but Keras cannot load its loss: a
# function made by a function has no name that Keras could find. That is why there are two forms.

# %% [markdown]
# ## Traps
#
# **A forgotten `q` raises nothing.** A `get_config` without it makes a model that loads without
# complaint, and trains on for the median.
#
# **Which way round?** $q$ near 1 must punish predictions that are too *low*. If yours end up below
# nine labels of ten, $e$ has the other sign.
#
# **The last `q` wins.** In `[lambda t, p: ... q ... for q in (0.1, 0.5, 0.9)]` all three functions
# look up `q` when they are called, and find 0.9. A function that takes `q` as an argument and
# returns a function has a `q` of its own for each call: that is what `quantile_loss` is.
#
# **A batch is not a number.** Some predictions are too low and some too high, so a Python `if`
# cannot choose for all of them. Choose element by element.
#
# **Do not reduce** in `call`. Keras weights the samples and takes their mean afterwards.

# %% [markdown]
# ## What is graded
#
# - **Numerics**: the values of both forms, for several losses side by side and for errors of both
#   signs, small and large; the default of the class, its reductions (`"sum"`, None, and the mean),
#   and weights of shape `(batch, 1)`; the `ValueError`.
# - **Gradients**: the slopes of both forms on both sides (not at $e = 0$), for small and large
#   errors, times what arrives from above.
# - **Serialization**: in a new process that has loaded your code, and *without* `custom_objects`, a
#   loss has the `q`, the name and the reduction that it had; so has the loss of a compiled model.
# - **Graph**: traced once, for the shape `(None, 1)`, both forms give what they give in direct
#   calls, without calling back into Python, and a compiled model trains with either.
#
# **Switched off**: nothing; Keras has no such loss.
#
# **Out of scope**: other shapes and dtypes of `y_true` and `y_pred`, several outputs, a `q` that is
# no Python number or is NaN, mixed precision, and the slope at $e = 0$.

# %%
import keras
import numpy as np
import tensorflow as tf


# %% tags=["solution"]
def quantile_loss(q):
    """Return the pinball loss for a quantile, as a function for `compile`.

    Args:
        q: the quantile, between 0 and 1.

    Returns:
        A function that takes labels and predictions, float tensors of shape (batch, 1), and returns
        the loss of each sample.

    Raises:
        ValueError: `q` is not between 0 and 1.
    """
    ### BEGIN SOLUTION
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")

    def loss(y_true, y_pred):
        error = y_true - y_pred
        return tf.maximum(q * error, (q - 1) * error)

    return loss
    ### END SOLUTION


@keras.saving.register_keras_serializable()
class QuantileLoss(keras.losses.Loss):
    """The pinball loss for a quantile.

    Args:
        q: the quantile, between 0 and 1.

    Raises:
        ValueError: `q` is not between 0 and 1.
    """

    def __init__(self, q=0.5, **kwargs):
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.q = q
        self.loss = quantile_loss(q)
        ### END SOLUTION

    def call(self, y_true, y_pred):
        """Return the loss of each sample."""
        ### BEGIN SOLUTION
        return self.loss(y_true, y_pred)
        ### END SOLUTION

    def get_config(self):
        """Return what the constructor needs to make such a loss again."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "q": self.q}
        ### END SOLUTION


# %% tags=["look"]
def look_at_my_loss(figure):
    """What your function makes of errors; and what your class makes of one prediction for 1000
    labels: where it is smallest, a part q of the labels should be below."""
    left, right = figure.subplots(1, 2)
    errors = tf.linspace(-3.0, 3.0, 121)[:, None]
    labels = np.random.default_rng(1).lognormal(3, 0.5, (1000, 1)).astype("float32")
    predictions = np.linspace(8, 40, 65)
    for q in (0.1, 0.5, 0.9):
        losses = np.ravel(quantile_loss(q)(errors, tf.zeros_like(errors)))
        left.plot(np.ravel(errors), losses * np.ones(len(errors)), label=f"q = {q}")
        loss = QuantileLoss(q)
        means = [float(loss(labels, np.full_like(labels, one))) for one in predictions]
        best = predictions[np.argmin(means)]
        (line,) = right.plot(predictions, means, label=f"{np.mean(labels < best):.0%} below")
        right.plot(best, min(means), "o", color=line.get_color())
    left.set(title="quantile_loss(q) of a sample", xlabel="error e = label - prediction")
    right.set(title="QuantileLoss(q) of 1000 labels", xlabel="the same prediction for all")
    left.legend()
    right.legend()


# %% tags=["tests"]
TRUE = np.float32([[3], [3], [-1], [0]])
PRED = np.float32([[1], [5], [-2], [4]])


def slope(loss):
    """The slope of the sum of the losses in each prediction."""
    pred = tf.constant(PRED)
    with tf.GradientTape() as tape:
        tape.watch(pred)
        total = tf.reduce_sum(loss(tf.constant(TRUE), pred))
    return tape.gradient(total, pred)


def test_function_of_the_example():
    """numerics: the losses of the table, by the function"""
    for q, want in ((0.9, [1.8, 0.2, 0.9, 0.4]), (0.25, [0.5, 1.5, 0.25, 3])):
        got = quantile_loss(q)(tf.constant(TRUE), tf.constant(PRED))
        assert np.allclose(np.ravel(got), want), (
            f"quantile_loss({q}) of the four samples: got {np.ravel(got)}, expected {want}"
        )


def test_class_of_the_example():
    """numerics: the mean of the table, by the class"""
    for q, want in ((0.9, 0.825), (0.25, 1.3125)):
        got = QuantileLoss(q)(TRUE, PRED)
        assert np.allclose(got, want), f"QuantileLoss({q}) of the batch: got {got}, expected {want}"


def test_each_has_its_own_quantile():
    """numerics: three losses that were made in a loop have three quantiles"""
    losses = [quantile_loss(q) for q in (0.9, 0.5, 0.1)]
    got = [float(np.ravel(loss(tf.constant([[3.0]]), tf.constant([[1.0]])))[0]) for loss in losses]
    want = [1.8, 1.0, 0.2]
    assert np.allclose(got, want), f"the error 2 for q = 0.9, 0.5, 0.1: got {got}, expected {want}"


def test_impossible_quantiles():
    """numerics: q = 1.5 raises a ValueError that shows it"""
    for make in (quantile_loss, QuantileLoss):
        try:
            made = make(1.5)
        except ValueError as error:
            assert "1.5" in str(error), f"the message should show 1.5: got {str(error)!r}"
        else:
            raise AssertionError(f"q = 1.5 raised nothing, and made {made!r}")


def test_slope_of_the_example():
    """gradients: the slopes of the table"""
    for name, loss in (("quantile_loss", quantile_loss(0.9)), ("QuantileLoss", QuantileLoss(0.9))):
        got, want = slope(loss), [-0.9, 0.1, -0.9, 0.1]
        assert got is not None, f"{name}: there is no gradient in the predictions"
        want = want if name == "quantile_loss" else [one / 4 for one in want]
        assert np.allclose(np.ravel(got), want), (
            f"slope of {name}(0.9): got {np.ravel(got)}, expected {want}"
        )


def test_configuration_holds_the_quantile():
    """serialization: a loss made from its configuration has its quantile and its name"""
    loss = QuantileLoss.from_config(QuantileLoss(0.9, name="late").get_config())
    got, name = loss(TRUE, PRED), loss.name
    assert np.allclose(got, 0.825), f"after reloading, the batch costs {got}, expected 0.825"
    assert name == "late", f"after reloading, the name is {name!r}, expected 'late'"


def test_keras_finds_the_class():
    """serialization: a saved loss loads without `custom_objects`"""
    saved = keras.saving.serialize_keras_object(QuantileLoss(0.9))
    loaded = keras.saving.deserialize_keras_object(saved)
    # By its name: if another file of yours has been run since, the name belongs to its class.
    named = type(loaded).__name__
    assert named == "QuantileLoss", f"loaded {loaded!r}, expected a QuantileLoss"


def traced(loss):
    return tf.function(lambda true, pred: loss(true, pred), autograph=False)


def test_in_a_graph():
    """graph: in `tf.function` the example costs the same"""
    for name, loss in (("quantile_loss", quantile_loss(0.9)), ("QuantileLoss", QuantileLoss(0.9))):
        got = np.mean(traced(loss)(tf.constant(TRUE), tf.constant(PRED)))
        assert np.allclose(got, 0.825), f"{name}(0.9) in tf.function: got {got}, expected 0.825"
