# points: 11, 1, 4, 5
# What a reader of the statement wrote with low-level operations.
# %%

import tensorflow as tf


# %%
class RunningStatistics(tf.Module):
    """Mean and variance of all rows that were seen."""

    def __init__(self, size):
        """Create an object that has seen no rows."""
        super().__init__()
        # Three rows: how many rows there were, their mean, and the sum of squared deviations.
        self.state = tf.Variable(tf.zeros([3, size], tf.float64), trainable=False)
        signature = [tf.TensorSpec([None, size], tf.float32)]
        self.update = tf.function(self._update, input_signature=signature, autograph=False)

    def _update(self, batch):
        """Take the rows of a batch into account."""
        batch, number = tf.cast(batch, tf.float64), tf.cast(tf.shape(batch)[0], tf.float64)
        mean = tf.math.divide_no_nan(tf.reduce_sum(batch, axis=0), number)
        n, m, s = tf.unstack(self.state, num=3)
        share, delta = tf.math.divide_no_nan(number, n + number), mean - m
        s += tf.reduce_sum(tf.square(batch - mean), axis=0) + tf.square(delta) * n * share
        self.state.assign(tf.stack([n + number, m + delta * share, s]))

    def mean(self):
        """Return the mean of all rows so far, float32 of shape (size,); 0 before any."""
        return tf.cast(self.state[1], tf.float32)

    def variance(self):
        """Return the variance of all rows so far, float32 of shape (size,); 0 before any."""
        return tf.cast(tf.math.divide_no_nan(self.state[2], self.state[0]), tf.float32)

    def reset(self):
        """Forget all rows."""
        self.state.assign(tf.zeros_like(self.state))
