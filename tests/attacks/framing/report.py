# beside: wrong
# score: 0
"""A report on the cells that has more of them, in no known form."""

from autograder.sandbox import session

JUNK = [None, 1, [], {"outputs": 3}, {"outputs": [{"stream": "stdout", "text": 7}], "error": "x"},
        {"outputs": [{"display": {"text/html": "<script>", "image/png": 3}}], "error": {"type": []}}]
encode = session.encode


def forged(reply):
    return encode({"cells": JUNK * 50, "names": [1, None, "x" * 10**6]} if "cells" in reply else reply)


session.encode = forged
