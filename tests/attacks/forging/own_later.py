# beside: wrong
# score: 0
"""Leave answers to another process that nobody asked to have left."""

from autograder import checks
from autograder.sandbox import session
from autograder.records.observations import Later

session.observe = lambda value: {
    "first": Later("reloaded", "open", False, b"{}"),
    "again": Later("anything", "__import__", True, b""),
    "factor 2.0": Later("in_graph", "scaled", True, b"x" * 100),
}
