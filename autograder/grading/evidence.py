"""Which known mistakes explain what a submission has lost. The functions are pure.

A wrong hint costs a student an evening. So a mistake explains a submission only if the submission
shows everything that the mistake does, or nothing but what the mistake does; what may be a chance
is no evidence.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from autograder.grading import comparison
from autograder.grading.verdicts import CheckInfo
from autograder.records.results import CheckResult, Outcome, Status

Answers = Mapping[str, Outcome]  # by check

NEAR = 0.75  # agreement that a border which is `<` here and `<=` there leaves
MANY = 6  # checks in which nobody shows the same by chance
HALF = 0.5  # of what a mistake loses: whoever loses less has made another one
SHARE = 0.25  # of what was lost; what explains less is not worth to be read first


@dataclass(frozen=True)
class Evidence:
    """What a submission has lost, and how.

    Attributes:
        checks: of the exercise.
        expected: what the reference showed when the known mistakes were asked.
        outcomes: what the submission showed.
        lost: the checks that it failed.
        drawn: those whose inputs were others. If a mistake shows something else there, that says
            nothing.
    """

    checks: Collection[CheckInfo]
    expected: Answers
    outcomes: Answers
    lost: frozenset[str]
    drawn: frozenset[str] = frozenset()

    def explained_by(self, mistake: Answers, loses: frozenset[str]) -> set[str]:
        """Return the lost checks that a mistake explains.

        Args:
            mistake: what it shows.
            loses: the checks that it fails.
        """
        agreed = {
            check.name: self._agreement(check, mistake[check.name])
            for check in self.checks
            if check.name in loses & self.lost
        }
        unknown = {name for name, share in agreed.items() if name in self.drawn and share < 1}
        agreed = {name: share for name, share in agreed.items() if name not in unknown}
        exact = {name for name, share in agreed.items() if share == 1}
        found = {name for name, share in agreed.items() if share >= NEAR}
        all_there_is = (loses | self.lost) - unknown
        inside = not loses - self.lost or (
            not self.lost - loses and len(self.lost) >= HALF * len(loses)
        )
        whole = inside and exact == set(agreed)
        close = sum(agreed.values()) >= NEAR * len(all_there_is) and (
            (inside and found == set(agreed)) or len(exact) >= MANY
        )
        if not (whole or close) or len(found) < SHARE * len(self.lost - unknown):
            return set()
        return set() if found != all_there_is and self._is_weak(found) else found

    def _agreement(self, check: CheckInfo, known: Outcome) -> float:
        """Return how far a mistake and the submission answer a check alike, from 0 to 1."""
        outcome = self.outcomes[check.name]
        if alike(check, known, outcome):
            return 1.0
        if not known.status == outcome.status == Status.SEEN:
            return 0.0
        expected = self.expected[check.name].seen
        return comparison.agreement(expected, known.seen, outcome.seen, check.rtol, check.atol)

    def _is_weak(self, found: Collection[str]) -> bool:
        """Tell whether what was seen may have any reason.

        So it is with one answer that says little, and with exceptions, however many, that no line
        of the student's raised.
        """
        outcomes = {name: self.outcomes[name] for name in found}
        if all(one.status == Status.RAISED and not one.place for one in outcomes.values()):
            return True
        if len(found) > 1 or any(one.status != Status.SEEN for one in outcomes.values()):
            return False
        (check,) = (check for check in self.checks if check.name in found)
        expected = self.expected[check.name].seen
        return comparison.says_little(expected, outcomes[check.name].seen, check.rtol, check.atol)


def lost(results: Collection[CheckResult]) -> frozenset[str]:
    """Return the names of the checks without points."""
    return frozenset(result.name for result in results if result.status != Status.PASSED)


def best(
    explained: Mapping[str, Collection[str]], beyond: Mapping[str, int], notes: Mapping[str, str]
) -> dict[str, str]:
    """Return for each check the mistake that explains it, if it is clear which.

    The mistake that explains most wins; of two that explain as much, that which does less beyond.
    If they are equal in that, too, and say different things, nothing is said.

    Args:
        explained: the checks that each mistake explains.
        beyond: in how many checks more each mistake loses points.
        notes: what each mistake says.
    """
    found = {}
    for check in set().union(*explained.values()):
        those = [name for name, all in explained.items() if check in all]
        rivals = {name: (len(explained[name]), -beyond[name]) for name in those}
        first = [name for name, rank in rivals.items() if rank == max(rivals.values())]
        if len({notes[name] for name in first}) == 1:
            found[check] = first[0]
    return found


def alike(check: CheckInfo | None, known: Outcome, outcome: Outcome) -> bool:
    """Tell whether a mistake and a submission answered a check alike."""
    if known.status != outcome.status:
        return False
    if known.status == Status.TIMED_OUT:
        return True
    if known.status == Status.SEEN and check:
        return comparison.alike(known.seen, outcome.seen, check.rtol, check.atol)
    # TensorFlow says the same of a line of theirs and of what it finds wrong itself.
    same_side = bool(known.place) == bool(outcome.place)
    return same_side and _essence(known.message) == _essence(outcome.message)


def raised_alike(one: Outcome, other: Outcome) -> bool:
    """Tell whether TensorFlow raised the same exception, whatever it says.

    If several operations of a graph fail, its threads decide which of them is named.
    """
    both = one.status == other.status == Status.RAISED and not one.place and not other.place
    return both and one.message.partition(":")[0] == other.message.partition(":")[0]


def _essence(message: str) -> str:
    """Return a message without what is made up anew: names, addresses, and the order of a set."""
    # Each child has a folder of its own, and `tempfile` makes up names in it.
    message = re.sub(r"(/[\w.-]+)*/autograder-\w+/([\w.-]+/)*|\btmp[a-z0-9_]{8}\b", "", message)
    # Of several operations that fail side by side, any may be the first.
    message = re.sub(r"(?<=slice index )\d+", "", message)
    message = re.sub(r"_\d+\b|0x[0-9a-f]+|\bid=\d+|\b\d{12,}\b|'[\w/.]+:\d+'", "", message)
    return re.sub(r"\{[^{}]*\}", lambda one: str(sorted(one[0][1:-1].split(", "))), message)
