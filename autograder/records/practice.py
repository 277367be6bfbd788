"""What the public tests found: of one test, and of a whole file."""

from collections.abc import Iterable
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
        status: `PASSED`, `FAILED` (an assertion), `RAISED`, `TIMED_OUT` or `NOT_SOLVED`.
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
    def shows_hint(self) -> bool:
        """From the second try on; before that, one has to ask."""
        return bool(self.hint) and self.tries >= 2

    def try_after(self, before: int) -> int:
        """Return how many tries failed in a row, this one included."""
        return 0 if self.status in (Status.PASSED, Status.NOT_SOLVED) else before + 1

    def lines(self) -> list[str]:
        """Return what to tell about a failure."""
        return [line for line in (*self.message.splitlines(), self.called, self.place) if line]


@dataclass
class Report:
    """What a run of a file's public tests found.

    Attributes:
        problem: why there are no results.
        printed: what the file and its tests printed, the beginning.
        stopped: true if `TestServer.stop` ended it.
        seconds: how long it took, from the request on.
    """

    path: Path
    exercise: str
    results: list[Result] = field(default_factory=list)
    problem: str = ""
    printed: str = ""
    stopped: bool = False
    seconds: float = 0.0

    @property
    def solved(self) -> bool:
        return bool(self.results) and all(one.passed for one in self.results)


def by_dimension(results: Iterable[Result]) -> dict[str, list[Result]]:
    """Return the results of each dimension, in the order of the dimensions."""
    found = {name: [one for one in results if one.dimension == name] for name in (*DIMENSIONS, OWN)}
    return {name: some for name, some in found.items() if some}
