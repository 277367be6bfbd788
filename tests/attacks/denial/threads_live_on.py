# beside: right
# score: 8
"""Threads, exit handlers and destructors that will not end."""

import atexit
import sys
import threading
import time
import weakref


def forever():
    while True:
        time.sleep(0.2)


for _ in range(10):
    threading.Thread(target=forever).start()
atexit.register(forever)
threading._register_atexit(forever)
weakref.finalize(Scale, forever)
sys.unraisablehook = sys.excepthook = lambda *args: forever()
