# beside: right
# score: 0
"""Arrays where words are expected: to compare one with a word is an error in the grader."""

import numpy as np

from autograder.sandbox import session

TWO = np.arange(2)
outcomes = [
    {"status": TWO, "seen": 0, "message": "x", "error": {"type": "x"}},
    {"status": "raised", "error": {"type": TWO, "message": TWO}},
    {"status": "not defined", "message": TWO},
]
encode = session.encode


def forged(reply):
    if "status" in reply:
        outcomes.append(outcomes.pop(0))
        reply = outcomes[-1]
    if "cells" in reply:
        first = {"outputs": [{"stream": TWO, "text": "x"}, {"display": {"image/png": TWO}}],
                 "error": {"type": "x"}}
        reply = {**reply, "cells": [first, {"outputs": [], "error": {"type": TWO}}]}
    return encode(reply)


session.encode = forged
