# beside: right
# score: 0
"""A tree as deep as it is long, one with millions of leaves, numbers of thousands of digits."""

import os

TREES = [
    b"[" * 5_000_000,
    b"[" + b"[]," * 10_000_000 + b"[]]",
    b'{"list": [' + b"9" * 4000 + b"]}",
    b'{"list": [' + b"1e999999, NaN, -Infinity" * 1 + b"]}",
    b'{"dict": {"a": 1, "a": 2, "": null, "NaN": 1}}',
]
for tree in TREES:
    message = len(tree).to_bytes(4, "little") + tree
    data = len(message).to_bytes(8, "little") + message
    while data:
        data = data[os.write(9, data[: 2**20]) :]
