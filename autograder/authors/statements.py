"""What `build` adds to a statement: its first line, its figure, what is folded, and what to run."""

import ast
import base64
import re
import textwrap
from collections.abc import Iterator

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.authors import figures
from autograder.gradebook.release import BuildError
from autograder.records import places
from autograder.records.exercises import Exercise, find_all

BASICS = "Python, NumPy, and how a Keras model is made, compiled and fitted"
FIGURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\(figure\.png\)")
FOLDED = re.compile(r"(?ms)^## What is graded\n+(?P<text>.*?)(?=^## |\Z)")
DETAILS = """\
## What is graded

<details><summary>Show what is graded, switched off and out of scope</summary>

{}

</details>

"""
# In a stub: nothing runs before somebody asks.
IN_STUB = "# To see it: autograder look exercises/{}.py\n"
# In a notebook. While grading, this `look` does nothing.
IN_NOTEBOOK = """\
{source}


try:
    from autograder.cells import look
except ImportError:  # without the package
    look = lambda function: {instead}
look({function})"""
PRINTS = "function()"
DRAWS = 'print("To see a picture: install keras-autograder[notebook] with pip.")'


def first_line(exercise: Exercise, points: float) -> str:
    """Return what stands below the title: minutes, points, and what one needs to know.

    Nothing, for an exercise outside of the course.
    """
    place = exercise.place
    if not place.unit:
        return ""
    gives = f" · {points:g} points" if points else ""
    return textwrap.fill(
        f"*Unit {place.unit}, {place.title} · about {place.minutes} minutes{gives}. "
        f"You need: {_needs(exercise)}.*",
        98,  # in a stub it is a comment
    )


def _needs(exercise: Exercise) -> str:
    """Return what the statement says one needs, or the exercise before it in its unit."""
    course = {one.name: one.place for one in find_all(exercise.folder.parent)}
    before = places.before(exercise.name, course)
    return exercise.needs or (f"`{before}`, the exercise before" if before else BASICS)


def in_stub(exercise: Exercise, points: float) -> nbformat.NotebookNode:
    """Return the reference notebook with what a stub shows: the figure is a link."""
    notebook = headed(exercise, points)
    link = figures.path_of(exercise.name, exercise.folder).name
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = FIGURE.sub(rf"![\g<alt>]({link})", cell.source)
        elif is_look(cell):
            _function(cell, exercise)
            cell.source = IN_STUB.format(exercise.name) + cell.source
    return notebook


def headed(exercise: Exercise, points: float) -> nbformat.NotebookNode:
    """Return the reference notebook, with the first line below the title."""
    notebook = exercise.notebook
    if line := first_line(exercise, points):
        first = notebook.cells[0]
        title, _, rest = first.source.partition("\n")
        first.source = f"{title}\n\n{line}\n{rest}"
    return notebook


def texts(source: str, exercise: Exercise, figure: bytes) -> Iterator[nbformat.NotebookNode]:
    """Yield the cells that a cell of the statement becomes.

    A figure has a cell of its own: nobody wants to edit its bytes. They stand in the text, as
    attachments of cells do not come back from nbgrader.
    """
    source = FOLDED.sub(lambda found: DETAILS.format(found["text"].strip()), source).strip()
    if not (found := FIGURE.search(source)):
        yield new_markdown_cell(source)
        return
    alt = " ".join(found["alt"].split())
    if not figure or not alt:
        lacks = "an alternative text" if figure else "figure.py"
        raise BuildError(f"{exercise.name}: its statement has a figure, and lacks {lacks}")
    picture = f"![{alt}](data:image/png;base64,{base64.b64encode(figure).decode()})"
    for text in (source[: found.start()], picture, source[found.end() :]):
        if text.strip():
            yield new_markdown_cell(text.strip())


def is_look(cell: nbformat.NotebookNode) -> bool:
    return "look" in cell.metadata.get("tags", [])


def looks(cell: nbformat.NotebookNode, exercise: Exercise) -> list[nbformat.NotebookNode]:
    """Return the cells with something to look at; nbgrader knows none of them.

    So it does not mind if they come, change or go while there are submissions.
    """
    function = _function(cell, exercise)
    draws = bool(function.args.args)
    source = IN_NOTEBOOK.format(
        source=cell.source, function=function.name, instead=DRAWS if draws else PRINTS
    )
    told = " ".join((ast.get_docstring(function) or "").split())
    given = {"tags": ["look"], "editable": False, "deletable": False}
    if draws:  # what it shows is of interest, and not how it is drawn
        given["jupyter"] = {"source_hidden": True}
    return [
        new_markdown_cell(f"**Run the next cell.** {told}"),
        new_code_cell(source, metadata=given),
    ]


def _function(cell: nbformat.NotebookNode, exercise: Exercise) -> ast.FunctionDef:
    """Return the function of a cell that is there to be looked at."""
    match ast.parse(cell.source).body:
        case [ast.FunctionDef() as function] if function.name.startswith("look_"):
            if ast.get_docstring(function) and len(function.args.args) < 2:
                return function
    raise BuildError(
        f'{exercise.name}: a cell with tags=["look"] holds one function with a docstring, '
        "`def look_…():`, which prints, or `def look_…(figure):`, which draws. Received:\n"
        f"{cell.source[:200]}"
    )
