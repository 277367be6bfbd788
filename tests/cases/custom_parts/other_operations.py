# points: 11, 2, 4, 3
# A right answer with other operations and helpers than most would choose.

# %%
import keras


# %%
def shifted_relu(z):
    """Return max(z, -1), element by element.

    Args:
        z: float tensor of any shape.
    """
    return keras.ops.where(z < -1, -1.0, z)


class ScaledGlorot(keras.initializers.Initializer):
    """Draws kernels of rank 2 from a normal distribution whose variance fits their shape."""

    def __init__(self, gain=1.0, seed=None):
        """Create the initializer.

        Args:
            gain: factor of the standard deviation.
            seed: an integer, or None for a seed of its own.
        """
        self.gain, self.seed = gain, seed

    def __call__(self, shape, dtype=None):
        """Return the first values of a kernel.

        Args:
            shape: (fan_in, fan_out).
            dtype: of the values, as a string; None is float32.
        """
        fan_in, fan_out = shape
        deviation = abs(self.gain) * (2 / (fan_in + fan_out)) ** 0.5
        seed = None if self.seed is None else int(self.seed) % 2**31  # Keras takes no negative one
        draw = keras.initializers.RandomNormal(mean=0.0, stddev=deviation, seed=seed)
        return draw(shape, dtype=dtype or "float32")

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
        self.factor = factor

    def __call__(self, weights):
        """Return the penalty, a scalar.

        Args:
            weights: a variable or tensor of any shape.
        """
        weights = keras.ops.convert_to_tensor(weights)
        return self.factor * keras.ops.sum(keras.ops.maximum(weights, -weights))

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
        self.limit = limit

    def __call__(self, weights):
        """Return the kernel that replaces the one that is given.

        Args:
            weights: a variable or tensor of shape (inputs, units).
        """
        weights = keras.ops.convert_to_tensor(weights)
        lengths = keras.ops.sqrt(keras.ops.sum(keras.ops.square(weights), axis=0, keepdims=True))
        # For a column that is short enough, zeros included, the quotient is limit / limit.
        shrunk = weights / keras.ops.maximum(lengths, self.limit) * self.limit
        return keras.ops.where(lengths > self.limit, shrunk, weights)

    def get_config(self):
        """Return the arguments of the constructor."""
        return {"limit": self.limit}
