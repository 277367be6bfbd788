"""What lies in the folder of submissions and is not graded, and what is said of it."""

import time

import pytest

from autograder.gradebook import overlooked
from autograder.gradebook.overlooked import Known
from autograder.show import terminal

NOTEBOOKS = {
    "wide_scale": ["wide_scale"],
    "deep_shift": ["deep_shift"],
    "week3": ["deep_shift", "slow_turn"],
}


@pytest.fixture
def find(tmp_path):
    """Put files (or folders, with a slash at the end) there, and return what is found."""

    def find(*paths, done=(), chosen=("wide_scale",), handed_out=()):
        for path in paths:
            target = tmp_path / path
            if path.endswith("/"):
                target.mkdir(parents=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text("")
        known = Known(NOTEBOOKS, chosen, set(done), frozenset(handed_out))
        return overlooked.find(tmp_path, known)

    return find


@pytest.mark.parametrize(
    ("path", "named", "advice"),
    [
        ("ada/", "ada", "empty folder. The work belongs at ada/wide_scale/wide_scale.ipynb"),
        ("ada/wide_scale/", "ada/wide_scale", "empty folder"),
        (
            "ada/wide_scale/wide_scale.py",
            "ada/wide_scale/wide_scale.py",
            "Call it wide_scale.py, and run: autograder autograde wide_scale; or ask ada for",
        ),
        ("ada/wide_scale/work.zip", "ada/wide_scale/work.zip", "unpack it here"),
        ("ada/wide_scale/WORK.ZIP", "ada/wide_scale/WORK.ZIP", "unpack it here"),
        ("ada/wide_scale/notes.txt", "ada/wide_scale/notes.txt", "wide_scale.ipynb is missing"),
        (
            "ada/wide_scale/wide_scale-Copy1.ipynb",
            "ada/wide_scale/wide_scale-Copy1.ipynb",
            "another name than wide_scale.ipynb",
        ),
        (
            "ada/wide_scale/wide_scale (1).ipynb",
            "ada/wide_scale/wide_scale (1).ipynb",
            "another name than wide_scale.ipynb",
        ),
        (
            "ada/wide_scale/Wide-Scale_copy.ipynb",
            "ada/wide_scale/Wide-Scale_copy.ipynb",
            "another name than wide_scale.ipynb",
        ),
        ("ada/wide_scale/final.ipynb", "ada/wide_scale/final.ipynb", "has wide_scale.ipynb only"),
        (
            "ada/wide_scale/.ipynb_checkpoints/wide_scale-checkpoint.ipynb",
            "ada/wide_scale/.ipynb_checkpoints",
            "nothing to do",
        ),
        (
            "ada/wide_scale/wide_scale/wide_scale.ipynb",
            "ada/wide_scale/wide_scale",
            "too deep: move wide_scale.ipynb from in there to ada/wide_scale/wide_scale.ipynb",
        ),
        ("ada/handin/wide_scale/wide_scale.ipynb", "ada/handin", "too deep: move wide_scale"),
        ("ada/wide_scal/wide_scale.ipynb", "ada/wide_scal", "If wide_scale is meant, rename"),
        ("ada/Wide Scale/x.ipynb", "ada/Wide Scale", "If wide_scale is meant, rename"),
        ("ada/homework/x.ipynb", "ada/homework", "no assignment is called so. There are:"),
        (
            "ada/wide_scale.ipynb",
            "ada/wide_scale.ipynb",
            "not deep enough: move it to ada/wide_scale/wide_scale.ipynb",
        ),
        (
            "wide_scale.ipynb",
            "wide_scale.ipynb",
            "not deep enough: move it to STUDENT/wide_scale/wide_scale.ipynb",
        ),
        ("wide_scale/ada/wide_scale.ipynb", "wide_scale", "STUDENT/wide_scale/wide_scale.ipynb"),
        ("class.zip", "class.zip", "an archive. Unpack it"),
        ("ada/wide_scale.tar.gz", "ada/wide_scale.tar.gz", "an archive. Unpack it"),
        ("ada/wide_scale.py", "ada/wide_scale.py", "autograder grade wide_scale FILE"),
        ("readme.txt", "readme.txt", "in no folder of an assignment"),
        (".DS_Store", ".DS_Store", "nothing to do"),
        (
            ".ada/wide_scale/wide_scale.ipynb",
            ".ada",
            "If this is work, rename it to ada",
        ),
        ("ada/wide_scale/wide_scale.IPYNB", "ada/wide_scale/wide_scale.IPYNB", "rename it so"),
        (
            "Ada Lovelace_12345_assignsubmission_file_/wide_scale.ipynb",
            "Ada Lovelace_12345_assignsubmission_file_",
            "Rename it to the student's id",
        ),
        (
            "Ada_1_assignsubmission_file/wide_scale.ipynb",
            "Ada_1_assignsubmission_file",
            "ID/wide_scale/wide_scale.ipynb",
        ),
    ],
)
def test_what_is_not_graded_is_named_with_what_to_do(find, path, named, advice):
    [(where, what)] = find(path)
    assert where == named
    assert advice in what


LONG = ["copy-", "-copy", "copy", "(1)", " (1)", "-1", "- ", "_", " 1", "copy 1", "-checkpoint"]


@pytest.mark.parametrize("part", LONG)
def test_a_long_name_takes_no_time(find, part):
    started = time.perf_counter()
    for end in ("", "x", "(", "9x", "-"):
        name = (part * 250)[: 249 - len(end) - len(".ipynb")] + end
        find(f"ada/wide_scale/w{name[1:]}.ipynb", f"wide_scale {name[11:]}.ipynb")
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "name",
    [
        "wide_scale-Copy1-Copy2",
        "wide_scale - copy (2)",
        "wide_scale copy 3 (1)",
        "wide-scale--2",
        "wide_scale (1)-checkpoint",
        "wide_scalecopy",
        "WideScale_COPY-12",
    ],
)
def test_a_copy_of_a_copy_is_known_by_its_name(find, name):
    [(_, what)] = find(f"ada/wide_scale/{name}.ipynb")
    assert "another name than wide_scale.ipynb" in what


def test_what_was_graded_is_not_named(find):
    graded = "ada/wide_scale/wide_scale.ipynb"
    assert find(graded, "ada/wide_scale/timestamp.txt", done={graded}) == []


def test_files_that_were_handed_out_are_not_named(find):
    graded = "ada/wide_scale/wide_scale.ipynb"
    hints = "wide_scale/wide_scale.hints.json"
    assert find(graded, f"ada/{hints}", done={graded}, handed_out={hints}) == []


def test_a_second_copy_beside_the_graded_one_is_named(find):
    graded = "ada/wide_scale/wide_scale.ipynb"
    [(where, what)] = find(graded, "ada/wide_scale/wide_scale-Copy2.ipynb", done={graded})
    assert where == "ada/wide_scale/wide_scale-Copy2.ipynb"
    assert "wide_scale.ipynb was graded, this was not" in what


def test_assignments_that_nobody_asked_for_are_left_alone(find):
    assert find("ada/deep_shift/deep_shift.py", "bob/week3/") == []


def test_links_are_named_and_not_followed(find, tmp_path):
    (tmp_path / "bob").mkdir()
    (tmp_path / "bob" / "wide_scal").symlink_to("/")
    (tmp_path / "cy").symlink_to("/")
    assert {where for where, _ in find()} == {"bob/wide_scal", "cy"}


def test_a_hundred_thousand_files_take_few_lines(find, tmp_path):
    folder = tmp_path / "ada" / "wide_scale"
    folder.mkdir(parents=True)
    for number in range(100_000):
        (folder / f"{number}.txt").touch()
    started = time.perf_counter()
    found = find()
    assert len(found) < 30
    assert time.perf_counter() - started < 5
    assert any("more files or folders" in what for _, what in found)


def test_what_a_whole_class_has_and_harms_nobody_is_one_line(find):
    graded = [f"s{number}/wide_scale/wide_scale.ipynb" for number in range(300)]
    beside = [f"s{number}/wide_scale/.ipynb_checkpoints/" for number in range(300)]
    [(where, what)] = find(*graded, *beside, done=graded)
    assert where.endswith("and 297 more like these")
    assert "nothing to do" in what


def test_every_student_of_a_large_class_is_named(find, tmp_path):
    for number in range(1200):
        (tmp_path / f"S {number}_{number}_assignsubmission_file_" / "work").mkdir(parents=True)
    started = time.perf_counter()
    assert len(find()) == 1200
    assert time.perf_counter() - started < 2


def test_a_name_cannot_forge_lines_of_the_report():
    found = [("ada\n  bob/wide_scale: fine\x1b[31m[red]", "x")]
    text = terminal.overlooked(found, "build/submitted")
    assert text.count("\n") == 2
    assert "\x1b" not in text
    assert "\\[red]" in text
