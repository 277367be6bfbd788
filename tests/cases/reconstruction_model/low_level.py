# points: 8, 3, 5, 4
# What a reader of the statement wrote with low-level operations.
# %%
import keras
import tensorflow as tf


# %%
class _Affine(keras.layers.Layer):
    """A dense layer, made by hand."""

    def __init__(self, units, bend=tf.identity):
        super().__init__()
        self.units, self.bend = units, bend

    def build(self, input_shape):
        size = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=size, initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=size[1:], initializer="zeros", name="bias")

    def call(self, inputs):
        return self.bend(tf.nn.bias_add(tf.matmul(inputs, self.kernel), self.bias))


class _MeanOfBatches(keras.metrics.Metric):
    """Sum and number of what was shown, in one variable."""

    def __init__(self, name):
        super().__init__(name=name)
        self.pair = self.add_variable(shape=(2,), initializer="zeros", name="pair")

    def update_state(self, value):
        self.pair.assign_add(tf.stack([value, tf.ones_like(value)]))

    def result(self):
        return tf.math.divide_no_nan(*tf.unstack(tf.convert_to_tensor(self.pair), num=2))


class ReconstructionRegressor(keras.Model):
    """Predicts, and adds the error with which it reconstructs its inputs to the loss."""

    def __init__(self, output_dim, rate=0.05, **kwargs):
        super().__init__(**kwargs)
        self.output_dim, self.rate = output_dim, rate
        self.first, self.second = _Affine(30, tf.nn.relu), _Affine(30, tf.nn.relu)
        self.ahead, self.back = _Affine(output_dim), None
        self.seen = _MeanOfBatches("reconstruction_error")

    def build(self, input_shape):
        """Make the layer of the reconstruction, and build all layers."""
        n = int(input_shape[-1])
        if self.back is None:
            self.back = _Affine(n)
        for layer in (self.first, self.second, self.ahead, self.back):
            if not layer.built:
                layer.build((None, n if layer is self.first else 30))

    def call(self, inputs):
        """Return the predictions; add the loss and update the metric."""
        kept = self.second(self.first(inputs))
        error = tf.reduce_mean(tf.math.squared_difference(self.back(kept), inputs))
        self.add_loss(self.rate * error)
        self.seen.update_state(error)
        return self.ahead(kept)

    def get_config(self):
        """Return what the constructor needs to make this model again."""
        return {**super().get_config(), "output_dim": self.output_dim, "rate": self.rate}
