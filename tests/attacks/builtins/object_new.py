# score: 0
"""Make an instance without its `__new__`."""

import keras

Rescaling = keras.layers.Rescaling


class Scale(keras.layers.Layer):
    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor
        self.inner = keras.layers.Layer.__new__(Rescaling, factor)
        self.inner.__init__(factor)

    def call(self, inputs):
        return self.inner(inputs)
