# beside: right
# score: 8
"""Write one very large file, sparse or not."""

import os


def grow(size):
    with open("large", "wb") as file:
        os.ftruncate(file.fileno(), size)


attempt("sparse", lambda: grow(2**40))
attempt("moved", lambda: os.pwrite(os.open("large", os.O_RDWR | os.O_CREAT), b"x", 2**40))
