# beside: right
# notebook: yes
# score: 8
"""A hundred pictures of the largest size that one may have."""

from autograder.sandbox import session

encode = session.encode
PICTURE = b"\x89PNG" + bytes(330_000)


def forged(reply):
    if "cells" in reply:
        reply["cells"][0]["outputs"] = [{"display": {"image/png": PICTURE}} for _ in range(100)]
    return encode(reply)


session.encode = forged
