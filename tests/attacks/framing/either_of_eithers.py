# exercise: dense_layer
# beside: wrong
# score: as wrong
"""Answers that may be either, one inside the other: to compare their arrays is an error."""

import numpy as np

from autograder import child
from autograder.observations import Either, Later, replace, walk

encode = child.encode


def inner(number):
    return Either(np.full(2, number), np.full(2, number))


def forged(reply):
    if "seen" in reply:
        leaves = {path: Either([inner(1.0), inner(2.0)], inner(3.0))
                  for path, leaf in walk(reply["seen"]) if isinstance(leaf, Later)}  # fmt: skip
        reply = {**reply, "seen": replace(reply["seen"], leaves)}
    return encode(reply)


child.encode = forged
