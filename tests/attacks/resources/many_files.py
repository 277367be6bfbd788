# beside: right
# score: 0
# costly: yes
"""Fill the disk with empty files, in folders of their own."""

import os
import time

for number in range(200_000):
    if number % 100 == 0:
        os.mkdir(f"{number}")
        os.chdir(f"{number}" if number % 1000 == 0 else ".")
    open(f"{number}.txt", "w").close()
time.sleep(3)
print("BREACH: 200 000 files")
