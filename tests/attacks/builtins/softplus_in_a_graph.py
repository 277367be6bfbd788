# exercise: stable_softplus
# score: 0
"""The operation put into a graph by its name."""

import tensorflow as tf


@tf.function
def my_softplus(z):
    graph = tf.compat.v1.get_default_graph()
    return graph.create_op("Softplus", [z], [z.dtype]).outputs[0]
