"""Figures of statements, and what there is to look at: nobody is graded by it."""

import base64
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from PIL import Image

from autograder.authors import figures, statements
from autograder.authors.build import source_notebook, stub
from autograder.gradebook.release import BuildError
from autograder.practice import looking
from autograder.practice.handout import start
from autograder.records.exercises import Exercise
from autograder.show.pictures import png

ROOT = Path(__file__).parent.parent
RIGHT = """\
class Scale(keras.layers.Layer):
    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return self.factor * inputs

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}
"""


@pytest.fixture
def illustrated(course, illustrate):
    folder = course / "solutions" / "scale"
    illustrate(folder)
    return Exercise(folder)


def test_reference_and_known_mistakes_stay_what_they_were(illustrated, toy_exercise):
    assert illustrated.reference == toy_exercise.reference
    assert [one.source for one in illustrated.chaffs] == [one.source for one in toy_exercise.chaffs]


def test_a_notebook_holds_the_figure_and_what_there_is_to_look_at(illustrated, tmp_path):
    figure = figures.figure_of(illustrated, tmp_path / "none")
    cells = source_notebook(illustrated, [], figure).cells
    sources = [cell.source for cell in cells]
    assert sources[0] == "# Scale\n\n*Unit 3, Layers · about 5 minutes. You need: to count.*"
    encoded = re.fullmatch(r"!\[A line rises\.\]\(data:image/png;base64,(.*)\)", sources[1])[1]
    assert base64.b64decode(encoded) == figure
    assert sources[2] == "Go."
    assert "<details><summary>" in sources[3] and sources[3].endswith(
        "</details>\n\n## Then\n\nBegin."
    )
    assert sources[4] == "**Run the next cell.** What two and two is."
    looks = [cell for cell in cells if "look" in cell.metadata.get("tags", [])]
    assert [cell.source.splitlines()[-1] for cell in looks] == [
        "look(look_at_the_problem)",
        "look(look_at_my_layer)",
    ]
    assert [bool(cell.metadata.get("jupyter")) for cell in looks] == [False, True]
    # nbgrader refuses to add cells that it knows while there are submissions.
    assert not any("nbgrader" in cell.metadata for cell in looks)


def test_the_cells_that_nbgrader_knows_keep_their_names(illustrated, toy_exercise):
    def names(exercise, figure):
        cells = source_notebook(exercise, [], figure).cells
        return [cell.metadata.nbgrader.grade_id for cell in cells if "nbgrader" in cell.metadata]

    before = [name.partition("-") for name in names(toy_exercise, b"")]
    after = [name.partition("-") for name in names(illustrated, b"x")]
    # Only the text that was added has moved them: `What is graded`, not what there is to look at.
    moved = [
        (kind, "-", str(int(n) + 1)) if n.isdigit() else (kind, "-", n) for kind, _, n in before
    ]
    assert after == moved


def test_a_stub_holds_a_link_and_runs_nothing(illustrated):
    text = stub(illustrated, 8)
    assert "# *Unit 3, Layers · about 5 minutes · 8 points. You need: to count.*" in text
    assert "# ![A line\n# rises.](scale.figure.png)" in text
    assert text.count("# To see it: autograder look exercises/scale.py\ndef look_at_") == 2
    assert "look(" not in text
    assert "<details>" not in text


def test_what_one_needs_is_by_default_the_exercise_before(illustrated):
    path = illustrated.folder / "reference.py"
    second = illustrated.folder.parent / "shift"
    second.mkdir()
    text = path.read_text().replace(' needs="to count"', "")
    (second / "reference.py").write_text(text.replace("step=1", "step=2"))
    path.write_text(text)
    for file in (second, illustrated.folder):
        (file / "checks.py").touch()
    assert statements.BASICS in " ".join(
        statements.first_line(Exercise(illustrated.folder), 1).split()
    )
    line = statements.first_line(Exercise(second), 1)
    assert "You need: `scale`, the exercise before.*" in line


def test_a_figure_is_drawn_again_only_when_what_draws_it_has_changed(illustrated, tmp_path):
    kept = tmp_path / "scale.figure.png"
    drawn = figures.figure_of(illustrated, kept)
    assert drawn == figures.figure_of(illustrated, kept)  # the same bytes
    # Another version of matplotlib draws other bytes.
    key = Image.open(io.BytesIO(drawn)).info[figures.KEY]
    other = png(lambda figure: None, {figures.KEY: key})
    kept.write_bytes(other)
    assert figures.figure_of(illustrated, kept) == other
    path = illustrated.folder / "figure.py"
    path.write_text(path.read_text().replace("[1, 2]", "[2, 1]"))
    assert figures.figure_of(Exercise(illustrated.folder), kept) not in (other, drawn)
    kept.write_bytes(b"no picture")
    assert len(figures.figure_of(Exercise(illustrated.folder), kept)) > 1000


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        ("def draw(figure):\n    1 / 0", "figure.py raised ZeroDivisionError: division by zero"),
        ("x = 1", "figure.py defines no 'draw'. Write: def draw"),
        (
            "import numpy as np\ndef draw(figure):\n"
            "    figure.subplots().imshow(np.random.default_rng(1).random((400, 900, 3)))",
            "more than 60000: take out",
        ),
    ],
)
def test_a_figure_that_cannot_be_shipped_is_refused(illustrated, tmp_path, figure, message):
    (illustrated.folder / "figure.py").write_text(figure)
    with pytest.raises(BuildError, match=re.escape(message)):
        figures.figure_of(Exercise(illustrated.folder), tmp_path / "none")


@pytest.mark.parametrize(
    ("figure", "old", "new", "message"),
    [
        (b"", "", "", "has a figure, and lacks figure.py"),
        (b"x", "A line\n# rises.", "", "has a figure, and lacks an alternative text"),
        (b"x", '    """What two and two is."""\n', "", "holds one function with a docstring"),
        (b"x", "look_at_the_problem", "see_the_problem", "holds one function with a docstring"),
    ],
)
def test_a_statement_that_cannot_be_built_is_refused(illustrated, figure, old, new, message):
    path = illustrated.folder / "reference.py"
    path.write_text(path.read_text().replace(old, new) if old else path.read_text())
    with pytest.raises(BuildError, match=message):
        source_notebook(Exercise(illustrated.folder), [], figure)


def test_a_look_while_grading_does_nothing(illustrated, grade):
    """Neither in a notebook nor in a script is anything drawn or printed; the score stays."""
    cells = source_notebook(illustrated, [], b"x").cells
    looks = [cell.source for cell in cells if "look" in cell.metadata.get("tags", [])]
    loud = looks[0].replace('print("', 'raise SystemExit("')
    result = grade("import keras\nimport tensorflow as tf", loud, RIGHT, *looks)
    assert result.score == result.max_score == 8
    assert [cell["outputs"] for cell in result.cells] == [[]] * 5
    assert [cell["errors"] for cell in result.cells] == [[]] * 5
    text = stub(illustrated)
    start = text.index("# %%\nclass Scale")
    end = text.index("# %%\n# To see it", start)
    result = grade(text[:start] + RIGHT + "\n\n" + text[end:])
    assert result.score == result.max_score


def nowhere(file, line):
    return None


def test_what_raises_is_told_kindly():
    def look_at_nothing(figure):
        """No picture."""
        return unknown  # noqa: F821

    seen = looking.view(look_at_nothing, nowhere, "Again.")
    assert seen.picture == b""
    assert seen.problem == (
        "Nothing to see yet: name 'unknown' is not defined. Run the cell with your answer first. "
        "Again."
    )


def test_what_does_not_end_is_stopped_and_its_line_named():
    def look_at_nothing():
        """A loop."""
        while True:
            pass

    seen = looking.view(look_at_nothing, lambda file, line: f"line {line}", seconds=0.2)
    assert "stopped after 0.2 seconds: a loop without an end?" in seen.problem


def test_what_hears_no_alarm_ends_with_a_sentence():
    code = (
        "import time\n"
        "from pathlib import Path\n"
        "from autograder.practice import looking\n"
        "looking.publictests.GRACE = 0\n"
        "with looking._ended_after(0.2, Path('mine.py')), looking.publictests.quiet():\n"
        "    time.sleep(60)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, timeout=50)
    assert (done.returncode, done.stderr) == (
        1,
        "autograder: mine.py: it did not end, and could not be stopped, inside of TensorFlow: "
        "a loop without an end?\n",
    )


def test_one_file_that_cannot_be_read_keeps_no_other_from_being_looked_at(
    illustrated, autograder, course
):
    (course / "scale.py").write_text(stub(illustrated))
    (course / "wrong.py").write_text(stub(illustrated).replace("import keras", "import keras )"))
    done = autograder("look", "wrong.py", "scale.py", code=2)
    assert "autograder: wrong.py: line" in done.stderr and "SyntaxError" in done.stderr
    assert "scale.py\n\nWhat two and two is." in done.stdout


def test_without_matplotlib_it_says_what_to_install():
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from autograder.practice.looking import view\n"
        "def look_at_it(figure):\n    'Nothing.'\n"
        "print(view(look_at_it, lambda *place: None).problem)"
    )
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True)
    assert done.stdout.startswith("pictures need matplotlib ("), done.stderr
    assert done.stdout.endswith('Run: pip install "keras-autograder[notebook]"\n')


SHELL = """
import json, sys

from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for cell in json.load(sys.stdin):
    shell.run_cell(cell, store_history=True).raise_error()
"""


def test_a_notebook_shows_it_in_ipython(illustrated, course, environment):
    """First without an answer, then with one that raises, then with a right one."""
    cells = source_notebook(illustrated, [], b"x").cells
    looks = [cell.source for cell in cells if "look" in cell.metadata.get("tags", [])]
    wrong = RIGHT.replace("self.factor * inputs", "self.size * inputs")
    sources = ["import keras\nimport tensorflow as tf", looks[0], looks[1]]
    sources += [wrong, looks[1], RIGHT, looks[1]]
    own = {**environment, "IPYTHONDIR": str(course / "ipython")}
    done = subprocess.run(
        [sys.executable, "-c", SHELL], input=json.dumps(sources), env=own, text=True,
        capture_output=True, cwd=course,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    shown = done.stdout.strip().splitlines()
    assert shown[0] == "two and two is 4"
    assert "name 'Scale' is not defined. Run the cell with your answer first" in shown[1]
    assert "what is drawn calls your code, and that raised" in shown[2]
    assert "AttributeError: 'Scale' object has no attribute 'size'" in shown[3]
    assert "return self.size * inputs" in shown[4]
    assert "Image object" in shown[-1]


@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
def test_the_command_writes_the_picture_and_names_it(illustrated, autograder, course, suffix):
    (course / "desk").mkdir()
    path = course / "desk" / f"scale{suffix}"
    if suffix == ".py":
        path.write_text(stub(illustrated))
    else:
        nbformat.write(source_notebook(illustrated, [], b"x"), path)
    told = autograder("look", f"desk/scale{suffix}").stdout.splitlines()
    assert told[:3] == ["What two and two is.", "two and two is 4", ""]
    assert told[3] == "What your layer makes of 1 and 2."
    if suffix == ".py":
        assert re.fullmatch(
            r"Nothing to see yet: not solved yet \(line \d+\)\. Fill in what says YOUR CODE HERE\.",
            told[4],
        )
        assert [file.name for file in path.parent.iterdir()] == ["scale.py"]
    else:  # it holds the reference
        assert told[4] == "wrote desk/scale.look_at_my_layer.png"
        with Image.open(course / "desk" / "scale.look_at_my_layer.png") as picture:
            assert picture.size == (1200, 480)


def test_an_older_file_has_nothing_to_look_at(autograder, course):
    released = ROOT / "tests" / "released" / "scale.py"
    (course / "scale.py").write_text(released.read_text())
    assert autograder("look", "scale.py").stdout.strip() == "scale.py: there is nothing to look at"


@pytest.mark.slow
def test_what_statements_show_can_be_looked_at(exercise, tmp_path, environment):
    """On the reference everything is shown; the stub raises nothing."""
    cells = exercise.notebook.cells
    looks = [cell.source for cell in cells if statements.is_look(cell)]
    if not looks:
        pytest.skip("it has nothing to look at, which is optional")
    given = (ROOT / "exercises" / f"{exercise.name}.py").read_text()
    head = given.splitlines()[0]
    for name, source in (
        ("right", "\n\n".join([head, exercise.reference, *looks, exercise.public_tests])),
        ("stub", given),
    ):
        (tmp_path / f"{name}.py").write_text(source)
        done = subprocess.run(
            ["autograder", "look", f"{name}.py"], cwd=tmp_path, env=environment, text=True,
            capture_output=True,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        assert ("Nothing to see yet" in done.stdout) == (name == "stub"), done.stdout
        drawn = sum("(figure)" in look.partition("\n")[0] for look in looks)
        pictures = list(tmp_path.glob(f"{name}.look_*.png"))
        assert len(pictures) == (drawn if name == "right" else 0)


def test_a_figure_is_that_of_its_code_and_small(exercise):
    """If not: run `autograder build` and commit what it wrote."""
    path = figures.path_of(exercise.name, ROOT / "exercises")
    assert path.exists() == bool(exercise.figure)
    if exercise.figure:
        assert figures.figure_of(exercise, kept=path) == path.read_bytes()
        assert path.stat().st_size < 60_000


def test_start_hands_out_the_figures_beside_the_stubs(tmp_path):
    names = start(tmp_path / "mine")
    handed_out = {path.name for path in (tmp_path / "mine" / "exercises").glob("*.png")}
    there = {path.name for path in (ROOT / "exercises").glob("*.figure.png")}
    assert handed_out == there != set()
    assert {name.partition(".")[0] for name in there} <= set(names)


@pytest.mark.slow
def test_nbgrader_keeps_the_figure_up_to_the_feedback(illustrated, autograder, course, environment):
    autograder("build")
    released = nbformat.read(course / "release" / "scale" / "scale.ipynb", 4)
    (figure,) = re.findall(r"data:image/png;base64,[\w+/=]+", released.cells[1].source)
    for cell in released.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = RIGHT
    target = course / "build" / "submitted" / "ada" / "scale" / "scale.ipynb"
    target.parent.mkdir(parents=True)
    nbformat.write(released, target)
    assert "8/8" in re.sub(r"\s", "", autograder("autograde", "scale").stdout)
    done = subprocess.run(
        ["nbgrader", "generate_feedback", "scale"], cwd=course, env=environment, text=True,
        capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    page = (course / "build" / "feedback" / "ada" / "scale" / "scale.html").read_text()
    assert f'<img alt="A line rises." src="{figure}"' in page
    assert "<details><summary>Show what is graded" in page
