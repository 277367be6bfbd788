# points: 10, 2, 4, 4
# A right answer with raw TensorFlow, explicit casts and loops of the graph.
# %%
import random

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
        # Both halves of a stateless seed: where the sequence starts, and how far it has come.
        self._start = random.randrange(2**62) if seed is None else int(seed) % 2**62
        self._draws = self.add_weight(
            name="draws", shape=(), initializer="zeros", dtype="int64", trainable=False
        )

    def call(self, inputs, training=None):
        """Return the inputs, in training with noise.

        Args:
            inputs: float32 tensor of rank 2 or more.
            training: whether the model is being trained; None means no.
        """
        if not training:
            return inputs
        inputs = tf.convert_to_tensor(inputs)
        draw = tf.identity(tf.cast(tf.convert_to_tensor(self._draws), tf.int64))
        self._draws.assign(draw + tf.constant(1, tf.int64))
        noise = tf.random.stateless_normal(
            tf.shape(inputs),
            seed=tf.stack([tf.constant(self._start, tf.int64), draw]),
            dtype=inputs.dtype,
        )
        noise = tf.ensure_shape(tf.stop_gradient(noise), inputs.shape)
        return inputs + tf.constant(float(self.stddev), inputs.dtype) * noise

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        """Return what the constructor needs to make such a layer again."""
        config = dict(super().get_config())
        config.update(stddev=self.stddev, seed=self.seed)
        return config
