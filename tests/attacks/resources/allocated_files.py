# beside: right
# score: 0
# costly: yes
"""Reserve the disk without writing to it."""

import os
import time

for number in range(200):
    os.posix_fallocate(os.open(f"{number}", os.O_CREAT | os.O_RDWR), 0, 250 * 2**20)
time.sleep(3)
print("BREACH: 50 GB")
