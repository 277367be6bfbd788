# points: 5, 7, 3, 3
# What a reader of the statement wrote with low-level operations.
# %%
import tensorflow as tf


# %%
def binarize(z):
    """Return +1 where z >= 0 and -1 elsewhere, with the gradient of a line from -1 to 1."""
    # The sign is read off the bits, so that neither -0 nor numbers below the normal ones can slip.
    whole = {4: tf.int32, 8: tf.int64}[z.dtype.size]
    bits = tf.bitcast(z, whole)
    below = tf.logical_and(bits < 0, tf.not_equal(bits, tf.constant(whole.min, whole)))
    value = tf.stop_gradient(1 - 2 * tf.cast(below, z.dtype))
    gate = tf.stop_gradient(tf.cast(tf.abs(z) <= 1, z.dtype))
    return value + gate * (z - tf.stop_gradient(z))  # the second part is 0, with a slope
