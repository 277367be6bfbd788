"""How a class travels through nbgrader, with results that are made up: no TensorFlow is started."""

import contextlib
import os
from concurrent.futures import Future

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.authors.build import source_notebook
from autograder.gradebook import tuning
from autograder.gradebook.autograde import ClassAutograde, Engine, Grading, NbGraderException
from autograder.gradebook.choice import choose
from autograder.gradebook.export import PointsPerDimension
from autograder.gradebook.release import release
from autograder.grading.seeds import Seeds
from autograder.grading.verdicts import CheckInfo
from autograder.records import submissions
from autograder.records.course import Course
from autograder.records.results import DIMENSIONS, CheckResult, Status, SubmissionResult


class MadeUp:
    """Runs nothing: what can be read is right."""

    def begin(self, submissions):
        pass

    def submit(self, given):
        status = Status.FAILED if given.problem else Status.PASSED
        checks = [CheckResult(name, name, name, 2, status) for name in DIMENSIONS]
        status = Status.UNREADABLE if given.problem else Status.GRADED
        result = SubmissionResult(given.id, given.path, status, checks)
        future = Future()
        future.set_result(result)
        return future

    def ready(self):
        pass

    def name(self, given):
        return "always the same"


@pytest.fixture
def released(course, environment, toy_exercise, monkeypatch):
    """A course with a released notebook, and that notebook."""
    monkeypatch.setenv("PATH", environment["PATH"])
    tuning.open_gradebooks_once()
    checks = [CheckInfo(name, name, 2, name, False, [], 0, 0) for name in DIMENSIONS]
    source = Course(course).source("scale")
    source.mkdir(parents=True)
    nbformat.write(source_notebook(toy_exercise, checks), source / "scale.ipynb")
    release("scale", Course(course))
    return nbformat.read(Course(course).release("scale") / "scale.ipynb", 4)


def hand_in(course, student, content):
    path = course / "build" / "submitted" / student / "scale" / "scale.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(content if isinstance(content, str) else nbformat.writes(content))
    return path


def written(course, rewrite=False):
    """Grade the class; return the results in the order in which they were written, and the rest."""
    results, problem = [], ""
    with contextlib.chdir(course):
        choice = choose(["scale"], Course(course))
        [found] = choice.found
        grading = Grading({"scale": Engine(MadeUp(), MadeUp(), Seeds.same(0))}, choice.found)
        writer = ClassAutograde(
            found,
            grading,
            rewrite,
            on_result=lambda work, name, result: results.append((work.student, result.score)),
            warn=print,
        )
        try:
            writer.start()
        except NbGraderException as error:
            problem = str(error)
        return results, problem, choice.overlooked()


def test_each_notebook_is_read_once(course, released, monkeypatch):
    read, cells_of = [], submissions.cells_of
    monkeypatch.setattr(
        submissions, "cells_of", lambda *asked, **more: read.append(1) or cells_of(*asked, **more)
    )
    hand_in(course, "ada", released)
    hand_in(course, "bob", "{")
    results, problem, _ = written(course)
    assert (results, problem) == ([("ada", 8), ("bob", 0)], "")
    assert len(read) == 2
    with Gradebook(f"sqlite:///{course}/build/gradebook.db", "custom-keras") as gradebook:
        found = gradebook.assignment_submissions("scale")
        scores = {one.student.id: (one.score, one.needs_manual_grade) for one in found}
    assert scores == {"ada": (8, False), "bob": (0, True)}


def test_what_is_written_from_the_same_content_is_left_alone(course, released):
    hand_in(course, "ada", released)
    path = course / "build" / "autograded" / "ada" / "scale" / "scale.ipynb"
    times = []
    for rewrite in (False, False, True):
        assert written(course, rewrite)[0] == [("ada", 8)]
        times.append(path.stat().st_mtime_ns)
    assert times[0] == times[1] != times[2]


def test_a_folder_that_is_refused_costs_nobody_else_anything(course, released):
    hand_in(course, "ada", released)
    os.mkfifo(hand_in(course, "bob", released).with_name("pipe"))
    (course / "build" / "submitted" / "cy").mkdir()
    results, problem, overlooked = written(course)
    assert results == [("ada", 8)]
    assert "  bob: " in problem
    assert "pipe is no regular file" in problem
    assert [where for where, _ in overlooked] == ["cy"]


def test_the_export_names_who_handed_in_nothing(course, released, capsys, monkeypatch):
    monkeypatch.chdir(course)
    monkeypatch.setenv("COLUMNS", "100")
    hand_in(course, "ada", released)
    written(course)
    student = "somebody_with_a_long_name@university.example"
    with Gradebook(f"sqlite:///{course}/build/gradebook.db", "custom-keras") as gradebook:
        gradebook.add_student(student)
        PointsPerDimension().export(gradebook)
    shown = capsys.readouterr().out
    lines = [line.split() for line in shown.splitlines()]
    assert ["scale", "ada", "2", "2", "2", "2", "8", "8"] in lines
    [found] = [line for line in lines if line[-3:] == ["not", "handed", "in"]]
    assert found[2:-3] == ["0", "0", "0", "0", "0", "8"]
    assert (course / "grades.csv").read_text().count(f"scale,,,{student},") == 1
