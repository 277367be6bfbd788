# beside: right
# score: 0
"""Close everything that is open."""

import os

os.closerange(0, 1000)
