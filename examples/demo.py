"""Grade a small class with nbgrader, and show what came of it: `make demo` runs this.

Each step is a command that you can type yourself. ada solved everything, bea and carl made mistakes
that are known, gina called the built-in, jan imports a package that nobody else has, and a loop in
kira's notebook never ends.
"""

import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

ROOT = Path(__file__).parent.parent
CLASS = ROOT / "examples" / "class"
STUDENTS = ("ada", "bea", "carl", "gina", "jan", "kira")
RESULTS = "build/results.json"
# Not all in `solutions/`: some may be your own, and half done.
EXERCISES = sorted({folder.name for folder in CLASS.glob("submitted/*/*")})
STEPS = (
    (["autograder", "build", *EXERCISES], "what students get, and what nbgrader needs"),
    (
        ["autograder", "autograde", "--time-limit", "10", "--json", RESULTS],
        "every notebook, in a locked process",
    ),
    (["nbgrader", "generate_feedback", "*", "--force"], "a page for each"),
    (["nbgrader", "export"], "the points of all"),
)
console = Console(highlight=False)


def main() -> None:
    """Do the steps and print one screen."""
    os.chdir(ROOT)
    started = time.perf_counter()
    for student in STUDENTS:
        shutil.copytree(
            CLASS / "submitted" / student, f"build/submitted/{student}", dirs_exist_ok=True
        )
    for command, what in STEPS:
        run(command, what)
    runs = json.loads(Path(RESULTS).read_text(encoding="utf-8"))["runs"]
    graded = {
        (one["id"], run["exercise"]): one
        for run in runs
        for one in run["submissions"]
        if one["id"] in STUDENTS
    }
    console.print(table(graded))
    for line in remarks(graded):
        console.print(textwrap.shorten(line, 100, placeholder=" …"), markup=False, soft_wrap=True)
    where(graded)
    console.print(f"\n[dim]{time.perf_counter() - started:.0f} seconds in all[/]")


def run(command: list[str], what: str) -> None:
    """Run a command; show its last line while it runs, and everything if it fails."""
    typed = " ".join(f"'{word}'" if word == "*" else word for word in command)
    started, lines = time.perf_counter(), []
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    if not console.is_terminal:
        console.print(f"$ {typed} …", soft_wrap=True)
    with (
        Progress(*columns, console=console, transient=True) as progress,
        subprocess.Popen(
            command,
            env={**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1"},
            text=True,
            errors="replace",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        task = progress.add_task(f"$ {typed}")
        for line in process.stdout:
            lines.append(line)
            progress.update(task, description=f"$ {typed}  [dim]{escape(line.strip()[-50:])}[/]")
    if process.returncode:
        console.print("".join(lines), markup=False)
        sys.exit(f"$ {typed} failed")
    seconds = time.perf_counter() - started
    console.print(f"[green]$ {typed}[/]: {what}, {seconds:.0f} s", soft_wrap=True)


def table(graded: dict[tuple[str, str], dict]) -> Table:
    """Return a row for each student, and a column for each exercise."""
    names = sorted({exercise for _, exercise in graded})
    found = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    found.add_column("student")
    for name in names:
        found.add_column(name.replace("_", "\n"), justify="right")
    found.add_column("hints", justify="right")
    for student in STUDENTS:
        theirs = [graded.get((student, name)) for name in names]
        points = [f"{one['score']:g}/{one['max_score']:g}" if one else "" for one in theirs]
        found.add_row(student, *points, str(sum(hints(one) for one in theirs if one) or ""))
    return found


def hints(submission: dict) -> int:
    """Return how many hints a student gets."""
    return len({check["hint"] for check in submission["checks"] if check["hint"]})


def remarks(graded: dict[tuple[str, str], dict]) -> Iterator[str]:
    """Yield what is special about the work of a student."""
    for (student, _), one in graded.items():
        switched_off = [check for check in one["checks"] if check["status"] == "disallowed"]
        if one["look_at"]:
            yield f"{student}: look at it, {one['look_at']}"
        elif one["message"]:
            yield f"{student}: {one['message']}"
        elif switched_off:
            yield f"{student}: {switched_off[0]['message']}"


def where(graded: dict[tuple[str, str], dict]) -> None:
    """Print where everything is, and what to type next."""
    (student, exercise), _ = max(graded.items(), key=lambda one: hints(one[1]))
    script = next((CLASS / "scripts").rglob("rosa.py")).relative_to(ROOT)
    console.print()
    lines = {
        "feedback": f"build/feedback/{student}/{exercise}/{exercise}.html, for example",
        "gradebook": "build/gradebook.db, which nbgrader and its formgrader open",
        "grades": "build/grades.csv, with the points in each dimension",
        "report": f"{RESULTS}, with every check of every notebook (docs/json.md)",
    }
    for name, place in lines.items():
        console.print(f"{name:10} {place}", soft_wrap=True)
    console.print("\nNext, type:")
    for command in (
        "source .venv/bin/activate",
        f"autograder grade {script.parent.name} {script}   # without nbgrader",
        "autograder start mine && cd mine && autograder check --watch   # as a student does",
        "python examples/semester.py semester   # a class hands in, again and late; all exports",
    ):
        console.print(f"  {command}", soft_wrap=True, markup=False)


if __name__ == "__main__":
    main()
