# beside: numpy
# score: as numpy
"""Make `tf.function` do nothing, and have functions run eagerly everywhere."""

import tensorflow as tf

tf.config.run_functions_eagerly(True)
tf.function = lambda f=None, **kwargs: f if f else (lambda g: g)
