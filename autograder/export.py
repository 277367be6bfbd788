"""Export grades from nbgrader's gradebook with the points per dimension."""

import csv
import io
from pathlib import Path

from nbgrader.plugins import ExportPlugin
from rich.console import Console
from rich.table import Table

from autograder.report import named
from autograder.results import DIMENSIONS, write_atomically

COLUMNS = ("assignment", "student_id", "last_name", "first_name", *DIMENSIONS, "score", "max_score",
           "needs_manual_grade")  # fmt: skip


class PointsPerDimension(ExportPlugin):
    """Write a CSV file, one row per submission, and print it as a table."""

    def export(self, gradebook):
        rows = [
            _row(assignment.name, submission)
            for assignment in gradebook.assignments
            if not self.assignment or assignment.name in map(str, self.assignment)
            for submission in sorted(assignment.submissions, key=lambda one: one.student.id)
            if not self.student or submission.student.id in map(str, self.student)
        ]
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        writer.writerows([[_cell(value) for value in row] for row in rows])
        path = Path(self.to or "grades.csv")
        write_atomically(path, text.getvalue())
        table = Table()
        for column in ("exercise", "student", *DIMENSIONS, "score", "of", "look at"):
            table.add_column(column, no_wrap=True)
        for assignment, student, _, _, *points, manual in rows:
            shown = ["" if value is None else f"{value:g}" for value in points]
            table.add_row(named(assignment), named(student), *shown, "yes" if manual else "")
        console = Console(width=max(100, Console().width))
        console.print(table)
        console.print(f"grades: {path}")


def _row(assignment: str, submission) -> tuple:
    scores: dict[str, float] = {}
    for notebook in submission.notebooks:
        for grade in notebook.grades:
            scores[grade.name] = scores.get(grade.name, 0) + (grade.score or 0)
    student = submission.student
    return (
        assignment, student.id, student.last_name or "", student.first_name or "",
        *(scores.get(name) for name in DIMENSIONS), submission.score, submission.max_score,
        submission.needs_manual_grade,
    )  # fmt: skip


def _cell(value) -> str:
    """Return a value as text that no spreadsheet takes for a formula."""
    if value is None or isinstance(value, (int, float)):
        return "" if value is None else f"{value:g}"
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
