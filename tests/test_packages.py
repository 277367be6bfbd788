"""The worker imports what the grader has imported, from wherever that comes, and nothing else."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
INSTALLED = sysconfig.get_path("purelib")
BASE = sys._base_executable  # knows no package of this environment
MARK = "from pathlib import Path\nPath({!r}).touch()\n"


def copied(folder):
    """Copy the package below a folder, with a mark that tells it from the one under test."""
    shutil.copytree(
        ROOT / "autograder", folder / "autograder", ignore=shutil.ignore_patterns("__pycache__")
    )
    return folder / "autograder"


def installed(folder):
    """Have a folder look as if a package were installed into it."""
    (folder / "x-1.0.dist-info").mkdir(parents=True, exist_ok=True)
    (folder / "x-1.0.dist-info" / "METADATA").write_text("Name: x\nVersion: 1.0\n")


def on_the_path(course):
    own = copied(course.parent / "copy")
    return [sys.executable], {"PYTHONPATH": str(own.parent)}, course, own


def on_the_path_with_all_others(course):
    own = copied(course.parent / "copy")
    return [BASE], {"PYTHONPATH": os.pathsep.join([INSTALLED, str(own.parent)])}, course, own


def a_second_clone(course):
    own = copied(course.parent / "clone")
    shutil.copytree(course / "solutions", own.parent / "solutions")
    return [sys.executable], {}, own.parent, own


def a_clone_that_is_not_installed(course):
    own = copied(course.parent / "clone")
    shutil.copytree(course / "solutions", own.parent / "solutions")
    return [BASE], {"PYTHONPATH": INSTALLED}, own.parent, own


def the_user_site(course):
    version = sysconfig.get_python_version()
    site = course.parent / "home" / "lib" / f"python{version}" / "site-packages"
    site.parent.mkdir(parents=True)
    site.symlink_to(INSTALLED)
    return [BASE], {"PYTHONUSERBASE": str(course.parent / "home")}, course, None


def the_user_site_and_a_copy(course):
    python, variables, folder, _ = the_user_site(course)
    own = copied(course.parent / "copy")
    return python, {**variables, "PYTHONPATH": str(own.parent)}, folder, own


LAYOUTS = [
    on_the_path,
    on_the_path_with_all_others,
    a_second_clone,
    a_clone_that_is_not_installed,
    the_user_site,
    the_user_site_and_a_copy,
]


@pytest.fixture
def start(course, tmp_path_factory, toy_exercise):
    """Run a command of the grader in a layout, with or without bubblewrap."""
    top = tmp_path_factory.mktemp("layout")
    shutil.copytree(course, top / "course")
    tools = top / "tools"
    tools.mkdir()
    for tool in ("rm", "chmod"):
        (tools / tool).symlink_to(shutil.which(tool))

    def start(layout, *arguments, wrapped=True, **variables):
        python, own_variables, folder, _ = layout
        (folder / "ada.py").write_text(toy_exercise.reference)
        environment = {
            "PATH": os.environ["PATH"] if wrapped else str(tools),
            "HOME": str(top),
            "COLUMNS": "200",
            **own_variables,
            **variables,
        }
        command = [*python, "-m", "autograder", *arguments]
        return subprocess.run(
            command, cwd=folder, env=environment, text=True, capture_output=True, timeout=300
        )

    start.course = top / "course"
    return start


@pytest.mark.parametrize("wrapped", [True, False], ids=["bubblewrap", "Landlock"])
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_a_right_answer_is_right_wherever_packages_lie(start, layout, wrapped):
    layout = layout(start.course)
    done = start(layout, "grade", "scale", "ada.py", "--json", "out.json", wrapped=wrapped)
    assert done.returncode == 0, done.stderr
    (found,) = json.loads((layout[2] / "out.json").read_text())["runs"][0]["submissions"]
    assert found["score"] == found["max_score"] == 8


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_doctor_tells_what_the_grader_and_the_worker_import(start, layout):
    layout = layout(start.course)
    done = start(layout, "doctor")
    assert done.returncode == 0, done.stderr
    grader, worker = done.stdout.split("the warm worker started in ")
    own = layout[3] or ROOT / "autograder"
    assert f"autograder in {own}\n" in grader
    assert f"autograder 0.1.0 in {own}\n" in worker
    for name in ("tensorflow", "keras", "numpy", "IPython"):
        told = next(line for line in grader.splitlines() if line.startswith(f"{name} "))
        assert f"  {told}\n" in worker
        assert told.endswith(f"/site-packages/{name}")


@pytest.mark.parametrize("path", [None, "nowhere:", "."], ids=["unset", "colon at the end", "dot"])
def test_nothing_in_the_current_folder_is_imported(start, tmp_path, path):
    layout = a_second_clone(start.course)
    for name in ("absl", "h5py", "worker", "rich", "typer", "numpy", "IPython", "json", "keras"):
        (layout[2] / f"{name}.py").write_text(MARK.format(str(tmp_path / "touched")))
    installed(layout[2])
    done = start(layout, "grade", "scale", "ada.py", **({"PYTHONPATH": path} if path else {}))
    assert (done.returncode, "8/8" in done.stdout) == (0, True), done.stderr
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize("name", ["keras/__init__.py", "tensorflow.py", "IPython/__init__.py"])
def test_two_paths_that_differ_are_named(start, tmp_path, name):
    layout = a_second_clone(start.course)
    touched = tmp_path / "touched"
    others = tmp_path / "others"
    (others / name).parent.mkdir(parents=True)
    (others / name).write_text(MARK.format(str(touched)))
    package = name.partition("/")[0].removesuffix(".py")
    for command in (("grade", "scale", "ada.py"), ("doctor",)):
        done = start(layout, *command, PYTHONPATH=str(others))
        assert done.returncode == 1
        ours = (others / name).parent
        theirs = f"{INSTALLED}/{package}"
        assert f"{package}: the grader has {ours}, the worker {theirs}\n" in done.stderr
        assert "let PYTHONPATH name no folder with others" in done.stderr
        assert not touched.exists()


def test_a_package_that_the_worker_may_not_import_is_named(start):
    layout = on_the_path(start.course)
    bare = start.course.parent / "bare"
    bare.mkdir()
    for entry in Path(INSTALLED).iterdir():
        if entry.name != "keras" and not entry.name.startswith("__editable__"):
            (bare / entry.name).symlink_to(entry)
    home = start.course.parent  # what lies there is not imported
    (home / "keras").symlink_to(f"{INSTALLED}/keras")
    path = os.pathsep.join([str(bare), str(home), layout[1]["PYTHONPATH"]])
    done = start(([BASE], {"PYTHONPATH": path}, *layout[2:]), "doctor", wrapped=False)
    assert done.returncode == 1
    assert "No module named 'keras'" in done.stderr
    assert f"keras: the grader has {home}/keras, the worker may not import" in done.stderr


def test_a_course_on_the_path_is_not_opened_to_children(start):
    layout = on_the_path(start.course)
    own = layout[3].parent
    installed(own)
    (own / "secret.py").write_text("answer = 42\n")
    nested = own / "course"
    shutil.copytree(start.course, nested)
    layout = *layout[:2], nested, layout[3]
    for wrapped in (True, False):
        (nested / "spy.py").write_text(
            "import importlib.util\n"
            f"for path in ({str(own)!r}, {str(nested)!r}):\n"
            "    try:\n"
            "        print('read', open(path + '/secret.py').read())\n"
            "    except OSError as error:\n"
            "        print('refused')\n"
        )
        done = start(layout, "grade", "scale", "spy.py", "--json", "out.json", wrapped=wrapped)
        assert done.returncode == 0, done.stderr
        (found,) = json.loads((nested / "out.json").read_text())["runs"][0]["submissions"]
        assert found["output"].splitlines() == ["refused", "refused"]


ASKED = """
import os, sys
from autograder.sandbox import lock
os.chdir(sys.argv[1])
if sys.argv[2:]:
    lock.import_nothing_from(sys.argv[2:])
print(*lock.packages(), sep="\\n")
"""


def accepted(folder, at, home, *handed_in, course=None):
    """Tell whether the worker would import from a folder that PYTHONPATH names."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", ASKED, str(course or at), *map(str, handed_in)], cwd=at,
        env={"PYTHONPATH": str(folder), "HOME": str(home)}, text=True, capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return str(folder) in done.stdout.splitlines()


@pytest.mark.parametrize(
    "place",
    [
        "build/submitted",
        "build/submitted/ada",
        "build",
        "solutions",
        "solutions/scale",
        ".",
        "..",
        "link",
    ],
)
def test_a_students_folder_is_never_imported_from(course, tmp_path_factory, place):
    home = tmp_path_factory.mktemp("home")
    (course / "build" / "submitted" / "ada").mkdir(parents=True)
    (course / "link").symlink_to("build/submitted")
    folder = course / place
    if place != "..":
        installed(folder.resolve())
    for at in (course, course / "build" / "submitted" / "ada"):
        assert not accepted(folder, at, home, course=course)


@pytest.mark.parametrize("place", [".", "class", "class/ada", "class/link"])
def test_a_graded_folder_is_never_imported_from(tmp_path_factory, place):
    home, at, top = map(tmp_path_factory.mktemp, ("home", "at", "top"))
    installed(top / "class" / "ada")
    (top / "class" / "link").symlink_to("ada")
    installed(top / "class")
    installed(top)
    graded = top / "class" if place != "class/link" else top / "class" / "link"
    assert not accepted(top / place, at, home, graded)
    assert accepted(top / place, at, home)


def test_home_and_what_it_is_in_is_never_imported_from(tmp_path_factory):
    at, top = map(tmp_path_factory.mktemp, ("at", "top"))
    home = top / "home"
    for folder in (top, home, home / "packages"):
        installed(folder)
        assert accepted(folder, at, home) == (folder.name == "packages")


@pytest.mark.parametrize("kind", ["a file", "an empty folder", "a broken link", "whole"])
def test_only_what_was_installed_makes_a_folder_one_of_packages(tmp_path_factory, kind):
    home, at, top = map(tmp_path_factory.mktemp, ("home", "at", "top"))
    mark = top / "x.dist-info"
    if kind == "a file":
        mark.touch()
    elif kind == "a broken link":
        mark.symlink_to("nowhere")
    elif kind == "an empty folder":
        mark.mkdir()
    else:
        installed(top)
    assert accepted(top, at, home) == (kind == "whole")
