# points: 9, 4, 4, 3
# A right answer with raw TensorFlow, explicit casts and loops of the graph.
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
        features = int(input_shape[-1])
        self.scale = self.add_weight(
            name="scale", shape=(features,), initializer="ones", trainable=True
        )
        self.offset = self.add_weight(
            name="offset", shape=(features,), initializer="zeros", trainable=True
        )
        self.built = True

    def call(self, inputs):
        """Return the normalized inputs, times the scale, plus the offset."""
        inputs = tf.cast(tf.convert_to_tensor(inputs), self.compute_dtype)
        scale = tf.cast(tf.convert_to_tensor(self.scale), inputs.dtype)
        offset = tf.cast(tf.convert_to_tensor(self.offset), inputs.dtype)
        eps = tf.constant(float(self.eps), inputs.dtype)

        def mean(x):
            return tf.reduce_mean(x, axis=-1, keepdims=True)

        @tf.custom_gradient
        def normalized(x):
            shifted = x - mean(x)
            shifted = shifted - mean(shifted)  # what rounding left in the first mean
            inverse = tf.math.rsqrt(mean(tf.square(shifted)) + eps)
            y = shifted * inverse

            def slope(upstream):
                upstream = tf.convert_to_tensor(upstream)
                return inverse * (upstream - mean(upstream) - y * mean(upstream * y))

            return y, slope

        return normalized(inputs) * scale + offset

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        """Return the base class' configuration together with `eps`."""
        config = dict(super().get_config())
        config["eps"] = self.eps
        return config
