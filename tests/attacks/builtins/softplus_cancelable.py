# exercise: stable_softplus
# score: 0
"""The function that executes an operation by its name and may be cancelled."""

import tensorflow as tf
from tensorflow.python.eager import cancellation, context, execute


@tf.custom_gradient
def my_softplus(z):
    z = tf.convert_to_tensor(z)
    attributes = ("T", z.dtype.as_datatype_enum)
    [y] = execute.execute_with_cancellation(
        b"Softplus", 1, [z], attributes, context.context(), cancellation.CancellationManager()
    )
    return y, lambda upstream: upstream * tf.sigmoid(z)
