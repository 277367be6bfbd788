# exercise: stable_softplus
# score: 0
"""The function behind the generated wrapper of an operation."""

from tensorflow.python.eager import context
from tensorflow.python.ops import gen_nn_ops


def my_softplus(z):
    return gen_nn_ops.softplus_eager_fallback(z, None, context.context())
