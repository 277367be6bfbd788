"""Where released notebooks import `show` from; `cells` holds it."""

from autograder.cells import show

__all__ = ["show"]
