"""The core of a report, in a terminal of 80 columns."""

from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.console import Group as Shown
from rich.markup import escape
from rich.table import Table

from autograder.records.classes import Kind, Remark
from autograder.records.results import DIMENSIONS
from autograder.records.text import line, plain
from autograder.report.findings import Findings
from autograder.show.terminal import named

MOST = 5  # lines of a kind; the page has all of them
WHO = 4  # names in a line
SHORT = dict(zip(DIMENSIONS, ("num.", "grad.", "ser.", "graph"), strict=True))


def core(found: Findings) -> Shown:
    """Return what matters most of a report; the page has the rest."""
    return Shown(_scores(found), *_lines(found))


def _scores(found: Findings) -> Table:
    count = f"a class of {len(found.group.students)}; mean points in %"
    table = Table(title=count, box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("exercise", no_wrap=True)
    all = found.scores.values()
    used = [name for name in DIMENSIONS if any(name in one.dimensions for one in all)]
    for title in ("works", "mean", *(SHORT[name] for name in used), "full"):
        table.add_column(title, justify="right", no_wrap=True)
    for name, scores in found.scores.items():
        unit = found.group.place(name).unit
        table.add_row(
            named(f"{unit} {name}" if unit else name),
            str(len(scores.shares)),
            _percent(scores.mean),
            *(_percent(scores.dimensions.get(one)) for one in used),
            str(scores.full),
        )
    return table


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f}"


def _who(students: Sequence[str]) -> str:
    names = [named(one) for one in students[:WHO]]
    more = [f"and {len(students) - WHO} more"] if len(students) > WHO else []
    return ", ".join([*names, *more])


def _students(found: Findings, students: Sequence[str]) -> str:
    """Return who it was, or how many, if nobody is to be named."""
    return _who(students) if found.names else f"{len(students)} students"


def _lines(found: Findings) -> Iterator[str]:
    """Yield lines of markup for what needs no table."""
    if hardest := found.hardest[:MOST]:
        yield "[bold]checks that most fail[/]"
        for item in hardest:
            asked = escape(plain(item.statement))
            yield f"  {item.failed} of {item.asked}  {named(item.exercise)}: {asked}"
    if found.mistakes:
        yield "[bold]commonest known mistakes[/]"
        for one in found.mistakes[:MOST]:
            who = f" ({_who(one.students)})" if found.names else ""
            hint = escape(line(one.hint, 150))
            yield f"  {len(one.students)} in {named(one.exercise)}: {hint}{who}"
    yield from _to_look_at(found)
    if (change := found.progress) is not None:
        better, worse = (sum(map(len, some.values())) for some in (change.better, change.worse))
        new = sum(change.new.values())
        yield f"since {change.since}: {new} new, {better} with more points, {worse} with fewer"


def _to_look_at(found: Findings) -> Iterator[str]:
    for kind in Kind:
        if some := found.remarks(kind):
            yield f"[bold]{kind}[/] {len(some)}: {_students(found, _by_name(some))}"
    if found.similar:
        yield "[bold]nearly identical[/]: look at it"
        for group in found.similar[:MOST]:
            who = _students(found, group.students)
            yield f"  {group.alike:.0%} {named(group.exercise)}: {who}"
    if found.warnings:
        yield "[bold]checks to look at[/]"
        warned: dict[str, list[str]] = {}
        for item in found.warnings:
            warned.setdefault(item.warning, []).append(f"{item.exercise} {item.name}")
        for warning, names in warned.items():
            yield f"  {warning.partition(':')[0]}: {_who(names)}"


def _by_name(remarks: Iterable[Remark]) -> list[str]:
    return sorted({one.student for one in remarks})
