# score: 0
"""Recurse until the stack is gone."""

import sys

sys.setrecursionlimit(10**9)


class Scale:
    def __init__(self, factor):
        self.factor = factor

    def __getattr__(self, name):
        return getattr(self, name + "x")

    def __call__(self, inputs):
        return self.numpy()
