# autograder exercise: pairwise_distances
# Unit 1, Tensors, exercise 1: broadcasting, no NaN at a root (about 45 minutes, 20 points)
# Fill in what says YOUR CODE HERE, then run: pytest exercises/pairwise_distances.py

# %% [markdown]
# # Distances between all pairs of rows, without a loop
#
# *Unit 1, Tensors · about 45 minutes · 20 points. You need: Python and NumPy; what a gradient is;
# `tf.GradientTape`.*
#
# Nearest neighbours, k-means, radial basis functions, contrastive losses: each of them starts with
# the same table. Given $n$ points in the rows of $a$ and $m$ points in the rows of $b$, it holds
# the Euclidean distance of every point in $a$ from every point in $b$:
#
# $$D_{ij} = \lVert a_i - b_j \rVert = \sqrt{\sum_k (a_{ik} - b_{jk})^2}.$$
#
# Take $a = \begin{pmatrix} 0 & 0 \\ 3 & 4 \end{pmatrix}$ and
# $b = \begin{pmatrix} 0 & 0 \\ 6 & 8 \\ 3 & 0 \end{pmatrix}$. There are two rows against three, so
# the table has two rows and three columns:
#
# | | $(0, 0)$ | $(6, 8)$ | $(3, 0)$ |
# |---|---|---|---|
# | $(0, 0)$ | 0 | 10 | 3 |
# | $(3, 4)$ | 5 | 5 | 4 |
#
# Two loops would fill it, one entry after the other. On tensors that is slow, and in a graph whose
# sizes are unknown you cannot even write it with `range`. *Broadcasting* fills the whole table at
# once.
#
# In this exercise you write a function, `pairwise_distances(a, b)`, that does so for any numbers of
# rows, and whose slopes are finite where two rows are equal, too.

# %% [markdown]
# ## The idea: give each its own axis
#
# An operation on two tensors compares their shapes from the right, and an axis of size 1 is
# repeated as often as the other tensor needs. So you decide what meets what by where you put axes
# of size 1:
#
# ```python
# hours = tf.constant([1.0, 2.0, 3.0])
# rates = tf.constant([10.0, 20.0])
# print((hours[:, None] * rates[None, :]).shape)  # (3, 2)
# ```
#
# The same works for rows. If $a$ has its rows along one axis, and $b$ has its rows along another,
# then a subtraction gives all differences, in a tensor of three axes.
#
# Beware of what happens without the new axes: if $a$ and $b$ have equally many rows, `a - b` works
# as well. It subtracts the first row from the first and the second from the second, and says
# nothing of the pairs that you forgot.
#
# ## The root at zero
#
# The distance has a sharp tip where two rows are equal. Beside the tip all is well: the slope of
# $D_{ij}$ in $a_i$ is $(a_i - b_j) / D_{ij}$, a vector of length 1. At the tip itself that is
# $0/0$. There is no right slope there, and 0 is the one that does no harm: equal points do not pull
# at each other. What TensorFlow derives from your formula may be something else: NaN, which reaches
# every weight below.
#
# This is no rare case. In the distances of a batch from itself, `pairwise_distances(x, x)`, the
# whole diagonal is zero.
#
# ![On the left, two rows of a and three rows of b as points, and the six distances between them: 0,
# 10, 3, 5, 5 and 4. On the right, the distance of a point from another while it passes through it:
# it falls to 0 and rises again, and its slope jumps from minus 1 to 1. At the tip it is
# 0.](pairwise_distances.figure.png)

# %%
# To see it: autograder look exercises/pairwise_distances.py
def look_at_the_root():
    """The slope of a distance, while the one row moves onto the other."""
    import tensorflow as tf

    b = tf.constant([3.0, 4.0])
    for gap in (1.0, 0.01, 0.0):
        a = b + [gap, 0.0]
        with tf.GradientTape() as tape:
            tape.watch(a)
            distance = tf.sqrt(tf.reduce_sum(tf.square(a - b)))
        print(f"distance {float(distance):.2f}: slope {tape.gradient(distance, a).numpy()}")


# %% [markdown]
# ## Your task
#
# Write `pairwise_distances(a, b)`. For float tensors `a` of shape $(n, d)$ and `b` of shape
# $(m, d)$, both float32 or both float64, it returns the distances, of shape $(n, m)$ and of the
# same dtype.
#
# - Rows that are equal have the distance 0 (at most $10^{-9}$), and no others do: near the origin
#   rows may be $10^{-8}$ apart.
# - Rows that lie close together but far from the origin keep at least three digits in float32: from
#   $(1000, 1000)$ to $(1000.01, 1000)$ it is 0.01001, because float32 rounds 1000.01 to
#   1000.01001.
# - The gradient in `a` and in `b` is finite. An equal pair adds 0 to it, whatever finite value
#   arrives from above.
#
# You may add imports and functions of your own, with `tf.custom_gradient` too.
#
# ## Traps
#
# - **The expanded square.** $\lVert a \rVert^2 - 2 a \cdot b + \lVert b \rVert^2$ needs no third
#   axis, and that is why it is popular. It subtracts numbers around $2 \cdot 10^6$ to get one
#   around $10^{-4}$, and float32 has 7 digits. It may even be negative, and its root NaN.
# - **A root has no finite slope at 0.** With a bare `tf.sqrt`, `tf.norm` or `** 0.5`, the gradient
#   of equal rows is NaN: the slope of the root is infinite there, that of the square is 0. A
#   `tf.where` around `** 0.5` does not help: the gradient passes through the side that was not
#   chosen, and $0 \cdot \infty$ is NaN. Let the root never see a zero.
# - **A small number under the root**, $\sqrt{s + 10^{-12}}$, keeps the slope finite, and makes
#   $10^{-6}$ of the distance of equal rows. With a much smaller number the slope is infinite again
#   as soon as much arrives from above.
# - **Constants have a dtype.** `tf.constant(0.0)` is float32 and does not mix with float64. In a
#   graph, a Python number as the first value of `tf.where` is float32, too; `tf.zeros_like(x)` has
#   the dtype of `x`. A cast to float32 loses nine digits of a float64.
# - **A graph knows no values and perhaps no sizes.** While a function is traced, `a.shape[0]` may
#   be `None`, there is no `a.numpy()`, and NumPy functions do not apply. The grader traces without
#   AutoGraph: a loop over a tensor works only inside a function that you have decorated with
#   `tf.function` yourself.
#
# ## What is graded
#
# What counts is what your function does, not how it is written or how fast it is.
#
# - **Numerics**: the values, for any numbers of rows and columns (one of each, too), for equal
#   rows, for rows near 0 that differ by $10^{-8}$ and rows near 1000 that differ by 0.01, also if
#   others are far from them; float32 stays float32, and float64 stays float64 with ten digits.
# - **Gradients**: in `a` and in `b`, times what arrives from above; where some rows are equal; and
#   for a batch against itself.
# - **Serialization**: your function is exported as a SavedModel, for float32 and shapes that are
#   known, and loaded by a process that does not have your code. Values and gradients must still be
#   there.
# - **Graph**: your function is traced once for float32 and unknown $n$, $m$ and $d$. That graph
#   must answer for any sizes, also when the gradient is taken inside it, and must not call back
#   into Python (`tf.py_function`, `tf.numpy_function`).
#
# Serialization and graph are asked away from equal rows, so that a slope of NaN costs points only
# once; and another formula need only give there what it gives in direct calls.
#
# **Switched off**: nothing.
#
# **Out of scope**: differences whose squares are too large or too small for their dtype, no rows or
# no columns, other dtypes, Python lists and NumPy arrays as arguments,
# symbolic Keras tensors, second-order gradients, and memory for $n \cdot m \cdot d$ numbers, which
# you may use.

# %%
import numpy as np
import tensorflow as tf


# %%
def pairwise_distances(a, b):
    """Return the Euclidean distance of each row of `a` from each row of `b`.

    Args:
        a: float32 or float64 tensor of shape (n, d).
        b: tensor of shape (m, d) and of the same dtype.

    Returns:
        A tensor of shape (n, m), of the same dtype.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %%
# To see it: autograder look exercises/pairwise_distances.py
def look_at_my_distances(figure):
    """How far each place is from the nearest of four points, by your function; and the slopes of
    all distances of a batch from itself, those that are not finite in red."""
    left, right = figure.subplots(1, 2)
    points = tf.constant([[-2.0, -1.0], [-1.0, 1.5], [1.0, 1.0], [2.0, -1.5]])
    x, y = np.meshgrid(np.linspace(-3, 3, 61), np.linspace(-2.5, 2.5, 51))
    places = tf.constant(np.stack([x.ravel(), y.ravel()], axis=1), tf.float32)
    nearest = np.min(pairwise_distances(places, points), axis=1)
    drawn = left.contourf(x, y, nearest.reshape(x.shape), 12)
    figure.colorbar(drawn, ax=left)
    left.plot(*np.transpose(points), "o", color="white")
    left.set(title="distance from the nearest point", aspect="equal")
    right.set(title="slope of all distances in each point", aspect="equal", xlim=(-4, 4))
    right.set(ylim=(-3, 3))
    with tf.GradientTape() as tape:
        tape.watch(points)
        distances = pairwise_distances(points, points)
    slopes = tape.gradient(distances, points)
    if slopes is None:
        right.set_title("there is no slope")
        return
    known = np.isfinite(slopes).all(axis=1)
    right.plot(*np.transpose(points), "o", color="gray")
    right.plot(*np.transpose(points[~known]), "x", ms=14, mew=3, color="firebrick")
    for point, slope in zip(points[known], slopes[known], strict=True):
        arrow = {"arrowstyle": "->", "lw": 2}
        right.annotate("", point + 0.25 * slope, point, arrowprops=arrow)


# %%
A = tf.constant([[0.0, 0.0], [3.0, 4.0]])
B = tf.constant([[0.0, 0.0], [6.0, 8.0], [3.0, 0.0]])


def slopes(f, *inputs):
    """The gradients of the sum of all distances, one for each input."""
    inputs = [tf.convert_to_tensor(one) for one in inputs]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        total = tf.reduce_sum(f(*inputs))
    return tape.gradient(total, inputs)


def test_worked_example():
    """numerics: the distances of the table"""
    got = np.asarray(pairwise_distances(A, B))
    want = [[0, 10, 3], [5, 5, 4]]
    assert got.shape == (2, 3), f"two rows against three: got shape {got.shape}, expected (2, 3)"
    assert np.allclose(got, want), f"distances of the example: got {got}, expected {want}"


def test_as_many_rows_of_each():
    """numerics: two rows against two give four distances"""
    got = np.asarray(pairwise_distances(A, B[1:]))
    want = [[10, 3], [5, 4]]
    assert got.shape == (2, 2), f"two rows against two: got shape {got.shape}, expected (2, 2)"
    assert np.allclose(got, want), f"two rows against two: got {got}, expected {want}"


def test_close_together_and_far_out():
    """numerics: rows near 1000 that differ by 0.0625 have that distance"""
    a = tf.constant([[1000.0, 1000.0, 1000.0]])
    got = np.asarray(pairwise_distances(a, a + [[0.0625, 0.0, 0.0]]))
    assert np.allclose(got, 0.0625, rtol=1e-3), f"distance: got {got}, expected [[0.0625]]"


def test_float64_stays_float64():
    """numerics: float64 rows have float64 distances"""
    got = pairwise_distances(tf.cast(A, tf.float64), tf.cast(B, tf.float64))
    assert got.dtype == tf.float64, f"dtype for float64 rows: got {got.dtype.name}"


def test_slope_of_one_pair():
    """gradients: one pair pulls along the line between its rows, with length 1"""
    got = slopes(pairwise_distances, [[3.0, 4.0]], [[0.0, 0.0]])
    assert got[0] is not None and got[1] is not None, f"gradients in a and b: got {got}"
    assert np.allclose(got[0], [[0.6, 0.8]]), f"slope in a: got {got[0]}, expected [[0.6, 0.8]]"
    assert np.allclose(got[1], [[-0.6, -0.8]]), f"slope in b: got {got[1]}, expected its negative"


def test_equal_rows_pull_at_nothing():
    """gradients: an equal pair adds 0 to the slope"""
    got = slopes(pairwise_distances, A, B)[0]
    want = [[-1.6, -0.8], [0.0, 1.0]]
    assert np.allclose(got, want), f"slope in a of the example: got {got}, expected {want}"


def test_graph_of_unknown_sizes():
    """graph: one graph for unknown sizes has the values of the example"""
    spec = tf.TensorSpec([None, None])
    graph = tf.function(pairwise_distances, input_signature=[spec, spec], autograph=False)
    got = graph(A, B)
    want = [[0, 10, 3], [5, 5, 4]]
    assert np.allclose(got, want), f"in a graph of unknown sizes: got {got}, expected {want}"
