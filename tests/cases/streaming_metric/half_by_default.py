# points: 5, 5, 4, 4
"""Right whenever a threshold is given; without one it is 0.5."""

import keras
import tensorflow as tf


class HuberMetric(keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="huber_metric", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        size = tf.abs(tf.convert_to_tensor(y_true) - y_pred)
        inner = tf.minimum(size, self.threshold)
        losses = tf.reduce_mean(inner * (size - inner / 2), axis=-1)
        weights = tf.ones_like(losses) if sample_weight is None else tf.reshape(sample_weight, [-1])
        self.total.assign_add(tf.reduce_sum(losses * weights))
        self.count.assign_add(tf.reduce_sum(weights))

    def result(self):
        return tf.math.divide_no_nan(self.total, self.count)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}
