"""Time nbgrader with its stock configuration and ours on the same class of notebooks.

    python benchmarks/compare.py --notebooks 60

The class is made of the right and wrong answers and the stubs of all exercises. CPU time is that of
the whole machine, memory that of all processes of a run: let nothing else run meanwhile.
"""

import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import direct
import nbformat
import psutil
import typer
from nbgrader.api import Gradebook
from rich.console import Console
from rich.table import Table

from autograder import exercises
from autograder.build import stub
from autograder.results import DIMENSIONS

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
console = Console(highlight=False, width=120)


@dataclass
class Measured:
    name: str
    wall: float
    cpu: float
    memory: float  # bytes, at the peak
    scores: dict[tuple[str, str], float]


class Memory(threading.Thread):
    """Samples the memory of all processes below this one; pages that they share count once."""

    def __init__(self):
        super().__init__(daemon=True)
        self.peak = 0.0
        self._done = threading.Event()

    def run(self):
        while not self._done.wait(0.3):
            total = 0
            for process in psutil.Process().children(recursive=True):
                try:
                    total += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.peak = max(self.peak, total)

    def stop(self) -> float:
        self._done.set()
        self.join()
        return self.peak


def busy() -> float:
    times = psutil.cpu_times()
    return times.user + times.system + times.nice


def measured(name: str, action: Callable[[], dict]) -> Measured:
    memory = Memory()
    memory.start()
    wall, cpu = time.perf_counter(), busy()
    scores = action()
    wall, cpu = time.perf_counter() - wall, busy() - cpu
    return Measured(name, wall, cpu, memory.stop(), scores)


def specimens(count: int) -> dict[str, list[str]]:
    """Return sources by exercise: wheats and chaffs half and half, every tenth a stub."""
    chance = random.Random(1)
    found = {}
    every = exercises.find_all(ROOT / "solutions")
    for number, exercise in enumerate(every):
        share = count // len(every) + (number < count % len(every))
        stubs = share // 10
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
        [*map(str, words)], cwd=course, capture_output=True, text=True,
        env={**os.environ, "PATH": path, **environment},
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def make_course(folder: Path) -> None:
    """Write the course folder that our configuration grades, built and handed in."""
    shutil.copytree(ROOT / "solutions", folder / "solutions")
    shutil.copytree(ROOT / "exercises", folder / "exercises")  # with the hints of public tests
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    if (ROOT / "build" / "hints").exists():
        shutil.copytree(ROOT / "build" / "hints", folder / "build" / "hints")
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
    stock: Annotated[bool, typer.Option(help="Run nbgrader's stock configuration as well.")] = True,
    released: Annotated[
        bool, typer.Option(help="Also with the cells as released, which grade in a new process.")
    ] = False,
) -> None:
    """Print a table: wall, CPU, memory and scores of each way to grade the same class."""
    sources = specimens(notebooks)
    count = sum(map(len, sources.values()))
    rows: list[Measured] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        expected = folder / "expected"
        expected.mkdir()
        variables = {
            "AUTOGRADER_SOLUTIONS": str(ROOT / "solutions"), direct.EXPECTED: str(expected),
            "PYTHONPATH": str(Path(__file__).parent), "TF_CPP_MIN_LOG_LEVEL": "3",
        }  # fmt: skip
        course = folder / "ours"
        console.print("making the class …")
        make_course(course)
        hand_in(course, course / "release", Path("build/submitted"), sources)
        # The known mistakes are asked for their hints once in the life of an exercise.
        started = time.perf_counter()
        command(course, "autograder", "autograde", "--quiet")
        console.print(f"first run, with the hints: {time.perf_counter() - started:.0f} s")

        def floor():
            found, wall, cpu = {}, 0.0, 0.0
            for name, given in sources.items():
                done = subprocess.run(
                    [sys.executable, "-W", "ignore", direct.__file__], text=True,
                    input=json.dumps({"exercise": name, "sources": given}), check=True,
                    env={**os.environ, **variables}, stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )  # fmt: skip
                told = json.loads(done.stdout[done.stdout.index('{"points"') :])
                wall, cpu = wall + told["wall"], cpu + told["cpu"]
                found |= {(name, f"s{n:02}"): one for n, one in enumerate(told["points"])}
            times.update(wall=wall, cpu=cpu)
            return found

        def ours(*words):
            def action():
                command(course, *words)
                return scores(course / "build" / "gradebook.db")

            return action

        def through_nbgrader():
            for name in sources:
                command(course, "nbgrader", "autograde", name, "--force")
            return scores(course / "build" / "gradebook.db")

        def theirs(place):
            def action():
                for name in sources:
                    command(place, "nbgrader", "autograde", name, **variables)
                return scores(place / "gradebook.db")

            return action

        def run(name, action):
            console.print(f"{name} …")
            rows.append(measured(name, action))

        times: dict[str, float] = {}
        run("floor: one warm process, no isolation", floor)
        rows[-1].wall, rows[-1].cpu = times["wall"], times["cpu"]
        for jobs in (1, 2):
            words = ("autograder", "autograde", "--force", "--quiet", "-j", str(jobs))
            run(f"autograder autograde -j {jobs}", ours(*words))
        run("nbgrader autograde, our configuration", through_nbgrader)
        for kind, wanted in (("in-kernel", stock), ("released", stock and released)):
            if wanted:
                place = folder / kind
                make_stock(place, course, kind == "in-kernel")
                hand_in(place, place / "release", Path("submitted"), sources)
                run(f"stock nbgrader, {kind} checks", theirs(place))

    show(rows, count)


def show(rows: list[Measured], count: int) -> None:
    ours = next(row for row in rows if row.name.endswith("-j 2"))
    table = Table(title=f"{count} notebooks, six exercises")
    for column in ("", "wall s", "per notebook", "CPU s", "peak MiB", "wall ÷", "CPU ÷", "scores"):
        table.add_column(column, justify="right" if column else "left")
    for row in rows:
        same = sum(row.scores.get(key) == score for key, score in ours.scores.items())
        table.add_row(
            row.name, f"{row.wall:.1f}", f"{row.wall / count:.2f}", f"{row.cpu:.1f}",
            f"{row.memory / 2**20:.0f}", f"{row.wall / ours.wall:.1f}",
            f"{row.cpu / ours.cpu:.1f}", f"{same}/{len(ours.scores)} the same",
        )  # fmt: skip
    console.print(table)
    console.print(
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    )


if __name__ == "__main__":
    typer.run(main)
