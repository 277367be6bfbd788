"""What random inputs are drawn from."""

import dataclasses
import secrets

from autograder.records.exercises import Exercise
from autograder.records.text import short_hash


@dataclasses.dataclass(frozen=True)
class Seeds:
    """The seed of the first process, and the seed of those that load its files.

    The first process must not know what its files will be asked, so no child can tell the one from
    the other.
    """

    first: int
    later: int

    @classmethod
    def of(cls, exercise: Exercise, first: int | None = None) -> "Seeds":
        """Return the seeds of a run; `first` repeats an earlier one."""
        first = secrets.randbits(32) if first is None else first
        secret = f"{first} {exercise.reference} {exercise.checks}"  # no child has the reference
        return cls(first, int(short_hash(secret, 8), 16))

    @classmethod
    def same(cls, seed: int) -> "Seeds":
        """Return one seed for all processes, where nobody gains by knowing it."""
        return cls(seed, seed)


# Chaffs are asked with these in every run, so that their answers can be stored.
HINT_SEEDS = Seeds.same(0)
