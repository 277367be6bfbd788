"""Look at what an answer does: run the functions `look_…` of an exercise, which draw or print.

They are given, and nobody is graded by them. A notebook calls `look` in a cell; `autograder look`
finds them in a file.
"""

import contextlib
import inspect
import io
import os
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.practice import publictests
from autograder.practice.files import NoPractice
from autograder.practice.publictests import (
    LOAD_SECONDS,
    TEST_SECONDS,
    UNSTOPPED,
    Place,
    watched,
)
from autograder.records import extras, submissions
from autograder.records.text import plain
from autograder.sandbox.loading import TooSlow, alarm, load
from autograder.show.pictures import NoPictures, png

NOTHING = "Nothing to see yet: "
AGAIN = "Then run this cell again."
MAX_PRINTED = 20_000


@dataclass(frozen=True)
class View:
    """What one function has shown.

    Attributes:
        name: of the function.
        about: its docstring.
        printed: what it printed.
        picture: as PNG, if it has drawn one.
        problem: why there is none, in sentences.
    """

    name: str
    about: str
    printed: str = ""
    picture: bytes = b""
    problem: str = ""


def view(function: Callable, place: Place, again: str = "", seconds: float = TEST_SECONDS) -> View:
    """Run a function that draws or prints, and return what came of it.

    Args:
        function: with a parameter, it gets a figure to draw on; without, it prints.
        place: tells where the student's own lines are.
        again: what to do when a problem has been mended.
        seconds: it may take.
    """
    picture, problem = b"", ""
    printed = io.StringIO()
    try:
        with (
            publictests.quiet(),
            contextlib.redirect_stdout(printed),
            warnings.catch_warnings(),
            alarm(seconds),
        ):
            warnings.simplefilter("ignore")  # a NaN is there to be seen
            if inspect.signature(function).parameters:
                picture = png(function)
            else:
                function()
    except NoPictures as error:
        problem = str(error)
    except (Exception, TooSlow) as error:
        problem = f"{_problem(error, function, place)} {again}".strip()
    about = " ".join((function.__doc__ or "").split())
    text = printed.getvalue()[:MAX_PRINTED]
    return View(function.__name__, about, text, picture, problem)


def _problem(error: BaseException, function: Callable, place: Place) -> str:
    """Return in sentences why an answer cannot be looked at."""
    own = _own_places(function, place)
    if isinstance(error, NameError) and not own(*_last(error)):
        return f"{NOTHING}{plain(str(error))}. Run the cell with your answer first."
    told = plain(publictests.explained(error, own))
    if "not solved yet" in told:
        return f"{NOTHING}{told}. Fill in what says YOUR CODE HERE."
    ended = "raised" if isinstance(error, Exception) else "did not end"
    return f"{NOTHING}what is drawn calls your code, and that {ended}\n    {told}\n"


def _last(error: BaseException) -> tuple[str, int]:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return (trace.tb_frame.f_code.co_filename, trace.tb_lineno) if trace else ("", 0)


def _own_places(function: Callable, place: Place) -> Place:
    """Return `place` without the lines of a function that was given."""
    try:
        lines, first = inspect.getsourcelines(function)
    except OSError:  # its source is gone
        return place
    file = function.__code__.co_filename
    given = range(first, first + len(lines))
    return lambda name, line: None if name == file and line in given else place(name, line)


def look(function: Callable) -> None:
    """Show in a notebook what a function draws or prints; raise nothing."""
    from IPython.display import Image, display

    seen = view(function, publictests.place_in_notebook, AGAIN)
    if seen.picture:
        display(Image(seen.picture, alt=seen.about))
    if seen.printed or seen.problem:
        print((seen.printed + seen.problem).rstrip())


def look_at_file(path: Path) -> list[View]:
    """Run the functions `look_…` of a script or a notebook, one after the other.

    Raises:
        NoPractice: the file cannot be read, or has none.
    """
    submission = submissions.read(path, path.stem)
    if submission.problem:
        raise NoPractice(f"{path}: {submission.problem}")
    if submission.notebook and (lacks := extras.lacking("notebook", "a notebook", ["ipython"])):
        raise NoPractice(f"{path}: {lacks}")
    folder = path.absolute().parent
    with contextlib.chdir(folder), _imports_from(folder):
        code = load(path.stem, submission.notebook, submission.cells, "", Path(path.name))
        with code.current():
            with _ended_after(LOAD_SECONDS, path), publictests.quiet(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                errors = list(code.run_all(LOAD_SECONDS))
            named = [thing for name, thing in code.namespace.items() if name.startswith("look_")]
            functions = [thing for thing in named if isinstance(thing, types.FunctionType)]
            if errors and not functions:
                raise NoPractice(f"{path}: {publictests.explained(errors[0], code.place)}")
            with _ended_after(TEST_SECONDS * len(functions), path):
                return [view(one, code.place) for one in functions]


@contextlib.contextmanager
def _ended_after(seconds: float, path: Path) -> Iterator[None]:
    """End the process if the block lasts much longer."""
    terminal = os.dup(2)

    def end() -> None:
        os.write(terminal, f"autograder: {path}: {UNSTOPPED}\n".encode())
        os._exit(1)

    try:
        with watched(seconds, end):
            yield
    finally:
        os.close(terminal)


@contextlib.contextmanager
def _imports_from(folder: Path) -> Iterator[None]:
    """Let a file import what lies beside it."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
