"""Load a student's code: a script, or the cells of a notebook one after another.

The grader's children, `autograder check` and pytest all use it.
"""

import __future__

import _thread
import ast
import contextlib
import linecache
import re
import signal
import sys
import threading
import traceback
import types
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.records.raised import readable
from autograder.sandbox.statements import Ran, failure, is_environments, split_imports

MAX_MESSAGE = 1_000  # characters kept of what an exception says
FUTURE = __future__.annotations.compiler_flag  # the only one that still changes what code does


# Where released notebooks import `show` and `look` from, and where they are.
SHOW = ("autograder.cells", "autograder.publictests")


def put_off_public_tests(text: str) -> None:
    """Let `show`, which the cells with the public tests call, print a text and do nothing else.

    And let `look`, which draws what there is to look at, do nothing at all.
    """
    for name in SHOW:
        module = sys.modules[name] = types.ModuleType(name)
        module.show = lambda *args: print(text, end="")  # type: ignore[attr-defined]
        module.look = lambda function: None  # type: ignore[attr-defined]


class TooSlow(BaseException):
    """The alarm rang; no `except Exception` of a submission swallows it."""


@contextlib.contextmanager
def alarm(seconds: float):
    """Raise `TooSlow` in the block after so many seconds of wall time; after 0, never.

    In a thread, where no signal arrives, neither.
    """
    if not seconds or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_):
        raise TooSlow(f"stopped after {seconds:g} seconds")

    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        return
    # Windows has no such timer: a thread has Python call the handler of a signal that is not sent.
    before = signal.signal(signal.SIGTERM, ring)
    timer = threading.Timer(seconds, _thread.interrupt_main, [signal.SIGTERM])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        signal.signal(signal.SIGTERM, before)


def load(
    name: str, notebook: bool, cells: Sequence[str], shows: str, file: Path | None = None
) -> "Code":
    """Return a student's code, none of it run yet.

    Python finds its module after `stay`, or inside `current`.

    Args:
        name: of the module that a script becomes.
        notebook: whether it is one.
        cells: the source of each; a script is a single cell.
        shows: what a notebook's cell with the public tests prints instead of running them.
        file: where a script lies. By default it is written into the current folder.
    """
    put_off_public_tests(shows)
    if not notebook:
        return Script(name, cells[0], file)
    from autograder.sandbox.notebooks import Notebook  # IPython, which scripts do not need

    return Notebook(cells)


class Code:
    """A submission's code, cell by cell.

    Attributes:
        cells: the source of each.
        module: what the code runs in.
        namespace: the names that it defines.
    """

    cells: list[str]

    def __init__(self, module: types.ModuleType):
        self.module, self.namespace, self._name = module, vars(module), module.__name__
        self._lines: dict = {}  # what `linecache` must hold for code that is in no file

    def stay(self) -> None:
        """Let Python find this code from now on: the process loads no other."""
        sys.modules[self._name] = self.module

    @contextlib.contextmanager
    def current(self) -> Iterator[None]:
        """Let Python find this code in the block, and no other that has the same names.

        Pickle looks for a class in the module that the class names; AutoGraph and tracebacks look
        for lines in the file that the code names, and each notebook has a "cell 1".
        """
        before = sys.modules.get(self._name)
        self.stay()
        linecache.cache.update(self._lines)
        try:
            yield
        finally:
            if before is None:
                sys.modules.pop(self._name, None)
            else:
                sys.modules[self._name] = before

    def run_all(self, seconds: float) -> Iterator[BaseException]:
        """Run all cells, each for so many seconds at most; yield what they raise."""
        for index in range(len(self.cells)):
            for one in self.run(index, seconds).failures:
                yield one.error

    def run(self, index: int, seconds: float, resume: bool = False) -> Ran:
        """Run a cell.

        Args:
            index: of the cell.
            seconds: of wall time, for all of it.
            resume: go on after a statement that raised, as if it were not there.
        """
        ran = Ran()
        self._before(index)
        try:
            with self._capturing(ran), alarm(seconds):
                first: int | None = 0
                while first is not None:
                    error = self._execute(index, first, resume)
                    if error is None:
                        break
                    body, filename = self.statements(index), self._filename(index)
                    body = split_imports(body) if resume else body
                    ran.failures.append(failure(error, body, filename, self._is_own))
                    first = ran.failures[-1].goes_on if resume else None
        except BaseException as error:
            body, filename = self.statements(index), self._filename(index)
            ran.failures.append(failure(error, body, filename, self._is_own))
        return ran

    def statements(self, index: int) -> list[ast.stmt]:
        """Return the statements of a cell, none if it is not Python."""
        raise NotImplementedError

    def place(self, filename: str, line: int) -> str | None:
        """Return what the student calls a line, or None if it is not theirs."""
        raise NotImplementedError

    def _is_own(self, filename: str) -> bool:
        return self.place(filename, 1) is not None

    def mentions(self, index: int, name: str) -> bool:
        """Tell whether a cell that cannot be parsed looks as if it defined a name."""
        text = self.cells[index]
        return bool(re.search(rf"(?m)^\s*(?:(?:class|def)\s+{name}\b|{name}\s*=)", text))

    def _before(self, index: int) -> None:
        pass

    @contextlib.contextmanager
    def _capturing(self, ran: Ran) -> Iterator[None]:
        yield

    def _execute(self, index: int, first: int, split: bool) -> BaseException | None:
        """Run the statements of a cell from that with index `first` on; return what they raised.

        If `split` is true, each import of one module counts as a statement.
        """
        raise NotImplementedError

    def _filename(self, index: int) -> str:
        raise NotImplementedError


class Script(Code):
    """A `.py` file; runs as a module of its own, from a real file for AutoGraph."""

    def __init__(self, name: str, source: str, file: Path | None = None):
        self.file = (file or Path(f"{name}.py")).absolute()
        if file is None:
            self.file.write_text(source, encoding="utf-8")
        self.cells = [source]
        super().__init__(types.ModuleType(name))
        self.module.__file__ = str(self.file)

    def statements(self, index: int) -> list[ast.stmt]:
        try:
            return self._parsed().body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return []

    def place(self, filename: str, line: int) -> str | None:
        return f"line {line}" if filename == str(self.file) else None

    def _execute(self, index: int, first: int, split: bool) -> BaseException | None:
        try:
            code = compile(self.cells[0], str(self.file), "exec", dont_inherit=True)
            if split:
                flags = code.co_flags & FUTURE
                rest = ast.Module(split_imports(self._parsed().body)[first:], [])
                code = compile(rest, str(self.file), "exec", flags, dont_inherit=True)
            exec(code, self.namespace)
        except BaseException as error:
            return error
        return None

    def _parsed(self) -> ast.Module:
        flags = ast.PyCF_ONLY_AST
        return compile(self.cells[0], str(self.file), "exec", flags, dont_inherit=True)

    def _filename(self, index: int) -> str:
        return str(self.file)


def explain(error: BaseException, submission: Code | None) -> dict:
    """Return what a student wants to know of an exception: type, text, and the line that is theirs.

    Frames that are not of the submission are left out. `unsolved` says that the code raised
    NotImplementedError itself, `environment` that this machine may be the reason.
    """
    error = _root(error)
    message = _text(error)
    place = code = ""
    frames = [(f.f_code.co_filename, line) for f, line in traceback.walk_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        frames, message = [(error.filename, error.lineno or 1)], error.msg
    # AutoGraph and Keras put the frames of the original source into the message.
    frames += [(file, int(n)) for file, n in re.findall(r'File "([^"]+)", line (\d+)', message)]
    for filename, line in frames:
        if submission and (found := submission.place(filename, line)):
            place, code = found, linecache.getline(filename, line).strip()
    message = _without_places(message)
    if _is_wrapped(message):
        message = _innermost(message)
    # TensorFlow and Keras raise it, too, and Keras leaves its own frames out.
    own = bool(submission and frames and submission.place(*frames[-1]))
    raises = own and re.search(r"\braise\b", code) is not None
    unsolved = raises and isinstance(error, NotImplementedError)
    return {
        "type": "MemoryError" if isinstance(error, MemoryError) else type(error).__name__,
        "message": cut(readable(message) + _old_keras(frames), MAX_MESSAGE),
        "place": place,
        "code": cut(code, 200),
        "unsolved": unsolved,
        "environment": is_environments(error, message),
    }


def _old_keras(frames: list[tuple[str, int]]) -> str:
    """Return a remark if the old Keras is involved, whose own messages do not name it."""
    found = any("/tensorflow/python/keras/" in Path(file).as_posix() for file, _ in frames)
    return " (in tensorflow.python.keras)" if found else ""


def _root(error: BaseException) -> BaseException:
    """Return what Keras, AutoGraph or TensorFlow wrapped into an exception of no meaning.

    Keras and AutoGraph do so with a lack of memory, and saving with what a gradient raises.
    """
    if _text(error).startswith("Error when tracing gradients for SavedModel") and error.__cause__:
        return error.__cause__
    inner: BaseException | None = error
    for _ in range(10):
        if isinstance(inner, MemoryError):
            return inner
        if not (isinstance(inner, RuntimeError) and _is_wrapped(_text(inner))):
            break
        inner = inner.__cause__ or inner.__context__
    return error


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:  # the submission wrote __str__
        return ""


def _is_wrapped(message: str) -> bool:
    return "in user code:" in message or message.startswith("Exception encountered when calling")


def _without_places(message: str) -> str:
    """Return what TensorFlow says was wrong, without where it made what it ran."""
    message = re.sub(
        r"\{\{function_node \S+\}\} ?|\s*\[\[\{\{node .*?\}\}\]\]|\s*\[Op:\w+\]", "", message
    )
    place = re.compile(
        r'Graph execution error:|Detected at node |.* was defined here:$|\s*File ".*", line \d+'
    )
    lines = message.splitlines()
    if any(place.match(line) for line in lines):
        message = "\n".join(line for line in lines if line.strip() and not place.match(line))
    return message


def _innermost(message: str) -> str:
    """Return the text of the exception that Keras or AutoGraph wrapped into a longer message."""
    if bold := re.search(r"\x1b\[1m(.*?)\x1b\[0m", message, re.DOTALL):  # so Keras prints it
        text = bold[1].strip()
        return _innermost(text) if _is_wrapped(text) else text
    lines = [line.strip() for line in message.splitlines()]
    for line in lines:
        found = re.match(r"[A-Za-z_.]*(?:Error|Exception): ?(.*)", line)
        if found and not _is_wrapped(found[1]):  # AutoGraph wraps what it wrapped before
            return found[1]
    return message


def cut(text: str, most: int) -> str:
    """Return the beginning of a text that is too long."""
    return text if len(text) <= most else text[:most] + "…"
