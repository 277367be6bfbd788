"""The command line."""

import os
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder import exercises, lock, report, submissions
from autograder.grading import Grader, GraderError
from autograder.processes import Limits, Worker, WorkerFailed
from autograder.results import Run, write_atomically

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False,
    help="Build, grade and audit exercises on custom Keras components.",
)  # fmt: skip
console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

Names = Annotated[list[str] | None, typer.Argument(help="Exercises; all of them by default.")]
Seed = Annotated[int | None, typer.Option(help="Draw random inputs from this, to repeat a run.")]


def _chosen(names: list[str] | None) -> list[exercises.Exercise]:
    return [exercises.find(name) for name in names] if names else exercises.find_all()


@app.command()
def build(names: Names = None) -> None:
    """Write stubs, source notebooks and releases."""
    from autograder.build import build as build_one

    chosen = _chosen(names)
    with Worker() as worker:
        for exercise in chosen:
            checks = Grader(worker, exercise, seed=0).checks
            for path in build_one(exercise, checks, exercises.solutions_folder().parent):
                console.print(f"wrote {os.path.relpath(path)}")


@app.command()
def grade(
    exercise: Annotated[str, typer.Argument(help="The exercise's name.")],
    paths: Annotated[list[Path], typer.Argument(help="Files (.py, .ipynb) or folders of them.")],
    json: Annotated[Path | None, typer.Option(help="Write the results to this file.")] = None,
    time_limit: Annotated[float, typer.Option(help="Seconds a cell or a check may take.")] = 30,
    seed: Seed = None,
) -> None:
    """Grade submissions and explain every lost point."""
    chosen = exercises.find(exercise)
    found = list(submissions.find(paths, exercise))
    limits = Limits(cell=time_limit, check=time_limit, total=6 * time_limit)
    with Worker(limits) as worker:
        grader = Grader(worker, chosen, seed)
        run = Run(exercise, grader.max_score, grader.seed, lock.layers(), [])
        for submission in found:
            result = grader.grade(submission)
            run.submissions.append(result)
            console.print(report.feedback(result), "", soft_wrap=True)
    if len(found) > 1:
        console.print(report.class_table(run))
    if json:
        write_atomically(json, run.as_json())
    if any(result.status == "grader error" for result in run.submissions):
        raise typer.Exit(1)


@app.command()
def audit(names: Names = None, seed: Seed = None) -> None:
    """Hold the hidden checks against the answers that are known to be right or wrong."""
    from rich.live import Live

    from autograder.audit import audit as audit_one

    problems = 0
    for exercise in _chosen(names):
        with Worker() as worker, Live(console=console) as live:
            for found in audit_one(exercise, worker, seed):
                live.update(report.audit_table(found))
        console.print(report.audit_findings(found), "")
        problems += sum(bool(row.problem) for row in found.rows)
        problems += sum(not found.caught_by(check) for check in found.checks)
    console.print(f"{problems} problems" if problems else "[green]no problems[/]")
    if problems:
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Tell whether this machine can grade, and what it protects."""
    for package in ("tensorflow", "keras", "numpy", "nbgrader", "ipython"):
        console.print(f"{package} {version(package)}")
    started = time.perf_counter()
    with Worker() as worker:
        console.print(f"the warm worker started in {time.perf_counter() - started:.1f} s")
        started = time.perf_counter()
        with worker.child() as child:
            child.send({"do": "prepare", "source": "", "seed": 0}, 10)
            child.receive(10)
        console.print(f"a child answered after {1000 * (time.perf_counter() - started):.0f} ms")
    layers = lock.layers()
    for name in lock.LAYERS:
        console.print(f"{name}: " + ("[green]holds[/]" if name in layers else lock.MISSING[name]))
    console.print(f"exercises: {', '.join(one.name for one in exercises.find_all())}")


def main() -> None:
    """Run the command line; end with a sentence, not a traceback, for what a user can mend."""
    try:
        app()
    except (exercises.NoExercise, FileNotFoundError) as error:
        errors.print(f"autograder: {error}", markup=False, soft_wrap=True)
        sys.exit(2)
    except (GraderError, WorkerFailed) as error:
        errors.print(f"autograder: {error}", markup=False, soft_wrap=True)
        sys.exit(1)
