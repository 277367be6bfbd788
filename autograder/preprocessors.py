"""The steps of `nbgrader autograde` that are ours; `nbgrader_config.py` puts them in their places.

nbgrader keeps its gradebook, its folders and its pages. The student's cells run in a locked child
instead of a kernel, and what a grade cell shows, its one number included, comes from the grader.
"""

import atexit
import functools
import json
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute, NbGraderPreprocessor, SaveAutoGrades
from nbgrader.utils import is_grade, is_solution
from sqlalchemy.engine import make_url
from sqlalchemy.orm import scoped_session
from traitlets import Bool, Float

from autograder import exercises, lock, pages, submissions
from autograder.grading import Grader
from autograder.processes import Limits, Worker
from autograder.results import DIMENSIONS, SubmissionResult
from autograder.running import Company, Jobs
from autograder.submissions import Submission

_known: dict[Path, dict[tuple, Gradebook]] = {}


def _open(self, db_url, course_id="default_course", authenticator=None, *,
          open=Gradebook.__init__):  # fmt: skip
    """Open a gradebook; look for its tables and its course only if that has not been done yet.

    nbgrader does so a dozen times for each notebook, with an engine of its own each time, which
    knows nothing of what SQLAlchemy compiled for the one before.
    """
    file = Path(make_url(db_url).database or "").absolute()
    if not file.is_file() or not file.stat().st_size:
        _known.pop(file, None)  # somebody removed it, to begin anew
    if known := _known.get(file, {}).get((db_url, course_id)):
        vars(self).update(vars(known), db=scoped_session(known.db.session_factory))
        self.authenticator = authenticator
    else:
        open(self, db_url, course_id, authenticator)
        if file.is_file():
            _known.setdefault(file, {})[db_url, course_id] = self


Gradebook.__init__ = _open

NEW_CELL = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
UNREADABLE = "unreadable"  # why: in our part of a sanitized notebook's metadata


class ReadAnything(NotebookExporter):
    """Reads what a student submitted as a notebook, whatever it is.

    nbgrader would stop at a file that is no notebook and keep an earlier score.
    """

    def from_filename(self, filename, resources=None, **kwargs):
        if not any(isinstance(step, Sanitize) for step in self._preprocessors):
            return super().from_filename(filename, resources, **kwargs)  # what that has written
        _refuse_links(Path(filename))
        notebook, resources["nbgrader"][UNREADABLE] = read(Path(filename))
        return self.from_notebook_node(notebook, resources, **kwargs)


def _refuse_links(notebook: Path) -> None:
    """Stop at a link: nbgrader has copied what it points to, and removes that if we raise.

    It would come into the folder of the feedback, and may be a solution.
    """
    folder = notebook.parent
    for path in (folder, *sorted(folder.rglob("*"))):
        if path.is_symlink() and path != notebook:
            raise ValueError(f"{path} is a link; remove it, or put a file there")


def read(file: Path) -> tuple[nbformat.NotebookNode, str]:
    """Return a notebook, and why it could not be read, if it could not.

    It is made anew: of what a student wrote, nbformat and nbconvert get nothing but text. Pictures
    pasted into Markdown are left out.
    """
    try:
        found = submissions.cells_of(file, linked=file.is_symlink())
    except submissions.READ_ERRORS as error:
        cells = [new_markdown_cell("This file could not be read as a notebook.")]
        return new_notebook(cells=cells), submissions.problem(error, notebook=True)
    cells = []
    for cell in found:
        marks = {"nbgrader": {"grade_id": cell.grade_id}} if cell.grade_id else {}
        cells.append(NEW_CELL[cell.kind](cell.source, metadata=marks))
    return new_notebook(cells=cells), ""


class Sanitize(NbGraderPreprocessor):
    """Rebuild a submission: what was given is as it was given, what is the student's stays.

    Tags and other metadata go: a tag may skip a cell. Locked cells come from the gradebook, once
    each; an exercise's grade cells stand at the end. Copies of the solution cell stay as plain
    cells.
    """

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(about["notebook"], about["assignment"])
            kernel = json.loads(notebook.kernelspec or "null")
            points = {cell.name: cell.max_score for cell in notebook.grade_cells}
            tasks = {cell.name: cell.max_score for cell in notebook.task_cells}
            given = {cell.name: _given(cell, points, tasks) for cell in notebook.source_cells}
        at_the_end = _is_exercise(about["assignment"])
        mine, taken = [], set()
        for cell in nb.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.metadata = nbformat.NotebookNode()
            original = given.get(name)
            if original is None or (name in taken and not original.metadata.nbgrader.locked):
                mine.append(cell)
            elif name not in taken and not (at_the_end and original.metadata.nbgrader.grade):
                if not original.metadata.nbgrader.locked:
                    original.source = cell.source
                mine.append(original)
                taken.add(name)
        missing = [cell for name, cell in given.items() if name not in taken]
        first = [cell for cell in missing if not cell.metadata.nbgrader.grade]
        last = sorted((cell for cell in missing if cell.metadata.nbgrader.grade), key=_order)
        reason = about[UNREADABLE]  # what the submission's own metadata say of it is not believed
        ours = {"autograder": {UNREADABLE: reason}} if reason else {}
        nb.metadata = nbformat.from_dict(ours | ({"kernelspec": kernel} if kernel else {}))
        nb.cells = first + mine + last
        return nb, resources


def _is_exercise(assignment: str) -> bool:
    return assignment in [one.name for one in exercises.find_all()]


def _given(cell, points: dict, tasks: dict) -> nbformat.NotebookNode:
    """Return a cell as the gradebook remembers it."""
    marks = {"schema_version": 3, "grade_id": cell.name, "cell_type": cell.cell_type,
             "grade": cell.name in points, "locked": cell.locked, "task": cell.name in tasks,
             "solution": not cell.locked and cell.name not in tasks,
             "checksum": cell.checksum}  # fmt: skip
    if cell.name in points | tasks:
        marks["points"] = (points | tasks)[cell.name]
    return NEW_CELL[cell.cell_type](cell.source, metadata={"nbgrader": marks})


def _order(cell) -> int:
    name = cell.metadata.nbgrader.grade_id  # the public tests, then the dimensions
    return DIMENSIONS.index(name) if name in DIMENSIONS else -1


def _unreadable(nb) -> str:
    return nb.metadata.get("autograder", {}).get(UNREADABLE, "")


@functools.cache
def _worker(limits: Limits) -> Worker:
    worker = Worker(limits).__enter__()
    atexit.register(worker.__exit__)
    return worker


@functools.cache
def _jobs(name: str, limits: Limits) -> Jobs:
    grader = Grader(_worker(limits), exercises.find(name))
    return Jobs(lambda: grader, Company(1))


def submission(nb, student: str, name: str) -> Submission:
    """Return what a sanitized notebook holds of the student's."""
    cells = tuple(cell.source for cell in _theirs(nb))
    return Submission(student, name, True, cells, problem=_unreadable(nb))


def _theirs(nb) -> list:
    return [cell for cell in nb.cells if cell.cell_type == "code" and not _points(cell)]


class Grade(Execute):
    """Run the student's cells in a child, ask the checks, and write the outputs of all cells.

    An assignment that is no exercise in `solutions/` is left to nbgrader's own execution.
    """

    time_limit = Float(30, help="Seconds a cell or a check may take.").tag(config=True)
    require_protection = Bool(False, help="Refuse to grade where a layer is missing.").tag(
        config=True
    )

    def preprocess(self, nb, resources, **kwargs):
        about = resources["nbgrader"]
        if not _is_exercise(about["assignment"]):
            return super().preprocess(nb, resources, **kwargs)
        given = submission(nb, about["student"], about["notebook"])
        if about.get("graded"):  # ahead, by `autograder autograde`
            result, nb.metadata["autograder"] = about["graded"](given)
        else:
            self._say_what_is_missing()
            result = _jobs(about["assignment"], Limits.of(self.time_limit)).grade(given)
        if result.status == "grader error":
            raise RuntimeError(f"not graded, and not the student's fault:\n{result.message}")
        for cell, report in zip(_theirs(nb), result.cells, strict=False):
            cell.outputs = _outputs(report)
        for cell in nb.cells:
            if _points(cell):
                cell.outputs = _grade_outputs(cell, result)
        about["result"] = result
        return nb, resources

    def _say_what_is_missing(self):
        layers = lock.layers()
        lacking = [f"{name}: {how}" for name, how in lock.MISSING.items() if name not in layers]
        if lacking and self.require_protection:
            raise RuntimeError("not graded, because of require_protection: " + "; ".join(lacking))
        for line in lacking:
            self.log.warning("submissions run without %s", line)


def _points(cell) -> float:
    return cell.metadata.nbgrader.points if is_grade(cell) else 0


def _grade_outputs(cell, result: SubmissionResult) -> list:
    dimension = cell.metadata.nbgrader.grade_id
    score, most = result.points(dimension)
    if most != _points(cell):
        raise RuntimeError(
            f"the released notebook has {_points(cell):g} points for {dimension}, the checks have "
            f"{most:g}. Run: autograder build"
        )
    shown = {
        "text/plain": pages.text(result, dimension),
        "text/html": pages.html(result, dimension),
    }
    # nbgrader takes the first result's text as the score, if it is a plain number.
    number = {"text/plain": repr(float(min(max(score, 0.0), most)))}
    return [new_output("display_data", data=shown), new_output("execute_result", data=number)]


def _outputs(report: dict) -> list:
    found = []
    for output in report["outputs"]:
        if "stream" in output:
            found.append(new_output("stream", name=output["stream"], text=output["text"]))
        elif output["display"]:
            found.append(new_output("display_data", data=output["display"]))
    if error := report["error"]:
        kind, message = str(error.get("type", "")), str(error.get("message", ""))
        place = ": ".join(str(error[key]) for key in ("place", "code") if error.get(key))
        lines = [place, f"{kind}: {message}"] if place else [f"{kind}: {message}"]
        found.append(new_output("error", ename=kind, evalue=message, traceback=lines))
    return found


class SaveGrades(SaveAutoGrades):
    """Save the scores, and say under the student's answer what was lost and why."""

    def preprocess(self, nb, resources):
        self._result: SubmissionResult | None = resources["nbgrader"].get("result")
        self._commented = False
        return super().preprocess(nb, resources)

    def _add_score(self, cell, resources):
        super()._add_score(cell, resources)
        if self._result and self._result.status == "unreadable":
            grade = self.gradebook.find_grade(
                cell.metadata.nbgrader.grade_id, self.notebook_id, self.assignment_id,
                self.student_id,
            )  # fmt: skip
            grade.needs_manual_grade = True
            self.gradebook.db.commit()

    def _add_comment(self, cell, resources):
        super()._add_comment(cell, resources)
        if self._result and is_solution(cell) and not self._commented:
            self._commented = True
            comment = self.gradebook.find_comment(
                cell.metadata.nbgrader.grade_id, self.notebook_id, self.assignment_id,
                self.student_id,
            )  # fmt: skip
            comment.auto_comment = pages.comment(self._result)
            self.gradebook.db.commit()
