# %% [markdown] unit="7 Gradients" step=1 minutes=45 teaches="a gradient of your own"
# # A softplus that neither overflows nor forgets its slope
#
# A network that predicts a rate, a variance or a waiting time must answer with a positive number.
# The usual last step is the *softplus*, a smooth relative of ReLU:
#
# $$\operatorname{softplus}(z) = \log(1 + e^{z}), \qquad
# \operatorname{softplus}'(z) = \sigma(z) = \frac{1}{1 + e^{-z}}.$$
#
# | $z$ | $-1$ | $0$ | $2$ |
# |---|---|---|---|
# | $\operatorname{softplus}(z)$ | 0.3133 | 0.6931 | 2.1269 |
# | $\sigma(z)$ | 0.2689 | 0.5 | 0.8808 |
#
# On paper nothing can go wrong: for large $z$ the function is $z$ plus next to nothing, for very
# negative $z$ it is next to nothing, and its slope stays between 0 and 1.
#
# In floating point the formula breaks twice. *Forward*, $e^{z}$ is infinite from about $z = 89$ in
# float32 (710 in float64), and so is the logarithm, where the answer is simply 89. *Backward*, the
# chain rule multiplies $\frac{1}{1 + e^{z}} = 0$ by $e^{z} = \infty$, which is not a number. One
# such element is enough: it reaches every weight below, and after the next update the network is
# lost. Here you write a function, `my_softplus(z)`, that breaks in neither.
#
# ![Values on the left, slopes on the right, for z from 80 to 96 in float32. From about 89 on, the
# formula as it stands is infinite and its slope is not a number, drawn in red; the stable form goes
# on as z, with the slope 1.](figure.png)

# %% tags=["look"]
def look_at_the_formula():
    """The formula as it stands, in float32: values and slopes up to 100."""
    import tensorflow as tf

    z = tf.constant([0.0, 80.0, 87.0, 89.0, 100.0])
    with tf.GradientTape() as tape:
        tape.watch(z)
        values = tf.math.log(1 + tf.exp(z))
    for row in zip(z, values, tape.gradient(values, z), strict=True):
        print("z = {:3.0f}: softplus {:6.2f}, slope {:.2f}".format(*map(float, row)))


# %% [markdown] needs="derivatives and the chain rule; `tf.GradientTape`"
# ## A gradient of your own
#
# `tf.custom_gradient` lets a function state its own gradient instead of having TensorFlow derive
# one from its operations. The function returns two things: its value, and a function that takes the
# gradient arriving from above (the *upstream*) and returns the gradient to pass on.
#
# ```python
# @tf.custom_gradient
# def cube(x):
#     def grad(upstream):
#         return upstream * 3 * x**2
#
#     return x**3, grad
# ```
#
# Callers see an ordinary function: `cube(x)` is one tensor, and a tape calls `grad` when it passes
# by. The upstream has the shape of the result, and each element has its own. Take
# $z = (-1, 0, 2)$ and let the loss be $1 \cdot y_1 - 2 \cdot y_2 + 3 \cdot y_3$ with
# $y = \operatorname{softplus}(z)$. The upstream is $(1, -2, 3)$, and the gradient in $z$ is
# $(1 \cdot 0.2689,\ -2 \cdot 0.5,\ 3 \cdot 0.8808) = (0.2689,\ -1,\ 2.6424)$.
#
# ## Your task
#
# Write `my_softplus(z)` with `@tf.custom_gradient` (or `keras.ops.custom_gradient`; you may leave
# it out if the gradient is right without). For a float32 or float64 tensor `z` of any shape, with
# values between $-1000$ and $1000$, it returns $\log(1 + e^{z})$, element by element, in the shape
# and dtype of `z`. Its gradient is the upstream times $\sigma(z)$, in the same shape and dtype.
#
# An idea to start from: rewrite the formula until `exp` only meets numbers that are not positive.
# Then nothing can overflow, in either direction.

# %% [markdown]
# ## Traps
#
# - **One batch holds everything**: $-1000$, $0$ and $1000$ may be neighbours. What is decided or
#   shifted for the batch as a whole is wrong for some of its elements.
# - **`tf.where` computes both sides.** The side it does not choose may overflow without harm
#   forward, and still turn the gradient that TensorFlow derives into NaN.
# - **Zero.** A derived gradient of `tf.abs`, `tf.maximum` or `tf.nn.relu` makes a choice at the
#   kink. Softplus has no kink: its slope at 0 is one half.
# - **Your gradient can overflow too.** $\frac{e^{z}}{1 + e^{z}}$ is the sigmoid, and is
#   $\frac{\infty}{\infty}$ at 100.
# - **Constants have a dtype.** `tf.constant(1.0)` is float32 and does not mix with float64; the
#   Python number `1.0` does.
# - **A graph knows no values.** While a function is traced there is no `z.numpy()`, NumPy functions
#   do not apply, a Python `if` cannot look at a tensor, and a size may be unknown (`z.shape[0]` is
#   then `None`). Keras traces without AutoGraph, and so does the grader.
#
# ## What is graded
#
# What counts is what your function does, not how it is written.
#
# - **Numerics**: values in every shape (scalars too), far out on both sides, and mixed in one
#   batch. In float32 a value $v$ may be off by $10^{-5} + 10^{-6} |v|$, in float64 by
#   $10^{-8} + 10^{-9} |v|$.
# - **Gradients**: upstream times $\sigma(z)$ within the same bounds, also at $z = 0$, far out, for
#   upstreams that differ from element to element in size and sign, in float64, and for the weights
#   of a model that uses your function as the activation of more than one layer.
# - **Serialization**: your function is exported as a SavedModel and loaded by a process that does
#   not have your code. Values and gradient must still be there.
# - **Graph**: your function is traced once for tensors of unknown sizes. That graph must answer for
#   any size, also when the gradient is taken inside it, and must not call back into Python
#   (`tf.py_function`, `tf.numpy_function`).
#
# Serialization and graph are asked only where $|z| \le 4$, so that an overflow costs points only
# once.
#
# **Switched off**: the built-in softplus under all its names (`tf.nn.softplus`, `tf.math.softplus`,
# `tf.raw_ops.Softplus`, `keras.ops.softplus`, `keras.activations.softplus`, the activation
# `"softplus"`), and what is a softplus with another sign or label: `log_sigmoid` of TensorFlow and
# of Keras, `tf.nn.sigmoid_cross_entropy_with_logits` and
# `tf.nn.weighted_cross_entropy_with_logits`. Calling one raises when your work is graded, and in
# the public tests, too; so does whatever calls it for you, such as `keras.activations.mish` or a
# binary cross-entropy from logits. General tools are yours: `exp`, `log1p`, `sigmoid`, `logaddexp`,
# `logsumexp`, and `keras.ops.custom_gradient`.
#
# **Out of scope**: second-order gradients, other dtypes, Python numbers, lists and symbolic Keras
# tensors as `z`, and `.keras` files (a model whose activation was made with `tf.custom_gradient`
# can be saved to one, but not loaded).

# %%
import keras
import numpy as np
import tensorflow as tf


# %% tags=["solution"]
@tf.custom_gradient
def my_softplus(z):
    """Return log(1 + exp(z)), element by element, with a gradient that is finite everywhere.

    Args:
        z: float32 or float64 tensor of any shape.

    Returns:
        The value, in the shape and dtype of `z`, and the function that takes the upstream gradient
        to the gradient in `z`; `tf.custom_gradient` hands only the value to the caller.
    """
    ### BEGIN SOLUTION
    # log(1 + e^z) = z + log(1 + e^-z): of the two forms, take the one whose exponent is negative.
    value = tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z)))

    def grad(upstream):
        return upstream * tf.sigmoid(z)

    return value, grad
    ### END SOLUTION


# %% tags=["look"]
def look_at_my_softplus(figure):
    """The values and slopes of your function from -1000 to 1000; what is not finite is in red."""
    far = np.geomspace(10, 1000, 200)
    points = np.concatenate([-far[::-1], np.linspace(-10, 10, 201), far]).astype("float32")
    z = tf.constant(points)
    with tf.GradientTape() as tape:
        tape.watch(z)
        values = my_softplus(z)
    slopes = tape.gradient(values, z)
    shown = {"value of your softplus": values, "its slope": slopes}
    for axes, (title, seen) in zip(figure.subplots(1, 2), shown.items(), strict=True):
        axes.set(title=title, xlabel="z")
        axes.set_xscale("symlog", linthresh=10)
        if seen is None:
            axes.text(0, 0.5, "there is none", color="firebrick", ha="center")
            continue
        seen = np.asarray(seen)
        axes.plot(points, np.where(np.isfinite(seen), seen, np.nan))
        lost = points[~np.isfinite(seen)]
        if len(lost):
            axes.axvspan(lost.min(), lost.max(), color="firebrick", alpha=0.2)
            axes.set_title(f"{title}: not finite from {lost.min():.4g} to {lost.max():.4g}")


# %% tags=["tests"]
def slope(f, z):
    z = tf.convert_to_tensor(z)
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = f(z)
    return tape.gradient(value, z)


def test_worked_example():
    """numerics: the values of the table, at -1, 0 and 2"""
    got = my_softplus(tf.constant([-1.0, 0.0, 2.0]))
    want = [0.3133, 0.6931, 2.1269]
    assert np.allclose(got, want, atol=1e-4), f"softplus of -1, 0, 2: got {got}, expected {want}"


def test_values_far_out():
    """numerics: the values at -1000, 0, 95 and 1000, in one batch"""
    got = my_softplus(tf.constant([-1000.0, 0.0, 95.0, 1000.0]))
    want = [0.0, 0.6931, 95.0, 1000.0]
    assert np.allclose(got, want, atol=1e-4), (
        f"softplus of -1000, 0, 95, 1000: got {got}, expected {want}"
    )


def test_slope_is_the_sigmoid():
    """gradients: the slope is the sigmoid, at 0 and far out too"""
    got = slope(my_softplus, [-1000.0, -1.0, 0.0, 2.0, 95.0])
    want = [0.0, 0.2689, 0.5, 0.8808, 1.0]
    assert np.allclose(got, want, atol=1e-4), (
        f"slope at -1000, -1, 0, 2, 95: got {got}, expected {want}"
    )


def test_chain_rule():
    """gradients: each slope is multiplied with what arrives from above, here 1, -2 and 3"""
    got = slope(lambda z: [1.0, -2.0, 3.0] * my_softplus(z), [-1.0, 0.0, 2.0])
    want = [0.2689, -1.0, 2.6424]
    assert np.allclose(got, want, atol=1e-3), (
        f"slope of [1, -2, 3] * softplus at -1, 0, 2: got {got}, expected {want}"
    )


def test_slope_agrees_with_finite_differences():
    """gradients: in float64 the slope is what finite differences say"""
    z, h = tf.constant([-3.0, 0.5, 4.0], tf.float64), 1e-5
    want = (my_softplus(z + h) - my_softplus(z - h)) / (2 * h)
    got = slope(my_softplus, z)
    assert np.allclose(got, want, atol=1e-7), f"slope: got {got}, finite differences say {want}"


def test_works_in_a_graph():
    """graph: inside `tf.function` the slope is the same"""
    z = tf.constant([-1.0, 2.0])
    got = tf.function(lambda z: slope(my_softplus, z), autograph=False)(z)
    want = slope(my_softplus, z)
    assert np.allclose(got, want), f"slope inside tf.function: got {got}, outside: {want}"


def test_is_an_activation():
    """gradients: as the activation of a layer it lets gradients through"""
    layer = keras.layers.Dense(3, activation=my_softplus)
    with tf.GradientTape() as tape:
        result = layer(tf.ones((2, 4)))
    assert result.shape == (2, 3), f"Dense(3, activation=my_softplus) gave shape {result.shape}"
    got = tape.gradient(result, layer.trainable_weights)
    assert all(one is not None for one in got), f"gradients of kernel and bias: got {got}"
