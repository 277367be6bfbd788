"""What nbgrader's pages show of a notebook, without what could act in its reader's browser.

`nbgrader_config.py` names these functions as filters of nbconvert. They clean what was rendered:
in Markdown, a link that runs a script is no HTML yet.
"""

import re

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors.sanitize import SanitizeHTML

HIGHLIGHTING = re.compile(r"highlight|[a-z]{1,2}\d?")  # what Pygments calls its classes


def _highlights(tag: str, name: str, value: str) -> bool:
    return name == "class" and HIGHLIGHTING.fullmatch(value) is not None


SANITIZER = SanitizeHTML(
    tags=[
        *("a", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p", "pre", "span", "strong"),
        *("sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"),
    ],
    attributes={
        "a": ["href", "title"],
        "div": _highlights,
        "ol": ["start"],
        "span": lambda *one: one[1] == "style" or _highlights(*one),
        "strong": ["style"],
        "td": ["style"],
        "th": ["style"],
    },
    styles=["color", "text-align"],  # with margins, one may write over the lines of others
)


class _Renderer(IPythonRenderer):
    def image(self, text: str, *_, **__) -> str:
        """Leave a picture out: its host would learn who reads the page, and when."""
        return f"[picture: {text}]"


def markdown(source: str) -> str:
    """Return Markdown as harmless HTML."""
    renderer = _Renderer(escape=False, exclude_anchor_links=True)
    return clean(MarkdownWithMath(renderer).render(source))


def clean(html: str) -> str:
    """Return HTML without scripts, pictures, forms, and links to anything but pages."""
    return SANITIZER.sanitize_html_tags(str(html))
