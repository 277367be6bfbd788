"""The command line."""

import contextlib
import functools
import inspect
import os
import platform
import re
import signal
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.authors import new as authoring
from autograder.practice import outline, tries
from autograder.practice.files import NoPractice, exercise_files
from autograder.practice.server import TestServer
from autograder.records import exercises, extras, submissions
from autograder.records.course import Course, NoCourse
from autograder.records.practice import Report
from autograder.records.recognition import exercise_of
from autograder.records.results import (
    LAYERS,
    NotGraded,
    Run,
    Status,
    SubmissionResult,
    as_json,
    write_atomically,
)
from autograder.sandbox import lock
from autograder.show import os_errors, terminal
from autograder.show.console import Output, console, errors, spell_what_is_missing
from autograder.show.github import Annotations, summary
from autograder.show.messages import Format, message_file, of_result, written
from autograder.show.progress import ProgressBar
from autograder.show.progress import profile as phases

if TYPE_CHECKING:
    from autograder.gradebook.autograde import ClassAutograde, Engine
    from autograder.gradebook.choice import Choice
    from autograder.gradebook.handed_in import HandedIn, Work
    from autograder.grading import running
    from autograder.grading.processes import Limits
    from autograder.records.classes import Class
    from autograder.records.places import Place

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Exercises on custom Keras components: work on them; build, grade and audit them.",
)

# Whom a command is for, in the order of the help.
STUDENTS, INSTRUCTORS, AUTHORS = PANELS = "For students", "For instructors", "For authors"
CORES = os.cpu_count() or 1
Names = Annotated[list[str] | None, typer.Argument(help="Exercises; all of them by default.")]
MessageFormat = Annotated[Format, typer.Option("--format", help="How the messages are written.")]
Jobs = Annotated[int, typer.Option("-j", "--jobs", min=1, help="How many to grade at once.")]


@dataclass(frozen=True)
class Options:
    """The options that `grade` and `autograde` share."""

    json: Annotated[
        Path | None, typer.Option(help="Write the results to this file; see docs/json.md.")
    ] = None
    junit: Annotated[
        Path | None, typer.Option(help="Write the results to this file, as JUnit XML.")
    ] = None
    jobs: Jobs = CORES
    time_limit: Annotated[
        float,
        typer.Option(
            help="Seconds a cell or a check may take; all cells together, and all checks together, "
            "may take six times as long."
        ),
    ] = 30
    force: Annotated[bool, typer.Option("--force", help="Grade again what was graded before.")] = (
        False
    )
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the table alone.")] = False
    rows: Annotated[
        bool,
        typer.Option("--rows", help=f"Print a row each of more than {terminal.MAX_ROWS}, too."),
    ] = False
    profile: Annotated[bool, typer.Option("--profile", help="Print where the time went.")] = False
    scheduler: Annotated[
        str | None, typer.Option(help="Grade on the Dask cluster with this scheduler's address.")
    ] = None
    require_protection: Annotated[
        bool, typer.Option("--require-protection", help="Refuse to grade where a layer is missing.")
    ] = False
    seed: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=2**32 - 1,
            help="Draw random inputs from this, to repeat a run; everything is graded again.",
        ),
    ] = None

    @property
    def anew(self) -> bool:
        """Whether what earlier runs found is graded again: another seed may find something else."""
        return self.force or self.seed is not None

    @property
    def limits(self) -> "Limits":
        from autograder.grading.processes import Limits

        return Limits.of(self.time_limit)


def with_options(command: Callable) -> Callable:
    """Give a command the shared options, which it gets as its argument `options`."""

    @functools.wraps(command)
    def wrapped(**given):
        shared = {one.name: given.pop(one.name) for one in fields(Options)}
        return command(**given, options=Options(**shared))

    own = [one for one in inspect.signature(command).parameters.values() if one.name != "options"]
    parameters = [*own, *inspect.signature(Options).parameters.values()]
    wrapped.__annotations__ = {one.name: one.annotation for one in parameters}
    keyword = inspect.Parameter.KEYWORD_ONLY
    wrapped.__signature__ = inspect.Signature([one.replace(kind=keyword) for one in parameters])
    return wrapped


def _no_linux() -> str:
    """Return why this machine cannot grade, whatever is installed; or nothing."""
    if sys.platform == "linux":
        return ""
    here = {"win32": "Windows", "darwin": "macOS"}.get(sys.platform, sys.platform)
    return (
        f"it needs Linux, and this is {here}. WSL and Docker have it: see "
        '"Grade on Windows and macOS" in the README'
    )


def _needs(extra: str, command: str) -> None:
    """Make sure that this machine can do what only graders and authors do.

    Raises:
        Lacking: it cannot.
    """
    if sentence := _no_linux():
        raise extras.Lacking(f"{command}: {sentence}")
    extras.require(extra, command)


def _chosen(names: list[str] | None) -> list[exercises.Exercise]:
    return [exercises.find(name) for name in names] if names else exercises.find_all()


@app.command(rich_help_panel=AUTHORS)
def build(names: Names = None) -> None:
    """Write stubs, source notebooks and releases; remove nothing that was not built."""
    _needs("grade", "build")
    from autograder.authors.build import BuildError, is_built, known_mistakes, ship_known_mistakes
    from autograder.authors.build import build as build_one
    from autograder.grading.processes import Worker
    from autograder.grading.reference import load_checks

    chosen, refused = [], []
    for exercise in _chosen(names):
        if is_built(exercise, exercise.course):
            console.print(f"{exercise.name}: nothing to build", markup=False)
        else:
            chosen.append(exercise)
    with contextlib.ExitStack() as stack:
        progress = stack.enter_context(_progress(1, quiet=False))
        worker = stack.enter_context(Worker()) if chosen else None
        for exercise in chosen:
            setup, checks, _ = load_checks(worker, exercise)
            try:
                known = ship_known_mistakes(worker, exercise, checks, progress.preparing)
                off = setup.switched_off
                written = known + build_one(exercise, checks, exercise.course, off)
            except BuildError as error:
                refused.append(str(error))
                continue
            for path in written:
                console.print(f"wrote {os.path.relpath(path)}", markup=False)
            few, all = known_mistakes(exercise, exercise.course)
            console.print(f"{few} of {all} hints can be given by the public tests")
            for place in authoring.left_to_do(exercise):
                console.print(f"left to do in {place}", markup=False)
    for error in dict.fromkeys(refused):
        errors.print(f"autograder: {error}", markup=False, soft_wrap=True)
    if refused:
        raise typer.Exit(1)


@app.callback(invoke_without_command=True)
def options(
    asked: Annotated[
        bool, typer.Option("--version", is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    if asked:
        console.print(
            f"autograder {version('keras-autograder')}, Python {platform.python_version()}"
        )
        raise typer.Exit()


@app.command(rich_help_panel=STUDENTS)
def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Exercise files, folders, or names of exercises.")
    ] = None,
    watch: Annotated[bool, typer.Option(help="Check again whenever a file is saved.")] = False,
    hint: Annotated[bool, typer.Option(help="Show hints before the second try, too.")] = False,
    timing: Annotated[bool, typer.Option("--time", help="Tell how long it took.")] = False,
) -> None:
    """Run the public tests of your own exercises."""
    files = exercise_files(paths or [Path()])
    extras.require("tensorflow", "check")
    if watch:
        if not sys.stdin.isatty():
            raise NoPractice("--watch needs a terminal.")
        from autograder.practice.watch import Loop

        Loop(files, console).run()
        return
    started = time.perf_counter()
    server = TestServer()
    if timing and server.start():
        console.print(f"TensorFlow imported in {time.perf_counter() - started:.1f} s")
    reports = []
    for path in files:
        reports.append(found := _check(server, path))
        tries.remember(found)
        seconds = f"  {found.seconds:.2f} s" if timing else ""
        heading = f"[bold]{terminal.printable(str(path))}[/]{seconds}"
        told = terminal.checked(found, heading, hint, len(files) == 1)
        if console.is_terminal:
            console.print(terminal.Hanging(told))
        else:
            console.print(told, soft_wrap=True)
    if len(files) > 1:
        console.print(terminal.tally(reports), soft_wrap=True)
    elif reports[0].solved:
        console.print(terminal.beyond(reports[0], str(files[0])))
    if not all(one.solved for one in reports):
        raise typer.Exit(1)


def _check(server: TestServer, path: Path) -> Report:
    """Run the public tests of a file; in a terminal, show results as they come."""
    if not console.is_terminal:
        return server.check(path)
    from rich.live import Live

    with Live(console=console, transient=True, auto_refresh=False) as live:

        def show(report: Report) -> None:
            told = f"[bold]{terminal.printable(str(path))}[/]\n{terminal.practice(report)}"
            live.update(terminal.Hanging(told))
            live.refresh()

        return server.check(path, on_result=show)


@app.command(rich_help_panel=STUDENTS)
def look(
    paths: Annotated[list[Path], typer.Argument(help="Exercise files.")],
    show: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the pictures, where there is a screen.")
    ] = True,
) -> None:
    """See what your own answer does: pictures and numbers, which nobody grades."""
    extras.require("tensorflow", "look")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from autograder.practice.looking import look_at_file

    files, failed = exercise_files(paths), False
    for path in files:
        if len(files) > 1:
            console.print(f"[bold]{terminal.printable(str(path))}[/]\n", soft_wrap=True)
        try:
            views = look_at_file(path)
        except NoPractice as error:  # the other files may be fine
            errors.print(f"autograder: {terminal.printable(str(error))}\n", soft_wrap=True)
            failed = True
            continue
        if not views:
            console.print(f"{path}: there is nothing to look at", markup=False)
        for view in views:
            console.print(f"[bold]{terminal.printable(view.about)}[/]", soft_wrap=True)
            if view.picture:
                file = path.with_name(f"{path.stem}.{view.name}.png")
                write_atomically(file, view.picture)
                console.print(f"wrote {terminal.printable(str(file))}\n", soft_wrap=True)
                if show and _has_screen():
                    typer.launch(str(file))
            if view.printed or view.problem:
                text = (view.printed + view.problem).rstrip()
                console.print(terminal.printable(text) + "\n", soft_wrap=True)
    if failed:
        raise typer.Exit(2)


def _has_screen() -> bool:
    """Tell whether somebody sees a window that opens."""
    windows = sys.platform != "linux" or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    return sys.stdout.isatty() and windows


@app.command("list", rich_help_panel=STUDENTS)
def list_exercises() -> None:
    """Show the course: its units, what each exercise teaches, takes, gives and needs.

    It is the course that you are in, if you are in one; otherwise the one of the package.
    """
    solved = tries.done([Path(), Path("exercises"), Path("notebooks")])
    entries = outline.course(outline.folders_here()[0])
    console.print(terminal.course(entries, solved))
    console.print(terminal.progress(entries, solved))


@app.command(rich_help_panel=STUDENTS)
def start(folder: Annotated[Path, typer.Argument(help="A new folder.")]) -> None:
    """Make a folder of exercises to work in; of the course that you are in, if you are in one."""
    from autograder.practice.handout import start as start_in

    names = start_in(folder)
    entries = outline.course(outline.folders_here()[0])
    console.print(terminal.course(entries))
    where = terminal.printable(str(folder))
    count = f"{len(names)} exercise{'s' * (len(names) != 1)}"
    console.print(f"{count} in {where}, as scripts and as notebooks.")
    console.print(terminal.progress(entries, ()))
    console.print(f"run:  cd {where} && autograder check --watch", soft_wrap=True)


@app.command("init", rich_help_panel=INSTRUCTORS)
def init_course(
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
    copy: Annotated[
        list[str] | None, typer.Option(help="Copy this exercise of the course here; repeatable.")
    ] = None,
) -> None:
    """Make a course folder: nbgrader's configuration, and exercises of your own."""
    from autograder.authors.new import init

    chosen = [exercises.find(name) for name in copy or []]
    for path in init(folder, chosen):
        console.print(f"wrote {os.path.relpath(path)}", markup=False)
    first = "autograder build" if chosen else "autograder new NAME --kind loss"
    console.print(f"run next: cd {folder} && {first}", markup=False, soft_wrap=True)


@app.command(rich_help_panel=INSTRUCTORS)
@with_options
def grade(
    exercise: Annotated[str, typer.Argument(help="The exercise's name.")],
    paths: Annotated[list[Path], typer.Argument(help="Files (.py, .ipynb) or folders of them.")],
    options: Options,
    github: Annotated[
        bool,
        typer.Option(
            "--github",
            help="Print the points as GitHub Classroom reads them, and write the feedback to the "
            "summary of a workflow's step.",
        ),
    ] = False,
    feedback: Annotated[
        Path | None, typer.Option(help="Write what each student should read to this folder.")
    ] = None,
    style: MessageFormat = Format.markdown,
) -> None:
    """Grade submissions and explain every lost point."""
    _needs("grade", "grade")
    chosen = exercises.find(exercise)
    _refuse_others(chosen, paths)
    found = submissions.find(paths, exercise)
    annotations = Annotations()
    if github:
        console.print(annotations.stop(), markup=False)
    started = time.perf_counter()
    run = _grade(chosen, found, paths, options)
    for line in submissions.passed_over(paths, exercise):
        errors.print(f"not graded: {terminal.printable(line)}", soft_wrap=True)
    seconds = time.perf_counter() - started
    try:
        _finish([run], options, seconds, printed_each=not options.quiet)
    finally:
        if feedback:
            _write_messages(run, feedback, style)
        if github and (place := os.environ.get("GITHUB_STEP_SUMMARY")):
            with Path(place).open("a", encoding="utf-8") as file:
                file.write(summary(run))
        if github:
            console.print(annotations.points([run]), markup=False, soft_wrap=True)


def _write_messages(run: Run, folder: Path, style: Format) -> None:
    """Write a message for each submission."""
    count = 0
    for result in run.submissions:
        if result.status != Status.GRADER_ERROR:
            text = written(of_result(run.exercise, run.exercise, result), style)
            write_atomically(message_file(folder, result.id, style), text)
            count += 1
    _say_written(count, folder)


def _say_written(count: int, folder: str | Path) -> None:
    text = f"wrote {count} message{'s' * (count != 1)} to {folder}"
    console.print(text, markup=False, soft_wrap=True)


def _refuse_others(exercise: exercises.Exercise, paths: list[Path]) -> None:
    """Refuse a script whose first line says that it is on another exercise of the course.

    In a folder, a student's file may say what it likes.
    """
    for path in paths:
        says = exercise_of(path) if path.suffix == ".py" else None
        known = says and (exercise.folder.parent / says / "checks.py").exists()
        if says != exercise.name and known:
            raise exercises.NoExercise(
                f"{path} is on {says}, says its first line. Run: autograder grade {says} {path}"
            )


def _grade(
    exercise: exercises.Exercise,
    found: list[submissions.Submission],
    paths: list[Path],
    options: Options,
) -> Run:
    """Grade submissions that lie at some paths, and print what was found."""
    from autograder.grading.cache import ResultCache
    from autograder.grading.seeds import Seeds

    lock.import_nothing_from(paths)
    seeds = Seeds.of(exercise, options.seed)
    with _machine(options) as machine, _progress(machine.jobs, options.quiet) as progress:
        progress.expect([one.id for one in found])
        results = None
        if options.seed is None:
            results = ResultCache(exercise, options.limits, options.force, machine.protection)
        runner = machine.runner(exercise, seeds, results, progress.preparing)
        runner.begin(found)
        runner.ready()
        run = Run(exercise.name, seeds.first, machine.protection)
        asked = [runner.submit(one, functools.partial(progress.done, one.id)) for one in found]
        for future in asked:
            run.submissions.append(result := future.result())
            if not options.quiet:
                console.print(terminal.feedback(result), "", soft_wrap=True)
    return run


@app.command(rich_help_panel=INSTRUCTORS)
def gradescope(
    path: Annotated[Path, typer.Argument(help="The zip to write.")], names: Names = None
) -> None:
    """Write the zip that grades a programming assignment on Gradescope."""
    extras.require("grade", "gradescope")
    from autograder.gradebook.gradescope import write_zip

    chosen = _chosen(names)
    write_zip(path, chosen)
    console.print(f"wrote {path}, which grades {', '.join(one.name for one in chosen)}")
    console.print("It holds the solutions: upload it to Gradescope, and give it to nobody.")


@app.command("on-gradescope", hidden=True, rich_help_panel=INSTRUCTORS)
def on_gradescope(folder: Path, results: Path) -> None:
    """Grade what one student handed in there: each exercise of the zip, found by what it says."""
    from autograder.grading.processes import Worker
    from autograder.grading.reference import load_checks
    from autograder.show.gradescope import results_json

    files = [file for file in sorted(folder.rglob("*")) if file.suffix in submissions.SUFFIXES]
    runs, missing = [], []
    chosen = exercises.find_all()
    for exercise in chosen:
        mine = [one for one in files if exercise.name in (one.stem, exercise_of(one))]
        if len(chosen) == 1 == len(files):
            mine = files
        if mine:
            newest = max(mine, key=lambda one: one.stat().st_mtime)
            found = [submissions.read(newest, exercise.name)]
            runs.append(_grade(exercise, found, [folder], Options(jobs=1)))
        else:
            with Worker() as worker:
                _, checks, _ = load_checks(worker, exercise)
            missing.append((exercise.name, sum(check.points for check in checks)))
    write_atomically(results, results_json(runs, missing))
    if any(one.status == Status.GRADER_ERROR for run in runs for one in run.submissions):
        raise typer.Exit(1)


@app.command(rich_help_panel=INSTRUCTORS)
@with_options
def autograde(
    options: Options,
    names: Annotated[
        list[str] | None, typer.Argument(help="Assignments; all that were submitted by default.")
    ] = None,
    student: Annotated[
        list[str] | None, typer.Option(help="Grade the work of this student alone; repeatable.")
    ] = None,
) -> None:
    """Do what `nbgrader autograde` does, for a whole class in parallel.

    An assignment may hold several exercises, and work that is graded by hand. What is written
    already is written again only if the submission, the exercise or the engine have changed; late
    penalties are always brought up to date. What was found and not graded is named at the end.
    """
    _needs("grade", "autograde")
    course = Course.around()
    started = time.perf_counter()
    with contextlib.chdir(course.folder), _machine(options) as machine:
        # While the warm worker starts.
        from autograder.gradebook import tuning

        tuning.skip_grammars()
        tuning.open_gradebooks_once()
        from autograder.gradebook.choice import choose

        choice = choose(names, course, options.time_limit, student or [])
        with _progress(machine.jobs, options.quiet) as progress:
            runs, gradebook = _autograde(choice, machine, progress, options, course)
        overlooked = choice.overlooked()
    for line in choice.failed:
        errors.print(f"autograder: {terminal.printable(line)}", soft_wrap=True)
    nothing = not choice.failed and not any(found.works for found in choice.found)
    failed = bool(choice.failed) or nothing
    try:
        _finish(runs, options, time.perf_counter() - started, gradebook, failed)
    finally:
        errors.print(terminal.overlooked(overlooked, choice.folder), soft_wrap=True, end="")
        if nothing:
            errors.print(f"autograder: {terminal.printable(choice.nothing(names))}", soft_wrap=True)


def _autograde(
    choice: "Choice",
    machine: "running.Machine",
    progress: ProgressBar,
    options: Options,
    course: Course,
) -> tuple[list[Run], float]:
    """Grade and write what was chosen; what fails for one assignment does not stop the others.

    Returns:
        the runs, and the seconds that nbgrader took for itself.
    """
    from autograder.gradebook.autograde import ClassAutograde, Grading, NbGraderException

    engines, runs, seconds = {}, {}, 0.0
    for found in choice.found:
        progress.expect([found.label(*asked) for asked in found.asked])
        assignment = found.assignment
        for name in assignment.exercises:
            if name not in engines:
                engines[name] = _engine(name, machine, progress, options, course)
            seed = engines[name].seeds.first
            run = Run(name, seed, machine.protection, assignment=assignment.name)
            runs[assignment.name, name] = run

    def graded(found: "HandedIn", work: "Work", name: str, result: SubmissionResult) -> None:
        progress.done(found.label(work, name), result)
        runs[found.assignment.name, name].submissions.append(result)

    def warn(text: str) -> None:
        errors.print(f"warning: {terminal.printable(text)}", soft_wrap=True)

    grading = Grading(engines, choice.found)
    for found in choice.found:
        on_result = functools.partial(graded, found)
        writer = ClassAutograde(found, grading, options.anew, on_result, warn)
        try:
            writer.start()
        except NbGraderException as error:
            choice.failed.append(f"{found.assignment.name}: {error}")
        seconds += writer.seconds
        _say_what_changed(writer, found, runs, options.quiet)
    return list(runs.values()), seconds


def _say_what_changed(
    writer: "ClassAutograde", found: "HandedIn", runs: dict[tuple[str, str], Run], quiet: bool
) -> None:
    """Print how much was graded, and remember for the table what people have changed."""
    from autograder.gradebook import assignments
    from autograder.gradebook.autograde import counts
    from autograder.gradebook.choice import Gradebook

    name, coursedir = found.assignment.name, found.assignment.coursedir
    unchanged, graded = counts(writer)
    if (unchanged or graded) and not quiet:
        text = f"{name}: {unchanged} unchanged, {graded} graded"
        console.print(text, markup=False, soft_wrap=True)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        for exercise in found.assignment.exercises:
            runs[name, exercise].by_hand = assignments.by_hand(gradebook, name)


def _engine(
    name: str, machine: "running.Machine", progress: ProgressBar, options: Options, course: Course
) -> "Engine":
    """Return what grades an exercise."""
    from autograder.gradebook.autograde import Engine
    from autograder.grading.cache import ResultCache
    from autograder.grading.seeds import Seeds

    exercise = exercises.find(name, course.solutions)
    # A submission may have told its student the seed: the next run has another.
    seeds = Seeds.of(exercise, options.seed)
    results = ResultCache(exercise, options.limits, options.anew, machine.protection)
    return Engine(machine.runner(exercise, seeds, results, progress.preparing), results, seeds)


@app.command(rich_help_panel=INSTRUCTORS)
def collect(
    path: Annotated[Path, typer.Argument(help="A zip, or a folder.")],
    source: Annotated[
        str, typer.Option("--from", help="moodle, canvas, blackboard, github or folder.")
    ],
    assignment: Annotated[
        str, typer.Option(help="What was handed in; otherwise each file says it.")
    ] = "",
) -> None:
    """Put what students handed in elsewhere into build/submitted, where it is graded."""
    extras.require("grade", "collect")
    from autograder.gradebook.collect import Source
    from autograder.gradebook.collect import collect as collect_in

    if source not in list(Source):
        raise NotGraded(f"--from {source}: there are {', '.join(Source)}")
    found = collect_in(Course.around(), path, Source(source), assignment)
    for note in found.notes:
        console.print(terminal.printable(note), soft_wrap=True)
    console.print(f"{len(found.written)} files taken, {len(found.unchanged)} were there already")
    if found.unmatched:
        errors.print("not taken:")
    for where, why in found.unmatched:
        line = f"  {terminal.named(where)}: {terminal.printable(why)}"
        errors.print(line, soft_wrap=True)
    if found.unmatched:
        raise typer.Exit(1)


@app.command(rich_help_panel=INSTRUCTORS)
def feedback(
    names: Annotated[
        list[str] | None, typer.Argument(help="Assignments; all in the gradebook by default.")
    ] = None,
    student: Annotated[
        list[str] | None, typer.Option(help="Write for this student alone; repeatable.")
    ] = None,
    style: MessageFormat = Format.text,
) -> None:
    """Write what students should read, for mail or an LMS; nbgrader makes the pages.

    There is a file for each student in build/messages/ASSIGNMENT: the points, what to mend, and
    what passed, as on the page.
    """
    extras.require("grade", "feedback")
    from autograder.gradebook import messages, tuning

    tuning.skip_grammars()
    tuning.open_gradebooks_once()
    found = messages.write(Course.around(), names or [], student or [], style)
    for folder, count in found.folders.items():
        _say_written(count, os.path.relpath(folder))
    for one in found.missing:
        text = f"{terminal.named(one)}: it has not been graded. Run: autograder autograde"
        errors.print(text, soft_wrap=True)
    if not found.folders and not found.missing:
        raise NotGraded("nothing has been graded yet. Run: autograder autograde")
    if found.missing:
        raise typer.Exit(1)


@app.command(rich_help_panel=INSTRUCTORS)
def grades(
    names: Annotated[
        list[str] | None, typer.Argument(help="Assignments; all in the gradebook by default.")
    ] = None,
    canvas: Annotated[
        Path | None, typer.Option(help="Fill in this gradebook, exported from Canvas.")
    ] = None,
    blackboard: Annotated[
        Path | None, typer.Option(help="Fill in this grade center, downloaded from Blackboard.")
    ] = None,
    moodle: Annotated[
        bool, typer.Option("--moodle", help="Write a table for Moodle's gradebook.")
    ] = False,
    moodle_worksheet: Annotated[
        Path | None,
        typer.Option(help="Fill in this grading worksheet of one assignment, from Moodle."),
    ] = None,
    wide: Annotated[bool, typer.Option("--wide", help="Write a row per student.")] = False,
    column: Annotated[
        list[str] | None,
        typer.Option(help="ASSIGNMENT=TITLE: what the LMS calls an assignment; repeatable."),
    ] = None,
    zeros: Annotated[
        bool, typer.Option("--zeros", help="Give an LMS a 0 for who handed in nothing.")
    ] = False,
    rows: Annotated[bool, typer.Option("--rows", help="Print a row per student.")] = False,
) -> None:
    """Write the grades of the class, for people or for a learning management system.

    Without an option for another format, build/grades.csv has a row per student and assignment.
    """
    extras.require("grade", "grades")
    from autograder.gradebook import export, lms

    course = Course.around()
    wanted = lms.Grades.of(course, names or [], column or [], zeros)
    written = []
    if canvas:
        written.append(lms.canvas(wanted, canvas, course.build / "grades-canvas.csv"))
    if blackboard:
        to = course.build / f"grades-blackboard{blackboard.suffix}"
        written.append(lms.blackboard(wanted, blackboard, to))
    if moodle:
        written.append(lms.moodle(wanted, course.build / "grades-moodle.csv"))
    if moodle_worksheet:
        to = course.build / "grades-moodle-worksheet.csv"
        written.append(lms.worksheet(wanted, moodle_worksheet, to))
    if wide:
        export.write(path := course.build / "grades-wide.csv", *export.wide(wanted.rows))
        console.print(f"wrote {os.path.relpath(path)}", markup=False)
    if not written and not wide:
        export.write(path := course.build / "grades.csv", export.COLUMNS, wanted.rows)
        export.show(wanted.rows, console, most=len(wanted.rows) if rows else terminal.MAX_ROWS)
        console.print(f"wrote {os.path.relpath(path)}", markup=False)
    for one in written:
        text = f"wrote {one.scores} scores to {os.path.relpath(one.path)}"
        console.print(text, markup=False, soft_wrap=True)
        for note in one.notes:
            console.print(f"  {terminal.printable(note)}", soft_wrap=True)


@app.command(rich_help_panel=INSTRUCTORS)
def report(
    json: Annotated[
        list[Path] | None,
        typer.Option(help="Take the results from this file, not from nbgrader; repeatable."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write the page here; else build/report.html.")
    ] = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Name no student.")] = False,
) -> None:
    """Write a page on the whole class: who did what, and what they misunderstood."""
    extras.require("grade", "report")
    from autograder.report import files, findings, page, plots, printed, progress

    started = time.perf_counter()
    course = None if json else Course.around()
    if course:
        group = _of_gradebook(course)
    else:
        with contextlib.suppress(NoCourse):
            course = Course.around()
        try:
            group = replace(files.read(json or []), places=_places(course), stubs=_stubs(course))
        except files.NotResults as error:
            raise NotGraded(str(error)) from None
    if not group.works:
        raise NotGraded("nothing has been graded yet. Run: autograder autograde")
    html = html or (course.build if course else Path()) / "report.html"
    now = f"{datetime.now():%d %B %Y, %H:%M}"
    changed = progress.compare(html.with_suffix(".json"), group, now)
    found = findings.find(group, changed, now, names=not anonymous)
    write_atomically(html, page.page(found))
    console.print(printed.core(found))
    if not plots.can_draw():
        errors.print(f"warning: {plots.HINT}", markup=False, soft_wrap=True)
    console.print(
        f"wrote {os.path.relpath(html)} in {time.perf_counter() - started:.1f} s",
        markup=False,
        soft_wrap=True,
    )


def _of_gradebook(course: Course) -> "Class":
    with contextlib.chdir(course.folder):
        from autograder.gradebook import tuning

        tuning.skip_grammars()
        tuning.open_gradebooks_once()
        from autograder.gradebook import overview

        return overview.read(course, _places(course))


def _places(course: Course | None) -> dict[str, "Place"]:
    """Return the place of each exercise, of those that students have if there is no course."""
    if course:
        return {one.name: one.place for one in exercises.find_all(course.solutions)}
    return {name: place for name, (place, _) in outline.outline().items()}


def _stubs(course: Course | None) -> dict[str, str]:
    folder = course.exercises if course else outline.folders()[0]
    return {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.py")}


@contextlib.contextmanager
def _machine(options: Options) -> Iterator:
    """Yield where to grade: a warm worker here, or a Dask cluster."""
    from autograder.grading import running
    from autograder.grading.processes import Worker

    try:
        with contextlib.ExitStack() as stack:
            if options.scheduler:
                machine = stack.enter_context(_cluster(options.scheduler, options.limits))
            else:
                worker = stack.enter_context(Worker(options.limits))
                machine = stack.enter_context(running.LocalMachine(worker, options.jobs))
            _say_what_is_missing(machine.protection, refuse=options.require_protection)
            with _interruptible():
                yield machine
            if options.scheduler and machine.lost:
                errors.print(f"{machine.lost} Dask workers were lost; others graded what they had")
    except KeyboardInterrupt:
        errors.print("stopped; what has been graded is kept: the same command goes on from there")
        raise typer.Exit(130) from None


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
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


def _cluster(scheduler: str, limits: "Limits"):
    address = re.fullmatch(r"(?:tcp|tls)://(?P<host>.+):(?P<port>\d{1,5})", scheduler)
    if not address:
        raise NotGraded(
            f"--scheduler {scheduler}: write the address of a Dask scheduler, like tcp://HOST:8786"
        )
    extras.require("cluster", "--scheduler")
    from autograder.grading.cluster import Cluster

    try:
        # Dask itself would try for minutes.
        socket.create_connection((address["host"], int(address["port"])), 10).close()
        return Cluster(scheduler, limits)
    except (OSError, OverflowError) as error:
        errors.print(f"autograder: no Dask scheduler at {scheduler}: {error}", markup=False)
        raise typer.Exit(2) from None


def _say_what_is_missing(layers: list[str], refuse: bool) -> None:
    """Name the layers of protection that are lacking, or refuse to go on without them."""
    lacking = lock.lacking(layers)
    if lacking and refuse:
        raise NotGraded("not graded, because of --require-protection\n" + "\n".join(lacking))
    for line in lacking:
        errors.print(f"warning: submissions run without {line}", markup=False, soft_wrap=True)


def _progress(jobs: int, quiet: bool) -> ProgressBar:
    return ProgressBar(console if console.is_terminal else errors, jobs, quiet)


def _finish(
    runs: list[Run],
    options: Options,
    seconds: float,
    gradebook: float = 0,
    failed: bool = False,
    printed_each: bool = False,
) -> None:
    """Write and print what belongs to whole runs; fail if that did, or something of ours."""
    from autograder.grading import cache

    if options.json:
        write_atomically(options.json, as_json(runs))
    if options.junit:
        from autograder.show.junit import junit

        write_atomically(options.junit, junit(runs))
    for run in runs:
        if len(run.submissions) > printed_each:
            few = options.rows or len(run.submissions) <= terminal.MAX_ROWS
            console.print(terminal.class_table(run) if few else terminal.summary(run))
    if not printed_each:
        console.print(terminal.to_look_at(runs), soft_wrap=True, end="")
    found = [result for run in runs for result in run.submissions]
    if options.profile:
        console.print(phases(found, seconds, gradebook))
    if problems := cache.problems():
        errors.print(terminal.printable(problems), soft_wrap=True)
    if failed or console.lost or any(result.status == Status.GRADER_ERROR for result in found):
        raise typer.Exit(1)


@app.command(rich_help_panel=AUTHORS)
def new(
    name: Annotated[str, typer.Argument(help="Of the exercise, in lower case.")],
    kind: Annotated[authoring.Kind, typer.Option(help="What it asks for.")],
) -> None:
    """Write the folder of a new exercise, with what is left to do marked in it."""
    for path in authoring.new(name, kind, authoring.place()):
        console.print(f"wrote {os.path.relpath(path)}", markup=False)
    console.print(f"run next: autograder build {name} && autograder audit {name}", markup=False)


class Kind(StrEnum):
    """What an audit may be limited to."""

    wheats = "wheats"
    chaffs = "chaffs"
    mutants = "mutants"


Full = Annotated[
    bool, typer.Option(help="Ask mutants every check, not only until one catches them.")
]
Anew = Annotated[bool, typer.Option("--all", help="Ask again what an earlier audit has asked.")]
Hints = Annotated[
    bool, typer.Option("--hints", help="Only show which hint a chaff gets if it is not known.")
]


@app.command(rich_help_panel=AUTHORS)
def audit(
    names: Names = None,
    only: Annotated[list[Kind] | None, typer.Option(help="Ask these only; repeatable.")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Sets of random inputs for each.")] = 1,
    jobs: Jobs = CORES,
    stress: Annotated[
        bool, typer.Option(help="Other threads and oneDNN settings in turn, on a busy machine.")
    ] = False,
    full: Full = False,
    anew: Anew = False,
    json: Annotated[Path | None, typer.Option(help="Write the findings to this file.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the kill matrix to this page.")] = None,
    hints: Hints = False,
) -> None:
    """Hold the hidden checks against the answers that are known to be right or wrong."""
    _needs("grade", "audit")
    if hints:
        return _audit_hints(_chosen(names))
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from autograder.authors import audit as auditing
    from autograder.authors import audit_report
    from autograder.grading.processes import Worker

    kinds = [kind.value.removesuffix("s") for kind in only] if only else auditing.KINDS
    audits = []
    settings, jobs = (auditing.SETTINGS[:seeds], 2 * jobs) if stress else ([{}], jobs)
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
                exercise, workers, rows, seeds, jobs, full, anew or stress, on_result, on_progress
            )
            audits.append(found)
            progress.remove_task(task)
            shown.print(audit_report.findings(found), soft_wrap=True)
    if json:
        write_atomically(json, audit_report.as_json(audits, seeds))
    if html:
        write_atomically(html, audit_report.page(audits, seeds))
    Output(width=max(120, console.width), highlight=False).print(audit_report.summary(audits))
    problems = sum(len(one.problems) for one in audits)
    asked = seeds * sum(len(one.rows) for one in audits)
    console.print(f"{asked} answers in {time.perf_counter() - started:.0f} s")
    if reused := sum(one.reused for one in audits):
        console.print(f"{reused} of them are from earlier audits; --all asks everything again")
    console.print(f"{problems} problems" if problems else "[green]no problems[/]")
    if problems:
        raise typer.Exit(1)


def _audit_hints(chosen: list[exercises.Exercise]) -> None:
    from rich.progress import Progress

    from autograder.authors import hint_report, public_hints
    from autograder.grading.processes import Worker

    found = []
    with Worker() as worker, Progress(console=console, transient=True) as progress:
        for exercise in chosen:
            task = progress.add_task(f"{exercise.name}, asking chaffs", total=None)

            def on_progress(done, total, task=task):
                progress.update(task, completed=done, total=total)

            found.append(hint_report.report(worker, exercise, on_progress))
            progress.remove_task(task)
    public = [public_hints.report(exercise) for exercise in chosen]
    lists = [hint_report.wrong_hints(one) for one in found]
    for text in filter(None, [*lists, *map(public_hints.others, public)]):
        console.print(text, markup=False, soft_wrap=True)
    wide = Output(width=max(120, console.width), highlight=False)
    wide.print(hint_report.table(found))
    wide.print(public_hints.table(public))
    problems = [problem for one in found for problem in one.problems]
    for problem in problems:
        console.print(problem, markup=False, soft_wrap=True)
    if problems:
        raise typer.Exit(1)


@app.command(rich_help_panel=STUDENTS)
def doctor() -> None:
    """Tell whether this machine can check and grade, and what it protects."""
    console.print(f"Python {platform.python_version()} in {sys.executable}", soft_wrap=True)
    console.print(f"autograder in {lock.location('autograder')}", soft_wrap=True)
    for name in lock.PACKAGES:
        where = lock.location(name)
        there = f"{name} {version(name)} in {where}" if where else f"{name}: not installed"
        console.print(there, soft_wrap=True)
    lacks_check = extras.lacking("tensorflow", "it")
    lacks_notebook = lacks_check or extras.lacking("notebook", "it", ["ipython"])
    lacks_grade = _no_linux() or extras.lacking("grade", "it")
    for what, lacks in (
        ("check", lacks_check),
        ("check, of notebooks", lacks_notebook),
        ("grade", lacks_grade),
    ):
        can = terminal.printable(lacks) if lacks else "[green]works here[/]"
        console.print(f"{what}: {can}", soft_wrap=True)
    if not lacks_grade:
        console.print(f"nbgrader {version('nbgrader')}")
        _doctor_of_worker()
    if lacks_check:
        raise typer.Exit(1)


def _doctor_of_worker() -> None:
    """Tell what the worker imports, how long it takes, and what protects this machine."""
    from autograder.grading.processes import Worker

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


# Typer shows panels in the order of their first commands.
app.registered_commands.sort(key=lambda one: PANELS.index(str(one.rich_help_panel)))


def main() -> None:
    """Run the command line; end with a sentence, not a traceback, for what a user can mend."""
    spell_what_is_missing()
    try:
        app()
    except (NoCourse, exercises.NoExercise, NoPractice, extras.Lacking, FileNotFoundError) as error:
        ours = not isinstance(error, OSError) or error.errno is None
        text = str(error) if ours else os_errors.sentence(error)
        errors.print(f"autograder: {terminal.printable(text)}", soft_wrap=True)
        sys.exit(2)
    except NotGraded as error:
        errors.print(f"autograder: {terminal.printable(str(error))}", soft_wrap=True)
        sys.exit(1)
    except (OSError, UnicodeError) as error:
        text = os_errors.sentence(error)
        errors.print(f"autograder: {terminal.printable(text)}", soft_wrap=True)
        sys.exit(1)
