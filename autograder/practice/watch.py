"""The loop in the terminal: one exercise after the other, checked whenever it is saved."""

import asyncio
from pathlib import Path

from prompt_toolkit.input import Input, create_input
from rich.console import Console
from watchfiles import awatch

from autograder.practice.outline import course, place
from autograder.practice.server import TestServer
from autograder.practice.tries import Progress
from autograder.records.places import Entry
from autograder.records.practice import Report
from autograder.records.recognition import exercise_of
from autograder.show.terminal import Hanging, beyond, practice, printable
from autograder.show.terminal import course as table

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
        self._console = console
        self._exercises = {path.absolute(): exercise_of(path) or path.stem for path in files}
        self._files = sorted(self._exercises, key=lambda path: place(self._exercises[path]).order)
        self._progress = {path.parent: Progress(path.parent) for path in self._files}
        names = [path.name for path in self._files]
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

        loop = asyncio.get_running_loop()

        def came(found: Report) -> None:
            self._report = found
            self._show()

        def on_result(found: Report) -> None:
            loop.call_soon_threadsafe(came, found)

        async def check():
            found = await asyncio.to_thread(self._server.check, path, on_result=on_result)
            if found.stopped:
                return
            if not found.untouched:
                progress.record(found)
            progress.save()
            came(found)

        return asyncio.create_task(check())

    def _next(self, at: int) -> int:
        """Return the next exercise of the course that is not done, or simply the next file."""
        order = [(at + step) % len(self._files) for step in range(1, len(self._files) + 1)]
        done = self._done()
        here = self._exercises[self._files[at]] if at >= 0 else ""
        todo = [one for one in order if self._exercises[self._files[one]] not in {here, *done}]
        # Whoever works on scripts does not want the notebooks, and the other way round.
        kind = self._files[at].suffix if at >= 0 else ""
        first = [one for one in todo if self._files[one].suffix == kind]
        return (first or todo or order)[0]

    def _done(self) -> set[str]:
        return {self._exercises[path] for path in self._files if self._solved(path)}

    def _solved(self, path: Path) -> bool:
        return self._progress[path.parent].solved(path)

    def _show(self) -> None:
        show = self._console.print
        self._console.clear()
        path, done = self._files[self._at], self._done()
        solved, all = len(done), len(set(self._exercises.values()))
        width = 40 * solved // all
        show(f"Progress [[green]{'#' * width}[/]{'-' * (40 - width)}] {solved}/{all}\n", style=None)
        entries = {one.name: one for one in course()}
        here = self._exercises[path]
        if self._list:
            names = dict.fromkeys(self._exercises.values())
            show(table([entries.get(name, Entry(name, place(name))) for name in names], done, here))
        else:
            about = entries[here].about if here in entries else ""
            show(f"[bold]{printable(_short(path))}[/]  {_took(self._report)}", soft_wrap=True)
            show(f"[dim]{printable(about)}[/]\n" if about else "")
            if self._report:
                self._show_report(self._report, path)
        keys = [f"[bold]{key}[/] {what}" for key, what in KEYS.items() if len(key) == 1]
        show(f"\n{'   '.join(keys)}")

    def _show_report(self, report: Report, path: Path) -> None:
        self._console.print(Hanging(practice(report, self._asked, "press h")))
        if report.untouched:
            self._console.print("Fill in what says YOUR CODE HERE, and save the file.")
        if not report.solved:
            return
        self._console.print()
        self._console.print(beyond(report, path.name))
        following = self._files[self._next(self._at)]
        if following != path:
            name = printable(self._exercises[following])
            self._console.print(f"\nPress n for the next exercise: [bold]{name}[/]")


def _took(report: Report | None) -> str:
    """Return how long a run took; while it lasts, its report has no time."""
    if report and report.untouched:
        return ""
    return f"{report.seconds:.1f} s" if report and report.seconds else "running…"


def _short(path: Path) -> str:
    """Return a path as one would type it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
