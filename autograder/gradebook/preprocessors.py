"""The steps of `nbgrader autograde` that are ours; `nbgrader_config.py` puts them in their places.

nbgrader keeps its gradebook, its folders and its pages. The student's cells run in a locked child
instead of a kernel, and what a grade cell shows, its one number included, comes from the grader.
"""

import atexit
import copy
import functools
import os
from collections.abc import Collection, Iterator
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.v4 import new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute, NbGraderPreprocessor, SaveAutoGrades
from nbgrader.utils import is_grade, is_solution
from sqlalchemy.engine import make_url
from sqlalchemy.orm import scoped_session
from traitlets import Bool, Float

from autograder.gradebook import overlooked, released
from autograder.gradebook.released import NEW_CELL, is_test
from autograder.grading.dialogue import Setup
from autograder.grading.grader import Grader
from autograder.grading.interview import Interview
from autograder.grading.processes import Limits, Worker
from autograder.grading.running import Retrying, SharedTurn
from autograder.grading.seeds import Seeds
from autograder.records import exercises, submissions
from autograder.records.results import DIMENSIONS, Status, SubmissionResult
from autograder.records.submissions import Submission
from autograder.sandbox import lock
from autograder.show import pages

_known: dict[Path, dict[tuple, Gradebook]] = {}


def _open(self, db_url, course_id="default_course", authenticator=None, *, open=Gradebook.__init__):
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

OURS = "autograder"  # our part of a sanitized notebook's metadata
UNREADABLE = "unreadable"  # why
LOCKED = "locked"  # its cells run in a child, though no exercise is asked in it
_told: set[tuple[str, str, str]] = set()  # what has been warned of


class ReadAnything(NotebookExporter):
    """Reads what a student submitted as a notebook, whatever it is.

    nbgrader would stop at a file that is no notebook and keep an earlier score. Where it grades a
    whole class, what it will pass over is said.
    """

    def __init__(self, config=None, **kwargs):
        super().__init__(config=config, **kwargs)
        if type(self.parent) is Autograde and self.parent.coursedir.student_id == "*":
            for where, what in _overlooked(self.parent):
                self.log.warning(pages.line(f"not graded: {where}: {what}", 500))

    def from_filename(self, filename, resources=None, **kwargs):
        if not any(isinstance(step, Sanitize) for step in self._preprocessors):
            return super().from_filename(filename, resources, **kwargs)  # what that has written
        refuse_folder(Path(filename).parent, {Path(filename).name})
        notebook, resources["nbgrader"][UNREADABLE] = read(Path(filename))
        return self.from_notebook_node(notebook, resources, **kwargs)


def _overlooked(converter: Autograde) -> list[overlooked.Found]:
    """Return what is in the folder of submissions and no work for nbgrader's own command."""
    coursedir = converter.coursedir
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        notebooks = released.assignments(gradebook)
    name = coursedir.assignment_id
    done = {
        overlooked.place(*Path(file).parts[-3:])
        for files in converter.assignments.values()
        for file in files
        if Path(file).stem in notebooks.get(name, ())
    }
    known = overlooked.Known(notebooks, {name}, done, handed_out(coursedir))
    return overlooked.find(Path(coursedir.root, coursedir.submitted_directory), known)


def handed_out(coursedir: CourseDirectory) -> set[str]:
    """Return the places of the files that students get beside an assignment's notebooks."""
    name = coursedir.assignment_id
    steps = coursedir.source_directory, coursedir.release_directory
    folders = [Path(coursedir.format_path(step, ".", name)) for step in steps]
    return overlooked.handed_out(name, folders)


class BadFolder(ValueError):
    """A folder that was handed in cannot be graded as it is; says what to do."""


MAX_FILES = 10_000  # in one submission; nbgrader copies them all


def refuse_folder(folder: Path, notebooks: Collection[str]) -> list[Path]:
    """Return the files of a folder; refuse what nbgrader cannot copy, or must not.

    What a link points to would come into the folder of the feedback, and may be a solution.

    Args:
        folder: what one student handed in for one assignment.
        notebooks: names of files in it that `read` refuses by itself.

    Returns:
        the others, in no order.

    Raises:
        BadFolder: it says what to remove.
    """
    if folder.is_symlink():
        raise BadFolder(f"{folder} is a link; remove it, or put a folder there")
    files = []
    for number, path in enumerate(_below(folder)):
        if number == MAX_FILES:
            raise BadFolder(f"it holds more than {MAX_FILES} files; remove what is not needed")
        if path.parent == folder and path.name in notebooks:
            continue
        if path.is_symlink():
            raise BadFolder(f"{path} is a link; remove it, or put a file there")
        if path.is_file():
            files.append(path)
        elif not path.is_dir():
            raise BadFolder(f"{path} is no regular file (a pipe, perhaps); remove it")
    return files


def _below(folder: Path) -> Iterator[Path]:
    """Yield what is in a folder and below; no target of a link makes it raise."""

    def refuse(error: OSError):
        raise BadFolder(f"{error.filename} cannot be listed ({error.strerror}); mend its mode")

    for inner, folders, files in os.walk(folder, onerror=refuse):
        yield from (Path(inner, name) for name in [*folders, *files])


def read(file: Path) -> tuple[nbformat.NotebookNode, str]:
    """Return a notebook, and why it could not be read, if it could not.

    It is made anew: of what a student wrote, nbformat and nbconvert get nothing but text. Pictures
    pasted into Markdown are left out.
    """
    if not os.path.lexists(file):
        reason = f"no notebook: {file.name} was not handed in"
        return new_notebook(cells=[new_markdown_cell("There was no such notebook.")]), reason
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
    each; where an exercise is asked, the tests and grade cells stand at the end. Copies of the
    solution cell stay as plain cells.
    """

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        if released_as := about.get("released"):  # by `autograder autograde`, which has asked once
            original = released_as(about["notebook"])
        else:
            with Gradebook(about["db_url"]) as gradebook:
                original = released.notebook(gradebook, about["notebook"], about["assignment"])
        return sanitized(nb, original, about[UNREADABLE]), resources


def sanitized(nb, original: released.Notebook, problem: str) -> nbformat.NotebookNode:
    """Return a submitted notebook, rebuilt around the cells that were released."""
    given = copy.deepcopy(original.cells)
    at_the_end = {name for name, cell in given.items() if original.exercises and is_test(cell)}
    mine, taken = [], set()
    for cell in nb.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.metadata = nbformat.NotebookNode()
        known = given.get(name)
        if known is None or (name in taken and not known.metadata.nbgrader.locked):
            mine.append(cell)
        elif name not in taken and name not in at_the_end:
            if not known.metadata.nbgrader.locked:
                known.source = cell.source
            mine.append(known)
            taken.add(name)
    missing = [cell for name, cell in given.items() if name not in taken]
    first = [cell for cell in missing if not cell.metadata.nbgrader.grade]
    asked = released.asked_in(missing)
    last = [cell for cell in missing if cell.metadata.nbgrader.grade]
    if asked:
        last.sort(key=lambda cell: _order(cell, asked))
    # What the submission's own metadata say is not believed.
    ours = {UNREADABLE: problem, LOCKED: original.beside and not original.exercises}
    nb.metadata = nbformat.from_dict(
        {OURS: {key: value for key, value in ours.items() if value}}
        | ({"kernelspec": original.kernel} if original.kernel else {})
    )
    nb.cells = first + mine + last
    return nb


def _order(cell, asked: dict) -> tuple:
    """Put cells for people to grade first, then the public tests, then the dimensions."""
    name = cell.metadata.nbgrader.grade_id
    exercise, dimension = asked.get(name, ("", ""))
    return is_test(cell), exercise, DIMENSIONS.index(dimension) if dimension else -1


def _ours(nb) -> dict:
    return nb.metadata.get(OURS, {})


@functools.cache
def _worker(limits: Limits) -> Worker:
    worker = Worker(limits).__enter__()
    atexit.register(worker.__exit__)
    return worker


@functools.cache
def _retrying(name: str, limits: Limits) -> Retrying:
    grader = Grader(_worker(limits), exercises.find(name))
    return Retrying(lambda: grader, SharedTurn(1))


def submission(nb, student: str, name: str) -> Submission:
    """Return what a sanitized notebook holds of the student's."""
    cells = tuple(cell.source for cell in _theirs(nb))
    return Submission(student, name, True, cells, problem=_ours(nb).get(UNREADABLE, ""))


def _theirs(nb) -> list:
    return [cell for cell in nb.cells if cell.cell_type == "code" and not _is_grade_cell(cell)]


def _is_grade_cell(cell) -> bool:
    """Tell whether a cell's points come from us: then it is not run beside the student's code."""
    return is_test(cell) and bool(cell.metadata.nbgrader.points)


class Grade(Execute):
    """Run the student's cells in a child, ask the checks, and write the outputs of all cells.

    A notebook in which no exercise is asked is run in a child, too, if an exercise is asked in
    another one of its assignment; tests of its own are left to people. Others are left to
    nbgrader's own execution.
    """

    time_limit = Float(30, help="Seconds a cell or a check may take.").tag(config=True)
    require_protection = Bool(False, help="Refuse to grade where a layer is missing.").tag(
        config=True
    )

    def preprocess(self, nb, resources, **kwargs):
        about = resources["nbgrader"]
        names = released.exercises_in(nb.cells)  # the cells that ask are the gradebook's
        given = submission(nb, about["student"], about["notebook"])
        if state := about.get("state"):
            nb.metadata.setdefault(OURS, {})["graded"] = state(about["notebook"])
        if given.problem and not names:
            for cell in filter(is_test, nb.cells):
                cell.outputs = [new_output("error", ename="Unreadable", evalue=given.problem)]
            return nb, resources
        if not names and not _ours(nb).get(LOCKED):
            self._warn(
                about,
                "no exercise is asked in it: its cells run in a kernel, unprotected, "
                "with your rights. What runs there can change the gradebook",
            )
            return super().preprocess(nb, resources, **kwargs)
        if not about.get("graded"):
            self._say_what_is_missing()
        if not names:
            _show(nb, _cells_run(_worker(Limits.of(self.time_limit)), given))
            self._fill(nb, {}, about)
            return nb, resources
        results = {name: self._result(name, given, about) for name in names}
        for result in results.values():
            if result.status == Status.GRADER_ERROR:
                raise RuntimeError(f"not graded, and not the student's fault:\n{result.message}")
        _show(nb, results[names[0]].cells)
        self._fill(nb, results, about)
        about["results"] = results
        return nb, resources

    def _result(self, name: str, given: Submission, about: dict) -> SubmissionResult:
        if ahead := about.get("graded"):  # by `autograder autograde`
            return ahead(name, given)
        return _retrying(name, Limits.of(self.time_limit)).grade(given)

    def _fill(self, nb, results: dict[str, SubmissionResult], about: dict) -> None:
        asked = released.asked_in(nb.cells)
        for cell in filter(_is_grade_cell, nb.cells):
            name = cell.metadata.nbgrader.grade_id
            if name in asked:
                cell.outputs = _grade_outputs(cell, *asked[name], results, about)
            else:
                self._warn(
                    about,
                    f"its cell {name} has points and asks no exercise: it is not "
                    "run. Give its points by hand, or make it a check",
                )

    def _warn(self, about: dict, what: str) -> None:
        """Say something of a notebook, once for the whole class."""
        about_it = about["assignment"], about["notebook"], what
        if about_it not in _told:
            _told.add(about_it)
            say = about.get("warn") or self.log.warning
            say(f"{about['assignment']}/{about['notebook']}.ipynb: {what}")

    def _say_what_is_missing(self):
        lacking = lock.lacking(lock.layers())
        if lacking and self.require_protection:
            raise RuntimeError("not graded, because of require_protection: " + "; ".join(lacking))
        for line in lacking:
            self.log.warning("submissions run without %s", line)


# All there is to ask a notebook that people grade.
NOTHING = """\
from autograder.checks import check

@check("numerics")
def nothing():
    "its cells have run"
    return 0
"""


def _cells_run(worker: Worker, given: Submission) -> list[dict]:
    """Run the cells of a notebook in a child, and return what they printed and raised."""
    interview = Interview(worker, Setup(given.path, NOTHING, [], []), given)
    return interview.run(["nothing"], Seeds.same(0)).cells


def _show(nb, reports: list[dict]) -> None:
    for cell, report in zip(_theirs(nb), reports, strict=False):
        cell.outputs = _outputs(report)


def _grade_outputs(cell, exercise: str, dimension: str, results: dict, about: dict) -> list:
    result = results[exercise]
    score, most = result.points(dimension)
    points = cell.metadata.nbgrader.points
    if most != points:
        assignment, notebook = about["assignment"], about["notebook"]
        if assignment == exercise:
            how = f"Run: autograder build {exercise}"
        else:
            how = (
                f"Give the cell {cell.metadata.nbgrader.grade_id} in the source of {notebook}.ipynb"
                f" {most:g} points, and run: nbgrader generate_assignment {assignment} --force"
            )
        raise RuntimeError(
            f"the released notebook has {points:g} points for {dimension}, the checks of "
            f"{exercise} have {most:g}. {how}"
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
    for error in report["errors"]:
        kind, message = str(error.get("type", "")), str(error.get("message", ""))
        place = ": ".join(str(error[key]) for key in ("place", "code") if error.get(key))
        lines = [place, f"{kind}: {message}"] if place else [f"{kind}: {message}"]
        found.append(new_output("error", ename=kind, evalue=message, traceback=lines))
    return found


class SaveGrades(SaveAutoGrades):
    """Save the scores, and say under the student's answer what was lost and why."""

    def preprocess(self, nb, resources):
        self._results: dict[str, SubmissionResult] = resources["nbgrader"].get("results", {})
        self._asked = released.asked_in(nb.cells)
        self._locked = bool(_ours(nb).get(LOCKED))
        self._problem = _ours(nb).get(UNREADABLE, "")
        self._to_look_at = bool(self._problem) or any(
            result.status == Status.UNREADABLE or result.look_at
            for result in self._results.values()
        )
        self._commented = False
        return super().preprocess(nb, resources)

    def _add_score(self, cell, resources):
        super()._add_score(cell, resources)
        name = cell.metadata.nbgrader.grade_id
        ours = bool(self._asked) or self._locked
        by_hand = ours and _is_grade_cell(cell) and name not in self._asked
        if by_hand or self._to_look_at:
            grade = self.gradebook.find_grade(
                name, self.notebook_id, self.assignment_id, self.student_id
            )
            if by_hand:  # nbgrader gives all points for a cell that shows nothing
                grade.auto_score = 0 if self._problem else None
            grade.needs_manual_grade = True
            self.gradebook.db.commit()

    def _add_comment(self, cell, resources):
        super()._add_comment(cell, resources)
        if self._results and is_solution(cell) and not is_grade(cell) and not self._commented:
            self._commented = True
            comment = self.gradebook.find_comment(
                cell.metadata.nbgrader.grade_id,
                self.notebook_id,
                self.assignment_id,
                self.student_id,
            )
            comment.auto_comment = "\n\n".join(map(pages.comment, self._results.values()))
            self.gradebook.db.commit()
