# points: 11, 1, 4, 5
# The straightforward answer of a reader of the statement.
# %%

import tensorflow as tf


# %%
class RunningStatistics(tf.Module):
    """Mean and variance of all rows that were seen."""

    def __init__(self, size):
        """Create an object that has seen no rows."""
        super().__init__()
        self.count = tf.Variable(tf.zeros([], tf.float64), trainable=False)
        self.center = tf.Variable(tf.zeros([size], tf.float64), trainable=False)
        self.squares = tf.Variable(tf.zeros([size], tf.float64), trainable=False)

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.float32)])
    def update(self, batch):
        """Take the rows of a batch into account."""
        batch = tf.cast(batch, tf.float64)
        rows = tf.cast(tf.shape(batch)[0], tf.float64)
        center = tf.math.divide_no_nan(tf.reduce_sum(batch, axis=0), rows)
        squares = tf.reduce_sum(tf.square(batch - center), axis=0)
        before = tf.identity(self.count)
        total = before + rows
        delta = center - self.center
        between = tf.square(delta) * tf.math.divide_no_nan(before * rows, total)
        self.squares.assign_add(squares + between)
        self.center.assign_add(delta * tf.math.divide_no_nan(rows, total))
        self.count.assign(total)

    def mean(self):
        """Return the mean of all rows so far, float32 of shape (size,); 0 before any."""
        return tf.cast(self.center, tf.float32)

    def variance(self):
        """Return the variance of all rows so far, float32 of shape (size,); 0 before any."""
        return tf.cast(tf.math.divide_no_nan(self.squares, self.count), tf.float32)

    def reset(self):
        """Forget all rows."""
        for variable in (self.count, self.center, self.squares):
            variable.assign(tf.zeros_like(variable))
