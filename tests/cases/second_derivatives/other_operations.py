# points: 9, 4, 2, 4
# What a reader of the statement wrote with other operations than most.
# %%
import tensorflow as tf


# %%
def _slope(f, x):
    """The gradient of a scalar function at x, always a dense tensor of the shape of x."""
    x = tf.identity(x)  # a tensor of this graph, and of nobody else
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        value = f(x)
    found = tape.gradient(value, x, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    # `tf.gather` in f makes IndexedSlices of it.
    return tf.reshape(tf.convert_to_tensor(found), tf.shape(x))


def hessian_vector_product(f, x, v):
    """The slope of the inner product of slope and (constant) v."""
    v = tf.stop_gradient(v)
    return _slope(lambda at: tf.reduce_sum(_slope(f, at) * v), x)


def gradient_and_hessian(f, x):
    """The gradient; and, row by row, the products of the Hessian with the unit vectors."""
    units = tf.eye(tf.shape(x)[0], dtype=x.dtype)
    rows = tf.map_fn(lambda unit: hessian_vector_product(f, x, unit), units)
    return _slope(f, x), rows
