# points: 11, 3, 2, 4
# What a reader of the statement wrote with other operations than most.
# %%

import tensorflow as tf


# %%
def _unit(vector):
    """The vector of length 1; scaled first, so that no square over- or underflows."""
    vector = vector / tf.reduce_max(tf.abs(vector))
    return vector / tf.norm(vector)


def power_iteration(matrix, start, tolerance, max_steps):
    """Find the eigenvalue of largest absolute value, and its eigenvector.

    The vector is a constant for the gradient, so the loop needs none.
    """
    constant = tf.stop_gradient(matrix)

    def goes_on(steps, vector, change):
        return tf.logical_and(steps < max_steps, change >= tolerance)

    def step(steps, vector, change):
        new = _unit(tf.linalg.matvec(constant, vector))
        # Turned to the side of the old one, so the change is that up to sign.
        new = tf.where(tf.reduce_sum(new * vector) < 0, -new, new)
        return steps + 1, new, tf.norm(new - vector)

    scalar = tf.TensorShape([])
    steps, vector, _ = tf.while_loop(
        goes_on,
        step,
        (tf.constant(0), _unit(tf.stop_gradient(start)), tf.constant(float("inf"), tf.float64)),
        shape_invariants=(scalar, tf.TensorShape([None]), scalar),
    )
    vector = tf.stop_gradient(vector)
    eigenvalue = tf.reduce_sum(matrix * (vector[:, None] * vector[None, :]))
    return eigenvalue, vector, steps
