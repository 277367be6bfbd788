"""What lies in the folder of submissions and is not graded, and what is said of it."""

import time

import pytest

from autograder import overlooked, report
from autograder.overlooked import Known

NOTEBOOKS = {
    "huber_loss": ["huber_loss"],
    "dense_layer": ["dense_layer"],
    "week3": ["dense_layer", "graph_loop"],
}


@pytest.fixture
def find(tmp_path):
    """Put files (or folders, with a slash at the end) there, and return what is found."""

    def find(*paths, done=(), chosen=("huber_loss",), handed_out=()):
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
        ("ada/", "ada", "empty folder. The work belongs at ada/huber_loss/huber_loss.ipynb"),
        ("ada/huber_loss/", "ada/huber_loss", "empty folder"),
        ("ada/huber_loss/huber_loss.py", "ada/huber_loss/huber_loss.py",
         "Ask ada for huber_loss.ipynb, or run: autograder grade huber_loss FILE"),
        ("ada/huber_loss/work.zip", "ada/huber_loss/work.zip", "unpack it here"),
        ("ada/huber_loss/WORK.ZIP", "ada/huber_loss/WORK.ZIP", "unpack it here"),
        ("ada/huber_loss/notes.txt", "ada/huber_loss/notes.txt", "huber_loss.ipynb is missing"),
        ("ada/huber_loss/huber_loss-Copy1.ipynb", "ada/huber_loss/huber_loss-Copy1.ipynb",
         "another name than huber_loss.ipynb"),
        ("ada/huber_loss/huber_loss (1).ipynb", "ada/huber_loss/huber_loss (1).ipynb",
         "another name than huber_loss.ipynb"),
        ("ada/huber_loss/Huber-Loss_copy.ipynb", "ada/huber_loss/Huber-Loss_copy.ipynb",
         "another name than huber_loss.ipynb"),
        ("ada/huber_loss/final.ipynb", "ada/huber_loss/final.ipynb", "has huber_loss.ipynb only"),
        ("ada/huber_loss/.ipynb_checkpoints/huber_loss-checkpoint.ipynb",
         "ada/huber_loss/.ipynb_checkpoints", "nothing to do"),
        ("ada/huber_loss/huber_loss/huber_loss.ipynb", "ada/huber_loss/huber_loss",
         "too deep: move huber_loss.ipynb from in there to ada/huber_loss/huber_loss.ipynb"),
        ("ada/handin/huber_loss/huber_loss.ipynb", "ada/handin", "too deep: move huber_loss"),
        ("ada/huber_los/huber_loss.ipynb", "ada/huber_los", "If huber_loss is meant, rename"),
        ("ada/Huber Loss/x.ipynb", "ada/Huber Loss", "If huber_loss is meant, rename"),
        ("ada/homework/x.ipynb", "ada/homework", "no assignment is called so. There are:"),
        ("ada/huber_loss.ipynb", "ada/huber_loss.ipynb",
         "not deep enough: move it to ada/huber_loss/huber_loss.ipynb"),
        ("huber_loss.ipynb", "huber_loss.ipynb",
         "not deep enough: move it to STUDENT/huber_loss/huber_loss.ipynb"),
        ("huber_loss/ada/huber_loss.ipynb", "huber_loss", "STUDENT/huber_loss/huber_loss.ipynb"),
        ("class.zip", "class.zip", "an archive. Unpack it"),
        ("ada/huber_loss.tar.gz", "ada/huber_loss.tar.gz", "an archive. Unpack it"),
        ("ada/huber_loss.py", "ada/huber_loss.py", "autograder grade huber_loss FILE"),
        ("readme.txt", "readme.txt", "in no folder of an assignment"),
        (".DS_Store", ".DS_Store", "nothing to do"),
        ("Ada Lovelace_12345_assignsubmission_file_/huber_loss.ipynb",
         "Ada Lovelace_12345_assignsubmission_file_", "Rename it to the student's id"),
        ("Ada_1_assignsubmission_file/huber_loss.ipynb", "Ada_1_assignsubmission_file",
         "ID/huber_loss/huber_loss.ipynb"),
    ],
)  # fmt: skip
def test_what_is_not_graded_is_named_with_what_to_do(find, path, named, advice):
    [(where, what)] = find(path)
    assert where == named
    assert advice in what


def test_what_was_graded_is_not_named(find):
    graded = "ada/huber_loss/huber_loss.ipynb"
    assert find(graded, "ada/huber_loss/timestamp.txt", done={graded}) == []


def test_files_that_were_handed_out_are_not_named(find):
    graded = "ada/huber_loss/huber_loss.ipynb"
    hints = "huber_loss/huber_loss.hints.json"
    assert find(graded, f"ada/{hints}", done={graded}, handed_out={hints}) == []


def test_a_second_copy_beside_the_graded_one_is_named(find):
    graded = "ada/huber_loss/huber_loss.ipynb"
    [(where, what)] = find(graded, "ada/huber_loss/huber_loss-Copy2.ipynb", done={graded})
    assert where == "ada/huber_loss/huber_loss-Copy2.ipynb"
    assert "huber_loss.ipynb was graded, this was not" in what


def test_assignments_that_nobody_asked_for_are_left_alone(find):
    assert find("ada/dense_layer/dense_layer.py", "bob/week3/") == []


def test_links_are_named_and_not_followed(find, tmp_path):
    (tmp_path / "bob").mkdir()
    (tmp_path / "bob" / "huber_los").symlink_to("/")
    (tmp_path / "cy").symlink_to("/")
    assert {where for where, _ in find()} == {"bob/huber_los", "cy"}


def test_a_hundred_thousand_files_take_few_lines(find, tmp_path):
    folder = tmp_path / "ada" / "huber_loss"
    folder.mkdir(parents=True)
    for number in range(100_000):
        (folder / f"{number}.txt").touch()
    started = time.perf_counter()
    found = find()
    assert len(found) < 30
    assert time.perf_counter() - started < 5
    assert any("more files or folders" in what for _, what in found)


def test_what_a_whole_class_has_and_harms_nobody_is_one_line(find):
    graded = [f"s{number}/huber_loss/huber_loss.ipynb" for number in range(300)]
    beside = [f"s{number}/huber_loss/.ipynb_checkpoints/" for number in range(300)]
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
    found = [("ada\n  bob/huber_loss: fine\x1b[31m[red]", "x")]
    text = report.overlooked(found, "build/submitted")
    assert text.count("\n") == 2
    assert "\x1b" not in text
    assert "\\[red]" in text
