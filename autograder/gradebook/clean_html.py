"""What nbgrader's pages show of a notebook, without what could act in its reader's browser.

`nbgrader_config.py` names these functions as filters of nbconvert. They clean what was rendered:
in Markdown, a link that runs a script is no HTML yet.
"""

import re
import secrets
from collections.abc import Iterable, Iterator
from html import escape, unescape

from bleach import Cleaner
from bleach.css_sanitizer import CSSSanitizer
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.gradebook.mathml import formula

HIGHLIGHTING = re.compile(r"highlight|[a-z]{1,2}\d?")  # what Pygments calls its classes
# A picture that is in the page itself, as the figures of statements are: no host learns who reads
# the page, and when. An SVG could act, a PNG cannot.
PICTURE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/]{1,100000}={0,2}")
SCHEME = re.compile(r"[^:/?#]*:")
LINKS = {"http:", "https:", "mailto:"}


def _highlights(tag: str, name: str, value: str) -> bool:
    return name == "class" and HIGHLIGHTING.fullmatch(value) is not None


def _links(tag: str, name: str, value: str) -> bool:
    scheme = SCHEME.match(unescape(value))
    return name == "title" or (name == "href" and (not scheme or scheme[0].lower() in LINKS))


def _shows(tag: str, name: str, value: str) -> bool:
    return name == "alt" or (name == "src" and PICTURE.fullmatch(value) is not None)


TAGS = {
    *("a", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre", "span"),
    *("strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {
    "a": _links,
    "div": _highlights,
    "img": _shows,
    "ol": ["start"],
    "span": lambda *one: one[1] == "style" or _highlights(*one),
    "strong": ["style"],
    "td": ["style"],
    "th": ["style"],
}
PROTOCOLS = {"http", "https", "mailto", "data"}  # the last for pictures only
# With margins, one may write over the lines of others.
STYLES = CSSSanitizer(allowed_css_properties=["color", "text-align"])


class _Pictures:
    """Says where a picture was left out; none is wider than the page. For what is clean already."""

    def __init__(self, source: Iterable[dict]):
        self._tokens = source

    def __iter__(self) -> Iterator[dict]:
        for token in self._tokens:
            if token.get("name") == "img" and (None, "src") in token["data"]:
                token["data"][None, "style"] = "max-width: 100%"
            elif token.get("name") == "img":
                token = {"type": "Characters", "data": "[picture]"}
            yield token


class _Renderer(IPythonRenderer):
    """Renders Markdown; formulas are left for later, since the sanitizer knows no MathML.

    Args:
        deeper: by how many levels headings are deeper than they were written.

    Attributes:
        formulas: as MathML, by what stands for them; nobody who writes Markdown knows that.
    """

    def __init__(self, deeper: int):
        super().__init__(escape=False, exclude_anchor_links=True)
        self._deeper, self._secret = deeper, secrets.token_hex(8)
        self.formulas: dict[str, str] = {}

    def image(self, text: str, url: str, *_, **__) -> str:
        """Leave a picture out that is not in the text itself, as those of statements are."""
        if PICTURE.fullmatch(url):
            return f'<img alt="{escape(unescape(text))}" src="{url}">'
        return f"[picture: {text}]"

    def heading(self, text: str, level: int, **attrs) -> str:
        return str(super().heading(text, min(level + self._deeper, 6), **attrs))

    def inline_math(self, body: str) -> str:
        return self._later(formula(body))

    def block_math(self, body: str) -> str:
        return self._later(formula(body, block=True))

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def _later(self, mathml: str) -> str:
        name = f"formula{self._secret}x{len(self.formulas)}x"
        self.formulas[name] = mathml
        return name


def markdown(source: str, deeper: int = 0) -> str:
    """Return Markdown as harmless HTML that needs no script to show formulas."""
    renderer = _Renderer(deeper)
    page = clean(MarkdownWithMath(renderer).render(source))
    for name, mathml in renderer.formulas.items():
        page = page.replace(name, mathml, 1)
    return page


def clean(html: str) -> str:
    """Return HTML without scripts, pictures from elsewhere, forms, and links that are no pages."""
    cleaner = Cleaner(
        TAGS, ATTRIBUTES, PROTOCOLS, filters=[_Pictures], css_sanitizer=STYLES
    )  # not thread-safe, so it is no constant
    return cleaner.clean(str(html))
