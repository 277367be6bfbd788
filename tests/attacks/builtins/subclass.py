# score: 0
"""Inherit from what is switched off."""

import keras


class Scale(keras.layers.Rescaling):
    pass
