"""Which room of the package may import which: the trust boundary, as CONTRIBUTING shows it."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "autograder"
EVERYTHING = {
    *("records", "checks", "show", "sandbox", "grading", "practice", "gradebook", "report"),
    "authors",
}
MAY_IMPORT = {
    "records": set(),
    "checks": {"records"},
    "show": {"records"},
    "sandbox": {"records", "checks"},
    "grading": {"records", "sandbox.lock"},
    "practice": {"records", "show", "sandbox.loading", "sandbox.settings", "sandbox.switches"},
    "gradebook": {"records", "show", "grading", "sandbox.lock"},
    "report": {"records", "show"},
    "authors": EVERYTHING,
    "cells": {"records", "show", "practice", "grading"},
    "cli": EVERYTHING,
    "notebook": {"cells"},
    "publictests": {"cells"},
    "__init__": set(),
    "__main__": {"cli"},
}
# Neither imports these, nor do the rooms that they import.
NEVER = {"grading": {"tensorflow", "keras", "nbgrader"}, "records": {"tensorflow", "keras"}}

MAX_LINES = {ast.FunctionDef: 60, ast.AsyncFunctionDef: 60, ast.ClassDef: 150}
# What may be longer, by its file and name, and why.
REASONS: dict[tuple[str, str], str] = {
    ("checks/kinds/layers.py", "Layer"): "a list of checks, each a short method of its own",
    ("checks/kinds/losses.py", "Loss"): "a list of checks, each a short method of its own",
    ("checks/kinds/metrics.py", "Metric"): "a list of checks, each a short method of its own",
}


def imports(source: str) -> set[str]:
    """Return the dotted names that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def forbidden(room: str, source: str) -> set[str]:
    """Return what a module of a room imports and may not."""
    allowed = {room, *MAY_IMPORT[room]}
    found = set()
    for name in imports(source):
        package, *parts = name.split(".")
        inner = {".".join(parts[:1]), ".".join(parts[:2])}
        ours = package == "autograder" and not inner & allowed
        if ours or package in NEVER.get(room, ()):
            found.add(name)
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_a_module_imports_what_its_room_may(path):
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if room != "handout":
        assert forbidden(room, path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("sandbox", "from autograder.grading import comparison"),
        ("sandbox", "from autograder.publictests import show"),
        ("records", "from autograder.sandbox.lock import layers"),
        ("show", "def f():\n    from autograder.practice import server"),
        ("grading", "from autograder.sandbox import switches"),
        ("grading", "import tensorflow as tf"),
        ("practice", "import autograder.grading.grader"),
        ("practice", "from autograder.sandbox import lock"),
        ("gradebook", "from autograder.authors.build import stub"),
        ("report", "from autograder.gradebook import overview"),
    ],
)
def test_a_forbidden_import_is_found(room, line):
    assert forbidden(room, line)


def test_every_room_has_modules():
    rooms = {path.parent.name for path in PACKAGE.glob("*/*.py")}
    assert rooms - {"handout"} == EVERYTHING


def too_long(source: str) -> set[str]:
    """Return the names of the functions and classes of a module that are too long."""
    return {
        node.name
        for node in ast.walk(ast.parse(source))
        if type(node) in MAX_LINES and node.end_lineno - node.lineno >= MAX_LINES[type(node)]
    }


def test_no_function_or_class_is_too_long_without_a_reason():
    found = {
        (path.relative_to(PACKAGE).as_posix(), name)
        for path in PACKAGE.rglob("*.py")
        for name in too_long(path.read_text(encoding="utf-8"))
    }
    assert found == set(REASONS)


@pytest.mark.parametrize(
    ("kind", "most"), [("def f()", 60), ("async def f()", 60), ("class f", 150)]
)
def test_what_is_too_long_is_found(kind, most):
    body = "    x = 1\n" * (most - 1)
    assert too_long(f"{kind}:\n{body}") == set()
    assert too_long(f"class C:\n  {kind}:\n{body}    y = 2\n") >= {"f"}
