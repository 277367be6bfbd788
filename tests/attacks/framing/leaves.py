# beside: wrong
# score: 0
"""Answers that are well formed and of no kind that the grader can compare."""

from autograder.records import wire
from autograder.sandbox import session

TREES = [
    b'{"array": ["|O", [1]]}',
    b'{"array": ["<f4", [0, 67108864, 67108864, 67108864]]}',
    b'{"array": ["<f4", [-1]]}',
    b"9" * 4000,
    b'{"dict": {"factor 2.0": ' + b"9" * 400 + b', "factor -0.5": -' + b"9" * 400 + b"}}",
    b'{"array": ["<c16", [1]]}',
    b'{"later": ["in_graph", "drawn", true, 0]}',
]
encode = session.encode


def send(stream, message):
    if b'"seen"' in message:
        tree = TREES[0]
        TREES.append(TREES.pop(0))
        tree = b'{"dict": {"status": "seen", "seen": ' + tree + b"}}"
        message = len(tree).to_bytes(4, "little") + tree
    stream.sendall(len(message).to_bytes(8, "little") + message)


wire.send = send
