"""Run public tests where the student works, and say in a learner's words what they found.

A public test is a function `test_…` with plain asserts. Its docstring says what it asks:
"numerics: the four samples of the example cost 1.15625".
"""

import contextlib
import linecache
import os
import sys
import tempfile
import traceback
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder import fingerprints
from autograder.results import DIMENSIONS

Place = Callable[[str, int], str | None]  # where a line is for the student; None if it is not his
NO_TESTS = "there are no public tests in it any more: start from a fresh copy"
OWN = "your own"  # what a student added has no dimension

# What to say where the tests do not run with the notebook's cells: others run them, or nobody.
deferred: str | None = None
_tries: dict[tuple[str, str], int] = {}


@dataclass
class Result:
    """What one public test found.

    Attributes:
        name: of the function.
        dimension: one of the four, or `OWN`.
        statement: what it asks.
        status: "passed", "failed" (an assertion), "raised", "timed out", "not solved yet".
        message: what was different.
        called: the line of the test that ran into it, for what is no assertion.
        place: the student's own line that raised.
        fingerprints: of the failure alone, and of all failures of the run.
        hint: what a known mistake that fails alike is about.
        tries: how often in a row it has failed, where somebody counts.
    """

    name: str
    dimension: str
    statement: str
    status: str = "passed"
    message: str = ""
    called: str = ""
    place: str = ""
    fingerprints: list[str] = field(default_factory=list)
    hint: str = ""
    tries: int = 0

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    @property
    def shows_hint(self) -> bool:
        """From the second try on; before that, one has to ask."""
        return bool(self.hint) and self.tries >= 2

    def try_after(self, before: int) -> int:
        """Return how many tries failed in a row, this one included."""
        return 0 if self.status in ("passed", "not solved yet") else before + 1

    def lines(self) -> list[str]:
        """Return what to tell about a failure."""
        return [line for line in (*self.message.splitlines(), self.called, self.place) if line]


class PublicTestsFail(AssertionError):
    """Some public tests fail; a notebook shows the sentence, and no frames of ours."""

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
    from autograder import settings  # TensorFlow: too slow for other projects' pytest

    try:
        with settings.usual(), limit():
            test()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return failure(test, error, place)
    return described(test)


def failure(test: Callable, error: BaseException, place: Place) -> Result:
    """Return the result of a test that raised."""
    from autograder.loading import explain  # IPython: too slow for other projects' pytest

    result = described(test)
    told = explain(error, types.SimpleNamespace(place=place))
    # pytest adds what the operands of an assert were; the author's words come first.
    message = told["message"].split("\nassert ")[0].strip()
    frames = [(frame.f_code, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    lines = [line for code, line in frames if code is test.__code__]
    source = linecache.getline(test.__code__.co_filename, lines[-1]).strip() if lines else ""
    if isinstance(error, AssertionError):
        result.status, result.message = "failed", message or source
    elif told["unsolved"]:
        result.status = "not solved yet"
        result.message = f"not solved yet ({told['place']})" if told["place"] else result.status
        return result
    else:
        result.status = "timed out" if told["type"] == "TooSlow" else "raised"
        few = "\n".join(message.splitlines()[:3])  # Keras and TensorFlow explain at length
        result.message = f"{told['type']}: {few}" if few else told["type"]
        result.called = f"called in {result.name}: {source}" if source else ""
    if told["place"] and told["code"] != source:
        result.place = f"{told['place']}: {told['code']}"
    return result


def explained(error: BaseException, place: Place) -> str:
    """Return a sentence on what stopped a file while it was loaded."""
    from autograder.loading import explain

    told = explain(error, types.SimpleNamespace(place=place))
    if told["unsolved"]:
        return f"not solved yet ({told['place']})"
    where = f"{told['place']}: " if told["place"] else ""
    code = f"\n    {told['code']}" if told["code"] else ""
    return f"{where}{told['type']}: {told['message']}".removesuffix(": ") + code


def add_fingerprints(exercise: str, results: list[Result]) -> None:
    """Give every failure its fingerprints."""
    failures = {one.name: one.message for one in results if one.status in ("failed", "raised")}
    found = fingerprints.of_failures(exercise, failures)
    for one in results:
        if one.name in failures:
            one.fingerprints = [*found[""], *found[one.name]]


def add_hints(exercise: str, results: list[Result], folder: Path) -> None:
    """Give every known failure its hint, from the file beside the student's or from the package."""
    add_fingerprints(exercise, results)
    for where in (folder, handout()[0]):
        if (path := fingerprints.path_of(exercise, where)).exists():
            known = fingerprints.Hints.read(path)
            for one in results:
                one.hint = one.hint or known.find(one.fingerprints)


def handout() -> tuple[Path, Path]:
    """Return the folders of the stubs and of the notebooks: in the wheel, or in the repository."""
    root = Path(__file__).parent / "handout"
    root = root if root.is_dir() else Path(__file__).parent.parent
    return root / "exercises", root / "release"


def by_dimension(results: Iterable[Result]) -> dict[str, list[Result]]:
    """Return the results of each dimension, in the order of the dimensions."""
    found = {name: [one for one in results if one.dimension == name] for name in (*DIMENSIONS, OWN)}
    return {name: some for name, some in found.items() if some}


def show(exercise: str, *tests: Callable) -> None:
    """Run the public tests in a notebook and show what they found as a table.

    Args:
        exercise: its name.
        tests: the functions.

    Raises:
        PublicTestsFail: some fail, so that nbgrader's Validate sees it.
    """
    if deferred is not None:
        print(deferred, end="")
        return
    from IPython.display import display

    from autograder import pages

    with quiet():
        results = [run(test, _place_in_notebook) for test in tests]
        add_hints(exercise, results, Path.cwd())
    for one in results:
        key = exercise, one.name
        one.tries = _tries[key] = one.try_after(_tries.get(key, 0))
    page = {"text/html": pages.public_html(results), "text/plain": pages.public_text(results)}
    display(page, raw=True)
    failed = [one for one in results if not one.passed]
    if failed:
        lines = [f"{len(failed)} of {len(results)} public tests fail."]
        lines += [f"{one.name}: {one.message}" for one in failed]
        raise PublicTestsFail("\n".join(lines))


def _place_in_notebook(file: str, line: int) -> str | None:
    from IPython import get_ipython

    if (shell := get_ipython()) and (name := shell.compile.format_code_name(file)):
        return f"{' '.join(name)}, line {line}"
    return None


@contextlib.contextmanager
def quiet():
    """Swallow stderr, TensorFlow's too: nbgrader's Validate takes it for a failure."""
    sys.stderr.flush()
    text = {"encoding": "utf-8", "errors": "backslashreplace"}
    with tempfile.TemporaryFile("w+", **text) as file, contextlib.redirect_stderr(file):
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
