# points: 9, 4, 2, 4
# The straightforward answer of a reader of the statement.
# %%
import tensorflow as tf


# %%
def gradient_of(f, x):
    """The gradient of f at x as a dense tensor; zeros where the tape finds nothing."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        # Through a reshape every gradient is dense, even that of tf.gather.
        value = f(tf.reshape(x, [-1]))
    return tape.gradient(value, x, unconnected_gradients="zero")


def gradient_and_hessian(f, x):
    """Return the gradient and the Hessian of a scalar function of a vector."""
    with tf.GradientTape() as outer:
        outer.watch(x)
        gradient = gradient_of(f, x)
    return gradient, outer.jacobian(gradient, x, unconnected_gradients="zero")


def hessian_vector_product(f, x, v):
    """Return the product of the Hessian of `f` at `x` with a vector, without making the matrix."""
    v = tf.stop_gradient(v)
    with tf.GradientTape() as outer:
        outer.watch(x)
        gradient = gradient_of(f, x)
    return outer.gradient(gradient, x, output_gradients=v, unconnected_gradients="zero")
