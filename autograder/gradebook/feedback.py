"""The page that a student gets: points, what to mend beside the code, then the rest, folded.

nbgrader finds the notebook that autograding wrote, and the grades; this exporter shows them. What
the checks found stands in the notebook's metadata, into which nothing gets that a student writes.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution, is_task
from pygments.formatters import HtmlFormatter

from autograder.gradebook import clean_html
from autograder.gradebook.sanitize import OURS
from autograder.records.results import CheckResult, Status, SubmissionResult
from autograder.records.text import plain
from autograder.show import html
from autograder.show.messages import LOOK_AT, Points, Reason, reasons, with_status

# In our part of an autograded notebook's metadata.
RESULTS = "results"
ASKED = "asked"  # what grade cells ask: their source is cleared before the page is made
# In the metadata of an output: no page of a student shows it.
FOR_INSTRUCTORS = "for instructors"
LEFT_OUT = ("id", "path", "output", "cells", "phases")  # what no page shows


def kept(results: Mapping[str, SubmissionResult]) -> dict[str, dict]:
    """Return results by exercise, as they stand in a notebook's metadata."""
    fields = {name: dataclasses.asdict(result) for name, result in results.items()}
    return {
        name: {key: value for key, value in one.items() if key not in LEFT_OUT}
        for name, one in fields.items()
    }


def results_in(nb: Mapping[str, Any], student: str = "") -> dict[str, SubmissionResult]:
    """Return the results that stand in a notebook; an older version wrote none, or others."""
    found = {}
    try:
        for name, one in nb["metadata"].get(OURS, {}).get(RESULTS, {}).items():
            checks = [CheckResult(**check) for check in one["checks"]]
            found[name] = SubmissionResult(id=student, path="", **{**one, "checks": checks})
    except (TypeError, KeyError, AttributeError):
        return {}
    return found


@dataclass
class Page:
    """What a page shows besides cells as they are.

    Attributes:
        problem: why the notebook could not be read.
        look_at: a person will look at it once more.
        answers: the cells that the student wrote code or an answer in.
        others: the statement, and all that was given.
        comments: of people, and of nbgrader.
    """

    points: list[Points]
    reasons: list[Reason]
    passed: dict[str, list[CheckResult]]
    problem: str
    look_at: bool
    answers: list[NotebookNode]
    others: list[NotebookNode]
    comments: list[str]


def about(nb: NotebookNode) -> Page:
    """Return what the page of an autograded notebook shows, once nbgrader has added the grades."""
    results = results_in(nb)
    asked = nb.metadata[OURS].get(ASKED, {}) if results else {}
    unreadable = [one.message for one in results.values() if one.status == Status.UNREADABLE]
    shown = [cell for cell in nb.cells if _grade_id(cell) not in asked]
    answers = [cell for cell in shown if _is_answer(cell)]
    return Page(
        list(_points(nb, results, asked).values()),
        [] if unreadable else reasons(results),
        {name: with_status(Status.PASSED, one) for name, one in results.items()},
        plain(next(iter(unreadable), "")),
        any(result.look_at for result in results.values()),
        answers,
        [cell for cell in shown if not any(cell is one for one in answers)],
        _comments(nb, results),
    )


def _grade_id(cell: NotebookNode) -> str:
    return str(_marks(cell).get("grade_id", ""))


def _marks(cell: NotebookNode) -> Mapping[str, Any]:
    return cell.metadata.get("nbgrader", {})


def _is_answer(cell: NotebookNode) -> bool:
    """Tell whether a student wrote a cell; other Markdown may be theirs, but is the statement."""
    if is_solution(cell) or is_task(cell):
        return True
    own = cell.cell_type == "code" and not _marks(cell).get("locked")
    return own and bool(cell.source.strip())


def _points(nb: NotebookNode, results: Mapping, asked: Mapping) -> dict[str, Points]:
    """Return the points as they are in the gradebook now."""
    found: dict[str, Points] = {}
    several = len({exercise for exercise, _ in asked.values()}) > 1
    for cell in nb.cells:
        marks = _marks(cell)
        if not (is_grade(cell) or is_task(cell)) or not marks.get("points"):
            continue
        exercise, name = asked.get(marks["grade_id"], ("", marks["grade_id"]))
        one = found.setdefault(
            f"{exercise}: {name}" if several and exercise else name,
            Points(f"{exercise}: {name}" if several and exercise else name),
        )
        one.score += marks.get("score") or 0
        one.most += marks["points"]
        if exercise in results:
            one.by_checks = (one.by_checks or 0) + results[exercise].points(name)[0]
    return found


def _comments(nb: NotebookNode, results: Mapping[str, SubmissionResult]) -> list[str]:
    """Return the comments but ours, which says what the page says."""
    mine = "\n\n".join(map(html.comment, results.values()))
    said: Iterable[str] = (_marks(cell).get("comment") or "" for cell in nb.cells)
    return [one for one in dict.fromkeys(said) if one.strip() and one != mine]


class FeedbackPage(HTMLExporter):
    """Has nbgrader write our page."""

    def __init__(self, config=None, **kwargs):
        super().__init__(config=config, **kwargs)
        template = files("autograder.gradebook").joinpath("templates/feedback.html.jinja")
        self.raw_template = template.read_text(encoding="utf-8")

    def default_filters(self):
        yield from super().default_filters()
        yield "about", about
        yield "plain", plain
        yield "deeper", lambda source: clean_html.markdown(source, deeper=2)
        yield "cleaned", clean_html.clean

    def from_notebook_node(self, nb, resources=None, **kwargs):
        resources = {**(resources or {}), "highlighting": _highlighting(), "look_at": LOOK_AT}
        return super().from_notebook_node(nb, resources, **kwargs)


def _highlighting() -> dict[str, str]:
    """Return the colours of code on a light page and on a dark one."""
    styles = {"light": "default", "dark": "github-dark"}
    return {
        name: HtmlFormatter(style=style).get_style_defs(".highlight")
        for name, style in styles.items()
    }
