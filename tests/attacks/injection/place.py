# beside: wrong
# score: 0
"""A forged place of an exception, longer than a page, in types that no place has."""

from autograder.sandbox import session

session.explain = lambda error, submission: {
    "type": "E" * 100_000 + "\x1b[2J",
    "message": ["<script>", {"a": b"\xff\x1b"}] * 100,
    "place": {"line": "\n✓ passed"},
    "code": "\u202e" * 10_000,
}
session.observe = lambda value: 1 / 0
