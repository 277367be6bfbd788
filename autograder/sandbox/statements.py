"""Which statement of a cell raised, what it would have defined, and where the code goes on.

A line that works only on the student's machine must not take the definitions below it away. Names
are read from compiled code, so that they are Python's own idea of what is defined and used.
"""

import ast
import contextlib
import dis
import re
import traceback
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

BINDS = ("STORE_NAME", "STORE_GLOBAL", "IMPORT_STAR")
FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT  # IPython has it
USES = ("LOAD_GLOBAL", "LOAD_NAME")
ANY = "*"  # what `from module import *` binds: nobody knows
EXITS = ("exit", "quit")
BLOCKS = (ast.With, ast.AsyncWith, ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try)
# Lines that a newer Python may take: f-strings, t-strings, type parameters, `except A, B:`.
NEWER = re.compile(
    r"""\b[rRtTfF]{1,2}["']|^\s*type\s+\w|\b(?:def|class)\s+\w+\s*\[|^\s*except\*?\s[^()]*,"""
)
MODULE_LACKS = re.compile(r"(?:partially initialized )?module '[\w.]+' has no attribute ")


@dataclass(frozen=True)
class Failure:
    """An exception that a statement of a cell raised.

    Attributes:
        error: the exception.
        binds: names that the statement would have defined.
        after: names that the statements after it would have defined, which did not run.
        goes_on: the index of the next statement, if the code can do without the one that raised.
        inside: what raised is a block like `with` or `if`, and what it defines may be right.
    """

    error: BaseException
    binds: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    goes_on: int | None = None
    inside: bool = False

    def kept(self, name: str) -> bool:
        """Tell whether a name is not defined because of this."""
        return bool({name, ANY} & (self.binds | self.after))


@dataclass
class Ran:
    """What came of a cell."""

    outputs: list = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def failure(
    error: BaseException, body: list[ast.stmt], filename: str, is_own: Callable[[str], bool]
) -> Failure:
    """Return what an exception in a cell has kept from happening.

    Args:
        error: what was raised.
        body: the statements of the whole cell.
        filename: by which the cell's code was compiled.
        is_own: tells whether a file is any of the submission's.
    """
    at = _index(error, body, filename)
    if at is None:
        return Failure(error, binds=bound(body))
    binds, after = bound(body[at : at + 1]), bound(body[at + 1 :])
    # Of `import a, b`, b may be there though a is not.
    rest = len(split_imports(body[at:])) > 1
    stops = _on_purpose(error, body[at], is_own) or not rest
    inside = isinstance(body[at], BLOCKS)
    return Failure(error, binds, after, None if stops else at + 1, inside)


def split_imports(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements with one for each module that `import a, b` names."""
    return [
        part
        for statement in body
        for part in (
            [ast.copy_location(ast.Import([name]), name) for name in statement.names]
            if isinstance(statement, ast.Import)
            else [statement]
        )
    ]


def bound(body: list[ast.stmt]) -> frozenset[str]:
    """Return the names that statements define in their module, or set an attribute or item of."""
    found = {
        ANY if one.opname == "IMPORT_STAR" else one.argval
        for code in _compiled(body)
        for one in dis.get_instructions(code)
        if one.opname in BINDS
    }
    return frozenset(found | {name for statement in body for name in _changed(statement)})


def _changed(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        match node:
            case (
                ast.Attribute(value=ast.Name(id=name), ctx=ast.Store())
                | ast.Subscript(value=ast.Name(id=name), ctx=ast.Store())
                | ast.Call(func=ast.Name(id="setattr"), args=[ast.Name(id=name), *_])
            ):
                yield name


def used_later(body: list[ast.stmt]) -> frozenset[str]:
    """Return the names of their module that functions use, which run only when they are called."""
    return frozenset(
        one.argval
        for module in _compiled(body)
        for code in _inner(module)
        for one in dis.get_instructions(code)
        if one.opname in USES
    )


def is_environments(error: BaseException, message: str) -> bool:
    """Tell whether an exception may be about this machine rather than about the code."""
    if isinstance(error, AttributeError):
        return bool(MODULE_LACKS.match(message))
    if isinstance(error, SyntaxError):
        return bool(NEWER.search(error.text or ""))
    return isinstance(error, (ImportError, OSError, EOFError, MemoryError))


def _compiled(body: list[ast.stmt]) -> Iterator[types.CodeType]:
    # What cannot be compiled defines nothing; the reason is told where it is run.
    with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        yield compile(ast.Module(body, []), "", "exec", FLAGS, dont_inherit=True)


def _inner(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _inner(constant)


def _index(error: BaseException, body: list[ast.stmt], filename: str) -> int | None:
    """Return which of the statements raised."""
    step = error.__traceback__
    while step and step.tb_frame.f_code.co_filename != filename:
        step = step.tb_next
    if step is None:
        return None
    line, _, column, _ = list(step.tb_frame.f_code.co_positions())[step.tb_lasti // 2]
    place = line or step.tb_lineno, column or 0
    for index, statement in enumerate(body):
        decorators = getattr(statement, "decorator_list", [])
        first = min(one.lineno for one in (statement, *decorators))
        if (first, 0) <= place <= (statement.end_lineno, statement.end_col_offset):
            same_line = first == statement.lineno == place[0]
            if not same_line or statement.col_offset <= place[1]:
                return index
    return None


def _on_purpose(error: BaseException, statement: ast.stmt, is_own: Callable) -> bool:
    """Tell whether the code would stop here on every machine, or has to."""
    match statement:
        case ast.Raise():
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name))):
            if name in EXITS and isinstance(error, SystemExit):
                return True
    if isinstance(error, NotImplementedError):  # TensorFlow raises it, too
        *_, (frame, _) = traceback.walk_tb(error.__traceback__)
        return is_own(frame.f_code.co_filename)
    return not isinstance(error, (Exception, SystemExit))
