import keras
import numpy as np
import tensorflow as tf


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold

    def call(self, y_true, y_pred):
        err = tf.abs(y_true - y_pred)
        clipped = tf.minimum(err, self.threshold)
        return 0.5 * clipped * clipped + (err - clipped)

    def get_config(self):
        cfg = super().get_config()
        cfg["threshold"] = self.threshold
        return cfg
