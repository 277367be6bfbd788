"""Read what was submitted, and rebuild it around what was released: the first half of autograding.

Of what a student wrote, nbformat, nbconvert and nbgrader get nothing but the text of cells.
"""

import copy
import os
from collections.abc import Collection, Iterator
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.gradebook import assignments, overlooked, tuning
from autograder.gradebook.assignments import NEW_CELL, is_grade_cell, is_test
from autograder.gradebook.handover import handover
from autograder.records import submissions
from autograder.records.results import DIMENSIONS
from autograder.records.submissions import Submission
from autograder.records.text import line

OURS = "autograder"  # our part of a sanitized notebook's metadata
UNREADABLE = "unreadable"  # why
LOCKED = "locked"  # its cells run in a child, though no exercise is asked in it
MAX_FILES = 10_000  # in one submission; nbgrader copies them all


class BadFolder(ValueError):
    """A folder that was handed in cannot be graded as it is; says what to do."""


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


def read_script(file: Path, original: assignments.Notebook) -> tuple[nbformat.NotebookNode, str]:
    """Return a script as a notebook, and why it could not be read, if it could not.

    All of it stands where the notebook has the solution, if that is one cell. A notebook that was
    called `.py` is one.
    """
    notebook, problem = read(file)
    if not problem:
        return notebook, ""
    given = submissions.read(file, original.name, linked=file.is_symlink())
    if given.problem:
        cells = [new_markdown_cell("This file could not be read as Python.")]
        return new_notebook(cells=cells), given.problem
    names = [name for name, cell in original.cells.items() if is_answer(cell)]
    marks = {"nbgrader": {"grade_id": names[0]}} if len(names) == 1 else {}
    cells = [NEW_CELL["code"](source, metadata=marks) for source in given.cells]
    return new_notebook(cells=cells), ""


def is_answer(cell) -> bool:
    """Tell whether a cell that was given is one that students write code in."""
    return cell.cell_type == "code" and not cell.metadata.nbgrader.locked


class ReadAnything(NotebookExporter):
    """Reads what a student submitted as a notebook, whatever it is.

    nbgrader would stop at a file that is no notebook and keep an earlier score. Where it grades a
    whole class, what it will pass over is said.
    """

    def __init__(self, config=None, **kwargs):
        super().__init__(config=config, **kwargs)
        tuning.open_gradebooks_once()
        if type(self.parent) is Autograde and self.parent.coursedir.student_id == "*":
            for where, what in _overlooked(self.parent):
                self.log.warning(line(f"not graded: {where}: {what}", 500))

    def from_filename(self, filename, resources=None, **kwargs):
        if not any(isinstance(step, Sanitize) for step in self._preprocessors):
            return super().from_filename(filename, resources, **kwargs)  # what that has written
        refuse_folder(Path(filename).parent, {Path(filename).name})
        known = handover(resources)
        if known.ahead:
            return self.from_notebook_node(known.ahead.notebook, resources, **kwargs)
        notebook, known.problem = read(Path(filename))
        return self.from_notebook_node(notebook, resources, **kwargs)


def _overlooked(converter: Autograde) -> list[overlooked.Found]:
    """Return what is in the folder of submissions and no work for nbgrader's own command."""
    coursedir = converter.coursedir
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        notebooks = assignments.assignments(gradebook)
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


class Sanitize(NbGraderPreprocessor):
    """Rebuild a submission: what was given is as it was given, what is the student's stays.

    Tags and other metadata go: a tag may skip a cell. Locked cells come from the gradebook, once
    each; where an exercise is asked, the tests and grade cells stand at the end. Copies of the
    solution cell stay as plain cells.
    """

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        if handover(resources).ahead:
            return nb, resources  # it is sanitized already
        with Gradebook(about["db_url"]) as gradebook:
            original = assignments.notebook(gradebook, about["notebook"], about["assignment"])
        return sanitized(nb, original, handover(resources).problem), resources


def sanitized(nb, original: assignments.Notebook, problem: str) -> nbformat.NotebookNode:
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
    asked = assignments.asked_in(missing)
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
    if is_test(cell) and not dimension:  # the cell that runs the public tests is named after them
        return True, exercise, -1, name
    return is_test(cell), exercise, DIMENSIONS.index(dimension) if dimension else -1, ""


def ours(nb) -> dict:
    """Return what a sanitized notebook says about itself."""
    return nb.metadata.get(OURS, {})


def submission(nb, student: str, name: str) -> Submission:
    """Return what a sanitized notebook holds of the student's."""
    cells = tuple(cell.source for cell in theirs(nb))
    return Submission(student, name, True, cells, problem=ours(nb).get(UNREADABLE, ""))


def theirs(nb) -> list:
    """Return the code cells that run beside the student's code, in order."""
    return [cell for cell in nb.cells if cell.cell_type == "code" and not is_grade_cell(cell)]
