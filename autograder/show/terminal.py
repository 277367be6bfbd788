"""Show results to people in a terminal."""

import statistics
from collections.abc import Collection, Iterable, Mapping
from textwrap import indent

from rich import box
from rich.markup import escape
from rich.table import Table

from autograder.records.places import Place
from autograder.records.practice import Report, by_dimension
from autograder.records.results import DIMENSIONS, Run, Status, SubmissionResult
from autograder.records.text import line, plain
from autograder.show.text import said_once

MARKS = {Status.PASSED: "[green]✓[/]", Status.FAILED: "[red]✗[/]"}
MAX_REASON = 500  # characters
MAX_NAME = 60  # characters; a terminal breaks long lines by itself


def printable(text: str) -> str:
    """Return text without markup, and without control characters, which a terminal obeys."""
    return escape(plain(text))


def named(text: str) -> str:
    """Return a name, of a file for example, that cannot pass for further lines of a report."""
    return escape(line(text, MAX_NAME))


def course(outline: Mapping[str, tuple[Place, float]], solved: Collection[str] = ()) -> Table:
    """Return the exercises of a course, unit by unit.

    Args:
        outline: the place and the points of each exercise, by its name, in order.
        solved: those whose public tests pass.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    table.add_column("exercise", no_wrap=True)
    table.add_column("what it teaches", overflow="fold")
    for name in ("minutes", "points"):
        table.add_column(name, justify="right", no_wrap=True)
    unit = None
    for name, (place, points) in outline.items():
        if place.unit != unit:
            unit = place.unit
            title = f"{unit} {place.title}" if unit else "outside of the course"
            table.add_row("", f"[bold]{escape(title)}[/]")
        mark = MARKS[Status.PASSED] if name in solved else ""
        minutes = str(place.minutes) if unit else ""
        table.add_row(
            mark, named(name), escape(place.teaches), minutes, f"{points:g}" if unit else ""
        )
    return table


def class_table(run: Run) -> Table:
    """Return one row per submission, with the points per dimension."""
    table, names = _table(run)
    for result in run.submissions:
        points = [_points(*result.points(name)) for name in names]
        notes = [] if result.status == Status.GRADED else [result.status]
        if result.look_at:
            notes = ["look at"]
        if result.id in run.by_hand:
            notes.append(f"by hand: {run.by_hand[result.id]:g}")
        total = _points(result.score, result.max_score)
        table.add_row(named(result.id), *points, total, ", ".join(notes))
    return table


def summary(run: Run) -> Table:
    """Return a large class in one row: the means of what was graded, and what to look at."""
    table, names = _table(run)
    graded = [one for one in run.submissions if one.status == Status.GRADED]
    columns = [[one.points(name) for one in graded] for name in names]
    columns.append([(one.score, one.max_score) for one in graded])
    means = [
        f"{statistics.fmean(score for score, _ in some):.3g}/{max(most for _, most in some):g}"
        if some
        else ""
        for some in columns
    ]
    notes = [f"{len(run.submissions) - len(graded)} not graded"] if graded else ["none graded"]
    notes = notes if len(graded) < len(run.submissions) else []
    if looks := sum(bool(one.look_at) for one in run.submissions):
        notes.append(f"{looks} to look at")
    if run.by_hand:
        notes.append(f"{len(run.by_hand)} by hand")
    table.add_row("mean", *means, ", ".join(notes))
    table.caption = "--rows shows everybody"
    return table


def _table(run: Run) -> tuple[Table, list[str]]:
    """Return a table without rows, and the dimensions in it: an exercise need not have all."""
    name = ", ".join(dict.fromkeys([run.assignment or run.exercise, run.exercise]))
    count = f"{len(run.submissions)} submission{'s' * (len(run.submissions) != 1)}"
    table = Table(title=f"{name}: {count}", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("submission", overflow="fold")
    names = [name for name in DIMENSIONS if any(one.points(name)[1] for one in run.submissions)]
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("")  # in a narrow terminal, the note has several lines
    return table, names


def to_look_at(runs: Iterable[Run]) -> str:
    """Return lines of markup: what a person should look at, and why."""
    lines = [
        f"look at {named(result.id)}: {escape(line(result.look_at, MAX_REASON))}"
        for run in runs
        for result in run.submissions
        if result.look_at
    ]
    return "".join(f"{one}\n" for one in lines)


def overlooked(found: list[tuple[str, str]], folder: str) -> str:
    """Return lines of markup for what was found in a folder and not graded."""
    if not found:
        return ""
    lines = [f"not graded, in {named(folder)}:"]
    lines += [f"  {escape(line(where, 200))}: {escape(line(what, 400))}" for where, what in found]
    return "\n".join([*lines, ""])


def feedback(result: SubmissionResult) -> str:
    """Return the checks of a submission, by dimension, as markup."""
    lines = [f"[bold]{named(result.id)}[/]  {_points(result.score, result.max_score)}"]
    if result.status != Status.GRADED:
        return "\n".join([*lines, f"  {result.status}: {printable(result.message)}"])
    if result.look_at:
        lines.append(f"  [yellow]look at it:[/] {escape(line(result.look_at, MAX_REASON))}")
    dimension = ""
    for check in said_once(check for name in DIMENSIONS for check in result.dimension(name)):
        if check["dimension"] != dimension:
            dimension = check["dimension"]
            lines.append(f"  {dimension}  {_points(*result.points(dimension))}")
        mark = MARKS.get(check["status"], MARKS[Status.FAILED])
        lines.append(f"    {mark} {printable(check['statement'])}")
        if check["message"]:
            lines.append(indent(printable(check["message"]), "        "))
        if check["hint"]:
            lines.append(f"        [yellow]hint:[/] {printable(check['hint'])}")
    return "\n".join(lines)


def practice(found: Report, asked: bool = False) -> str:
    """Return what the public tests found, by dimension, as markup.

    Args:
        found: what a run of them found.
        asked: show hints that would wait for the second try, and say where there is none.
    """
    lines, hints = [], []
    if printed := found.printed.splitlines():
        lines += [f"[dim]{printable(line)}[/]" for line in printed[:20]]
        lines += ["[dim]…[/]"] if len(printed) > 20 else []
    if found.problem:
        lines += [f"[red]{printable(line)}[/]" for line in found.problem.splitlines()]
    for name, results in by_dimension(found.results).items():
        lines.append(f"[bold]{name}[/]  {sum(one.passed for one in results)} of {len(results)}")
        for one in results:
            mark = MARKS[Status.PASSED if one.passed else Status.FAILED]
            lines.append(f"  {mark} {printable(one.statement)}")
            lines += [f"      {printable(line)}" for line in one.lines()]
            if one.hint and (asked or one.shows_hint):
                hints.append(one.hint)
    lines += [f"[yellow]hint:[/] {printable(hint)}" for hint in dict.fromkeys(hints)]
    if asked and any(one.status == Status.NOT_SOLVED for one in found.results):
        lines.append("First fill in what says YOUR CODE HERE.")
    elif asked and not hints and not found.solved:
        lines.append("There is no hint: no known mistake fails like this.")
    elif any(one.hint for one in found.results) and not hints:
        lines.append("There is a hint, if you ask for it.")
    return "\n".join(lines)


def _points(score: float, most: float) -> str:
    return f"{score:g}/{most:g}"
