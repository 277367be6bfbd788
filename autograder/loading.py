"""Run a submission's code in a child: a script, or the cells of a notebook one after another."""

import base64
import contextlib
import linecache
import re
import signal
import sys
import traceback
import types
from pathlib import Path

from IPython.core import application, completerlib, magics  # noqa: F401  every shell needs them
from IPython.core.displayhook import CapturingDisplayHook
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from autograder.observations import MAX_PICTURE

MAX_OUTPUT = 20_000  # characters kept of what one cell prints
MAX_MESSAGE = 1_000  # characters kept of what an exception says


class TooSlow(BaseException):
    """The alarm rang; no `except Exception` of a submission swallows it."""


@contextlib.contextmanager
def alarm(seconds: float):
    """Raise `TooSlow` in the block after so many seconds of wall time."""

    def ring(*_):
        raise TooSlow(f"stopped after {seconds:g} seconds")

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


class Script:
    """A `.py` file; runs as a module of the exercise's name, from a real file for AutoGraph."""

    def __init__(self, name: str, source: str):
        self.file = Path(f"{name}.py").absolute()
        self.file.write_text(source, encoding="utf-8")
        self.source = source
        module = types.ModuleType(name)
        module.__file__ = str(self.file)
        sys.modules[name] = module
        self.namespace = vars(module)

    def run(self, index: int, seconds: float) -> tuple[list, BaseException | None]:
        try:
            with alarm(seconds):
                exec(compile(self.source, str(self.file), "exec"), self.namespace)
        except BaseException as error:
            return [], error
        return [], None

    def place(self, filename: str, line: int) -> str | None:
        return f"line {line}" if filename == str(self.file) else None


class Notebook:
    """A notebook's code cells, run by IPython without a kernel: magics work."""

    def __init__(self, cells: list[str]):
        self.cells = cells
        config = Config({"HistoryManager": {"enabled": False}})
        self.shell = InteractiveShell.instance(config=config)
        self.shell.showtraceback = self.shell.showsyntaxerror = lambda *args, **kwargs: None
        self.namespace = self.shell.user_ns

    def run(self, index: int, seconds: float) -> tuple[list, BaseException | None]:
        self.shell.compile.get_code_name = lambda *args: f"cell {index + 1}"
        shown = CapturingDisplayPublisher()
        self.shell.display_pub = shown
        self.shell.display_trap.hook = CapturingDisplayHook(self.shell, shown.outputs)
        with capture_output(display=False) as printed:
            try:
                with alarm(seconds):
                    result = self.shell.run_cell(self.cells[index], store_history=True)
                error = result.error_before_exec or result.error_in_exec
                if isinstance(result.error_before_exec, SyntaxError):
                    error.filename = f"cell {index + 1}"  # IPython calls it "<tokenize>"
            except BaseException as raised:
                error = raised
        return outputs(printed, shown.outputs), error

    def place(self, filename: str, line: int) -> str | None:
        return f"{filename}, line {line}" if re.fullmatch(r"cell \d+", filename) else None


def outputs(printed, shown: list[dict]) -> list[dict]:
    """Return a cell's outputs: streams, and what it displayed as text or as PNG."""
    found = []
    for name in ("stdout", "stderr"):
        if text := getattr(printed, name):
            found.append({"stream": name, "text": _cut(text, MAX_OUTPUT)})
    for output in shown[:50]:
        data, display = output["data"], {}
        if isinstance(text := data.get("text/plain"), str):
            display["text/plain"] = _cut(text, MAX_OUTPUT)
        if isinstance(picture := data.get("image/png"), str) and len(picture) <= MAX_PICTURE:
            with contextlib.suppress(ValueError):
                display["image/png"] = base64.b64decode(picture)
        found.append({"display": display})
    return found


def explain(error: BaseException, submission: Script | Notebook | None) -> dict:
    """Return what a student wants to know of an exception: type, text, and the line that is theirs.

    Frames that are not of the submission are left out.
    """
    try:
        message = str(error)
    except BaseException:  # the submission wrote __str__
        message = ""
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
    if "in user code:" in message or message.startswith("Exception encountered when calling"):
        message = _innermost(message)
    return {
        "type": type(error).__name__,
        "message": _cut(message, MAX_MESSAGE),
        "place": place,
        "code": _cut(code, 200),
    }


def _without_places(message: str) -> str:
    """Return what TensorFlow says was wrong, without where it made what it ran."""
    message = re.sub(r"\{\{function_node \S+\}\} ?|\s*\[\[\{\{node .*?\}\}\]\]|\s*\[Op:\w+\]", "",
                     message)  # fmt: skip
    place = re.compile(
        r'Graph execution error:|Detected at node |.* was defined here:$|\s*File ".*", line \d+'
    )
    lines = message.splitlines()
    if any(place.match(line) for line in lines):
        message = "\n".join(line for line in lines if line.strip() and not place.match(line))
    return message


def _innermost(message: str) -> str:
    """Return the text of the exception that Keras or AutoGraph wrapped into a longer message."""
    lines = [line.strip() for line in message.splitlines()]
    for line in lines:
        if found := re.match(r"[A-Za-z_.]*(?:Error|Exception): ?(.*)", line):
            return found[1]
        if line.startswith("\x1b[1m"):  # Keras prints the original message in bold
            return re.sub(r"\x1b\[\d*m", "", line)
    return message


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + "…"
