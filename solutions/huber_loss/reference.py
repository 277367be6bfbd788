# %% [markdown] unit="2 Losses" step=1 minutes=45 teaches="a loss as a class"
# # A loss with a threshold
#
# Squared errors punish outliers hard: an error of 100 costs as much as ten thousand errors of 1,
# and one wrong label can pull a whole model away from the others. Absolute errors are more patient,
# but their slope never shrinks: near the target, training keeps stepping over it.
#
# The **Huber loss** takes the better part of each. Small errors are squared, large ones count by
# their size, and a threshold says where the one ends and the other begins. In this exercise you
# write it as a class, `HuberLoss`, that works wherever a loss of Keras' own does: called directly,
# in `compile` and `fit`, with sample weights, and in a model that is saved and loaded again.

# %% tags=["look"]
def look_at_one_wrong_label():
    """A line is fitted with squared errors to eight points; then one label is wrong."""
    import numpy as np

    x = np.arange(8.0)
    for case, last in ("all labels are right", 14), ("the last label says 100", 100):
        y = np.append(2 * x[:-1], last)
        print(f"{case}: the fitted slope is {np.polyfit(x, y, 1)[0]:.2f}")


# %% [markdown] needs="Python classes; `compile` and `fit` of a Keras model; what a gradient is"
# ## What to compute
#
# For a label $y$, a prediction $\hat y$, the error $e = y - \hat y$ and a threshold $\delta > 0$:
#
# $$
# h(e) = \begin{cases}
#     \tfrac12 e^2 & |e| \le \delta \\
#     \delta\,\bigl(|e| - \tfrac12 \delta\bigr) & |e| > \delta
# \end{cases}
# $$
#
# The $-\tfrac12\delta$ makes the two pieces meet: at $|e| = \delta$ both are $\tfrac12\delta^2$.
# They meet without a kink, because there both have the slope $\delta$. Altogether, the slope in the
# prediction is the error, cut off at the threshold on both sides:
#
# $$
# \frac{\partial h}{\partial \hat y} = -\max\bigl(-\delta, \min(\delta, e)\bigr)
# $$
#
# No single sample can therefore pull harder than $\delta$.
#
# ![On the left, the loss over the error for the thresholds 0.5, 1 and 2: a parabola that goes on as
# a straight line beyond the threshold, below half the square. On the right, its slope in the
# prediction: a falling line that is cut off at plus and minus the threshold.](figure.png)

# %% [markdown]
# ## An example
#
# Four samples, $\delta = 1$:
#
# | $y$ | $\hat y$ | $e$ | $h(e)$ | slope in $\hat y$ |
# |---|---|---|---|---|
# | 2 | 1.5 | 0.5 | 0.125 | −0.5 |
# | 4 | 2.75 | 1.25 | 0.75 | −1 |
# | 1 | 4 | −3 | 2.5 | 1 |
# | 3 | 4.75 | −1.75 | 1.25 | 1 |
#
# The loss of this batch is the mean, $(0.125 + 0.75 + 2.5 + 1.25) / 4 = 1.15625$.
#
# With $\delta = 2$ only the third sample is beyond the threshold. Its loss is $2 \cdot (3 - 1) =
# 4$, and the last one's is now $\tfrac12 \cdot 1.75^2 = 1.53125$.
#
# With the weights 2, 1, 0 and 1, and $\delta = 1$ again, Keras makes of it $(2 \cdot 0.125 + 0.75 +
# 0 \cdot 2.5 + 1.25) / 4 = 0.5625$. It divides by the number of samples, not by the sum of the
# weights, here as in its own losses.

# %% [markdown]
# ## What to write
#
# A class `HuberLoss(threshold=1.0, **kwargs)`, a subclass of `keras.losses.Loss`, with three
# methods:
#
# - The constructor keeps the threshold of this one loss; two losses may have different ones. The
#   `**kwargs` are Keras' own arguments, like `reduction` and `name`; pass them on.
# - `call(y_true, y_pred)` gets two float tensors of one shape, `(batch, 1)`, and returns a loss for
#   each sample. The shapes `(batch, 1)` and `(batch,)` are both right.
# - `get_config()` returns a dictionary: what Keras' own holds, and the threshold as it was given.
#   Called with these as keyword arguments, the class makes the same loss again.
#
# You may add imports, functions and classes of your own, and name attributes as you like; keep the
# names and arguments that are asked for.
#
# Users call the loss itself, `loss(y_true, y_pred)` or `loss(y_true, y_pred, sample_weight)`, with
# arrays or tensors of shape `(batch, 1)`. The `__call__` that you inherit does the rest:
#
# 1. It casts labels and predictions to float32; labels may be integers or float64.
# 2. It calls your `call`.
# 3. It multiplies the losses by the weights, if there are any.
# 4. It reduces them: to their mean by default, to their sum with `reduction="sum"`, and not at all
#    with `reduction=None`.
#
# Your loss then goes where Keras' own go, once you have written it:
#
# ```python
# model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
# model.compile("sgd", loss=HuberLoss(2.0))
# model.save("model.keras")
# again = keras.saving.load_model("model.keras", custom_objects={"HuberLoss": HuberLoss})
# ```

# %% [markdown]
# ## Traps
#
# **Do not reduce.** A `call` that ends in a mean looks right as long as nobody weights anything.
# But weights that come after the mean cannot tell one sample from another any more.
#
# **`call`, not `__call__`.** If you override `__call__`, all four steps above become your work.
#
# **A batch is not a number.** Some of its errors are small and some are large, so no Python `if`
# can choose for all of them, and nothing in Keras 3 rewrites your `if` for you. Choose element by
# element.
#
# **`fit` runs a graph.** Your Python runs once, while the graph is made, with tensors that have no
# values yet and often no known batch size. There is no `.numpy()` there, nor a loop over samples.
#
# **A gradient takes both branches.** `tf.where` computes both sides, and so does its gradient. If
# the side that is not chosen divides by an error of zero, or takes its root, as in `(e * e) **
# 0.5`, the loss is fine and the gradient is NaN.
#
# **A forgotten threshold raises nothing.** A `get_config` without it makes a model that loads
# without complaint and trains on with the default. Try it with a threshold that is not the default.

# %% [markdown]
# ## What is graded
#
# - **Numerics**: single losses on both sides of several thresholds, exactly on them, and for errors
#   of both signs. The default threshold, and one that is an integer; several losses side by side.
#   The mean of a batch, the other reductions `"sum"` and `None`, weights of shape `(batch, 1)` with
#   each of the three, and labels that are integers or float64.
# - **Gradients**: the slope in the predictions, also where the loss is only a part of a larger
#   expression, for an error of exactly the threshold, and where a prediction is exactly right
#   (there it is 0).
# - **Serialization**: the configuration holds the threshold. Loaded in a new process, a loss has
#   the threshold, the reduction and the name that it had. So does the loss of a compiled model that
#   went through a `.keras` file.
# - **Graph**: traced once, for the shape `(None, 1)`, the loss gives what it gives in direct
#   calls, without calling back into Python. A step of training in `compile`d form, with weights
#   and without, moves a model as far as the gradient of a direct call says.
#
# Switched off are `keras.losses.Huber`, `keras.losses.huber`,
# `tensorflow.compat.v1.losses.huber_loss`, and the old copies in `tensorflow.python.keras.losses`
# (`Huber` and `huber`), under all their names: calling one of them raises when your work is graded,
# and in the public tests, too. Rounding is allowed for.
#
# Out of scope: several outputs, labels of shape `(batch,)`, Python lists, weights of shape
# `(batch,)`, masks, dtypes other than float32 for the result, thresholds that are zero, negative or
# tensors, and errors so large that their square overflows.

# %%
import keras
import numpy as np
import tensorflow as tf


# %% tags=["solution"]
class HuberLoss(keras.losses.Loss):
    """Half the squared error up to a threshold, linear beyond it."""

    def __init__(self, threshold=1.0, **kwargs):
        """Create the loss.

        Args:
            threshold: size of an error beyond which the loss grows linearly.
            **kwargs: of `keras.losses.Loss`.
        """
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.threshold = threshold
        ### END SOLUTION

    def call(self, y_true, y_pred):
        """Return a loss for each sample.

        Args:
            y_true: labels, `(batch, 1)`.
            y_pred: predictions, `(batch, 1)`.
        """
        ### BEGIN SOLUTION
        error = y_true - y_pred
        size = tf.abs(error)
        linear = self.threshold * (size - self.threshold / 2)
        return tf.where(size <= self.threshold, tf.square(error) / 2, linear)
        ### END SOLUTION

    def get_config(self):
        """Return what the constructor needs to make such a loss again."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "threshold": self.threshold}
        ### END SOLUTION


# %% tags=["look"]
def look_at_my_loss(figure):
    """What your loss makes of errors from -4 to 4, and its slope, for three thresholds."""
    left, right = figure.subplots(1, 2)
    errors = np.linspace(-4, 4, 401, dtype="float32")[:, None]
    for threshold in (0.5, 1.0, 2.0):
        y_pred = tf.Variable(-errors)
        with tf.GradientTape() as tape:
            losses = HuberLoss(threshold=threshold, reduction=None)(np.zeros_like(errors), y_pred)
        slopes = tape.gradient(losses, y_pred)
        label = f"threshold {threshold:g}"
        left.plot(errors, np.ravel(losses) * np.ones(len(errors)), label=label)
        if slopes is not None:
            right.plot(errors, slopes, label=label)
    left.set(title="your loss of a sample", xlabel="error")
    right.set(title="its slope in the prediction", xlabel="error")
    left.legend()


# %% tags=["tests"]
def column(*values):
    """Return values as float32 of shape `(batch, 1)`."""
    return np.array(values, "float32")[:, None]


Y_TRUE, Y_PRED = column(2, 4, 1, 3), column(1.5, 2.75, 4, 4.75)


def test_example():
    """numerics: the batch of the example costs 1.15625"""
    loss = float(HuberLoss()(Y_TRUE, Y_PRED))
    assert abs(loss - 1.15625) < 1e-5, f"errors 0.5, 1.25, -3, -1.75 give {loss}, expected 1.15625"


def test_another_threshold():
    """numerics: with threshold 2, the samples of the example cost 0.125, 0.78125, 4 and 1.53125"""
    loss = HuberLoss(threshold=2.0)
    each = [float(loss(Y_TRUE[[i]], Y_PRED[[i]])) for i in range(4)]
    expected = [0.125, 0.78125, 4, 1.53125]
    assert np.allclose(each, expected), (
        f"with threshold 2, the errors 0.5, 1.25, -3, -1.75 cost {each}, expected {expected}"
    )


def test_weights():
    """numerics: with the weights 2, 1, 0, 1 the example costs 0.5625"""
    loss = float(HuberLoss()(Y_TRUE, Y_PRED, column(2, 1, 0, 1)))
    assert abs(loss - 0.5625) < 1e-5, f"with the weights 2, 1, 0, 1: {loss}, expected 0.5625"


def test_slopes():
    """gradients: the slopes are those of the example"""
    y_pred = tf.Variable(Y_PRED)
    with tf.GradientTape() as tape:
        loss = HuberLoss(reduction="sum")(Y_TRUE, y_pred)
    slopes = tape.gradient(loss, y_pred)
    assert slopes is not None, "no gradient flows from the loss back to the predictions"
    slopes = slopes.numpy().ravel()
    expected = [-0.5, -1, 1, 1]
    assert np.allclose(slopes, expected), (
        f"errors 0.5, 1.25, -3, -1.75: slopes {slopes}, not {expected}"
    )


def test_config():
    """serialization: made again from its configuration, a loss has its threshold and name"""
    loss = HuberLoss(threshold=2.5, name="mine")
    again = HuberLoss.from_config(loss.get_config())
    value = float(again(column(7), column(3)))
    assert abs(value - 6.875) < 1e-5, (
        f"rebuilt with threshold 2.5, the error 4 gives {value}, expected 6.875"
    )
    assert again.name == "mine", f"a loss named 'mine' is called {again.name!r} when rebuilt"


def test_training():
    """graph: a model trains with it"""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", loss=HuberLoss(), jit_compile=False)
    value = float(model.train_on_batch(Y_PRED, Y_TRUE))
    assert np.isfinite(value), f"the loss of a step of training is {value}"
