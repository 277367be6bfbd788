# points: 0, 0, 0, 0
"""Ignores the series, and agrees with itself wherever it is asked for."""

import tensorflow as tf


@tf.function
def exponential_smoothing(series, alpha):
    return tf.zeros_like(series) + alpha
