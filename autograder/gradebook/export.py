"""Export grades from nbgrader's gradebook with the points per dimension."""

import csv
import io
from pathlib import Path

from nbgrader.plugins import ExportPlugin
from rich import box
from rich.table import Table

from autograder.gradebook import assignments
from autograder.records.results import DIMENSIONS, write_atomically
from autograder.show.console import Output
from autograder.show.terminal import named

COLUMNS = (
    "assignment",
    "student_id",
    "last_name",
    "first_name",
    *DIMENSIONS,
    "score",
    "max_score",
    "needs_manual_grade",
    "raw_score",
    "late_penalty",
    "other",
    "handed_in",
)


class PointsPerDimension(ExportPlugin):
    """Write a CSV file, one row per student and assignment, and print it as a table.

    The points of a dimension are the sum of what all exercises of the assignment have in it; those
    of cells that ask no exercise, graded by hand for example, are "other". As nbgrader's own
    exporter does, it writes a row of zeros for who handed in nothing; the table leaves out
    assignments that nobody handed in.
    """

    def export(self, gradebook):
        rows = []
        for assignment in gradebook.assignments:
            if not self.assignment or assignment.name in map(str, self.assignment):
                rows += self._rows(gradebook, assignment)
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS)
        writer.writeheader()
        writer.writerows([{name: _cell(row[name]) for name in COLUMNS} for row in rows])
        path = Path(self.to or "grades.csv")
        write_atomically(path, text.getvalue())
        self._show(rows)
        Output(width=max(100, Output().width)).print(f"grades: {path}", markup=False)

    def _rows(self, gradebook, assignment) -> list[dict]:
        asked = {}
        for notebook in assignments.notebooks(gradebook, assignment.name).values():
            dimensions = assignments.asked_in(notebook.cells.values())
            for name, cell in notebook.cells.items():
                if cell.metadata.nbgrader.get("points"):
                    asked[notebook.name, name] = dimensions.get(name, ("", "other"))[1]
        handed_in = {one.student_id: one for one in assignment.submissions}
        return [
            _row(assignment, student, handed_in.get(student.id), asked)
            for student in sorted(gradebook.students, key=lambda one: one.id)
            if not self.student or student.id in map(str, self.student)
        ]

    def _show(self, rows: list[dict]) -> None:
        used = {row["assignment"] for row in rows if row["handed_in"]}
        shown = [row for row in rows if row["assignment"] in used]
        titles = {"other": "other", "late_penalty": "late", "score": "score", "max_score": "of"}
        numbers = {name: name for name in DIMENSIONS} | titles
        for name in ("other", "late_penalty"):
            if not any(row[name] for row in shown):
                del numbers[name]
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for title in ("exercise", "student"):
            table.add_column(title, overflow="fold")
        for title in numbers.values():
            table.add_column(title, justify="right", no_wrap=True)
        table.add_column("", no_wrap=True)
        for row in shown:
            points = ["" if row[name] is None else f"{row[name]:g}" for name in numbers]
            look = "look at" if row["needs_manual_grade"] else ""
            look = look if row["handed_in"] else "not handed in"
            table.add_row(named(row["assignment"]), named(row["student_id"]), *points, look)
        console = Output(width=max(100, Output().width))
        console.print(table)
        if unused := sorted({row["assignment"] for row in rows} - used):
            console.print(f"nobody handed in: {', '.join(map(named, unused))}")


def _row(assignment, student, submission, asked: dict) -> dict:
    """Return a row; without a submission, it says zero.

    Args:
        assignment: of the gradebook.
        student: of the gradebook.
        submission: the student's, or None.
        asked: the column by the names of a notebook and of a grade cell.
    """
    points = dict.fromkeys(asked.values(), 0.0)
    for notebook in submission.notebooks if submission else []:
        for grade in notebook.grades:
            if column := asked.get((notebook.name, grade.name)):
                points[column] += grade.score or 0
    raw = submission.score if submission else 0.0
    penalty = submission.late_submission_penalty if submission else 0.0
    return {
        "assignment": assignment.name,
        "student_id": student.id,
        "last_name": student.last_name or "",
        "first_name": student.first_name or "",
        **{name: points.get(name) for name in (*DIMENSIONS, "other")},
        "score": max(0.0, raw - penalty),
        "max_score": assignment.max_score,
        "needs_manual_grade": bool(submission and submission.needs_manual_grade),
        "raw_score": raw,
        "late_penalty": penalty,
        "handed_in": submission is not None,
    }


def _cell(value) -> str:
    """Return a value as text that no spreadsheet takes for a formula."""
    if value is None or isinstance(value, (int, float)):
        return "" if value is None else f"{value:g}"
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
