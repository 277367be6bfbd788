# beside: right
# score: 0
"""Many files in a folder that may be written to but not listed."""

import os
import time

os.mkdir("dark", 0o300)
for number in range(12_000):
    os.close(os.open(f"dark/{number}", os.O_CREAT | os.O_WRONLY))
time.sleep(1)
print("BREACH: 12 000 files")
