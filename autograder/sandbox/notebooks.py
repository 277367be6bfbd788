"""Run the cells of a notebook with IPython, without a kernel: 7.34 or newer, as the host has it."""

import ast
import base64
import contextlib
import linecache
import re
import sys
from collections.abc import Iterator, Sequence

from IPython.core import application, completerlib, magics  # noqa: F401  every shell needs them
from IPython.core.displayhook import CapturingDisplayHook
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from autograder.records.observations import MAX_PICTURE
from autograder.sandbox.loading import Code, cut
from autograder.sandbox.statements import Ran, split_imports

MAX_OUTPUT = 20_000  # characters kept of what one cell prints
# Inside them code has no source that AutoGraph finds, and its exceptions have no line.
MAGIC = re.compile(r"\A\s*(?=%%(?:time|capture)\b)")


class Notebook(Code):
    """A notebook's code cells, run by IPython without a kernel: magics work."""

    def __init__(self, cells: Sequence[str]):
        self.cells = [MAGIC.sub("# ", cell) for cell in cells]
        InteractiveShell.clear_instance()  # of another notebook
        config = Config({"HistoryManager": {"enabled": False}})
        main = sys.modules["__main__"]
        self.shell = InteractiveShell.instance(config=config)
        sys.modules["__main__"] = main  # the shell has put its own there
        super().__init__(self.shell.user_module)
        self.shell.showtraceback = self.shell.showsyntaxerror = lambda *args, **kwargs: None

    def statements(self, index: int) -> list[ast.stmt]:
        try:
            return ast.parse(self.shell.transform_cell(self.cells[index])).body
        except Exception:  # the submission may transform cells itself
            return []

    def place(self, filename: str, line: int) -> str | None:
        return f"{filename}, line {line}" if re.fullmatch(r"cell \d+", filename) else None

    def _before(self, index: int) -> None:
        self.shell.compile.get_code_name = lambda *args: self._filename(index)

    @contextlib.contextmanager
    def _capturing(self, ran: Ran) -> Iterator[None]:
        shown = CapturingDisplayPublisher()
        self.shell.display_pub = shown
        self.shell.display_trap.hook = CapturingDisplayHook(self.shell, shown.outputs)
        with capture_output(display=False) as printed:
            yield
        ran.outputs = outputs(printed, shown.outputs)

    def _execute(self, index: int, first: int, split: bool) -> BaseException | None:
        after = _After(first, split)
        self.shell.ast_transformers.append(after)
        try:
            result = self.shell.run_cell(self.cells[index], store_history=True)
        except BaseException as error:
            return error
        finally:
            self.shell.ast_transformers.remove(after)
            filename = self._filename(index)
            if lines := linecache.cache.get(filename):
                # Without a time, nobody looks for the file; IPython 7 would put its own copy back.
                linecache.cache[filename] = lines[0], None, *lines[2:]
                self._lines[filename] = linecache.cache[filename]
                getattr(linecache, "_ipython_cache", {}).pop(filename, None)
        error = result.error_before_exec or result.error_in_exec
        if isinstance(result.error_before_exec, SyntaxError):
            error.filename = self._filename(index)  # IPython calls it "<tokenize>"
        return error

    def _filename(self, index: int) -> str:
        return f"cell {index + 1}"


class _After:
    """For IPython: leaves out the first statements of a cell, and keeps the places of the rest."""

    def __init__(self, first: int, split: bool):
        self._first, self._split = first, split

    def visit(self, tree: ast.AST) -> ast.AST:
        if isinstance(tree, ast.Module) and self._split:
            tree.body[:] = split_imports(tree.body)[self._first :]
        return tree


def outputs(printed, shown: list[dict]) -> list[dict]:
    """Return a cell's outputs: streams, and what it displayed as text or as PNG."""
    found = []
    for name in ("stdout", "stderr"):
        if text := getattr(printed, name):
            found.append({"stream": name, "text": cut(text, MAX_OUTPUT)})
    for output in shown[:50]:
        data, display = output["data"], {}
        if isinstance(text := data.get("text/plain"), str):
            display["text/plain"] = cut(text, MAX_OUTPUT)
        if isinstance(picture := data.get("image/png"), str) and len(picture) <= MAX_PICTURE:
            with contextlib.suppress(ValueError):
                display["image/png"] = base64.b64decode(picture)
        found.append({"display": display})
    return found
