# points: 0, 0, 0, 0
"""Ignores its inputs, and says that nothing moves."""

import tensorflow as tf


@tf.custom_gradient
def my_softplus(z):
    return tf.zeros_like(z), lambda upstream: tf.zeros_like(upstream)
