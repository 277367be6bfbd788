"""Everything that a report says."""

from dataclasses import dataclass

from autograder.records.classes import Class, Kind, Remark, Work
from autograder.report import similar, statistics
from autograder.report.progress import Progress
from autograder.report.similar import Group
from autograder.report.statistics import Item, Mistake, Scores


@dataclass(frozen=True)
class Findings:
    """What a report says of a class.

    Attributes:
        works: by exercise, in the order of the course.
        items: the checks, by exercise.
        unexplained: who lost points and got no hint, by exercise.
        at: when it was made, in words.
        names: whether it may name students.
    """

    group: Class
    works: dict[str, list[Work]]
    scores: dict[str, Scores]
    items: dict[str, list[Item]]
    mistakes: list[Mistake]
    unexplained: dict[str, list[str]]
    similar: list[Group]
    progress: Progress | None
    at: str
    names: bool

    @property
    def hardest(self) -> list[Item]:
        """The checks that somebody failed, of all exercises, those that most failed first."""
        all = [item for some in self.items.values() for item in some if item.failed]
        return sorted(all, key=lambda item: -item.failure_rate)

    @property
    def warnings(self) -> list[Item]:
        """The checks that may be no good ones."""
        return [item for some in self.items.values() for item in some if item.warning]

    def remarks(self, kind: Kind) -> list[Remark]:
        return [one for one in self.group.remarks if one.kind == kind]


def find(group: Class, progress: Progress | None, at: str, names: bool) -> Findings:
    """Return what there is to say of a class."""
    works = group.by_exercise
    return Findings(
        group,
        works,
        {name: statistics.scores(some) for name, some in works.items()},
        {name: statistics.items(name, some) for name, some in works.items()},
        statistics.mistakes(group.works),
        statistics.unexplained(group.works),
        [
            one
            for name, some in works.items()
            for one in similar.find(name, some, group.stubs.get(name, ""))
        ],
        progress,
        at,
        names,
    )
