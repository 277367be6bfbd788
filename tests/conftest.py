import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.grading.grader import Grader
from autograder.grading.processes import Limits, Worker
from autograder.grading.seeds import Seeds
from autograder.records.exercises import Exercise
from autograder.records.submissions import Submission

ROOT = Path(__file__).parent.parent
collect_ignore = ["released"]  # exercise files, which nobody has answered
TOY = Exercise(Path(__file__).parent / "toy" / "solutions" / "scale")

FIGURE = """\
def draw(figure):
    figure.subplots().plot([1, 2])
"""
PROBLEM = '''\
# %% tags=["look"]
def look_at_the_problem():
    """What two and two is."""
    print("two and two is", 2 + 2)


'''
LOOK = '''\
# %% tags=["look"]
def look_at_my_layer(figure):
    """What your layer makes of 1 and 2."""
    figure.subplots().plot(Scale(2.0)(tf.constant([1.0, 2.0])))


'''
GRADED = """\
# %% [markdown]
# ## What is graded
#
# - **Numerics**: all of it.
#
# ## Then
#
# Begin.

"""


def pytest_configure(config):
    config.addinivalue_line("filterwarnings", "error")


def shipped(root=ROOT):
    """Return the exercises that the table of the course in README lists.

    Only they are held to what the course promises, 15 chaffs for example. Others in `solutions/`
    may be somebody's own, or half done: `autograder audit` tells what they lack.
    """
    course = re.findall(r"(?m)^\| \d+ [^|]+\| `(\w+)` \|", (root / "README.md").read_text("utf-8"))
    return [Exercise(root / "solutions" / name) for name in course]


def pytest_generate_tests(metafunc):
    if "exercise" in metafunc.fixturenames:
        found = shipped()
        metafunc.parametrize("exercise", found, ids=[one.name for one in found])


@pytest.fixture(scope="session")
def shipped_in():
    return shipped


@pytest.fixture(scope="session")
def shipped_exercises():
    return shipped()


@pytest.fixture(scope="session")
def worker():
    """A warm worker with short limits."""
    with Worker(Limits(cell=4, check=4, total=40, memory=2 * 2**30)) as worker:
        yield worker


@pytest.fixture(scope="session")
def toy_exercise():
    return TOY


@pytest.fixture(scope="session")
def right_answer():
    """A script that answers the toy exercise."""
    return f"# autograder exercise: {TOY.name}\n{TOY.reference}\n"


@pytest.fixture(scope="session")
def toy(worker):
    """A grader of the toy exercise."""
    return Grader(worker, TOY, Seeds.same(7))


@pytest.fixture
def grade(toy):
    """Grade a script, or the cells of a notebook, against the toy exercise."""

    def grade(*cells, notebook=None):
        notebook = len(cells) > 1 if notebook is None else notebook
        return toy.grade(Submission("somebody", "somebody.py", notebook, cells))

    return grade


@pytest.fixture(scope="session")
def looks_at():
    """Open a page in Chromium on a screen, in the dark and on a phone, and look at each.

    A page must ask the network for nothing, have no error, fit, and have its headings in order.
    """
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium")
    if not executable and "CI" not in os.environ:
        pytest.skip("there is no chromium")

    def views(file):
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
            for scheme, width in (("light", 1200), ("dark", 1200), ("dark", 360)):
                size = {"width": width, "height": 800}
                page = browser.new_page(viewport=size, color_scheme=scheme)
                asked, wrong = [], []
                page.on("request", lambda request, asked=asked: asked.append(request.url))
                page.on("console", lambda message, wrong=wrong: wrong.append(message.text))
                page.goto(file.as_uri())
                assert asked == [file.as_uri()]
                assert wrong == []
                yield page
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                found = (
                    "[...document.querySelectorAll('h1,h2,h3,h4,h5')].map(one => +one.tagName[1])"
                )
                levels = page.evaluate(found)
                assert levels[0] == 1
                assert all(new <= old + 1 for old, new in zip(levels, levels[1:], strict=False))
                page.screenshot(path=file.with_name(f"{scheme}-{width}.png"), full_page=True)
            browser.close()

    return views


@pytest.fixture
def course(tmp_path):
    """A course folder with the toy exercise."""
    shutil.copytree(TOY.folder.parent, tmp_path / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def environment():
    """The environment that a shell has in which `.venv` is active."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "COLUMNS": "200"}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """The wheel of this package."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in ("autograder", "solutions", "exercises", "release"):
        shutil.copytree(ROOT / name, folder / "source" / name)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, folder / "source")
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    command = [*pip, "--disable-pip-version-check", "--wheel-dir", folder, folder / "source"]
    done = subprocess.run(command, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture
def autograder(course, environment):
    """Run the command line in a course, and return what it did."""

    def autograder(*arguments, code=0):
        done = subprocess.run(
            ["autograder", *arguments],
            cwd=course,
            env=environment,
            text=True,
            capture_output=True,
            timeout=300,
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return autograder


@pytest.fixture(scope="session")
def illustrate():
    """Give a folder of the toy exercise a figure, a place in a course, and cells to look at."""

    def illustrate(folder):
        path = folder / "reference.py"
        text = path.read_text()
        place = ' unit="3 Layers" step=1 minutes=5 teaches="to multiply" needs="to count"'
        text = text.replace("# %% [markdown]", f"# %% [markdown]{place}", 1)
        text = text.replace(
            "# Multiply by `factor`.\n", "# ![A line\n# rises.](figure.png)\n#\n# Go.\n"
        )
        text = text.replace("# %%\nimport", f"{GRADED}{PROBLEM}# %%\nimport")
        path.write_text(text.replace('# %% tags=["tests"]', f'{LOOK}# %% tags=["tests"]'))
        (folder / "figure.py").write_text(FIGURE)

    return illustrate
