# points: 2, 7, 3, 3
"""The logarithm as it is written, with a gradient that is right everywhere."""

import tensorflow as tf


@tf.custom_gradient
def my_softplus(z):
    power = tf.exp(z)
    return tf.math.log(1 + power), lambda upstream: upstream * (1 - 1 / (1 + power))
