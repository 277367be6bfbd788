"""Run the public tests on the chaffs: which hints does `autograder check` give, and to whom?"""

import os
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from rich.table import Table

from autograder.authors import hint_report
from autograder.practice.fingerprints import Failures, KnownFailures, Mistake, same
from autograder.practice.publictests import failures_of
from autograder.practice.server import TestServer
from autograder.records.exercises import Exercise, Specimen
from autograder.records.results import write_atomically

SEEDS = 1, 2  # of random weights; what a fingerprint is made of must not depend on them


@dataclass(frozen=True)
class Run:
    """How the public tests fail on a chaff.

    Attributes:
        chaff: its name.
        hint: its docstring.
        failures: those of one run.
        stable: those that another run has as well.
    """

    chaff: str
    hint: str
    failures: Failures
    stable: Failures

    @property
    def mistake(self) -> Mistake:
        return Mistake(self.hint, self.stable, self.stable.keys() == self.failures.keys())


def runs(exercise: Exercise, switched_off: Sequence[str] | None = None) -> list[Run]:
    """Run the public tests on the chaffs, on each twice; return what failed.

    Args:
        exercise: the exercise.
        switched_off: what must not be called; by default what was handed out with the exercise.
    """
    server = TestServer()
    asked = [(chaff, seed) for chaff in exercise.chaffs for seed in SEEDS]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:

        def failures(chaff: Specimen, seed: int) -> dict[str, str]:
            path = Path(folder, str(seed), chaff.name, f"{exercise.name}.py")
            write_atomically(path, f"{chaff.source}\n\n{exercise.public_tests}\n")
            return failures_of(server.check(path, seed, switched_off).results)

        found = list(pool.map(failures, *zip(*asked, strict=True)))
    pairs = zip(found[::2], found[1::2], strict=True)
    return [
        Run(chaff.name, chaff.note, first, _in_both(first, second))
        for chaff, (first, second) in zip(exercise.chaffs, pairs, strict=True)
    ]


def _in_both(first: Failures, second: Failures) -> dict[str, str]:
    return {
        test: text for test, text in first.items() if test in second and same(text, second[test])
    }


def learn(exercise: str, known: Iterable[Run], key: str = "") -> KnownFailures:
    """Return what to ship, of the chaffs that fail public tests."""
    return KnownFailures.learn(exercise, [run.mistake for run in known if run.failures], key)


@dataclass(frozen=True)
class Guess:
    """What `autograder check` shows of a chaff.

    Attributes:
        chaff: its name.
        hint: its docstring.
        shown: the hints.
        judged: those of other chaffs that its author has judged to be right for it.
    """

    chaff: str
    hint: str
    shown: tuple[str, ...]
    judged: frozenset[str] = frozenset()

    @property
    def right(self) -> bool:
        return bool(self.shown) and self.judged.union([self.hint]).issuperset(self.shown)

    @property
    def wrong(self) -> bool:
        return bool(self.shown) and not self.right


def known(
    exercise: str, seen: Sequence[Run], handed_out: KnownFailures | None = None
) -> list[Guess]:
    """Return what the chaffs that fail public tests are told, by default if it is built now."""
    hints = handed_out or learn(exercise, seen)
    return [_guess(exercise, hints, run) for run in seen if run.failures]


def left_out(exercise: str, seen: Sequence[Run]) -> list[Guess]:
    """Return what each of them would be told if nobody had known it."""
    return [
        _guess(exercise, learn(exercise, [*seen[:at], *seen[at + 1 :]]), run)
        for at, run in enumerate(seen)
        if run.failures
    ]


def _guess(exercise: str, hints: KnownFailures, run: Run) -> Guess:
    found = hints.find(exercise, run.failures)
    return Guess(run.chaff, run.hint, tuple(sorted(set(found.values()))))


@dataclass(frozen=True)
class CheckReport:
    """The hints that the chaffs of an exercise get from its public tests.

    Attributes:
        exercise: its name.
        chaffs: how many there are.
        known: what those are told that fail public tests.
        unknown: what each of them would be told if it were not known.
    """

    exercise: str
    chaffs: int
    known: list[Guess]
    unknown: list[Guess]


def report(exercise: Exercise, handed_out: KnownFailures | None = None) -> CheckReport:
    """Run the public tests on the chaffs, and take one after the other for unknown.

    Args:
        exercise: the exercise.
        handed_out: the hints that students have; by default those that would be built now.
    """
    seen, name = runs(exercise), exercise.name
    also = hint_report.recorded(exercise).get("also_right", {})
    notes = {run.chaff: run.hint for run in seen}
    unknown = [
        replace(guess, judged=frozenset(notes.get(one, "") for one in also.get(guess.chaff, ())))
        for guess in left_out(name, seen)
    ]
    return CheckReport(name, len(seen), known(name, seen, handed_out), unknown)


def table(reports: Sequence[CheckReport]) -> Table:
    """Return the figures of all exercises."""
    columns = [
        "exercise",
        "chaffs",
        "fail",
        "named",
        "if unknown: a right hint",
        "another",
        "none",
    ]
    found = Table(*columns, title="`autograder check`: the hints of the public tests")
    for one in reports:
        known, unknown = one.known, one.unknown
        figures = [
            one.chaffs,
            len(known),
            sum(guess.right for guess in known),
            sum(guess.right for guess in unknown),
            sum(guess.wrong for guess in unknown),
            sum(not guess.shown for guess in unknown),
        ]
        found.add_row(one.exercise, *map(str, figures))
    return found


def others(one: CheckReport) -> str:
    """Return the hints of other mistakes that chaffs would get if they were not known."""
    lines = []
    for guess in one.unknown:
        if guess.wrong:
            lines += [f"{guess.chaff}: {guess.hint}"]
            lines += [f"  gets: {hint}" for hint in guess.shown if hint != guess.hint]
    return "\n".join(lines)
