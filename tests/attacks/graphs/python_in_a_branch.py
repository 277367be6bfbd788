# score: as python_op
"""Hide the call back into Python in a branch, in a function called from the graph."""

import keras
import tensorflow as tf


class Scale(keras.layers.Layer):
    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        @tf.function
        def inner(x):
            return tf.cond(
                tf.size(x) >= 0,
                lambda: tf.numpy_function(lambda a: a * self.factor, [x], tf.float32),
                lambda: x,
            )

        result = inner(inputs)
        result.set_shape(inputs.shape)
        return result
