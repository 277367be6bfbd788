"""What the cells of released notebooks call: a contract with notebooks that are out there.

`show` runs the public tests where the student works, and `look` shows what the student's component
does. `points` is what a grade cell calls where
nbgrader runs it in a kernel, with its stock configuration. The scores are the same as with ours,
since the cells that were run so far are graded by the same engine; but a kernel belongs to the
student's code, which may change the number on its way.
"""

import functools
import os
import re
from typing import Any

from autograder.practice.looking import look
from autograder.practice.publictests import show
from autograder.records import exercises, extras
from autograder.records.results import Status, SubmissionResult
from autograder.records.submissions import Submission
from autograder.show import text

__all__ = ["look", "points", "show"]
# A later cell imports TensorFlow, which would write its log into the notebook.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Released notebooks import from `autograder.notebook`, where it was when they were made.
OURS = re.compile(r"from autograder\.(?:cells|notebook) import points")


def points(exercise: str, dimension: str, namespace: dict[str, Any]) -> float:
    """Print the feedback of one dimension and return its points.

    Args:
        exercise: its name.
        dimension: one of the four.
        namespace: the notebook's `globals()`; IPython keeps there what was run.

    Raises:
        RuntimeError: the cells cannot be found, or the grading itself failed.
    """
    if "In" not in namespace:
        raise RuntimeError("points(…) grades the cells of a notebook: call it in one.")
    cells = tuple(cell for cell in namespace["In"] if cell and not OURS.search(cell))
    result = _grade(exercise, cells)
    if result.status == Status.GRADER_ERROR:
        raise RuntimeError(f"not graded, and not the student's fault:\n{result.message}")
    print(text.checks(result, dimension))
    return float(result.points(dimension)[0])


@functools.lru_cache(maxsize=1)  # four grade cells ask about the same cells
def _grade(exercise: str, cells: tuple[str, ...]) -> SubmissionResult:
    extras.require("grade", "grading")
    from autograder.grading.grader import Grader
    from autograder.grading.processes import Worker

    with Worker() as worker:
        grader = Grader(worker, exercises.find(exercise))
        grader.hints.patient = False  # nbgrader stops a cell after 30 seconds
        return grader.grade(Submission("notebook", "notebook", True, cells))
