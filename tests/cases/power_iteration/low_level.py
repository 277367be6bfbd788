# points: 11, 3, 2, 4
# What a reader of the statement wrote with low-level operations.
# %%

import tensorflow as tf


# %%
def _unit(vector):
    vector = vector / tf.reduce_max(tf.abs(vector))  # so that no square leaves the numbers
    return vector / tf.norm(vector)


def power_iteration(matrix, start, tolerance, max_steps):
    """Find the eigenvalue of largest absolute value, and its eigenvector."""
    fixed = tf.stop_gradient(matrix)

    def step(old, _, count):
        new = _unit(tf.linalg.matvec(fixed, old))
        return new, tf.minimum(tf.norm(new - old), tf.norm(new + old)), count + 1

    infinite = tf.constant(float("inf"), tf.float64)
    vector, _, steps = tf.while_loop(
        lambda _, change, count: tf.logical_and(change >= tolerance, count < max_steps),
        step,
        (_unit(tf.stop_gradient(start)), infinite, tf.constant(0, tf.int32)),
        shape_invariants=(tf.TensorShape([None]), tf.TensorShape([]), tf.TensorShape([])),
    )
    vector = tf.stop_gradient(vector)
    return tf.einsum("i,ij,j->", vector, matrix, vector), vector, steps
