"""Notebooks that were released before `autograder.cells` import this from here."""

from autograder.cells import show

__all__ = ["show"]
