# exercise: stable_softplus
# score: as naive
"""No built-in at all, but the formula that overflows: what is honest must stay so."""

import tensorflow as tf


def my_softplus(z):
    return tf.math.log(1.0 + tf.exp(z))
