"""Text of others, made harmless to print; and short names for texts."""

import hashlib
import unicodedata

# Control characters, invisible ones like those that turn text around, lone surrogates, other lines.
CONTROL = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def plain(message: str, kept: str = "\n\t") -> str:
    """Return a message without characters that control a terminal or the direction of text."""
    return "".join(
        char
        if char in kept or unicodedata.category(char) not in CONTROL
        else "\N{REPLACEMENT CHARACTER}"
        for char in message
    )


def line(text: str, most: int) -> str:
    """Return a name or a reason as one line of at most so many characters."""
    return plain(text if len(text) <= most else f"{text[: most - 1]}…", kept="")


def short_hash(text: str, length: int = 32) -> str:
    """Return a name for a text: hexadecimal digits that another text does not have."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:length]
