"""What an audit found: in a terminal, as JSON, and as a page with every specimen × every check."""

import json

from jinja2 import Environment
from rich import box
from rich.console import Group
from rich.markup import escape
from rich.table import Table

from autograder.authors.audit import LEAST, Audit, Row, failed
from autograder.records.results import DIMENSIONS, Status
from autograder.records.text import plain

GLYPHS = {
    Status.PASSED: "·",
    Status.FAILED: "✗",
    Status.RAISED: "!",
    Status.TIMED_OUT: "t",
    Status.CRASHED: "c",
    Status.NOT_DEFINED: "u",
    Status.DISALLOWED: "d",
    Status.GRADER_ERROR: "?",
    Status.NOT_ASKED: " ",
}
MOST_FIXED = 0.5  # of the points; above it, the line is yellow
PLURALS = {"stub": "stub", "wheat": "wheats", "chaff": "chaffs", "mutant": "mutants"}


def summary(audits: list[Audit]) -> Table:
    """Return one row per exercise; it is printed as a Markdown table."""
    table = Table(box=box.MARKDOWN)
    for column in (
        "exercise",
        "checks",
        "right answers refused",
        "wrong answers misjudged",
        "mutants killed",
        "equivalent mutants",
    ):
        table.add_column(column, no_wrap=True)
    for audit in audits:
        table.add_row(*summary_row(audit))
    return table


def summary_row(audit: Audit) -> list[str]:
    wheats, chaffs, mutants = audit.of("wheat"), audit.of("chaff"), audit.of("mutant")
    wrong = [row for row in mutants if not row.equivalent]
    return [
        audit.exercise.name,
        str(len(audit.checks)),
        _of([row for row in wheats if row.problem], wheats),
        _of([row for row in chaffs if row.problem], chaffs),
        _of([row for row in wrong if row.killed], wrong),
        str(len(mutants) - len(wrong)) if mutants else "-",
    ]


def _of(some: list, everything: list) -> str:
    return f"{len(some)} of {len(everything)}" if everything else "-"


def findings(audit: Audit) -> Group:
    """Return what each check catches, what only it catches, and all that is wrong."""
    counts = ", ".join(
        f"{len(audit.of(kind))} {word}" for kind, word in PLURALS.items() if audit.of(kind)
    )
    table = Table(box=box.SIMPLE_HEAD, title=f"{audit.exercise.name}: {counts}")
    columns = [column for kind in audit.compared for column in (PLURALS[kind], "only by it")]
    for column in ("check", *columns, "CPU ms"):
        table.add_column(column, justify="left" if column == "check" else "right", no_wrap=True)
    notes = []
    for check in audit.checks:
        seen = [
            len(f(check.name, kind))
            for kind in audit.compared
            for f in (audit.caught_by, audit.caught_alone_by)
        ]
        cost = f"{1000 * audit.cpu_seconds(check.name):.0f}" if audit.of("wheat") else "-"
        table.add_row(f"{check.dimension} {check.name}", *map(str, seen), cost)
        alone = any(seen[1::2])
        if audit.full and audit.of("chaff") and audit.of("mutant") and not alone:
            why = audit.comments.get(check.name) or "[yellow]no comment says why it is there[/]"
            notes.append(f"{check.name} catches nothing alone: {why}")
    for name, reason in audit.exceptions.items():
        notes.append(escape(f"{name} is not asked: {reason}"))
    if audit.fixed:
        total = sum(check.points for check in audit.checks)
        share = f"{audit.fixed_points:g} of {total:g} points"
        style = "yellow" if audit.fixed_points > MOST_FIXED * total else "none"
        notes.append(
            f"[{style}]{share} are for answers that are the same in every run, and can be written "
            f"down by somebody who knows them: {', '.join(sorted(audit.fixed))}[/]"
        )
    lines = [
        f"[yellow]{name} costs {audit.cpu_seconds(name):.2f} s of CPU: make it cheaper, or say in "
        "a comment above it why it costs that[/]"
        for name in audit.costly
    ]
    for kind, least in LEAST.items():
        if 0 < (there := len(audit.of(kind))) < least:
            few = f"{there} {PLURALS[kind]} tell little of the checks; write at least {least}"
            lines.append(f"[yellow]{few}[/]")
    for row in audit.of("mutant"):
        if row.problem and not row.killed:
            lines += [f"[red]survivor {row.name}[/]", escape(row.note), escape(_record(row, audit))]
    lines += [f"[red]{escape(plain(problem))}[/]" for problem in audit.problems]
    lines += [escape(_advice(row)) for row in audit.of("chaff") if row.problem]
    if audit.stale:
        lines += [f"[yellow]{escape(line)}[/]" for line in said_shortly(audit.stale)]
        lines.append(f"Hints may be missing elsewhere. Run: autograder build {audit.exercise.name}")
    return Group(table, *notes, *lines)


def _record(row: Row, audit: Audit) -> str:
    """Return what to write into `equivalent.toml` if a survivor is right."""
    where, *change = row.note.splitlines()
    was, becomes = (
        "\n".join(line[2:] for line in change if line.startswith(mark)) for mark in ("- ", "+ ")
    )
    fields = {"where": where.strip(), "was": was, "becomes": becomes, "why": "TODO: say why"}
    block = [f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in fields.items()]
    file = audit.exercise.folder / "equivalent.toml"
    return "\n".join([f"If it is right, add to {file}:", "", "[[mutant]]", *block, ""])


def _advice(row: Row) -> str:
    """Return what to change for a chaff that is misjudged."""
    lost = next((one for one in row.lost if set(one) != set(row.loses)), None)
    if lost:
        return (
            f'In chaffs.py, write loses="{" ".join(lost)}" at {row.name} if that is what it '
            "deserves; otherwise change the checks of the dimensions in which it differs"
        )
    if lost is not None:
        return f"No check catches {row.name}: sharpen one, or make it a wheat if it is right"
    hints = {one.hint for result in row.results for one in result.checks if one.hint}
    others = "; ".join(sorted(hints - {row.note})) or "none"
    return (
        f'{row.name} gets these hints: {others}. If one is right, write like="…" with the name of '
        "its chaff; otherwise let a check return what tells the two apart"
    )


def said_shortly(lines: list[str], most: int = 10) -> list[str]:
    """Return lines, and how many are left out of a long list."""
    return [*lines[:most], f"… and {len(lines) - most} more"] if len(lines) > most else lines


def as_json(audits: list[Audit], seeds: int) -> str:
    """Return audits in the format that CONTRIBUTING.md describes."""
    exercises = [
        {
            "exercise": audit.exercise.name,
            "checks": [
                {
                    "name": check.name,
                    "dimension": check.dimension,
                    "points": check.points,
                    "seconds": audit.seconds(check.name) if audit.of("wheat") else None,
                    "cpu_seconds": audit.cpu_seconds(check.name) if audit.of("wheat") else None,
                    **{
                        PLURALS[kind]: {
                            "caught": audit.caught_by(check.name, kind),
                            "caught_alone": audit.caught_alone_by(check.name, kind),
                        }
                        for kind in audit.compared
                    },
                }
                for check in audit.checks
            ],
            "exceptions": audit.exceptions,
            "fixed": sorted(audit.fixed),
            "specimens": [_specimen(row) for row in audit.rows],
            "problems": audit.problems,
            "stale": audit.stale,
        }
        for audit in audits
    ]
    return json.dumps({"seeds": seeds, "exercises": exercises}, indent=1)


def _specimen(row: Row) -> dict:
    return {
        "kind": row.kind,
        "name": row.name,
        "note": row.note,
        "loses": list(row.loses),
        "lost": row.lost,
        "caught_by": sorted(row.catchers()),
        "flaky": sorted(row.flaky()),
        "equivalent": row.equivalent,
        "problem": row.problem,
    }


TEMPLATES = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
TEMPLATES.filters["plain"] = plain
PAGE = TEMPLATES.from_string("""\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Audit of the hidden checks</title>
<style>
:root { color-scheme: light dark; --ink: #1c1c1c; --paper: #fff; --line: #ddd; --soft: #666;
  --numerics: #b8d4f5; --gradients: #f7d08a; --serialization: #bfe3b4; --graph: #e3c3ee;
  --bad: #b00020; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6e6; --paper: #161616; --line: #3a3a3a; --soft: #a0a0a0;
    --numerics: #1f4a78; --gradients: #6b4a08; --serialization: #24592a; --graph: #5b2f6b;
    --bad: #ff8a8a; } }
body { font: 15px/1.4 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  margin: 2rem; }
p, li { max-width: 46rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: 0 .4rem; text-align: left; vertical-align: top; }
.matrix th, .matrix td { border: 1px solid var(--line); }
.matrix td.cell { width: 1.6rem; min-width: 1.6rem; padding: 0; text-align: center;
  color: var(--soft); }
.matrix td.caught { color: var(--ink); font-weight: bold; }
.matrix thead th { vertical-align: bottom; position: sticky; top: 0; background: var(--paper); }
.matrix thead th.check { padding: .3rem .1rem; font-weight: normal; }
.matrix thead th.check span { writing-mode: vertical-rl; transform: rotate(180deg); }
.numerics { background: var(--numerics) !important; }
.gradients { background: var(--gradients) !important; }
.serialization { background: var(--serialization) !important; }
.graph { background: var(--graph) !important; }
.kind th { padding-top: 1rem; border-left: 0 !important; border-right: 0 !important; }
.name { font-weight: normal; min-width: 16rem; max-width: 30rem; }
.bad { color: var(--bad); font-weight: bold; }
.soft { color: var(--soft); }
pre { white-space: pre-wrap; margin: .2rem 0; }
.key span { padding: 0 .5rem; }
</style>
<h1>Audit of the hidden checks</h1>
<p>Each row is an answer that is known to be right (<em>wheat</em>) or wrong (<em>chaff</em>, and
<em>mutant</em>: the reference with one change). Each column is a check. A right answer must have
dots only; a wrong one must be caught in the dimensions in which it is wrong. Open a name to see
what is special about it. Each was asked with {{ seeds }} set{{ "s" if seeds > 1 }} of inputs.</p>
<p class="key">Colour and column: {% for name in dimensions %}<span class="{{ name }}">{{ name }}\
</span> {% endfor %}</p>
<p class="key">{% for status, glyph in glyphs.items() %}<b>{{ glyph | trim or "empty" }}</b> \
{{ status }}\
{{ ", " if not loop.last }}{% endfor %}, <b>~</b> not with every seed</p>
<table>
<thead><tr>{% for cell in header %}<th scope="col">{{ cell }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in summary %}
<tr><th scope="row"><a href="#{{ row[0] }}">{{ row[0] }}</a></th>
{% for cell in row[1:] %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</tbody></table>
{% for audit in audits %}
<h2 id="{{ audit.exercise.name }}">{{ audit.exercise.name }}</h2>
{% if audit.problems %}
<ul>{% for problem in audit.problems %}<li class="bad">{{ problem | plain }}</li>{% endfor %}</ul>
{% endif %}
<table class="matrix">
<thead><tr><th scope="col">specimen</th>
{% for check in audit.checks %}
<th scope="col" class="check {{ check.dimension }}" title="{{ check.dimension }}, \
{{ "%g" % check.points }} points: {{ check.statement }}"><span>{{ check.name }}</span></th>
{% endfor %}
<th scope="col">lost</th></tr></thead>
<tbody>
{% for kind, word in plurals.items() if audit.of(kind) %}
<tr class="kind"><th colspan="{{ audit.checks | length + 2 }}">{{ word }}</th></tr>
{% for row in audit.of(kind) %}
<tr><th scope="row" class="name">{% if row.note %}<details><summary>{% endif %}
{{ "⚠ " if row.problem }}{{ row.name }}{{ " (right)" if row.equivalent }}
{% if row.note %}</summary><pre>{{ row.note }}</pre>{{ row.equivalent }}</details>{% endif %}</th>
{% for check in audit.checks %}{% set seen = cell(row, loop.index0) %}
<td class="cell{{ " caught " + check.dimension if seen[0] not in "· " }}"\
{% if seen[1] %} title="{{ seen[1] | plain }}"{% endif %}>{{ seen[0] }}</td>
{% endfor %}
<td class="{{ "bad" if row.problem else "soft" }}">{{ row.lost[0] | join(" ") }}\
{% if row.problem %}: {{ row.problem | plain }}{% endif %}</td></tr>
{% endfor %}
{% endfor %}
</tbody></table>
{% endfor %}
</html>
""")


def page(audits: list[Audit], seeds: int) -> str:
    """Return a page of HTML that needs no other file."""
    return PAGE.render(
        audits=audits,
        seeds=seeds,
        dimensions=DIMENSIONS,
        glyphs=GLYPHS,
        plurals=PLURALS,
        header=[column.header for column in summary([]).columns],
        summary=[summary_row(audit) for audit in audits],
        cell=_cell,
    )


def _cell(row: Row, index: int) -> tuple[str, str]:
    """Return the glyph of a verdict, and its words."""
    seen = [result.checks[index] for result in row.results]
    glyphs = {GLYPHS[check.status] for check in seen}
    bad = failed(seen)
    words = f"{bad[0].status}: {bad[0].message[:300]}" if bad else ""
    return (glyphs.pop() if len(glyphs) == 1 else "~"), words
