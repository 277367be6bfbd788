# beside: right
# score: 0
# costly: yes
"""Half a message, then nothing."""

import os
import time

os.write(9, (1000).to_bytes(8, "little") + b"x" * 500)
time.sleep(100)
