# beside: right
# score: 8
"""Print a great deal, through Python, through the descriptor, on both streams."""

import os
import sys

for _ in range(2000):
    print("y" * 10_000)
    sys.stderr.write("\x1b[2J" * 1000)
    os.write(1, bytes(10_000))
