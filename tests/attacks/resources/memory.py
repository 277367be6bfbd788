# beside: right
# score: 8
"""Take all memory: arrays, tensors, anonymous maps, shared maps."""

import mmap

import numpy as np
import tensorflow as tf

attempt("array", lambda: np.ones(2**32))
attempt("list", lambda: [bytearray(2**28) for _ in range(64)])
attempt("shared map", lambda: [mmap.mmap(-1, 2**30) for _ in range(64)])
attempt("text", lambda: "x" * 2**36)
