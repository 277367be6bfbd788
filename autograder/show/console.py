"""Where the command line prints: in any encoding, and for readers that may go away.

What an encoding lacks is spelt with what it has: a terminal in Latin-1, or a file that Windows
writes as cp1252, has no check mark.
"""

import codecs
import os
import sys
import unicodedata

from rich.console import Console

SPELT = {
    "✓": "+",
    "✗": "x",
    "…": "...",
    "→": "->",
    "←": "<-",
    "↑": "^",
    "≤": "<=",
    "≥": ">=",
    "×": "x",
    "·": ".",
    "–": "-",
    "—": "-",
    "−": "-",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "\ufffd": "?",
}
ERRORS = "autograder"  # the name of the fallback, as `encode` takes it


def _fallback(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_spelt, error.object[error.start : error.end])), error.end


def _spelt(char: str) -> str:
    if char in SPELT or unicodedata.combining(char):
        return SPELT.get(char, "")
    letters = unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode()
    return letters or char.encode("ascii", "backslashreplace").decode()


codecs.register_error(ERRORS, _fallback)


def fitting(text: str, encoding: str | None) -> str:
    """Return a text that can be written in an encoding."""
    encoding = encoding or "utf-8"
    return text.encode(encoding, ERRORS).decode(encoding)


def spell_what_is_missing() -> None:
    """Let stdout and stderr take every character."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=ERRORS)


class Output(Console):
    """A console that costs nobody their results: when it cannot be written to, it goes quiet.

    Attributes:
        lost: why, if that happened: its reader went away, or the disk is full.
    """

    lost: OSError | None = None

    def print(self, *things, **options) -> None:
        try:
            super().print(*things, **options)
        except OSError as error:
            self._give_up(error)

    def on_broken_pipe(self) -> None:
        self._give_up(BrokenPipeError())

    def _give_up(self, error: OSError) -> None:
        self.lost, self.quiet = error, True
        # What is still in the buffer goes nowhere; else Python would fail to write it at its end.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.file.fileno())
        os.close(nowhere)
        if not self.stderr and not isinstance(error, BrokenPipeError):
            errors.print(f"autograder: the output cannot be written: {error.strerror}")


console = Output(highlight=False)
errors = Output(stderr=True, highlight=False)
