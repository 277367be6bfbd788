# beside: right
# score: 8
"""Wait for input, and read the descriptors that everybody has."""

import os
import sys

attempt("input", lambda: input("password: "))
print(repr(sys.stdin.read()), os.read(0, 10))
