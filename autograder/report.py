"""Show results to people in a terminal."""

from textwrap import indent

from rich import box
from rich.markup import escape
from rich.table import Table

from autograder.pages import plain
from autograder.results import DIMENSIONS, Run, SubmissionResult

MARKS = {"passed": "[green]✓[/]", "failed": "[red]✗[/]"}


def printable(text: str) -> str:
    """Return text without markup, and without control characters, which a terminal obeys."""
    return escape(plain(text))


def class_table(run: Run) -> Table:
    """Return one row per submission, with the points per dimension."""
    table = Table(title=f"{run.exercise}: {len(run.submissions)} submissions", box=box.SIMPLE_HEAD)
    table.add_column("submission")
    for name in DIMENSIONS:
        table.add_column(name, justify="right")
    table.add_column("score", justify="right")
    table.add_column("", no_wrap=True)
    for result in run.submissions:
        points = [_points(*result.points(name)) for name in DIMENSIONS]
        note = "" if result.status == "graded" else result.status
        total = _points(result.score, result.max_score)
        table.add_row(printable(result.id), *points, total, note)
    return table


def feedback(result: SubmissionResult) -> str:
    """Return the checks of a submission, by dimension, as markup."""
    lines = [f"[bold]{printable(result.id)}[/]  {_points(result.score, result.max_score)}"]
    if result.status != "graded":
        return "\n".join([*lines, f"  {result.status}: {printable(result.message)}"])
    told = ""
    for name in DIMENSIONS:
        if checks := result.dimension(name):
            lines.append(f"  {name}  {_points(*result.points(name))}")
        for check in checks:
            mark = MARKS.get(check.status, MARKS["failed"])
            lines.append(f"    {mark} {printable(check.statement)}")
            if check.message:
                lines.append(indent(printable(check.message), "        "))
            if check.hint and check.hint != told:
                lines.append(f"        [yellow]hint:[/] {printable(check.hint)}")
                told = check.hint
    return "\n".join(lines)


def _points(score: float, most: float) -> str:
    return f"{score:g}/{most:g}"
