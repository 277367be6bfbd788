"""What nbgrader's pages show of a notebook, without what could act in its reader's browser.

`nbgrader_config.py` names these functions as filters of nbconvert. They clean what was rendered:
in Markdown, a link that runs a script is no HTML yet.
"""

import re
import secrets

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors.sanitize import SanitizeHTML

from autograder.gradebook.mathml import formula

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

    def image(self, text: str, *_, **__) -> str:
        """Leave a picture out: its host would learn who reads the page, and when."""
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
    """Return HTML without scripts, pictures, forms, and links to anything but pages."""
    return SANITIZER.sanitize_html_tags(str(html))
