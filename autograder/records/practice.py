"""What the public tests found: of one test, and of a whole file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.records.results import DIMENSIONS, Status

OWN = "your own"  # what a student added has no dimension


@dataclass
class Result:
    """What one public test found.

    Attributes:
        name: of the function.
        dimension: one of the four, or `OWN`.
        statement: what it asks.
        status: `PASSED`, `FAILED` (an assertion), `RAISED`, `TIMED_OUT`, `DISALLOWED` or
            `NOT_SOLVED`; `NOT_ASKED` if it has not run.
        message: what was different.
        called: the line of the test that ran into it, for what is no assertion.
        place: the student's own line that raised.
        hint: what a known mistake that fails alike is about.
        tries: how often in a row it has failed, where somebody counts.
    """

    name: str
    dimension: str
    statement: str
    status: str = Status.PASSED
    message: str = ""
    called: str = ""
    place: str = ""
    hint: str = ""
    tries: int = 0

    @property
    def passed(self) -> bool:
        return self.status == Status.PASSED

    @property
    def failed(self) -> bool:
        return self.status not in (Status.PASSED, Status.NOT_ASKED)

    @property
    def reason(self) -> tuple[str, ...]:
        """What it has in common with other tests that fail for the same reason."""
        if self.status == Status.NOT_SOLVED:
            return (self.status,)
        return self.status, self.message, self.place

    @property
    def shows_hint(self) -> bool:
        """From the second try on; before that, one has to ask."""
        return bool(self.hint) and self.tries >= 2

    def try_after(self, before: int) -> int:
        """Return how many tries failed in a row, this one included."""
        if self.status == Status.NOT_ASKED:
            return before
        return 0 if self.status in (Status.PASSED, Status.NOT_SOLVED) else before + 1

    def lines(self) -> list[str]:
        """Return what to tell about a failure."""
        return [line for line in (*self.message.splitlines(), self.called, self.place) if line]


@dataclass(frozen=True)
class About:
    """What `build` tells students of an exercise, in the file of the hints.

    Attributes:
        switched_off: the paths of what must not be called.
        graded: the points in each dimension, and what is asked there, in the statement's words.
        untouched: names for the contents of a stub and a notebook in which nothing was written.
    """

    switched_off: tuple[str, ...] = ()
    graded: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    untouched: frozenset[str] = frozenset()


@dataclass
class Report:
    """What a run of a file's public tests found.

    Attributes:
        problem: why there are no results.
        printed: what the file and its tests printed, the beginning.
        stopped: true if `TestServer.stop` ended it.
        seconds: how long it took, from the request on.
        content: a name for what was checked; another file may have the same.
        untouched: it is as it was handed out, and was not run.
        graded: what hidden checks ask beyond, as in `About`.
    """

    path: Path
    exercise: str
    results: list[Result] = field(default_factory=list)
    problem: str = ""
    printed: str = ""
    stopped: bool = False
    seconds: float = 0.0
    content: str = ""
    untouched: bool = False
    graded: Mapping[str, tuple[float, str]] = field(default_factory=dict)

    @property
    def solved(self) -> bool:
        return bool(self.results) and all(one.passed for one in self.results)

    @property
    def unsolved(self) -> bool:
        """Whether all that is to be said is that something is left to fill in."""
        found = {one.status for one in self.results}
        return found == {Status.NOT_SOLVED} and not self.problem


def by_dimension(results: Iterable[Result]) -> dict[str, list[Result]]:
    """Return the results of each dimension, in the order of the dimensions."""
    found = {name: [one for one in results if one.dimension == name] for name in (*DIMENSIONS, OWN)}
    return {name: some for name, some in found.items() if some}


def shared_reasons(results: Iterable[Result]) -> list[list[Result]]:
    """Return results that fail for one reason, where that is the reason of several."""
    found: dict[tuple[str, ...], list[Result]] = {}
    for one in results:
        if one.failed:
            found.setdefault(one.reason, []).append(one)
    return [some for some in found.values() if len(some) > 1]
