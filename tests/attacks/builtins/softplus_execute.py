# exercise: stable_softplus
# score: 0
"""The function that executes an operation by its name."""

from tensorflow.python.eager import context, execute


def my_softplus(z):
    attributes = ("T", z.dtype.as_datatype_enum)
    return execute.execute(b"Softplus", 1, [z], attributes, context.context())[0]
