"""Run public tests where the student works, and say in a learner's words what they found.

A public test is a function `test_…` with plain asserts. Its docstring says what it asks:
"numerics: the four samples of the example cost 1.15625".
"""

import contextlib
import functools
import linecache
import logging
import os
import sys
import tempfile
import threading
import traceback
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from autograder.practice import about, fingerprints, outline
from autograder.records import extras, raised
from autograder.records.practice import OWN, Result
from autograder.records.results import DIMENSIONS, Status

Place = Callable[[str, int], str | None]  # where a line is for the student; None if it is not his
VALIDATING = "NBGRADER_VALIDATING"  # nbgrader sets it while Validate runs a notebook
LOAD_SECONDS, TEST_SECONDS = 30, 15  # a file or a cell may take, and a test
ENDLESS = ": a loop without an end?"
UNSTOPPED = f"it did not end, and could not be stopped, inside of TensorFlow{ENDLESS}"
GRACE = 5  # seconds in which an alarm should have been heard
NO_TESTS = (
    "there are no public tests in it any more: `autograder start DIR` makes fresh files; copy your "
    "answer into one"
)

_tries: dict[tuple[str, str], int] = {}


class PublicTestsFail(AssertionError):
    """Some public tests fail; a notebook shows the sentence, and no frames of ours.

    nbgrader's Validate shows nothing else, so there it says all that was found.
    """

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def described(test: Callable) -> Result:
    """Return a result with a test's name, dimension and statement."""
    dimension, _, statement = " ".join((test.__doc__ or "").split()).partition(": ")
    if dimension in DIMENSIONS and statement:
        return Result(test.__name__, dimension, statement)
    return Result(test.__name__, OWN, test.__name__)


def found_in(namespace: dict[str, Any]) -> list[Callable]:
    """Return the tests of a script or a notebook, in their order."""
    named = [thing for name, thing in namespace.items() if name.startswith("test_")]
    return [thing for thing in named if isinstance(thing, types.FunctionType)]


def run(test: Callable, place: Place, limit=contextlib.nullcontext) -> Result:
    """Run one test, in a context that may limit its time."""
    # TensorFlow: too slow for other projects' pytest
    from autograder.sandbox import settings, switches

    switches.used.clear()
    try:
        with settings.usual(), limit():
            test()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return failure(test, error, place)
    return described(test)


@contextlib.contextmanager
def watched(seconds: float, tell: Callable[[], None]) -> Iterator[None]:
    """Call `tell` if the block lasts much longer: inside of TensorFlow, no alarm is heard."""
    timer = threading.Timer(seconds + GRACE, tell)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def failure(test: Callable, error: BaseException, place: Place) -> Result:
    """Return the result of a test that raised."""
    from autograder.sandbox import switches
    from autograder.sandbox.loading import explain  # IPython: too slow for other projects' pytest

    result = described(test)
    told = explain(error, types.SimpleNamespace(place=place))
    # pytest adds what the operands of an assert were; the author's words come first.
    message = told["message"].split("\nassert ")[0].strip()
    frames = [(frame.f_code, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    lines = [line for code, line in frames if code is test.__code__]
    source = linecache.getline(test.__code__.co_filename, lines[-1]).strip() if lines else ""
    if switches.used:  # Keras may have wrapped the exception in others
        result.status = Status.DISALLOWED
        result.message = f"{switches.refusal(switches.used[0])}. The hidden checks raise here, too"
    elif isinstance(error, AssertionError):
        result.status, result.message = Status.FAILED, message or source
    elif told["unsolved"]:
        result.status, result.message = Status.NOT_SOLVED, Status.NOT_SOLVED.value
        if told["place"]:
            result.message += f" ({told['place']})"
        return result
    elif told["type"] == "TooSlow":
        result.status, result.message = Status.TIMED_OUT, f"{message}{ENDLESS}"
    else:
        result.status = Status.RAISED
        few = "\n".join(message.splitlines()[:3])  # Keras and TensorFlow explain at length
        result.message = f"{told['type']}: {few}" if few else told["type"]
        result.called = f"called in {result.name}: {source}" if source else ""
    if told["place"] and told["code"] != source:
        result.place = f"{told['place']}: {told['code']}"
    return result


def explained(error: BaseException, place: Place) -> str:
    """Return a sentence on what stopped a file while it was loaded."""
    from autograder.sandbox.loading import explain

    told = explain(error, types.SimpleNamespace(place=place))
    if told["unsolved"]:
        return f"{Status.NOT_SOLVED} ({told['place']})"
    where = f"{told['place']}: " if told["place"] else ""
    if told["type"] == "TooSlow":
        return f"{where}{told['message']}{ENDLESS}\n    {told['code']}".rstrip()
    code = f"\n    {told['code']}" if told["code"] else ""
    return f"{where}{told['type']}: {told['message']}".removesuffix(": ") + code


def failures_of(results: list[Result]) -> dict[str, str]:
    """Return test -> message for what failed in a way that may be known."""
    shown = (Status.FAILED, Status.RAISED)
    return {one.name: one.message for one in results if one.status in shown}


def add_hints(exercise: str, results: list[Result], folder: Path) -> None:
    """Give failures their hints.

    Known mistakes come from the file beside the student's, or from the package; what is none of
    them may be an exception that tells its reason.
    """
    failures = failures_of(results)
    for where in (folder, outline.folders()[0]):
        known = fingerprints.KnownFailures.read(fingerprints.find(exercise, where))
        hints = known.find(exercise, failures)
        for one in results:
            one.hint = one.hint or hints.get(one.name, "")
    for one in results:
        if one.status == Status.RAISED and not one.hint:
            one.hint = raised.hint(one.message, one.place)


def show(exercise: str, *tests: Callable) -> None:
    """Run the public tests in a notebook and show what they found as a table.

    Args:
        exercise: its name.
        tests: the functions.

    Raises:
        PublicTestsFail: some fail, so that nbgrader's Validate sees it.
    """
    from autograder.show import html, text

    extras.require("tensorflow", "running the public tests")
    known = about.of(exercise, Path.cwd())
    results = _run_in_notebook(tests, known.switched_off)
    add_hints(exercise, results, Path.cwd())
    for one in results:
        key = exercise, one.name
        one.tries = _tries[key] = one.try_after(_tries.get(key, 0))
    failed = sum(one.failed for one in results)
    sentence = f"{failed} of {len(results)} public tests fail."
    if VALIDATING not in os.environ:
        _display(html.public_tests(results, known.graded), text.public_tests(results, known.graded))
    elif failed:
        sentence += f"\n{text.public_tests([one for one in results if not one.passed])}"
    if failed:
        raise PublicTestsFail(sentence)


def _display(page: str, plain: str) -> None:
    try:
        from IPython.display import display
    except ImportError:  # the cells were copied into a script
        print(plain)
    else:
        display({"text/html": page, "text/plain": plain}, raw=True)


def _run_in_notebook(tests: Sequence[Callable], switched_off: Iterable[str]) -> list[Result]:
    from autograder.sandbox.loading import alarm
    from autograder.sandbox.switches import switched_off as off

    limit = functools.partial(alarm, TEST_SECONDS)
    results = [described(test) for test in tests]
    for one in results:
        one.status = Status.NOT_ASKED
    with quiet(), off(switched_off):
        for at, test in enumerate(tests):
            one = results[at]
            told = f"{one.dimension}: {one.statement}: {UNSTOPPED} Restart the kernel."
            with watched(TEST_SECONDS, functools.partial(print, told, flush=True)):
                results[at] = run(test, place_in_notebook, limit)
            if results[at].status == Status.TIMED_OUT:  # the others would run into the same loop
                break
    return results


def place_in_notebook(file: str, line: int) -> str | None:
    """Return what a notebook's user calls a line, or None if it is in no cell."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    if not (shell := get_ipython()):
        return None
    if hasattr(shell.compile, "format_code_name"):
        name = shell.compile.format_code_name(file)
        return f"{' '.join(name)}, line {line}" if name else None
    # IPython 7 names no cell: look for the last one with these lines.
    code = "".join(linecache.getlines(file)).strip()
    cells = [one.strip() for one in shell.history_manager.input_hist_parsed]
    numbers = [number for number, cell in enumerate(cells) if code and cell == code]
    return f"Cell In[{numbers[-1]}], line {line}" if numbers else None


@contextlib.contextmanager
def quiet():
    """Swallow stderr, TensorFlow's too: nbgrader's Validate takes it for a failure."""
    sys.stderr.flush()
    text = {"encoding": "utf-8", "errors": "backslashreplace"}
    with (
        tempfile.TemporaryFile("w+", **text) as file,
        contextlib.redirect_stderr(file),
        _without_warnings("tensorflow"),
    ):
        try:
            before = os.dup(2)
        except OSError:  # there is no such descriptor
            yield
            return
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(before, 2)
            os.close(before)


@contextlib.contextmanager
def _without_warnings(name: str):
    """Let a logger tell errors only: it holds the stderr of the time when it was made.

    TensorFlow's tells whoever runs tests again that functions are traced again.
    """
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
