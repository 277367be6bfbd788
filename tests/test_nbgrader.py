"""The round trip through nbgrader's own commands, with a class that tries its traps."""

import copy
import csv
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbgrader.api import Course, Gradebook
from nbgrader.server_extensions.formgrader import handlers as formgrader

from autograder.gradebook.assignments import NEW_CELL
from autograder.gradebook.release import course_config
from autograder.gradebook.tuning import open_gradebooks_once
from autograder.records.course import Course as CourseFolder
from autograder.records.submissions import MAX_BYTES

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent
RIGHT = """
class Scale(keras.layers.Layer):
    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor
"""
WRONG = RIGHT.replace("*", "+").replace("++", "**")


def solved(release, source):
    notebook = copy.deepcopy(release)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = source
    return notebook


def marks(notebook):
    return [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]


def with_cell(notebook, source, position=None):
    position = len(notebook.cells) if position is None else position
    notebook.cells.insert(position, nbformat.v4.new_code_cell(source))
    return notebook


def tagged(notebook):
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception"]
    return notebook


def without_grade_cells(notebook):
    keep = [cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("grade")]
    notebook.cells = keep
    return notebook


def renamed(notebook):
    for mark in marks(notebook):
        mark.grade_id += "-copy"
    return notebook


def flipped(notebook):
    for mark in marks(notebook):
        mark.grade, mark.locked, mark.solution = not mark.grade, not mark.locked, True
        mark.points = 1000
    return notebook


def doubled(notebook):
    notebook.cells += copy.deepcopy(notebook.cells)
    return notebook


def retyped(notebook, kind):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.cell_type = kind
            del cell["outputs"], cell["execution_count"]
    return notebook


def corrupted(notebook):
    junk = [7, "x", None, [], {"grade_id": []}, {}, {}]
    for cell, value in zip(notebook.cells, junk, strict=False):
        cell.metadata["nbgrader"] = value
    return notebook


def answers(notebook, text):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = text
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": text})]
    return notebook


def of_the_future(notebook):
    """Cells of unknown kinds, which the format allows where a version is not known yet."""
    notebook.nbformat_minor = 99
    mine = [mark for mark in marks(notebook) if mark.solution]
    notebook.cells.insert(0, {"cell_type": "answer", "metadata": {"nbgrader": mine[0]}})
    notebook.cells.insert(0, {"cell_type": "note", "type": "<script>alert(5)</script>"})
    return notebook


def with_outputs_of_no_kind(notebook):
    """So many that to say what is wrong with each takes gigabytes."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [{}] * 50_000
    return notebook


def marked_unreadable(notebook):
    reason = "so\n\n# 8 of 8 points\n\n[how it was graded](javascript:alert(1))"
    notebook.metadata["autograder"] = {"unreadable": reason}
    return notebook


FORGE = (
    "from IPython import get_ipython\n"
    "get_ipython().run_cell_async = None\n"
    "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])\n"
    "import sys\nsys.displayhook = lambda value: print(8.0)\n"
)
LOUD = (
    "import os, sys, warnings\nwarnings.warn('careful')\nos.write(2, b'E tensorflow\\n')\n"
    "print('no', file=sys.stderr)\nprint('y' * 50_000)\nimport numpy as np\nnp.float64(0.0)"
)


def classroom(release):
    """What a class submits, and the score of its honest work."""
    right, wrong = solved(release, RIGHT), solved(release, WRONG)
    return {
        "right": (right, 8),
        "wrong": (wrong, 0),
        "stub": (release, 0),
        "loud": (with_cell(copy.deepcopy(right), LOUD, 1), 8),
        "loops": (with_cell(copy.deepcopy(right), "while True: pass", 2), 8),
        "dies": (with_cell(copy.deepcopy(right), "import os; os._exit(0)", 2), 8),
        "raises": (with_cell(copy.deepcopy(right), "1 / 0", 0), 8),
        "tagged-wrong": (tagged(copy.deepcopy(wrong)), 0),
        "tagged-right": (tagged(copy.deepcopy(right)), 8),
        "deleted-right": (without_grade_cells(copy.deepcopy(right)), 8),
        "deleted-wrong": (without_grade_cells(copy.deepcopy(wrong)), 0),
        "renamed": (renamed(copy.deepcopy(right)), 8),
        "flipped-wrong": (flipped(copy.deepcopy(wrong)), 0),
        "flipped-right": (flipped(copy.deepcopy(right)), 8),
        "doubled": (doubled(copy.deepcopy(right)), 8),
        "markdown": (retyped(copy.deepcopy(right), "markdown"), 8),
        "raw": (retyped(copy.deepcopy(wrong), "raw"), 0),
        "corrupted": (corrupted(copy.deepcopy(right)), 8),
        "nan": (answers(copy.deepcopy(wrong), "float('nan')"), 0),
        "numpy-number": (answers(copy.deepcopy(wrong), "np.float64(0.0)"), 0),
        "more-than-all": (answers(copy.deepcopy(wrong), "1e9"), 0),
        "forges": (with_cell(copy.deepcopy(wrong), FORGE, 1), 0),
        "marked-unreadable": (marked_unreadable(copy.deepcopy(right)), 8),
        "future": (of_the_future(copy.deepcopy(right)), 8),
        "outputs": (with_outputs_of_no_kind(copy.deepcopy(right)), 8),
        "half-a-character": (with_cell(copy.deepcopy(right), "'\ud800'"), 8),
        "own-cells": (
            json.dumps(
                {
                    "cells": [
                        {"cell_type": "code", "source": "import keras"},
                        {"cell_type": "code", "source": RIGHT},
                    ]
                }
            ),
            8,
        ),
        "no-notebook": ("PK\x03\x04", 0),
        "list": ("[1, 2]", 0),
        "deep": ("[" * 100_000, 0),
        "empty": ("", 0),
        "huge": ('{"cells": []' + " " * MAX_BYTES + "}", 0),
    }


def hand_in(course, student, notebook):
    path = course / "build" / "submitted" / student / "scale" / "scale.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(notebook, str):
        path.write_text(notebook)
    else:
        path.write_text(json.dumps(notebook))


def scores(course):
    with Gradebook(f"sqlite:///{course}/build/gradebook.db") as gradebook:
        return {
            one.student.id: (one.score, one.needs_manual_grade)
            for one in gradebook.assignment_submissions("scale")
        }


@pytest.fixture(scope="module")
def run(environment):
    def run(course, *command):
        done = subprocess.run(
            command, cwd=course, env=environment, text=True, capture_output=True, timeout=900
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="module")
def new_build(run, toy_exercise, tmp_path_factory):
    """A course of the toy exercise, `scale`, as it is after `autograder build`: to be copied."""
    course = tmp_path_factory.mktemp("new")
    shutil.copytree(toy_exercise.folder.parent, course / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    run(course, "autograder", "build")
    return course


@pytest.fixture
def built(course, new_build):
    """The course of this test, built."""
    shutil.copytree(new_build, course, dirs_exist_ok=True)
    return course


@pytest.fixture(scope="module")
def graded(run, new_build, tmp_path_factory):
    """A course whose class has been graded, and what everybody should have."""
    course = tmp_path_factory.mktemp("course")
    shutil.copytree(new_build, course, dirs_exist_ok=True)
    release = nbformat.read(course / "release" / "scale" / "scale.ipynb", 4)
    honest = {}
    for student, (notebook, score) in classroom(release).items():
        hand_in(course, student, notebook)
        honest[student] = score
    run(course, "nbgrader", "autograde", "scale", "--Grade.time_limit=4")
    run(course, "nbgrader", "generate_feedback", "scale")
    return course, release, honest


def test_everybody_gets_what_the_honest_work_is_worth(graded):
    course, _, honest = graded
    found = scores(course)
    assert {student: score for student, (score, _) in found.items()} == honest
    by_hand = {student for student, (_, manual) in found.items() if manual}
    assert by_hand == {"no-notebook", "list", "deep", "empty", "huge"}


def test_a_resubmission_replaces_the_old_score(graded, run):
    course, release, _ = graded
    hand_in(course, "right", with_cell(solved(release, ""), "import os; os.abort()", 0))
    hand_in(course, "wrong", "{")
    hand_in(course, "stub", solved(release, RIGHT))
    run(course, "nbgrader", "autograde", "scale", "--force", "--Grade.time_limit=4")
    found = scores(course)
    assert (found["right"], found["wrong"], found["stub"]) == ((0, False), (0, True), (8, False))


def test_the_export_holds_the_points_per_dimension(graded, run):
    course, _, _ = graded
    shown = run(course, "nbgrader", "export")
    lines = (course / "build" / "grades.csv").read_text().splitlines()
    rows = {row["student_id"]: row for row in csv.DictReader(lines)}
    assert rows["loud"] == {
        "assignment": "scale",
        "student_id": "loud",
        "last_name": "",
        "first_name": "",
        "numerics": "2",
        "gradients": "2",
        "serialization": "2",
        "graph": "2",
        "score": "8",
        "max_score": "8",
        "needs_manual_grade": "0",
        "raw_score": "8",
        "late_submission_penalty": "0",
        "other": "",
        "by_hand": "0",
        "handed_in": "1",
        "duedate": "",
        "timestamp": rows["loud"]["timestamp"],
        "email": "",
    }
    assert rows["empty"]["needs_manual_grade"] == "1"
    assert re.search(r"scale +loud +2 +2 +2 +2 +8 +8 *\n", shown)
    assert re.search(r"scale +empty .* look at *\n", shown)


def test_feedback_is_readable_and_holds_no_secrets(graded, toy_exercise):
    course, _, honest = graded
    pages = {path.parts[-3]: path.read_text() for path in course.glob("build/feedback/*/*/*.html")}
    assert set(pages) == set(honest)
    assert "every element is multiplied by the factor" in pages["wrong"]
    assert "factor 2.0: 4 of 4 values differ; at [0, 0] expected 2, got 3" in pages["wrong"]
    assert "Scale(2.0)(tf.constant([[1.0, -2.0], [0.5, 4.0]]))</pre>" in pages["wrong"]
    assert "Multiply; do not add." in pages["wrong"]
    assert "0 of 8 points." in pages["wrong"]
    assert pages["wrong"].count("Multiply; do not add.") == 1
    assert "8 of 8 points. Every check passes." in pages["right"]
    assert "not a notebook" in pages["no-notebook"]
    assert "larger than 20 MiB" in pages["huge"]
    assert "8 of 8 points. Every check passes." in pages["marked-unreadable"]
    assert "how it was graded" not in pages["marked-unreadable"]
    secrets = [line.strip() for line in toy_exercise.checks.splitlines() if "return" in line]
    for student, page in pages.items():
        others = ("HIDDEN TESTS", "autograder.notebook", "site-packages", "--seed")
        for secret in [*secrets, *others]:
            assert secret not in page, (student, secret)


def test_markup_in_a_submission_is_harmless_on_its_page(run, graded):
    course, release, _ = graded
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    notebook = solved(release, f"raise ValueError('{evil}')")
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(evil))
    shown = f"from IPython.display import HTML\nHTML('{evil}')"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(shown))
    notebook.cells.insert(0, nbformat.v4.new_code_cell(f"print('{evil}')\nclass {{}}"))
    notebook = of_the_future(notebook)
    for address in ("javascript:alert(3)", "files/javascript:alert(4)"):
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(f"[x]({address}) ![]({address})"))
    hand_in(course, "evil", notebook)
    run(course, "nbgrader", "autograde", "scale", "--student=evil", "--Grade.time_limit=4")
    run(course, "nbgrader", "generate_feedback", "scale", "--student=evil")
    page = (course / "build" / "feedback" / "evil" / "scale" / "scale.html").read_text()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert not re.findall("""(?:href|src)=.javascript""", page)


def test_formgrader_shows_no_script(graded):
    """As it shows the notebook of `stub`, with what somebody else might have written into it."""
    course, _, _ = graded
    config = course_config(CourseFolder(course))
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [formgrader.template_path]
    shown = {
        "text/html": "<script>a",
        "text/markdown": "[x](javascript:b)",
        "image/svg+xml": "<c>",
        "application/javascript": "d",
    }
    outputs = [
        nbformat.v4.new_output("display_data", {key: f"{value}lert(5)"})
        for key, value in shown.items()
    ]
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("[x](javascript:alert(5)) <script>alert(5)</script>"),
            nbformat.v4.new_code_cell("", outputs=outputs),
        ]
    )
    page, _ = HTMLExporter(config=config).from_notebook_node(
        notebook, resources={"index": 0, "total": 1, "submission_id": "1", "base_url": ""}
    )
    assert "&lt;script&gt;alert(5)" in page
    assert not re.findall(r"<script>a?lert|=.javascript:|^\s*dlert|<c>", page)


def test_a_bad_file_or_folder_costs_nobody_else_anything(course, environment):
    shutil.copytree(course / "solutions" / "scale", course / "solutions" / "again")

    def autograder(*arguments):
        return subprocess.run(
            ["autograder", *arguments],
            cwd=course,
            env=environment,
            text=True,
            capture_output=True,
            timeout=300,
        )

    assert autograder("build").returncode == 0
    honest = [
        ("ada", "scale"),
        ("dan\nx", "scale"),
        ("eve", "again"),
        ("fay", "again"),
        ("gus", "scale"),
        ("hal", "scale"),
        ("ina", "scale"),
    ]
    for student, name in honest:
        folder = course / "build" / "submitted" / student / name
        folder.mkdir(parents=True)
        release = nbformat.read(course / "release" / name / f"{name}.ipynb", 4)
        (folder / f"{name}.ipynb").write_text(json.dumps(solved(release, RIGHT)))
    submitted = course / "build" / "submitted"
    (submitted / "ada" / "scale" / "more\nnotes.ipynb").write_text('{"cells": []}')
    (submitted / "bob" / "scale").mkdir(parents=True)
    (submitted / "bob" / "scale" / "scale.ipynb").symlink_to("../../ada/scale/scale.ipynb")
    (submitted / "cy" / "scale").mkdir(parents=True)
    os.mkfifo(submitted / "cy" / "scale" / "scale.ipynb")
    os.mkfifo(submitted / "eve" / "again" / "pipe")  # which nbgrader cannot copy
    for student, target in {"jo": "x" * 300, "kim": "scale.ipynb", "lea": "y/" * 2000}.items():
        (submitted / student / "scale").mkdir(parents=True)
        (submitted / student / "scale" / "scale.ipynb").symlink_to(target)
    (submitted / "max").mkdir()
    (submitted / "max" / "scale").symlink_to("x" * 300)
    (submitted / "nan" / "scale").mkdir(parents=True)
    (submitted / "nan" / "scale" / "data").symlink_to("data")
    (submitted / "x.txt").symlink_to("x" * 300)
    (submitted / "gus" / "scale" / "notes.txt").symlink_to(course / "solutions/scale/checks.py")
    os.mkfifo(submitted / "hal" / "scale" / "timestamp.txt")
    (submitted / "ina" / "scale" / "timestamp.txt").write_text("yesterday")
    done = autograder("autograde", "--json", "out.json")
    assert done.returncode == 1, done.stderr
    assert "again: not graded; mend this and run again\n  eve: " in done.stderr
    assert "again/pipe is no regular file" in done.stderr
    assert "dan�x/scale: the name of this folder has a line break" in done.stderr
    assert re.search("  gus: .*notes.txt is a link; remove it", done.stderr)
    assert re.search("  max: .*max/scale is a link; remove it", done.stderr)
    assert re.search("  nan: .*data is a link; remove it", done.stderr)
    assert "  hal: " in done.stderr
    assert "  ina: timestamp.txt holds no date" in done.stderr
    assert not list(course.glob("build/autograded/**/notes.txt"))
    runs = json.loads((course / "out.json").read_text())["runs"]
    found = [{one["id"]: one["score"] for one in run["submissions"]} for run in runs]
    assert found == [{"fay": 8}, {"ada": 8, "bob": 0, "cy": 0, "jo": 0, "kim": 0, "lea": 0}]
    found = scores(course)
    zero = dict.fromkeys(("bob", "cy", "jo", "kim", "lea"), (0, True))
    assert {who: found[who] for who in ("ada", *zero)} == {"ada": (8, False), **zero}


def test_nbgrader_runs_other_assignments_for_grading_by_hand(run, course, environment):
    folder = course / "build" / "source" / "essay"
    folder.mkdir(parents=True)
    sum = {
        "schema_version": 3,
        "grade_id": "sum",
        "grade": True,
        "locked": True,
        "points": 3,
        "solution": False,
        "task": False,
        "cell_type": "code",
    }
    why = sum | {"grade_id": "why", "locked": False, "solution": True, "cell_type": "markdown"}
    how = why | {"grade_id": "how", "cell_type": "code"}
    draw = sum | {"grade_id": "draw", "grade": False, "task": True, "cell_type": "markdown"}
    given = [
        ("code", "a = 2.0", None),
        ("code", "a * len(open('one.txt').read())", sum),
        ("markdown", "Why?", why),
        ("code", "a = 1", how),
        ("markdown", "Draw.", draw),
    ]
    cells = [
        NEW_CELL[kind](source, metadata={"nbgrader": mark} if mark else {})
        for kind, source, mark in given
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "essay.ipynb")
    (folder / "one.txt").write_text("1")
    run(course, "nbgrader", "generate_assignment", "essay")
    release = nbformat.read(course / "release" / "essay" / "essay.ipynb", 4)

    before, test, answer, code, task = (cell.source for cell in release.cells)
    honest = copy.deepcopy(release)
    honest.cells[1].source = "3.0"
    honest.cells[2].source = "Because."
    trick = copy.deepcopy(honest)
    trick.cells[3].source = "a = 3"
    trick.cells[3].metadata.nbgrader.solution = False
    trick.cells.append(copy.deepcopy(trick.cells[2]))
    submitted = {
        "ada": (honest, {"draw", "why"}, [before, test, "Because.", code, task]),
        "bob": (
            tagged(trick),
            {"draw", "why", "how"},
            [before, test, "Because.", "a = 3", task, "Because."],
        ),
        "cy": (
            without_grade_cells(copy.deepcopy(honest)),
            {"draw"},
            [before, task, test, answer, code],
        ),
    }
    for student, (notebook, *_) in submitted.items():
        target = course / "build" / "submitted" / student / "essay"
        target.mkdir(parents=True)
        (target / "essay.ipynb").write_text(json.dumps(notebook))
    done, refused = (
        subprocess.run(
            [command, "autograde", "essay"],
            cwd=course,
            env=environment,
            text=True,
            capture_output=True,
            timeout=300,
        )
        for command in ("nbgrader", "autograder")
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("its cells run in a kernel, unprotected, with your rights") == 1
    assert refused.returncode == 1
    assert "essay: no exercise is asked in it. Run: nbgrader autograde essay" in refused.stderr
    with Gradebook(f"sqlite:///{course}/build/gradebook.db") as gradebook:
        for student, (_, by_hand, sources) in submitted.items():
            submission = gradebook.find_submission("essay", student)
            assert (submission.score, submission.max_score) == (2, 12)
            grades = submission.notebooks[0].grades
            assert {grade.name for grade in grades if grade.needs_manual_grade} == by_hand
            path = course / "build" / "autograded" / student / "essay" / "essay.ipynb"
            assert [cell.source for cell in nbformat.read(path, 4).cells] == sources


def test_a_gradebook_is_the_same_however_often_it_is_opened(tmp_path):
    open_gradebooks_once()
    url = f"sqlite:///{tmp_path}/gradebook.db"
    for round in range(2):
        with Gradebook(url, "course") as gradebook:
            gradebook.add_student(f"ada {round}")
        with Gradebook(url, "course") as outer:
            ada = outer.find_student(f"ada {round}")
            with Gradebook(url, "other") as inner, Gradebook(url, "course") as again:
                assert again.engine is outer.engine
                assert [student.id for student in again.students] == [ada.id]
                assert {course.id for course in inner.db.query(Course)} == {"course", "other"}
                again.update_or_create_student(ada.id, email="a@b")
            outer.db.refresh(ada)
            assert ada.email == "a@b"
        (tmp_path / "gradebook.db").unlink()  # and begin anew
    (tmp_path / "gradebook.db").touch()
    with Gradebook(url, "other") as gradebook:
        assert [course.id for course in gradebook.db.query(Course)] == ["other"]


def test_stock_nbgrader_gives_the_same_notebook_the_same_scores(
    run, graded, toy_exercise, tmp_path
):
    course, release, _ = graded
    (tmp_path / "nbgrader_config.py").write_text(
        "c = get_config()\nc.ExecutePreprocessor.timeout = 60\n"
    )
    shutil.copytree(toy_exercise.folder.parent, tmp_path / "solutions")
    shutil.copytree(course / "build" / "source" / "scale", tmp_path / "source" / "scale")
    run(tmp_path, "nbgrader", "generate_assignment", "scale")
    for student in ("right", "wrong", "stub", "loud", "raises"):
        notebook, _ = classroom(release)[student]
        path = tmp_path / "submitted" / student / "scale" / "scale.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook))
    run(tmp_path, "nbgrader", "autograde", "scale")
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        found = {one.student.id: one.score for one in gradebook.assignment_submissions("scale")}
    assert found == {"right": 8, "wrong": 0, "stub": 0, "loud": 8, "raises": 8}


def test_one_submission_makes_its_way_without_speed_ups(course, environment):
    def plain(*command):
        own = {**environment, "AUTOGRADER_PLAIN": "1"}
        done = subprocess.run(
            command, cwd=course, env=own, text=True, capture_output=True, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr

    plain("autograder", "build")
    released_to(course, "scale", "ada", RIGHT)
    plain("autograder", "autograde", "scale")
    assert scores(course) == {"ada": (8, False)}
    plain("nbgrader", "autograde", "scale", "--force")
    plain("nbgrader", "generate_feedback", "scale")
    assert scores(course) == {"ada": (8, False)}
    page = (course / "build" / "feedback" / "ada" / "scale" / "scale.html").read_text()
    assert "8 of 8 points. Every check passes." in page


SEEN = """
import sys
from autograder.gradebook import tuning
tuning.skip_grammars()
tuning.open_gradebooks_once()
from nbgrader.api import Gradebook
import nbgrader.apps.api
print("lark" in sys.modules, hasattr(Gradebook.__init__, "__wrapped__"))
"""


@pytest.mark.parametrize(("switch", "seen"), [("0", "False True"), ("1", "True False")])
def test_the_switch_turns_the_speed_ups_off(switch, seen, environment):
    own = {**environment, "AUTOGRADER_PLAIN": switch}
    command = [sys.executable, "-c", SEEN]
    done = subprocess.run(command, env=own, text=True, capture_output=True, check=True)
    assert done.stdout.strip() == seen


def opened(course):
    return Gradebook(f"sqlite:///{course}/build/gradebook.db", "custom-keras")


def exported(course, run):
    run(course, "nbgrader", "export")
    lines = (course / "build" / "grades.csv").read_text().splitlines()
    return {(row["assignment"], row["student_id"]): row for row in csv.DictReader(lines)}


def released_to(course, name, student, source, assignment=None):
    assignment = assignment or name
    release = nbformat.read(course / "release" / assignment / f"{name}.ipynb", 4)
    path = course / "build" / "submitted" / student / assignment / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(solved(release, source)))
    return path


LATE = """
from nbgrader.plugins import LateSubmissionPlugin

class AnHourAPoint(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late / 3600
"""


def test_penalties_follow_the_due_date_without_grading_again(built, autograder, run):
    course = built
    for student in ("ada", "bob"):
        path = released_to(course, "scale", student, RIGHT)
        (path.parent / "timestamp.txt").write_text("2026-03-01 15:00:00 UTC")
    with opened(course) as gradebook:
        gradebook.add_student("cy", last_name="Y")
        gradebook.update_or_create_assignment("scale", duedate="2026-03-01 12:00:00 UTC")
    config = course / "nbgrader_config.py"
    stock = config.read_text()
    config.write_text(stock + 'c.LateSubmissionPlugin.penalty_method = "zero"\n')

    def graded(**expected):
        autograder("autograde", "--json", "out.json")
        rows = exported(course, run)
        columns = ("score", "raw_score", "late_submission_penalty", "handed_in")
        found = {who: [float(rows["scale", who][name]) for name in columns] for who in expected}
        assert found == expected
        [result, _] = json.loads((course / "out.json").read_text())["runs"][0]["submissions"]
        written = course / "build" / "autograded" / "ada" / "scale" / "scale.ipynb"
        return result["seed"], written.stat().st_mtime_ns

    before = graded(ada=[0, 8, 8, 1], bob=[0, 8, 8, 1], cy=[0, 0, 0, 0])
    with opened(course) as gradebook:
        gradebook.grant_extension("scale", "ada", hours=4)
    assert graded(ada=[8, 8, 0, 1], bob=[0, 8, 8, 1]) == before
    (course / "late.py").write_text(LATE)
    config.write_text(stock + 'c.AssignLatePenalties.plugin_class = "late.AnHourAPoint"\n')
    assert graded(ada=[8, 8, 0, 1], bob=[5, 8, 3, 1]) == before
    with opened(course) as gradebook:
        gradebook.update_or_create_assignment("scale", duedate="2026-03-01 10:00:00 UTC")
    assert graded(ada=[7, 8, 1, 1], bob=[3, 8, 5, 1]) == before
    with opened(course) as gradebook:
        gradebook.update_or_create_assignment("scale", duedate="2026-03-02 12:00:00 UTC")
    assert graded(ada=[8, 8, 0, 1], bob=[8, 8, 0, 1], cy=[0, 0, 0, 0]) == before
    for hour, expected in {12: ["5", "3"], 10: ["3", "5"], 20: ["8", "0"]}.items():
        with opened(course) as gradebook:
            due = f"2026-03-01 {hour}:00:00 UTC"
            gradebook.update_or_create_assignment("scale", duedate=due)
        shutil.rmtree(course / "build" / "submitted" / "bob", ignore_errors=True)
        autograder("autograde")
        row = exported(course, run)["scale", "bob"]
        # Though the folder is gone.
        assert [row["score"], row["late_submission_penalty"]] == expected


def test_a_resubmission_without_a_notebook_gets_zero_and_a_look(built, autograder, run):
    course = built
    students = ("ada", "bob", "cy", "dan")
    paths = {who: released_to(course, "scale", who, RIGHT) for who in students}
    autograder("autograde", "scale")
    assert scores(course) == dict.fromkeys(students, (8, False))
    kept = paths["ada"].read_text()
    paths["ada"].unlink()
    paths["bob"].rename(paths["bob"].with_name("scale (1).ipynb"))
    paths["cy"].rename(paths["cy"].with_suffix(".py"))  # it is taken for what it is
    for _ in range(2):
        done = autograder("autograde", "scale")
        zero, full = (0, True), (8, False)
        assert scores(course) == {"ada": zero, "bob": zero, "cy": full, "dan": full}
        for who in ("ada", "bob"):
            assert f"{who}/scale: scale.ipynb was not handed in: 0 points for it" in done.stderr
    assert exported(course, run)["scale", "bob"]["needs_manual_grade"] == "1"
    run(course, "nbgrader", "generate_feedback", "scale")
    page = (course / "build" / "feedback" / "bob" / "scale" / "scale.html").read_text()
    assert "0 of 8 points" in page
    assert "was not handed in" in page
    paths["ada"].write_text(kept)
    autograder("autograde", "scale")
    assert scores(course)["ada"] == (8, False)


def test_what_stopped_on_this_machine_only_is_marked_to_look_at(built, autograder, run):
    course = built
    released_to(course, "scale", "ada", RIGHT)
    released_to(course, "scale", "bob", f"import package_of_bob\n{RIGHT}")
    done = autograder("autograde")
    assert scores(course) == {"ada": (8, False), "bob": (8, True)}
    assert re.search(r"bob +(\S+ +){5}look at *\n", done.stdout)
    assert re.search("^look at bob: .*package_of_bob", done.stdout, re.MULTILINE)
    rows = exported(course, run)
    assert rows["scale", "bob"]["needs_manual_grade"] == "1"
    with opened(course) as gradebook:
        comment = gradebook.find_comment("solution-2", "scale", "scale", "bob").comment
    assert comment.startswith("8 of 8 points. A person will look at this once more.")
    assert "package_of_bob" not in comment


def test_who_was_not_graded_is_named_at_the_end(built, autograder, run, environment):
    course = built
    submitted = course / "build" / "submitted"
    none = autograder("autograde", code=1).stderr
    assert "nothing to grade: no submission in build/submitted. They belong at" in none
    for path in (
        "bob/scale/work.py",
        "cy/scale/scale-Copy1.ipynb",
        "dan/scales/scale.ipynb",
        "eve/scale/scale/scale.ipynb",
        "fay/scale.ipynb",
        "x.zip",
        "gus/scale/a.zip",
        "Ada L_12_assignsubmission_file_/scale.ipynb",
        "evil\x1b[31m[bold]/scale/x.py",
    ):
        (submitted / path).parent.mkdir(parents=True, exist_ok=True)
        (submitted / path).write_text("{}")
    (submitted / "hal").mkdir()
    none = autograder("autograde", "scale", code=1).stderr
    assert "nothing to grade: no submission of scale" in none
    released_to(course, "scale", "ada", RIGHT)
    (submitted / "ada" / "scale" / ".scale.hints.json").write_text("{}")  # as it was released
    done = autograder("autograde").stderr
    listed = done.partition("not graded, in build/submitted:\n")[2]
    told = [line.strip().partition(": ")[0] for line in listed.splitlines()]
    expected = {
        "Ada L_12_assignsubmission_file_",
        "bob/scale/work.py",
        "dan/scales",
        "hal",
        "cy/scale/scale-Copy1.ipynb",
        "eve/scale/scale",
        "fay/scale.ipynb",
        "x.zip",
        "gus/scale/a.zip",
        "evil\ufffd[31m[bold]/scale/x.py",
    }
    assert set(told) == expected
    assert len(told) == len(expected)
    assert scores(course) == {"ada": (8, False)}
    stock = subprocess.run(
        ["nbgrader", "autograde", "scale"],
        cwd=course,
        env=environment,
        text=True,
        capture_output=True,
        timeout=300,
    )
    for name in ("bob/scale/work.py", "dan/scales", "x.zip", "fay/scale.ipynb"):
        assert f"not graded: {name}: " in stock.stderr


def test_what_nbgrader_cannot_read_ends_with_a_sentence(course, autograder, new_build):
    assert "there is no gradebook" in autograder("autograde", code=1).stderr
    shutil.copytree(new_build, course, dirs_exist_ok=True)
    assert "no assignment 'scalee'" in autograder("autograde", "scalee", code=2).stderr
    submitted = course / "build" / "submitted"
    for student, told in {"ada": b"yesterday", "bob": b"\xff\xfe", "cy": b"9" * 2000}.items():
        released_to(course, "scale", student, RIGHT)
        (submitted / student / "scale" / "timestamp.txt").write_bytes(told)
    released_to(course, "scale", "dan", RIGHT)
    os.mkfifo(submitted / "dan" / "scale" / "pipe")
    done = autograder("autograde", code=1)
    assert "ada, bob, cy: timestamp.txt holds no date; write when" in done.stderr
    assert "dan/scale/pipe is no regular file" in done.stderr
    assert "fail" not in done.stderr
    database = course / "build" / "gradebook.db"
    kept = database.read_bytes()
    with sqlite3.connect(database) as old:
        old.execute("ALTER TABLE assignment DROP COLUMN duedate")
    for command in ("autograde", "build"):
        assert "nbgrader db upgrade" in autograder(command, code=1).stderr
    database.write_bytes(b"no database, but something else" * 100)
    for command in ("autograde", "build"):
        assert "it is damaged or no gradebook" in autograder(command, code=1).stderr
    database.write_bytes(kept)
    (course / "nbgrader_config.py").write_text("c = get_config(\n")
    for command in ("autograde", "build"):
        assert "nbgrader_config.py cannot be run" in autograder(command, code=1).stderr


def of_hand(grade_id, points, kind="markdown"):
    marks = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": True,
        "points": points,
        "solution": True,
        "locked": False,
        "task": False,
        "cell_type": kind,
    }
    return {"nbgrader": marks}


@pytest.fixture(scope="module")
def new_week(new_build, run, tmp_path_factory):
    """A course whose assignment `week3` has two exercises, and work that people grade."""
    course = tmp_path_factory.mktemp("week")
    shutil.copytree(new_build, course, dirs_exist_ok=True)
    shutil.copytree(course / "solutions" / "scale", course / "solutions" / "again")
    run(course, "autograder", "build")
    source = course / "build" / "source"
    notebook = nbformat.read(source / "scale" / "scale.ipynb", 4)
    explain = nbformat.v4.new_markdown_cell("Explain.", metadata=of_hand("explain", 3))
    plot = nbformat.v4.new_code_cell("...", metadata=of_hand("plot", 1, "code"))
    test = of_hand("style", 2, "code")
    test["nbgrader"] |= {"solution": False, "locked": True}
    style = nbformat.v4.new_code_cell("assert Scale.__doc__", metadata=test)
    notebook.cells.insert(3, explain)
    notebook.cells += [plot, style]
    why = nbformat.v4.new_markdown_cell("Why?", metadata=of_hand("why", 4))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    essay = nbformat.v4.new_notebook(cells=[why], metadata=kernel)
    (source / "week3").mkdir()
    nbformat.write(notebook, source / "week3" / "scale.ipynb")
    nbformat.write(essay, source / "week3" / "essay.ipynb")
    shutil.copy(source / "again" / "again.ipynb", source / "week3")
    run(course, "nbgrader", "generate_assignment", "week3")
    return course


@pytest.fixture
def week(course, new_week):
    shutil.copytree(new_week, course, dirs_exist_ok=True)
    return course


def answered(path, **texts):
    """Write answers into cells of a notebook that are graded by hand."""
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = texts.get(name, cell.source)
    path.write_text(json.dumps(notebook))
    return notebook


# It would change the grades, or mark that a kernel ran it.
REACH = """
import pathlib
try:
    pathlib.Path({0!r}).write_text("a kernel was here")
except OSError as error:
    print(type(error).__name__)
"""


def test_an_assignment_may_hold_exercises_and_work_by_hand(week, autograder, run):
    mark = week / "build" / "submitted" / "reached"
    reach = REACH.format(str(mark))
    scale = released_to(week, "scale", "ada", RIGHT, "week3")
    answered(scale, explain="Because A.", plot="print('a plot')")
    released_to(week, "again", "ada", WRONG, "week3")
    essay = released_to(week, "essay", "ada", "My essay.", "week3")
    essay.write_text(json.dumps(with_cell(nbformat.read(essay, 4), reach + "print('shown')")))
    for name in ("scale", "again"):  # forged: both exercises, and reaching out
        path = released_to(week, name, "bob", WRONG, "week3")
        forged = with_cell(nbformat.read(path, 4), FORGE + reach, 1)
        path.write_text(json.dumps(answers(forged, "8.0")))
    released_to(week, "essay", "bob", "", "week3")
    wrong = "points = 8\nclass Scale: pass\n"
    cy = released_to(week, "scale", "cy", wrong, "week3")
    cy.write_text(cy.read_text().replace("scale", "again").replace("numerics", "graph"))

    def check(by):
        with opened(week) as gradebook:
            found = {
                (who, notebook.name, grade.name): (grade.auto_score, grade.needs_manual_grade)
                for who in ("ada", "bob")
                for notebook in gradebook.find_submission("week3", who).notebooks
                for grade in notebook.grades
            }
            comments = {
                one.name: one.comment
                for notebook in gradebook.find_submission("week3", "ada").notebooks
                for one in notebook.comments
                if notebook.name == "scale"
            }
        for dimension in ("numerics", "gradients", "serialization", "graph"):
            assert found["ada", "scale", dimension] == (2, False), by
            assert found["ada", "again", dimension] == (0, False), by
            assert found["bob", "scale", dimension] == (0, False), by
            assert found["bob", "again", dimension] == (0, False), by
        assert found["ada", "scale", "explain"] == (None, True), by
        assert found["ada", "scale", "plot"] == (None, True), by
        assert found["ada", "scale", "style"] == (None, True), by  # no kernel runs it
        assert found["ada", "essay", "why"] == (None, True), by
        assert comments["solution-2"] == "8 of 8 points. Every check passes."
        assert comments["explain"] is None
        assert not mark.exists(), by
        folder = week / "build" / "autograded" / "ada" / "week3"
        cells = nbformat.read(folder / "scale.ipynb", 4).cells
        assert "Because A." in [cell.source for cell in cells]
        outputs = [cell.outputs for cell in cells if cell.source == "print('a plot')"]
        assert outputs[0][0]["text"] == "a plot\n"
        shown = nbformat.read(folder / "essay.ipynb", 4).cells[-1].outputs
        assert shown[0]["text"].endswith("Error\nshown\n")

    done = autograder("autograde", "week3", "-j", "2", "--json", "out.json")
    check("autograder autograde")
    assert done.stderr.count("its cell style has points and asks no exercise") == 1
    assert "cy/week3: again.ipynb was not handed in" in done.stderr
    runs = json.loads((week / "out.json").read_text())["runs"]
    found = {
        one["exercise"]: {who["id"]: who["score"] for who in one["submissions"]} for one in runs
    }
    assert found == {"again": {"ada": 0, "bob": 0, "cy": 0}, "scale": {"ada": 8, "bob": 0, "cy": 0}}
    row = exported(week, run)["week3", "ada"]
    assert [row[name] for name in ("numerics", "graph", "other", "raw_score", "max_score")] == [
        "2",
        "2",
        "0",
        "8",
        "26",
    ]
    with opened(week) as gradebook:
        grade = gradebook.find_grade("explain", "scale", "week3", "ada")
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        gradebook.db.commit()
    row = exported(week, run)["week3", "ada"]
    assert (row["other"], row["score"]) == ("2.5", "10.5")

    again = autograder("autograde", "week3").stderr
    assert "week3 ada scale 8/8" in again
    with opened(week) as gradebook:  # nothing was written anew, which would ask for a look again
        assert not gradebook.find_grade("explain", "scale", "week3", "ada").needs_manual_grade
        gradebook.find_grade("explain", "scale", "week3", "ada").manual_score = None
        gradebook.db.commit()
    answered(scale, explain="Because B.")
    autograder("autograde", "week3")
    written = week / "build" / "autograded" / "ada" / "week3" / "scale.ipynb"
    assert "Because B." in written.read_text()  # though its code is the same
    answered(scale, explain="Because A.")
    run(week, "nbgrader", "autograde", "week3", "--force")
    check("nbgrader autograde")


def test_a_quiz_beside_an_exercise_runs_in_no_kernel(week, autograder, run):
    source = week / "build" / "source"
    test = of_hand("sum", 2, "code")
    test["nbgrader"] |= {"solution": False, "locked": True}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    quiz = nbformat.v4.new_notebook(metadata=kernel, cells=[
        nbformat.v4.new_code_cell("x = 1", metadata=of_hand("x", 1, "code")),
        nbformat.v4.new_code_cell("assert x == 2", metadata=test),
    ])  # fmt: skip
    nbformat.write(quiz, source / "week3" / "quiz.ipynb")
    run(week, "nbgrader", "generate_assignment", "week3", "--force")
    mark = week / "build" / "reached"
    for name in ("scale", "again"):
        released_to(week, name, "ada", RIGHT, "week3")
    released_to(week, "essay", "ada", "", "week3")
    released_to(week, "quiz", "ada", REACH.format(str(mark)) + "x = 2\nprint('ran')", "week3")
    for command in (autograder, lambda *words: run(week, "nbgrader", *words, "--force")):
        command("autograde", "week3")
        assert not mark.exists()
        with opened(week) as gradebook:
            for name in ("x", "sum"):
                grade = gradebook.find_grade(name, "quiz", "week3", "ada")
                assert (grade.auto_score, grade.needs_manual_grade) == (None, True)
        path = week / "build" / "autograded" / "ada" / "week3" / "quiz.ipynb"
        shown = [cell.outputs for cell in nbformat.read(path, 4).cells]
        assert shown[0][0]["text"].endswith("Error\nran\n")
        assert shown[1] == []


def test_a_notebook_may_ask_two_exercises(week, autograder, run):
    source = week / "build" / "source"
    both = nbformat.read(source / "scale" / "scale.ipynb", 4)
    for cell in nbformat.read(source / "again" / "again.ipynb", 4).cells:
        if cell.metadata.get("nbgrader", {}).get("points"):
            cell.metadata.nbgrader.grade_id += "-again"
            cell.source = cell.source.replace('"scale"', '"again"')
            both.cells.append(cell)
    (source / "both").mkdir()
    nbformat.write(both, source / "both" / "both.ipynb")
    run(week, "nbgrader", "generate_assignment", "both")
    released_to(week, "both", "ada", RIGHT, "both")
    released_to(week, "both", "bob", WRONG, "both")
    autograder("autograde", "both")
    rows = exported(week, run)
    assert [rows["both", "ada"][name] for name in ("numerics", "graph", "score")] == [
        "4",
        "4",
        "16",
    ]
    assert rows["both", "bob"]["score"] == "0"


def test_an_exercise_that_is_gone_runs_in_no_kernel(week, autograder, environment):
    shutil.rmtree(week / "solutions" / "again")
    mark = week / "build" / "reached"
    path = released_to(week, "again", "ada", REACH.format(str(mark)), "week3")
    done = autograder("autograde", "week3", code=1)
    assert "its grade cells ask again, and solutions/ has no such exercise" in done.stderr
    stock = subprocess.run(
        ["nbgrader", "autograde", "week3"],
        cwd=week,
        env=environment,
        text=True,
        capture_output=True,
        timeout=300,
    )
    assert stock.returncode == 1
    assert "no exercise 'again'" in stock.stderr
    assert not mark.exists(), path


def test_build_removes_nothing_that_it_did_not_make(built, autograder, run):
    course = built
    source = course / "build" / "source" / "scale" / "scale.ipynb"
    release = course / "release" / "scale" / "scale.ipynb"
    stub = course / "exercises" / "scale.py"
    extra = release.with_name("data.csv")
    extra.write_text("1,2")
    own = release.with_name("own.ipynb")
    own.write_text("{}")
    autograder("build")  # the same again
    assert (extra.read_text(), own.read_text()) == ("1,2", "{}")
    built = {path: path.read_text() for path in (source, release, stub)}

    notebook = nbformat.read(source, 4)
    hand = nbformat.v4.new_markdown_cell("Explain.", metadata=of_hand("explain", 3))
    notebook.cells.append(hand)
    nbformat.write(notebook, source)
    refused = autograder("build", code=1).stderr
    assert "build/source/scale/scale.ipynb holds what `autograder build` did not make" in refused
    assert "the cell explain" in refused
    assert "nbgrader generate_assignment scale --force" in refused
    assert release.read_text() == built[release]
    run(course, "nbgrader", "generate_assignment", "scale", "--force")
    extra.write_text("1,2")  # nbgrader removed it
    with_it = release.read_text()
    source.write_text(built[source])
    assert "release/scale/scale.ipynb holds" in autograder("build", code=1).stderr
    assert release.read_text() == with_it
    release.write_text(built[release])
    assert "the gradebook has the cell explain in scale" in autograder("build", code=1).stderr
    source.write_text(built[source])
    run(course, "nbgrader", "generate_assignment", "scale", "--force")
    extra.write_text("1,2")
    (course / "build" / "made.json").unlink()  # as in a fresh clone
    autograder("build")

    stub.write_text(stub.read_text().replace("# YOUR CODE HERE", "# my work"))
    assert "exercises/scale.py was changed" in autograder("build", code=1).stderr
    assert "# my work" in stub.read_text()
    stub.unlink()
    notebook.cells[-1] = nbformat.v4.new_markdown_cell("A note of mine.")
    nbformat.write(notebook, release)
    (course / "build" / "made.json").unlink()
    assert "a cell 'A note of mine.'" in autograder("build", code=1).stderr
    assert extra.read_text() == "1,2"


def test_build_does_not_lose_the_release_if_nbgrader_fails(built, autograder):
    course = built
    released_to(course, "scale", "ada", RIGHT)
    autograder("autograde")
    checks = course / "solutions" / "scale" / "checks.py"
    checks.write_text(checks.read_text().replace('"gradients"', '"numerics"'))  # a cell fewer
    release = course / "release" / "scale" / "scale.ipynb"
    before = release.read_text()
    refused = autograder("build", code=1).stderr
    assert "its cells have changed, and there are submissions already" in refused
    assert release.read_text() == before
    told = autograder("autograde", code=1).stderr
    assert "ada: the released notebook has 2 points for numerics, the checks of scale" in told


def test_a_file_that_cannot_be_used_ends_with_a_sentence(built, autograder):
    course = built
    released_to(course, "scale", "ada", RIGHT)
    (course / "folder").mkdir()
    done = autograder("autograde", "--json", "folder", code=1)
    assert "folder: Is a directory" in done.stderr
    assert "then run the same command again" in done.stderr
    shutil.rmtree(course / "release")
    (course / "release").write_text("a file")
    assert f"{course / 'release'}: Not a directory" in autograder("build", code=1).stderr
    chaffs = course / "solutions" / "scale" / "chaffs.py"
    chaffs.write_bytes(chaffs.read_bytes() + "# Grüße\n".encode("latin-1"))
    assert "chaffs.py is no UTF-8" in autograder("build", code=2).stderr


def test_the_report_knows_what_the_gradebook_knows(course, autograder, run, new_build):
    """Who is late, missing, unreadable, changed by hand, and what was misunderstood."""
    nothing = autograder("report", code=1)
    assert "there is no gradebook" in nothing.stderr
    shutil.copytree(new_build, course, dirs_exist_ok=True)
    assert "nothing has been graded yet" in autograder("report", code=1).stderr
    release = nbformat.read(course / "release" / "scale" / "scale.ipynb", 4)
    for student, source in (("ada", RIGHT), ("bea", RIGHT), ("carl", WRONG)):
        hand_in(course, student, solved(release, source))
    hand_in(course, "dora", "{")
    folder = course / "build" / "submitted" / "carl" / "scale"
    (folder / "timestamp.txt").write_text("2026-01-02 12:00:00 UTC")
    with Gradebook(f"sqlite:///{course}/build/gradebook.db", "custom-keras") as gradebook:
        gradebook.add_student("emil")
        gradebook.update_or_create_assignment("scale", duedate="2026-01-01 12:00:00 UTC")
    autograder("autograde", "-q", "--time-limit", "4")
    with Gradebook(f"sqlite:///{course}/build/gradebook.db", "custom-keras") as gradebook:
        for grade in gradebook.find_submission_notebook("scale", "scale", "carl").grades:
            if grade.name == "numerics":
                grade.manual_score = 1
        gradebook.db.commit()
    shown = autograder("report").stdout
    for line in (
        "missing 1: emil",
        "late 1: carl",
        "unreadable 1: dora",
        "changed by hand 1: carl",
        "in scale: Multiply; do not add. (carl)",
    ):
        assert line in shown
    page = (course / "build" / "report.html").read_text()
    assert "carl, scale: numerics: 0 → 1" in page
    hand_in(course, "carl", solved(release, RIGHT))
    run(course, "nbgrader", "autograde", "scale", "--student=carl", "--force")
    assert "0 new, 1 with more points, 0 with fewer" in autograder("report").stdout
    written = course / "build" / "autograded" / "ada" / "scale" / "scale.ipynb"
    notebook = json.loads(written.read_text())
    del notebook["metadata"]["autograder"]  # as an older version left it
    written.unlink()
    written.write_text(json.dumps(notebook))
    assert "without results 1: ada" in autograder("report").stdout
