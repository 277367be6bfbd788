"""Earlier results save time: nobody needs them, and none outlives what it depends on."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
NOBODY = 65534
BOTH = ("ada.py", "bob.py")  # the wrong one needs hints
TOLD = "not kept, the next run grades it again: "


@pytest.fixture
def course(toy_exercise):
    """A course that other users may enter, with a right and a wrong answer."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(toy_exercise.folder.parent, folder / "solutions")
        (folder / "ada.py").write_text(toy_exercise.reference)
        (folder / "bob.py").write_text(toy_exercise.chaffs[1].source)
        yield folder


@pytest.fixture
def grade(course, environment):
    def grade(*options, user=None, prefix=(), answers=("ada.py",)):
        with tempfile.TemporaryDirectory() as name:
            results = Path(name, "out.json")
            if user is not None:
                Path(name).chmod(0o777)
            command = [*prefix, "autograder", "grade", "scale", *answers, "--json", results]
            done = subprocess.run(
                [*command, *options],
                cwd=course,
                env=environment,
                text=True,
                capture_output=True,
                timeout=300,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
            )
            assert done.returncode == 0, done.stderr
            assert "Traceback" not in done.stderr
            found = json.loads(results.read_text())["runs"][0]["submissions"]
        assert [one["score"] for one in found] == [8, 6][: len(answers)]
        if len(answers) == 2:
            assert found[1]["checks"][-1]["hint"] or any(one["hint"] for one in found[1]["checks"])
        told = [line for line in done.stderr.splitlines() if line.startswith(TOLD)]
        assert len(told) <= 1
        return [one["seed"] for one in found], "".join(told).removeprefix(TOLD)

    return grade


def as_somebody_else():
    if os.getuid() != 0:
        pytest.skip("only root can become another user")
    return NOBODY


def test_results_are_kept_where_they_can_be(grade, course):
    seeds, told = grade(answers=BOTH)
    assert (grade(answers=BOTH), told) == ((seeds, ""), "")
    assert grade("--force")[0] != seeds
    for kind in ("results", "hints"):
        assert len(list((course / "build" / kind).iterdir())) == 1


@pytest.mark.parametrize("name", ["build", "build/results", "build/hints"])
def test_a_file_in_place_of_the_folder_costs_only_time(grade, course, name):
    (course / name).parent.mkdir(exist_ok=True)
    (course / name).write_text("mine")
    _, told = grade(answers=BOTH)
    assert "build/" in told
    assert ("build/results" in told) == (name != "build/hints")
    assert ("build/hints" in told) == (name != "build/results")
    assert (course / name).read_text() == "mine"


def test_a_file_in_place_of_one_exercises_results_is_replaced(grade, course):
    grade(answers=BOTH)
    (folder,) = (course / "build" / "results").iterdir()
    shutil.rmtree(folder)
    folder.write_text("mine")
    _, told = grade()
    assert f"build/results/{folder.name}" in told
    assert grade("--force")[1] == ""
    shutil.rmtree(folder)
    (hints,) = (course / "build" / "hints").iterdir()
    for file in hints.iterdir():
        file.unlink()
        (file / "mine").mkdir(parents=True)
    _, told = grade("--force", answers=BOTH)
    assert f"build/hints/{hints.name}" in told


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"checks": 1}', b"[" * 10**5])
def test_a_damaged_result_is_graded_again(grade, course, content):
    seeds, _ = grade()
    (file,) = (course / "build" / "results").glob("*/*")
    file.write_bytes(content)
    again, told = grade()
    assert (again != seeds, told) == (True, "")


def test_a_course_that_one_may_not_write_to_can_be_graded(grade):
    user = as_somebody_else()
    _, told = grade(user=user, answers=BOTH)
    assert told.count("Permission denied") == 2


@pytest.mark.parametrize("mode", [0o755, 0o700, 0o000], ids=oct)
def test_results_of_another_user_cost_only_time(grade, course, mode):
    user = as_somebody_else()
    seeds, _ = grade()
    checks = course / "solutions" / "scale" / "checks.py"
    for folder in (course / "build").iterdir():
        folder.chmod(mode)
    again, told = grade(user=user)
    if mode == 0o755:  # they may be read
        assert (again, told) == (seeds, "")
        assert grade("--force", user=user)[0] != seeds
    else:
        assert "Permission denied" in told
    checks.write_text(checks.read_text() + "\n")  # and what is old cannot be removed
    again, told = grade(user=user)
    assert again != seeds
    assert "Permission denied" in told


def test_a_full_disk_costs_only_time(grade, course):
    (course / "build").mkdir()
    mount = 'mount -t tmpfs -o nr_inodes=3 tmpfs build && exec "$@"'
    prefix = ["unshare", "-m", "sh", "-c", mount, "sh"]
    if subprocess.run([*prefix, "true"], cwd=course, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    _, told = grade(prefix=prefix)
    assert "No space left on device" in told


DIGEST = """
import sys
from pathlib import Path
from autograder.grading import cache
from autograder.records import exercises
print(cache.digest(exercises.find("scale", Path("solutions"))))
"""


def edited(path, old="", new=""):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new) if old else text + new, encoding="utf-8")


CHANGES = {
    "a switch of TensorFlow": (
        "autograder/grading/processes.py",
        '"TF_ENABLE_ONEDNN_OPTS": "0"',
        '"TF_ENABLE_ONEDNN_OPTS": "1"',
    ),
    "how messages travel": ("autograder/records/wire.py", "", "# more\n"),
    "what becomes of results": ("autograder/records/results.py", "", "# more\n"),
    "a module that is new": ("autograder/sandbox/another.py", "", "x = 1\n"),
    "the reference": ("solutions/scale/reference.py", "self.factor * inputs", "inputs * 1"),
    "the checks": ("solutions/scale/checks.py", "", "# more\n"),
    "a hint": ("solutions/scale/chaffs.py", "Multiply; do not add.", "Multiply! Do not add."),
    "what chaffs show": ("solutions/scale/known_mistakes.gz", "", "more"),
    "what a chaff loses": ("solutions/scale/chaffs.py", 'loses="numerics', 'loses="graph numerics'),
    "a package": ("packages/another-1.0.dist-info/METADATA", "", "Name: another\n"),
    "a package that was not installed": ("checkout/keras/layers.py", "", "x = 1\n"),
    "its version": ("checkout/keras/__init__.py", "1.0", "2.0"),
}
NO_CHANGES = {
    "a wheat": ("solutions/scale/wheats.py", "", "# more\n"),
    "a file beside": ("solutions/scale/notes.txt", "", "more\n"),
    "a package that is not on the path": ("elsewhere/another-1.0.dist-info/METADATA", "", "x"),
}


@pytest.mark.parametrize("change", [*CHANGES, *NO_CHANGES])
def test_a_result_depends_on_all_that_changes_answers(course, change):
    shutil.copytree(
        ROOT / "autograder", course / "autograder", ignore=shutil.ignore_patterns("__pycache__")
    )
    first = course / "packages" / "first-1.0.dist-info" / "METADATA"
    first.parent.mkdir(parents=True)
    first.write_text("Name: first\n")
    installed = sysconfig.get_path("purelib")
    (course / "checkout" / "keras").mkdir(parents=True)
    (course / "checkout" / "keras" / "__init__.py").write_text('__version__ = "1.0"\n')
    (course / "checkout" / "keras" / "layers.py").write_text("")
    path = [str(course), str(course / "packages"), str(course / "checkout"), installed]

    def digest():
        done = subprocess.run(
            [sys.executable, "-c", DIGEST],
            text=True,
            capture_output=True,
            cwd=course,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
            check=True,
        )
        return done.stdout

    before = digest()
    assert digest() == before
    name, old, new = {**CHANGES, **NO_CHANGES}[change]
    (course / name).parent.mkdir(parents=True, exist_ok=True)
    (course / name).touch()
    edited(course / name, old, new)
    assert (digest() != before) == (change in CHANGES)


def test_a_result_depends_on_the_protection(grade, course, environment):
    seeds, _ = grade()
    tools = course / "tools"
    tools.mkdir()
    for tool in ("rm", "chmod"):
        (tools / tool).symlink_to(shutil.which(tool))
    prefix = ["env", f"PATH={Path(sys.executable).parent}{os.pathsep}{tools}"]
    assert grade(prefix=prefix)[0] != seeds
