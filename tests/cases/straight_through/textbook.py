# points: 5, 7, 3, 3
# The straightforward answer of a reader of the statement.
# %%
import tensorflow as tf


# %%
def binarize(z):
    """Return +1 where z >= 0 and -1 elsewhere, with the gradient of a line from -1 to 1."""
    line = tf.clip_by_value(z, -1.0, 1.0)
    step = tf.where(z >= 0, tf.ones_like(z), -tf.ones_like(z))
    return line + tf.stop_gradient(step - line)
