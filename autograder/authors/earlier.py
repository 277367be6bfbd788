"""What earlier audits of an exercise found, by all that it depends on."""

from autograder.grading import cache
from autograder.grading.grader import Grader
from autograder.records.exercises import Exercise
from autograder.records.results import SubmissionResult


class EarlierAudits:
    """The results of an exercise's specimens: a file for each, so that a stopped audit goes on.

    A change of the reference, of the checks, of the engine or of its packages begins anew.

    Args:
        exercise: whose specimens they are.
        anew: believe nothing that is there.
    """

    def __init__(self, exercise: Exercise, anew: bool = False):
        content = [exercise.reference, exercise.checks, *cache.surroundings(cache.ENGINE)]
        name = f"{exercise.name}-{cache.hashed(content)}"
        self._exercise, self._anew = exercise, anew
        self._folder = exercise.course.audits / name
        for old in cache.entries(self._folder.parent, f"{exercise.name}-*"):
            if old.name != name:
                cache.discard(old)

    def get(self, name: str, key: str) -> SubmissionResult | None:
        """Return what an earlier audit found for a specimen."""
        return None if self._anew else cache.read_result(self._folder / key, name, name)

    def put(self, key: str, result: SubmissionResult) -> None:
        """Store what was found."""
        cache.store_result(self._folder / key, result)

    def key(self, grader: Grader, kind: str, source: str, full: bool) -> str:
        """Return a name for what was asked about a specimen."""
        asked = [kind, source, repr(grader.seeds), repr(grader.worker.limits)]
        if kind == "chaff":  # its hint depends on all chaffs
            asked.append(cache.digest(self._exercise))
        return cache.hashed([*asked, str(full and kind == "mutant")])
