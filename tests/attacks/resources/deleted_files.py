# beside: right
# score: 0
# costly: yes
"""Fill the disk with files that have no name any more."""

import os

kept = []
for number in range(100):
    file = open("x", "wb", 0)
    os.unlink("x")
    kept.append(file)
    for _ in range(255):
        file.write(bytes(2**20))
print("BREACH: 25 GB")
