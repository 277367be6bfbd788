"""The packages that a part of this one needs, as pyproject.toml asks for them in its extras.

Students install what their own tests need, and no more; a hosted notebook has its own TensorFlow.
So a command looks first for what it needs, and says in a sentence what there is instead.
"""

import functools
from collections.abc import Collection, Iterator
from importlib import metadata

from packaging.requirements import Requirement

PACKAGE = "keras-autograder"
MOST_NAMED = 3


class Lacking(Exception):
    """A package is missing, or there in a version that does not do; its text says what to type."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]  # a notebook shows the sentence, and no frames of ours


def require(extra: str, what: str) -> None:
    """Make sure that all packages of an extra are there.

    Raises:
        Lacking: one is not.
    """
    if sentence := lacking(extra, what):
        raise Lacking(sentence)


def lacking(extra: str, what: str, only: Collection[str] = ()) -> str:
    """Return a sentence on the packages of an extra that are not there, or nothing.

    Args:
        extra: its name in pyproject.toml.
        what: needs them.
        only: the names of those that count; all by default.
    """
    lacks = []
    for wanted in requirements(extra):
        there = installed(wanted.name)
        counts = not only or wanted.name in only
        if counts and not (there and wanted.specifier.contains(there, prereleases=True)):
            here = f"{there} is installed" if there else "not installed"
            lacks.append(f"{wanted.name}{_in_order(wanted)} ({here})")
    if not lacks:
        return ""
    more = [f"{len(lacks) - MOST_NAMED} more"] if len(lacks) > MOST_NAMED else []
    *others, last = lacks[:MOST_NAMED] + more
    named = f"{', '.join(others)} and {last}" if others else last
    return f'{what} needs {named}: pip install "{PACKAGE}[{extra}]"'


def requirements(extra: str = "") -> Iterator[Requirement]:
    """Yield what an extra asks for; without one, what was installed with us."""
    for text in _required():
        wanted = Requirement(text)
        asked = wanted.marker.evaluate({"extra": extra}) if wanted.marker else not extra
        if asked:
            if wanted.name == PACKAGE:
                for inner in sorted(wanted.extras):
                    yield from requirements(inner)
            else:
                yield wanted


@functools.cache
def _required() -> list[str]:
    try:
        return metadata.requires(PACKAGE) or []
    except metadata.PackageNotFoundError:  # a copy that was never installed asks for nothing
        return []


def installed(package: str) -> str:
    """Return the version of a package that is installed, nothing if none is."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        # TensorFlow has builds of other names; looking for them takes a second.
        others = metadata.packages_distributions().get(package, [])
        return metadata.version(others[0]) if others else ""


def _in_order(wanted: Requirement) -> str:
    """Return a requirement's versions as one would write them, the lower bound first."""
    return ",".join(sorted(str(wanted.specifier).split(","), reverse=True))
