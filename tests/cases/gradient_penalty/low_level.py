# points: 8, 6, 0, 4
# What a reader of the statement wrote with low-level operations.
# %%
import tensorflow as tf


# %%
@tf.custom_gradient
def _lengths(rows):
    """The length of each row; the slope of a row of zeros is zero."""
    found = tf.sqrt(tf.einsum("ij,ij->i", rows, rows))
    return found, lambda up: tf.math.divide_no_nan(rows * up[:, None], found[:, None])


def gradient_penalty(critic, x):
    """Return the mean over the samples of (length of the critic's slope - 1) squared."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        scores = critic(x)
    slopes = tf.convert_to_tensor(tape.gradient(scores, x, unconnected_gradients="zero"))
    return tf.reduce_mean(tf.square(_lengths(tf.reshape(slopes, [tf.shape(x)[0], -1])) - 1))
