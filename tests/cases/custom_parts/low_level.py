# points: 11, 2, 4, 3
# A right answer with raw TensorFlow, explicit casts and loops of the graph.
# %%
import random

import keras
import tensorflow as tf


# %%
@tf.custom_gradient
def _bent(z):
    floor = tf.constant(-1.0, z.dtype)
    above = tf.greater(z, floor)

    def slope(upstream):
        upstream = tf.convert_to_tensor(upstream)
        return tf.where(above, upstream, tf.zeros_like(upstream))

    return tf.maximum(z, floor), slope


def shifted_relu(z):
    """Return max(z, -1), element by element.

    Args:
        z: float tensor of any shape.
    """
    return _bent(tf.convert_to_tensor(z))


class ScaledGlorot(keras.initializers.Initializer):
    """Draws kernels of rank 2 from a normal distribution whose variance fits their shape."""

    def __init__(self, gain=1.0, seed=None):
        """Create the initializer.

        Args:
            gain: factor of the standard deviation.
            seed: an integer, or None for a seed of its own.
        """
        self.gain = float(gain)
        self.seed = None if seed is None else int(seed)
        self._start = random.randrange(2**62) if seed is None else int(seed) % 2**62

    def __call__(self, shape, dtype=None):
        """Return the first values of a kernel.

        Args:
            shape: (fan_in, fan_out).
            dtype: of the values, as a string; None is float32.
        """
        fan_in, fan_out = (int(size) for size in shape)
        dtype = tf.as_dtype("float32" if dtype is None else dtype)
        stddev = self.gain * (2.0 / (fan_in + fan_out)) ** 0.5
        drawn = tf.random.stateless_normal(
            [fan_in, fan_out],
            seed=tf.constant([self._start, 20 if self.seed is None else 10], tf.int64),
            dtype=dtype,
        )
        return tf.constant(stddev, dtype) * drawn

    def get_config(self):
        """Return the arguments of the constructor."""
        return {"gain": self.gain, "seed": self.seed}


class L1Regularizer(keras.regularizers.Regularizer):
    """Charges for the sum of the absolute values of weights."""

    def __init__(self, factor=0.01):
        """Create the regularizer.

        Args:
            factor: the price of one unit.
        """
        self.factor = float(factor)

    def __call__(self, weights):
        """Return the penalty, a scalar.

        Args:
            weights: a variable or tensor of any shape.
        """
        weights = tf.convert_to_tensor(weights)
        flat = tf.reshape(weights, [-1])
        return tf.constant(self.factor, flat.dtype) * tf.reduce_sum(tf.abs(flat), axis=0)

    def get_config(self):
        """Return the arguments of the constructor."""
        return {"factor": self.factor}


class MaxColumnNorm(keras.constraints.Constraint):
    """Scales columns down that are too long."""

    def __init__(self, limit=1.0):
        """Create the constraint.

        Args:
            limit: the greatest length that a column may have.
        """
        self.limit = float(limit)

    def __call__(self, weights):
        """Return the kernel that replaces the one that is given.

        Args:
            weights: a variable or tensor of shape (inputs, units).
        """
        weights = tf.convert_to_tensor(weights)
        limit = tf.constant(self.limit, weights.dtype)
        largest = tf.reduce_max(tf.abs(weights), axis=0, keepdims=True)
        scale = tf.where(largest > 0, largest, tf.ones_like(largest))
        squares = tf.reduce_sum(tf.square(weights / scale), axis=0, keepdims=True)
        lengths = scale * tf.sqrt(squares)
        too_long = tf.greater(lengths, limit)
        factors = limit / tf.where(too_long, lengths, tf.ones_like(lengths))
        return tf.where(too_long, weights * factors, weights)

    def get_config(self):
        """Return the arguments of the constructor."""
        return {"limit": self.limit}
