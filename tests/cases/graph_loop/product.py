# points: 0, 0, 3, 5
"""Another formula, which is the same in a file and in a graph: that costs its points once."""

import tensorflow as tf


@tf.function
def exponential_smoothing(series, alpha):
    return alpha * series
