# points: 0, 0, 0, 0
"""Ignores its inputs."""

import keras
import tensorflow as tf


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold

    def call(self, y_true, y_pred):
        return tf.zeros_like(y_pred)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}
