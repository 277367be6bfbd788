# autograder exercise: graph_loop
# Unit 9, Graphs, exercise 1: a loop inside one graph (about 45 minutes, 20 points)
# Fill in what says YOUR CODE HERE, then run: pytest exercises/graph_loop.py

# %% [markdown]
# # A loop inside one graph
#
# *Unit 9, Graphs · about 45 minutes · 20 points. You need: loops; what `tf.function` does;
# `tf.GradientTape`.*
#
# A Python loop over the rows of a tensor is easy to write and, inside `tf.function`, easy to get
# wrong. Tracing runs your Python code once and keeps the operations it meets. A loop that *Python*
# runs leaves one copy of its body in the graph for every turn. The graph is then as long as the
# series, and right for that one length only.
#
# A loop can also be part of the graph: one body, run as often as the data says. Such a graph serves
# a series of 3 steps and one of 3000, can be differentiated, and can be saved and run where your
# Python code does not exist. Here you write one: exponential smoothing, as a function
# `exponential_smoothing(series, alpha)`.

# %%
# To see it: autograder look exercises/graph_loop.py
def look_at_an_unrolled_loop():
    """A sum by a Python loop is traced for 3, 30 and 300 steps: how long its graph becomes."""
    import tensorflow as tf

    def total(series):
        state = series[0]
        for step in range(1, series.shape[0]):
            state = state + series[step]
        return state

    for steps in (3, 30, 300):
        traced = tf.function(total, autograph=False)
        graph = traced.get_concrete_function(tf.TensorSpec([steps], tf.float32)).graph
        print(f"{steps:3} steps: {len(graph.get_operations())} operations")


# %% [markdown]
# ## The idea
#
# A noisy series $x_0, x_1, \dots$ is smoothed by a running value that moves only part of the way
# toward each new observation:
#
# $$
# s_0 = x_0, \qquad s_t = \alpha\, x_t + (1 - \alpha)\, s_{t-1} \quad (t \ge 1)
# $$
#
# The smoothing factor $\alpha$ lies strictly between 0 and 1. Near 1 the smoothed series follows
# every jump; near 0 it hardly moves.
#
# ![Points of a noisy series that jumps from 2 to 6 halfway, and the smoothed series for three
# alphas. For 0.05 it is smooth and takes long to follow the jump, for 0.25 it follows within ten
# steps, for 0.9 it goes along with nearly every point.](graph_loop.figure.png)
#
# The smoothing starts at the first observation itself, not at zero: a start at zero would pull the
# first values toward a number that is nowhere in the data.

# %% [markdown]
# ## An example
#
# Take $\alpha = 0.25$ and the series 8, 4, 0, 12.
#
# | $t$ | $x_t$ | $s_t$ |
# |---|---|---|
# | 0 | 8 | 8 |
# | 1 | 4 | 0.25 · 4 + 0.75 · 8 = 7 |
# | 2 | 0 | 0.25 · 0 + 0.75 · 7 = 5.25 |
# | 3 | 12 | 0.25 · 12 + 0.75 · 5.25 = 6.9375 |
#
# The first observation counts in all of them: it is in $s_3$ with the weight $0.75^3$. So
# $\partial s_3 / \partial x_0 = 0.75^3 \approx 0.42$, and $\alpha$ has a gradient too:
# $\partial s_1 / \partial \alpha = x_1 - s_0 = -4$.
#
# Several features are smoothed side by side, each column on its own.

# %% [markdown]
# ## What to write
#
# A function `exponential_smoothing(series, alpha)`, decorated with `@tf.function`.
#
# - `series` is a float32 tensor of shape `(steps, features)`, both at least 1, `alpha` a float32
#   tensor of shape `()`. Both are always passed by position.
# - It returns one float32 tensor of the shape of `series`, the smoothed series.
# - **Any number of steps**: both sizes may be known only when the graph *runs*. A graph that is
#   asked for with `tf.TensorSpec([None, None])` has to work for every series.
# - It is differentiable in `series` and in `alpha`.
# - Every call starts anew: nothing is remembered from one call to the next.
#
# You may give the decorator arguments, or leave it bare. A bare `@tf.function` makes a new graph
# for each new shape when it is called directly, and that is fine: what counts is that *one* graph
# **can** serve all of them. Here is how to ask for that one, with another function:
#
# ```python
# @tf.function
# def total(series, alpha):
#     return alpha * tf.reduce_sum(series)
#
#
# graph = total.get_concrete_function(
#     tf.TensorSpec([None, None], tf.float32), tf.TensorSpec([], tf.float32)
# )
# print(graph(tf.ones([3, 2]), tf.constant(0.5)))  # 3.0
# print(graph(tf.ones([100, 1]), tf.constant(0.5)))  # 50.0
# ```
#
# How you do it is up to you: a `for` or `while` that AutoGraph turns into a loop of the graph,
# `tf.while_loop`, `tf.scan`, or a formula without any loop, if it stays accurate. No function is
# switched off, but calls back into Python cost the graph part. You may add imports and functions of
# your own.

# %% [markdown]
# ## Traps
#
# **Two kinds of length.** `series.shape[0]` is what is known while tracing: `None` for a graph that
# takes any series. `tf.shape(series)[0]` is a tensor, the length of the series that the graph is
# running on. `range(n)` with a Python number `n` unrolls.
#
# **Python happens once.** `append` to a list, a global, a counter or `print` run while the function
# is traced, not in every turn of the loop, and not when the graph runs again. What a graph loop
# computes leaves it only through its loop variables. To collect one row per turn, use a
# `tf.TensorArray`; each `write` *returns* the array that has the new row:
#
# ```python
# @tf.function
# def squares(n):
#     rows = tf.TensorArray(tf.int32, size=n)
#     for i in tf.range(n):
#         rows = rows.write(i, i * i)
#     return rows.stack()
#
#
# print(squares(tf.constant(4)))  # [0 1 4 9]
# ```
#
# Python effects that change no result (a message while tracing, say) cost nothing.
#
# **A constant shape.** A loop variable keeps its dtype and its shape. A tensor that grows by
# `tf.concat` in every turn does not (`shape_invariants` tells a loop what may change), and an
# integer cannot become a float.
#
# **One step.** The loop then runs zero times, and the result is `series` itself.
#
# **Back to Python.** NumPy and `.numpy()` need values, and while tracing there are none.
# `tf.numpy_function` and `tf.py_function` put a call of *this* Python process into the graph. It is
# gone in any other process. Do not use them, not even on the side.
#
# **The formula without a loop.** Solved for $s_t$, the recurrence is
#
# $$
# s_t = (1 - \alpha)^t\, x_0 + \alpha \sum_{i=1}^{t} (1 - \alpha)^{t-i}\, x_i
# $$
#
# Mind the size of what you compute on the way: $(1 - \alpha)^{-i}$ is no float32 any more for
# $\alpha = 0.9$ and $i = 39$, and what `tf.where` throws away still takes part in the gradient.

# %% [markdown]
# ## What is graded
#
# - **Numerics**: the smoothed values in direct calls, for one and several features, one step and
#   hundreds, $\alpha$ close to 0 and close to 1; calls do not influence each other.
# - **Gradients**: in `series` and `alpha`, by `tf.GradientTape`, for short and for long series.
# - **Serialization**: exported with `tf.saved_model.save`, for series of any size, and loaded in a
#   process that does not have your code, the function gives the values and gradients it gave
#   before, call after call. Should it use variables, they are saved with it; tables, queues and
#   generators are not.
# - **Graph**: one graph, from `get_concrete_function` with unknown sizes, gives the values and
#   gradients of direct calls for every number of steps, also for thousands, and holds no operation
#   that calls back into Python. It, too, runs in a process that does not have your code.
#
# Out of scope: series of zero steps, other dtypes and ranks, $\alpha \le 0$ or $\alpha \ge 1$,
# compilation by XLA (leave `jit_compile` off), second derivatives.

# %%
import tempfile

import tensorflow as tf


# %%
@tf.function
def exponential_smoothing(series, alpha):
    """Smooth each feature of a series along its steps.

    Args:
        series: float32 tensor of shape `(steps, features)`, both known only when the graph runs.
        alpha: float32 tensor of shape `()`, how far to move toward each new observation.

    Returns:
        A float32 tensor of the shape of `series`.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %%
# To see it: autograder look exercises/graph_loop.py
def look_at_my_smoothing(figure):
    """What your function makes of a noisy series that jumps, for three alphas."""
    axes = figure.subplots()
    noise = tf.random.stateless_normal((80, 1), seed=(1, 2), stddev=0.9)
    series = tf.concat([2.0 * tf.ones((40, 1)), 6.0 * tf.ones((40, 1))], 0) + noise
    axes.plot(series, ".", color="gray", label="the series")
    for alpha in (0.05, 0.25, 0.9):
        smoothed = exponential_smoothing(series, tf.constant(alpha))
        axes.plot(smoothed, lw=1.2 if alpha > 0.5 else 2, label=f"yours, alpha = {alpha}")
    axes.set_xlabel("step")
    axes.legend()


# %%
def test_the_example_of_the_text():
    """numerics: 8, 4, 0, 12 with alpha 0.25 become 8, 7, 5.25, 6.9375"""
    series = tf.constant([[8.0], [4.0], [0.0], [12.0]])
    smoothed = exponential_smoothing(series, tf.constant(0.25))
    expected = [[8.0], [7.0], [5.25], [6.9375]]
    assert smoothed.shape == (4, 1), (
        f"a series of shape (4, 1) gave shape {smoothed.shape}, expected (4, 1)"
    )
    assert tf.reduce_all(tf.abs(smoothed - expected) < 1e-5), (
        f"8, 4, 0, 12 with alpha 0.25 gave {smoothed.numpy().tolist()}, expected {expected}"
    )


def test_features_are_smoothed_side_by_side():
    """numerics: each column is smoothed on its own"""
    series = tf.constant([[0.0, 8.0], [2.0, 8.0], [4.0, 0.0]])
    smoothed = exponential_smoothing(series, tf.constant(0.5))
    expected = [[0.0, 8.0], [1.0, 8.0], [2.5, 4.0]]
    assert smoothed.shape == (3, 2), (
        f"a series of shape (3, 2) gave shape {smoothed.shape}, expected (3, 2)"
    )
    assert tf.reduce_all(tf.abs(smoothed - expected) < 1e-5), (
        f"the columns 0, 2, 4 and 8, 8, 0 with alpha 0.5 gave {smoothed.numpy().tolist()}, "
        f"expected {expected}"
    )


def test_gradients_reach_the_series_and_alpha():
    """gradients: s[2] has the right slope in the series and in alpha"""
    series, alpha = tf.constant([[8.0], [4.0], [0.0]]), tf.constant(0.25)
    with tf.GradientTape() as tape:
        tape.watch([series, alpha])
        last = exponential_smoothing(series, alpha)[2, 0]
    in_series, in_alpha = tape.gradient(last, [series, alpha])
    assert in_series is not None and in_alpha is not None, (
        f"the gradients of s[2] in series and alpha are {in_series} and {in_alpha}: "
        "where it says None, nothing flows back"
    )
    in_series, expected = tf.convert_to_tensor(in_series), [[0.5625], [0.1875], [0.25]]
    assert tf.reduce_all(tf.abs(in_series - expected) < 1e-5), (
        f"the gradient of s[2] in series is {in_series.numpy().tolist()}, expected {expected}: "
        "s[2] = 0.25 * x[2] + 0.75 * (0.25 * x[1] + 0.75 * x[0])"
    )
    assert abs(float(in_alpha) + 10) < 1e-4, (
        f"the gradient of s[2] in alpha is {float(in_alpha)}, expected "
        "x[2] - s[1] + 0.75 * (x[1] - x[0]) = -10"
    )


def test_one_graph_takes_series_of_any_length():
    """graph: one graph smooths series of 2, 3 and 5 steps"""
    graph = exponential_smoothing.get_concrete_function(
        tf.TensorSpec([None, None], tf.float32), tf.TensorSpec([], tf.float32)
    )
    for steps in (2, 3, 5):
        series = tf.reshape(tf.range(2.0 * steps), [steps, 2])
        smoothed = graph(series, tf.constant(0.5))
        assert smoothed.shape == (steps, 2), (
            f"the graph gave shape {smoothed.shape} for {steps} steps of 2 features"
        )
        second = smoothed[1].numpy().tolist()
        assert tf.reduce_all(tf.abs(smoothed[1] - [1.0, 2.0]) < 1e-5), (
            f"the graph gave {second} as second step of {steps}, expected [1.0, 2.0], "
            "halfway between [0.0, 1.0] and [2.0, 3.0]"
        )
    assert "PyFunc" not in str(graph.graph.as_graph_def()), "the graph calls back into Python"


def test_a_saved_model_does_the_same():
    """serialization: a SavedModel of it does the same"""
    module = tf.Module()
    signature = [tf.TensorSpec([None, None], tf.float32), tf.TensorSpec([], tf.float32)]
    module.smooth = tf.function(
        lambda series, alpha: exponential_smoothing(series, alpha), input_signature=signature
    )
    module.its_variables = list(module.smooth.get_concrete_function().graph.variables)
    series, alpha = tf.constant([[8.0], [4.0], [0.0]]), tf.constant(0.25)
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder)
        loaded = tf.saved_model.load(folder)
        smoothed = loaded.smooth(series, alpha)
    expected = exponential_smoothing(series, alpha)
    assert tf.reduce_all(tf.abs(smoothed - expected) < 1e-5), (
        f"saved and loaded, 8, 4, 0 with alpha 0.25 gave {smoothed.numpy().tolist()}; "
        f"before it was {expected.numpy().tolist()}"
    )
