# exercise: streaming_metric
# score: 2
"""The Huber loss of the Keras inside TensorFlow."""

import keras
import tensorflow as tf
from tensorflow.python.keras.losses import huber


class HuberMetric(keras.metrics.Metric):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.total = self.add_weight(name="total", initializer="zeros")
        self.weight = self.add_weight(name="weight", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        losses = huber(y_true, y_pred, self.threshold)
        if sample_weight is None:
            weights = tf.ones_like(losses)
        else:
            weights = tf.reshape(sample_weight, tf.shape(losses))
        self.total.assign_add(tf.reduce_sum(weights * losses))
        self.weight.assign_add(tf.reduce_sum(weights))

    def result(self):
        return tf.math.divide_no_nan(self.total, self.weight)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}
