# points: 11, 1, 4, 5
# What a reader of the statement wrote with other operations than most.
# %%

import tensorflow as tf


# %%
def _merge(first, second):
    """Chan's formula for two groups, each a triple of number, mean and squared deviations."""
    (n, mean, squares), (n_b, mean_b, squares_b) = first, second
    delta = mean_b - mean
    share = tf.math.divide_no_nan(n_b, n + n_b)
    return n + n_b, mean + delta * share, squares + squares_b + delta * delta * n * share


class RunningStatistics(tf.Module):
    """Mean and variance of all rows that were seen, in one float64 variable of three rows."""

    def __init__(self, size):
        super().__init__()
        self.state = tf.Variable(tf.zeros([3, size], tf.float64), trainable=False)
        self.update = tf.function(
            self._update, input_signature=[tf.TensorSpec([None, size], tf.float32)], autograph=False
        )

    def _update(self, batch):
        rows = tf.cast(batch, tf.float64)
        n = tf.reduce_sum(tf.ones_like(rows), axis=0)
        mean = tf.math.divide_no_nan(tf.reduce_sum(rows, axis=0), n)
        squares = tf.reduce_sum(tf.math.squared_difference(rows, mean), axis=0)
        self.state.assign(tf.stack(_merge(tf.unstack(self.state), (n, mean, squares))))

    def mean(self):
        return tf.cast(self.state[1], tf.float32)

    def variance(self):
        return tf.cast(tf.math.divide_no_nan(self.state[2], self.state[0]), tf.float32)

    def reset(self):
        self.state.assign(tf.zeros_like(self.state))
