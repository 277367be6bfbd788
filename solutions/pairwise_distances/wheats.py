# %%
import keras


# %% where_after_the_root
"""A guard after `tf.sqrt`, whose slope is 0 where nothing arrives from above."""


def pairwise_distances(a, b):
    square = tf.reduce_sum((tf.expand_dims(a, 1) - tf.expand_dims(b, 0)) ** 2, -1)
    return tf.where(square > 0, tf.sqrt(square), 0.0)


# %% custom_gradient
"""A gradient of its own: the unit vector between two rows, and none between equal ones."""


@tf.custom_gradient
def pairwise_distances(a, b):
    difference = a[:, None] - b[None]
    distance = tf.sqrt(tf.reduce_sum(difference * difference, axis=2))

    def grad(upstream):
        pull = difference * tf.math.divide_no_nan(upstream, distance)[..., None]
        return tf.reduce_sum(pull, axis=1), -tf.reduce_sum(pull, axis=0)

    return distance, grad


# %% row_by_row
"""`tf.map_fn` takes one row of the first matrix at a time."""


def pairwise_distances(a, b):
    def from_one(row):
        square = tf.reduce_sum(tf.math.squared_difference(row, b), axis=1)
        equal = square == 0
        return tf.where(equal, tf.zeros_like(square), tf.sqrt(tf.where(equal, 1.0, square)))

    return tf.map_fn(from_one, a)


# %% keras_ops
"""Keras' operations alone."""


def pairwise_distances(a, b):
    ops = keras.ops
    square = ops.sum(ops.square(ops.expand_dims(a, 1) - ops.expand_dims(b, 0)), axis=-1)
    apart = ops.greater(square, 0.0)
    safe = ops.where(apart, square, ops.ones_like(square))
    return ops.where(apart, ops.sqrt(safe), ops.zeros_like(square))


# %% least_square
"""A least square so small that its root is below 1e-9; below it, `tf.maximum` passes no slope."""


def pairwise_distances(a, b):
    square = tf.reduce_sum(tf.square(a[:, tf.newaxis] - b), axis=-1)
    return tf.sqrt(tf.maximum(square, 1e-30))


# %% where_after_the_norm
"""A guard after `tf.norm`, which ends in a `tf.sqrt`: nothing arrives there from above."""


def pairwise_distances(a, b):
    difference = tf.expand_dims(a, 1) - b
    equal = tf.reduce_all(difference == 0, axis=-1)
    distance = tf.norm(difference, axis=-1)
    return tf.where(equal, tf.zeros_like(distance), distance)


# %% norm_of_safe_differences
"""`tf.norm` of differences, of which those of equal rows are replaced by ones."""


def pairwise_distances(a, b):
    difference = a[:, None, :] - b[None, :, :]
    equal = tf.reduce_all(tf.equal(difference, 0), axis=-1, keepdims=True)
    safe = tf.where(equal, tf.ones_like(difference), difference)
    distance = tf.norm(safe, axis=-1)
    return tf.where(equal[..., 0], tf.zeros_like(distance), distance)


# %% in_double_precision
"""Computed in float64, whatever arrives, and rounded at the end."""


def pairwise_distances(a, b):
    wide = tf.cast(a, tf.float64)[:, None] - tf.cast(b, tf.float64)[None]
    square = tf.reduce_sum(wide**2, axis=-1)
    apart = square > 0
    root = tf.sqrt(tf.where(apart, square, tf.ones_like(square)))
    return tf.cast(tf.where(apart, root, tf.zeros_like(root)), a.dtype)


# %% column_by_column
"""A loop over the columns, in a function that is decorated: no tensor of three axes is made."""


@tf.function
def squares(a, b):
    total = tf.zeros([tf.shape(a)[0], tf.shape(b)[0]], a.dtype)
    for k in tf.range(tf.shape(a)[1]):
        total += (a[:, k, None] - b[None, :, k]) ** 2
    return total


def pairwise_distances(a, b):
    square = squares(a, b)
    return tf.where(square > 0, tf.sqrt(square), tf.zeros_like(square))


# %% the_other_way_round
"""Axes in another order: (d, n, 1) - (d, 1, m), summed over the first."""


def pairwise_distances(a, b):
    left, right = tf.transpose(a)[:, :, None], tf.transpose(b)[:, None, :]
    square = tf.reduce_sum(tf.square(left - right), axis=0)
    mask = tf.cast(square > 0, square.dtype)
    return tf.sqrt(square + (1 - mask)) * mask


# %% expanded_in_double_precision
"""The expanded square, but after a shift to the first row, in float64, and with a guard."""


def pairwise_distances(a, b):
    wide = [tf.cast(side, tf.float64) - tf.cast(a[:1], tf.float64) for side in (a, b)]
    lengths = [tf.einsum("ij,ij->i", side, side) for side in wide]
    square = lengths[0][:, None] + lengths[1] - 2 * tf.matmul(*wide, transpose_b=True)
    equal = tf.reduce_all(a[:, None] == b, axis=-1)
    root = tf.sqrt(tf.where(equal, tf.ones_like(square), tf.maximum(square, 0)))
    return tf.cast(tf.where(equal, tf.zeros_like(root), root), a.dtype)


# %% numpy_of_tensorflow
"""TensorFlow's NumPy, einsum, and repeated rows instead of broadcasting."""


def pairwise_distances(a, b):
    tnp = tf.experimental.numpy
    n, m = tf.shape(a)[0], tf.shape(b)[0]
    first = tf.repeat(a, m, axis=0)
    second = tf.tile(b, [n, 1])
    square = tnp.einsum("ij,ij->i", first - second, first - second)
    distance = tf.where(square > 0.0, tf.sqrt(square), tf.zeros_like(square))
    return tf.reshape(distance, [n, m])


# %% scaled
"""Divided by the largest difference of each pair, as `hypot` does; equal rows are divided by 1."""


def pairwise_distances(a, b):
    difference = a[:, None] - b[None, :]
    largest = tf.stop_gradient(tf.reduce_max(tf.abs(difference), axis=-1, keepdims=True))
    largest = tf.where(largest > 0, largest, tf.ones_like(largest))
    square = tf.reduce_sum((difference / largest) ** 2, axis=-1)
    return tf.where(square > 0, largest[..., 0] * tf.sqrt(square), 0)


# %% method_of_a_class
"""The name is bound to a method, traced anew for each shape."""


class Euclid:
    @tf.function(reduce_retracing=True)
    def between(self, a, b):
        square = tf.reduce_sum((a[:, None] - b[None]) ** 2, axis=-1)
        return tf.where(square > 0, tf.sqrt(square), tf.zeros_like(square))


euclid = Euclid()
pairwise_distances = euclid.between
