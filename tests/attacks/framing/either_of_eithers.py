# exercise: dense_layer
# beside: wrong
# score: 0
"""Answers that may be either, one inside the other: to compare their arrays is an error."""

import numpy as np

from autograder import child
from autograder.observations import Either

encode = child.encode


def inner(number):
    return Either(np.full(2, number), np.full(2, number))


def forged(reply):
    if "seen" in reply:
        reply = {**reply, "seen": Either([inner(1.0), inner(2.0)], inner(3.0))}
    return encode(reply)


child.encode = forged
