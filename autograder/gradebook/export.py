"""Export grades from nbgrader's gradebook with the points per dimension."""

import csv
import io
import statistics
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from rich import box
from rich.table import Table

from autograder.gradebook import assignments
from autograder.records.results import DIMENSIONS, write_atomically
from autograder.show.console import Output
from autograder.show.terminal import MAX_ROWS, named

# nbgrader's own, in its order, then ours.
COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
    *DIMENSIONS,
    "other",
    "needs_manual_grade",
    "by_hand",
    "handed_in",
)
# In 80 columns, names need the room.
NARROW = {
    "numerics": "nume-\nrics",
    "gradients": "gradi-\nents",
    "serialization": "seriali-\nzation",
}


class PointsPerDimension(ExportPlugin):
    """Write a CSV file, one row per student and assignment, and print it as a table.

    It has all that nbgrader's own exporter has. The points of a dimension are the sum of what all
    exercises of the assignment have in it; those of cells that ask no exercise, graded by hand for
    example, are "other". Who handed in nothing has a row of zeros; the table leaves out assignments
    that nobody handed in.
    """

    def export(self, gradebook):
        found = rows(gradebook, map(str, self.assignment), map(str, self.student))
        path = Path(self.to or "grades.csv")
        write(path, COLUMNS, found)
        console = Output(width=max(80, Output().width))
        show(found, console)
        console.print(f"grades: {path}", markup=False)


def rows(gradebook: Gradebook, names: Iterable[str] = (), students: Iterable[str] = ()) -> list:
    """Return a row for each assignment and each student of the class list, as `COLUMNS` say.

    Args:
        gradebook: open.
        names: of the assignments; all of them by default.
        students: their ids; all of them by default.
    """
    names, students, found = set(names), set(students), []
    everybody = sorted(gradebook.students, key=lambda one: one.id)
    for assignment in gradebook.assignments:
        if names and assignment.name not in names:
            continue
        asked = _asked(gradebook, assignment.name)
        handed_in = {one.student_id: one for one in assignment.submissions}
        found += [
            _row(assignment, student, handed_in.get(student.id), asked)
            for student in everybody
            if not students or student.id in students
        ]
    return found


def wide(found: list[dict]) -> tuple[list[str], list[dict]]:
    """Return columns and a row per student, with the score in each assignment, and their sum."""
    names = list(dict.fromkeys(row["assignment"] for row in found))
    about = ["student_id", "last_name", "first_name", "email"]
    students: dict[str, dict] = {}
    for row in found:
        student = students.setdefault(
            row["student_id"], {name: row[name] for name in about} | {"total": 0.0}
        )
        student[row["assignment"]] = row["score"] if row["handed_in"] else None
        student["total"] += row["score"]
    return [*about, *names, "total"], list(students.values())


def write(path: Path, columns: Sequence[str], found: Iterable[dict]) -> None:
    """Write rows as CSV."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(cell(name) for name in columns)
    writer.writerows([cell(row.get(name)) for name in columns] for row in found)
    write_atomically(path, text.getvalue())


def show(found: list[dict], console: Output, most: int = MAX_ROWS) -> None:
    """Print rows as a table; of more than `most`, print what they are on average."""
    used = {row["assignment"] for row in found if row["handed_in"]}
    shown = [row for row in found if row["assignment"] in used]
    titles = {"other": "other", "late_submission_penalty": "late", "score": "score"}
    short = NARROW if console.width < 100 else {}
    numbers = {name: short.get(name, name) for name in DIMENSIONS} | titles | {"max_score": "of"}
    for name in ("other", "late_submission_penalty"):
        if not any(row[name] for row in shown):
            del numbers[name]
    for name in DIMENSIONS:
        if all(row[name] is None for row in shown):
            del numbers[name]
    few = len(shown) <= most
    padding = (0, 0) if short else (0, 1)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=padding)
    table.add_column("exercise", overflow="fold", min_width=10)
    table.add_column(
        "student" if few else "handed in", overflow="fold", min_width=10, no_wrap=not few
    )
    for title in numbers.values():
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for row in shown if few else _means(shown, numbers):
        points = ["" if row[name] is None else f"{round(row[name], 2):g}" for name in numbers]
        who = named(str(row["student_id"]))
        table.add_row(named(row["assignment"]), who, *points, _note(row))
    console.print(table)
    if unused := sorted({row["assignment"] for row in found} - used):
        console.print(f"nobody handed in: {', '.join(map(named, unused))}")


def _means(found: list[dict], numbers: Iterable[str]) -> Iterator[dict]:
    """Yield a row for each assignment: the means of what was handed in."""
    for name in dict.fromkeys(row["assignment"] for row in found):
        some = [row for row in found if row["assignment"] == name]
        there = [row for row in some if row["handed_in"]]
        yield {
            "assignment": name,
            "student_id": f"{len(there)} of {len(some)}",
            **{key: _mean([row[key] for row in there]) for key in numbers},
            "needs_manual_grade": sum(row["needs_manual_grade"] for row in there),
            "by_hand": sum(row["by_hand"] for row in there),
            "handed_in": True,
        }


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None


def _note(row: dict) -> str:
    """Return what is special about a row, or about how many of a mean."""
    if not row["handed_in"]:
        return "not handed in"
    notes = []
    for column, words in (("needs_manual_grade", "look at"), ("by_hand", "by hand")):
        if count := row[column]:
            notes.append(words if isinstance(count, bool) else f"{words}: {count}")
    return "\n".join(notes)


def _asked(gradebook: Gradebook, name: str) -> dict[tuple[str, str], str]:
    """Return the column of each grade cell of an assignment, by its notebook and its name."""
    asked = {}
    for notebook in assignments.notebooks(gradebook, name).values():
        dimensions = assignments.asked_in(notebook.cells.values())
        for cell_name, given in notebook.cells.items():
            if given.metadata.nbgrader.get("points"):
                asked[notebook.name, cell_name] = dimensions.get(cell_name, ("", "other"))[1]
    return asked


def _row(assignment, student, submission, asked: dict) -> dict:
    """Return a row; without a submission, it says zero.

    Args:
        assignment: of the gradebook.
        student: of the gradebook.
        submission: the student's, or None.
        asked: the column by the names of a notebook and of a grade cell.
    """
    points, by_hand = dict.fromkeys(asked.values(), 0.0), False
    for notebook in submission.notebooks if submission else []:
        for grade in notebook.grades:
            if column := asked.get((notebook.name, grade.name)):
                points[column] += grade.score or 0
                # What only people grade was not changed by them.
                by_hand |= grade.manual_score is not None and grade.auto_score is not None
                by_hand |= bool(grade.extra_credit)
    raw = submission.score if submission else 0.0
    penalty = (submission.late_submission_penalty or 0.0) if submission else 0.0
    return {
        "assignment": assignment.name,
        "duedate": assignment.duedate,
        "timestamp": submission.timestamp if submission else None,
        "student_id": student.id,
        "last_name": student.last_name or "",
        "first_name": student.first_name or "",
        "email": student.email or "",
        **{name: points.get(name) for name in (*DIMENSIONS, "other")},
        "raw_score": raw,
        "late_submission_penalty": penalty,
        "score": max(0.0, raw - penalty),
        "max_score": assignment.max_score,
        "needs_manual_grade": bool(submission and submission.needs_manual_grade),
        "by_hand": bool(by_hand),
        "handed_in": submission is not None,
    }


def cell(value) -> str:
    """Return a value as text that no spreadsheet takes for a formula."""
    if value is None or isinstance(value, (int, float)):
        return "" if value is None else f"{value:g}"
    value = str(value)
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
