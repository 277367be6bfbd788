# points: 10, 2, 4, 4
# The straightforward answer of a reader of the statement.
# %%
import keras
import tensorflow as tf


# %%
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
        self.stddev = stddev
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=None):
        """Return the inputs, in training with noise.

        Args:
            inputs: float32 tensor of rank 2 or more.
            training: whether the model is being trained; None means no.
        """
        if not training:
            return inputs
        noise = keras.random.normal(
            tf.shape(inputs),
            stddev=self.stddev,
            dtype=self.compute_dtype,
            seed=self.seed_generator,
        )
        return inputs + noise

    def get_config(self):
        """Return what the constructor needs to make such a layer again."""
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}
