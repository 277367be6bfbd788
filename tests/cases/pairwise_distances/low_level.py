# points: 8, 5, 3, 4
# A right answer with raw TensorFlow, explicit casts and loops of the graph.
# %%
import tensorflow as tf


# %%
@tf.custom_gradient
def _distances(a, b):
    """All distances, with a slope of our own: the root is never differentiated."""
    differences = tf.expand_dims(a, axis=1) - tf.expand_dims(b, axis=0)
    largest = tf.reduce_max(tf.abs(differences), axis=2)
    apart = largest > tf.zeros([], largest.dtype)
    scale = tf.where(apart, largest, tf.ones_like(largest))
    ratios = differences / tf.expand_dims(scale, axis=2)
    lengths = tf.sqrt(tf.reduce_sum(tf.square(ratios), axis=2))
    divisors = tf.where(apart, lengths, tf.ones_like(lengths))
    directions = ratios / tf.expand_dims(divisors, axis=2)
    distances = tf.where(apart, scale * lengths, tf.zeros_like(lengths))

    def slope(upstream):
        upstream = tf.convert_to_tensor(upstream)
        pulls = tf.where(apart, upstream, tf.zeros_like(upstream))
        # (n, 1, m) @ (n, m, d) and (m, 1, n) @ (m, n, d)
        in_a = tf.linalg.matmul(tf.expand_dims(pulls, axis=1), directions)
        in_b = tf.linalg.matmul(
            tf.expand_dims(tf.transpose(pulls), axis=1), tf.transpose(directions, [1, 0, 2])
        )
        return tf.squeeze(in_a, axis=1), -tf.squeeze(in_b, axis=1)

    return distances, slope


def pairwise_distances(a, b):
    """Return the Euclidean distance of each row of `a` from each row of `b`.

    Args:
        a: float32 or float64 tensor of shape (n, d).
        b: tensor of shape (m, d) and of the same dtype.

    Returns:
        A tensor of shape (n, m), of the same dtype.
    """
    a = tf.convert_to_tensor(a)
    b = tf.convert_to_tensor(b, dtype=a.dtype)
    return _distances(a, b)
