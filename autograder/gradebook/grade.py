"""Grade a sanitized notebook and save its points: the second half of autograding.

nbgrader keeps its gradebook, its folders and its pages. The student's cells run in a locked child
instead of a kernel, and what a grade cell shows, its one number included, comes from the grader.
"""

import atexit
import functools

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute, SaveAutoGrades
from nbgrader.utils import is_grade, is_solution
from traitlets import Bool, Float

from autograder.gradebook import assignments
from autograder.gradebook.assignments import is_grade_cell, is_test
from autograder.gradebook.feedback import ASKED, FOR_INSTRUCTORS, RESULTS, kept
from autograder.gradebook.handover import Handover, handover
from autograder.gradebook.sanitize import LOCKED, OURS, UNREADABLE, ours, submission, theirs
from autograder.grading.dialogue import Setup
from autograder.grading.grader import Grader
from autograder.grading.interview import Interview
from autograder.grading.processes import Limits, Worker
from autograder.grading.running import Retrying, SharedTurn
from autograder.grading.seeds import Seeds
from autograder.records import exercises
from autograder.records.results import Status, SubmissionResult
from autograder.records.submissions import Submission
from autograder.sandbox import lock
from autograder.show import html, text

_warned: set[tuple[str, str, str]] = set()  # what has been warned of


@functools.cache
def _worker(limits: Limits) -> Worker:
    worker = Worker(limits).__enter__()
    atexit.register(worker.__exit__)
    return worker


@functools.cache
def _retrying(name: str, limits: Limits) -> Retrying:
    grader = Grader(_worker(limits), exercises.find(name))
    return Retrying(lambda: grader, SharedTurn(1))


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
        names = assignments.exercises_in(nb.cells)  # the cells that ask are the gradebook's
        known = handover(resources)
        if known.ahead:
            given = known.ahead.given
            nb.metadata.setdefault(OURS, {})["graded"] = known.ahead.state
        else:
            given = submission(nb, about["student"], about["notebook"])
        if given.problem and not names:
            for cell in filter(is_test, nb.cells):
                cell.outputs = [new_output("error", ename="Unreadable", evalue=given.problem)]
            return nb, resources
        if not names and not ours(nb).get(LOCKED):
            self._warn(
                resources,
                "no exercise is asked in it: its cells run in a kernel, unprotected, "
                "with your rights. What runs there can change the gradebook",
            )
            return super().preprocess(nb, resources, **kwargs)
        if not known.ahead:
            self._say_what_is_missing()
        if not names:
            _show(nb, _cells_run(_worker(Limits.of(self.time_limit)), given))
            self._fill(nb, {}, resources)
            return nb, resources
        results = {name: self._result(name, given, known) for name in names}
        for result in results.values():
            if result.status == Status.GRADER_ERROR:
                raise RuntimeError(f"not graded, and not the student's fault:\n{result.message}")
        _show(nb, results[names[0]].cells)
        about_it = {RESULTS: kept(results), ASKED: assignments.asked_in(nb.cells)}
        nb.metadata.setdefault(OURS, {}).update(about_it)
        self._fill(nb, results, resources)
        known.results = results
        return nb, resources

    def _result(self, name: str, given: Submission, known: Handover) -> SubmissionResult:
        if known.ahead:
            return known.ahead.result(name)
        return _retrying(name, Limits.of(self.time_limit)).grade(given)

    def _fill(self, nb, results: dict[str, SubmissionResult], resources) -> None:
        about = resources["nbgrader"]
        asked = assignments.asked_in(nb.cells)
        for cell in filter(is_grade_cell, nb.cells):
            name = cell.metadata.nbgrader.grade_id
            if name in asked:
                cell.outputs = _grade_outputs(cell, *asked[name], results, about)
            else:
                self._warn(
                    resources,
                    f"its cell {name} has points and asks no exercise: it is not "
                    "run. Give its points by hand, or make it a check",
                )

    def _warn(self, resources, what: str) -> None:
        """Say something about a notebook, once for the whole class."""
        about, ahead = resources["nbgrader"], handover(resources).ahead
        about_it = about["assignment"], about["notebook"], what
        if about_it not in _warned:
            _warned.add(about_it)
            say = ahead.warn if ahead else self.log.warning
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
    for cell, report in zip(theirs(nb), reports, strict=False):
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
        "text/plain": text.checks(result, dimension),
        "text/html": html.checks(result, dimension),
    }
    # nbgrader takes the first result's text as the score, if it is a plain number.
    number = {"text/plain": repr(float(min(max(score, 0.0), most)))}
    return [
        new_output("display_data", data=shown),
        new_output("execute_result", data=number),
        _seed(exercise, result),
    ]


def _seed(exercise: str, result: SubmissionResult) -> NotebookNode:
    """Return an output for formgrader alone: how to ask the same once more."""
    told = f"to ask the same again: autograder grade {exercise} FILE --seed {result.seed}"
    return new_output("display_data", data={"text/plain": told}, metadata={OURS: FOR_INSTRUCTORS})


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
        self._results = handover(resources).results
        self._asked = assignments.asked_in(nb.cells)
        self._locked = bool(ours(nb).get(LOCKED))
        self._problem = ours(nb).get(UNREADABLE, "")
        self._to_look_at = bool(self._problem) or any(
            result.status == Status.UNREADABLE or result.look_at
            for result in self._results.values()
        )
        self._commented = False
        return super().preprocess(nb, resources)

    def _add_score(self, cell, resources):
        super()._add_score(cell, resources)
        name = cell.metadata.nbgrader.grade_id
        is_ours = bool(self._asked) or self._locked
        by_hand = is_ours and is_grade_cell(cell) and name not in self._asked
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
            comment.auto_comment = "\n\n".join(map(html.comment, self._results.values()))
            self.gradebook.db.commit()
