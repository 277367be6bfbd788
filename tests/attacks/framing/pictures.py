# beside: right
# notebook: yes
# score: 8
"""A picture of 40 MiB, in what the grader keeps, writes and shows."""

from autograder.sandbox import session

encode = session.encode


def forged(reply):
    if "cells" in reply:
        reply["cells"][0]["outputs"] = [{"display": {"image/png": b"\x89PNG" + bytes(40 * 2**20)}}]
    return encode(reply)


session.encode = forged
