# %%
def answer(series, higher):
    """The positions and values where `higher` says so of the steps that have two neighbours."""
    positions = tf.cast(tf.where(higher)[:, 0], tf.int32) + 1
    return positions, tf.gather(series, positions)


def strictly(series):
    """Which of the steps that have two neighbours are peaks."""
    return (series[1:-1] > series[:-2]) & (series[1:-1] > series[2:])


# %% plateaus_count loses="numerics"
"""`>=` lets plateaus through: a step that equals its neighbour is not higher than it. Compare by
`>` on both sides."""


def find_peaks(series):
    inner = series[1:-1]
    return answer(series, (inner >= series[:-2]) & (inner >= series[2:]))


# %% plateau_begins loses="numerics"
"""One of the two comparisons is `>=`, and so one step of a plateau is taken for a peak. A peak is
higher than both its neighbours: compare by `>` on both sides."""


def find_peaks(series):
    inner = series[1:-1]
    return answer(series, (inner > series[:-2]) & (inner >= series[2:]))


# %% second_difference loses="numerics"
"""Where the sign of the slope falls there need be no peak: at the edge of a plateau it falls from 1
to 0. A peak has a rise right before it and a fall right after it, so the sign falls by 2."""


def find_peaks(series):
    sign = tf.sign(series[1:] - series[:-1])
    return answer(series, sign[1:] - sign[:-1] < 0)


# %% highest_of_three loses="numerics"
"""A step that equals the maximum of its neighbourhood may share it: on a plateau, and at an end,
where the neighbourhood is cut off. Compare each step with its two neighbours instead."""


def find_peaks(series):
    pooled = tf.nn.max_pool1d(series[None, :, None], 3, 1, "SAME")[0, :, 0]
    positions = tf.cast(tf.where(series == pooled)[:, 0], tf.int32)
    return positions, tf.gather(series, positions)


# %% ends_count loses="numerics"
"""Beyond the ends you put something low, and so a high end becomes a peak. An end has one neighbour
only, and is no peak: look at `series[1:-1]` alone."""


def find_peaks(series):
    low = tf.fill([1], series.dtype.min)
    padded = tf.concat([low, series, low], 0)
    positions = tf.where((series > padded[:-2]) & (series > padded[2:]))[:, 0]
    positions = tf.cast(positions, tf.int32)
    return positions, tf.gather(series, positions)


# %% in_a_circle loses="numerics"
"""`tf.roll` closes the series to a circle, where the last step is a neighbour of the first. The
ends of a series have one neighbour only, and are no peaks: leave them out."""


def find_peaks(series):
    higher = (series > tf.roll(series, 1, 0)) & (series > tf.roll(series, -1, 0))
    positions = tf.cast(tf.where(higher)[:, 0], tf.int32)
    return positions, tf.gather(series, positions)


# %% above_zero_only loses="numerics"
"""A peak is higher than its neighbours, and nothing more: it may be below zero."""


def find_peaks(series):
    return answer(series, strictly(series) & (series[1:-1] > 0))


# %% zero_is_nothing loses="numerics"
"""Of the values, those that are not 0 are taken for the peaks. A peak may be 0, too: pick by the
comparison itself."""


def find_peaks(series):
    inner = series[1:-1]
    found = tf.sparse.from_dense(tf.where(strictly(series), inner, tf.zeros_like(inner)))
    return tf.cast(found.indices[:, 0], tf.int32) + 1, found.values


# %% product_of_slopes loses="numerics"
"""The product of two small slopes is rounded to 0, and then a rise and a fall are no longer seen.
Compare each step with its neighbours by `>`, or multiply the signs."""


def find_peaks(series):
    slope = series[1:] - series[:-1]
    return answer(series, (slope[1:] * slope[:-1] < 0) & (slope[:-1] > 0))


# %% tolerance loses="numerics"
"""You ask for a least difference, or take nearly equal steps for equal. A step that is higher by
its last digit is a peak: compare by `>` and nothing else."""


def find_peaks(series):
    inner = series[1:-1]
    return answer(series, (inner - series[:-2] > 1e-3) & (inner - series[2:] > 1e-3))


# %% valleys loses="numerics gradients"
"""These are the valleys: the steps that are lower than both their neighbours. Turn both comparisons
round."""


def find_peaks(series):
    inner = series[1:-1]
    return answer(series, (inner < series[:-2]) & (inner < series[2:]))


# %% both_kinds loses="numerics gradients"
"""This finds every turn of the series, valleys as well as peaks. A peak is a rise and *then* a
fall."""


def find_peaks(series):
    sign = tf.sign(series[1:] - series[:-1])
    return answer(series, sign[1:] * sign[:-1] < 0)


# %% one_side_only loses="numerics gradients"
"""A step that is higher than the one before it is a rise, not yet a peak. It must be higher than
the one after it, too."""


def find_peaks(series):
    return answer(series, series[1:-1] > series[:-2])


# %% highest_only loses="numerics gradients"
"""This is the highest step alone. A series may have many peaks, high and low, or none."""


def find_peaks(series):
    peak = strictly(series)
    highest = tf.reduce_max(tf.boolean_mask(series[1:-1], peak))
    return answer(series, peak & (series[1:-1] == highest))


# %% positions_of_a_part loses="numerics"
"""The positions are those in `series[1:-1]`, which begins one step later: 0 is the second step of
the series. Add 1 to them, and pick the values from the series itself."""


def find_peaks(series):
    at = tf.cast(tf.where(strictly(series))[:, 0], tf.int32)
    return at, tf.gather(series[1:-1], at)


# %% values_beside_the_peaks loses="numerics gradients"
"""The positions are those in `series[1:-1]`, but the values are picked from `series`, which begins
one step earlier: each value is that of the step before a peak. Add 1 to the positions."""


def find_peaks(series):
    at = tf.cast(tf.where(strictly(series))[:, 0], tf.int32)
    return at, tf.gather(series, at)


# %% int64_positions loses="numerics"
"""`tf.where`, `tf.argsort` of NumPy and the like answer in int64. The positions are to be int32:
`tf.cast(positions, tf.int32)`."""


def find_peaks(series):
    positions = tf.where(strictly(series))[:, 0] + 1
    return positions, tf.gather(series, positions)


# %% positions_as_a_column loses="numerics"
"""`tf.where` gives one row for each hit, with one number for each axis: the shape (k, 1). The
positions are to have the shape (k,): take its column 0."""


def find_peaks(series):
    positions = tf.cast(tf.where(strictly(series)), tf.int32) + 1
    return positions, tf.gather_nd(series, positions)


# %% values_first loses="numerics gradients serialization graph"
"""The two answers are in the other order: the positions come first, the values second."""


def find_peaks(series):
    positions, values = answer(series, strictly(series))
    return values, positions


# %% highest_first loses="numerics"
"""The peaks are sorted by height. They are to stay in the order of the series, from left to
right."""


def find_peaks(series):
    positions, values = answer(series, strictly(series))
    order = tf.argsort(values, direction="DESCENDING")
    return tf.gather(positions, order), tf.gather(values, order)


# %% zeros_between_the_peaks loses="numerics"
"""The values are as many as the series has steps, with a number in the place of all that is no
peak. Pick those of the peaks alone: `tf.boolean_mask` or `tf.gather`."""


def find_peaks(series):
    positions, _ = answer(series, strictly(series))
    peak = tf.concat([[False], strictly(series), [False]], 0)[: tf.size(series)]
    return positions, tf.where(peak, series, tf.zeros_like(series))


# %% minus_one_for_none loses="numerics"
"""If there are no peaks, you answer with a number that stands for it. Two tensors of shape (0,) say
it already, and every loop over them runs zero times."""


def find_peaks(series):
    positions, values = answer(series, strictly(series))
    none = tf.size(positions) == 0
    return tf.cond(
        none,
        lambda: (tf.constant([-1]), tf.zeros([1], series.dtype)),
        lambda: (positions, values),
    )


# %% always_float32 loses="numerics"
"""The series is cast to float32 on its way. In float64 that loses nine digits of every value, and
the peaks that only these digits tell from their neighbours. Compute in the dtype of the series."""


def find_peaks(series):
    series = tf.cast(series, tf.float32)
    return answer(series, strictly(series))


# %% float32_and_back loses="numerics" like="always_float32"


def find_peaks(series):
    narrow = tf.cast(series, tf.float32)
    positions, values = answer(narrow, strictly(narrow))
    return positions, tf.cast(values, series.dtype)


# %% arrays_of_float32 loses="numerics"
"""A `tf.TensorArray` or a `tf.zeros` of float32 does not take float64 values. Make it of
`series.dtype`."""


@tf.function
def find_peaks(series):
    positions = tf.TensorArray(tf.int32, size=0, dynamic_size=True, element_shape=[])
    values = tf.TensorArray(tf.float32, size=0, dynamic_size=True, element_shape=[])
    for i in tf.range(1, tf.maximum(tf.shape(series)[0] - 1, 1)):
        if series[i - 1] < series[i] and series[i] > series[i + 1]:
            positions = positions.write(positions.size(), i)
            values = values.write(values.size(), series[i])
    return positions.stack(), values.stack()


# %% empty_range loses="numerics graph"
"""The operation `tf.range(1, n - 1)` raises for a series of one step, since its start is then
behind its end. Slices do not mind, or give it `tf.maximum(n - 1, 1)`."""


def find_peaks(series):
    inside = tf.range(1, tf.shape(series)[0] - 1)
    here, before, after = (tf.gather(series, inside + shift) for shift in (0, -1, 1))
    positions = inside[(here > before) & (here > after)]
    return positions, tf.gather(series, positions)


# %% write_not_assigned loses="numerics gradients serialization graph"
"""`write` returns the array that has the new element. In a graph, what is not assigned back is
lost without a word: `positions = positions.write(...)`."""


@tf.function
def find_peaks(series):
    positions = tf.TensorArray(tf.int32, size=0, dynamic_size=True, element_shape=[])
    for i in tf.range(1, tf.maximum(tf.shape(series)[0] - 1, 1)):
        if series[i - 1] < series[i] and series[i] > series[i + 1]:
            positions.write(positions.size(), i)
    positions = positions.stack()
    return positions, tf.gather(series, positions)


# %% list_in_the_loop loses="numerics gradients serialization graph"
"""A Python list is filled while the function is traced, once, and what a loop of the graph puts
into it cannot be used outside the loop. Collect in a `tf.TensorArray`, or do without a loop."""


@tf.function
def find_peaks(series):
    positions = []
    for i in tf.range(1, tf.maximum(tf.shape(series)[0] - 1, 1)):
        if series[i - 1] < series[i] and series[i] > series[i + 1]:
            positions.append(i)
    positions = tf.stack(positions)
    return positions, tf.gather(series, positions)


# %% grows_in_the_loop loses="numerics gradients serialization graph"
"""A variable of a loop keeps its shape, and a tensor that grows by `tf.concat` does not. Use a
`tf.TensorArray`, or tell the loop by `shape_invariants`; without a loop it is shortest."""


@tf.function
def find_peaks(series):
    positions = tf.zeros([0], tf.int32)
    for i in tf.range(1, tf.maximum(tf.shape(series)[0] - 1, 1)):
        if series[i - 1] < series[i] and series[i] > series[i + 1]:
            positions = tf.concat([positions, [i]], 0)
    return positions, tf.gather(series, positions)


# %% python_loop loses="serialization graph"
"""While a graph is traced there are no values yet, so a Python `if` cannot look at `series[i]`,
unless AutoGraph rewrites it in a function that you decorate. Compare the whole series with itself,
shifted by one step."""


def find_peaks(series):
    positions = []
    for i in range(1, len(series) - 1):
        if series[i - 1] < series[i] and series[i] > series[i + 1]:
            positions.append(i)
    positions = tf.constant(positions, tf.int32, [len(positions)])
    return positions, tf.gather(series, positions)


# %% python_numbers loses="gradients serialization graph"
"""`float(...)` and `.numpy()` take a number out of TensorFlow, and no gradient passes through it.
Pick the values from the series itself: `tf.gather(series, positions)`."""


def find_peaks(series):
    steps = [float(step) for step in series]
    found = [i for i in range(1, len(steps) - 1) if steps[i - 1] < steps[i] > steps[i + 1]]
    values = [steps[i] for i in found]
    return tf.constant(found, tf.int32), tf.constant(values, series.dtype)


# %% numpy loses="gradients serialization graph"
"""NumPy computes outside TensorFlow: no gradient passes through it, and a graph cannot hold it.
Slices, comparisons and `tf.where` do the same inside."""


def find_peaks(series):
    array = np.asarray(series)
    (at,) = np.where((array[1:-1] > array[:-2]) & (array[1:-1] > array[2:]))
    return tf.constant(at + 1, tf.int32), tf.constant(array[at + 1])


# %% numpy_for_the_positions loses="serialization graph"
"""The positions come from NumPy, which needs numbers, and while a graph is traced there are none.
`tf.where` finds them inside."""


def find_peaks(series):
    (at,) = np.where(strictly(series).numpy())
    positions = tf.constant(at + 1, tf.int32)
    return positions, tf.gather(series, positions)


# %% numpy_function loses="serialization graph"
"""`tf.numpy_function` and `tf.py_function` call back into this Python process. Wherever else the
graph runs, nobody answers. Use operations of TensorFlow."""


def find_peaks(series):
    def at(array):
        higher = (array[1:-1] > array[:-2]) & (array[1:-1] > array[2:])
        return np.where(higher)[0].astype("int32") + np.int32(1)

    positions = tf.numpy_function(at, [series], tf.int32)
    positions = tf.ensure_shape(positions, [None])
    return positions, tf.gather(series, positions)


# %% length_of_the_trace loses="graph"
"""`series.shape[0]` is what is known while tracing: `None` in a graph for any length. Ask
`tf.shape(series)[0]`, or use slices, which need no length."""


def find_peaks(series):
    mask = np.zeros(series.shape[0], bool)
    mask[1:-1] = True
    padded = tf.pad(series, [[1, 1]])
    higher = (series > padded[:-2]) & (series > padded[2:]) & mask
    positions = tf.cast(tf.where(higher)[:, 0], tf.int32)
    return positions, tf.gather(series, positions)


# %% unrolled loses="graph"
"""`range` over `series.shape[0]` unrolls the loop, for the one length that is known while tracing.
In a graph for any length it is `None`. Loop over `tf.range` and `tf.shape(series)[0]`, or do
without a loop."""


@tf.function
def find_peaks(series):
    positions = tf.TensorArray(tf.int32, size=0, dynamic_size=True, element_shape=[])
    for i in range(1, series.shape[0] - 1):
        if series[i - 1] < series[i] and series[i] > series[i + 1]:
            positions = positions.write(positions.size(), i)
    positions = positions.stack()
    return positions, tf.gather(series, positions)


# %% short_while_tracing loses="graph"
"""The short series are sorted out by `series.shape[0]`, which is `None` in a graph for any length,
and then they are not. `tf.shape(series)[0]` knows it when the graph runs; slices need no such
branch."""


def find_peaks(series):
    if series.shape[0] in (1, 2):
        return tf.zeros([0], tf.int32), tf.zeros([0], series.dtype)
    inside = tf.range(1, tf.shape(series)[0] - 1)
    positions = inside[strictly(series)]
    return positions, tf.gather(series, positions)


# %% gradient_stopped loses="gradients serialization graph"
"""The second answer has no gradient: it was cut off by `tf.stop_gradient`, made of numbers that
were taken out, or it holds positions. It is to be the values, picked from the series itself."""


def find_peaks(series):
    return answer(tf.stop_gradient(series), strictly(series))


# %% own_gradient_without_upstream loses="gradients"
"""The gradient that you state puts a 1 at each peak and ignores what arrives from above. Scatter
the upstream instead; or state none, since `tf.gather` has the right gradient."""


@tf.custom_gradient
def values_at(series, positions):
    steps = tf.shape(series)

    def grad(upstream):
        return tf.scatter_nd(positions[:, None], tf.ones_like(upstream), steps), None

    return tf.gather(series, positions), grad


def find_peaks(series):
    positions, _ = answer(series, strictly(series))
    return positions, values_at(series, positions)


# %% smooth_mask loses="numerics gradients"
"""A sigmoid in the place of the comparison makes values that are almost, but not quite, those of
the series, and gives gradients to the neighbours. A value is a copy of its step: pick it."""


def find_peaks(series):
    soft = tf.sigmoid(series[1:-1] - series[:-2]) * tf.sigmoid(series[1:-1] - series[2:])
    positions, _ = answer(series, strictly(series))
    return positions, tf.gather(soft * series[1:-1], positions - 1)
