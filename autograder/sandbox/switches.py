"""Switch off, in a child, what an exercise asks the student to write.

The object itself is changed, so every alias of it is off; and only a call raises, so that naming a
built-in in a comment or an import costs nothing. Its module is not run a second time. An operation
of TensorFlow (`tensorflow.raw_ops.X`) is off wherever it comes from: no operation of that name is
executed, put into a graph or defined in a function, and graphs that hold it are refused by
`saved.load`, in a process that the submission never enters.
"""

import contextlib
import importlib
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator

RAW_OPS = "tensorflow.raw_ops."

used: list[str] = []


class Disallowed(Exception):
    """A built-in was called that the exercise asks to write."""


def refusal(path: str) -> str:
    """Return what is told to whoever calls a switched-off built-in."""
    return f"`{path}` is switched off in this exercise: write it yourself"


def refuse(path: str):
    """Note that a switched-off built-in was called, and raise."""
    used.append(path)
    raise Disallowed(refusal(path))


def locate(path: str) -> object:
    """Return what can be switched off at a path.

    Raises:
        TypeError: there is nothing.
    """
    target = _reach(path, sys.modules.get)  # to look for a file takes milliseconds
    if target is None:
        target = _reach(path, importlib.import_module)
    if not (inspect.isclass(target) or inspect.isfunction(target)):
        raise TypeError(f"cannot switch off {path!r}: no class or Python function. Got: {target!r}")
    return target


def _reach(path: str, find: Callable) -> object:
    """Return what is at a path, below the longest module that can be found."""
    names = path.split(".")
    target: object = None
    for length in range(len(names) - 1, 0, -1):
        with contextlib.suppress(ImportError):
            if target := find(".".join(names[:length])):
                break
    for name in names[length:]:
        target = getattr(target, name, None)
    return target


def switch_off(paths: Iterable[str]) -> None:
    """Make calls of classes and Python functions raise `Disallowed`, under all their names."""
    files = {}
    for path in paths:
        target = locate(path)
        _switch_off(target, path)
        # Not the file of its code, which may be "<string>", like that of many others.
        files[sys.modules[target.__module__].__file__] = path
    _run_no_more(files)
    if found := operations(paths):
        _execute_no_more(found)


@contextlib.contextmanager
def switched_off(paths: Iterable[str]) -> Iterator[None]:
    """Make them raise in the block alone: in a process that is the student's own."""
    paths = list(paths)
    with contextlib.ExitStack() as undo:
        for path in paths:
            _switch_off(locate(path), path, undo)
        if found := operations(paths):
            _execute_no_more(found, undo)
        yield


def _switch_off(target, path: str, undo: contextlib.ExitStack | None = None) -> None:
    if not inspect.isclass(target):
        _exchange_code(target, path, undo)
        return
    for method in vars(target).values():
        if inspect.isfunction(method):
            _exchange_code(method, path, undo)
    if undo and "__new__" in vars(target):
        undo.callback(setattr, target, "__new__", vars(target)["__new__"])
    elif undo:
        undo.callback(setattr, target, "__new__", _inherited(target))
    # `__new__` can be deleted, and gone around; a method has no other code.
    target.__new__ = staticmethod(lambda *args, path=path, **kwargs: refuse(path))


def _inherited(target: type) -> staticmethod:
    """Return what a class inherits: where it was set and deleted, Python wants no arguments."""
    before = super(target, target).__new__

    def new(cls, *args, **kwargs):
        return before(cls) if before is object.__new__ else before(cls, *args, **kwargs)

    return staticmethod(new)


def operations(paths: Iterable[str]) -> dict[str, str]:
    """Return the operations of TensorFlow among the paths, and the path of each."""
    found = {path.removeprefix(RAW_OPS): path for path in paths if path.startswith(RAW_OPS)}
    if found:  # off, too, is what runs a graph that it gets as text, in which any of them may be
        found["DatasetFromGraph"] = next(iter(found.values()))
    return found


def nodes(graph_def) -> Iterator:
    """Yield the nodes of a graph and of all functions that come with it."""
    yield from graph_def.node
    for function in graph_def.library.function:
        yield from function.node_def


def _exchange_code(function, path: str, undo: contextlib.ExitStack | None) -> None:
    source = (
        "def switched_off(*args, **kwargs):\n"
        "    from autograder.sandbox.switches import refuse\n"
        f"    refuse({path!r})\n"
    )
    scope: dict = {}
    exec(source, scope)
    while inspect.isfunction(function):
        # A function keeps its identity and its closure; only its code is exchanged.
        if undo:
            undo.callback(setattr, function, "__code__", function.__code__)
        free = function.__code__.co_freevars
        function.__code__ = scope["switched_off"].__code__.replace(co_freevars=free)
        function = getattr(function, "__wrapped__", None)  # what it decorates is off as well


def _run_no_more(files: dict[str, str]) -> None:
    """Refuse to run these files' code again: a module that is loaded anew is not switched off."""

    def hook(event, args):
        ran = getattr(args[0], "co_filename", "") if event == "exec" else ""
        if ran in files and args[0].co_name == "<module>":
            refuse(files[ran])

    sys.addaudithook(hook)  # nothing takes it away again


def _execute_no_more(paths: dict[str, str], undo: contextlib.ExitStack | None = None) -> None:
    """Refuse operations where TensorFlow hands them to C: executed, or put into a graph."""
    from tensorflow.core.framework.function_pb2 import FunctionDef
    from tensorflow.core.framework.graph_pb2 import GraphDef
    from tensorflow.python import _pywrap_tfe, pywrap_tfe
    from tensorflow.python.client import _pywrap_tf_session, pywrap_tf_session

    read_buffer = pywrap_tf_session.TF_GetBuffer

    def itself(name):
        # The class of a student's own text may say other things of it, and C stops at a zero.
        text = bytes.decode(name) if isinstance(name, bytes) else str.__str__(name)
        return [str.partition(text, "\0")[0]]

    def of_function(given):
        text = str.encode(given) if isinstance(given, str) else given
        message = given if isinstance(given, FunctionDef) else FunctionDef.FromString(text)
        return [node.op for node in message.node_def]

    def of_graph(given):
        message = given if isinstance(given, GraphDef) else GraphDef.FromString(read_buffer(given))
        return [node.op for node in nodes(message)]

    def guard(owner, name, position, operations):
        original = getattr(owner, name)

        def guarded(*args):  # without `functools.wraps`, which would show the original
            for operation in operations(args[position]) if len(args) > position else ():
                if path := paths.get(operation):
                    refuse(path)
            return original(*args)

        if undo:
            undo.callback(setattr, owner, name, original)
        setattr(owner, name, guarded)

    for owner in (pywrap_tfe, _pywrap_tfe):
        guard(owner, "TFE_Py_FastPathExecute", 1, itself)
        guard(owner, "TFE_Py_Execute", 2, itself)
        guard(owner, "TFE_Py_ExecuteCancelable", 2, itself)
        for how in ("", "NoSerialization"):
            guard(owner, f"TFE_ContextAddFunctionDef{how}", 1, of_function)
    for owner in (pywrap_tf_session, _pywrap_tf_session):
        guard(owner, "TF_NewOperation", 1, itself)
        for how in ("", "NoSerialization"):
            guard(owner, f"TF_FunctionImportFunctionDef{how}", 0, of_function)
            guard(owner, f"TF_GraphImportGraphDefWithResults{how}", 1, of_graph)
