# beside: wrong
# score: 0
"""Whole numbers of hundreds of digits, where arrays are expected."""

from autograder.sandbox import session

session.observe = lambda value: {"factor 2.0": 10**400, "factor -0.5": -(10**400)}
