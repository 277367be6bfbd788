"""Count what a class got and lost: points, checks, known mistakes."""

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autograder.records.classes import Work
from autograder.records.results import DIMENSIONS, Status

ENOUGH = 10  # submissions, below which a discrimination is chance
WEAK = 0.1  # a check of less discrimination hardly tells who can do more
MANY = 50  # submissions, from which a weak discrimination is not chance


@dataclass(frozen=True)
class Scores:
    """The points of a class in one exercise, as shares of the points there are.

    Attributes:
        shares: of each submission, in order.
        dimensions: the mean share in each dimension that has points.
        full: how many have all points.
        begun: how many are more than the stub.
    """

    shares: list[float]
    dimensions: dict[str, float]
    full: int
    begun: int
    max_score: float

    @property
    def mean(self) -> float:
        return statistics.fmean(self.shares)

    @property
    def median(self) -> float:
        return statistics.median(self.shares)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The shares that a quarter of the class does not reach, and a quarter surpasses."""
        low, high = np.percentile(self.shares, [25, 75])
        return float(low), float(high)


def scores(works: list[Work]) -> Scores:
    """Return the points of a class in one exercise."""
    most = max(work.result.max_score for work in works)
    dimensions = {}
    for name in DIMENSIONS:
        points = [work.result.points(name) for work in works]
        if any(of for _, of in points):
            dimensions[name] = statistics.fmean(score / of for score, of in points if of)
    shares = [_share(work.result.score, work.result.max_score) for work in works]
    return Scores(shares, dimensions, shares.count(1.0), sum(one.begun for one in works), most)


def _share(score: float, most: float) -> float:
    return score / most if most else 0.0


@dataclass(frozen=True)
class Item:
    """How a class did in one check: what test theory calls an item.

    Attributes:
        failed: how many lost its points.
        asked: of how many, all of which are more than the stub.
        discrimination: how its points go with the points of all other checks of the exercise,
            from -1 to 1; None where all or nobody has them, or there are too few to tell.
        warning: why it may be no good check, or nothing.
    """

    exercise: str
    name: str
    dimension: str
    statement: str
    points: float
    failed: int
    asked: int
    discrimination: float | None
    warning: str

    @property
    def failure_rate(self) -> float:
        return self.failed / self.asked

    @property
    def difficulty(self) -> float:
        """The share that passed: the higher, the easier."""
        return 1 - self.failure_rate


def items(exercise: str, works: Iterable[Work]) -> list[Item]:
    """Return how a class did in each check of an exercise, in its order.

    Work that is no more than the stub does not count: it would fail everything, and so make all
    checks agree with each other.
    """
    begun = [work.result for work in works if work.begun]
    if not begun:
        return []
    checks = {check.name: check for result in begun for check in result.checks}
    # A submission that an older version of the exercise graded may lack a check.
    points = np.array(
        [
            [{one.name: one.score for one in result.checks}.get(name, np.nan) for name in checks]
            for result in begun
        ]
    )
    found = []
    for index, check in enumerate(checks.values()):
        rows = points[~np.isnan(points[:, index])]
        passed = rows[:, index] > 0
        rest = np.nansum(rows, axis=1) - rows[:, index]
        shown = _correlation(passed.astype(float), rest)
        found.append(
            Item(
                exercise,
                check.name,
                check.dimension,
                check.statement,
                check.max_score,
                int((~passed).sum()),
                len(rows),
                shown,
                _warning(int(passed.sum()), len(rows), shown),
            )
        )
    return found


def _correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float | None:
    if len(one) < ENOUGH or not one.std() or not other.std():
        return None
    return float(np.corrcoef(one, other)[0, 1])


def _warning(passed: int, asked: int, discrimination: float | None) -> str:
    if asked < ENOUGH:
        return ""
    if passed in (0, asked):
        who = "everybody" if passed else "nobody"
        return f"{who} passes it, so it tells nothing about this class"
    if discrimination is None:
        return ""
    # Two standard errors of a correlation that is 0 in truth.
    if discrimination < -2 / asked**0.5:
        return (
            "it tells the wrong way: who fails it has more of the other points. Look at what it "
            "refuses"
        )
    if asked >= MANY and discrimination < WEAK:
        return "it hardly tells who can do more: who fails it has as many of the other points"
    return ""


@dataclass(frozen=True)
class Mistake:
    """A mistake that several may have made.

    Attributes:
        name: of the chaff; nothing, if the hint came from an exception alone.
        dimensions: in which it cost points.
        students: who made it, by name.
    """

    exercise: str
    name: str
    hint: str
    dimensions: tuple[str, ...]
    students: tuple[str, ...]


def mistakes(works: Iterable[Work]) -> list[Mistake]:
    """Return the mistakes that were recognised, the commonest first."""
    students: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    lost: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for work in works:
        for check in work.result.checks:
            if check.hint and check.status != Status.PASSED:
                key = work.exercise, check.chaff, check.hint
                students[key].add(work.student)
                lost[key].add(check.dimension)
    found = [
        Mistake(*key, tuple(n for n in DIMENSIONS if n in lost[key]), tuple(sorted(who)))
        for key, who in students.items()
    ]
    return sorted(found, key=lambda one: (-len(one.students), one.exercise, one.name, one.hint))


def unexplained(works: Iterable[Work]) -> dict[str, list[str]]:
    """Return who lost points and got no hint, by exercise: there a mistake is not known yet."""
    found: dict[str, list[str]] = defaultdict(list)
    for work in works:
        lost = [check for check in work.result.checks if check.status != Status.PASSED]
        if work.begun and lost and not any(check.hint for check in lost):
            found[work.exercise].append(work.student)
    return {name: sorted(who) for name, who in found.items()}
