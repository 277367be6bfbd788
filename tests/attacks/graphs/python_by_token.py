# beside: python_op
# score: as python_op
"""Bring the Python function along into the process that loads the graph."""

from tensorflow.python.ops import script_ops

script_ops._py_funcs._funcs.setdefault("pyfunc_0", lambda *args: args)
