"""Find submissions that are nearly the same: by the shapes of their syntax, not by their names.

Each submission is a set of short sequences of nodes of its syntax tree. A sequence weighs the more,
the fewer have it: what all share, and what the stub holds, weighs nothing. This says where to look.
It says nothing about who wrote what, nor whether they may have worked together.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from IPython.core.inputtransformer2 import TransformerManager
from numpy.typing import NDArray

from autograder.records.classes import Work

LENGTH = 8  # nodes in a sequence: about a statement
ALIKE = 0.85  # of the weight of what either has
ENOUGH = 6.0  # bits: what two share must be rarer than a coincidence
MOST = 2_000_000  # characters of code that are read of one submission


@dataclass(frozen=True)
class Group:
    """Work of several students that is nearly the same.

    Attributes:
        students: by name.
        alike: the least of what one of them shares with another, from 0 to 1.
        same_names: they also call their variables alike, or write the same comments.
    """

    exercise: str
    students: tuple[str, ...]
    alike: float
    same_names: bool


def find(exercise: str, works: Sequence[Work], stub: str = "") -> list[Group]:
    """Return the groups of nearly identical work for one exercise, the smallest first.

    A large group is more likely to be the obvious solution than a small one.
    """
    given = _sequences(stub)
    known = [
        (work, sequences)
        for work in works
        if work.code and work.begun and (sequences := _sequences(work.code) - given)
    ]
    if len(known) < 3:  # of two, nobody knows what is rare
        return []
    alike = _alike([sequences for _, sequences in known])
    found = []
    for members in _together(alike >= ALIKE):
        some = [known[index][0] for index in members]
        names = tuple(sorted({work.student for work in some}))
        if len(names) > 1:
            least = alike[np.ix_(members, members)].max(axis=1).min()
            same = len({_words(work.code) for work in some}) == 1
            found.append(Group(exercise, names, float(least), same))
    return sorted(found, key=lambda one: (not one.same_names, len(one.students), one.students))


def _alike(all: Sequence[set[int]]) -> NDArray[np.float64]:
    """Return how alike any two sets are, from 0 to 1; 0 where what they share is common."""
    count = Counter(one for some in all for one in some)
    bits = {one: float(np.log2(len(all) / often)) for one, often in count.items()}
    shared = {one: at for at, one in enumerate(one for one in count if count[one] > 1)}
    weights = np.zeros((len(all), len(shared)), dtype=np.float32)
    for row, some in enumerate(all):
        for one in some:
            if one in shared:
                weights[row, shared[one]] = bits[one] ** 0.5
    common = (weights @ weights.T).astype(float)
    whole = np.array([sum(bits[one] for one in some) for some in all])
    either = whole[:, None] + whole[None, :] - common
    found: NDArray[np.float64] = np.where(common >= ENOUGH, common / np.maximum(either, 1e-9), 0)
    np.fill_diagonal(found, 0)
    return found


def _together(linked: NDArray[np.bool_]) -> Iterator[list[int]]:
    """Yield the groups of two or more that are linked, directly or through others."""
    left: NDArray[np.bool_] = np.array(linked.any(axis=1))
    while left.any():
        group: NDArray[np.bool_] = np.zeros(len(left), dtype=np.bool_)
        border = np.array([int(left.argmax())])
        while len(border):
            group[border] = True
            border = np.flatnonzero(linked[border].any(axis=0) & ~group)
        left &= ~group
        yield [int(index) for index in np.flatnonzero(group)]


def _sequences(code: str) -> set[int]:
    """Return the sequences of nodes of a code as numbers; none where it is no Python."""
    tree = _parsed(code)
    nodes = list(_nodes(tree)) if tree else []
    return {hash(tuple(nodes[at : at + LENGTH])) for at in range(len(nodes) - LENGTH + 1)}


def _parsed(code: str) -> ast.AST | None:
    for transform in (str, TransformerManager().transform_cell):  # which takes its time
        try:
            return ast.parse(transform(code[:MOST]))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _nodes(tree: ast.AST) -> Iterator[str]:
    """Yield the nodes in the order of the text: what is called or looked up by its name, too."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Expr(ast.Constant(str())) | ast.Import() | ast.ImportFrom():
                continue  # a docstring says nothing of how it works, nor does what is imported
            case ast.Attribute(value=ast.Name("self")):
                yield "own"  # as free to be renamed as a variable
            case ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                yield f"{type(node).__name__} {name}"
            case ast.Constant(value=value):
                yield repr(value)[:50]
            case ast.expr_context():
                continue
            case _:
                yield type(node).__name__
        waiting += reversed(list(ast.iter_child_nodes(node)))


def _words(code: str) -> str:
    """Return a code without its space: its names and comments stay."""
    return "".join(code.split())
