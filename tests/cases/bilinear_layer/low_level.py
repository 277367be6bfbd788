# points: 7, 5, 4, 4
# A right answer with raw TensorFlow, explicit casts and loops of the graph.
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
        self.units = int(units)

    def build(self, input_shape):
        """Create the kernel and the bias for a list of two shapes, (batch, n) and (batch, m)."""
        first, second = input_shape
        self.kernel = self.add_weight(
            name="kernel",
            shape=(int(first[-1]), int(second[-1]), self.units),
            initializer="glorot_uniform",
            trainable=True,
        )
        self.bias = self.add_weight(
            name="bias", shape=(self.units,), initializer="zeros", trainable=True
        )
        self.built = True

    def call(self, inputs):
        """Return the answers of all units for a list of two tensors, (batch, n) and (batch, m)."""
        a, b = (tf.cast(tf.convert_to_tensor(one), self.compute_dtype) for one in inputs)
        kernel = tf.cast(tf.convert_to_tensor(self.kernel), a.dtype)
        bias = tf.cast(tf.convert_to_tensor(self.bias), a.dtype)
        n, m, units = (int(size) for size in self.kernel.shape)
        # (batch, n) @ (n, m * units), then (batch, 1, m) @ (batch, m, units)
        half = tf.linalg.matmul(a, tf.reshape(kernel, [n, m * units]))
        half = tf.reshape(half, [-1, m, units])
        whole = tf.linalg.matmul(tf.expand_dims(b, axis=1), half)
        return tf.nn.bias_add(tf.reshape(whole, [-1, units]), bias)

    def compute_output_shape(self, input_shape):
        first, second = input_shape
        batch = first[0] if first[0] is not None else second[0]
        return (batch, self.units)

    def get_config(self):
        """Return the base class' configuration together with `units`."""
        config = dict(super().get_config())
        config["units"] = self.units
        return config
