# points: 12, 0, 4, 4
# A right answer with other operations and helpers than most would choose.

# %%
import keras


# %%
def flat(values, dtype):
    """Return values, of shape `(batch,)` or `(batch, 1)`, as a vector of a dtype."""
    return keras.ops.cast(keras.ops.reshape(keras.ops.convert_to_tensor(values), (-1,)), dtype)


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
        self.beta, self.threshold = beta, threshold
        # The weight of each kind of sample, in the order of 2 * label + positive: TN, FP, FN, TP.
        self.confusion = self.add_weight(name="confusion", shape=(4,), initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: labels, 0 or 1, `(batch, 1)`.
            y_pred: predictions, `(batch, 1)`.
            sample_weight: None, or a weight for each sample, `(batch,)` or `(batch, 1)`.
        """
        # In float32, where the predictions live: 0.1 is not above a threshold of 0.1 there.
        positive = flat(y_pred, "float32") > self.threshold
        kind = 2 * flat(y_true, "int32") + keras.ops.cast(positive, "int32")
        dtype = self.confusion.dtype
        if sample_weight is None:
            weights = keras.ops.cast(keras.ops.ones_like(kind), dtype)
        else:
            weights = flat(sample_weight, dtype)
        self.confusion.assign_add(keras.ops.segment_sum(weights, kind, num_segments=4))

    def result(self):
        """Return the score of everything seen, 0.0 without a true positive."""
        square = self.beta**2
        parts = self.confusion * keras.ops.convert_to_tensor(
            [0.0, 1.0, square, 1.0 + square], dtype=self.confusion.dtype
        )
        return keras.ops.divide_no_nan(parts[3], keras.ops.sum(parts[1:]))

    def get_config(self):
        """Return what the constructor needs to make such a metric again."""
        return super().get_config() | {"beta": self.beta, "threshold": self.threshold}
