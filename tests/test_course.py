"""Where things lie in a course."""

from pathlib import Path

import pytest

from autograder.gradebook.release import course_config
from autograder.records.course import Course, NoCourse
from autograder.records.exercises import find

ROOT = Path(__file__).parent.parent


def test_a_course_is_the_nearest_folder_with_exercises(course, monkeypatch):
    monkeypatch.delenv("AUTOGRADER_SOLUTIONS", raising=False)
    assert Course.around(course / "solutions" / "scale") == Course(course)
    with pytest.raises(NoCourse, match="Run the command in the course folder"):
        Course.around(course.parent)


def test_the_environment_names_a_folder_of_exercises(course, monkeypatch):
    (course / "solutions").rename(course / "answers")
    monkeypatch.chdir(course)
    monkeypatch.setenv("AUTOGRADER_SOLUTIONS", "answers")
    assert Course.around(Path("/")) == Course(course, "answers")
    assert find("scale").course == Course(course, "answers")


def test_nbgrader_is_configured_with_the_folders_of_a_course():
    course = Course(ROOT)
    folders = course_config(course).CourseDirectory
    assert ROOT / folders.source_directory / "week3" == course.source("week3")
    assert ROOT / folders.release_directory / "week3" == course.release("week3")
