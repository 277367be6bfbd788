"""Time nbgrader with its stock configuration and ours on the same class of notebooks.

    python benchmarks/compare.py --notebooks 60

The class is made of the right and wrong answers and the stubs of all exercises. CPU time is that of
the whole machine, memory that of all processes of a run: let nothing else run meanwhile.
"""

import functools
import itertools
import json
import os
import platform
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import direct
import nbformat
import psutil
import typer
from distributed import LocalCluster
from nbgrader.api import Gradebook
from rich import box
from rich.console import Console
from rich.table import Table

from autograder.authors.build import stub
from autograder.records import exercises
from autograder.records.results import DIMENSIONS

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
FLOOR = "floor: one warm process, no isolation"
TWICE = "two such processes, each the whole class"
OURS = "autograder autograde -j {}"
console = Console(highlight=False, width=140)


@dataclass
class Measured:
    wall: float
    cpu: float
    each: float  # seconds between two notebooks, the median
    memory: float  # bytes, at the peak
    scores: dict[tuple[str, str], float]


class Memory(threading.Thread):
    """Samples the memory of all processes below this one; pages that they share count once.

    Not often: to count the pages of one process takes the kernel a hundredth of a second.
    """

    def __init__(self):
        super().__init__(daemon=True)
        self.peak = 0.0
        self._done = threading.Event()

    def run(self):
        while not self._done.wait(4):
            total = 0
            for process in psutil.Process().children(recursive=True):
                try:
                    total += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.peak = max(self.peak, total)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self.join()


def busy() -> float:
    """Return the CPU seconds of the machine so far, without those of this process."""
    times, own = psutil.cpu_times(), psutil.Process().cpu_times()
    return times.user + times.system + times.nice - own.user - own.system


def specimens(count: int) -> dict[str, list[str]]:
    """Return sources by exercise: wheats and chaffs half and half, every tenth a stub."""
    chance = random.Random(1)
    found: dict[str, list[str]] = {}
    before = 0
    every = exercises.find_all(ROOT / "solutions")
    for number, exercise in enumerate(every):
        share = count // len(every) + (number < count % len(every))
        stubs = (before + share) // 10 - before // 10
        before += share
        wheats = [one.source for one in exercise.wheats]
        chaffs = [one.source for one in exercise.chaffs]
        half = (share - stubs) // 2
        sources = [stub(exercise)] * stubs
        sources += chance.sample(wheats, min(half, len(wheats)))
        sources += chance.sample(chaffs, share - len(sources))
        found[exercise.name] = sources
    return found


def command(course: Path, *words: str, **environment: str) -> None:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [*map(str, words)],
        cwd=course,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path, **environment},
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def make_course(folder: Path) -> None:
    """Write the course folder that our configuration grades, built and handed in."""
    shutil.copytree(ROOT / "solutions", folder / "solutions")
    shutil.copytree(ROOT / "exercises", folder / "exercises")  # with the hints of public tests
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    command(folder, "autograder", "build")


def make_stock(folder: Path, course: Path, in_kernel: bool) -> None:
    """Write a course folder for nbgrader's stock configuration, with the same notebooks."""
    shutil.copytree(course / "build" / "source", folder / "source")
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.ExecutePreprocessor.timeout = 120\n"
    )
    for path in folder.glob("source/*/*.ipynb"):
        if in_kernel:
            text = path.read_text()
            path.write_text(text.replace("from autograder.notebook import", "from direct import"))
        command(folder, "nbgrader", "generate_assignment", path.stem)


def hand_in(folder: Path, release: Path, submitted: Path, sources: dict[str, list[str]]) -> None:
    for name, found in sources.items():
        for number, source in enumerate(found):
            notebook = nbformat.read(release / name / f"{name}.ipynb", as_version=4)
            cells = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution")]
            for cell in cells:
                cell.source = ""
            cells[0].source = source
            path = folder / submitted / f"s{number:02}" / name / f"{name}.ipynb"
            path.parent.mkdir(parents=True)
            nbformat.write(notebook, path)


def scores(database: Path) -> dict[tuple[str, str], float]:
    with Gradebook(f"sqlite:///{database}") as gradebook:
        return {
            (assignment.name, submission.student.id): sum(
                grade.score or 0
                for notebook in submission.notebooks
                for grade in notebook.grades
                if grade.name in DIMENSIONS
            )
            for assignment in gradebook.assignments
            for submission in assignment.submissions
        }


def main(
    notebooks: Annotated[int, typer.Option(help="How many to grade.")] = 60,
    only: Annotated[list[str] | None, typer.Option(help="A row, by a part of its name.")] = None,
    rounds: Annotated[int, typer.Option(help="How often to run everything, in turn.")] = 1,
) -> None:
    """Print a table: wall, CPU, memory and scores of each way to grade the same class.

    Stock nbgrader runs twice: with checks in the kernel, beside the student's code, and with the
    cells as released, which grade in a locked process.
    """
    sources = specimens(notebooks)
    count = sum(map(len, sources.values()))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        expected = folder / "expected"
        expected.mkdir()
        course = folder / "ours"
        variables = {
            "AUTOGRADER_SOLUTIONS": str(course / "solutions"),
            direct.EXPECTED: str(expected),
            "PYTHONPATH": str(Path(__file__).parent),
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "TMPDIR": temporary,  # what is not locked in leaves much behind
        }
        console.print("making the class …")
        make_course(course)
        hand_in(course, course / "release", Path("build/submitted"), sources)
        # What is read for the first time, and mistakes that are not yet known, are not measured.
        started = time.perf_counter()
        command(course, "autograder", "autograde", "--quiet")
        console.print(f"first run: {time.perf_counter() - started:.0f} s")

        def floor() -> Measured:
            found, times, cpu = {}, [], 0.0
            with Memory() as memory:
                for name, given in sources.items():
                    done = subprocess.run(
                        [sys.executable, "-W", "ignore", direct.__file__],
                        text=True,
                        input=json.dumps({"exercise": name, "sources": given}),
                        check=True,
                        env={**os.environ, **variables},
                        stdout=subprocess.PIPE,
                        stderr=subprocess.DEVNULL,
                    )
                    told = json.loads(done.stdout[done.stdout.index('{"points"') :])
                    times += [b - a for a, b in itertools.pairwise(told["times"])]
                    cpu += told["cpu"]
                    found |= {(name, f"s{n:02}"): one for n, one in enumerate(told["points"])}
            return Measured(sum(times), cpu, statistics.median(times), memory.peak, found)

        def twice() -> Measured:
            with ThreadPoolExecutor(2) as pool:
                return max(pool.map(lambda _: floor(), range(2)), key=lambda one: one.wall)

        def ours(jobs: int) -> None:
            command(course, "autograder", "autograde", "--force", "--quiet", "-j", str(jobs))

        def on_dask() -> None:
            with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
                command(
                    course,
                    "autograder",
                    "autograde",
                    "--force",
                    "--quiet",
                    "--scheduler",
                    cluster.scheduler_address,
                )

        def through_nbgrader() -> None:
            for name in sources:
                command(course, "nbgrader", "autograde", name, "--force")

        def theirs(place: Path) -> None:
            for name in sources:
                command(place, "nbgrader", "autograde", name, "--force", **variables)

        def measured(built: Path, action: Callable[[], None]) -> Measured:
            with Memory() as memory:
                wall, cpu = time.perf_counter(), busy()
                action()
                wall, cpu = time.perf_counter() - wall, busy() - cpu
            written = sorted(path.stat().st_mtime for path in built.glob("autograded/*/*/*.ipynb"))
            each = statistics.median(b - a for a, b in itertools.pairwise(written))
            return Measured(wall, cpu, each, memory.peak, scores(built / "gradebook.db"))

        built = course / "build"
        ways: dict[str, Callable[[], Measured]] = {FLOOR: floor, TWICE: twice}
        for jobs in (1, 2):
            action = functools.partial(ours, jobs)
            ways[OURS.format(jobs)] = functools.partial(measured, built, action)
        ways["autograder autograde, 2 Dask workers"] = functools.partial(measured, built, on_dask)
        ways["nbgrader autograde, our configuration"] = functools.partial(
            measured, built, through_nbgrader
        )

        def is_wanted(name: str) -> bool:
            return not only or name == OURS.format(2) or any(part in name for part in only)

        for kind in ("in-kernel", "released"):
            if is_wanted(name := f"stock nbgrader, {kind} checks"):
                place = folder / kind
                make_stock(place, course, kind == "in-kernel")
                hand_in(place, place / "release", Path("submitted"), sources)
                ways[name] = functools.partial(measured, place, functools.partial(theirs, place))
        found: dict[str, list[Measured]] = {name: [] for name in ways if is_wanted(name)}
        for number in range(rounds):
            # There and back again: what a shared machine's speed does meanwhile evens out.
            for name in list(found)[:: -1 if number % 2 else 1]:
                one = ways[name]()
                console.print(f"{name}: {one.wall:.1f} s, CPU {one.cpu:.1f} s")
                found[name].append(one)
    show(found, count)


def show(found: dict[str, list[Measured]], count: int) -> None:
    """Print the medians of all rounds."""

    def median(name: str, attribute: str) -> float:
        return statistics.median(getattr(one, attribute) for one in found[name])

    def ratio(name: str, other: str, attribute: str = "wall") -> float:
        """Compare within rounds: from one to the next, a shared machine changes its speed."""
        pairs = zip(found[name], found[other], strict=True)
        return statistics.median(getattr(a, attribute) / getattr(b, attribute) for a, b in pairs)

    ours = OURS.format(2)
    expected = found[ours][0].scores
    asked = len({exercise for exercise, _ in expected})
    table = Table(title=f"{count} notebooks of {asked} exercises", box=box.MARKDOWN)
    for column in (
        "",
        "wall s",
        "per notebook, median",
        "CPU s",
        "peak MiB",
        "wall ÷",
        "CPU ÷",
        "other scores",
    ):
        table.add_column(column, justify="right" if column else "left")
    different: list[str] = []
    differ = set()
    for name, rounds in found.items():
        other = {
            f"{exercise} {student}: {one.scores.get((exercise, student))}, not {score}"
            for one in rounds
            for (exercise, student), score in expected.items()
            if one.scores.get((exercise, student)) != score
        }
        if other:
            differ.add(name)
            different.append(f"{name}: no ratio, since it does not do the same; its other scores:")
            different += [f"  {line}" for line in sorted(other)]
        table.add_row(
            name,
            f"{median(name, 'wall'):.1f}",
            f"{median(name, 'each'):.2f}",
            f"{median(name, 'cpu'):.1f}",
            f"{median(name, 'memory') / 2**20:.0f}",
            "-" if other else f"{ratio(name, ours):.1f}",
            "-" if other else f"{ratio(name, ours, 'cpu'):.1f}",
            str(len(other)),
        )
    console.print(table, *different, sep="\n")
    one = OURS.format(1)
    for told, name, other, times in (
        ("2 such processes do, times the work of 1", FLOOR, TWICE, 2),
        ("-j 2 does, times the work of -j 1", one, ours, 1),
        ("-j 1 takes, times the floor", one, FLOOR, 1),
    ):
        if {name, other} <= found.keys() - differ:
            console.print(f"{told}: {times * ratio(name, other):.2f}")
    console.print(
        f"{os.cpu_count()} cores, {_processor()}, Python {platform.python_version()}, "
        f"TensorFlow {version('tensorflow')}, nbgrader {version('nbgrader')}"
    )


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.*)", about.read_text()) if about.exists() else []
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    typer.run(main)
