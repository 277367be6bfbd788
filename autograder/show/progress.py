"""Tell people how far a run is, and where its time went."""

import threading

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from autograder.records.results import SubmissionResult
from autograder.show.terminal import named, printable


class ProgressBar:
    """A live bar in a terminal, a line for each submission elsewhere. Use it in a `with` statement.

    Args:
        console: where to write.
        jobs: how many are graded at once.
        quiet: write nothing.
    """

    def __init__(self, console: Console, jobs: int, quiet: bool = False):
        self._console, self._jobs, self._quiet = console, jobs, quiet
        self._total = 0
        self._waiting: list[str] = []
        self._score = self._most = 0.0
        self._lock = threading.Lock()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[points]}"),
            TimeRemainingColumn(),
            console=console,
            disable=quiet or not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None, points="")

    def __enter__(self):
        self._bar.start()
        return self

    def __exit__(self, *_):
        self._bar.stop()

    def expect(self, names: list[str]) -> None:
        """Count submissions, in the order in which they will be done."""
        self._total += len(names)
        self._waiting += names
        self._bar.update(self._task, total=self._total)

    def preparing(self, done: int, total: int) -> None:
        """Show that the known mistakes are being asked for their hints."""
        text = "known mistakes, asked once for their hints"
        if not self._bar.disable:
            self._bar.update(self._task, description=text, completed=done, total=total)
        elif not self._quiet and done % 10 == 0:
            self._console.print(f"{text}: {done}/{total}")

    def done(self, name: str, result: SubmissionResult) -> None:
        """Tell that one more submission has its result."""
        with self._lock:
            self._waiting.remove(name)
            self._score += result.score
            self._most += result.max_score
            done = self._total - len(self._waiting)
        if not self._bar.disable:
            self._bar.update(
                self._task,
                completed=done,
                total=self._total,
                description=", ".join(map(named, self._waiting[: self._jobs])),
                points=f"{self._score:g}/{self._most:g} points",
            )
        elif not self._quiet:
            points = f"{result.score:g}/{result.max_score:g}"
            self._console.print(f"{done}/{self._total} {named(name)} {points}")


# No check can be called like these: they have spaces.
OURS = (
    "fork and lock",
    "load the checks",
    "end the processes",
    "compare answers",
    "find hints",
    "write with nbgrader",
)


def profile(results: list[SubmissionResult], wall: float, gradebook: float = 0) -> Table:
    """Return a table of where the wall time went, phase by phase, and how much of it is ours.

    What is not ours is the submission's code and the checks.

    Args:
        results: of the run.
        wall: seconds of the whole run.
        gradebook: seconds that nbgrader took for itself.
    """
    phases: dict[str, float] = {}
    for result in results:
        for phase, seconds in result.phases.items():
            phases[phase] = phases.get(phase, 0) + seconds
    if gradebook:
        phases["write with nbgrader"] = gradebook
    total = sum(phases.values())
    ours = sum(phases.get(phase, 0) for phase in OURS)
    table = Table(
        title=f"{len(results)} submissions in {wall:.1f} s",
        caption=f"the grader's own share: {ours / (total or 1):.1%}",
    )
    table.add_column("phase")
    for column in ("seconds", "share"):
        table.add_column(column, justify="right")
    for phase, seconds in sorted(phases.items(), key=lambda one: -one[1]):
        table.add_row(printable(phase), f"{seconds:.2f}", f"{seconds / total:.1%}")
    return table
