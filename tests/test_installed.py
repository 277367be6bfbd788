"""The wheel where students have it: with its base alone, and beside an IPython of old.

The environments are fresh ones. Packages that this one has are linked into them, since TensorFlow
would take minutes to install.
"""

import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from email.parser import Parser
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement

from autograder.authors.build import source_notebook, stub

pytestmark = pytest.mark.slow

INSTALLED = Path(sysconfig.get_path("purelib"))
OLD_IPYTHON = "ipython==7.34.0"  # as hosted notebooks have it


def needed(*names, but=()):
    """Return the names of packages, and of all that they need, as they are installed here."""
    found, todo = set(), list(names)
    while todo:
        name = re.sub(r"[-_.]+", "-", todo.pop()).lower()
        if name not in found and name not in but:
            found.add(name)
            for one in map(Requirement, metadata.requires(name) or []):
                if not one.marker or one.marker.evaluate({"extra": ""}):
                    todo.append(one.name)
    return found


def asked(wheel):
    """Return what a wheel asks for in any case."""
    with zipfile.ZipFile(wheel) as archive:
        (file,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        about = Parser().parsestr(archive.read(file).decode())
    return [one for one in map(Requirement, about.get_all("Requires-Dist")) if not one.marker]


def base(wheel):
    """Return the names of the packages that come with a wheel."""
    return needed(*(one.name for one in asked(wheel)))


def lowest(wheel):
    """Return what a wheel asks for in the lowest versions that it allows."""
    bounds = [(one.name, bound) for one in asked(wheel) for bound in one.specifier]
    return [f"{name}=={bound.version}" for name, bound in bounds if bound.operator == ">="]


class Environment:
    """A virtual environment with the wheel, and with some packages of this one."""

    def __init__(self, folder, wheel, packages):
        self.folder = folder
        venv.create(folder, symlinks=True)
        site = Path(sysconfig.get_path("purelib", vars={"base": folder, "platbase": folder}))
        for name in packages:
            for top in {file.parts[0] for file in metadata.files(name)} - {"..", "__pycache__"}:
                if not (site / top).exists():
                    (site / top).symlink_to(INSTALLED / top)
        self.site = site
        self.pip("install", "--no-deps", "--no-index", wheel)

    def pip(self, *arguments):
        command = [sys.executable, "-m", "pip", "--python", self.folder / "bin" / "python"]
        return self._run([*command, "--disable-pip-version-check", *arguments], self.folder)

    def _run(self, command, cwd, code=0):
        own = {"PATH": f"{self.folder / 'bin'}{os.pathsep}{os.defpath}", "COLUMNS": "200"}
        kept = {"HOME": os.environ.get("HOME", str(cwd))}  # pip's settings are there
        done = subprocess.run(
            list(map(str, command)), cwd=cwd, env={**kept, **own},
            text=True, capture_output=True, timeout=500,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def run(self, command, cwd, code=0):
        """Run a command line, or a module with `-m`, of the environment."""
        program, *arguments = command.split()
        return self._run([self.folder / "bin" / program, *arguments], cwd, code)


@pytest.fixture(scope="module")
def bare(wheel, tmp_path_factory):
    """An environment with the base, and without TensorFlow."""
    return Environment(tmp_path_factory.mktemp("bare"), wheel, base(wheel))


@pytest.fixture(scope="module")
def student(wheel, tmp_path_factory):
    """An environment with the base and TensorFlow."""
    packages = base(wheel) | needed("tensorflow")
    return Environment(tmp_path_factory.mktemp("student"), wheel, packages)


@pytest.fixture(scope="module", params=["today's IPython", OLD_IPYTHON])
def hosted(request, wheel, tmp_path_factory):
    """An environment with the base, TensorFlow and a notebook's kernel; all of today, or of old."""
    folder = tmp_path_factory.mktemp("hosted")
    if request.param != OLD_IPYTHON:
        packages = base(wheel) | needed("tensorflow", "ipykernel")
        return Environment(folder, wheel, packages)
    others = {"ipython", *(one.name for one in asked(wheel))}
    made = Environment(folder, wheel, needed("tensorflow", "ipykernel", but=others))
    try:
        made.pip("install", "--quiet", OLD_IPYTHON, *lowest(wheel))
    except AssertionError as error:
        if "CI" in os.environ or "No matching distribution" not in str(error):
            raise
        pytest.skip("pip reaches no index from here")
    return made


@pytest.fixture
def desk(tmp_path, toy_exercise):
    """A student's folder with the toy exercise: the stub, its notebook solved, and a mistake."""
    (tmp_path / "stub.py").write_text(stub(toy_exercise))
    notebook = source_notebook(toy_exercise, [])
    nbformat.write(notebook, tmp_path / "right.ipynb")
    for cell in notebook.cells:
        cell.source = cell.source.replace("self.factor * inputs", "inputs + self.factor")
    nbformat.write(notebook, tmp_path / "wrong.ipynb")
    tests = f"\n\n{toy_exercise.public_tests}\n"
    (tmp_path / "right.py").write_text(
        f"# autograder exercise: scale\n{toy_exercise.reference}{tests}"
    )
    return tmp_path


def test_the_base_is_small(wheel):
    added = base(wheel) - needed("tensorflow")
    sizes = {
        name: sum(
            place.stat().st_size
            for file in metadata.files(name)
            if (place := Path(file.locate())).is_file()
        )
        for name in added
    }
    assert len(added) + 1 < 20, added
    assert sum(sizes.values()) + 2 * wheel.stat().st_size < 60e6, sizes


def test_without_tensorflow_a_command_says_what_to_type(bare, desk, tmp_path):
    assert "No broken requirements found" in bare.pip("check")
    assert "exercises in mine" in bare.run("autograder start mine", tmp_path)
    assert "2 Losses" in bare.run("autograder list", tmp_path)
    said = (
        "needs tensorflow>=2.20,<2.22 (not installed), keras>=3.10,<4 (not installed) and "
        'numpy>=2,<3 (not installed): pip install "keras-autograder[tensorflow]"\n'
    )
    for option in ("", "--watch "):
        command = f"autograder check {option}stub.py"
        assert bare.run(command, desk, code=2) == f"autograder: check {said}"
    assert f"running the public tests {said}" in bare.run("python -m pytest stub.py", desk, code=2)
    assert f"\ncheck: it {said}" in bare.run("autograder doctor", desk, code=1)


def test_a_tensorflow_out_of_range_is_named(wheel, desk, tmp_path_factory):
    made = Environment(tmp_path_factory.mktemp("other"), wheel, base(wheel))
    for name, version in (("tensorflow", "2.19.1"), ("keras", "3.10.0"), ("numpy", "2.0.2")):
        about = made.site / f"{name}-{version}.dist-info" / "METADATA"
        about.parent.mkdir()
        about.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    assert (
        "autograder: check needs tensorflow>=2.20,<2.22 (2.19.1 is installed): "
        'pip install "keras-autograder[tensorflow]"\n'
    ) in made.run("autograder check stub.py", desk, code=2)


def test_scripts_are_checked_with_the_base_alone(student, desk, tmp_path):
    assert "No broken requirements found" in student.pip("check")
    student.run("autograder start mine", tmp_path)
    begun = min((tmp_path / "mine" / "exercises").glob("*.py"))
    begun.write_text(f"{begun.read_text('utf-8')}# begun\n", "utf-8")
    output = student.run(f"autograder check mine/exercises/{begun.name}", tmp_path, code=1)
    assert "not solved yet (line " in output
    assert "✓ 3 becomes 6" in student.run("autograder check right.py", desk)
    assert "1 passed" in student.run("python -m pytest right.py", desk)
    # What shows a table in a notebook prints it in a script.
    shown = 'from autograder.cells import show\nshow("scale", test_doubles)\n'
    (desk / "copied.py").write_text((desk / "right.py").read_text() + shown)
    assert "✓ 3 becomes 6" in student.run("python copied.py", desk)


def test_the_base_alone_says_what_notebooks_and_graders_need(student, desk):
    said = 'ipython>=7.34,<10 (not installed): pip install "keras-autograder[notebook]"'
    assert f"a notebook needs {said}" in student.run("autograder check right.ipynb", desk, code=1)
    assert f"a notebook needs {said}" in student.run("autograder look right.ipynb", desk, code=2)
    assert f"a notebook needs {said}" in student.run("python -m pytest right.ipynb", desk, code=2)
    for command in ("grade scale right.py", "autograde", "build", "audit"):
        output = student.run(f"autograder {command}", desk, code=2)
        assert output.startswith(f"autograder: {command.split()[0]} needs ipython>=9,<10 (not ")
        assert output.endswith('more: pip install "keras-autograder[grade]"\n')
    output = student.run("autograder doctor", desk)
    assert "\ncheck: works here\n" in output
    assert f"\ncheck, of notebooks: it needs {said}\n" in output
    assert "\ngrade: it needs ipython>=9,<10 (not installed), " in output


def test_every_command_explains_itself(hosted, tmp_path):
    for command in ("check", "start", "list", "doctor", "grade"):
        assert f"autograder {command} [" in hosted.run(f"autograder {command} --help", tmp_path)


def test_notebooks_are_checked_by_any_ipython(hosted, desk):
    assert "✓ 3 becomes 6" in hosted.run("autograder check right.ipynb", desk)
    output = hosted.run("autograder check wrong.ipynb", desk, code=1)
    assert "Scale(2.0) made 5.0 of 3.0, expected 6.0" in output
    output = hosted.run("python -m pytest right.ipynb wrong.ipynb", desk, code=1)
    assert "1 failed, 1 passed" in output


def executed(environment, path):
    """Run a notebook's cells in a kernel of the environment, and return its code cells."""
    folder = path.parent / "jupyter" / "kernels" / "students"
    folder.mkdir(parents=True, exist_ok=True)
    python = str(environment.folder / "bin" / "python")
    argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {"argv": argv, "display_name": "students", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(kernel))
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace"]
    options = ["--allow-errors", "--ExecutePreprocessor.kernel_name=students", path.name]
    own = {**os.environ, "JUPYTER_PATH": str(folder.parent.parent)}
    done = subprocess.run(
        [*command, *options], cwd=path.parent, env=own, text=True, capture_output=True, timeout=500
    )
    assert done.returncode == 0, done.stderr
    return [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]


def shown(cells):
    """Return the tables that cells show, and the exceptions that they end with."""
    outputs = [output for cell in cells for output in cell.outputs]
    tables = [one.data["text/plain"] for one in outputs if "text/html" in one.get("data", {})]
    return tables, [one.evalue for one in outputs if one.output_type == "error"]


def test_a_notebook_shows_its_table_in_any_ipython(hosted, desk):
    tables, errors = shown(executed(hosted, desk / "right.ipynb"))
    assert (len(tables), errors) == (1, [])
    assert "✓ 3 becomes 6" in tables[0]
    tables, (error,) = shown(executed(hosted, desk / "wrong.ipynb"))
    assert "Scale(2.0) made 5.0 of 3.0, expected 6.0" in tables[0]
    assert error.startswith("1 of 1 public tests fail.")


def test_a_released_notebook_names_the_cell_that_is_not_solved(hosted, tmp_path):
    hosted.run("autograder start mine", tmp_path)
    path = min((tmp_path / "mine" / "notebooks").glob("*.ipynb"))
    tables, _ = shown(executed(hosted, path))
    assert re.search(r"not solved yet \(Cell In\[\d+\], line \d+\)", tables[0])
