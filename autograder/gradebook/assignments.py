"""What the gradebook remembers of an assignment: its notebooks, and the exercises asked in them.

A grade cell that calls `points(EXERCISE, DIMENSION, …)` asks an exercise. That is read in the
gradebook and in what was made from it, never in a submission.
"""

import ast
import functools
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.api import Assignment, Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.api import Notebook as NotebookRow
from nbgrader.utils import is_grade, is_solution
from sqlalchemy.exc import SQLAlchemyError

from autograder.grading.reference import GraderError
from autograder.records.results import DIMENSIONS
from autograder.records.text import short_hash

OUR_WORDS = re.compile(
    r"\b(?:from|import)\s+autograder\b(?!\.publictests)|"
    r"\bautograder\.(?!publictests)\w"
)
NEW_CELL = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


class UnclearCell(GraderError):
    """It is not known which exercise a grade cell asks; says what to do."""


@dataclass(frozen=True)
class Notebook:
    """A notebook as it was released.

    Attributes:
        kernel: its kernelspec.
        cells: those that nbgrader knows, by their `grade_id`.
        beside: an exercise is asked in another notebook of the assignment, or in this one.
    """

    name: str
    kernel: dict | None
    cells: dict[str, NotebookNode]
    beside: bool

    @functools.cached_property
    def exercises(self) -> tuple[str, ...]:
        """The names of the exercises that are asked in it."""
        return exercises_in(self.cells.values())

    @functools.cached_property
    def digest(self) -> str:
        """A name for all of it."""
        cells = [json.dumps(self.cells[name], sort_keys=True) for name in sorted(self.cells)]
        # nbformat gives each of these cells a new id.
        parts = [json.dumps({**json.loads(cell), "id": ""}, sort_keys=True) for cell in cells]
        return short_hash("\n".join([str(self.beside), *parts]))


def notebooks(gradebook: Gradebook, assignment: str) -> dict[str, Notebook]:
    """Return the notebooks of an assignment by name.

    Raises:
        MissingEntry: there is no such assignment.
        UnclearCell: see `asked_in`.
    """
    rows = gradebook.find_assignment(assignment).notebooks
    cells = {row.name: _cells(row) for row in rows}
    beside = any(exercises_in(some.values()) for some in cells.values())
    return {
        row.name: Notebook(row.name, json.loads(row.kernelspec or "null"), cells[row.name], beside)
        for row in rows
    }


def assignments(gradebook: Gradebook) -> dict[str, list[str]]:
    """Return the names of all assignments with those of their notebooks."""
    rows = gradebook.db.query(Assignment.name, NotebookRow.name)
    found: dict[str, list[str]] = {}
    for assignment, notebook in rows.outerjoin(NotebookRow).order_by(Assignment.name):
        found.setdefault(assignment, []).extend([notebook] if notebook else [])
    return found


def students(gradebook: Gradebook, assignment: str) -> set[str]:
    """Return the students of whom the gradebook has a submission of an assignment."""
    rows = gradebook.db.query(SubmittedAssignment.student_id).join(Assignment)
    return {student for (student,) in rows.filter(Assignment.name == assignment)}


def by_hand(gradebook: Gradebook, assignment: str) -> dict[str, float]:
    """Return the scores of those students for whom somebody changed what the grader gave."""
    found = {}
    for submission in gradebook.assignment_submissions(assignment):
        grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
        if any(
            (one.manual_score is not None and one.auto_score is not None) or one.extra_credit
            for one in grades
        ):
            found[submission.student_id] = submission.score
    return found


def late(gradebook: Gradebook, assignment: str) -> set[str]:
    """Return the students whose submission is late now, or has a penalty for that."""
    rows = (
        gradebook.db.query(
            SubmittedAssignment.student_id,
            SubmittedAssignment.timestamp,
            SubmittedAssignment.extension,
            SubmittedAssignment.late_submission_penalty,
            Assignment.duedate,
        )
        .join(Assignment)
        .filter(Assignment.name == assignment)
    )
    return {
        student
        for student, timestamp, extension, penalty, due in rows
        if penalty or (timestamp and due and timestamp > due + (extension or timedelta()))
    }


def notebook(gradebook: Gradebook, name: str, assignment: str) -> Notebook:
    """Return one notebook of an assignment.

    Raises:
        MissingEntry: there is none of this name.
    """
    found = notebooks(gradebook, assignment)
    if name not in found:
        raise MissingEntry(f"{assignment} has no notebook {name}")
    return found[name]


def _cells(row) -> dict[str, NotebookNode]:
    points = {cell.name: cell.max_score for cell in row.grade_cells}
    tasks = {cell.name: cell.max_score for cell in row.task_cells}
    return {cell.name: _given(cell, points, tasks) for cell in row.source_cells}


def _given(cell, points: dict, tasks: dict) -> NotebookNode:
    """Return a cell as the gradebook remembers it."""
    marks = {
        "schema_version": 3,
        "grade_id": cell.name,
        "cell_type": cell.cell_type,
        "grade": cell.name in points,
        "locked": cell.locked,
        "task": cell.name in tasks,
        "solution": not cell.locked and cell.name not in tasks,
        "checksum": cell.checksum,
    }
    if cell.name in points | tasks:
        marks["points"] = (points | tasks)[cell.name]
    return NEW_CELL[cell.cell_type](cell.source, metadata={"nbgrader": marks})


def is_test(cell) -> bool:
    """Tell whether a cell is one that nbgrader would run to know its points."""
    return bool(cell.cell_type == "code" and is_grade(cell) and not is_solution(cell))


def is_grade_cell(cell) -> bool:
    """Tell whether a cell's points come from us: then it is not run beside the student's code."""
    return is_test(cell) and bool(cell.metadata.nbgrader.points)


def asked_in(cells: Iterable) -> dict[str, tuple[str, str]]:
    """Return the exercise and the dimension that grade cells ask, by `grade_id`.

    Raises:
        UnclearCell: a grade cell uses this package, and what it asks cannot be read. No kernel may
            run it beside what a student wrote.
    """
    found = {}
    for cell in filter(is_test, cells):
        try:
            asked = _asked(cell.source)
        except ValueError:
            raise UnclearCell(
                f"what its grade cell {cell.metadata.nbgrader.grade_id} asks cannot be read. Write "
                "the exercise and the dimension as literals, one `points` call in each cell, as in "
                f'points("EXERCISE", "{DIMENSIONS[0]}", globals()); the dimensions are '
                f"{', '.join(DIMENSIONS)}. Then generate the assignment anew"
            ) from None
        if asked:
            found[cell.metadata.nbgrader.grade_id] = asked
    return found


def exercises_in(cells: Iterable) -> tuple[str, ...]:
    """Return the names of the exercises that grade cells ask, by name."""
    return tuple(sorted({exercise for exercise, _ in asked_in(cells).values()}))


@functools.lru_cache(maxsize=10_000)
def _asked(source: str) -> tuple[str, str] | None:
    """Return the exercise and the dimension that the source of a grade cell asks, if it does.

    Raises:
        ValueError: it uses this package, and what it asks cannot be read.
    """
    tree = _parsed(source)
    uses = bool(OUR_WORDS.search(source)) if tree is None else _uses_us(tree)
    nodes = list(ast.walk(tree)) if tree else []
    names = {"points"} | {
        alias.asname
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == "points"
    }
    calls = [node for node in nodes if isinstance(node, ast.Call) and _called(node) in names]
    given = [_given_to(call) for call in calls]
    if not uses and not any(
        len(one) == 2 or _passes_globals(call) for call, one in zip(calls, given, strict=True)
    ):
        return None
    if len(calls) == 1 and len(given[0]) == 2 and given[0][1] in DIMENSIONS:
        return given[0]
    raise ValueError("what it asks cannot be read")


def _parsed(source: str) -> ast.AST | None:
    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError):
        return None


def _uses_us(tree: ast.AST) -> bool:
    """Tell whether code imports this package, or names what it would import."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                text = " ".join(f"import {one.name}" for one in names)
            case ast.ImportFrom(module=str(module), names=names):
                text = " ".join(f"import {module}.{one.name}" for one in names)
            case ast.Constant(str(text)):
                pass
            case _:
                continue
        if OUR_WORDS.search(text):
            return True
    return False


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
    return ""


def _given_to(call: ast.Call) -> tuple[str, ...]:
    """Return the exercise and the dimension of a call, or less, if they are no literals."""
    given = dict(zip(("exercise", "dimension"), call.args, strict=False))
    given |= {word.arg: word.value for word in call.keywords}
    match given.get("exercise"), given.get("dimension"):
        case ast.Constant(str(exercise)), ast.Constant(str(dimension)):
            return exercise, dimension
    return ()


def _passes_globals(call: ast.Call) -> bool:
    given = [*call.args, *(word.value for word in call.keywords)]
    return any(isinstance(one, ast.Call) and _called(one) == "globals" for one in given)


def gradebook_problem(error: BaseException | None) -> str:
    """Return what a user can do about an exception of the database, or nothing."""
    if not isinstance(error, SQLAlchemyError):
        return ""
    said = str(getattr(error, "orig", None) or error).strip()
    if "no such column" in said or "no such table" in said:
        how = "another version of nbgrader made it. Back it up, then run: nbgrader db upgrade"
    elif "locked" in said:
        how = "another program writes to it. Close formgrader, then run the same command again"
    elif "readonly" in said or "unable to open" in said:
        how = "make it a file that you may write, in a folder that you may write"
    elif "not a database" in said or "malformed" in said:
        how = "it is damaged or no gradebook. Put back a copy, or move it and build anew"
    else:
        how = "look at its file"
    return f"the gradebook cannot be used ({said}): {how}"
