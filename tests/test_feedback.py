"""The page that a student gets, made from a notebook as autograding leaves it."""

import copy
import re
from pathlib import Path

import nbformat
import pytest
from traitlets.config import PyFileConfigLoader

from autograder.gradebook.feedback import ASKED, FOR_INSTRUCTORS, RESULTS, FeedbackPage, kept
from autograder.records.results import DIMENSIONS, CheckResult, SubmissionResult
from autograder.show import html

ROOT = Path(__file__).parent.parent
HINT = "Beyond the threshold the loss must stop growing with the square of the error."
CHECKS = [
    CheckResult("one", "numerics", "small errors cost half their square", 5, "passed"),
    CheckResult(
        *("two", "numerics", "large errors cost less", 8, "failed", "got 3", HINT, "linear"),
        call="x = 1 < 2\nfive(x)\x1b",
    ),
    CheckResult("three", "gradients", "so is the gradient", 2, "failed", "got 3", HINT, "linear"),
    CheckResult("four", "gradients", "of the batch", 2, "failed", "got <b>4</b>", HINT, "linear"),
    CheckResult("five", "serialization", "it comes back", 3, "raised", "TypeError: no \x1b[31m"),
    CheckResult("six", "graph", "it is one graph", 2, "passed"),
]
CODE = "class HuberLoss(keras.losses.Loss):\n    def call(self, y_true, y_pred):\n        return 3"


def graded(checks=CHECKS, code=CODE, **result):
    """Return a notebook as it is once nbgrader has added the grades."""
    nb = copy.deepcopy(nbformat.read(ROOT / "release" / "huber_loss" / "huber_loss.ipynb", 4))
    found = SubmissionResult("ada", "huber_loss", "graded", list(checks), **result)
    nb.metadata["autograder"] = {
        RESULTS: kept({"huber_loss": found}),
        ASKED: {name: ["huber_loss", name] for name in DIMENSIONS},
    }
    for cell in nb.cells:
        marks = cell.metadata.get("nbgrader")
        if marks and marks.solution:
            cell.source, marks["comment"] = code, html.comment(found)
        elif marks and marks.grade:
            marks["score"] = float(found.points(marks.grade_id)[0])
            if marks.points:
                cell.outputs = [nbformat.v4.new_output("display_data", data={"text/html": HINT})]
    return nb


def about(nb, **more):
    marks = [cell.metadata.get("nbgrader", {}) for cell in nb.cells]
    score = sum(mark.get("score", 0) for mark in marks)
    known = {"notebook": "huber_loss", "score": score, "max_score": 22, "late_penalty": 0}
    return {"nbgrader": known | more}


@pytest.fixture
def shown():
    """Make the page of a notebook, with the configuration of the course."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()

    def shown(nb, **more):
        return FeedbackPage(config=config).from_notebook_node(nb, about(nb, **more))[0]

    return shown


def test_points_come_first_and_a_reason_is_said_once(shown):
    page = shown(graded())
    places = [
        page.index(text)
        for text in (
            "7 of 22 points.",
            ">numerics<",
            "What to mend",
            HINT,
            "large errors cost less",
            "it comes back",
            "Your work",
            "HuberLoss",
            "What passed (2)",
            "small errors cost half",
            "The exercise, and the rest",
        )
    ]
    assert places == sorted(places)
    assert page.count(HINT) == 1
    assert page.count("got 3") == 1
    assert page.count("Try it:") == 1
    assert "x = 1 &lt; 2\nfive(x)\N{REPLACEMENT CHARACTER}</pre>" in page
    assert "got &lt;b&gt;4&lt;/b&gt;" in page
    assert "\x1b" not in page
    assert "Comments" not in page  # ours says the same
    assert "http" not in page.replace("http://www.w3.org/1998/Math/MathML", "")
    assert "<script" not in page
    assert "# numerics" not in page


def test_what_a_person_wrote_and_changed_is_seen(shown):
    nb = graded()
    for cell in nb.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution"):
            marks["comment"] = "Nice **try**."
        elif marks.get("grade_id") == "serialization":
            marks["score"] = 2.0
    page = shown(nb, late_penalty=1.5)
    assert "<p>Nice <strong>try</strong>.</p>" in page
    assert re.search(r"2 of 3\s+<span", page)
    assert "changed by a person; the checks gave 0" in page
    assert page.count("changed by a person") == 1
    assert "1.5 points are taken off" in page


@pytest.mark.parametrize("readable", [True, False])
def test_what_is_for_instructors_is_on_no_page(shown, readable):
    nb = graded()
    data, mark = {"text/plain": "--seed 3"}, {"autograder": FOR_INSTRUCTORS}
    nb.cells[-1].outputs = [nbformat.v4.new_output("display_data", data=data, metadata=mark)]
    if not readable:  # the cell is shown as it is
        nb.metadata["autograder"] = {}
    page = shown(nb)
    assert "seed" not in page
    assert ("numerics()" in page or "# numerics" in page) is not readable


def test_work_to_look_at_blames_nobody(shown):
    page = shown(graded(look_at="line 3: `import pandas`"))
    assert "A person will look at this once more." in page
    assert "import pandas" not in page


def test_what_could_not_be_read_has_one_reason(shown):
    checks = [CheckResult(one.name, one.dimension, one.statement, one.max_score, "not defined",
                          "not <i>Python</i>") for one in CHECKS]  # fmt: skip
    nb = graded(checks, message="not <i>Python</i>")
    nb.metadata["autograder"][RESULTS]["huber_loss"]["status"] = "unreadable"
    page = shown(nb)
    assert page.count("not &lt;i&gt;Python&lt;/i&gt;") == 1
    assert "0 of 22 points. It could not be read." in page


def test_everything_right_is_said_and_nothing_is_to_mend(shown):
    passed = [CheckResult(c.name, c.dimension, c.statement, c.max_score, "passed") for c in CHECKS]
    page = shown(graded(passed))
    assert "22 of 22 points. Every check passes." in page
    assert "What to mend" not in page


def test_a_notebook_of_another_assignment_is_shown_as_it_is(shown):
    nb = graded()
    for metadata in ({}, {RESULTS: 1}, {RESULTS: {"huber_loss": {}}}):
        nb.metadata["autograder"] = metadata
        page = shown(nb)
        assert "<details open" in page
        assert "13 points" in page
        assert "numerics" in page


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>"])
def test_markup_stays_text(evil, shown):
    nb = graded(code=f"# {evil}")
    streams = nbformat.v4.new_output("stream", text=evil)
    error = nbformat.v4.new_output("error", ename="E", evalue=evil, traceback=[evil])
    data = {"text/html": evil, "text/plain": evil}
    html_shown = nbformat.v4.new_output("display_data", data=data)
    picture = nbformat.v4.new_output("display_data", data={"image/png": f'">{evil}'})
    nb.cells.insert(0, nbformat.v4.new_markdown_cell(evil))
    nb.cells.insert(0, nbformat.v4.new_code_cell(evil, outputs=[streams, error, html_shown]))
    nb.cells.insert(0, nbformat.v4.new_code_cell("plot()", outputs=[picture]))
    nb.cells.insert(0, nbformat.v4.new_raw_cell(evil))
    page = shown(nb, notebook=evil)
    assert "<script" not in page
    assert "onerror=alert(1)>" not in page
    assert page.count("<img") == 2  # the figure of the statement, and the picture that a cell drew


def test_a_page_is_readable_on_a_phone_and_by_a_screen_reader(shown, looks_at, tmp_path):
    nb = graded()
    nb.cells[-6].outputs = [nbformat.v4.new_output("stream", text="x" * 300)]
    file = tmp_path / "feedback.html"
    file.write_text(shown(nb))
    for page in looks_at(file):
        assert page.get_by_text("7 of 22 points.").bounding_box()["y"] < 200
        assert page.get_by_text(HINT).bounding_box()["y"] < 600
        assert not page.get_by_text("small errors cost half").is_visible()
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.locator("math").first.bounding_box()["height"] > 5
        assert page.get_by_role("main").count() == page.get_by_role("banner").count() + 1
        assert page.get_by_role("region", name="What to mend").is_visible()
        assert page.get_by_role("region", name="Your work").is_visible()
        assert page.get_by_role("img", name="failed").count() == 4
