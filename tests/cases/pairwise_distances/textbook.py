# points: 8, 5, 3, 4
# The straightforward answer of a reader of the statement.
# %%
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
    differences = a[:, None, :] - b[None, :, :]
    squares = tf.reduce_sum(tf.square(differences), axis=-1)
    apart = squares > 0.0
    # The root never sees a zero: equal pairs get a 1 instead, and a 0 afterwards.
    roots = tf.sqrt(tf.where(apart, squares, tf.ones_like(squares)))
    return tf.where(apart, roots, tf.zeros_like(squares))
