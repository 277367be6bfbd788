# score: 0
"""Take the switch off the class again."""

import keras


class Scale(keras.layers.Layer):
    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor
        try:
            del keras.layers.Rescaling.__new__
        except AttributeError:
            pass
        self.inner = keras.layers.Rescaling(factor)

    def call(self, inputs):
        return self.inner(inputs)
