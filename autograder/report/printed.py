"""The core of a report, in a terminal of 80 columns."""

from collections.abc import Iterable, Iterator

from rich import box
from rich.console import Group as Shown
from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from autograder.records.classes import Kind
from autograder.records.results import DIMENSIONS
from autograder.records.text import line
from autograder.report.findings import Findings
from autograder.report.statistics import Item, Scores
from autograder.show.terminal import named

MOST = 8  # rows of a table; the page has all of them
WHO = 4  # names in a line
SHORT = {"serialization": "serial."}


def core(found: Findings) -> Shown:
    """Return what matters most of a report; the page has the rest."""
    parts: list[RenderableType] = [_scores(found)]
    if hardest := found.hardest:
        parts.append(_checks(found, hardest[:MOST]))
    if found.mistakes:
        parts.append(_mistakes(found))
    return Shown(*parts, *_lines(found))


def _scores(found: Findings) -> Table:
    students = len(found.group.students)
    table = Table(title=f"a class of {students}", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("exercise", overflow="fold")
    used = [name for name in DIMENSIONS if any(name in one.dimensions for one in _all(found))]
    shown = [SHORT.get(name, name) for name in used]
    for title in ("handed in", "mean", "median", *shown, "full"):
        table.add_column(title, justify="right", overflow="fold")
    unit = 0
    for name, scores in found.scores.items():
        place = found.group.place(name)
        if place.unit != unit:
            unit = place.unit
            title = f"{unit} {place.title}" if unit else "outside of the course"
            table.add_row(f"[bold]{escape(title)}[/]")
        means = [_percent(scores.dimensions.get(one)) for one in used]
        table.add_row(
            named(name),
            str(len({work.student for work in found.works[name]})),
            _percent(scores.mean),
            _percent(scores.median),
            *means,
            str(scores.full),
        )
    return table


def _all(found: Findings) -> Iterable[Scores]:
    return found.scores.values()


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _checks(found: Findings, items: list[Item]) -> Table:
    table = Table(title="checks that most fail", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("failed", justify="right", no_wrap=True)
    table.add_column("exercise", overflow="fold")
    table.add_column("what it asks", overflow="fold")
    for item in items:
        table.add_row(
            f"{item.failed} of {item.asked}", named(item.exercise), escape(item.statement)
        )
    return table


def _mistakes(found: Findings) -> Table:
    table = Table(title="commonest known mistakes", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("made by", justify="right", no_wrap=True)
    table.add_column("exercise", overflow="fold")
    table.add_column("hint that they got", overflow="fold")
    if found.names:
        table.add_column("who", overflow="fold")
    for one in found.mistakes[:MOST]:
        row = [str(len(one.students)), named(one.exercise), escape(line(one.hint, 150))]
        table.add_row(*row, *([_who(one.students)] if found.names else []))
    return table


def _who(students: tuple[str, ...] | list[str]) -> str:
    names = [named(one) for one in students[:WHO]]
    more = [f"and {len(students) - WHO} more"] if len(students) > WHO else []
    return ", ".join([*names, *more])


def _lines(found: Findings) -> Iterator[str]:
    """Yield lines of markup for what needs no table."""
    for kind in Kind:
        if some := found.remarks(kind):
            who = sorted({one.student for one in some})
            shown = f": {_who(who)}" if found.names else ""
            yield f"{kind}: {len(some)}{shown}"
    for group in found.similar[:MOST]:
        together = _who(group.students) if found.names else f"{len(group.students)} students"
        where = named(group.exercise)
        yield f"look at it: nearly identical ({group.alike:.0%}), {where}: {together}"
    for item in found.warnings:
        yield f"[yellow]look at the check[/] {named(item.exercise)} {item.name}: {item.warning}"
    if found.progress:
        one = found.progress
        counts = [sum(map(len, some.values())) for some in (one.better, one.worse)]
        yield (
            f"since {one.since}: {sum(one.new.values())} new, {counts[0]} with more points, "
            f"{counts[1]} with fewer"
        )
