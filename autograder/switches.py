"""Switch off, in a child, what an exercise asks the student to write.

The object itself is changed, so every alias of it is off; and only a call raises, so that naming a
built-in in a comment or an import costs nothing.
"""

import contextlib
import importlib
import inspect

used: list[str] = []


class Disallowed(Exception):
    """A built-in was called that the exercise asks to write."""


def refuse(path: str):
    """Note that a switched-off built-in was called, and raise."""
    used.append(path)
    raise Disallowed(f"`{path}` is switched off in this exercise: write it yourself")


def locate(path: str) -> object:
    """Return what can be switched off at a path.

    Raises:
        TypeError: there is nothing.
    """
    names = path.split(".")
    target: object = None
    for length in range(len(names) - 1, 0, -1):  # the longest module that there is
        with contextlib.suppress(ImportError):
            target = importlib.import_module(".".join(names[:length]))
            break
    for name in names[length:]:
        target = getattr(target, name, None)
    if not (inspect.isclass(target) or inspect.isfunction(target)):
        raise TypeError(f"cannot switch off {path!r}: no class or Python function. Got: {target!r}")
    return target


def switch_off(path: str) -> None:
    """Make calls of a class or a Python function raise `Disallowed`, under all its names."""
    target = locate(path)
    if inspect.isclass(target):
        target.__new__ = staticmethod(lambda *args, **kwargs: refuse(path))
    else:
        source = (
            "def switched_off(*args, **kwargs):\n"
            "    from autograder.switches import refuse\n"
            f"    refuse({path!r})\n"
        )
        scope: dict = {}
        exec(source, scope)
        # A function keeps its identity and its closure; only its code is exchanged.
        free = target.__code__.co_freevars
        target.__code__ = scope["switched_off"].__code__.replace(co_freevars=free)
