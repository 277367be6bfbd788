# beside: right
# score: 0
# costly: yes
"""Hide files in folders so deep that their path is longer than a path may be."""

import os
import time

for _ in range(1000):
    os.mkdir("x" * 200)
    os.chdir("x" * 200)
open("file", "wb").write(bytes(2**20))
time.sleep(3)
print("BREACH")
