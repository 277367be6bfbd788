# beside: right
# score: 0
"""A message that says to be larger than all memory."""

import os
import time

os.write(9, b"\xff" * 8)
os.write(9, bytes(1000))
time.sleep(1)
