# points: 10, 2, 4, 4
# A right answer with other operations and helpers than most would choose.

# %%
import keras


# %%
class NoiseSource(keras.random.SeedGenerator):
    """A seed generator that draws by itself."""

    def like(self, x):
        """Return standard normal numbers, of the shape and dtype of `x`."""
        dtype = keras.backend.standardize_dtype(x.dtype)
        return keras.random.normal(keras.ops.shape(x), dtype=dtype, seed=self)


class MyGaussianNoise(keras.layers.Layer):
    """Adds normal noise in training."""

    def __init__(self, stddev, seed=None, **kwargs):
        """Create the layer.

        Args:
            stddev: standard deviation of the noise, a positive number.
            seed: an integer, or None for another sequence in each layer.
            **kwargs: of `keras.layers.Layer`.
        """
        super().__init__(**kwargs)
        self.stddev, self.seed = stddev, seed
        self.source = NoiseSource(seed)
        self.supports_masking = True

    def call(self, inputs, training=None):
        """Return the inputs, in training with noise.

        Args:
            inputs: float32 tensor of rank 2 or more.
            training: whether the model is being trained; None means no.
        """
        return inputs + self.stddev * self.source.like(inputs) if training else inputs

    def get_config(self):
        """Return what the constructor needs to make such a layer again."""
        return super().get_config() | {"stddev": self.stddev, "seed": self.seed}
