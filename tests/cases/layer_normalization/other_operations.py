# points: 9, 4, 4, 3
# A right answer with other operations and helpers than most would choose.

# %%
import keras


# %%
class Affine(keras.layers.Layer):
    """A scale and an offset for each feature."""

    def build(self, input_shape):
        features = (input_shape[-1],)
        self.scale = self.add_weight(name="scale", shape=features, initializer="ones")
        self.offset = self.add_weight(name="offset", shape=features, initializer="zeros")

    def call(self, inputs):
        return inputs * self.scale + self.offset


def row_mean(x):
    return keras.ops.mean(x, axis=-1, keepdims=True)


class MyLayerNormalization(keras.layers.Layer):
    """Shift and stretch each row to mean 0 and variance 1, then apply a scale and an offset.

    Args:
        eps: a positive number, added to the variance under the root.
        **kwargs: the arguments of `keras.layers.Layer`, such as `name` and `dtype`.
    """

    def __init__(self, eps=0.001, **kwargs):
        super().__init__(**kwargs)
        self.eps = eps
        self.affine = Affine(dtype=self.dtype_policy, name="affine")

    def build(self, input_shape):
        """Create scale and offset; the last entry of `input_shape` counts the features."""
        self.affine.build(tuple(input_shape))
        self.trainable = self.trainable  # tells the new weights, if the layer was made frozen

    def call(self, inputs):
        """Return the normalized inputs, times the scale, plus the offset."""
        centred = inputs - row_mean(inputs)
        centred = centred - row_mean(centred)  # takes away what rounding left of a large mean
        variance = row_mean(keras.ops.square(centred))
        return self.affine(centred / keras.ops.sqrt(variance + self.eps))

    def get_config(self):
        """Return the base class' configuration together with `eps`."""
        return super().get_config() | {"eps": self.eps}
