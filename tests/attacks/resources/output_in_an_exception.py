# score: 0
"""An exception whose text is long, and never ends."""


class Long(Exception):
    def __str__(self):
        return "x" * 10**8


def Scale(factor):
    raise Long
