"""The command line."""

import contextlib
import functools
import os
import platform
import signal
import statistics
import sys
import time
from collections.abc import Iterator
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from autograder.grading import cache, running
from autograder.grading.cache import ResultCache
from autograder.grading.grader import Grader
from autograder.grading.processes import Limits, Worker, WorkerFailed
from autograder.grading.reference import GraderError
from autograder.grading.seeds import Seeds
from autograder.practice import tries
from autograder.practice.files import NoPractice, exercise_files
from autograder.practice.server import TestServer
from autograder.records import exercises, submissions
from autograder.records.results import LAYERS, Run, Status, SubmissionResult, write_atomically
from autograder.sandbox import lock
from autograder.show import failures, report
from autograder.show.progress import ProgressBar
from autograder.show.progress import profile as phases
from autograder.show.terminal import Output, console, errors, spell_what_is_missing

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Build, grade and audit exercises on custom Keras components.",
)

CORES = os.cpu_count() or 1
Names = Annotated[list[str] | None, typer.Argument(help="Exercises; all of them by default.")]
Json = Annotated[Path | None, typer.Option(help="Write the results to this file.")]
Jobs = Annotated[int, typer.Option("-j", "--jobs", min=1, help="How many to grade at once.")]
TimeLimit = Annotated[
    float,
    typer.Option(
        help="Seconds a cell or a check may take; all cells together, and all checks together, may "
        "take six times as long."
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Grade again what was graded before.")]
RequireProtection = Annotated[
    bool, typer.Option("--require-protection", help="Refuse to grade where a layer is missing.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the table alone.")]
Profile = Annotated[bool, typer.Option("--profile", help="Print where the time went.")]
Scheduler = Annotated[
    str | None, typer.Option(help="Grade on the Dask cluster with this scheduler's address.")
]
Seed = Annotated[int | None, typer.Option(help="Draw random inputs from this, to repeat a run.")]


def _chosen(names: list[str] | None) -> list[exercises.Exercise]:
    return [exercises.find(name) for name in names] if names else exercises.find_all()


@app.command()
def build(names: Names = None) -> None:
    """Write stubs, source notebooks and releases; remove nothing that was not built."""
    from autograder.authors.build import BuildError, known_mistakes
    from autograder.authors.build import build as build_one

    chosen = _chosen(names)
    refused = []
    with Worker() as worker:
        for exercise in chosen:
            checks = Grader(worker, exercise, Seeds.same(0)).checks
            course = exercises.solutions_folder().parent
            try:
                written = build_one(exercise, checks, course)
            except BuildError as error:
                refused.append(error)
                continue
            for path in written:
                console.print(f"wrote {os.path.relpath(path)}", markup=False)
            known, all = known_mistakes(exercise, course)
            console.print(f"{known} of {all} hints can be given by the public tests")
    for error in refused:
        errors.print(f"autograder: {error}", markup=False, soft_wrap=True)
    if refused:
        raise typer.Exit(1)


@app.command()
def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="Exercise files, or folders.")] = None,
    watch: Annotated[bool, typer.Option(help="Check again whenever a file is saved.")] = False,
    hint: Annotated[bool, typer.Option(help="Show hints before the second try, too.")] = False,
    timing: Annotated[bool, typer.Option("--time", help="Tell how long it took.")] = False,
) -> None:
    """Run the public tests of your own exercises."""
    files = exercise_files(paths or [Path()])
    if watch:
        if not sys.stdin.isatty():
            raise NoPractice("--watch needs a terminal.")
        from autograder.practice.watch import Loop

        Loop(files, console).run()
        return
    started = time.perf_counter()
    server = TestServer()
    server.start()
    if timing:
        console.print(f"TensorFlow imported in {time.perf_counter() - started:.1f} s")
    solved = True
    for path in files:
        found = server.check(path)
        tries.remember(found)
        solved &= found.solved
        seconds = f"  {found.seconds:.2f} s" if timing else ""
        console.print(f"[bold]{report.printable(str(path))}[/]{seconds}", soft_wrap=True)
        console.print(report.practice(found, asked=hint) + "\n", soft_wrap=True)
    if not solved:
        raise typer.Exit(1)


@app.command()
def start(folder: Annotated[Path, typer.Argument(help="A new folder.")]) -> None:
    """Make a folder of exercises to work in."""
    from autograder.practice.handout import start as start_in

    names = start_in(folder)
    console.print(f"{len(names)} exercises in {report.printable(str(folder))}: {', '.join(names)}")
    console.print(f"Next: cd {report.printable(str(folder))} && autograder check --watch")


@app.command()
def grade(
    exercise: Annotated[str, typer.Argument(help="The exercise's name.")],
    paths: Annotated[list[Path], typer.Argument(help="Files (.py, .ipynb) or folders of them.")],
    json: Json = None,
    jobs: Jobs = CORES,
    time_limit: TimeLimit = 30,
    seed: Seed = None,
    force: Force = False,
    quiet: Quiet = False,
    profile: Profile = False,
    scheduler: Scheduler = None,
    require_protection: RequireProtection = False,
) -> None:
    """Grade submissions and explain every lost point."""
    chosen = exercises.find(exercise)
    found = submissions.find(paths, exercise)
    lock.import_nothing_from(paths)
    limits = Limits.of(time_limit)
    seeds = Seeds.of(chosen, seed)
    started = time.perf_counter()
    with (
        _machine(limits, scheduler, jobs, require_protection) as machine,
        _told(machine.jobs, quiet) as told,
    ):
        told.expect([one.id for one in found])
        results = ResultCache(chosen, limits, force, machine.protection) if seed is None else None
        runner = machine.runner(chosen, seeds, results, told.preparing)
        runner.begin(found)
        runner.ready()
        run = Run(exercise, seeds.first, machine.protection)
        asked = [runner.submit(one, functools.partial(told.done, one.id)) for one in found]
        for future in asked:
            run.submissions.append(result := future.result())
            if not quiet:
                console.print(report.feedback(result), "", soft_wrap=True)
    for line in submissions.passed_over(paths, exercise):
        errors.print(f"not graded: {report.printable(line)}", soft_wrap=True)
    _finish([run], json, profile, time.perf_counter() - started, told_each=not quiet)


@app.command()
def autograde(
    names: Annotated[
        list[str] | None, typer.Argument(help="Assignments; all that were submitted by default.")
    ] = None,
    json: Json = None,
    jobs: Jobs = CORES,
    time_limit: TimeLimit = 30,
    force: Force = False,
    quiet: Quiet = False,
    profile: Profile = False,
    scheduler: Scheduler = None,
    require_protection: RequireProtection = False,
) -> None:
    """Do what `nbgrader autograde` does, for a whole class in parallel.

    An assignment may hold several exercises, and work that is graded by hand. What is written
    already is written again only if the submission, the exercise or the engine have changed; late
    penalties are always brought up to date. What was found and not graded is named at the end.
    """
    course = exercises.solutions_folder().parent
    limits = Limits.of(time_limit)
    started = time.perf_counter()
    with contextlib.chdir(course), _machine(limits, scheduler, jobs, require_protection) as machine:
        # While the warm worker starts. jsonschema would build a grammar of IRIs, which no notebook
        # has, and take longer for that than all the rest.
        sys.modules.setdefault("rfc3987_syntax", None)
        from autograder.gradebook.choice import choose

        choice = choose(names, course, time_limit)
        with _told(machine.jobs, quiet) as told:
            runs = _autograde(choice, machine, told, limits, force)
        overlooked = choice.overlooked()
    gradebook = sum(step.seconds for step in choice.steps)
    for line in choice.failed:
        errors.print(f"autograder: {report.printable(line)}", soft_wrap=True)
    nothing = not choice.failed and not any(step.works for step in choice.steps)
    failed = bool(choice.failed) or nothing
    try:
        _finish(runs, json, profile, time.perf_counter() - started, gradebook, failed)
    finally:
        errors.print(report.overlooked(overlooked, choice.folder), soft_wrap=True, end="")
        if nothing:
            errors.print(f"autograder: {report.printable(choice.nothing(names))}", soft_wrap=True)


def _autograde(
    choice, machine: running.Machine, told: ProgressBar, limits: Limits, force: bool
) -> list[Run]:
    """Grade what was chosen; what fails for one assignment does not stop the others."""
    from autograder.gradebook.autograde import Engine, NbGraderException

    engines, runs = {}, []
    for step in choice.steps:
        step.find()
        told.expect([step.label(*asked) for asked in step.asked])
        step.anew, step.engines = force, engines
        step.warn = lambda text: errors.print(f"warning: {report.printable(text)}", soft_wrap=True)
        for name in step.exercises:
            if name not in engines:
                exercise = exercises.find(name)
                # A submission may have told its student the seed: the next run has another.
                seeds = Seeds.of(exercise)
                results = ResultCache(exercise, limits, force, machine.protection)
                runner = machine.runner(exercise, seeds, results, told.preparing)
                engines[name] = Engine(runner, results, seeds)
        runs.append(_begin(step, machine, told))
    # All of them prepare, before any submission: no job waits for another.
    for name, engine in engines.items():
        given = [work.given for step in choice.steps for work, asked in step.asked if asked == name]
        engine.runner.begin(given)
    for step in choice.steps:
        step.submit()
    for step in choice.steps:
        try:
            step.start()
        except NbGraderException as error:
            choice.failed.append(f"{step.name}: {error}")
    return [run for some in runs for run in some.values()]


def _begin(step, machine: running.Machine, told: ProgressBar) -> dict[str, Run]:
    """Have a step tell its results; return what will hold them, by exercise."""
    runs = {
        name: Run(name, step.engines[name].seeds.first, machine.protection, assignment=step.name)
        for name in step.exercises
    }

    def graded(work, name: str, result: SubmissionResult) -> None:
        told.done(step.label(work, name), result)
        runs[name].submissions.append(result)

    step.told = graded
    return runs


@contextlib.contextmanager
def _machine(limits: Limits, scheduler: str | None, jobs: int, protected: bool) -> Iterator:
    """Yield where to grade: a warm worker here, or a Dask cluster."""
    try:
        with contextlib.ExitStack() as stack:
            if scheduler:
                machine = stack.enter_context(_cluster(scheduler, limits))
            else:
                worker = stack.enter_context(Worker(limits))
                machine = stack.enter_context(running.LocalMachine(worker, jobs))
            _say_what_is_missing(machine.protection, refuse=protected)
            with _heard():
                yield machine
            if scheduler and machine.lost:
                errors.print(f"{machine.lost} Dask workers were lost; others graded what they had")
    except KeyboardInterrupt:
        errors.print("stopped; what has been graded is kept: the same command goes on from there")
        raise typer.Exit(130) from None


@contextlib.contextmanager
def _heard() -> Iterator[None]:
    """Raise KeyboardInterrupt once more if nobody noticed: Python drops what a callback raises."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield  # ignored, as in the background of a shell
        return

    def stop(*_):
        signal.setitimer(signal.ITIMER_REAL, 1)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGALRM)}
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _cluster(scheduler: str, limits: Limits):
    try:
        from autograder.grading.cluster import Cluster

        return Cluster(scheduler, limits)
    except ImportError:
        problem = "--scheduler needs Dask: pip install distributed"
    except OSError as error:
        problem = f"no Dask scheduler at {scheduler}: {error}"
    errors.print(f"autograder: {problem}", markup=False)
    raise typer.Exit(2)


def _say_what_is_missing(layers: list[str], refuse: bool) -> None:
    """Name the layers of protection that are lacking, or refuse to go on without them."""
    lacking = lock.lacking(layers)
    if lacking and refuse:
        raise GraderError("not graded, because of --require-protection\n" + "\n".join(lacking))
    for line in lacking:
        errors.print(f"warning: submissions run without {line}", markup=False, soft_wrap=True)


def _told(jobs: int, quiet: bool) -> ProgressBar:
    return ProgressBar(console if console.is_terminal else errors, jobs, quiet)


def _finish(
    runs: list[Run],
    json: Path | None,
    profile: bool,
    seconds: float,
    gradebook: float = 0,
    failed: bool = False,
    told_each: bool = False,
) -> None:
    """Write and print what belongs to whole runs; fail if that did, or something of ours."""
    if json:
        content = [run.as_json() for run in runs]
        write_atomically(json, content[0] if len(content) == 1 else f"[{','.join(content)}]")
    for run in runs:
        if len(run.submissions) > told_each:
            console.print(report.class_table(run))
    found = [result for run in runs for result in run.submissions]
    if profile:
        console.print(phases(found, seconds, gradebook))
    if told := cache.problems():
        errors.print(report.printable(told), soft_wrap=True)
    if failed or console.lost or any(result.status == Status.GRADER_ERROR for result in found):
        raise typer.Exit(1)


class Kind(StrEnum):
    """What an audit may be limited to."""

    wheats = "wheats"
    chaffs = "chaffs"
    mutants = "mutants"


@app.command()
def audit(
    names: Names = None,
    only: Annotated[list[Kind] | None, typer.Option(help="Ask these only; repeatable.")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Sets of random inputs for each.")] = 1,
    jobs: Jobs = CORES,
    stress: Annotated[
        bool, typer.Option(help="Other threads and oneDNN settings in turn, on a busy machine.")
    ] = False,
    full: Annotated[
        bool, typer.Option(help="Ask mutants every check, not only until one catches them.")
    ] = False,
    json: Annotated[Path | None, typer.Option(help="Write the findings to this file.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the kill matrix to this page.")] = None,
    hints: Annotated[
        bool, typer.Option("--hints", help="Only show which hint a chaff gets if it is not known.")
    ] = False,
) -> None:
    """Hold the hidden checks against the answers that are known to be right or wrong."""
    if hints:
        return _audit_hints(_chosen(names))
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from autograder.authors import audit as auditing
    from autograder.authors import matrix

    kinds = [kind.value.removesuffix("s") for kind in only] if only else auditing.KINDS
    audits = []
    settings = auditing.SETTINGS[:seeds] if stress else [{}]
    jobs = 2 * jobs if stress else jobs
    started = time.perf_counter()
    columns = TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn()
    with contextlib.ExitStack() as stack:
        shown = console if console.is_terminal else Output(width=120, highlight=False)
        progress = stack.enter_context(Progress(*columns, console=shown, transient=True))
        workers = [stack.enter_context(Worker(environment=one)) for one in settings]
        for exercise in _chosen(names):
            rows = auditing.specimens(exercise, kinds)
            task = progress.add_task(exercise.name, total=seeds * len(rows))

            def on_progress(done, total, task=task, name=exercise.name):
                progress.update(task, description=f"{name}, asking chaffs: {done}/{total}")

            on_result = functools.partial(progress.advance, task)
            found = auditing.audit(
                exercise, workers, rows, seeds, jobs, full, on_result, on_progress
            )
            audits.append(found)
            progress.remove_task(task)
            shown.print(matrix.findings(found), soft_wrap=True)
    if json:
        write_atomically(json, matrix.as_json(audits, seeds))
    if html:
        write_atomically(html, matrix.page(audits, seeds))
    Output(width=max(120, console.width), highlight=False).print(matrix.summary(audits))
    problems = sum(len(one.problems) for one in audits)
    asked = seeds * sum(len(one.rows) for one in audits)
    console.print(f"{asked} answers in {time.perf_counter() - started:.0f} s")
    console.print(f"{problems} problems" if problems else "[green]no problems[/]")
    if problems:
        raise typer.Exit(1)


def _audit_hints(chosen: list[exercises.Exercise]) -> None:
    from rich.progress import Progress

    from autograder.authors import hint_report, public_hints

    found = []
    with Worker() as worker, Progress(console=console, transient=True) as progress:
        for exercise in chosen:
            task = progress.add_task(f"{exercise.name}, asking chaffs", total=None)

            def on_progress(done, total, task=task):
                progress.update(task, completed=done, total=total)

            found.append(hint_report.report(worker, exercise, on_progress))
            progress.remove_task(task)
    for one in found:
        console.print(hint_report.wrong_hints(one), markup=False, soft_wrap=True)
    console.print(hint_report.table(found))
    public = [public_hints.report(exercise) for exercise in chosen]
    for one in public:
        console.print(public_hints.others(one), markup=False, soft_wrap=True)
    console.print(public_hints.table(public))
    problems = [problem for one in found for problem in one.problems]
    for problem in problems:
        console.print(problem, markup=False, soft_wrap=True)
    if problems:
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Tell whether this machine can grade, and what it protects."""
    console.print(f"Python {platform.python_version()} in {sys.executable}", soft_wrap=True)
    console.print(f"autograder in {lock.location('autograder')}", soft_wrap=True)
    for name in lock.PACKAGES:
        console.print(f"{name} {version(name)} in {lock.location(name)}", soft_wrap=True)
    console.print(f"nbgrader {version('nbgrader')}")
    started = time.perf_counter()
    with Worker() as worker:
        worker.ready()
        console.print(f"the warm worker started in {time.perf_counter() - started:.1f} s, with")
        for name, (folder, own) in worker.packages.items():
            console.print(f"  {name} {own} in {folder}", soft_wrap=True)
        answered, locked = [], []
        for _ in range(21):
            started = time.perf_counter()
            with worker.child() as child:
                child.send({"do": "ping"}, 10)
                locked.append(child.receive(10)["locked after"])
                answered.append(time.perf_counter() - started)
        console.print(
            f"a child answered after {1000 * statistics.median(answered):.0f} ms, of which locking "
            f"took {1000 * statistics.median(locked):.1f} ms (medians of {len(locked)})"
        )
    layers = lock.layers()
    for name in LAYERS:
        console.print(f"{name}: " + ("[green]holds[/]" if name in layers else lock.MISSING[name]))
    console.print(f"exercises: {', '.join(one.name for one in exercises.find_all())}")


def main() -> None:
    """Run the command line; end with a sentence, not a traceback, for what a user can mend."""
    spell_what_is_missing()
    try:
        app()
    except (exercises.NoExercise, NoPractice, FileNotFoundError) as error:
        ours = not isinstance(error, OSError) or error.errno is None
        text = str(error) if ours else failures.sentence(error)
        errors.print(f"autograder: {report.printable(text)}", soft_wrap=True)
        sys.exit(2)
    except (GraderError, WorkerFailed) as error:
        errors.print(f"autograder: {report.printable(str(error))}", soft_wrap=True)
        sys.exit(1)
    except (OSError, UnicodeError) as error:
        text = failures.sentence(error)
        errors.print(f"autograder: {report.printable(text)}", soft_wrap=True)
        sys.exit(1)
