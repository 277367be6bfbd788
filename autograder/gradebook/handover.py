"""What our steps hand over to each other with a notebook, on its way through nbgrader."""

from collections.abc import Callable
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.records.results import SubmissionResult
from autograder.records.submissions import Submission

KEY = "autograder"  # in nbgrader's part of nbconvert's resources


@dataclass(frozen=True)
class Ahead:
    """What `autograder autograde` has done before nbgrader's turn.

    Attributes:
        notebook: read and sanitized.
        given: what it holds of the student's.
        state: a name for all that is written for it.
        result: waits for the result of an exercise.
        warn: takes a sentence about the notebook.
    """

    notebook: NotebookNode
    given: Submission
    state: str
    result: Callable[[str], SubmissionResult]
    warn: Callable[[str], None]


@dataclass
class Handover:
    """What is known of one notebook.

    Attributes:
        ahead: None under nbgrader's own command.
        problem: why it could not be read.
        results: what grading found, by exercise.
    """

    ahead: Ahead | None = None
    problem: str = ""
    results: dict[str, SubmissionResult] = field(default_factory=dict)

    def __deepcopy__(self, memo):
        """Return itself: nbconvert copies its resources before each conversion."""
        return self


def handover(resources) -> Handover:
    """Return what is handed over with a notebook's resources."""
    return resources["nbgrader"].setdefault(KEY, Handover())
