# score: 0
"""Call the methods of what is switched off with an object of one's own."""

import keras


class Scale(keras.layers.Layer):
    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = self.scale = factor
        self.offset = 0.0

    def call(self, inputs):
        return keras.layers.Rescaling.call(self, inputs)
