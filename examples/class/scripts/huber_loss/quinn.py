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
        return 0.5 * clipped * clipped + self.threshold * (err - clipped)

    def get_config(self):
        cfg = super().get_config()
        cfg["threshold"] = self.threshold
        return cfg


if __name__ == "__main__":
    print(HuberLoss()(np.ones((2, 1)), np.zeros((2, 1))))
