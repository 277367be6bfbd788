# points: 9, 4, 4, 3
# The straightforward answer of a reader of the statement.
# %%
import keras
import tensorflow as tf


# %%
class MyLayerNormalization(keras.layers.Layer):
    """Shift and stretch each row to mean 0 and variance 1, then apply a scale and an offset.

    Args:
        eps: a positive number, added to the variance under the root.
        **kwargs: the arguments of `keras.layers.Layer`, such as `name` and `dtype`.
    """

    def __init__(self, eps=0.001, **kwargs):
        super().__init__(**kwargs)
        self.eps = eps

    def build(self, input_shape):
        """Create scale and offset; the last entry of `input_shape` counts the features."""
        features = input_shape[-1]
        self.scale = self.add_weight(name="scale", shape=(features,), initializer="ones")
        self.offset = self.add_weight(name="offset", shape=(features,), initializer="zeros")

    def call(self, inputs):
        """Return the normalized inputs, times the scale, plus the offset."""
        mean = tf.reduce_mean(inputs, axis=-1, keepdims=True)
        centered = inputs - mean
        variance = tf.reduce_mean(tf.square(centered), axis=-1, keepdims=True)
        return centered / tf.sqrt(variance + self.eps) * self.scale + self.offset

    def get_config(self):
        """Return the base class' configuration together with `eps`."""
        return {**super().get_config(), "eps": self.eps}
