"""Results as a student reads them in a notebook and on nbgrader's feedback page."""

import html as escaping
import unicodedata
from textwrap import indent

from jinja2 import Environment

from autograder.results import CheckResult, SubmissionResult

# Control characters, invisible ones like those that turn text around, lone surrogates, other lines.
CONTROL = {"Cc", "Cf", "Cs", "Zl", "Zp"}

# Only tags and styles that nbconvert's sanitizer keeps.
CHECKS = Environment(autoescape=True, trim_blocks=True).from_string("""\
{% for check in checks %}
<p style="margin: 0.5em 0">
{% if check.status == "passed" %}<strong style="color: green">✓</strong>
{% else %}<strong style="color: firebrick">✗</strong>
{% endif %}
{{ check.statement }}
<span style="color: gray">({{ "%g" % check.score }} of {{ "%g" % check.max_score }})</span>
{% if check.message %}<br><code>{{ check.message }}</code>{% endif %}
{% if check.hint and loop.changed(check.hint) %}
<br><strong>Hint:</strong> {{ check.hint }}
{% endif %}
</p>
{% endfor %}
""")


def html(result: SubmissionResult, dimension: str) -> str:
    """Return the checks of one dimension as HTML; nothing in it is the student's markup."""
    checks = [_plain(check) for check in result.dimension(dimension)]
    return CHECKS.render(checks=checks)


def text(result: SubmissionResult, dimension: str) -> str:
    """Return the same as text."""
    lines = []
    for check in map(_plain, result.dimension(dimension)):
        mark = "✓" if check["status"] == "passed" else "✗"
        lines.append(f"{mark} {check['statement']} ({check['score']:g} of {check['max_score']:g})")
        if check["message"]:
            lines.append(indent(check["message"], "    "))
        if check["hint"]:
            lines.append(f"    hint: {check['hint']}")
    return "\n".join(lines)


def comment(result: SubmissionResult) -> str:
    """Return what stands under the student's answer, as Markdown."""
    total = f"{result.score:g} of {result.max_score:g} points."
    if result.status == "unreadable":
        return f"{total} <code>{escaping.escape(plain(result.message))}</code>"
    if result.score == result.max_score:
        return f"{total} Every check passes."
    hints = dict.fromkeys(check.hint for check in result.checks if check.hint)
    if not hints:
        return f"{total} What was different stands under each check below."
    return "\n".join([total, "", *(f"- {hint}" for hint in hints)])


def plain(message: str) -> str:
    """Return a message without characters that control a terminal or the direction of text."""
    return "".join(
        char if char in "\n\t" or unicodedata.category(char) not in CONTROL
        else "\N{REPLACEMENT CHARACTER}"
        for char in message
    )  # fmt: skip


def _plain(check: CheckResult) -> dict:
    return {**vars(check), "score": check.score, "message": plain(check.message)}
