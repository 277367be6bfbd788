"""Formulas that a browser shows without a script: LaTeX as MathML."""

import functools
import html
import re
import xml.etree.ElementTree as ET

from latex2mathml.converter import convert

MOST = 2_000  # characters; a longer formula is shown as it was written
NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
ELEMENTS = {
    *("math", "menclose", "mfenced", "mfrac", "mi", "mlabeledtr", "mmultiscripts", "mn", "mo"),
    *("mover", "mpadded", "mphantom", "mprescripts", "mroot", "mrow", "ms", "mspace", "msqrt"),
    *("mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder"),
    *("munderover", "none"),
}
ATTRIBUTES = {
    *("accent", "accentunder", "columnalign", "columnlines", "columnspacing", "depth", "display"),
    *("displaystyle", "fence", "form", "height", "largeop", "linethickness", "lspace"),
    *("mathvariant", "maxsize", "minsize", "movablelimits", "notation", "rowlines", "rowspacing"),
    *("rspace", "scriptlevel", "separator", "stretchy", "symmetric", "voffset", "width"),
}


@functools.lru_cache(maxsize=10_000)
def formula(latex: str, block: bool = False) -> str:
    """Return a formula as harmless MathML; as code, if it cannot be read as LaTeX."""
    try:
        text = convert(latex[: MOST + 1].strip(), display="block" if block else "inline")
        known = len(latex) <= MOST and _harmless(ET.fromstring(text))
    except Exception:  # whatever a student wrote; the library has an exception for each mistake
        known = False
    if not known:
        return f"<code>{html.escape(latex)}</code>"
    # In text, LaTeX escapes what it would take for an operator.
    return re.sub(r"\\([_%&#$])", r"\1", text)


def _harmless(tree: ET.Element) -> bool:
    return all(
        node.tag.removeprefix(NAMESPACE) in ELEMENTS and set(node.attrib) <= ATTRIBUTES
        for node in tree.iter()
    )
