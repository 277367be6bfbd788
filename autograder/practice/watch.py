"""The loop in the terminal: one exercise after the other, checked whenever it is saved."""

import asyncio
from pathlib import Path

from prompt_toolkit.input import Input, create_input
from rich.console import Console
from watchfiles import awatch

from autograder.practice.outline import place
from autograder.practice.server import TestServer
from autograder.practice.tries import Progress
from autograder.records.practice import Report
from autograder.records.recognition import exercise_of
from autograder.records.results import Status
from autograder.show.terminal import MARKS, practice, printable

KEYS = {
    "h": "hint",
    "n": "next",
    "l": "list",
    "r": "run again",
    "q": "quit",
    "c-c": "quit",
    "c-d": "quit",
}


class Loop:
    """Shows one of some exercises, checks it when it is saved, and obeys keys.

    Args:
        files: of the exercises, in order.
        console: where to show them.
    """

    def __init__(self, files: list[Path], console: Console):
        self._files, self._console = [path.absolute() for path in files], console
        self._progress = {path.parent: Progress(path.parent) for path in self._files}
        names = [path.name for path in files]
        last = self._progress[self._files[0].parent].current
        self._at = names.index(last) if last in names else self._next(-1)
        self._report: Report | None = None
        self._list = self._asked = False
        self._events: asyncio.Queue[str | Path] = asyncio.Queue()

    def run(self) -> None:
        """Run until somebody quits."""
        asyncio.run(self._run(create_input()))

    async def _run(self, terminal: Input) -> None:
        def pressed():
            for press in terminal.read_keys():
                if event := KEYS.get(getattr(press.key, "value", press.key)):
                    self._events.put_nowait(event)

        self._console.print("Importing TensorFlow…")
        self._server = await asyncio.to_thread(TestServer)
        watching = asyncio.create_task(self._watch())
        with terminal.raw_mode(), terminal.attach(pressed):
            checking = self._start()
            while (event := await self._events.get()) != "quit":
                if isinstance(event, Path):
                    self._at = self._files.index(event)
                elif event == "next":
                    self._at = self._next(self._at)
                elif event == "hint":
                    self._asked = True
                elif event == "list":
                    self._list = not self._list
                if isinstance(event, Path) or event in ("next", "run again"):
                    self._server.stop()
                    await checking
                    checking = self._start()
                self._show()
        self._server.stop()
        await checking
        watching.cancel()

    async def _watch(self) -> None:
        """Tell of exercises that were saved."""
        async for changes in awatch(*self._progress, recursive=False, step=20, rust_timeout=500):
            saved = {Path(path) for _, path in changes}
            for path in self._files:
                if path in saved and path.exists():
                    self._events.put_nowait(path)

    def _start(self) -> asyncio.Task:
        self._report, self._asked, self._list = None, False, False
        path = self._files[self._at]
        progress = self._progress[path.parent]
        progress.current = path.name
        self._show()

        async def check():
            found = await asyncio.to_thread(self._server.check, path)
            if found.stopped:
                return
            progress.record(found)
            progress.save()
            self._report = found
            self._show()

        return asyncio.create_task(check())

    def _next(self, at: int) -> int:
        """Return the next exercise that is not solved, or simply the next."""
        order = [(at + step) % len(self._files) for step in range(1, len(self._files) + 1)]
        return next((one for one in order if not self._solved(self._files[one])), order[0])

    def _solved(self, path: Path) -> bool:
        return self._progress[path.parent].solved(path)

    def _show(self) -> None:
        show = self._console.print
        self._console.clear()
        solved, all = sum(map(self._solved, self._files)), len(self._files)
        width = 40 * solved // all
        show(f"Progress [[green]{'#' * width}[/]{'-' * (40 - width)}] {solved}/{all}\n", style=None)
        path = self._files[self._at]
        if self._list:
            unit = 0
            for one in self._files:
                where = place(exercise_of(one))
                if where.unit and where.unit != unit:
                    unit = where.unit
                    show(f"[bold]Unit {unit}: {printable(where.title)}[/]", soft_wrap=True)
                mark = MARKS[Status.PASSED] if self._solved(one) else " "
                here = "[bold]>[/]" if one == path else " "
                about = f"  [dim]{where.minutes} minutes[/]" if where.unit else ""
                show(f"{here} {mark} {printable(_short(one))}{about}", soft_wrap=True)
        elif self._report is None:
            show(f"[bold]{printable(_short(path))}[/]  running…\n", soft_wrap=True)
        else:
            seconds = f"{self._report.seconds:.1f} s"
            show(f"[bold]{printable(_short(path))}[/]  {seconds}\n", soft_wrap=True)
            show(practice(self._report, self._asked))
            if self._report.solved:
                show("\n[green]The public tests pass.[/] Press n for the next exercise.")
        keys = [f"[bold]{key}[/] {what}" for key, what in KEYS.items() if len(key) == 1]
        show(f"\n{'   '.join(keys)}")


def _short(path: Path) -> str:
    """Return a path as one would type it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
