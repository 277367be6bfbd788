"""Hand-ins as an LMS packs them, put where nbgrader expects them."""

import io
import os
import stat
import zipfile

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.authors.build import source_notebook
from autograder.gradebook import archives, tuning
from autograder.gradebook.release import release
from autograder.grading.verdicts import CheckInfo
from autograder.records.course import Course
from autograder.records.results import DIMENSIONS

pytestmark = pytest.mark.slow  # they start commands

STUB = "# autograder exercise: scale\nx = {}\n"
NEWS = (2026, 1, 31, 23, 59, 0)


@pytest.fixture(scope="session")
def released(tmp_path_factory, environment, toy_exercise):
    """A course with a released notebook, and with three students in the class list."""
    course = tmp_path_factory.mktemp("course")
    tuning.open_gradebooks_once()
    before, os.environ["PATH"] = os.environ["PATH"], environment["PATH"]
    (course / "nbgrader_config.py").write_text(
        (toy_exercise.folder.parents[3] / "nbgrader_config.py").read_text()
    )
    checks = [CheckInfo(name, name, 2, name, False, [], 0, 0) for name in DIMENSIONS]
    source = Course(course).source("scale")
    source.mkdir(parents=True)
    nbformat.write(source_notebook(toy_exercise, checks), source / "scale.ipynb")
    release("scale", Course(course))
    os.environ["PATH"] = before
    with Gradebook(f"sqlite:///{course}/build/gradebook.db", "custom-keras") as gradebook:
        email = "ada@u.example"
        gradebook.add_student("ada", first_name="Ada", last_name="Lovelace", email=email)
        gradebook.add_student("bob-z", first_name="Bob", last_name="Zoë", lms_user_id="7002")
        gradebook.add_student("s3", first_name="Cy", last_name="Young")
    return course


@pytest.fixture
def class_(course, released):
    import shutil

    shutil.copytree(released, course, dirs_exist_ok=True)
    return course


def packed(path, files):
    """Write a zip: contents, or a content and a time, by name."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            content, when = content if isinstance(content, tuple) else (content, NEWS)
            archive.writestr(zipfile.ZipInfo(name, when), content)
    return str(path)


def handed_in(course):
    root = course / "build" / "submitted"
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def notebook(course):
    return (course / "release" / "scale" / "scale.ipynb").read_text()


def test_a_zip_of_moodle(class_, autograder):
    files = {
        "Ada Lovelace_111_assignsubmission_file_/scale (1).ipynb": notebook(class_),
        "Lab 1-Bob Zoë_112_assignsubmission_file_/final.py": STUB.format(1),
        "Cy Young_113_assignsubmission_file_work.ipynb": notebook(class_),
        "Cy Young_113_assignsubmission_onlinetext/onlinetext.html": "<p>",
        "Mal Mallory_114_assignsubmission_file_/scale.ipynb": "{}",
        "__MACOSX/Ada Lovelace_111_assignsubmission_file_/._scale.ipynb": "x",
    }
    done = autograder("collect", packed(class_ / "m.zip", files), "--from", "moodle", code=1)
    assert handed_in(class_) == {
        "ada/scale/scale.ipynb",
        "bob-z/scale/scale.py",
        "s3/scale/scale.ipynb",
    }
    assert "3 files taken" in done.stdout
    assert done.stderr.count("\n") == 3
    assert "nobody in the class list is called Mal Mallory" in done.stderr
    assert "onlinetext.html: neither .ipynb nor .py" in done.stderr
    done = autograder("collect", str(class_ / "m.zip"), "--from", "moodle", code=1)
    assert "0 files taken, 3 were there already" in done.stdout


def test_a_zip_of_canvas(class_, autograder):
    files = {
        "lovelaceada_LATE_7001_90001_scale-1.ipynb": notebook(class_),
        "lovelaceada_LATE_7001_90002_scale-2.ipynb": notebook(class_) + "\n",
        "zoebob_7002_90003_scale.py": STUB.format(1),
        "youngcy_7003_90004_essay.ipynb": "{}",
    }
    done = autograder("collect", packed(class_ / "c.zip", files), "--from", "canvas", code=1)
    assert handed_in(class_) == {"ada/scale/scale.ipynb", "bob-z/scale/scale.py"}
    assert "90002_scale-2.ipynb is the newest" in done.stdout
    text = (class_ / "build" / "submitted" / "ada" / "scale" / "scale.ipynb").read_text()
    assert text.endswith("\n\n") or text == notebook(class_) + "\n"
    assert "belongs to no notebook of scale" in done.stderr
    # An older download takes nothing back, not even as a script; a newer one does, and so does any
    # where nothing is left.
    ada, bob = "lovelaceada_7001_{}_scale-1.{}", "zoebob_7002_{}_scale.py"
    again = {ada.format(90001, "py"): STUB.format(5), bob.format(90003): STUB.format(6)}
    done = autograder("collect", packed(class_ / "old.zip", again), "--from", "canvas")
    assert "ada/scale/scale.py is newer than lovelaceada_7001_90001_scale-1.py" in done.stdout
    assert "1 files taken" in done.stdout
    assert handed_in(class_) == {"ada/scale/scale.ipynb", "bob-z/scale/scale.py"}
    assert (class_ / "build/submitted/bob-z/scale/scale.py").read_text() == STUB.format(6)
    (class_ / "build/submitted/bob-z/scale/scale.py").unlink()
    again = {ada.format(90005, "py"): STUB.format(7), bob.format(90002): STUB.format(8)}
    done = autograder("collect", packed(class_ / "new.zip", again), "--from", "canvas")
    assert "2 files taken" in done.stdout
    assert handed_in(class_) == {"ada/scale/scale.py", "bob-z/scale/scale.py"}


def test_a_zip_of_blackboard(class_, autograder):
    files = {
        "Week 1_ada_attempt_2026-01-30-10-00-00_scale.ipynb": notebook(class_),
        "Week 1_ada_attempt_2026-01-31-10-00-00_scale.py": STUB.format(2),
        "Week 1_ada_attempt_2026-01-31-10-00-00.txt": "Name: Ada (ada)",
    }
    done = autograder("collect", packed(class_ / "b.zip", files), "--from", "blackboard")
    assert handed_in(class_) == {"ada/scale/scale.py", "ada/scale/timestamp.txt"}
    assert "01-31-10-00-00_scale.py is the newest" in done.stdout
    stamp = (class_ / "build" / "submitted" / "ada" / "scale" / "timestamp.txt").read_text()
    assert stamp.startswith("2026-01-3") and stamp.endswith(" UTC\n")
    # An older download changes nothing; a newer one does, and removes the script.
    files = {"Week 1_ada_attempt_2026-01-29-10-00-00_scale.py": STUB.format(3)}
    done = autograder("collect", packed(class_ / "b.zip", files), "--from", "blackboard")
    assert "ada/scale/scale.py is newer than" in done.stdout
    files = {"Week 1_ada_attempt_2026-02-01-10-00-00_scale.ipynb": notebook(class_)}
    done = autograder("collect", packed(class_ / "b.zip", files), "--from", "blackboard")
    assert "scale.ipynb replaces scale.py, which is older" in done.stdout
    assert handed_in(class_) == {"ada/scale/scale.ipynb", "ada/scale/timestamp.txt"}


@pytest.mark.parametrize("zipped", [True, False])
def test_repositories_and_folders_of_students(class_, autograder, zipped):
    files = {
        "all/scale-ada/scale.ipynb": notebook(class_),
        "all/scale-bob-z/src/exercise.py": STUB.format(1),
        "all/scale-mallory/scale.ipynb": notebook(class_),
    }
    where = packed(class_ / "g.zip", files)
    if not zipped:
        zipfile.ZipFile(where).extractall(class_ / "clones")
        (class_ / "clones" / "all" / "scale-ada" / "more.py").symlink_to("/etc/passwd")
        where = str(class_ / "clones")
    done = autograder("collect", where, "--from", "github", code=1)
    assert handed_in(class_) == {"ada/scale/scale.ipynb", "bob-z/scale/scale.py"}
    assert "scale-mallory" in done.stderr
    assert zipped or "more.py: a link" in done.stderr
    files = {"s3/scale.ipynb": notebook(class_), "ada@u.example.py": STUB.format(1)}
    autograder("collect", packed(class_ / "f.zip", files), "--from", "folder", "--assignment=scale")
    assert "s3/scale/scale.ipynb" in handed_in(class_)
    # In the clones, the notebook is as new as the clone.
    assert ("ada/scale/scale.py" in handed_in(class_)) == zipped


def test_nothing_hostile_leaves_its_place(class_, autograder):
    link = zipfile.ZipInfo("ada/link.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("../../../../evil/scale.ipynb", notebook(class_))
        archive.writestr("deep/scale (2).ipynb", notebook(class_))
    with zipfile.ZipFile(class_ / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../ada/scale.ipynb", notebook(class_))
        archive.writestr("/ada/C:\\temp\\..\\scale.ipynb", notebook(class_))
        archive.writestr(link, "/etc/passwd")
        archive.writestr("bob-z/scale.ipynb", b" " * (archives.MAX_BYTES + 1))
        archive.writestr("s3/work.ZIP", inner.getvalue())
        archive.writestr("ada/broken.zip", b"PK\x03\x04 broken")
        archive.writestr("ada/scale\n\x1b[31m.ipynb\x00", "{")
    before = {path for path in class_.parent.rglob("*") if "submitted" not in path.parts}
    done = autograder("collect", "x.zip", "--from", "folder", code=1)
    assert handed_in(class_) == {"s3/scale/scale.ipynb", "ada/scale/scale.ipynb"} or handed_in(
        class_
    ) == {"s3/scale/scale.ipynb"}
    assert {path for path in class_.parent.rglob("*") if "submitted" not in path.parts} == before
    for said in ("leads out of the archive", "a link", "larger than 20 MiB", "no zip that can be"):
        assert said in done.stderr
    assert "\x1b" not in done.stderr


def test_a_bomb_is_refused(class_, monkeypatch):
    monkeypatch.setattr(archives, "MAX_TOTAL", 10**6)
    with zipfile.ZipFile(class_ / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"{number}.py", bytes(3 * 10**5))
    budget = archives.Budget(total=10**6)
    with zipfile.ZipFile(class_ / "x.zip") as archive:
        with pytest.raises(archives.GraderError, match="unpacks to more than"):
            for file in archives._in_zip(archive, (), budget, deep=True):
                file.read()
        with pytest.raises(archives.GraderError, match="more than"):
            list(archives._in_zip(archive, (), archives.Budget(files=2), deep=True))


def test_names_in_other_encodings_are_read(class_, autograder):
    """Programs write UTF-8 without saying so."""
    name = "Bob Zoë_112_assignsubmission_file_/scale.py"
    path = class_ / "m.zip"
    packed(path, {name: STUB.format(1)})
    content = path.read_bytes().replace(b"\x00\x08\x00\x00", b"\x00\x00\x00\x00")
    path.write_bytes(content)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() != [name]
    autograder("collect", "m.zip", "--from", "moodle")
    assert handed_in(class_) == {"bob-z/scale/scale.py"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["no.zip", "--from", "canvas"], "no such file or folder"),
        (["nbgrader_config.py", "--from", "canvas"], "is no zip that can be read"),
        (["solutions", "--from", "word"], "there are moodle, canvas, blackboard, github, folder"),
        (["solutions", "--from", "canvas", "--assignment", "x"], "There are: scale"),
    ],
)
def test_what_cannot_be_collected_is_said(class_, autograder, options, said):
    code = 2 if options[0] == "no.zip" else 1
    assert said in autograder("collect", *options, code=code).stderr


def test_a_script_is_graded_where_a_notebook_was_released(course, autograder, right_answer):
    autograder("build", "scale")
    folder = course / "build" / "submitted"
    for student, source in {"ada": right_answer, "bob": "import (", "cy": "x = 1\n"}.items():
        (folder / student / "scale").mkdir(parents=True)
        (folder / student / "scale" / "scale.py").write_text(source)
    done = autograder("autograde")
    assert "not graded" not in done.stderr
    with Gradebook(f"sqlite:///{course}/build/gradebook.db", "custom-keras") as gradebook:
        found = {one.student_id: one.score for one in gradebook.assignment_submissions("scale")}
    assert found == {"ada": 8, "bob": 0, "cy": 0}
    page = nbformat.read(course / "build" / "autograded" / "ada" / "scale" / "scale.ipynb", 4)
    [answer] = [cell for cell in page.cells if "class Scale" in cell.source]
    assert answer.metadata.nbgrader.solution
