"""Recognise exercise files: stubs, and notebooks that run the public tests of an exercise.

pytest asks this about every file of other people's projects. Those that do not hold our words as
bytes are not looked at any further, and nothing slow is imported.
"""

import io
import os
import re
import tokenize
from pathlib import Path

from autograder.records import submissions

# What `build` writes into every stub, and into the public tests of every notebook.
STUB = re.compile(r"#\s*autograder exercise:\s*(\w+)")
OURS = re.compile(r"\bautograder\s*\.\s*(?:cells|publictests)\b")
SHOW = re.compile(
    r"""\bshow \s* \( (?: \s | \\ | \#.*\n )* (?: exercise \s* = \s* )?
        ("{1,3}|'{1,3}) (?P<name>\w+) \1 \s* ,""",
    re.VERBOSE,
)
# The same in the JSON of a notebook that cannot be read.
DAMAGED = re.compile(r"""\bshow\s*\([\s",]*["'](?P<name>\w+)["']\s*,""")
ESCAPED = re.compile(rb"\\u00[67]")  # JSON may hold a letter as a number
HEAD = 2**16  # bytes of a script in which its mark is looked for


def exercise_of(path: Path) -> str | None:
    """Return the name of the exercise that a file is a stub or a notebook of.

    A damaged file, or one in another encoding, is recognised too, so that somebody can say why it
    cannot be read.

    Raises:
        OSError: it cannot be opened.
    """
    if path.suffix not in submissions.SUFFIXES or not path.is_file():
        return None
    if path.suffix == ".py":
        return _of_script(path)
    return _of_notebook(path)


def _of_script(path: Path) -> str | None:
    with path.open("rb") as file:
        content = file.read(HEAD)
    if not _holds(content, "autograder exercise:"):
        return None
    lines = io.StringIO(_decoded(content))
    try:
        for token in tokenize.generate_tokens(lines.readline):
            if token.type == tokenize.COMMENT and (found := STUB.match(token.string)):
                return found[1]
    except (tokenize.TokenError, SyntaxError):  # half written, or cut off at HEAD
        pass
    return None


def _of_notebook(path: Path) -> str | None:
    most = submissions.MAX_BYTES
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        content = file.read(min(size, most))
        if size > most:
            file.seek(max(most, size - most))  # the tests are in the last cells
            content += file.read(most)
    # A plain search comes first, since it is much faster than the expression.
    escaped = b"\\u00" in content and ESCAPED.search(content)
    if not escaped and not _holds(content, "autograder"):
        return None
    try:
        cells = submissions.cells_of(path, linked=False)
    except submissions.READ_ERRORS:
        text = _decoded(content).replace('\\"', '"').replace("\\r", "").replace("\\n", "\n")
        return _named(text, DAMAGED)
    return _named("\n\n".join(cell.source for cell in cells if cell.kind == "code"), SHOW)


def _named(text: str, pattern: re.Pattern) -> str | None:
    """Return the exercise whose tests are shown, after our function was imported."""
    ours = OURS.search(text)
    found = ours and pattern.search(text, ours.end())
    return found and found["name"]


def _holds(content: bytes, words: str) -> bool:
    if words.encode() in content:
        return True
    wide = submissions.wide_encoding(content)
    return bool(wide) and words in content.decode(wide, errors="replace")


def _decoded(content: bytes) -> str:
    """Return a text that holds the right letters wherever they are ASCII."""
    encoding = submissions.wide_encoding(content) or "utf-8-sig"
    text = content.decode(encoding, errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")
