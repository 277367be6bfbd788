# %%
import functools
from typing import NamedTuple

import keras


# %% loop_with_an_array
"""A loop of AutoGraph, and two arrays that grow; one step more or less does not trouble it."""


@tf.function
def find_peaks(series):
    positions = tf.TensorArray(tf.int32, size=0, dynamic_size=True, element_shape=[])
    values = tf.TensorArray(series.dtype, size=0, dynamic_size=True, element_shape=[])
    for i in tf.range(1, tf.maximum(tf.shape(series)[0] - 1, 1)):
        if series[i] > series[i - 1] and series[i] > series[i + 1]:
            positions = positions.write(positions.size(), i)
            values = values.write(values.size(), series[i])
    return positions.stack(), values.stack()


# %% without_element_shape
"""An array that is not told the shape of its elements, for the positions alone."""


@tf.function
def find_peaks(series):
    positions = tf.TensorArray(tf.int32, size=0, dynamic_size=True)
    for i in tf.range(1, tf.maximum(tf.shape(series)[0] - 1, 1)):
        if series[i - 1] < series[i] and series[i] > series[i + 1]:
            positions = positions.write(positions.size(), i)
    positions = positions.stack()
    return positions, tf.gather(series, positions)


# %% growing_by_concat
"""`tf.while_loop` without AutoGraph; the two tensors grow, and the invariants say so."""


def find_peaks(series):
    def turn(i, positions, values):
        peak = tf.logical_and(series[i - 1] < series[i], series[i] > series[i + 1])

        def longer():
            return tf.concat([positions, [i]], 0), tf.concat([values, [series[i]]], 0)

        positions, values = tf.cond(peak, longer, lambda: (positions, values))
        return i + 1, positions, values

    nothing = tf.zeros([0], tf.int32), tf.zeros([0], series.dtype)
    any_size = tf.TensorShape([None])
    _, *found = tf.while_loop(
        lambda i, *_: i < tf.shape(series)[0] - 1,
        turn,
        (tf.constant(1), *nothing),
        shape_invariants=(tf.TensorShape([]), any_size, any_size),
    )
    return found


# %% walled_in
"""A wall at either end, so that every step has two neighbours; masks instead of positions."""


def find_peaks(series):
    wall = tf.fill([1], series.dtype.max)
    walled = tf.concat([wall, series, wall], 0)
    mask = (series > walled[:-2]) & (series > walled[2:])
    return tf.boolean_mask(tf.range(tf.size(series)), mask), tf.boolean_mask(series, mask)


# %% keras_ops
"""Keras' operations alone."""


def find_peaks(series):
    ops = keras.ops
    higher = ops.logical_and(series[1:-1] > series[:-2], series[1:-1] > series[2:])
    (at,) = ops.where(higher)
    positions = ops.cast(at, "int32") + 1
    return positions, ops.take(series, positions, axis=0)


# %% partitioned
"""The steps are dealt into two heaps; the second one is of peaks."""


def find_peaks(series):
    steps = tf.range(tf.shape(series)[0])
    left = tf.gather(series, tf.maximum(steps - 1, 0))
    right = tf.gather(series, tf.minimum(steps + 1, steps[-1]))
    heap = tf.cast(series > tf.maximum(left, right), tf.int32)
    return tuple(tf.dynamic_partition(one, heap, 2)[1] for one in (steps, series))


# %% own_gradient
"""The gradient is scattered by hand, and the steps are found in NumPy's way, by TensorFlow."""


@tf.custom_gradient
def values_at(series, positions):
    steps = tf.shape(series)

    def grad(upstream):
        return tf.scatter_nd(positions[:, None], upstream, steps), None

    return tf.gather(series, positions), grad


def find_peaks(series):
    rises = series[1:] > series[:-1]
    falls = series[1:] < series[:-1]
    (at,) = tf.experimental.numpy.nonzero(rises[:-1] & falls[1:])
    positions = tf.cast(at + 1, tf.int32)
    return positions, values_at(series, positions)


# %% named_answers
"""A named tuple of what a method returns, under a tf.function that traces anew for each length."""


class Peaks(NamedTuple):
    positions: tf.Tensor
    values: tf.Tensor


class Finder(tf.Module):
    @tf.function
    def __call__(self, series):
        inner, higher = series[1:-1], tf.ones_like(series[1:-1], tf.bool)
        for neighbour in (series[:-2], series[2:]):
            higher &= tf.math.greater(inner, neighbour)
        found = tf.ragged.boolean_mask(inner, higher)
        return Peaks(tf.reshape(tf.cast(tf.where(higher), tf.int32), [-1]) + 1, found)


find_peaks = Finder()


# %% counted_and_scattered
"""A running count says where in the result each peak goes."""


def find_peaks(series):
    slope = tf.sign(series[1:] - series[:-1])
    peak = tf.cast((slope[:-1] > 0) & (slope[1:] < 0), tf.int32)
    peak = tf.concat([[0], peak, [0]], 0)[: tf.size(series)]
    place = tf.where(peak > 0, tf.cumsum(peak) - 1, tf.reduce_sum(peak))[:, None]
    size = [tf.reduce_sum(peak) + 1]  # the last place takes all that is no peak
    positions = tf.scatter_nd(place, peak * tf.range(tf.size(series)), size)[:-1]
    return positions, tf.scatter_nd(place, series * tf.cast(peak, series.dtype), size)[:-1]


# %% in_double_precision
"""Computed in float64 and sorted: the peaks first, in their order, and cut off behind them."""


def find_peaks(series):
    wide = tf.cast(series, tf.float64)
    neighbours = tf.pad(wide, [[1, 1]], constant_values=np.finfo("float64").max)
    highest = tf.maximum(neighbours[:-2], neighbours[2:])
    other = tf.cast(wide <= highest, tf.int32)
    order = tf.argsort(other, stable=True)[: tf.reduce_sum(1 - other)]
    return order, tf.cast(tf.gather(wide, order), series.dtype)


# %% step_by_step
"""`tf.map_fn` asks each step whether it is a peak; a sparse tensor holds the answers."""


def find_peaks(series):
    last = tf.shape(series)[0] - 1

    def height(i):
        inside = (i > 0) & (i < last)
        before, after = series[tf.maximum(i - 1, 0)], series[tf.minimum(i + 1, last)]
        return inside & (series[i] > before) & (series[i] > after)

    mask = tf.map_fn(height, tf.range(last + 1), fn_output_signature=tf.bool)
    sparse = tf.sparse.from_dense(tf.cast(mask, tf.int32))
    return tf.cast(sparse.indices[:, 0], tf.int32), tf.gather_nd(series, sparse.indices)


# %% windows_of_three
"""Frames of three steps, of which the middle one is to be the only highest."""


def find_peaks(series):
    frames = tf.signal.frame(series, 3, 1)
    highest = frames == tf.reduce_max(frames, axis=1, keepdims=True)
    alone = tf.reduce_all(highest == tf.constant([False, True, False]), axis=1)
    return tf.cast(tf.where(alone)[:, 0] + 1, tf.int32), frames[:, 1][alone]


# %% short_ones_apart
"""One and two steps have a branch of their own; one matrix of zeros and ones picks the values."""


def longer(series):
    middle = series[1:-1]
    highest_neighbour = tf.reduce_max(tf.stack([series[:-2], series[2:]]), axis=0)
    positions = tf.range(1, tf.shape(series)[0] - 1)[middle > highest_neighbour]
    picks = tf.one_hot(positions, tf.shape(series)[0], dtype=series.dtype)
    return positions, tf.linalg.matvec(picks, series)


def find_peaks(series):
    return tf.cond(
        tf.shape(series)[0] < 3,
        lambda: (tf.zeros([0], tf.int32), tf.zeros([0], series.dtype)),
        functools.partial(longer, series),
    )


# %% pooled
"""The highest of three by pooling, and the plateaus among them taken out again."""


def find_peaks(series):
    pooled = tf.nn.max_pool1d(series[None, :, None], 3, 1, "SAME")[0, :, 0]
    flat = tf.concat([[True], series[1:] == series[:-1], [True]], 0)
    peak = (series == pooled) & ~flat[1:] & ~flat[:-1]
    inside = tf.concat([[False], tf.ones_like(series[2:], tf.bool), [False]], 0)
    at = tf.where(peak & inside[: tf.size(series)])
    return tf.cast(tf.squeeze(at, axis=1), tf.int32), tf.gather_nd(series, at)
