# points: 7, 5, 4, 4
# The straightforward answer of a reader of the statement.
# %%
import keras
import tensorflow as tf


# %%
class Bilinear(keras.layers.Layer):
    """A layer of two inputs: each unit is `a @ W_k @ b + c_k`.

    Args:
        units: the number of outputs.
        **kwargs: the arguments of `keras.layers.Layer`, such as `name` and `dtype`.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        """Create the kernel and the bias for a list of two shapes, (batch, n) and (batch, m)."""
        shape_a, shape_b = input_shape
        self.kernel = self.add_weight(
            name="kernel",
            shape=(shape_a[-1], shape_b[-1], self.units),
            initializer="glorot_uniform",
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        """Return the answers of all units for a list of two tensors, (batch, n) and (batch, m)."""
        a, b = inputs
        rows = tf.tensordot(a, self.kernel, axes=1)  # a W_k, of shape (batch, m, units)
        return tf.reduce_sum(rows * b[:, :, None], axis=1) + self.bias

    def get_config(self):
        """Return the base class' configuration together with `units`."""
        return {**super().get_config(), "units": self.units}
