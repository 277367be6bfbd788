"""What is known of a whole class: who handed in what, what was found, what to be told of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from autograder.records.places import Place
from autograder.records.results import Status, SubmissionResult


class Kind(StrEnum):
    """Why an instructor should know about one piece of work."""

    MISSING = "missing"
    LATE = "late"
    LOOK_AT = "look at"
    UNREADABLE = "unreadable"
    BY_HAND = "changed by hand"
    UNKNOWN = "without results"


@dataclass(frozen=True)
class Work:
    """What a student handed in for one exercise, and what was found.

    Attributes:
        code: the student's part of it; nothing where that is not known.
    """

    student: str
    assignment: str
    exercise: str
    result: SubmissionResult
    code: str = ""

    @property
    def begun(self) -> bool:
        """Whether it can be read and is more than the stub; others tell nothing about a check."""
        missing = (Status.NOT_DEFINED, Status.GRADER_ERROR)
        return self.result.status == Status.GRADED and not all(
            check.unsolved or check.status in missing for check in self.result.checks
        )


@dataclass(frozen=True)
class Remark:
    """Something about one student's work for one assignment."""

    kind: Kind
    assignment: str
    student: str
    text: str = ""


@dataclass(frozen=True)
class Class:
    """A class and its work.

    Attributes:
        students: everybody in the class list; else those who handed in anything.
        works: what has results.
        remarks: what else is to be told.
        places: of the exercises of the course, in its order.
        stubs: what everybody was given, by exercise.
    """

    students: frozenset[str]
    works: list[Work]
    remarks: list[Remark] = field(default_factory=list)
    places: Mapping[str, Place] = field(default_factory=dict)
    stubs: Mapping[str, str] = field(default_factory=dict)

    @property
    def by_exercise(self) -> dict[str, list[Work]]:
        """The work for each exercise, in the order of the course."""
        found: dict[str, list[Work]] = defaultdict(list)
        for work in self.works:
            found[work.exercise].append(work)
        return {name: found[name] for name in sorted(found, key=self._order)}

    def place(self, exercise: str) -> Place:
        return self.places.get(exercise, Place())

    def _order(self, exercise: str) -> tuple:
        return self.place(exercise).order, exercise


def of_results(works: Iterable[Work]) -> list[Remark]:
    """Return what the results themselves say an instructor should know."""
    found = []
    for work in works:
        result = work.result
        who = work.assignment, work.student
        if result.status == Status.UNREADABLE:
            found.append(Remark(Kind.UNREADABLE, *who, result.message))
        elif result.status == Status.GRADER_ERROR:
            found.append(Remark(Kind.UNKNOWN, *who, "the grader failed; grade it again"))
        elif result.look_at:
            found.append(Remark(Kind.LOOK_AT, *who, result.look_at))
    return found
