# exercise: stable_softplus
# score: 0
"""The entrance to TensorFlow below all generated wrappers."""

from tensorflow.python import pywrap_tfe
from tensorflow.python.eager import context


def my_softplus(z):
    return pywrap_tfe.TFE_Py_FastPathExecute(context.context(), "Softplus", None, z)
