"""Cut methods and functions out of a source, for chaffs that lack them."""

import ast
from collections.abc import Iterable, Iterator

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class NotThere(ValueError):
    """The source defines nothing of a name."""


def without(source: str, names: Iterable[str]) -> str:
    """Return a source without what it defines under some names, like `MyDense.get_config`.

    Decorators go as well. If nothing is left of a body, it becomes `pass`.

    Raises:
        NotThere: it defines nothing of a name.
    """
    for name in names:
        source = _without_one(source, name)
    return source


def _without_one(source: str, name: str) -> str:
    defined = dict(_definitions(ast.parse(source)))
    if name not in defined:
        raise NotThere(
            f"without={name!r}: the reference defines nothing of this name. It defines "
            f"{', '.join(defined) or 'nothing'}."
        )
    owner, node = defined[name]
    lines = source.splitlines(keepends=True)
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    body = [one for one in owner.body if one is not node and not _is_docstring(one)]
    indent = " " * node.col_offset
    lines[first - 1 : node.end_lineno] = [] if body else [f"{indent}pass\n"]
    return "".join(lines)


def _definitions(
    owner: ast.Module | ast.ClassDef, prefix: str = ""
) -> Iterator[tuple[str, tuple[ast.Module | ast.ClassDef, Definition]]]:
    """Yield what a module defines, by its dotted name, with what it is a part of."""
    for node in owner.body:
        if isinstance(node, Definition):
            yield prefix + node.name, (owner, node)
        if isinstance(node, ast.ClassDef):
            yield from _definitions(node, f"{prefix}{node.name}.")


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
