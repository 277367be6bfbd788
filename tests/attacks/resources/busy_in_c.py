# score: 0
# costly: yes
"""Compute in C, where no signal handler of Python runs."""


def Scale(factor):
    if factor == 2.0:
        return lambda inputs: 7**10**10
