# points: 5, 7, 3, 3
# What a reader of the statement wrote with other operations than most.
# %%
import tensorflow as tf


# %%
def binarize(z):
    """+1 where z >= 0 and -1 elsewhere; what arrives from above passes where |z| <= 1."""
    z = tf.convert_to_tensor(z)
    step = 1 - 2 * tf.cast(tf.less(z, 0), z.dtype)
    window = tf.cast(tf.less_equal(tf.abs(z), 1), z.dtype)
    # The second term is exactly 0, and has the slope `window`.
    return step + window * (z - tf.stop_gradient(z))
