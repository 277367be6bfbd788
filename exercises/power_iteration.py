# autograder exercise: power_iteration
# Unit 9, Graphs, exercise 2: a loop that stops at run time (about 45 minutes, 20 points)
# Fill in what says YOUR CODE HERE, then run: pytest exercises/power_iteration.py

# %% [markdown]
# # Power iteration: a loop that knows when to stop
#
# *Unit 9, Graphs · about 45 minutes · 20 points. You need: `graph_loop`; what an eigenvector is.*
#
# Some loops have no length that anybody knows beforehand. They repeat a step until it changes
# nothing any more, and how soon that is depends on the numbers. Power iteration is one of them. It
# finds the largest eigenvalue of a matrix, which tells how strongly the matrix can stretch a
# vector: spectral normalization divides a layer's kernel by such a number, and principal
# components and page ranks are found this way.
#
# In a graph, the decision to stop must be an operation of the graph. Here you write a function,
# `power_iteration(matrix, start, tolerance, max_steps)`, which returns the eigenvalue, its vector
# and the number of steps. Its loop stops by itself, has an upper limit, can be differentiated, and
# serves matrices of any size.

# %%
# To see it: autograder look exercises/power_iteration.py
def look_at_a_fixed_number_of_steps():
    """Twenty steps for three matrices: how far from the eigenvector they end."""
    import numpy as np

    for second in (0.5, 0.9, 0.99):
        matrix, vector = np.diag([1.0, second]), np.array([1.0, 1.0])
        for _ in range(20):
            vector = matrix @ vector
            vector = vector / np.linalg.norm(vector)
        print(f"eigenvalues 1 and {second}: after 20 steps {abs(vector[1]):.6f} away from (1, 0)")


# %% [markdown]
# ## The idea
#
# A matrix $A$ stretches each of its eigenvectors by the eigenvalue that belongs to it. Apply it
# again and again to some vector, and the part along the eigenvector with the largest eigenvalue
# (the largest absolute value, that is) grows faster than all others. To keep the numbers in bounds,
# the vector is scaled to length 1 after every step:
#
# $$
# v_0 = \frac{s}{\lVert s \rVert}, \qquad
# v_k = \frac{A\, v_{k-1}}{\lVert A\, v_{k-1} \rVert} \quad (k = 1, 2, \dots)
# $$
#
# $s$ is the start, a vector of any length but zero. The eigenvalue that belongs to the last vector
# $v$ is
#
# $$\lambda = v^\top A\, v.$$
#
# **When to stop.** Each step changes the vector. If the eigenvalue is negative, $A$ also turns it
# round, at every step; $v$ and $-v$ mean the same direction, so the *change* of step $k$ is
# measured up to sign:
#
# $$
# c_k = \min\bigl(\lVert v_k - v_{k-1} \rVert,\ \lVert v_k + v_{k-1} \rVert\bigr)
# $$
#
# The iteration ends with the first step whose change is **less than the tolerance**, and with step
# `max_steps` at the latest. It takes one step at least. With a tolerance of 0 it takes all
# `max_steps`, even if nothing changes any more.
#
# ![On the left, arrows of length 1 in the plane: each step turns the vector closer to the
# eigenvector, first by much, then by less. On the right, the change of each step on a logarithmic
# scale, for three matrices: after a few steps it falls along a straight line, and reaches the
# tolerance after 10, 18 and more than 30 steps.](power_iteration.figure.png)
#
# **The gradient.** Once the vector has settled, the eigenvalue depends on the matrix by
#
# $$\frac{\partial \lambda}{\partial A} = v\, v^\top.$$
#
# You get it by `tf.GradientTape` through the loop, or of $v^\top A\, v$ alone with $v$ taken for a
# constant: at an eigenvector, a small turn of $v$ does not change $\lambda$. Both are right.

# %% [markdown]
# ## An example
#
# Take $A = \begin{pmatrix} 2 & 1 \\ 1 & 2 \end{pmatrix}$, the start $(3, 0)$ and the tolerance 0.1.
# The eigenvalues are 3 and 1.
#
# | step $k$ | $v_k$ | change $c_k$ | $v_k^\top A\, v_k$ |
# |---|---|---|---|
# | 0 | (1, 0) | | 2 |
# | 1 | (0.8944, 0.4472) | 0.4595 | 2.8 |
# | 2 | (0.7809, 0.6247) | 0.2107 | 2.9756 |
# | 3 | (0.7328, 0.6805) | 0.0736 | 2.9973 |
#
# The third change is less than 0.1, so the answer is the eigenvalue 2.9973, the vector $(0.7328,
# 0.6805)$ and 3 steps. With `max_steps` 2, it is 2.9756, $(0.7809, 0.6247)$ and 2.
#
# For $-A$, the vectors are the same up to sign, and so are the changes; the eigenvalue is
# $-2.9973$, after 3 steps as well. With a small tolerance, the vector comes close to $(1, 1) /
# \sqrt 2$, and the gradient of the eigenvalue in $A$ is $\frac12$ at each of the four entries.

# %% [markdown]
# ## What to write
#
# A function `power_iteration(matrix, start, tolerance, max_steps)`. Its arguments are tensors, and
# always passed by position:
#
# - `matrix`: float64 of shape $(n, n)$, symmetric; $n$ is at least 1, and may be known only when
#   the graph *runs*.
# - `start`: float64 of shape $(n,)$, of any length but zero.
# - `tolerance`: float64 of shape `()`, 0 or more.
# - `max_steps`: int32 of shape `()`, 1 or more.
#
# It returns three tensors, `(eigenvalue, eigenvector, steps)`, as a tuple or a list: the eigenvalue
# as float64 of shape `()`, the vector as float64 of shape $(n,)$, of length 1, and the number of
# steps as int32 of shape `()`. The sign of the vector is up to you.
#
# The stub decorates the function with `@tf.function`. Only there does a `for`, `while`, `if` or
# `break` that depends on a tensor become a part of the graph: the grader traces *around* your
# function, and rewrites nothing itself. You may give the decorator arguments, and you may leave it
# out if you need none, because you use `tf.while_loop`, for example. You may add imports, functions
# and classes of your own. Everything is float64 here, as float32 cannot tell vectors apart that
# differ by $10^{-8}$.
#
# A loop that ends when the data says so, in a graph:
#
# ```python
# @tf.function
# def halvings(number, limit):
#     count = 0
#     while number >= limit:
#         number, count = number / 2.0, count + 1
#     return count
#
#
# print(halvings(tf.constant(40.0), tf.constant(6.0)))  # 3
# ```

# %% [markdown]
# ## Traps
#
# - **The tolerance and `max_steps` are tensors.** `int(max_steps)`, `.numpy()` and a Python `while`
#   outside of `@tf.function` need numbers, and while a graph is traced there are none. One graph
#   has to serve every tolerance and every limit: it must not remember those it was traced with.
# - **`break` and `while True`.** In a loop that Python runs, a `break` that depends on a tensor is
#   refused. `while steps == 0 or …` begins as such a loop, too, if `steps` is a Python number. Let
#   the loop itself depend on a tensor (`while moving and steps < max_steps`, or `for step in
#   tf.range(max_steps)`), so that AutoGraph makes a loop of the graph of it.
# - **A loop variable keeps its dtype and its shape.** A vector that begins as `tf.zeros([1])`, and
#   an eigenvalue that begins as `0` and becomes a float, do not. `matrix.shape[0]` is `None` in a
#   graph for any $n$; `tf.shape(matrix)[0]` knows it.
# - **Up to sign.** If you compare $v_k$ with $v_{k-1}$ alone, the iteration never ends early for a
#   negative eigenvalue. And $\lVert A v \rVert$ is the eigenvalue without its sign.
# - **Length 1.** Divide by the length, not by the first or the largest entry, which may be zero or
#   change its sign. The start has to be scaled as well, before the first change is measured.
# - **Short vectors and small changes.** `tf.math.l2_normalize` takes no length for less than
#   $10^{-6}$, unless you say so. And the change as $\sqrt{2 - 2\, \lvert v_k^\top v_{k-1} \rvert}$
#   has no digits left below $10^{-8}$: take the length of the difference.
# - **Count the steps that were taken.** A start that is an eigenvector already takes one step: it
#   is the step that shows that nothing changes.
# - **A square root has no slope at zero.** `x ** 0.5` of a change that is exactly zero makes the
#   gradient NaN, even though nobody asks for the slope of the change: as a loop variable, it takes
#   part in the gradient of the loop. `tf.norm` and `tf.sqrt` let a zero pass that arrives from
#   above.
# - **Back to Python.** `tf.py_function` and `tf.numpy_function` call this Python process, which is
#   gone elsewhere.

# %% [markdown]
# ## What is graded
#
# - **Numerics**: the three answers after a few steps and at the end, for eigenvalues of either
#   sign; that the iteration stops when it may, at `max_steps` when it must, and after one step if
#   the start is an eigenvector; sizes and dtypes.
# - **Gradients**: of the eigenvalue in the matrix, by `tf.GradientTape`, once the vector has
#   settled; also where the start is the eigenvector and nothing changes at all.
# - **Serialization**: exported with `tf.saved_model.save`, for matrices of any size, and loaded in
#   a process that does not have your code, the function gives the answers and gradients it gave
#   before.
# - **Graph**: one graph gives the answers of direct calls for matrices of any size, stops by the
#   tolerance and the limit that it is given when it runs, after thousands of steps if need be, and
#   gives the gradient. It holds no operation that calls back into Python, and runs in a process
#   that does not have your code.
#
# The number of steps is compared where it is clear: no tolerance is so close to a change that
# rounding decides.
#
# Only the answers count, not how long they take. A loop that runs on with a vector and a count that
# it holds fixed has stopped, too.
#
# **Out of scope**: matrices that are not symmetric, two eigenvalues of the same largest absolute
# value, matrices of zeros, a start that has no part along the eigenvector; a start whose length, or
# a matrix whose largest eigenvalue, is of another size than $10^{-8}$ to $10^8$; gradients in
# `start` and of the vector, gradients before the vector has settled, other dtypes, compilation by
# XLA (leave `jit_compile` off).

# %%
import tempfile

import tensorflow as tf


# %%
@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    """Find the eigenvalue of largest absolute value, and its eigenvector.

    Args:
        matrix: float64 tensor of shape (n, n), symmetric; n is known only when the graph runs.
        start: float64 tensor of shape (n,), not zero.
        tolerance: float64 tensor of shape (); the iteration ends with the first step that changes
            the vector by less than this, up to sign.
        max_steps: int32 tensor of shape (), the largest number of steps.

    Returns:
        The eigenvalue, float64 of shape (), the eigenvector of length 1, float64 of shape (n,), and
        the number of steps, int32 of shape ().
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %%
# To see it: autograder look exercises/power_iteration.py
def look_at_my_iteration(figure):
    """How close your vector is to the eigenvector after each step, and where it stops."""
    axes = figure.subplots()
    start, never = tf.constant([0.1, 1.0], tf.float64), tf.constant(0.0, tf.float64)
    for second, colour in ((0.3, "#0072b2"), (0.6, "#d55e00"), (-0.8, "#009e73")):
        matrix = tf.constant([[1.0, 0.0], [0.0, second]], tf.float64)
        away = []
        for most in range(1, 31):
            _, vector, _ = power_iteration(matrix, start, never, tf.constant(most))
            away.append(max(abs(float(vector[1])), 1e-17))
        axes.semilogy(range(1, 31), away, ".-", color=colour, label=f"eigenvalues 1 and {second}")
        tolerance = tf.constant(1e-3, tf.float64)
        _, vector, steps = power_iteration(matrix, start, tolerance, tf.constant(30))
        where = int(steps), max(abs(float(vector[1])), 1e-17)
        axes.plot(*where, "o", ms=12, mfc="none", color=colour)
    axes.set(xlabel="steps; circles: where a tolerance of 0.001 stops it")
    axes.set(ylabel="distance from the eigenvector", ylim=(1e-12, 2))
    axes.legend(loc="lower left")


# %%
def iterate(matrix, start, tolerance, max_steps):
    """Call `power_iteration` with tensors made of lists and numbers."""
    floats = [tf.constant(one, tf.float64) for one in (matrix, start, tolerance)]
    return power_iteration(*floats, tf.constant(max_steps, tf.int32))


def check_answer(found, eigenvalue, vector, steps, asked):
    """Compare the three answers, the vector up to sign, and the steps unless they are None."""
    value, count = round(float(found[0]), 4), int(found[2])
    got = [round(float(one), 4) for one in found[1]]
    right = abs(value - eigenvalue) < 2e-4 and steps in (None, count)
    right = right and any(
        all(abs(sign * one - want) < 2e-4 for one, want in zip(got, vector, strict=True))
        for sign in (1, -1)
    )
    assert right, (
        f"{asked}: got the eigenvalue {value}, the vector {got} and {count} steps, expected "
        f"{eigenvalue}, {vector} or the same with the other sign, and {steps or 'any number of'} "
        "steps"
    )


EXAMPLE = [[2.0, 1.0], [1.0, 2.0]]


def test_the_example_of_the_text():
    """numerics: the example stops after 3 steps with the eigenvalue 2.9973"""
    found = iterate(EXAMPLE, [3.0, 0.0], 0.1, 100)
    check_answer(found, 2.9973, [0.7328, 0.6805], 3, "the example with tolerance 0.1")


def test_no_more_than_max_steps():
    """numerics: the example ends after 2 steps, if there may be no more"""
    found = iterate(EXAMPLE, [3.0, 0.0], 0.1, 2)
    check_answer(found, 2.9756, [0.7809, 0.6247], 2, "the example with max_steps 2")


def test_a_negative_eigenvalue():
    """numerics: for the matrix of the example with the other sign, it stops after 3 steps, too"""
    found = iterate([[-2.0, -1.0], [-1.0, -2.0]], [3.0, 0.0], 0.1, 100)
    check_answer(found, -2.9973, [0.7328, 0.6805], 3, "-A of the example with tolerance 0.1")


def test_a_start_that_is_the_eigenvector():
    """numerics: one step shows that nothing changes"""
    found = iterate(EXAMPLE, [5.0, 5.0], 1e-6, 100)
    check_answer(found, 3.0, [0.7071, 0.7071], 1, "the example from the start (5, 5)")


def test_the_gradient_is_v_times_v():
    """gradients: once the vector has settled, the gradient is 0.5 at each entry"""
    matrix, start = tf.constant(EXAMPLE, tf.float64), tf.constant([3.0, 0.0], tf.float64)
    tolerance = tf.constant(1e-10, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(matrix)
        value = power_iteration(matrix, start, tolerance, tf.constant(200))[0]
    got = tape.gradient(value, matrix)
    assert got is not None, "the gradient of the eigenvalue in the matrix is None"
    got = [[round(float(one), 4) for one in row] for row in tf.convert_to_tensor(got)]
    assert all(abs(one - 0.5) < 1e-3 for row in got for one in row), (
        f"the gradient of the eigenvalue in the matrix is {got}, expected 0.5 everywhere"
    )


def for_any_size():
    """A graph around `power_iteration` for matrices of any size."""

    def answer(matrix, start, tolerance, max_steps):
        return list(power_iteration(matrix, start, tolerance, max_steps))

    signature = [
        tf.TensorSpec([None, None], tf.float64),
        tf.TensorSpec([None], tf.float64),
        tf.TensorSpec([], tf.float64),
        tf.TensorSpec([], tf.int32),
    ]
    return tf.function(answer, input_signature=signature, autograph=False)


def in_a_graph(graph, matrix, start, tolerance, max_steps):
    floats = [tf.constant(one, tf.float64) for one in (matrix, start, tolerance)]
    return graph(*floats, tf.constant(max_steps))


def test_one_graph_takes_every_matrix():
    """graph: one graph serves two sizes, two tolerances and two limits"""
    graph = for_any_size()
    found = in_a_graph(graph, EXAMPLE, [3.0, 0.0], 0.1, 100)
    check_answer(found, 2.9973, [0.7328, 0.6805], 3, "the graph, for the example")
    found = in_a_graph(graph, EXAMPLE, [3.0, 0.0], 0.0, 2)
    check_answer(found, 2.9756, [0.7809, 0.6247], 2, "the graph, with max_steps 2")
    three = [[5.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 2.0]]
    found = in_a_graph(graph, three, [1.0, 1.0, 1.0], 1e-6, 100)
    check_answer(found, 5.0, [1.0, 0.0, 0.0], None, "the graph, for a matrix of 3 rows")
    operations = str(graph.get_concrete_function().graph.as_graph_def())
    assert "PyFunc" not in operations, "the graph calls back into Python"


def test_a_saved_model_does_the_same():
    """serialization: a SavedModel of it answers the example"""
    module = tf.Module()
    module.iterate = for_any_size()
    module.its_variables = list(module.iterate.get_concrete_function().graph.variables)
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder)
        loaded = tf.saved_model.load(folder)
        found = in_a_graph(loaded.iterate, EXAMPLE, [3.0, 0.0], 0.1, 100)
    check_answer(found, 2.9973, [0.7328, 0.6805], 3, "saved and loaded, the example")
