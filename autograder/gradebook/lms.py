"""Write grades as learning management systems take them.

Canvas and Blackboard know students and columns by ids of their own, so what they exported is filled
in, and everything else in it stays as it was. Moodle has a worksheet like that for each assignment;
its gradebook takes any table with e-mail addresses or ID numbers.
"""

import csv
import functools
import io
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.gradebook.choice import opened
from autograder.gradebook.export import cell, rows
from autograder.gradebook.roster import Roster, bare
from autograder.grading.reference import GraderError
from autograder.records.course import Course
from autograder.records.results import write_atomically

# Where a title of Canvas ends: `Huber loss (12345)`; of Blackboard: `… [Total Pts: 22 Score] |678`.
CANVAS = re.compile(r"(?P<title>.*) \(\d+\)")
BLACKBOARD = re.compile(r"(?P<title>.*?) \[Total Pts: (?:up to )?(?P<most>[\d.,]+)[^\]]*\] ?\|\d+")
CANVAS_PEOPLE = ("SIS User ID", "SIS Login ID", "Student")
BLACKBOARD_PEOPLE = ("Username", "Student ID")
MOODLE_COLUMNS = ("ID number", "Email address", "First name", "Last name")
NOT_GRADED = "-"  # Moodle: no grade
# Of Moodle's worksheet: what its importer looks for, and who the student is.
WORKSHEET = ("Identifier", "Grade", "Last modified (grade)")
WORKSHEET_PEOPLE = ("ID number", "Username", "Email address", "Full name")
CHANGEABLE = "Grade can be changed"


@dataclass
class Filled:
    """What was written.

    Attributes:
        path: the file.
        scores: how many.
        notes: sentences on who or what was left out.
    """

    path: Path
    scores: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """A table that an LMS exported, and how it was written."""

    path: Path
    rows: list[list[str]]
    encoding: str
    delimiter: str

    @classmethod
    def read(cls, path: Path) -> "Table":
        """Read a table of text: CSV, or what Blackboard calls .xls, which is tabs in UTF-16.

        Raises:
            GraderError: it is none.
        """
        content = path.read_bytes()
        wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        encoding = "utf-16" if wide else "utf-8-sig" if content[:3] == b"\xef\xbb\xbf" else "utf-8"
        try:
            text = content.decode(encoding)
        except UnicodeError:
            raise GraderError(
                f"{path} is no table of text in UTF-8. Download it as CSV again"
            ) from None
        head = text.partition("\n")[0]
        delimiter = max("\t,;", key=head.count)
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        except csv.Error as error:
            raise GraderError(f"{path} is no CSV ({error}). Download it again") from None
        if not rows:
            raise GraderError(f"{path} is empty. Download it again")
        return cls(path, rows, encoding, delimiter)

    def write(self, path: Path) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self.delimiter).writerows(self.rows)
        write_atomically(path, text.getvalue().encode(self.encoding))

    def index(self, *names: str) -> list[int]:
        """Return the places of those of these columns that there are."""
        return [self.rows[0].index(name) for name in names if name in self.rows[0]]


@dataclass(frozen=True)
class Grades:
    """What is to be written.

    Attributes:
        rows: of `export.rows`.
        roster: the class list.
        titles: what the LMS calls an assignment, if that is another name.
        zeros: write 0 for who handed in nothing; otherwise what the LMS has stays.
    """

    rows: list[dict]
    roster: Roster
    titles: Mapping[str, str]
    zeros: bool

    @classmethod
    def of(cls, course: Course, names: list[str], columns: list[str], zeros: bool) -> "Grades":
        """Return the grades of a course, in some assignments or in all.

        Args:
            course: with a gradebook.
            names: of the assignments; all of them by default.
            columns: see `titles`.
            zeros: see above.

        Raises:
            GraderError: there is no gradebook, or no such assignment.
        """
        with opened(course) as (gradebook, _):
            there = [one.name for one in gradebook.assignments]
            if strange := [name for name in names if name not in there]:
                raise GraderError(
                    f"no assignment {strange[0]!r} in the gradebook. There are: "
                    f"{', '.join(there) or 'none'}"
                )
            roster = Roster.of(gradebook)
            return cls(rows(gradebook, names), roster, titles(columns, there), zeros)

    def score(self, assignment: str, student: str) -> tuple[float, float] | None:
        """Return a score and the highest one, if there is anything to write."""
        row = self._found.get((assignment, student))
        if row and (row["handed_in"] or self.zeros):
            return row["score"], row["max_score"]
        return None

    @functools.cached_property
    def _found(self) -> dict[tuple[str, str], dict]:
        return {(row["assignment"], row["student_id"]): row for row in self.rows}

    @functools.cached_property
    def assignments(self) -> list[str]:
        """Those that somebody handed in, or all with `zeros`."""
        found = (row["assignment"] for row in self.rows if row["handed_in"] or self.zeros)
        return list(dict.fromkeys(found))

    def column(self, title: str) -> str:
        """Return which assignment a title of the LMS means, or nothing."""
        for name in self.assignments:
            if bare(title) == bare(self.titles.get(name, name)):
                return name
        return ""


def titles(columns: Iterable[str], there: Collection[str]) -> dict[str, str]:
    """Return what the LMS calls assignments, from `ASSIGNMENT=TITLE`.

    Raises:
        GraderError: that is not what was written, or there is no such assignment.
    """
    found = {}
    for column in columns:
        name, equals, title = column.partition("=")
        if name not in there or not equals or not title:
            raise GraderError(
                f"--column {column!r}: write ASSIGNMENT=TITLE, with one of {', '.join(there)}"
            )
        found[name] = title
    return found


def canvas(grades: Grades, export: Path, to: Path) -> Filled:
    """Fill in the gradebook that Canvas exported.

    The first rows name the columns, say which are not posted, and hold the points possible; those
    of totals are "(read only)".
    """
    table = Table.read(export)
    header = table.rows[0]
    if not table.index("ID") or not table.index("Section"):
        raise GraderError(
            f"{export} is no gradebook of Canvas: its first line lacks the columns ID and Section. "
            "In Canvas, open Grades, Export, Export Entire Gradebook"
        )
    points = next((row for row in table.rows[1:] if "Points Possible" in "".join(row[:1])), [])
    columns = {}
    for index, title in enumerate(header):
        found = CANVAS.fullmatch(title)
        name = grades.column(found["title"]) if found else ""
        if name and "read only" not in "".join(points[index : index + 1]):
            columns[index] = (name, "".join(points[index : index + 1]))
    # Above the row of points there is no student.
    first = table.rows.index(points) + 1 if points else 1
    ids = table.index("ID")
    return _fill(grades, table, to, first, table.index(*CANVAS_PEOPLE), columns, ids)


def blackboard(grades: Grades, download: Path, to: Path) -> Filled:
    """Fill in the grade center that Blackboard wrote for working offline."""
    table = Table.read(download)
    if not table.index("Username"):
        raise GraderError(
            f"{download} is no grade center of Blackboard: its first line lacks the column "
            "Username. In Blackboard, choose Work Offline, Download"
        )
    columns = {}
    for index, title in enumerate(table.rows[0]):
        found = BLACKBOARD.fullmatch(title)
        if found and (name := grades.column(found["title"])):
            columns[index] = (name, found["most"])
    return _fill(grades, table, to, 1, table.index(*BLACKBOARD_PEOPLE), columns)


def worksheet(grades: Grades, download: Path, to: Path) -> Filled:
    """Fill in the grading worksheet that Moodle wrote for one assignment.

    Moodle refuses a grade that was changed there since, by what "Last modified (grade)" says, so
    that stays as it was.
    """
    table = Table.read(download)
    if lacking := [name for name in WORKSHEET if not table.index(name)]:
        raise GraderError(
            f"{download} is no grading worksheet of Moodle: its first line lacks "
            f"{', '.join(lacking)}. In the assignment's settings, switch on Offline grading "
            "worksheet under Feedback types; then choose Submissions, Download grading worksheet"
        )
    if not (people := table.index(*WORKSHEET_PEOPLE)):
        raise GraderError(
            f"{download} names no student: submissions are anonymous there. Reveal the identities "
            "in Moodle, and download it again"
        )
    if len(grades.assignments) != 1:
        known = ", ".join(grades.assignments) or "none that anybody handed in"
        raise GraderError(
            f"a worksheet is of one assignment. Write its name in front of the option; there are "
            f"{known}"
        )
    [name] = grades.assignments
    [column] = table.index("Grade")
    most = "".join(row[index] for index in table.index("Maximum Grade") for row in table.rows[1:2])
    fixed = table.index(CHANGEABLE)
    return _fill(grades, table, to, 1, people, {column: (name, most)}, fixed=fixed)


def _fill(
    grades: Grades,
    table: Table,
    to: Path,
    first: int,
    people: list[int],
    columns: Mapping[int, tuple[str, str]],
    ids: list[int] | None = None,
    fixed: Collection[int] = (),
) -> Filled:
    """Fill in columns of a table, and write it.

    Args:
        grades: what to fill in.
        table: what the LMS wrote.
        to: where to write.
        first: the first row of a student.
        people: the columns that say who that is, the surest first.
        columns: the assignment, and its highest score in the LMS, by index.
        ids: the columns with ids of the LMS's own.
        fixed: the columns that say "No" where the LMS would take no other score.
    """
    there = {name for name, _ in columns.values()}
    missing = [name for name in grades.assignments if name not in there]
    if not columns:
        titles = ", ".join(filter(None, table.rows[0]))
        raise GraderError(
            f"{table.path} has no column for {', '.join(missing) or 'any assignment'}. If it has "
            f"another name there, add --column ASSIGNMENT=TITLE. Its columns are {titles}"
        )
    filled, seen = Filled(to), set()
    for row in table.rows[first:]:
        own = [row[index] for index in ids or () if index < len(row)]
        who, why = grades.roster.find((row[index] for index in people if index < len(row)), *own)
        if who is None:
            filled.notes.append(f"{why}; this row stays as it was")
            continue
        seen.add(who.id)
        if any(row[index : index + 1] == ["No"] for index in fixed):
            filled.notes.append(
                f"{who.id} has a grade that is fixed there; this row stays as it was"
            )
            continue
        for index, (name, most) in columns.items():
            found = grades.score(name, who.id)
            if found and index < len(row):
                row[index] = _scaled(*found, most)
                filled.scores += 1
    for student in sorted(grades.roster.students.keys() - seen):
        if any(grades.score(name, student) for name in grades.assignments):
            filled.notes.append(f"{student} is not in {table.path.name}")
    filled.notes += [f"no column for {name} in {table.path.name}" for name in missing]
    filled.notes += _scales(grades, columns)
    table.write(to)
    return filled


def _scaled(score: float, most: float, theirs: str) -> str:
    """Return a score as a share of what the LMS gives."""
    known = _number(theirs)
    return f"{round(score * known / most, 2) if known and most else score:g}"


def _scales(grades: Grades, columns: Mapping[int, tuple[str, str]]) -> list[str]:
    """Return sentences on scores that are written as shares of another highest score."""
    most = {row["assignment"]: row["max_score"] for row in grades.rows}
    return [
        f"{name}: {most[name]:g} points here are {theirs} there, so all scores are scaled"
        for name, theirs in columns.values()
        if _number(theirs) not in (0, most[name])
    ]


def _number(text: str) -> float:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return 0.0


def moodle(grades: Grades, to: Path) -> Filled:
    """Write a table for Moodle: Grades, Import, CSV file.

    Moodle finds people by their ID number or e-mail address, and asks which column is which.
    """
    names = grades.assignments
    most = {row["assignment"]: row["max_score"] for row in grades.rows}
    text, filled = io.StringIO(newline=""), Filled(to)
    writer = csv.writer(text)
    writer.writerow([*MOODLE_COLUMNS, *(cell(grades.titles.get(name, name)) for name in names)])
    for student in grades.roster.students.values():
        found = [grades.score(name, student.id) for name in names]
        about = student.id, student.email, student.first_name, student.last_name
        scores = [f"{round(one[0], 2):g}" if one else NOT_GRADED for one in found]
        writer.writerow([*map(cell, about), *scores])
        filled.scores += sum(one is not None for one in found)
    for name in names:
        filled.notes.append(f"{name}: set its maximum grade in Moodle to {most[name]:g}")
    write_atomically(to, text.getvalue())
    return filled
