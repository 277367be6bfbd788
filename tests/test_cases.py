"""Answers whose points follow from the statement, and are worth a file beside wheats and chaffs.

Each file of `tests/cases/EXERCISE/` begins with its points, in the order of the dimensions.
"""

from pathlib import Path

import pytest

from autograder.grading.grader import Grader
from autograder.records.results import DIMENSIONS
from autograder.records.submissions import Submission

pytestmark = pytest.mark.slow


def test_each_case_gets_the_points_that_it_names(exercise, worker):
    files = sorted((Path(__file__).parent / "cases" / exercise.name).glob("*.py"))
    if not files:
        pytest.skip(f"there is no tests/cases/{exercise.name}")
    grader = Grader(worker, exercise)
    grader.hints.patient = False  # they cost a minute, and no point
    expected, found = {}, {}
    for file in files:
        source = file.read_text()
        points = source.splitlines()[0].removeprefix("# points: ").split(", ")
        expected[file.stem] = [float(number) for number in points]
        result = grader.grade(Submission(file.stem, file.name, False, (source,)))
        found[file.stem] = [result.points(dimension)[0] for dimension in DIMENSIONS]
    assert found == expected
