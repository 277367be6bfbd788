# %%
import numpy as np


# %% no_config
"""Keras records simple arguments of a layer."""


class Scale(keras.layers.Layer):
    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.by = np.float32(factor)

    def call(self, inputs):
        return tf.math.multiply(inputs, self.by)
