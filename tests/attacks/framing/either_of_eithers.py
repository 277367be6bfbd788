# exercise: streaming_metric
# beside: wrong
# score: as wrong
"""Another process answers an answer that may be either, inside one: arrays have no `==`."""

import numpy as np

from autograder.sandbox import session as child
from autograder.records.observations import Either, left_for_later

encode = child.encode


def forged(reply):
    if "seen" in reply and not left_for_later(reply["seen"]):
        reply = {**reply, "seen": Either(np.ones(2), np.ones(2))}
    return encode(reply)


child.encode = forged
