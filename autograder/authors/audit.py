"""Do the hidden checks tell right from wrong? Ask the answers that are known to be either."""

import ast
import functools
import math
import os
import statistics
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from autograder.authors.asking import Asking
from autograder.authors.build import stub
from autograder.authors.earlier import EarlierAudits
from autograder.authors.new import left_to_do
from autograder.grading import known
from autograder.grading.comparison import alike
from autograder.grading.dialogue import needs_submission
from autograder.grading.grader import Grader
from autograder.grading.hints import KnownMistakes, differences
from autograder.grading.processes import Worker
from autograder.grading.reference import Reference
from autograder.grading.seeds import HINT_SEEDS, Seeds
from autograder.grading.verdicts import CheckInfo
from autograder.records import extras
from autograder.records.exercises import Exercise
from autograder.records.observations import eithers
from autograder.records.results import DIMENSIONS, CheckResult, Status, SubmissionResult

CORES = os.cpu_count() or 1
COSTLY = 0.3  # CPU seconds of a check
KINDS_OF_CHECKS = Path(__file__).parent.parent / "checks" / "kinds"
KINDS = ("stub", "wheat", "chaff", "mutant")
# Fewer tell too little of the checks; the exercises of the course have at least as many.
LEAST = {"wheat": 6, "chaff": 15}
ONEDNN = {"TF_ENABLE_ONEDNN_OPTS": "1", "TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL": "true"}
OTHER_SEED = 1_000  # what is drawn with it has nothing to do with what hints are found with
# Right answers must stay right where TensorFlow computes in another order.
SETTINGS = [
    {},
    ONEDNN,
    {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"},
    {**ONEDNN, "TF_NUM_INTRAOP_THREADS": str(4 * CORES)},
]


@dataclass
class Row:
    """A specimen and what became of it.

    Attributes:
        kind: one of `KINDS`.
        note: its docstring, a mutant's diff.
        loses: the dimensions in which it must lose points.
        where: the function that a mutant changes.
        equivalent: why a mutant is as right as the reference.
        results: one for each seed.
    """

    kind: str
    name: str
    source: str = field(repr=False)
    note: str = ""
    loses: tuple[str, ...] = ()
    where: str = ""
    equivalent: str = ""
    results: list[SubmissionResult] = field(default_factory=list)

    @property
    def lost(self) -> list[list[str]]:
        """For each seed, the dimensions in which it lost points."""
        found = [{check.dimension for check in failed(result.checks)} for result in self.results]
        return [[name for name in DIMENSIONS if name in dimensions] for dimensions in found]

    @property
    def killed(self) -> bool:
        """Whether it lost points with every seed."""
        return all(self.lost)

    def catchers(self) -> set[str]:
        """Return the checks that caught it with every seed."""
        return set.intersection(*(_names(result) for result in self.results))

    def flaky(self) -> set[str]:
        """Return the checks whose verdict on it depends on the seed."""
        checks = [check for result in self.results for check in result.checks]
        passed = {check.name for check in checks if check.status == Status.PASSED}
        return set.union(*(_names(result) for result in self.results)) & passed

    @property
    def problem(self) -> str:
        """What is wrong with the verdict on it."""
        checks = [check for result in self.results for check in result.checks]
        if broken := [one.message for one in self.results if one.status == Status.GRADER_ERROR]:
            return broken[0]
        if self.kind == "wheat":
            bad = {f"{one.name}: {one.message}": 0 for one in checks if one.status != Status.PASSED}
            return "; ".join(bad)
        if self.kind == "stub":
            solved = [one for one in checks if not one.unsolved]
            return "; ".join(f"{check.name}: {check.status} {check.message}" for check in solved)
        if self.kind == "mutant":
            if self.killed and self.equivalent:
                return f"is recorded as equivalent, but loses {_words(self.lost[0])}"
            return "" if self.killed or self.equivalent else "survives"
        for lost in self.lost:
            if set(lost) != set(self.loses) or not lost:
                return f"loses {_words(lost)}, not {' '.join(self.loses) or 'said'}"
        if not all(self.note in [one.hint for one in result.checks] for result in self.results):
            return "does not get its own hint back"
        return ""


def failed(checks: Iterable[CheckResult]) -> list[CheckResult]:
    """Return those that were asked and did not pass."""
    return [check for check in checks if check.status not in (Status.PASSED, Status.NOT_ASKED)]


def _names(result: SubmissionResult) -> set[str]:
    return {check.name for check in failed(result.checks)}


def _words(lost: Collection[str]) -> str:
    return " ".join(lost) or "nothing"


@dataclass
class Audit:
    """What the specimens of an exercise showed about its checks.

    Attributes:
        full: every check was asked of every mutant.
        stale: what chaffs show here, and otherwise beside the exercise.
        reused: how many results an earlier audit had found.
        exceptions: why checks of a kind are not asked, by their names.
        fixed: the checks with the same answer in every run, given where the submission runs.
    """

    exercise: Exercise
    checks: list[CheckInfo]
    rows: list[Row]
    full: bool
    stale: list[str] = field(default_factory=list)
    reused: int = 0
    exceptions: dict[str, str] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()

    @property
    def fixed_points(self) -> float:
        """How many points somebody gets by writing down answers that are the same in every run."""
        return sum(check.points for check in self.checks if check.name in self.fixed)

    @property
    def compared(self) -> tuple[str, ...]:
        """The kinds of wrong answers that every check was asked about."""
        return ("chaff", "mutant") if self.full else ("chaff",)

    def of(self, *kinds: str) -> list[Row]:
        return [row for row in self.rows if row.kind in kinds]

    def caught_by(self, check: str, *kinds: str) -> list[str]:
        """Return the specimens that a check catches."""
        return [row.name for row in self.of(*kinds) if check in row.catchers()]

    def caught_alone_by(self, check: str, *kinds: str) -> list[str]:
        """Return the specimens that no other check catches."""
        return [row.name for row in self.of(*kinds) if row.catchers() == {check}]

    def seconds(self, check: str) -> float:
        """Return what a check costs: the median over all right answers, with their files."""
        return statistics.median(
            [
                sum(time for phase, time in result.phases.items() if phase.split()[0] == check)
                for row in self.of("wheat")
                for result in row.results
            ]
            or [math.nan]
        )

    def cpu_seconds(self, check: str) -> float:
        """Return the CPU seconds of a check: the median over all right answers."""
        return statistics.median(
            [
                one.cpu_seconds
                for row in self.of("wheat")
                for result in row.results
                for one in result.checks
                if one.name == check
            ]
            or [math.nan]
        )

    @property
    def costly(self) -> list[str]:
        """The checks that cost much, without a comment that says why."""
        return [
            check.name
            for check in self.checks
            if self.cpu_seconds(check.name) > COSTLY
            and "costs" not in self.comments.get(check.name, "")
        ]

    @property
    def problems(self) -> list[str]:
        """All that is wrong with the checks, or with the specimens."""
        found = [f"{row.kind} {row.name}: {row.problem}" for row in self.rows if row.problem]
        for row in self.rows:
            found += [f"{check} is flaky on {row.kind} {row.name}" for check in sorted(row.flaky())]
        if self.of("chaff"):
            found += [
                f"{check.name} catches no chaff"
                for check in self.checks
                if not self.caught_by(check.name, "chaff")
            ]
        return found + [f"left to do in {place}" for place in left_to_do(self.exercise)]

    @functools.cached_property
    def comments(self) -> dict[str, str]:
        """The comment above each check: why it is there if it catches nothing alone."""
        kinds = {check.kind for check in self.checks if check.kind}
        sources = [(Path(KINDS_OF_CHECKS, f"{kind}.py")).read_text("utf-8") for kind in kinds]
        found: dict[str, str] = {}
        for source in [*sources, self.exercise.checks]:
            found |= dict(_comments(source))
        return found


def _comments(source: str) -> Iterator[tuple[str, str]]:
    """Yield the names of the checks of a module with the comments above them, if there are any."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name, decorator_list=[decorator, *_]):
                first = last = decorator.lineno - 1
            case ast.Assign(targets=[ast.Name(id=name)]):
                first = last = node.lineno - 1
            case _:
                continue
        while first and lines[first - 1].lstrip().startswith("#"):
            first -= 1
        if first < last:
            yield name, " ".join(line.lstrip("# ") for line in lines[first:last])


def specimens(exercise: Exercise, kinds: Collection[str] = KINDS) -> list[Row]:
    """Return what is to be asked, without results."""
    rows = []
    if "stub" in kinds:
        rows.append(Row("stub", "stub", stub(exercise), loses=DIMENSIONS))
    if "wheat" in kinds:
        rows += [Row("wheat", one.name, one.source, one.note) for one in exercise.wheats]
    if "chaff" in kinds:
        rows += [Row("chaff", one.name, one.source, one.note, one.loses) for one in exercise.chaffs]
    if "mutant" in kinds:
        extras.require("audit", "making mutants")
        from autograder.authors.mutants import equivalents, mutants

        found = mutants(exercise)
        reasons = equivalents(exercise, found)
        rows += [
            Row(
                "mutant",
                one.name,
                one.source,
                one.note,
                where=one.where,
                equivalent=reasons.get(one.name, ""),
            )
            for one in found
        ]
    return rows


def audit(
    exercise: Exercise,
    workers: Sequence[Worker],
    rows: list[Row],
    seeds: int = 1,
    jobs: int = CORES,
    full: bool = False,
    anew: bool = False,
    on_result: Callable[[], None] = lambda: None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Audit:
    """Grade specimens.

    Args:
        exercise: the exercise.
        workers: what forks the children; one after the other takes a seed.
        rows: its specimens; they get their results.
        seeds: how many different random inputs each is asked with. The first seed is the one that
            hints are found with; with that, the chaffs' answers are kept.
        jobs: how many are graded at once.
        full: ask every check of every mutant, not only until one catches it.
        anew: ask again what an earlier audit has asked.
        on_result: called when a specimen has been graded with one seed.
        on_progress: called with how many chaffs were asked, and how many there are, if no earlier
            run has asked them.
    """
    earlier, stale, reused = EarlierAudits(exercise, anew), [], 0
    fixed: frozenset[str] = frozenset()
    for number in range(seeds):
        seed = Seeds.same(HINT_SEEDS.first + number)
        grader = Grader(workers[number % len(workers)], exercise, seed)
        chaffs: dict[str, known.Answers] = {}
        if not number:
            fixed = _fixed(grader)
            if any(row.kind == "chaff" for row in rows):
                chaffs, before = _asked_here(grader, anew, on_progress)
                stale = _stale(grader, chaffs)
                reused += before
        asking = Asking(grader, full, earlier, chaffs)
        with ThreadPoolExecutor(jobs) as pool:
            asked = {pool.submit(asking.result, row): row for row in rows}
            try:
                for done in as_completed(asked):
                    asked[done].results.append(done.result())
                    on_result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        reused += asking.reused
    exceptions = grader.reference.exceptions
    return Audit(exercise, grader.checks, rows, full, stale, reused, exceptions, fixed)


def _fixed(grader: Grader) -> frozenset[str]:
    """Return the checks that the reference answers alike whatever is drawn.

    What is asked where the submission is not, and what it may agree with itself about, is none.
    """
    one = grader.reference
    other = Reference.ask(grader.worker, grader.exercise, Seeds.same(OTHER_SEED))
    elsewhere = {
        name
        for (name, path), (how, _) in one.plan.items()
        if not path and not needs_submission(how)
    }

    def is_fixed(check: CheckInfo) -> bool:
        seen, drawn_anew = (side.expected[check.name].seen for side in (one, other))
        return not eithers(seen) and alike(seen, drawn_anew, check.rtol, check.atol)

    return frozenset(
        check.name for check in one.checks if check.name not in elsewhere and is_fixed(check)
    )


def _asked_here(
    grader: Grader, anew: bool, on_progress: Callable[[int, int], None]
) -> tuple[dict[str, known.Answers], int]:
    """Return what each chaff shows on this machine, and how many were asked before."""
    mistakes = KnownMistakes(grader.worker, grader.exercise, grader.reference)
    mistakes.trust_shipped, mistakes.trust_stored = False, not anew
    mistakes.on_progress = on_progress
    keys = known.keys(grader.exercise)
    chaffs = {keys[chaff.name] for chaff in grader.exercise.chaffs}
    before = 0 if anew else len(known.stored(grader.exercise, chaffs))
    return mistakes.answers, before


def _stale(grader: Grader, here: dict[str, known.Answers]) -> list[str]:
    """Return sentences on what known mistakes show here, and otherwise beside the exercise."""
    content, keys = known.shipped(grader.exercise), known.keys(grader.exercise)
    file = grader.exercise.known_mistakes.name
    if content.problem:
        return [f"{file}: {content.problem}"]
    found = []
    for name, key in keys.items():
        who = name if name == known.REFERENCE else f"chaff {name}"
        answers = content.answers.get(key, {})
        if list(answers) != grader.reference.names:
            found.append(f"{file} does not know what {who} shows")
        elif checks := ", ".join(differences(grader.checks, answers, here[name])):
            found.append(f"{file}: {who} now shows something else in {checks}")
    return found
