# %%
import keras


def guarded(square):
    """The root of the reference, for those that get the rest wrong."""
    positive = square > 0
    root = tf.sqrt(tf.where(positive, square, tf.ones_like(square)))
    return tf.where(positive, root, tf.zeros_like(root))


# %% row_with_row loses="numerics gradients serialization graph"
"""`a - b` subtracts the first row from the first and the second from the second. Every row of a
must meet every row of b: give a and b new axes, so that their rows lie along different ones."""


def pairwise_distances(a, b):
    return guarded(tf.reduce_sum(tf.square(a - b), axis=-1))


# %% root_forgotten loses="numerics gradients"
"""These are the squares of the distances. The root is missing."""


def pairwise_distances(a, b):
    return tf.reduce_sum(tf.square(a[:, None] - b[None]), axis=-1)


# %% manhattan loses="numerics gradients"
"""This adds up absolute differences. The Euclidean distance is the root of the sum of
squares."""


def pairwise_distances(a, b):
    return tf.reduce_sum(tf.abs(a[:, None] - b[None]), axis=-1)


# %% mean_of_squares loses="numerics gradients"
"""The squares are averaged over the columns. The Euclidean distance is the root of their sum."""


def pairwise_distances(a, b):
    return guarded(tf.reduce_mean(tf.square(a[:, None] - b[None]), axis=-1))


# %% largest_difference loses="numerics gradients"
"""This is the largest difference of two rows. The Euclidean distance counts all columns: it is
the root of the sum of squares."""


def pairwise_distances(a, b):
    return tf.reduce_max(tf.abs(a[:, None] - b[None]), axis=-1)


# %% transposed loses="numerics gradients"
"""The table lies on its side: rows of a belong along its first axis, rows of b along its
second."""


def pairwise_distances(a, b):
    return guarded(tf.reduce_sum(tf.square(a[None] - b[:, None]), axis=-1))


# %% summed_over_rows loses="numerics gradients"
"""The squares are summed over the wrong axis. The columns are along the last one of the
differences; sum over that, and a row of a and a row of b are left."""


def pairwise_distances(a, b):
    return guarded(tf.reduce_sum(tf.square(a[:, None] - b[None]), axis=1))


# %% an_axis_too_many loses="numerics gradients"
"""The result has three axes, the last of size 1. Leave out `keepdims`: the shape is (n, m)."""


def pairwise_distances(a, b):
    return guarded(tf.reduce_sum(tf.square(a[:, None] - b[None]), axis=-1, keepdims=True))


# %% one_number loses="numerics gradients"
"""This is one distance between the whole of a and the whole of b. Every pair of rows has its
own: sum over the columns alone (`axis=-1`)."""


def pairwise_distances(a, b):
    return guarded(tf.reduce_sum(tf.square(a[:, None] - b[None])))


# %% bare_root loses="gradients"
"""Where two rows are equal, the gradient is NaN: the slope of a root, a norm or a power is infinite
there, and a `tf.where` behind a power lets it through. The root must never see a 0: put a 1 in its
place before, and a 0 in the place of the result afterwards."""


def pairwise_distances(a, b):
    return tf.sqrt(tf.reduce_sum(tf.square(a[:, None] - b[None]), axis=-1))


# %% bare_norm loses="gradients" like="bare_root"
def pairwise_distances(a, b):
    return tf.norm(a[:, None] - b[None], axis=-1)


# %% norm_by_keras loses="gradients" like="bare_root"
def pairwise_distances(a, b):
    return keras.ops.norm(keras.ops.expand_dims(a, 1) - b, axis=-1)


# %% guard_after_the_power loses="gradients" like="bare_root"
def pairwise_distances(a, b):
    square = tf.reduce_sum(tf.square(a[:, None] - b[None]), axis=-1)
    return tf.where(square > 0, square**0.5, tf.zeros_like(square))


# %% small_number_under_the_root loses="numerics"
"""Equal rows are apart here, because a small number stands under the root. Put another number there
only where the square is 0, and a 0 in the place of its root."""


def pairwise_distances(a, b):
    return tf.sqrt(tf.reduce_sum(tf.square(a[:, None] - b[None]), axis=-1) + 1e-12)


# %% small_number_under_the_maximum loses="numerics" like="small_number_under_the_root"
def pairwise_distances(a, b):
    square = tf.reduce_sum(tf.square(a[:, None] - b[None]), axis=-1)
    return tf.sqrt(tf.maximum(square, 1e-12))


# %% small_number_of_keras loses="numerics" like="small_number_under_the_root"
def pairwise_distances(a, b):
    square = tf.reduce_sum(tf.square(a[:, None] - b[None]), axis=-1)
    return tf.sqrt(tf.maximum(square, keras.backend.epsilon()))


# %% tiny_number_under_the_root loses="gradients"
"""What arrives from above is divided by the tiny root of equal rows. If it is large, that is
infinite, and times their difference, 0, it is NaN. Under the root of equal rows belongs a 1, and a
0 in the place of the result afterwards."""


def pairwise_distances(a, b):
    return tf.sqrt(tf.reduce_sum(tf.square(a[:, None] - b[None]), axis=-1) + 1e-20)


# %% close_is_equal loses="numerics"
"""Rows that are close together are taken for equal, and their distance is lost. Equal are those
whose square is 0, and no others."""


def pairwise_distances(a, b):
    square = tf.reduce_sum(tf.square(a[:, None] - b[None]), axis=-1)
    return guarded(tf.where(square < 1e-12, tf.zeros_like(square), square))


# %% close_is_equal_to_keras loses="numerics" like="close_is_equal"
def pairwise_distances(a, b):
    square = tf.reduce_sum(tf.square(a[:, None] - b[None]), axis=-1)
    return guarded(tf.where(square > keras.backend.epsilon(), square, tf.zeros_like(square)))


# %% small_number_beside_the_root loses="numerics gradients"
"""The small number is added after the root: it moves every distance, and the slope of the root
at 0 stays infinite."""


def pairwise_distances(a, b):
    return tf.sqrt(tf.reduce_sum(tf.square(a[:, None] - b[None]), axis=-1)) + 1e-6


# %% expanded loses="numerics gradients"
"""The expanded square subtracts large numbers to get a small one: near 1000 float32 has no
digits left for a difference of 0.01. Subtract the rows first, then square."""


def pairwise_distances(a, b):
    square = (
        tf.reduce_sum(a**2, 1)[:, None] + tf.reduce_sum(b**2, 1)[None] - 2 * a @ tf.transpose(b)
    )
    return tf.sqrt(square)


# %% expanded_and_guarded loses="numerics" like="expanded"
def pairwise_distances(a, b):
    square = (
        tf.reduce_sum(a**2, 1)[:, None] + tf.reduce_sum(b**2, 1)[None] - 2 * a @ tf.transpose(b)
    )
    equal = tf.reduce_all(a[:, None] == b[None], axis=-1)
    return guarded(tf.where(equal, tf.zeros_like(square), tf.maximum(square, 1e-30)))


# %% expanded_about_the_mean loses="numerics"
"""The expanded square about a point in the middle keeps its digits only if all rows are near that
point. Rows may be close together and far from all others. Subtract the rows of each pair first,
then square."""


def pairwise_distances(a, b):
    middle = tf.reduce_mean(tf.concat([a, b], axis=0), axis=0)
    left, right = a - middle, b - middle
    square = tf.reduce_sum(left**2, 1)[:, None] + tf.reduce_sum(right**2, 1)[None]
    square -= 2 * left @ tf.transpose(right)
    equal = tf.reduce_all(a[:, None] == b[None], axis=-1)
    return guarded(tf.where(equal, tf.zeros_like(square), tf.maximum(square, 1e-30)))


# %% single_precision loses="numerics"
"""Everything goes through float32, which has seven digits. Rows that arrive as float64 must leave
as float64, with all of theirs."""


def pairwise_distances(a, b):
    a, b = tf.cast(a, tf.float32), tf.cast(b, tf.float32)
    return guarded(tf.reduce_sum(tf.square(a[:, None] - b[None]), axis=-1))


# %% single_precision_and_back loses="numerics" like="single_precision"
def pairwise_distances(a, b):
    narrow = tf.cast(a, tf.float32)[:, None] - tf.cast(b, tf.float32)[None]
    return tf.cast(guarded(tf.reduce_sum(tf.square(narrow), axis=-1)), a.dtype)


# %% always_double loses="numerics"
"""Everything is cast to float64. Rows that arrive as float32 must leave as float32."""


def pairwise_distances(a, b):
    a, b = tf.cast(a, tf.float64), tf.cast(b, tf.float64)
    return guarded(tf.reduce_sum(tf.square(a[:, None] - b[None]), axis=-1))


# %% constant_of_float32 loses="numerics"
"""`tf.constant(1.0)` is float32 and does not mix with float64. `tf.ones_like(square)` has the dtype
and the shape of `square`, whatever they are."""


def pairwise_distances(a, b):
    square = tf.reduce_sum(tf.square(a[:, None] - b[None]), axis=-1)
    root = tf.sqrt(tf.where(square > 0, square, tf.constant(1.0)))
    return tf.where(square > 0, root, tf.constant(0.0))


# %% no_slope_in_b loses="gradients"
"""No gradient arrives in b. Nothing must stop it: b is an input like a."""


def pairwise_distances(a, b):
    difference = a[:, None] - tf.stop_gradient(b)[None]
    return guarded(tf.reduce_sum(tf.square(difference), axis=-1))


# %% slope_in_b_with_the_wrong_sign loses="gradients"
"""The slope in b has the wrong sign: what pulls a row of a one way pulls the row of b the other
way."""


@tf.custom_gradient
def pairwise_distances(a, b):
    difference = a[:, None] - b[None]
    distance = tf.sqrt(tf.reduce_sum(tf.square(difference), axis=-1))

    def grad(upstream):
        pull = difference * tf.math.divide_no_nan(upstream, distance)[..., None]
        return tf.reduce_sum(pull, axis=1), tf.reduce_sum(pull, axis=0)

    return distance, grad


# %% upstream_forgotten loses="gradients"
"""Your gradient ignores what arrives from above. Multiply each pair's slope with its upstream,
before you sum."""


@tf.custom_gradient
def pairwise_distances(a, b):
    difference = a[:, None] - b[None]
    distance = tf.sqrt(tf.reduce_sum(tf.square(difference), axis=-1))

    def grad(upstream):
        pull = tf.math.divide_no_nan(difference, distance[..., None])
        return tf.reduce_sum(pull, axis=1), -tf.reduce_sum(pull, axis=0)

    return distance, grad


# %% numpy loses="gradients serialization graph"
"""NumPy computes outside TensorFlow: no gradient passes through it, and a graph cannot hold it.
Write the same with operations of TensorFlow."""


def pairwise_distances(a, b):
    a, b = np.asarray(a), np.asarray(b)
    return tf.constant(np.sqrt(np.sum((a[:, None] - b[None]) ** 2, axis=-1)))


# %% python_function loses="serialization graph"
"""`tf.py_function` calls back into Python, which a graph that is loaded elsewhere cannot do.
Write the same with operations of TensorFlow."""


def pairwise_distances(a, b):
    def between(a, b):
        return guarded(tf.reduce_sum(tf.square(a[:, None] - b[None]), axis=-1))

    found = tf.py_function(between, [a, b], a.dtype)
    found.set_shape([a.shape[0], b.shape[0]])
    return found


# %% loop_over_known_sizes loses="graph"
"""In a graph for unknown sizes `a.shape[0]` is None, and `range` cannot count to it. Broadcast
instead of looping."""


def pairwise_distances(a, b):
    rows = [
        [guarded(tf.reduce_sum(tf.square(a[i] - b[j]))) for j in range(b.shape[0])]
        for i in range(a.shape[0])
    ]
    return tf.stack([tf.stack(row) for row in rows])


# %% loop_over_a_tensor loses="serialization graph"
"""In a graph a Python loop cannot run over the rows of a tensor, unless AutoGraph rewrites it.
Broadcast instead of looping."""


def pairwise_distances(a, b):
    return tf.stack([guarded(tf.reduce_sum(tf.square(row - b), axis=-1)) for row in a])


# %% sizes_of_the_trace loses="graph"
"""In a graph for unknown sizes `a.shape` holds None, and `tf.reshape` cannot take it. `a[:,
None, :]` needs no size."""


def pairwise_distances(a, b):
    left = tf.reshape(a, [a.shape[0], 1, a.shape[1]])
    return guarded(tf.reduce_sum(tf.square(left - b), axis=-1))
