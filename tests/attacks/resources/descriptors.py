# beside: right
# score: 8
"""Open as many descriptors as there are, and keep them."""

import os

kept = []
try:
    while len(kept) < 2_000_000:
        kept += os.pipe()
except OSError:
    print(len(kept))
if len(kept) > 20_000:
    print("BREACH:", len(kept), "descriptors")
for descriptor in kept[:100]:
    os.close(descriptor)
