# autograder exercise: straight_through
# Unit 7, Gradients, exercise 2: a gradient where the slope is zero (about 35 minutes, 18 points)
# Fill in what says YOUR CODE HERE, then run: pytest exercises/straight_through.py

# %% [markdown]
# # A step that can be trained
#
# *Unit 7, Gradients · about 35 minutes · 18 points. You need: `stable_softplus`, the exercise
# before.*
#
# Some networks want hard decisions inside: weights of one bit, codes of $+1$ and $-1$ that can be
# compared at great speed, gates that are open or closed. Each of them ends in a step:
#
# $$\operatorname{binarize}(z) = \begin{cases} +1 & z \ge 0 \\ -1 & z < 0 \end{cases}$$
#
# The slope of a step is 0 on both sides, and at the step itself there is none. By the chain rule
# everything below is multiplied by that 0, and no weight below ever moves. TensorFlow is right to
# say so, but nothing is learned.
#
# The *straight-through estimator* goes around this. Forward it takes the step. Backward it pretends
# that there was a straight line: what arrives from above passes on to $z$ as it is. The line ends
# at $\pm 1$; beyond, nothing passes, so that a $z$ that has become large is not driven further out.
# Here you write a function that does both, `binarize(z)`.
#
# | $z$ | $-2$ | $-0.5$ | $0$ | $0.5$ | $2$ |
# |---|---|---|---|---|---|
# | forward: $\operatorname{binarize}(z)$ | $-1$ | $-1$ | $1$ | $1$ | $1$ |
# | backward: passes | no | yes | yes | yes | no |
#
# ![On the left, the step: minus 1 for negative z, plus 1 from 0 on, and behind it the line from
# minus 1 to plus 1 that the gradient takes instead. On the right, the slope of the step, which is 0
# everywhere, and the slope that is used in its place: 1 from minus 1 to plus 1, and 0
# beyond.](straight_through.figure.png)

# %%
# To see it: autograder look exercises/straight_through.py
def look_at_the_slope_of_a_step():
    """What arrives at z through `tf.sign`, and through a comparison."""
    import tensorflow as tf

    z = tf.constant([-2.0, -0.5, 0.0, 0.5, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(z)
        by_sign = tf.sign(z)
        by_where = tf.where(z >= 0, tf.ones_like(z), -tf.ones_like(z))
    print("tf.sign: ", by_sign.numpy(), "with the slopes", tape.gradient(by_sign, z).numpy())
    print("tf.where:", by_where.numpy(), "with the slopes", tape.gradient(by_where, z))


# %% [markdown]
# ## Two ways to say it
#
# `tf.custom_gradient`, which you know from `stable_softplus`, states value and gradient apart.
#
# `tf.stop_gradient(t)` has the value of $t$ and no gradient. So a sum may have one value and the
# slope of something else:
#
# ```python
# x = tf.constant(3.0)
# with tf.GradientTape() as tape:
#     tape.watch(x)
#     y = 2 * x + tf.stop_gradient(x**2 - 2 * x)
# print(y.numpy(), tape.gradient(y, x).numpy())  # 9.0 2.0
# ```
#
# The value is $2x + x^2 - 2x = x^2$, and the slope is that of $2x$, the only part that is not
# stopped. Both ways are right here. Choose one.
#
# ## Upstream and mask
#
# What arrives from above is not 1 in general. Each element has its own, and it passes unchanged or
# not at all. Take $z = (-2, -0.5, 0.5)$ and let the loss be $5 b_1 - 3 b_2 + 4 b_3$ with
# $b = \operatorname{binarize}(z)$. The upstream is $(5, -3, 4)$, and the gradient in $z$ is
# $(0, -3, 4)$: the first element lies beyond the line.
#
# ## Your task
#
# Write `binarize(z)`. For a float32 or float64 tensor `z` of any shape it returns $+1$ where
# $z \ge 0$ and $-1$ where $z < 0$, up to rounding, in the shape and dtype of `z`. The gradient in
# `z` is the upstream where $|z| \le 1$, and 0 elsewhere, in the same shape and dtype.
#
# - At 0 the value is $+1$. Floating point has a $-0$ as well; it is equal to 0, so it gives $+1$.
# - At $z = 1$ and $z = -1$ exactly, the gradient passes.
# - `binarize` is called with tensors, in the `call` of a Keras layer as well, and several times in
#   one model.

# %% [markdown]
# ## Traps
#
# - **`tf.sign(0)` is 0**, which is neither $+1$ nor $-1$.
# - **Clipping is no mask.** To clip the *upstream* to $[-1, 1]$ is something else: it is $z$ that
#   decides, and what passes is not changed. To clip $z$ has the right slope, but not the right
#   value.
# - **The value is always within $\pm 1$.** A mask that looks at the value instead of $z$ lets
#   everything pass.
# - **At $\pm 1$, two arguments are equal.** The gradient of `tf.maximum(z, -1.0)` then goes to the
#   first argument alone, and so does that of `tf.minimum`. `tf.clip_by_value` lets it pass to `z`.
# - **Numbers have a dtype.** `tf.where(z >= 0, 1, -1)` is int32, and has no gradient at all.
#   `tf.constant(1.0)` is float32, and does not mix with float64.
# - **A graph knows no values and perhaps no sizes.** While a function is traced, a Python `if`
#   cannot look at a tensor, NumPy functions do not apply, and `z.shape[0]` may be `None`. Keras
#   traces without AutoGraph, and so does the grader.
#
# ## What is graded
#
# What counts is what your function does, not how it is written.
#
# - **Numerics**: the values in every shape (scalars too), at 0 and close to it; float32 stays
#   float32, and float64 stays float64 and is not rounded to float32 before it is compared with 0.
# - **Gradients**: what passes for upstreams that differ in size and sign; at $z = \pm 1$ and right
#   beside; in float64; in the weights of a model that binarizes twice, and where two results are
#   multiplied.
# - **Serialization**: your function is exported as a SavedModel and loaded by a process that does
#   not have your code. Values and gradient must still be there.
# - **Graph**: your function is traced once for matrices of unknown size. That graph must answer for
#   any size, also when the gradient is taken inside it, and must not call back into Python
#   (`tf.py_function`, `tf.numpy_function`).
#
# Serialization and graph are asked away from 0 and $\pm 1$. If your values or slopes are wrong in
# direct calls, it is enough there that they are the same, so that a mistake costs points only once.
#
# **Switched off**: nothing.
#
# **Out of scope**: second-order gradients, NaN, $|z|$ above 1000, other dtypes, Python numbers and
# lists, symbolic Keras tensors as `z`, and `.keras` files.

# %%
import keras
import numpy as np
import tensorflow as tf


# %%
def binarize(z):
    """Return +1 where z >= 0 and -1 elsewhere, with the gradient of a line from -1 to 1.

    Args:
        z: float32 or float64 tensor of any shape.

    Returns:
        A tensor of the shape and dtype of `z`. What arrives at it from above passes on to `z` where
        |z| <= 1, and nowhere else.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %%
# To see it: autograder look exercises/straight_through.py
def look_at_my_step(figure):
    """The values and slopes of your function; and how a neuron learns that ends in it."""
    left, right = figure.subplots(1, 2)

    def value_and_slope(loss, source):
        with tf.GradientTape() as tape:
            tape.watch(source)
            found = loss(source)
        slope = tape.gradient(found, source, unconnected_gradients="zero")
        return np.asarray(found), tf.convert_to_tensor(slope)

    z = tf.constant(np.linspace(-2.5, 2.5, 201), tf.float32)
    value, slope = value_and_slope(binarize, z)
    left.plot(z, value, ".", ms=3, label="value")
    left.plot(z, slope, "--", color="black", label="slope")
    left.set(title="your function", xlabel="z", ylim=(-1.4, 1.8))
    left.legend(loc="upper left")

    inputs = tf.constant(np.random.default_rng(0).normal(size=(60, 4)), tf.float32)
    wanted = tf.where(inputs @ [[1.0], [-2.0], [0.5], [1.0]] >= 0, 1.0, -1.0)
    weights, errors = tf.constant([[0.3], [0.4], [-0.2], [-0.3]]), []
    for _ in range(40):
        error, step = value_and_slope(
            lambda w: tf.reduce_mean(tf.square(binarize(inputs @ w) - wanted)), weights
        )
        errors.append(100 * float(error) / 4)
        weights = weights - 0.1 * step
    right.plot(errors, color="#009e73")
    right.set(title="a neuron that ends in it learns", xlabel="step of gradient descent")
    right.set(ylabel="wrong answers (%)", ylim=(-5, 105))


# %%
def slope(f, z):
    """The gradient of `f(z)` in `z`, where 1 arrives from above."""
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = f(z)
    found = tape.gradient(value, z)
    assert found is not None, "no gradient arrives at z"
    return found


def test_worked_example():
    """numerics: the values of the table, at -2, -0.5, 0.5 and 2"""
    got = binarize(tf.constant([-2.0, -0.5, 0.5, 2.0]))
    want = [-1, -1, 1, 1]
    assert np.allclose(got, want), f"at -2, -0.5, 0.5, 2: got {got}, expected {want}"


def test_zero_is_positive():
    """numerics: 0 and -0 give +1, and a small negative number gives -1"""
    got = binarize(tf.constant([0.0, -0.0, -1e-10]))
    want = [1, 1, -1]
    assert np.allclose(got, want), f"at 0, -0, -1e-10: got {got}, expected {want}"


def test_shape_and_dtype_are_kept():
    """numerics: a float64 scalar and a float32 matrix keep shape and dtype"""
    for z in (tf.constant(0.5, tf.float64), tf.constant([[0.5, -0.5, 3.0]])):
        got = binarize(z)
        said = f"{z.dtype.name} of shape {z.shape}: got {got.dtype.name} of shape {got.shape}"
        assert (got.dtype, got.shape) == (z.dtype, z.shape), said


def test_what_passes():
    """gradients: 1 from above passes where z is within -1 and 1, and not beyond"""
    got = slope(binarize, tf.constant([-2.0, -1.5, -0.5, 0.0, 0.5, 1.5]))
    want = [0, 0, 1, 1, 1, 0]
    assert np.allclose(got, want), f"slope at -2, -1.5, -.5, 0, .5, 1.5: got {got}, expected {want}"


def test_the_ends_of_the_line():
    """gradients: at z = -1 and z = 1 exactly, the gradient passes"""
    got = slope(binarize, tf.constant([-1.0, 1.0]))
    assert np.allclose(got, [1, 1]), f"slope at -1 and 1: got {got}, expected [1, 1]"


def test_chain_rule():
    """gradients: what passes is what arrives from above, here 5, -3, 4 and 0.5"""
    got = slope(lambda z: [5.0, -3.0, 4.0, 0.5] * binarize(z), tf.constant([-2.0, -0.5, 0.5, 0.2]))
    want = [0, -3, 4, 0.5]
    assert np.allclose(got, want), (
        f"slope of [5, -3, 4, 0.5] * binarize at -2, -0.5, 0.5, 0.2: got {got}, expected {want}"
    )


def test_two_in_one_expression():
    """gradients: where two results are multiplied, each passes its own part"""
    got = slope(lambda z: binarize(z) * binarize(4 * z), tf.constant([-0.5, 0.125]))
    want = [-1, 5]
    assert np.allclose(got, want), (
        f"slope of binarize(z) * binarize(4 z) at -0.5 and 0.125: got {got}, expected {want}"
    )


def test_is_an_activation():
    """gradients: as the activation of a layer it lets gradients through"""
    layer = keras.layers.Dense(2, activation=binarize, kernel_initializer="zeros")
    with tf.GradientTape() as tape:
        result = layer(tf.ones((3, 4)))
    got = tape.gradient(result, layer.trainable_weights)
    assert all(one is not None for one in got), f"gradients of kernel and bias: got {got}"
    got = [float(tf.reduce_sum(one)) for one in got]
    assert got == [24, 6], f"sums of the gradients of kernel and bias: got {got}, expected [24, 6]"


def test_graph_of_unknown_size():
    """graph: one graph for unknown sizes takes the gradient inside"""
    graph = tf.function(
        lambda z: slope(binarize, z), input_signature=[tf.TensorSpec([None])], autograph=False
    )
    got = graph(tf.constant([-0.5, 3.0]))
    assert np.allclose(got, [1, 0]), f"slope at -0.5 and 3 in a graph: got {got}, expected [1, 0]"
