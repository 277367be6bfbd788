"""Show results to people in a terminal."""

import statistics
from collections.abc import Collection, Iterable, Iterator, Sequence
from textwrap import indent

from rich import box
from rich.console import Console, ConsoleOptions
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from autograder.records.places import Entry
from autograder.records.practice import Report, by_dimension, shared_reasons
from autograder.records.results import DIMENSIONS, Run, Status, SubmissionResult
from autograder.records.text import line, plain
from autograder.show.text import not_run, said_once, to_try

MAX_ROWS = 40  # of a table; a larger class is summed up

MARKS = {Status.PASSED: "[green]✓[/]", Status.FAILED: "[red]✗[/]", Status.NOT_ASKED: "[dim]·[/]"}
BEFORE = " ✓✗·"  # what a line of a report begins with
MAX_REASON = 500  # characters
BEGIN = "fill in what says YOUR CODE HERE, save, and run this again"
MAX_NAME = 60  # characters; a terminal breaks long lines by itself


def printable(text: str) -> str:
    """Return text without markup, and without control characters, which a terminal obeys."""
    return escape(plain(text))


def named(text: str) -> str:
    """Return a name, of a file for example, that cannot pass for further lines of a report."""
    return escape(line(text, MAX_NAME))


class Hanging:
    """Lines of markup; what does not fit into the terminal goes on below the line's first word."""

    def __init__(self, markup: str):
        self._markup = markup

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        for one in Text.from_markup(self._markup).split("\n", allow_blank=True):
            start = len(one.plain) - len(one.plain.lstrip(BEFORE))
            width = max(options.max_width - start, MAX_NAME // 2)
            parts = one[start:].wrap(console, width, overflow="fold") or [Text()]
            for number, part in enumerate(parts):
                yield (Text(" " * start) if number else one[:start]) + part


def course(entries: Iterable[Entry], solved: Collection[str] = (), here: str = "") -> Table:
    """Return the exercises of a course, unit by unit.

    Args:
        entries: in order.
        solved: the names of those whose public tests pass.
        here: the name of the one that somebody works on.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("unit", overflow="fold")
    table.add_column("")
    table.add_column("exercise", no_wrap=True)
    table.add_column("what it teaches", overflow="fold")
    for name in ("min.", "points"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("needs", justify="center", no_wrap=True)
    unit = None
    for one in entries:
        place = one.place
        title = f"{place.unit} {place.title}" if place.unit else "outside"
        mark = MARKS[Status.PASSED] if one.name in solved else "[bold]>[/]" * (one.name == here)
        table.add_row(
            escape(title) if place.unit != unit else "",
            mark,
            f"[bold]{named(one.name)}[/]" if one.name == here else named(one.name),
            escape(place.teaches),
            str(place.minutes) if place.unit else "",
            f"{one.points:g}" if place.unit else "",
            "↑" if one.needs else "",  # what it needs stands above it
        )
        unit = place.unit
    return table


def progress(entries: Sequence[Entry], solved: Collection[str]) -> str:
    """Return how much of a course is done, and what comes next, as markup."""
    done = [one for one in entries if one.name in solved]
    counts = [
        f"{len(done)} of {len(entries)} exercises",
        f"{sum(one.points for one in done):g} of {sum(one.points for one in entries):g} points",
        f"about {_hours(sum(one.place.minutes for one in entries if one not in done))} to go",
    ]
    lines = [f"done: {', '.join(counts)}"]
    if todo := [one for one in entries if one not in done]:
        about = f" ({escape(todo[0].about)})" if todo[0].about else ""
        lines.append(f"next: [bold]{named(todo[0].name)}[/]{about}")
    return "\n".join(lines)


def _hours(minutes: int) -> str:
    return f"{minutes} minutes" if minutes < 100 else f"{round(minutes / 60)} hours"


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
        if check["call"]:
            lines.append(indent(printable(to_try(check["call"])), "        "))
        if check["hint"]:
            lines.append(f"        [yellow]hint:[/] {printable(check['hint'])}")
    return "\n".join(lines)


def practice(found: Report, asked: bool = False, ask: str = "add --hint") -> str:
    """Return what the public tests found, by dimension, as markup.

    Args:
        found: what a run of them found, or is about to find.
        asked: show hints that would wait for the second try, and say where there is none.
        ask: how to ask for a hint.
    """
    if found.untouched:
        return "not started"
    if found.unsolved:
        return escape(found.results[0].message)
    lines = []
    if printed := found.printed.splitlines():
        lines += [f"[dim]{printable(line)}[/]" for line in printed[:20]]
        lines += ["[dim]…[/]"] if len(printed) > 20 else []
    if found.problem:
        lines += [f"[red]{printable(line)}[/]" for line in found.problem.splitlines()]
    reasons = shared_reasons(found.results)
    for number, some in enumerate(reasons, 1):
        of = f" ({number})" if len(reasons) > 1 else ""
        lines.append(f"[red]{len(some)} tests fail for one reason{of}:[/]")
        lines += [f"    {printable(line)}" for line in some[0].lines()]
    told = {one.name: number for number, some in enumerate(reasons, 1) for one in some}
    for name, results in by_dimension(found.results).items():
        lines.append(f"[bold]{name}[/]  {sum(one.passed for one in results)} of {len(results)}")
        for one in results:
            of = f" ({told[one.name]})" if one.name in told and len(reasons) > 1 else ""
            mark = MARKS[
                Status.PASSED if one.passed else Status.FAILED if one.failed else Status.NOT_ASKED
            ]
            lines.append(f"  {mark} {printable(one.statement)}{of}")
            if one.name not in told:
                lines += [f"      {printable(line)}" for line in one.lines()]
    late = not_run(found.results)
    return "\n".join([*lines, *[escape(late)] * bool(late), *_hints(found, asked, ask)])


def checked(found: Report, heading: str, asked: bool, alone: bool) -> str:
    """Return what a run found below its heading; in one line, if there is little to be said.

    Args:
        found: by the run.
        heading: of it, as markup.
        asked: show hints that would wait for the second try.
        alone: it is the only one that somebody asked for.
    """
    if found.untouched and alone:
        return f"{heading}  not started: {BEGIN}"
    if found.solved and not alone and not found.printed:
        count = len(found.results)
        return f"{heading}  {MARKS[Status.PASSED]} {count} of {count} public tests pass"
    space = "  " if found.untouched or found.unsolved else "\n"
    end = "" if space == "  " else "\n"
    return f"{heading}{space}{practice(found, asked)}{end}"


def tally(found: Sequence[Report]) -> str:
    """Return a line on many runs."""
    counts = {
        "solved": sum(one.solved for one in found),
        "not started": sum(one.untouched for one in found),
    }
    counts["to work on"] = len(found) - sum(counts.values())
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    return f"{told}: {BEGIN}" if counts["not started"] == len(found) else told


def _hints(found: Report, asked: bool, ask: str) -> list[str]:
    shown = [one.hint for one in found.results if one.hint and (asked or one.shows_hint)]
    if shown:
        return [f"[yellow]hint:[/] {printable(hint)}" for hint in dict.fromkeys(shown)]
    if asked and any(one.status == Status.NOT_SOLVED for one in found.results):
        return ["First fill in what says YOUR CODE HERE."]
    if asked and any(one.failed for one in found.results):
        return ["There is no hint: no known mistake fails like this."]
    return [f"There is a hint: {ask}."] * any(one.hint for one in found.results)


def beyond(found: Report, file: str) -> Table:
    """Return what hidden checks ask beyond the public tests that pass, and how to hand in."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, (points, asks) in found.graded.items():
        table.add_row(f"[bold]{named(name)}[/]", f"{points:g}", printable(asks))
    page = Table.grid()
    page.add_row("[green]All public tests pass.[/] When your work is graded, hidden checks ask")
    if found.graded:
        page.add_row(f"more, for {sum(points for points, _ in found.graded.values()):g} points:")
        page.add_row(table)
    else:
        page.add_row("more than these examples: see the statement.")
    page.add_row(
        f"To hand in, give {printable(file)} to your course as it is, under this name: the script "
        "or the notebook, not both."
    )
    return page


def _points(score: float, most: float) -> str:
    return f"{score:g}/{most:g}"
