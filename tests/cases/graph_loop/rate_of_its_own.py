# points: 1, 0, 0, 0
"""Ignores alpha; only a series of one step is what it should be."""

import tensorflow as tf


@tf.function
def exponential_smoothing(series, alpha):
    return tf.scan(lambda state, row: 0.25 * row + 0.75 * state, series)
