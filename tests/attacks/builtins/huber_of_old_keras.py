# exercise: streaming_metric
# beside: right
# score: 2
"""The Huber loss of the Keras inside TensorFlow."""

import tensorflow as tf
from tensorflow.python.keras.losses import huber


class HuberMetric(HuberMetric):
    def update_state(self, y_true, y_pred, sample_weight=None):
        losses = huber(y_true, y_pred, self.threshold)
        weights = 1.0 if sample_weight is None else tf.reshape(sample_weight, tf.shape(losses))
        weights *= tf.ones_like(losses)
        self.total.assign_add(tf.reduce_sum(weights * losses))
        self.weight.assign_add(tf.reduce_sum(weights))
