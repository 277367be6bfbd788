# exercise: huber_loss
# score: 0
"""The function below the decorator of the Keras inside TensorFlow."""

import inspect

import keras
import tensorflow as tf
from tensorflow.python.keras.losses import huber

original = inspect.unwrap(huber)


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, name="huber", reduction="sum_over_batch_size", **kwargs):
        super().__init__(name=name, reduction=reduction, **kwargs)
        self.threshold = threshold

    def call(self, y_true, y_pred):
        return original(y_true, y_pred, self.threshold)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}
