# %% [markdown] unit="7 Gradients" step=4 minutes=45 teaches="a gradient inside a loss"
# # A penalty on the slope of a critic
#
# A *critic* gives each sample a score: high for what looks real, low for what looks made up. If it
# may be as steep as it likes, it soon tells the two apart with scores that jump, and whoever learns
# from its slope learns nothing. So one asks that the slope of the score, seen from the sample, has
# the length 1. That wish becomes a term of the loss, which you write here as a function,
# `gradient_penalty(critic, x)`:
#
# $$P = \frac{1}{n} \sum_{i=1}^{n} \left( \lVert g_i \rVert_2 - 1 \right)^2, \qquad
# g_i = \frac{\partial\, \operatorname{critic}(x_i)}{\partial x_i}.$$
#
# The penalty is made of gradients, and it is trained: the optimizer needs *its* gradient in the
# weights of the critic. So a gradient is taken of something that a gradient is part of.
#
# ![On the left, lines of equal score of a critic and four samples in them; an arrow at each sample
# shows the slope of the score, the longer the closer the lines. On the right, the parabola of the
# penalty over the length of the slope, with its lowest point at 1. The four samples lie on it:
# those with too short a slope pay as well as those with too long a one.](figure.png)

# %% [markdown] needs="norms; `tf.GradientTape`; gradients of gradients (`second_derivatives`)"
# ## An example
#
# Take the critic that gives each sample half the sum of its squares. Its slope at $x_i$ is $x_i$
# itself. For the three samples $(3, 4)$, $(0.6, 0.8)$ and $(0, 2)$:
#
# | sample | slope | length | penalty |
# |---|---|---|---|
# | $(3, 4)$ | $(3, 4)$ | 5 | 16 |
# | $(0.6, 0.8)$ | $(0.6, 0.8)$ | 1 | 0 |
# | $(0, 2)$ | $(0, 2)$ | 2 | 1 |
#
# Their mean is $P = 17/3$. The length is taken of each sample alone, over all of its numbers: an
# image of $28 \times 28 \times 3$ has one slope of 2352 numbers, and one length.
#
# For the weights take the linear critic $w \cdot x$ with $w = (3, 4)$. Its slope is $w$ at every
# sample, so $P = (5 - 1)^2 = 16$, and the gradient of $P$ in $w$ is
# $2 \cdot (5 - 1) \cdot w / 5 = (4.8, 6.4)$.
#
# ## One call for all samples
#
# A tape adds up what it differentiates: `tape.gradient(scores, x)` is the gradient of the *sum* of
# all scores. As the score of a sample depends on that sample alone, row $i$ of it is $g_i$. No loop
# is needed, and no mean: that would divide each $g_i$ by $n$.
#
# A tape that is open outside records what your function does, the call of `tape.gradient` inside it
# included. So the weights get their gradient, as long as nothing in between leaves TensorFlow.

# %% tags=["look"]
def look_at_a_slope_of_zero():
    """Of two samples the second has no slope: what the weights get through a bare norm."""
    import tensorflow as tf

    x = tf.constant([[1.0, 2.0], [-1.0, -2.0]])
    weights = tf.Variable([[2.0], [1.0]])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(x)
            scores = tf.nn.relu(x @ weights)
        slopes = inner.gradient(scores, x)
        lengths = tf.norm(slopes, axis=1)
        penalty = tf.reduce_mean(tf.square(lengths - 1))
    print("slopes:  ", slopes.numpy().tolist())
    print("lengths: ", lengths.numpy())
    print("penalty: ", penalty.numpy())
    print("gradient:", outer.gradient(penalty, weights).numpy().ravel())


# %% [markdown]
# ## Your task
#
# Write `gradient_penalty(critic, x)`.
#
# - `x` is a float32 or float64 tensor of shape $(n, \dots)$ with two axes or more, of which the
#   first counts the samples. (Which samples these are is another question: often they are mixed
#   of real and generated ones. Here you get them.)
# - `critic` is a function of such a tensor, or a Keras model. Call it as `critic(x)`; it returns
#   one score for each sample, of shape $(n, 1)$ and of the dtype of `x`. The score of a sample
#   depends on that sample alone.
# - The result is $P$, a scalar tensor of the dtype of `x`.
# - A tape around your function gets the gradient of $P$ in the weights of the critic.
# - A sample at which the slope is zero has the length 0: it adds $(0 - 1)^2 / n$ to $P$, and
#   nothing to the gradient in the weights.
#
# ## Traps
#
# - **The norm of each sample.** Sum over all axes but the first: neither over the samples, nor over
#   the last axis alone, nor over axes that only images have.
# - **The root at 0.** The slope of a root is infinite there. With a bare `tf.norm`, `tf.sqrt` or
#   `** 0.5`, one sample without a slope makes NaN of the gradient in all weights. Let the root
#   never see a 0, but see that the length is 0 afterwards. A small number under the root is right
#   as well, if it is at most $10^{-7}$. Added to the slope itself it is wrong, however small: a
#   slope of zero then has a direction, and pulls the weights.
# - **Means do not move.** The square of the mean length, or the length of the mean slope, is not
#   the mean that is asked.
# - **Both sides pay.** A slope of length 0.5 is as wrong as one of 1.5.
# - **Nothing may leave the tape.** `.numpy()`, NumPy and `tf.stop_gradient` give the right penalty,
#   and no gradient.
# - **A tensor has to be watched**, and to make a `tf.Variable` of it works only outside of graphs.
# - **A graph knows no values and perhaps no sizes.** While a function is traced, `x.shape[0]` may
#   be `None`. The grader traces without AutoGraph: a loop over a tensor works only inside a
#   function that you have decorated with `tf.function` yourself.
#
# ## What is graded
#
# What counts is what your function does, not how it is written or how fast it is.
#
# - **Numerics**: $P$ for linear critics and for small networks, for one sample and for several, for
#   samples of one axis, of two and of three; where slopes are zero; and its dtype. $P$ may be off
#   by a thousandth.
# - **Gradients**: in the weights of linear critics, networks and Keras models, where slopes are
#   zero as well, and with a factor in front of $P$.
# - **Graph**: your function is traced once for an unknown number of samples. That graph must have
#   the right $P$ for any number, also for images, and the right gradient in the weights when it is
#   taken inside; and it must not call back into Python (`tf.py_function`, `tf.numpy_function`).
#   If your formula is wrong, it is enough that the graph gives what direct calls give.
#
# There is nothing to save, so nothing is asked under serialization.
#
# **Switched off**: nothing.
#
# **Out of scope**: no samples, critics that ignore their input altogether, critics in which samples
# act on each other (as with batch normalization), random critics, slopes of a length between 0 and
# 0.01, the gradient of $P$ in `x`, and other dtypes.

# %%
import keras
import numpy as np
import tensorflow as tf


# %% tags=["solution"]
def gradient_penalty(critic, x):
    """Return the mean over the samples of (length of the critic's slope - 1) squared.

    Args:
        critic: a function or a Keras model that takes `x` and returns scores of shape (n, 1).
        x: float32 or float64 tensor of shape (n, ...), with two axes or more.

    Returns:
        A scalar tensor of the dtype of `x`.
    """
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        tape.watch(x)
        scores = critic(x)
    slopes = tape.gradient(scores, x)
    squares = tf.reduce_sum(tf.square(slopes), axis=tf.range(1, tf.rank(slopes)))
    # The root and its slope see a 1 in the place of each 0.
    positive = squares > 0
    roots = tf.sqrt(tf.where(positive, squares, tf.ones_like(squares)))
    lengths = tf.where(positive, roots, tf.zeros_like(roots))
    return tf.reduce_mean(tf.square(lengths - 1))
    ### END SOLUTION


# %% tags=["look"]
def look_at_my_penalty(figure):
    """The penalty of a linear critic over the length of its slope; and how a small critic becomes
    less steep while it descends on your penalty alone."""
    left, right = figure.subplots(1, 2)
    x = tf.constant(np.random.default_rng(0).normal(size=(40, 2)), tf.float32)

    def with_gradient(critic, weights):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            penalty = gradient_penalty(lambda x: critic(x, weights), x)
        return float(penalty), tape.gradient(penalty, weights, unconnected_gradients="zero")

    lengths = np.linspace(0, 3, 31, dtype="float32")
    linear = [with_gradient(lambda x, w: x @ w, tf.constant([[s], [0.0]])) for s in lengths]
    left.plot(lengths, [penalty for penalty, _ in linear], label="penalty")
    along = np.array([gradient[0, 0] for _, gradient in linear])
    left.plot(lengths, along, "--", color="black", label="its gradient")
    for bad in lengths[~np.isfinite(along)]:
        left.axvline(bad, color="firebrick", lw=3)
        left.set_xlabel("NaN at the red line")
    left.set(title="linear critic, by the length of its slope")
    left.legend()

    weights, course = tf.constant(np.random.default_rng(1).normal(size=(2, 16)), tf.float32) * 3, []
    for _ in range(30):
        penalty, step = with_gradient(
            lambda x, w: tf.reduce_sum(tf.tanh(x @ w), axis=1, keepdims=True), weights
        )
        course.append(penalty)
        weights = weights - 0.03 * step
    right.plot(course, color="#009e73")
    right.set(title="a small critic descends", xlabel="step", ylabel="penalty", ylim=(0, None))


# %% tags=["tests"]
X = tf.constant([[3.0, 4.0], [0.6, 0.8], [0.0, 2.0]])


def half_squares(x):
    """The critic of the example: its slope at x is x."""
    axes = list(range(1, len(x.shape)))
    return tf.reshape(tf.reduce_sum(tf.square(x), axis=axes) / 2, [-1, 1])


def in_weights(critic, x, weights):
    with tf.GradientTape() as tape:
        penalty = gradient_penalty(critic, x)
    return tape.gradient(penalty, weights)


def test_worked_example():
    """numerics: the penalty of the three samples of the table is 17/3"""
    got = np.asarray(gradient_penalty(half_squares, X))
    assert got.shape == (), f"the penalty is a scalar: got shape {got.shape}"
    assert np.allclose(got, 17 / 3, rtol=1e-3), f"penalty of the example: got {got}, expected 5.667"


def test_short_slopes_pay_as_well():
    """numerics: slopes of the lengths 0.5 and 0.2 cost 0.25 and 0.64 (mean 0.445)"""
    got = np.asarray(gradient_penalty(half_squares, tf.constant([[0.3, 0.4], [0.0, -0.2]])))
    assert np.allclose(got, 0.445, rtol=1e-3), f"lengths 0.5 and 0.2: got {got}, expected 0.445"


def test_images_have_one_slope_each():
    """numerics: two images of 2 x 2 x 1 with slopes of the lengths 2 and 4 cost 1 and 9"""
    images = tf.constant([[[[1.0], [1.0]], [[1.0], [1.0]]], [[[2.0], [2.0]], [[2.0], [2.0]]]])
    got = np.asarray(gradient_penalty(half_squares, images))
    assert np.allclose(got, 5, rtol=1e-3), f"penalty of two images: got {got}, expected 5"


def test_a_slope_of_zero():
    """numerics: a sample without a slope costs 1, beside one of the length 5 (mean 8.5)"""
    got = np.asarray(gradient_penalty(half_squares, tf.constant([[0.0, 0.0], [3.0, 4.0]])))
    assert np.allclose(got, 8.5, rtol=1e-3), f"lengths 0 and 5: got {got}, expected 8.5"


def test_float64_stays_float64():
    """numerics: a float64 batch has a float64 penalty"""
    got = gradient_penalty(half_squares, tf.cast(X, tf.float64))
    assert np.asarray(got).dtype == "float64", f"dtype of the penalty: got {got.dtype.name}"


def test_gradient_in_the_weights():
    """gradients: for the linear critic with w = (3, 4) it is (4.8, 6.4)"""
    w = tf.Variable([[3.0], [4.0]])
    got = in_weights(lambda x: x @ w, X, w)
    assert got is not None, "no gradient arrives in the weights"
    got = np.ravel(got)
    assert np.allclose(got, [4.8, 6.4], rtol=1e-3), f"gradient: got {got}, expected [4.8, 6.4]"


def test_gradient_beside_a_slope_of_zero():
    """gradients: a sample without a slope adds nothing to the gradient in the weights"""
    w = tf.Variable([[3.0], [4.0]])
    got = in_weights(lambda x: tf.nn.relu(x @ w), tf.constant([[1.0, 1.0], [-1.0, -1.0]]), w)
    assert got is not None, "no gradient arrives in the weights"
    got = np.ravel(got)
    assert np.allclose(got, [2.4, 3.2], rtol=1e-3), f"gradient: got {got}, expected [2.4, 3.2]"


def test_keras_model():
    """gradients: the kernel of a Keras model gets a gradient"""
    critic = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
    got = in_weights(critic, X, critic.trainable_weights[:1])
    assert got[0] is not None, "no gradient arrives in the kernel of a Dense layer"
    got = np.ravel(got[0])
    assert np.allclose(got, 0.5858, rtol=1e-3), f"gradient: got {got}, expected 0.5858 twice"


def test_graph_of_unknown_size():
    """graph: one graph for any number of samples has the penalty of the example"""
    graph = tf.function(
        lambda x: gradient_penalty(half_squares, x),
        input_signature=[tf.TensorSpec([None, 2])],
        autograph=False,
    )
    got = np.asarray(graph(X))
    assert np.allclose(got, 17 / 3, rtol=1e-3), f"penalty in a graph: got {got}, expected 5.667"
