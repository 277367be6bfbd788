# points: 12, 0, 4, 4
# A right answer with raw TensorFlow, explicit casts and loops of the graph.
# %%
import keras
import tensorflow as tf


# %%
@tf.function(autograph=False, reduce_retracing=True)
def _counted(labels, positive, weights):
    """The weights of true positives, false positives and false negatives, of shape (3,)."""
    one = tf.ones([], labels.dtype)
    table = tf.stack(
        [labels * positive, (one - labels) * positive, labels * (one - positive)], axis=0
    )
    return tf.linalg.matvec(table, weights)


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
        self.beta = float(beta)
        self.threshold = float(threshold)
        self._counts = self.add_weight(
            name="counts", shape=(3,), initializer="zeros", dtype=self.dtype
        )

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: labels, 0 or 1, `(batch, 1)`.
            y_pred: predictions, `(batch, 1)`.
            sample_weight: None, or a weight for each sample, `(batch,)` or `(batch, 1)`.
        """
        dtype = tf.as_dtype(self._counts.dtype)
        labels = tf.reshape(tf.cast(tf.convert_to_tensor(y_true), dtype), [-1])
        # Predictions are float32, and so is what is "exactly on the threshold".
        predictions = tf.reshape(tf.cast(tf.convert_to_tensor(y_pred), tf.float32), [-1])
        positive = tf.cast(predictions > tf.constant(self.threshold, tf.float32), dtype)
        weights = tf.ones_like(labels)
        if sample_weight is not None:
            given = tf.cast(tf.convert_to_tensor(sample_weight), dtype)
            weights = weights * tf.reshape(given, [-1])
        self._counts.assign_add(_counted(labels, positive, weights))

    def result(self):
        """Return the score of everything seen, 0.0 without a true positive."""
        true_positive, false_positive, false_negative = tf.unstack(
            tf.convert_to_tensor(self._counts), num=3
        )
        square = self.beta**2
        missed = tf.constant(square / (1.0 + square), true_positive.dtype) * false_negative
        alarms = tf.constant(1.0 / (1.0 + square), true_positive.dtype) * false_positive
        return tf.math.divide_no_nan(true_positive, true_positive + missed + alarms)

    def get_config(self):
        """Return what the constructor needs to make such a metric again."""
        config = dict(super().get_config())
        config.update(beta=self.beta, threshold=self.threshold)
        return config
