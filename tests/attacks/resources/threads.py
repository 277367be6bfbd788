# beside: right
# score: 0
# costly: yes
"""Start threads without end; small stacks, so that memory is not what stops them."""

import threading
import time

threading.stack_size(32768)
try:
    for _ in range(20_000):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
except RuntimeError:
    time.sleep(3)
print("BREACH:", threading.active_count(), "threads")
