# beside: right
# score: 0
# costly: yes
"""Sleep, deaf to all signals, with the alarm switched off."""

import signal
import time

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
signal.setitimer(signal.ITIMER_REAL, 0)
while True:
    time.sleep(100)
