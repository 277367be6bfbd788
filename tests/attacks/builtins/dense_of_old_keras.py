# exercise: dense_layer
# score: 0
"""The dense layer of the Keras inside TensorFlow."""

import keras
import tensorflow as tf
from tensorflow.python.keras.layers import Dense


@keras.saving.register_keras_serializable()
class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units, self.activation = units, keras.activations.get(activation)
        self.inner = Dense(units, self.activation, dtype=self.dtype)

    def build(self, input_shape):
        self.inner.build(tf.TensorShape(input_shape))
        self.kernel = self.add_weight(
            shape=self.inner.kernel.shape, initializer="glorot_uniform", name="kernel"
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        self.built = True

    def call(self, inputs):
        self.inner.kernel, self.inner.bias = self.kernel.value, self.bias.value
        return self.inner.call(inputs)

    def get_config(self):
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "units": self.units, "activation": activation}
