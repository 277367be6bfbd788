# %% where_with_safe_inputs
"""Two branches, each computed only from inputs that suit it."""


@tf.custom_gradient
def my_softplus(z):
    positive = z > 0
    left = tf.where(positive, tf.zeros_like(z), z)
    right = tf.where(positive, z, tf.zeros_like(z))
    value = tf.where(positive, right + tf.math.log1p(tf.exp(-right)), tf.math.log1p(tf.exp(left)))

    def grad(dy):
        return [tf.where(positive, dy / (1 + tf.exp(-right)), dy - dy / (1 + tf.exp(left)))]

    return value, grad


# %% keras_ops
"""Keras' own decorator and operations; the upstream is taken by keyword."""


@keras.ops.custom_gradient
def my_softplus(z):
    value = keras.ops.maximum(z, 0.0) + keras.ops.log1p(keras.ops.exp(-keras.ops.absolute(z)))

    def grad(*args, upstream=None):
        if upstream is None:
            (upstream,) = args
        return keras.ops.multiply(upstream, keras.ops.sigmoid(z))

    return value, grad


# %% logaddexp
"""log(e^z + e^0), by the NumPy of TensorFlow."""


@tf.custom_gradient
def my_softplus(z):
    return tf.experimental.numpy.logaddexp(z, tf.zeros_like(z)), lambda dy: dy * tf.nn.sigmoid(z)


# %% keras_logaddexp
"""log(e^z + e^0), by Keras, and the sigmoid by way of tanh."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return (upstream * (0.5 + 0.5 * tf.tanh(0.5 * z)),)

    return keras.ops.logaddexp(z, keras.ops.zeros_like(z)), grad


# %% logsumexp_derived
"""No custom gradient: what TensorFlow derives from reduce_logsumexp is right everywhere."""


def my_softplus(z):
    return tf.reduce_logsumexp(tf.stack([z, tf.zeros_like(z)]), axis=0)


# %% where_derived
"""No custom gradient: guarded branches, tied at 0 so that the slopes there agree."""


def my_softplus(z):
    right = z >= 0
    size = tf.where(right, z, -z)
    return tf.where(right, z, tf.zeros_like(z)) + tf.math.log1p(tf.exp(-size))


# %% straight_through
"""No custom gradient: a value whose gradient is stopped, on a line of the right slope."""


def my_softplus(z):
    slope = tf.stop_gradient(tf.sigmoid(z))
    value = tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z)))
    return slope * z + tf.stop_gradient(value - slope * z)


# %% without_log1p
"""log(1 + e^-|z|) loses the last digits, which an absolute tolerance does not see."""


@tf.custom_gradient
def my_softplus(x):
    value = tf.maximum(x, 0.0) + tf.math.log(1.0 + tf.exp(-tf.abs(x)))

    def backward(dy):
        return dy / (1.0 + tf.exp(-x))

    return value, backward


# %% mended_infinities
"""Overflow, and put it right afterwards; harmless, as the gradient is not derived."""


@tf.custom_gradient
def my_softplus(z):
    exp = tf.exp(z)
    value = tf.math.log1p(exp)
    value = tf.where(tf.math.is_inf(value), z, value)
    return value, lambda upstream: upstream * (1 - 1 / (1 + exp))


# %% threshold_of_20
"""A straight line from 20 on, as other frameworks do."""


@tf.custom_gradient
def my_softplus(z):
    big = z > 20
    e = tf.exp(tf.minimum(z, 20))

    def grad(dy):
        return tf.where(big, dy, dy * e / (1 + e))

    return tf.where(big, z, tf.math.log1p(e)), grad


# %% slope_from_the_value
"""sigmoid(z) = 1 - exp(-softplus(z)), and the argument of the gradient named like the function."""


@tf.custom_gradient
def my_softplus(z):
    value = tf.nn.relu(z) + tf.math.log1p(tf.math.exp(-tf.math.abs(z)))

    def my_softplus(my_softplus):
        return my_softplus * -tf.math.expm1(-value)

    return value, my_softplus


# %% function_outside
"""A tf.function around it; AutoGraph converts the Python `if`."""


@tf.function
@tf.custom_gradient
def my_softplus(z):
    value = tf.maximum(z, tf.cast(0, z.dtype)) + tf.math.log1p(tf.exp(-tf.abs(z)))

    def grad(upstream):
        return upstream * tf.sigmoid(z)

    return value, grad


# %% functions_inside
"""Helpers that are tf.functions."""


@tf.function
def stable(z):
    return tf.where(z > 0, z + tf.math.log1p(tf.exp(-z)), tf.math.log1p(tf.exp(z)))


@tf.function(reduce_retracing=True)
def logistic(z):
    return tf.where(z > 0, 1 / (1 + tf.exp(-z)), tf.exp(z) / (1 + tf.exp(z)))


@tf.custom_gradient
def my_softplus(z):
    return stable(z), lambda dy: dy * logistic(z)


# %% callable_object
"""An object that is called; its custom gradient is made on each call."""


class Softplus:
    def __call__(self, z, name="softplus"):
        with tf.name_scope(name):
            return self.forward(z)

    @staticmethod
    @tf.custom_gradient
    def forward(z):
        def grad(dy, variables=None):
            return tf.math.multiply_no_nan(tf.math.sigmoid(z), dy)

        return tf.math.maximum(z, 0) + tf.math.log1p(tf.math.exp(-tf.math.abs(z))), grad


my_softplus = Softplus()


# %% nested_lambda
"""One expression; a default argument that nobody passes."""

my_softplus = tf.custom_gradient(
    lambda z, beta=1.0: (
        tf.reduce_logsumexp(tf.stack([tf.zeros_like(z), beta * z], -1), -1) / beta,
        lambda dy: dy * tf.sigmoid(beta * z),
    )
)


# %% switched_off_in_words
"""Only calls are refused: naming tf.nn.softplus, or importing it, is not."""

from keras.activations import softplus  # noqa: F401

builtin = tf.nn.softplus


@tf.custom_gradient
def my_softplus(inputs: tf.Tensor, /, **kwargs):
    """Does what tf.nn.softplus does."""
    inputs = tf.convert_to_tensor(inputs)
    near_zero = tf.exp(tf.minimum(inputs, -inputs))

    def grad(upstream):
        return upstream * tf.where(inputs >= 0, 1 / (1 + near_zero), near_zero / (1 + near_zero))

    return tf.math.log1p(near_zero) + tf.clip_by_value(inputs, 0, inputs.dtype.max), grad


# %% softmax_cross_entropy
"""The cross-entropy of the logits (z, 0) and the second class; a general tool, and not derived."""


def my_softplus(z):
    logits = tf.stack([z, tf.zeros_like(z)], axis=-1)
    logits = tf.reshape(logits, [-1, 2])
    labels = tf.zeros_like(logits) + tf.cast([0, 1], z.dtype)
    return tf.reshape(tf.nn.softmax_cross_entropy_with_logits(labels, logits), tf.shape(z))


# %% constant_outside
"""A tensor made outside is captured by both graphs; it is cast before use."""

ONE = tf.constant(1.0)


@tf.custom_gradient
def my_softplus(z):
    one = tf.cast(ONE, z.dtype)

    def grad(dy):
        return dy * tf.cast(ONE, z.dtype) / (one + tf.exp(-z))

    return tf.maximum(z, 0) + tf.math.log(one + tf.exp(-tf.abs(z))), grad


# %% in_float64
"""Everything in float64, and back to the dtype of z at the end."""


@tf.custom_gradient
def my_softplus(z):
    x = tf.cast(z, tf.float64)

    def grad(dy):
        return tf.cast(tf.cast(dy, tf.float64) * tf.sigmoid(x), z.dtype)

    return tf.cast(tf.maximum(x, 0.0) + tf.math.log1p(tf.exp(-tf.abs(x))), z.dtype), grad


# %% gradient_of_a_gradient
"""Made anew inside a tf.function on each trace; the slope has a custom gradient too."""


@tf.function(autograph=False)
def my_softplus(z, *, name=None):
    @tf.custom_gradient
    def slope(z):
        s = tf.sigmoid(z)
        return s, lambda dy: dy * s * (1 - s)

    @tf.custom_gradient
    def softplus(z):
        m = tf.maximum(z, 0.0)
        return m + tf.math.log(tf.exp(z - m) + tf.exp(-m)), lambda dy: dy * slope(z)

    return softplus(z)


# %% one_after_the_other
"""A loop in the graph over the flattened elements, with a decision for each."""


@tf.custom_gradient
def my_softplus(z):
    def one(v):
        return tf.cond(
            v > 0, lambda: v + tf.math.log1p(tf.exp(-v)), lambda: tf.math.log1p(tf.exp(v))
        )

    def grad(dy):
        return dy * tf.exp(tf.minimum(z, 0)) / (1 + tf.exp(-tf.abs(z)))

    return tf.reshape(tf.map_fn(one, tf.reshape(z, [-1])), tf.shape(z)), grad


# %% recomputed
"""`tf.recompute_grad` is made with `tf.custom_gradient`; it wraps a logsumexp with zeros."""


@tf.recompute_grad
def my_softplus(z):
    return tf.reduce_logsumexp(tf.stack([z, tf.zeros_like(z)]), axis=0)


# %% log_softmax
"""No custom gradient: minus the log-softmax of (z, 0), of which the second is wanted."""


def my_softplus(z):
    return -tf.nn.log_softmax(tf.stack([z, tf.zeros_like(z)], axis=-1))[..., 1]


# %% cumulative
"""The last of the cumulative log-sum-exp of (0, z), with a gradient of one's own."""


@tf.custom_gradient
def my_softplus(z):
    pair = tf.stack([tf.zeros_like(z), z], axis=-1)
    value = tf.math.cumulative_logsumexp(pair, axis=-1)[..., 1]

    def grad(dy):
        return dy * tf.nn.softmax(pair)[..., 1]

    return value, grad


# %% made_by_a_factory
"""A factory takes value and slope, functions of z, and decorates what it makes of the two."""

import functools


def with_slope(slope):
    def decorate(f):
        @tf.custom_gradient
        @functools.wraps(f)
        def wrapped(z):
            return f(z), lambda upstream: tf.math.multiply_no_nan(upstream, slope(z))

        return wrapped

    return decorate


@with_slope(lambda z: keras.activations.sigmoid(z))
def my_softplus(z):
    return tf.where(z < 0, 0 * z, z) + tf.math.log1p(tf.math.exp(tf.minimum(z, -z)))


# %% constants_in_a_dataclass
"""Making a dataclass executes code that lies in no file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Branch:
    sign: float = 1.0

    def exponential(self, z):
        return tf.exp(-self.sign * tf.abs(z))


@tf.custom_gradient
def my_softplus(z):
    small = Branch().exponential(z)

    def grad(upstream):
        return upstream * tf.where(z >= 0, 1 / (1 + small), small / (1 + small))

    return tf.math.log1p(small) + tf.where(z > 0, z, tf.zeros_like(z)), grad
