# %% [markdown] unit="1 Tensors" step=4 minutes=30 teaches="results of unknown size"
# # Peaks of a series: answers of unknown size
#
# Heart beats in an ECG, notes in a recording, lines in a spectrum: in all of them you look for
# *peaks*, and then work on with those alone. How many there are, nobody knows before looking. A
# Python list takes any number; a tensor has a shape. Here you write a function,
# `find_peaks(series)`, that returns two tensors, the positions of the peaks and their values. They
# are as long as the data says, let gradients through, and fit in a graph.

# %% tags=["look"]
def look_at_a_list_in_a_graph():
    """A Python list takes the negative readings: in a direct call, and while a graph is made."""
    import tensorflow as tf

    def negative(readings):
        return [reading for reading in tf.unstack(readings) if reading < 0]

    readings = tf.constant([3.0, -1.0, 4.0, -2.0])
    print("directly:", [float(one) for one in negative(readings)])
    try:
        tf.function(negative, autograph=False)(readings)
    except tf.errors.OperatorNotAllowedInGraphError as error:
        print(f"in a graph: {type(error).__name__}, as no values are known yet")


# %% [markdown] needs="`pairwise_distances`; what `tf.function` does; `tf.GradientTape`"
# ## The idea
#
# A step of a series is a peak if it is higher than the step before it *and* higher than the step
# after it:
#
# $$x_{i-1} < x_i > x_{i+1}.$$
#
# Both times *higher* means higher, however little, and never equal. So a plateau, two or more equal
# steps side by side, has no peak in it. The first and the last step have one neighbour only, and
# are no peaks either.
#
# ## An example
#
# | step $i$ | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 |
# |---|---|---|---|---|---|---|---|---|---|
# | $x_i$ | 1 | 3 | 2 | 5 | 5 | 4 | 6 | 0 | 7 |
# | | | peak | | | | | peak | | |
#
# Step 1 is a peak, because $1 < 3 > 2$, and so is step 6, because $4 < 6 > 0$. Steps 3 and 4 are a
# plateau. Step 8 is the highest of all, but it is the end. So the positions are 1 and 6, and the
# values there 3 and 6.
#
# ![The series of the example as a line. Steps 1 and 6 are marked as peaks, as they are higher than
# both neighbours. The plateau of steps 3 and 4 is none, and neither are the two
# ends.](figure.png)
#
# The values are copies of steps of the series. A gradient that arrives at a value goes on to its
# step, as it is, and no other step gets any. Take the loss $v_0 + 10 v_1$ of the two values above:
# its gradient in the series is 1 at step 1, 10 at step 6, and 0 elsewhere. Which steps are peaks
# has no gradient: almost everywhere, a small change of the series moves no peak.

# %% [markdown]
# ## Your task
#
# Write `find_peaks(series)`. For a float32 or float64 tensor `series` of shape $(n,)$ with
# $n \ge 1$ steps, it returns two tensors, `(positions, values)`, as a tuple or a list:
#
# - `positions`: int32, shape $(k,)$: the positions of the $k$ peaks, from left to right. Positions
#   count from 0, the first step of the series.
# - `values`: the values of the series there, shape $(k,)$, in the dtype of the series.
#
# If there are no peaks, both have the shape $(0,)$, and the dtypes are the same as ever. A series
# of one or two steps has none.
#
# You may add imports and functions of your own. There are two ways. One compares the whole series
# with itself, shifted by one step, and then picks what is true: `tf.boolean_mask`, `tf.where` and
# `tf.gather` make tensors whose size is known only when they run.
#
# ```python
# readings = tf.constant([3.0, -1.0, 4.0, -2.0])
# at = tf.where(readings < 0)
# print(at.shape, at.dtype.name)  # (2, 1) int64: a row for each hit, 1 and 3
# print(tf.boolean_mask(readings, readings < 0).numpy())  # [-1. -2.]
# ```
#
# The other is a loop that collects. A `tf.TensorArray` with `dynamic_size=True` grows, and each
# `write` *returns* the array that has the new element:
#
# ```python
# @tf.function
# def negative(readings):
#     found = tf.TensorArray(tf.float32, size=0, dynamic_size=True, element_shape=[])
#     for reading in readings:
#         if reading < 0:
#             found = found.write(found.size(), reading)
#     return found.stack()
#
#
# print(negative(tf.constant([3.0, -1.0, 4.0, -2.0])).numpy())  # [-1. -2.]
# ```

# %% [markdown]
# ## Traps
#
# - **A part of the series has positions of its own.** In `series[1:]` the step 1 is at 0.
# - **`tf.where` answers in int64**, and with one column for each axis of what it was given.
# - **One or two steps.** The operation `tf.range(1, n - 1)` raises for $n = 1$, since its start
#   lies behind its end. Slices such as `series[1:-1]` are then simply empty.
# - **Nothing found.** Both results are then of shape $(0,)$, each in its dtype. An empty Python
#   list has none: `tf.stack([])` and `tf.constant([])` are float32.
# - **A `write` that is not assigned back** works in direct calls and is lost in a graph, without a
#   word.
# - **A Python list is filled while tracing**, once, and not in every turn of a loop of the graph. A
#   tensor that grows by `tf.concat` changes its shape from turn to turn, which `tf.while_loop`
#   refuses unless `shape_invariants` says so.
# - **AutoGraph turns `for` and `if` on tensors into operations of a graph only in a function that
#   is decorated with `tf.function`.** The grader traces without it, like Keras; a decorated
#   function works there all the same.
# - **Shapes.** While tracing, `series.shape[0]` may be `None`. `tf.shape(series)[0]` always has an
#   answer.
# - **NumPy and `float(...)` leave TensorFlow.** What comes back from there has no gradient, and
#   cannot be traced.
#
# ## What is graded
#
# What counts is what your function does, not how it is written or how fast it is.
#
# - **Numerics**: positions and values; negative series, and peaks at 0; plateaus; ends, high or
#   low; one and two steps, and longer series without peaks; peaks that are higher by the last digit
#   only; the dtypes of both results, for float32 and float64; float64 values with all their digits.
# - **Gradients**: of the values in a float32 series that has peaks: what arrives from above goes to
#   the peaks' steps, and 0 to the others. `tf.IndexedSlices`, which `tf.gather` has as a gradient,
#   are right, too.
# - **Serialization**: your function is exported as a SavedModel for float32 series of one length,
#   and loaded by a process that does not have your code. Positions, values and gradients must still
#   be there, for other series of this length.
# - **Graph**: your function is traced once for a float32 series of unknown length. That graph must
#   answer for any length and for any number of peaks, none included, and the gradient can be taken
#   inside it. It must not call back into Python (`tf.py_function`, `tf.numpy_function`).
#
# In gradients, serialization and graph, a series that has peaks has low ends and no plateaus, so
# that a wrong idea of a peak costs points in numerics only.
#
# **Switched off**: nothing.
#
# **Out of scope**: no steps at all, NaN and infinite values, other dtypes and ranks, Python lists
# and NumPy arrays as argument, symbolic Keras tensors, the gradient of a series without peaks
# (zeros and `None` are both right), second-order gradients, compilation by XLA (leave `jit_compile`
# off).

# %%
import numpy as np
import tensorflow as tf


# %% tags=["solution"]
def find_peaks(series):
    """Return the positions and values of the steps that are higher than both their neighbours.

    Args:
        series: float32 or float64 tensor of shape (n,), with at least one step.

    Returns:
        positions: int32 tensor of shape (k,), from left to right.
        values: tensor of shape (k,) in the dtype of `series`, its values there.
    """
    ### BEGIN SOLUTION
    inner = series[1:-1]  # each step that has two neighbours
    higher = tf.logical_and(inner > series[:-2], inner > series[2:])
    positions = tf.cast(tf.where(higher)[:, 0], tf.int32) + 1
    return positions, tf.gather(series, positions)
    ### END SOLUTION


# %% tags=["look"]
def look_at_my_peaks(figure):
    """The peaks that your function finds in a wave with noise, and the slope of the sum of their
    values: 1 at each peak, and 0 elsewhere."""
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    noise = np.random.default_rng(4).normal(0, 0.12, 100)
    series = tf.constant(np.sin(np.arange(100) / 6) + noise, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(series)
        positions, values = find_peaks(series)
    slopes = tape.gradient(values, series)
    above.plot(series, ".-", color="gray", lw=1)
    above.plot(positions, values, "^", ms=8, color="#d55e00")
    above.set_title(f"{len(np.ravel(positions))} peaks")
    below.set(title="slope", xlabel="step", ylim=(-0.3, 1.6))
    if slopes is None:
        below.text(0, 0.5, "there is none")
    else:
        below.vlines(range(100), 0, tf.convert_to_tensor(slopes))


# %% tags=["tests"]
EXAMPLE = [1.0, 3.0, 2.0, 5.0, 5.0, 4.0, 6.0, 0.0, 7.0]


def asked(series, dtype=tf.float32):
    """The two answers for a series, as arrays."""
    positions, values = find_peaks(tf.constant(series, dtype))
    return np.asarray(positions), np.asarray(values)


def test_worked_example():
    """numerics: the peaks of the table are at 1 and 6, and have the values 3 and 6"""
    positions, values = asked(EXAMPLE)
    assert positions.tolist() == [1, 6], f"positions in {EXAMPLE}: got {positions}, expected [1 6]"
    assert values.tolist() == [3, 6], f"values in {EXAMPLE}: got {values}, expected [3. 6.]"


def test_plateaus_have_no_peak():
    """numerics: of 0, 1, 2, 2, 2, 1, 4, 3, 3, 0 only the 4 is a peak"""
    series = [0.0, 1.0, 2.0, 2.0, 2.0, 1.0, 4.0, 3.0, 3.0, 0.0]
    positions, _ = asked(series)
    assert positions.tolist() == [6], f"positions in {series}: got {positions}, expected [6]"


def test_ends_are_no_peaks():
    """numerics: of 9, 1, 2, 1, 9 only the 2 is a peak"""
    series = [9.0, 1.0, 2.0, 1.0, 9.0]
    positions, _ = asked(series)
    assert positions.tolist() == [2], f"positions in {series}: got {positions}, expected [2]"


def test_no_peaks():
    """numerics: one step, two steps and a rise give two results of shape (0,)"""
    for series in ([5.0], [5.0, 7.0], [1.0, 2.0, 3.0, 4.0]):
        positions, values = asked(series)
        shapes = positions.shape, values.shape
        assert shapes == ((0,), (0,)), (
            f"the shapes of positions and values in {series}: got {shapes}, expected (0,) and (0,)"
        )


def test_dtypes():
    """numerics: positions are int32, and values have the dtype of the series"""
    for dtype in ("float32", "float64"):
        positions, values = asked(EXAMPLE, dtype)
        got = positions.dtype.name, values.dtype.name
        assert got == ("int32", dtype), (
            f"the dtypes of positions and values in a {dtype} series: got {got}, "
            f"expected ('int32', '{dtype}')"
        )


def test_gradient_goes_to_the_peaks():
    """gradients: what arrives at a value goes to its step"""
    series = tf.constant(EXAMPLE)
    with tf.GradientTape() as tape:
        tape.watch(series)
        _, values = find_peaks(series)
        loss = values[0] + 10 * values[1]
    got = tape.gradient(loss, series)
    assert got is not None, "the gradient of the values in the series is None: nothing flows back"
    got, want = np.asarray(tf.convert_to_tensor(got)), [0, 1, 0, 0, 0, 0, 10, 0, 0]
    assert np.allclose(got, want), (
        f"the gradient of values[0] + 10 * values[1] in {EXAMPLE}: got {got}, expected {want}"
    )


def test_one_graph_for_any_length():
    """graph: one graph, traced for an unknown length, has the peaks of the example and of a rise"""
    graph = tf.function(find_peaks, input_signature=[tf.TensorSpec([None])], autograph=False)
    for series, want in (EXAMPLE, [1, 6]), ([0.0, 4.0, 0.0], [1]), ([1.0, 2.0, 3.0, 4.0], []):
        positions, _ = graph(tf.constant(series))
        got = np.asarray(positions).tolist()
        assert got == want, f"positions in {series}, in a graph: got {got}, expected {want}"
