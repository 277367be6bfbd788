# points: 12, 0, 4, 4
# The straightforward answer of a reader of the statement.
# %%
import keras
import tensorflow as tf


# %%
class FBetaScore(keras.metrics.Metric):
    """The F-beta score over all samples since the last reset."""

    def __init__(self, beta=1.0, threshold=0.5, name="fbeta_score", **kwargs):
        """Create the metric.

        Args:
            beta: how many times as much recall is worth as precision.
            threshold: a prediction is positive if it is greater.
            name: what Keras calls it in logs.
            **kwargs: of `keras.metrics.Metric`.
        """
        super().__init__(name=name, **kwargs)
        self.beta = beta
        self.threshold = threshold
        self.hits = self.add_weight(name="true_positives", initializer="zeros")
        self.false_alarms = self.add_weight(name="false_positives", initializer="zeros")
        self.misses = self.add_weight(name="false_negatives", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: labels, 0 or 1, `(batch, 1)`.
            y_pred: predictions, `(batch, 1)`.
            sample_weight: None, or a weight for each sample, `(batch,)` or `(batch, 1)`.
        """
        label = tf.reshape(tf.cast(y_true, self.dtype), [-1])
        # Compare before casting, in the dtype of the predictions: float32(0.6) is above 0.6.
        positive = tf.convert_to_tensor(y_pred) > self.threshold
        positive = tf.reshape(tf.cast(positive, self.dtype), [-1])
        if sample_weight is None:
            weight = tf.ones_like(label)
        else:
            weight = tf.reshape(tf.cast(sample_weight, self.dtype), [-1])
        self.hits.assign_add(tf.reduce_sum(weight * label * positive))
        self.false_alarms.assign_add(tf.reduce_sum(weight * (1 - label) * positive))
        self.misses.assign_add(tf.reduce_sum(weight * label * (1 - positive)))

    def result(self):
        """Return the score of everything seen, 0.0 without a true positive."""
        square = self.beta**2
        hits = (1 + square) * tf.convert_to_tensor(self.hits)
        misses = square * tf.convert_to_tensor(self.misses)
        return tf.math.divide_no_nan(hits, hits + misses + tf.convert_to_tensor(self.false_alarms))

    def get_config(self):
        """Return what the constructor needs to make such a metric again."""
        return {**super().get_config(), "beta": self.beta, "threshold": self.threshold}
