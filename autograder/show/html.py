"""Results as HTML and Markdown: in a notebook, and on nbgrader's feedback page."""

import re

from jinja2 import Environment

from autograder.records.practice import Result, by_dimension, shared_reasons
from autograder.records.results import Status, SubmissionResult
from autograder.records.text import line, plain
from autograder.show.messages import LOOK_AT
from autograder.show.text import HAND_IN, NOTHING, Graded, not_run, said_once, summary

MARKUP = re.compile(r"[^\w .,:;()'\"-]|_")  # all that may be markup, and more
MAX_REASON = 200  # characters

# Only tags and styles that are kept in `gradebook/clean_html.py`.
CHECKS = Environment(autoescape=True, trim_blocks=True).from_string("""\
{% for check in checks %}
<p>
{% if check.status == "passed" %}<strong style="color: green">✓</strong>
{% else %}<strong style="color: firebrick">✗</strong>
{% endif %}
{{ check.statement }}
<span style="color: gray">({{ "%g" % check.score }} of {{ "%g" % check.max_score }})</span>
{% if check.message %}<br><code>{{ check.message }}</code>{% endif %}
{% if check.hint %}
<br><strong>Hint:</strong> {{ check.hint }}
{% endif %}
{% if check.call %}
<br>Try it:</p>
<pre>{{ check.call }}</pre>
{% else %}
</p>
{% endif %}
{% endfor %}
""")


def checks(result: SubmissionResult, dimension: str) -> str:
    """Return the checks of one dimension as HTML; nothing in it is the student's markup."""
    return CHECKS.render(checks=said_once(result.dimension(dimension)))


# Colours that JupyterLab's themes set, and that are readable on white and on black elsewhere.
PUBLIC = Environment(autoescape=True, trim_blocks=True).from_string("""\
{% macro worded(text) %}
{% for part in text.split("`") %}
{% if loop.index is even %}<code>{{ part }}</code>{% else %}{{ part }}{% endif %}
{% endfor %}
{% endmacro %}
<table style="border-collapse: collapse; max-width: 60em">
{% for some in reasons %}
<tr>
<td colspan="3" style="text-align: left; white-space: normal; overflow-wrap: anywhere">
<strong style="color: var(--jp-error-color1, #d9362b)">{{ some | length }} tests</strong>
fail for one reason{% if reasons | length > 1 %} ({{ loop.index }}){% endif %}:
{% for line in some[0].lines() %}<br><code>{{ plain(line) }}</code>{% endfor %}</td>
</tr>
{% endfor %}
{% for dimension, results in dimensions.items() %}
{% for one in results %}
<tr>
<td style="text-align: left; vertical-align: top; white-space: nowrap">
{% if loop.first %}<strong>{{ dimension }}</strong>
{{ results | selectattr("passed") | list | length }} of {{ results | length }}{% endif %}</td>
<td style="text-align: left; vertical-align: top">
{% if one.passed %}<strong style="color: var(--jp-success-color1, #16853e)">✓</strong>
{% elif one.failed %}<strong style="color: var(--jp-error-color1, #d9362b)">✗</strong>
{% else %}·{% endif %}</td>
<td style="text-align: left; white-space: normal; overflow-wrap: anywhere">
{{ worded(one.statement) }}
{% if one.name not in told %}
{% for line in one.lines() %}<br><code>{{ plain(line) }}</code>{% endfor %}
{% elif reasons | length > 1 %}({{ told[one.name] }})
{% endif %}
{% if one.name in hints %}<details{% if hints[one.name] %} open{% endif %}>
<summary>Hint</summary>{{ worded(one.hint) }}</details>{% endif %}</td>
</tr>
{% endfor %}
{% endfor %}
</table>
{% if late %}<p>{{ late }}</p>{% endif %}
{% if summary %}<p>{{ summary }}</p>
{% if graded %}<ul>
{% for name, (points, asks) in graded.items() %}
<li><strong>{{ name }}</strong>, {{ "%g" % points }} points: {{ worded(asks) }}</li>
{% endfor %}
</ul>{% endif %}
<p>{{ hand_in }}</p>
{% endif %}
""")


def public_tests(results: list[Result], graded: Graded = NOTHING) -> str:
    """Return what the public tests found as a table; a hint opens when it is asked for."""
    reasons = shared_reasons(results)
    return PUBLIC.render(
        dimensions=by_dimension(results),
        reasons=reasons,
        told={one.name: number for number, some in enumerate(reasons, 1) for one in some},
        hints=_hints(results),
        late=not_run(results),
        summary=summary(results),
        hand_in=HAND_IN,
        graded=graded,
        plain=plain,
    )


def _hints(results: list[Result]) -> dict[str, bool]:
    """Return the tests that show a hint, each hint once; true where it is open."""
    first: dict[str, str] = {}
    for one in results:
        if one.hint:
            first.setdefault(one.hint, one.name)
    shown = {one.hint for one in results if one.shows_hint}
    return {name: hint in shown for hint, name in first.items()}


def comment(result: SubmissionResult) -> str:
    """Return what stands under the student's answer, as Markdown."""
    total = f"{result.score:g} of {result.max_score:g} points."
    if result.status == Status.UNREADABLE:
        # No character of it is taken for Markdown; an empty line would end `<code>`, too.
        return f"{total} <code>{MARKUP.sub(_entity, line(result.message, MAX_REASON))}</code>"
    if result.look_at:  # the reason may be wrong, and would blame somebody
        total += f" {LOOK_AT}"
    if result.score == result.max_score:
        return f"{total} Every check passes."
    hints = dict.fromkeys(check.hint for check in result.checks if check.hint)
    if not hints:
        return f"{total} What was different stands under each check below."
    return "\n".join([total, "", *(f"- {hint}" for hint in hints)])


def _entity(match: re.Match) -> str:
    return f"&#{ord(match[0])};"
