# notebook: yes
# score: 0
"""An array as the kind of a second cell's error, which nobody looks at before all is graded."""

import numpy as np

from autograder.sandbox import session

encode = session.encode


def forged(reply):
    if "cells" in reply:
        errors = {"type": "x"}, {"type": np.arange(2)}, {"type": b"x" * 10**6}
        reply = {"cells": [{"outputs": [], "error": one} for one in errors], "names": []}
    if "status" in reply:
        reply = {"status": "not defined", "message": "Scale"}
    return encode(reply)


session.encode = forged
# %%
pass
# %%
pass
