"""What grade cells ask: whatever uses our package is graded by us, or is refused."""

import pytest
from nbformat.v4 import new_code_cell

from autograder.gradebook.assignments import UnclearCell, asked_in

IMPORT = "from autograder.notebook import points\n"


def asked(source):
    marks = {"grade_id": "cell", "grade": True, "solution": False}
    return asked_in([new_code_cell(source, metadata={"nbgrader": marks})]).get("cell")


@pytest.mark.parametrize(
    "source",
    [
        IMPORT + "points('turn', 'graph', globals())",
        "from autograder import notebook\nnotebook.points('turn', 'graph', globals())",
        "from autograder import notebook as n\nn.points('turn', 'graph', globals())",
        "from autograder.notebook import points as p\np('turn', 'graph', globals())",
        "import autograder.notebook\nautograder.notebook.points('turn', 'graph', globals())",
        "import autograder.notebook as n, os\nprint(n.points('turn', 'graph', globals()))",
        IMPORT + "points(namespace=globals(), dimension='graph', exercise='turn')",
        "%matplotlib inline\n" + IMPORT + "points('turn', 'graph', globals())",
        "!ls\n" + IMPORT + "points('turn', 'graph', globals())",
        "points('turn', 'graph', globals())",  # imported in a cell before
    ],
)
def test_what_a_cell_asks_is_read_however_it_imports(source):
    assert asked(source) == ("turn", "graph")


@pytest.mark.parametrize(
    "source",
    [
        "E = 'turn'\n" + IMPORT + "points(E, 'graph', globals())",
        IMPORT + "for one in ('graph', 'numerics'):\n    points('turn', one, globals())",
        IMPORT + "points('turn', 'graphs', globals())",
        IMPORT + "points('turn', 'graph', globals())\npoints('turn', 'numerics', globals())",
        IMPORT + "points(*('turn', 'graph'), globals())",
        IMPORT + "points(f'turn', 'gra' + 'ph', globals())",
        IMPORT + "points('turn', 'graph', globals()",
        IMPORT + "p = points\np('turn', 'graph', globals())",
        "%%time\n" + IMPORT + "points('turn', 'graph', globals())",
        "points(E, D, globals())",
        "import importlib\nimportlib.import_module('autograder.notebook')",
        "exec('from autograder import notebook')",
    ],
)
def test_a_cell_of_ours_that_cannot_be_read_is_refused(source):
    with pytest.raises(UnclearCell, match="its grade cell cell asks cannot be read. Write the"):
        asked(source)


@pytest.mark.parametrize(
    "source",
    [
        "assert x == 2",
        "points = 3\nassert points == len(points_of(3))",
        "from autograder.publictests import show\nshow('turn', test_one)",
        "from autograder import publictests",
        "# The autograder.\nassert x, 'ask the autograder team.'",
        "this is no Python",
    ],
)
def test_other_cells_ask_nothing(source):
    assert asked(source) is None
