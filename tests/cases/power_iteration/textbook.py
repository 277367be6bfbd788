# points: 11, 3, 2, 4
# The straightforward answer of a reader of the statement.
# %%

import tensorflow as tf


# %%
@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    """Find the eigenvalue of largest absolute value, and its eigenvector."""
    fixed = tf.stop_gradient(matrix)
    vector = tf.stop_gradient(start / tf.norm(start))
    steps = tf.constant(0)
    moving = tf.constant(True)
    while moving and steps < max_steps:
        stretched = tf.linalg.matvec(fixed, vector)
        following = tf.ensure_shape(stretched / tf.norm(stretched), vector.shape)
        change = tf.minimum(tf.norm(following - vector), tf.norm(following + vector))
        moving = change >= tolerance
        vector = following
        steps = steps + 1
    vector = tf.stop_gradient(vector)
    eigenvalue = tf.reduce_sum(vector * tf.linalg.matvec(matrix, vector))
    return eigenvalue, vector, steps
