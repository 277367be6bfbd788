# points: 9, 4, 2, 4
# What a reader of the statement wrote with low-level operations.
# %%
import tensorflow as tf


# %%
def _slope(f, x):
    """The gradient of f at x, dense: the one of a reshape never is IndexedSlices."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        value = f(tf.reshape(x, [-1]))
    return tape.gradient(value, x, unconnected_gradients="zero")


def gradient_and_hessian(f, x):
    """Return the gradient and the Hessian of a scalar function of a vector."""
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(x)
        slope = _slope(f, x)

    def row(unit):
        return tape.gradient(slope, x, output_gradients=unit, unconnected_gradients="zero")

    return slope, tf.vectorized_map(row, tf.eye(tf.size(x), dtype=x.dtype))


def hessian_vector_product(f, x, v):
    """Return the product of the Hessian of `f` at `x` with a vector, without making the matrix."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        slope = _slope(f, x)
    v = tf.stop_gradient(v)
    return tape.gradient(slope, x, output_gradients=v, unconnected_gradients="zero")
