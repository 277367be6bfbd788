"""Which hint does a student get whose mistake nobody knows? Take each known mistake for unknown.

The right hint is then that of another chaff with the same text, another one that the author has
judged to be right as well, or none.
"""

import json
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from rich.table import Table

from autograder.grading.grader import Grader
from autograder.grading.processes import Worker
from autograder.grading.reference import GraderError
from autograder.grading.seeds import HINT_SEEDS
from autograder.records import raised
from autograder.records.exercises import Exercise
from autograder.records.results import Status

FILE = "neighbours.toml"
RAISED = "raised: "


@dataclass(frozen=True)
class LeftOut:
    """A chaff that was taken for unknown.

    Attributes:
        name: of the chaff.
        hints: what it got, by the other chaff or the kind of exception whose hint that is.
        same: those of them that say what its own hint says.
        judged: those of them that its author has judged to be right for it.
    """

    name: str
    hints: dict[str, str]
    same: frozenset[str]
    judged: frozenset[str]

    @property
    def wrong(self) -> dict[str, str]:
        """The hints that nobody has judged to be right."""
        right = self.same | self.judged
        return {source: hint for source, hint in self.hints.items() if source not in right}

    @property
    def verdict(self) -> str:
        """What became of it: `silent`, `same`, `judged` or `wrong`."""
        if not self.hints:
            return "silent"
        if self.wrong:
            return "wrong"
        return "same" if self.same else "judged"


@dataclass(frozen=True)
class HintReport:
    """The hints that the chaffs of an exercise get, each taken for unknown.

    Attributes:
        most_wrong: how many may get a wrong one.
        least_right: how many must get a right one.
    """

    exercise: Exercise
    chaffs: list[LeftOut]
    most_wrong: int = 0
    least_right: int = 0
    unknown: list[str] = field(default_factory=list)

    def count(self, *verdicts: str) -> int:
        """Return of how many chaffs that became."""
        return sum(one.verdict in verdicts for one in self.chaffs)

    @property
    def problems(self) -> list[str]:
        """What an author should mend."""
        file = self.exercise.folder / FILE
        found = [f"{file}: {name!r} is neither a chaff nor a kind" for name in self.unknown]
        right, wrong = self.count("same", "judged"), self.count("wrong")
        if wrong > self.most_wrong:
            found.append(
                f"{self.exercise.name}: {wrong} chaffs get a hint that nobody has judged to be "
                f"right, and {self.most_wrong} may. List it in {file}, or tell the two apart."
            )
        if right < self.least_right:
            found.append(
                f"{self.exercise.name}: {right} chaffs get a right hint, and {self.least_right} "
                f"did when `right` was written into {file}."
            )
        return found


def report(
    worker: Worker,
    exercise: Exercise,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> HintReport:
    """Take one chaff after the other for unknown.

    Args:
        worker: what forks the children.
        exercise: the exercise.
        on_progress: called with how many chaffs were asked, and how many there are, if no earlier
            run has asked them.

    Raises:
        GraderError: the file of what is right as well cannot be read.
    """
    grader = Grader(worker, exercise, HINT_SEEDS)
    grader.hints.on_progress = on_progress
    judged = recorded(exercise)
    also = judged.get("also_right", {})
    chaffs = [_left_out(grader, chaff.name, also.get(chaff.name, ())) for chaff in exercise.chaffs]
    names = {chaff.name for chaff in exercise.chaffs}
    kinds = {RAISED + kind.name for kind in raised.KINDS}
    unknown = [
        one
        for name, sources in also.items()
        for one in (name, *sources)
        if one not in names and one not in kinds
    ]
    figures = judged.get("wrong", 0), judged.get("right", 0)
    return HintReport(exercise, chaffs, *figures, unknown)


def _left_out(grader: Grader, name: str, also: Iterable[str]) -> LeftOut:
    notes = {chaff.name: chaff.note for chaff in grader.exercise.chaffs}
    outcomes = grader.hints.answers[name]
    results = grader.verdicts(outcomes)
    grader.hints.add(results, outcomes, without=[name])
    hints = {}
    for one in results:
        if one.status != Status.PASSED and one.hint:
            outcome = outcomes[one.name]
            kind = RAISED + raised.kind_of(outcome.message, outcome.place)
            hints[one.chaff or kind] = one.hint
    same = frozenset(source for source, hint in hints.items() if hint == notes[name])
    return LeftOut(name, hints, same, frozenset(also) & hints.keys())


def recorded(exercise: Exercise) -> dict:
    """Return what an author has judged, as the file beside the exercise says it."""
    try:
        return tomllib.loads((exercise.folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeError) as error:
        raise GraderError(f"{exercise.folder / FILE}: {error}") from None


def table(reports: list[HintReport]) -> Table:
    """Return the figures of all exercises."""
    columns = ["exercise", "chaffs", "the same hint", "judged right", "wrong", "none", "right"]
    found = Table(*columns)
    for one in reports:
        found.add_row(one.exercise.name, *_figures([one]))
    if len(reports) > 1:
        found.add_section()
        found.add_row("together", *_figures(reports))
    return found


def _figures(reports: list[HintReport]) -> list[str]:
    same, judged, wrong, silent = (
        sum(one.count(verdict) for one in reports)
        for verdict in ("same", "judged", "wrong", "silent")
    )
    shown = same + judged + wrong
    share = f"{100 * (same + judged) / shown:.1f} % of {shown}" if shown else "-"
    total = sum(len(one.chaffs) for one in reports)
    return [*map(str, (total, same, judged, wrong, silent)), share]


def wrong_hints(one: HintReport) -> str:
    """Return the hints that nobody has judged, as a block for the file that lists those.

    It is TOML: a chaff that the file has already is there with what it has. Comments say what each
    hint is, for who judges.
    """
    notes = {chaff.name: chaff.note for chaff in one.exercise.chaffs}
    also = recorded(one.exercise).get("also_right", {})
    lines = []
    for chaff in one.chaffs:
        if chaff.wrong:
            lines.append(f"# {chaff.name}: {notes[chaff.name]}")
            lines += [f"#   {source}: {hint}" for source, hint in chaff.wrong.items()]
            sources = json.dumps([*also.get(chaff.name, ()), *chaff.wrong], ensure_ascii=False)
            lines.append(f"{chaff.name} = {sources}")
    if not lines:
        return ""
    file = one.exercise.folder / FILE
    how = [
        f"Hints of {one.exercise.name} that nobody has judged. Strike those that are wrong, and",
        f"put the rest into {file}, each in the place of a line of that name:",
    ]
    return "\n".join([*how, "", "[also_right]", *lines, ""])
