"""Make what students get of an exercise: the stub, and the notebook nbgrader releases."""

import ast
import copy
import hashlib
import json
import re
import subprocess
import textwrap
from collections.abc import Callable
from pathlib import Path

import jupytext
import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from autograder.authors import figures, public_hints, statements
from autograder.gradebook import assignments
from autograder.gradebook.release import BuildError, course_config, release
from autograder.grading import cache, known
from autograder.grading.grader import Grader
from autograder.grading.hints import differences
from autograder.grading.processes import Worker
from autograder.grading.seeds import HINT_SEEDS
from autograder.grading.verdicts import CheckInfo
from autograder.practice import about, fingerprints
from autograder.practice.fingerprints import FORMAT, KnownFailures, path_of
from autograder.records.course import Course
from autograder.records.exercises import Exercise
from autograder.records.practice import About
from autograder.records.results import DIMENSIONS, write_atomically
from autograder.records.text import short_hash

HEADER = """\
# autograder exercise: {0}
{1}# Fill in what says YOUR CODE HERE, then run: pytest exercises/{0}.py

"""
INDENT = "    "
STUB = "# YOUR CODE HERE"
CLEARED = re.compile(rf"solution-\d+|{'|'.join(DIMENSIONS)}")  # what nbgrader releases shorter
BUILT = re.compile(rf"given-\d+|public-tests(?:-shown)?|{CLEARED.pattern}")
PUBLIC_TESTS = """\
# These are the public tests.
try:
    from autograder.publictests import show
except ImportError:  # without the package, no table and no hints

    def show(exercise, *tests):
        for test in tests:
            test()
        print("The public tests pass.")


{tests}"""
SHOW_TESTS = """\
# This runs the public tests, and shows what they found.
show(
{arguments}
)"""
ABOUT_TESTS = """\
## Try it

Run the next two cells, which are folded, whenever you have changed something: the first holds the
public tests (click on it to read them), the second shows what they found."""
ABOUT_GRADE_CELLS = """\
The cells that name points hold nothing for you to write or to run: when your work is graded, they
show what hidden checks found."""
FOLDED = {"source_hidden": True}  # JupyterLab shows the first line; the output stays
GRADE_CELL = """\
# {dimension}: {points:g} points
### BEGIN HIDDEN TESTS
from autograder.notebook import points
points("{exercise}", "{dimension}", globals())
### END HIDDEN TESTS"""


def build(
    exercise: Exercise, checks: list[CheckInfo], course: Course, switched_off: list[str]
) -> list[Path]:
    """Write an exercise's stub, source notebook, hints and release into a course.

    Raises:
        BuildError: that failed, or would have removed what was not built; says what to do instead.
    """
    name = exercise.name
    stub_path = course.stub(name)
    source_path = course.source(name) / f"{name}.ipynb"
    release_path = course.release(name) / f"{name}.ipynb"
    figure_path = figures.path_of(name, course.exercises)
    figure = figures.figure_of(exercise, kept=figure_path)
    text = stub(exercise, sum(check.points for check in checks))
    notebook = source_notebook(exercise, checks, figure)
    made = Made(course)
    made.refuse_stub(stub_path, text)
    for path in (source_path, release_path):
        made.refuse_notebook(path, notebook, name)
    refuse_gradebook(name, notebook, course)
    write_atomically(stub_path, text)
    if figure:
        write_atomically(figure_path, figure)
    write_atomically(source_path, nbformat.writes(notebook) + "\n")
    hints_path = path_of(name, course.exercises)
    hints = hints_of(exercise, fingerprints.find(name, course.exercises), switched_off)
    told = about.as_data(about_exercise(exercise, checks, switched_off, text, notebook))
    for folder in (hints_path.parent, source_path.parent):  # nbgrader releases it from there
        hints.write(path_of(name, folder), name, told)
    for folder in (hints_path.parent, source_path.parent, release_path.parent):
        fingerprints.older_path_of(name, folder).unlink(missing_ok=True)
    made.remember(stub_path, source_path)
    release(name, course)
    made.remember(*_outputs(exercise, course))
    made.remember_content(name, _content(exercise, course))
    drawn = [figure_path] if figure else []
    return [stub_path, hints_path, source_path, release_path, *drawn]


def about_exercise(
    exercise: Exercise,
    checks: list[CheckInfo],
    switched_off: list[str],
    stub: str,
    notebook: nbformat.NotebookNode,
) -> About:
    """Return what students are told besides the statement."""
    released = copy.deepcopy(notebook)
    for step in (ClearSolutions(), ClearHiddenTests()):  # as nbgrader releases it
        released, _ = step.preprocess(released, {})
    code = tuple(cell.source for cell in released.cells if cell.cell_type == "code")
    asks = _asked_in_words(exercise)
    graded = {name: (points, asks.get(name, "")) for name, points in _points(checks).items()}
    untouched = frozenset([about.content((stub,)), about.content(code)])
    return About(tuple(switched_off), graded, untouched)


def _asked_in_words(exercise: Exercise) -> dict[str, str]:
    """Return what the statement says is graded in each dimension."""
    cells = exercise.notebook.cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    found = {}
    for name in DIMENSIONS:
        item = rf"(?m)^- \*\*{name.capitalize()}[.:]?\*\*[.:]? (.*(?:\n  .*)*)"
        if match := re.search(item, text):
            found[name] = " ".join(match[1].split())
    return found


def is_built(exercise: Exercise, course: Course) -> bool:
    """Tell whether all that was built is still there, and would be built the same."""
    made = Made(course)
    if known.is_outdated(exercise) or not all(map(made.is_same, _outputs(exercise, course))):
        return False
    try:
        return made.content(exercise.name) == _content(exercise, course)
    except BuildError:
        return False


def _content(exercise: Exercise, course: Course) -> str:
    """Return a name for all that is built from, and for what the gradebook has of it."""
    files = [exercise.reference_file, exercise.checks, exercise.chaffs_file, exercise.figure]
    files.append(statements.first_line(exercise, 0))  # it may name another exercise
    config = course.config.read_text(encoding="utf-8") if course.config.exists() else ""
    there = _in_gradebook(exercise.name, course)
    digests = [f"{name} {one.digest}" for name, one in sorted(there.items())]
    return cache.hashed([*files, config, *digests, *cache.surroundings()])


def _outputs(exercise: Exercise, course: Course) -> list[Path]:
    name = exercise.name
    source, release = course.source(name), course.release(name)
    return [
        course.stub(name),
        *(folder / f"{name}.ipynb" for folder in (source, release)),
        *(path_of(name, folder) for folder in (course.exercises, source, release)),
        *([figures.path_of(name, course.exercises)] if exercise.figure else []),
    ]


def hints_of(
    exercise: Exercise, kept: Path, switched_off: list[str] | None = None
) -> KnownFailures:
    """Return what the chaffs show in the public tests, as fingerprints with their hints.

    What was built from the same files is read from `kept`.
    """
    parts = [FORMAT, exercise.public_tests, *(one.source + one.note for one in exercise.chaffs)]
    key = short_hash("\0".join(parts), 16)
    if (hints := KnownFailures.read(kept)).key == key:
        return hints
    return public_hints.learn(exercise.name, public_hints.runs(exercise, switched_off), key)


def ship_known_mistakes(
    worker: Worker,
    exercise: Exercise,
    checks: list[CheckInfo],
    on_progress: Callable[[int, int], None],
) -> list[Path]:
    """Write beside an exercise what its known mistakes show, if it does not lie there already.

    What was asked on this machine replaces what is there, if that says otherwise.

    Args:
        worker: asks what is not known.
        exercise: the exercise.
        checks: what it asks.
        on_progress: called with how many mistakes were asked, and how many have to be.

    Returns:
        what was written.
    """
    keys, names = known.keys(exercise), [check.name for check in checks]
    shipped, here = known.shipped(exercise).answers, known.stored(exercise, keys.values())
    fits = list(shipped) == list(dict.fromkeys(keys.values())) and all(
        list(answers) == names for answers in shipped.values()
    )
    both = shipped.keys() & here.keys()
    if fits and not any(differences(checks, shipped[key], here[key]) for key in both):
        return []
    mistakes = Grader(worker, exercise, HINT_SEEDS).hints
    mistakes.on_progress = on_progress
    answers = mistakes.answers
    found = {key: here.get(key, answers[name]) for name, key in keys.items()}
    write_atomically(exercise.known_mistakes, known.pack(found))
    return [exercise.known_mistakes]


def known_mistakes(exercise: Exercise, course: Course) -> tuple[int, int]:
    """Return how many hints the public tests alone can give, and how many the chaffs have."""
    known = KnownFailures.read(path_of(exercise.name, course.exercises)).texts
    notes = {chaff.note for chaff in exercise.chaffs}
    return len(known & notes), len(notes)


def stub(exercise: Exercise, points: float = 0) -> str:
    """Return the `.py` file that a student fills in; it is the reference, cleared by nbgrader.

    Args:
        exercise: the exercise.
        points: how many it gives; its first lines say so.
    """
    notebook = statements.in_stub(exercise, points)
    for cell in notebook.cells:
        cell.metadata["nbgrader"] = {"solution": "solution" in cell.metadata.get("tags", [])}
    notebook, _ = ClearSolutions().preprocess(notebook, {})
    for cell in notebook.cells:
        cell.metadata.clear()
    notebook.metadata.clear()
    notebook.metadata["jupytext"] = {"notebook_metadata_filter": "-all"}
    header = HEADER.format(exercise.name, exercise.place.comment(points))
    return header + jupytext.writes(notebook, fmt="py:percent")


def source_notebook(
    exercise: Exercise, checks: list[CheckInfo], figure: bytes = b""
) -> nbformat.NotebookNode:
    """Return nbgrader's source: the reference with its metadata, and a grade cell per dimension.

    Args:
        exercise: the exercise.
        checks: what it asks.
        figure: of its statement, as PNG.
    """
    notebook = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    number = -1  # names stay the same when there is something more to look at
    for cell in statements.headed(exercise, sum(check.points for check in checks)).cells:
        tags = cell.metadata.get("tags", [])
        if statements.is_look(cell):
            notebook.cells += statements.looks(cell, exercise)
            continue
        number += 1
        if cell.cell_type == "markdown":
            notebook.cells += statements.texts(cell.source, exercise, figure)
            continue
        if "solution" in tags:
            made = _code(cell.source, f"solution-{number}", solution=True)
        elif "tests" in tags:
            arguments = ", ".join([f'"{exercise.name}"', *_names(cell.source)]) + ","
            arguments = textwrap.fill(
                arguments, 100, initial_indent=INDENT, subsequent_indent=INDENT
            )
            notebook.cells += _tests(cell.source, SHOW_TESTS.format(arguments=arguments))
            continue
        else:
            made = _code(cell.source, f"given-{number}", locked=True)
        notebook.cells.append(made)
    graded = _points(checks)
    if graded:
        notebook.cells.append(nbformat.v4.new_markdown_cell(ABOUT_GRADE_CELLS))
    for dimension, points in graded.items():
        source = GRADE_CELL.format(dimension=dimension, points=points, exercise=exercise.name)
        notebook.cells.append(_code(source, dimension, grade=True, locked=True, points=points))
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{exercise.name}-{number}".replace("_", "-")
    return notebook


def _points(checks: list[CheckInfo]) -> dict[str, float]:
    """Return the points in each dimension that an exercise asks."""
    found = {name: [one.points for one in checks if one.dimension == name] for name in DIMENSIONS}
    return {name: sum(points) for name, points in found.items() if points}


def _tests(tests: str, show: str) -> list[nbformat.NotebookNode]:
    """Return the cells that hold the public tests and run them.

    Validate shows the whole source of a cell that fails before it shows why: that one is short.
    """
    cells = [
        _code(source, name, grade=True, locked=True, points=0)
        for source, name in (
            (PUBLIC_TESTS.format(tests=tests), "public-tests"),
            (show, "public-tests-shown"),
        )
    ]
    for cell in cells:
        cell.metadata["jupyter"] = FOLDED
    return [nbformat.v4.new_markdown_cell(ABOUT_TESTS), *cells]


def _names(tests: str) -> list[str]:
    """Return the names of the public tests, each of which says its dimension in its docstring."""
    functions = [
        node
        for node in ast.parse(tests).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    for function in functions:
        doc = ast.get_docstring(function) or ""
        if doc.partition(": ")[0] not in DIMENSIONS:
            raise BuildError(
                f"the public test {function.name} has no dimension. Its docstring starts with one "
                f"of {', '.join(DIMENSIONS)}, a colon and what it asks. Received: {doc!r}"
            )
    return [function.name for function in functions]


def _code(source, grade_id, *, grade=False, locked=False, solution=False, points=None):
    metadata = {
        "schema_version": 3,
        "grade_id": grade_id,
        "cell_type": "code",
        "grade": grade,
        "locked": locked,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        metadata["points"] = points
    return nbformat.v4.new_code_cell(source, metadata={"nbgrader": metadata})


class Made:
    """Remembers what was built, to tell it from what somebody changed or added."""

    def __init__(self, course: Course):
        self._course, self._file = course.folder, course.made
        try:
            self._digests = dict(json.loads(self._file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            self._digests = {}

    def remember(self, *paths: Path) -> None:
        self._digests |= {self._name(path): _digest(path) for path in paths}
        self._write()

    def _write(self) -> None:
        write_atomically(self._file, json.dumps(self._digests, indent=1, sort_keys=True))

    def is_same(self, path: Path) -> bool:
        """Tell whether a file is as it was built."""
        return path.exists() and self._digests.get(self._name(path)) == _digest(path)

    def content(self, exercise: str) -> str:
        """Return a name for all that an exercise was built from."""
        return self._digests.get(exercise, "")

    def remember_content(self, exercise: str, content: str) -> None:
        self._digests[exercise] = content
        self._write()

    def _name(self, path: Path) -> str:
        return path.relative_to(self._course).as_posix()

    def _loses_nothing(self, path: Path) -> bool:
        """Tell whether a file may be written anew: it was built, or git has it as it is."""
        return not path.exists() or self.is_same(path) or _is_committed(path)

    def refuse_stub(self, path: Path, new: str) -> None:
        """Refuse to write over somebody's answer."""
        if self._loses_nothing(path):
            return
        try:
            old = path.read_text(encoding="utf-8")
        except UnicodeError:
            old = ""
        there = set(new.splitlines())
        lost = [line for line in old.splitlines() if line.strip() and line not in there]
        if old != new and (self._name(path) in self._digests or STUB not in old or lost):
            which = f" (`{lost[0].strip()[:60]}`, for example)" if lost else ""
            raise BuildError(
                f"{self._name(path)} was changed since it was built, and would be lost{which}. "
                "Move it elsewhere, then build again; if it is only an older stub, remove it"
            )

    def refuse_notebook(self, path: Path, new: nbformat.NotebookNode, exercise: str) -> None:
        """Refuse to write over a notebook with cells of somebody's own."""
        if self._loses_nothing(path):
            return
        try:
            old = nbformat.reads(path.read_text(encoding="utf-8"), 4).cells
            strange = [_called(cell) for cell in old if not _is_built(cell, new, exercise)]
        except Exception:  # whatever nbformat makes of it
            old, strange = [], ["what cannot be read as a notebook"]
        if self._name(path) in self._digests and not strange:
            texts = {cell.source for cell in new.cells}
            strange = [
                f"{_called(cell)}, changed"
                for cell in old
                if cell.source not in texts and not CLEARED.fullmatch(_grade_id(cell))
            ]
        if strange:
            raise BuildError(
                f"{self._name(path)} holds what `autograder build` did not make, and would remove: "
                f"{', '.join(strange[:5])}. To release it as it is, run: nbgrader "
                f"generate_assignment {exercise} --force. To have it built anew, move it away "
                "first. To keep both, copy it to a folder build/source/ASSIGNMENT of your own, and "
                "run: nbgrader generate_assignment ASSIGNMENT"
            )


def _is_committed(path: Path) -> bool:
    """Tell whether git has a file as it is."""
    command = ["git", "status", "--porcelain", "--ignored", "--", path.name]
    try:
        done = subprocess.run(command, cwd=path.parent, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0 and not done.stdout


def _in_gradebook(name: str, course: Course) -> dict[str, assignments.Notebook]:
    """Return the notebooks that the gradebook has of an assignment.

    Raises:
        BuildError: it cannot be read.
    """
    coursedir = CourseDirectory(config=course_config(course))
    url = make_url(coursedir.db_url)
    database = course.folder / (url.database or "")
    if url.get_backend_name() == "sqlite" and not database.exists():
        return {}
    if url.get_backend_name() == "sqlite":
        url = url.set(database=str(database))
    try:
        with Gradebook(url.render_as_string(False), coursedir.course_id) as gradebook:
            return assignments.notebooks(gradebook, name)
    except MissingEntry:
        return {}
    except assignments.UnclearCell as error:
        raise BuildError(f"{name}: {error}") from None
    except SQLAlchemyError as error:
        raise BuildError(assignments.gradebook_problem(error)) from None


def refuse_gradebook(name: str, new: nbformat.NotebookNode, course: Course) -> None:
    """Refuse to build if the gradebook would lose notebooks or cells that were not built."""
    known = _in_gradebook(name, course)
    source = course.source(name)
    lost = [f"{one}.ipynb" for one in known if not (source / f"{one}.ipynb").exists()]
    lost = [one for one in lost if one != f"{name}.ipynb"]
    if name in known:
        cells = known[name].cells.values()
        lost += [_called(cell) for cell in cells if not _is_built(cell, new, name)]
    if lost:
        raise BuildError(
            f"the gradebook has {', '.join(lost[:5])} in {name}, which `autograder build` did not "
            f"make, and would remove. Put the source into build/source/{name}, and run: nbgrader "
            f"generate_assignment {name} --force"
        )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _grade_id(cell) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _called(cell) -> str:
    """Return what people know a cell by."""
    grade_id = _grade_id(cell)
    return f"the cell {grade_id}" if grade_id else f"a cell {cell.source.strip()[:30]!r}"


def _is_built(cell, new: nbformat.NotebookNode, exercise: str) -> bool:
    """Tell whether a cell was built, perhaps from an older reference."""
    if grade_id := _grade_id(cell):
        return bool(BUILT.fullmatch(grade_id))
    number = re.fullmatch(re.escape(exercise.replace("_", "-")) + r"-\d+", cell.get("id", ""))
    return bool(number) or any(cell.source == one.source for one in new.cells)
