"""Files as they are handed in: is everything that can be read read, and the rest told?"""

import json
import os
import tempfile
from pathlib import Path

import pytest

from autograder.records import submissions


def notebook(**fields):
    return json.dumps({"nbformat": 4, **fields}).encode()


CODE = {"cell_type": "code", "source": ["x = 1\n", "y = 2"]}


@pytest.mark.parametrize(
    ("name", "content", "cells"),
    [
        ("a.py", "# \N{SNOWMAN}\r\nx = 1".encode(), ("# \N{SNOWMAN}\nx = 1",)),
        ("a.py", "\ufeffx = 1".encode(), ("x = 1",)),
        ("a.py", "# coding: latin-1\n# \xe9".encode("latin-1"), ("# coding: latin-1\n# \xe9",)),
        (
            "a.py",
            "# coding: windows-1252\n# \u20ac".encode("cp1252"),
            ("# coding: windows-1252\n# \u20ac",),
        ),
        ("a.ipynb", notebook(cells=[CODE, {"cell_type": "markdown"}]), ("x = 1\ny = 2",)),
        ("a.ipynb", notebook(worksheets=[], cells=[CODE]), ("x = 1\ny = 2",)),
        ("a.ipynb", notebook(worksheets=[{"cells": []}], cells=[CODE]), ("x = 1\ny = 2",)),
        ("a.ipynb", notebook(cells=[{**CODE, "source": "'\ud800'"}]), ("'?'",)),
        ("a.ipynb", notebook(worksheets=[{"cells": [{**CODE, "input": "x"}]}]), ("x = 1\ny = 2",)),
    ],
)
def test_a_file_is_read_as_python_and_jupyter_read_it(tmp_path, name, content, cells):
    (tmp_path / name).write_bytes(content)
    (found,) = submissions.find([tmp_path], "a")
    assert (found.problem, found.cells) == ("", cells)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.py", b"\xff\xfe\x00", "not Python"),
        ("a.py", b"# coding: rot13\n", "its encoding is rot13; save it as UTF-8"),
        ("a.py", b"# coding: punycode\n" + b"x" * 10**6, "its encoding is punycode"),
        ("a.py", b"# coding: nothing\n", "unknown encoding"),
        ("a.py", b"x" * (submissions.MAX_BYTES + 1), "larger than 20 MiB"),
        ("a.ipynb", b"{", "not a notebook"),
        ("a.ipynb", b"[" * 100_000, "not a notebook"),
        ("a.ipynb", b"[]", "no JSON object"),
        ("a.ipynb", notebook(), "no list of cells"),
        ("a.ipynb", notebook(cells=[CODE] * 2001), "more than 2000 cells"),
        *(
            ("a.ipynb", notebook(worksheets=sheets), "no list of cells")
            for sheets in (1, "x", {"0": 1}, [1], [{}], [{"cells": 1}])
        ),
        ("a.ipynb", notebook(cells=[{"cell_type": "code", "source": [1]}]), "source is no text"),
        ("a.ipynb", notebook(cells=[{"cell_type": "code", "source": {}}]), "source is no text"),
    ],
)
def test_what_cannot_be_read_is_reported(tmp_path, name, content, problem):
    (tmp_path / name).write_bytes(content)
    (found,) = submissions.find([tmp_path], "a")
    assert problem in found.problem
    assert found.cells == ()


TEXT = 'x = "\u201cquoted\u201d"\n# na\u00efve\n'
SCRIPT = "import keras\n" * 40
IN_OTHER_ENCODINGS = {
    "UTF-16 with a mark": (SCRIPT.encode("utf-16"), "its encoding is UTF-16"),
    "UTF-16 of big endians": (SCRIPT.encode("utf-16-be"), "its encoding is UTF-16"),
    "UTF-16, not only ASCII": ((TEXT * 9).encode("utf-16-le"), "its encoding is UTF-16"),
    "UTF-16, one line": ("x=1".encode("utf-16-le"), "its encoding is UTF-16"),
    "UTF-32": (SCRIPT.encode("utf-32-le"), "its encoding is UTF-32"),
    "quotes of Windows": (TEXT.encode("cp1252"), "line 1 is not UTF-8 (byte 0x93)"),
    "Latin-1, far below": (SCRIPT.encode() + b"# \xe9", "line 41 is not UTF-8 (byte 0xe9)"),
    "Latin-1, lines of Windows": (b"x = 1\r\n# \xfc\r\n", "line 2 is not UTF-8 (byte 0xfc)"),
    "said to be ASCII": (b"# coding: ascii\n# \xe9", "line 2 is not ascii (byte 0xe9)"),
    "said to be UTF-8": (b"# coding: utf-8\n# \xe9", "line 2 is not UTF-8 (byte 0xe9)"),
    "mark, and another name": (b"\xef\xbb\xbf# coding: latin-1", "encoding problem: utf-8"),
    "NUL bytes": (b"x = 1\n\0\0\0y = 2\n", "it holds NUL bytes"),
    "an archive": (b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(range(256)), "it holds NUL bytes"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it holds NUL bytes"),
}


@pytest.mark.parametrize(
    ("content", "problem"), IN_OTHER_ENCODINGS.values(), ids=IN_OTHER_ENCODINGS
)
def test_a_file_in_another_encoding_says_what_to_do(tmp_path, content, problem):
    for name in ("a.py", "b.ipynb"):
        (tmp_path / name).write_bytes(content)
    script, book = submissions.find([tmp_path], "a")
    assert problem in script.problem
    assert "UTF-8" in script.problem
    for found in (script, book):
        assert str(tmp_path) not in found.problem
        assert len(found.problem) < 120
    if "coding" not in str(content):
        assert book.problem == script.problem.replace("not Python", "not a notebook")


def test_a_file_that_is_too_large_says_what_to_do(tmp_path):
    for name in ("a.py", "b.ipynb"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(submissions.MAX_BYTES + 1)
    script, book = submissions.find([tmp_path], "a")
    assert script.problem == "larger than 20 MiB: take out what is no code and save it again"
    assert book.problem == "larger than 20 MiB: clear its outputs and save it again"


def make(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(notebook(cells=[CODE]) if name.endswith("nb") else b"x = 1")


@pytest.mark.parametrize(
    ("files", "ids"),
    [
        (["ada.py", "bob.ipynb"], ["ada", "bob"]),
        (["ada.py", "ada.ipynb"], ["ada.ipynb", "ada.py"]),
        (["ada.py", "ada/hub/hub.ipynb"], ["ada.py", "hub.ipynb"]),
        (["hub.py", "ada/hub/hub.ipynb", "hub/hub.ipynb"], ["hub", "ada", "class"]),
        (["ada.py", "ada.ipynb", "ada.py.py"], ["ada.ipynb", "class/ada.py", "ada.py.py"]),
    ],
)
def test_two_submissions_never_share_an_id(tmp_path, files, ids):
    make(tmp_path / "class", *files)
    found = submissions.find([tmp_path / "class"], "hub")
    assert sorted(one.id for one in found) == sorted(ids)


def test_the_same_names_in_two_folders_are_told_apart(tmp_path):
    make(
        tmp_path,
        "one/ada.py",
        "two/ada.py",
        "two/bob.py",
        "one/cy/hub/hub.ipynb",
        "two/cy/hub/hub.ipynb",
    )
    found = submissions.find([tmp_path / "one", tmp_path / "two", tmp_path / "one"], "hub")
    assert [one.id for one in found] == [
        "one/ada.py",
        "one/cy/hub/hub.ipynb",
        "two/ada.py",
        "bob",
        "two/cy/hub/hub.ipynb",
    ]


def test_whatever_is_passed_over_is_named_once(tmp_path):
    make(
        tmp_path,
        "ada.py",
        "notes.txt",
        "bob.zip",
        "cy.PY",
        ".DS_Store",
        "dan/essay.ipynb",
        "eve/hub/hub.ipynb",
        "eve/hub/timestamp.txt",
        "eve/hub/data.csv",
        "fay/hub/HUB.ipynb",
        "gus/hup/hub.ipynb",
        "__pycache__/ada.pyc",
    )
    found = submissions.find([tmp_path, tmp_path / "bob.zip"], "hub")
    assert [one.id for one in found] == ["ada", "eve"]
    told = submissions.passed_over([tmp_path, tmp_path / "bob.zip"], "hub")
    assert [line.replace(f"{tmp_path}/", "") for line in told] == [
        ".DS_Store, bob.zip, notes.txt: neither .py nor .ipynb",
        "__pycache__, dan, fay, gus: a folder without hub/hub.ipynb",
        "cy.PY: its ending is not in lower case; rename it to cy.py",
        "eve/hub/data.csv: beside hub.ipynb, which is graded",
    ]
    with pytest.raises(FileNotFoundError, match="no .py or .ipynb of hub in .*notes.txt"):
        submissions.find([tmp_path / "notes.txt"], "hub")


def test_a_link_that_was_handed_in_is_not_followed(tmp_path):
    (tmp_path / "ada.py").write_text("x = 1")
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "bob.py").symlink_to(tmp_path / "ada.py")
    (tmp_path / "class" / "cy").symlink_to(tmp_path / "dan")
    (tmp_path / "dan" / "a").mkdir(parents=True)
    (tmp_path / "dan" / "a" / "a.ipynb").write_bytes(notebook(cells=[CODE]))
    found = {one.id: one.problem for one in submissions.find([tmp_path / "class"], "a")}
    assert found == {
        "bob": "not Python: a link to another file",
        "cy": "not a notebook: a link to another file",
    }
    # But who grades may name a link.
    (found,) = submissions.find([tmp_path / "class" / "bob.py"], "a")
    assert found.problem == ""


def test_a_pipe_is_not_waited_for(tmp_path):
    (tmp_path / "ada" / "a").mkdir(parents=True)
    os.mkfifo(tmp_path / "ada" / "a" / "a.ipynb")
    (found,) = submissions.find([tmp_path], "a")
    assert found.problem == "not a notebook: no regular file"


BAD_LINKS = {"too long": "x" * 300, "far too long": "y/" * 2000, "itself": None, "nothing": "gone"}


def link(path, target):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(BAD_LINKS[target] or path.name)


@pytest.mark.parametrize("target", BAD_LINKS)
@pytest.mark.parametrize(
    ("place", "named"),
    [
        ("bob.py", "bob"),
        ("bob/hub/hub.ipynb", "bob"),
        ("hub/hub.ipynb", "class"),
        ("notes.txt", None),
        ("bob", None),
        ("bob/hub", None),
        ("ada/hub/data.csv", None),
    ],
)
def test_one_bad_link_ends_no_run(tmp_path, target, place, named):
    make(tmp_path / "class", "cy.py", "ada/hub/hub.ipynb")
    link(tmp_path / "class" / place, target)
    found = {one.id: one.problem for one in submissions.find([tmp_path / "class"], "hub")}
    assert (found.pop("cy"), found.pop("ada")) == ("", "")
    told = submissions.passed_over([tmp_path / "class"], "hub")
    if named:
        assert "a link to another file" in found[named]
        assert told == []
    else:
        assert found == {}
        assert place.removesuffix("/hub") in "".join(told)


@pytest.mark.parametrize("target", BAD_LINKS)
def test_a_bad_link_that_is_named_ends_no_run(tmp_path, target):
    make(tmp_path, "cy.py")
    link(tmp_path / "bob.py", target)
    found = {one.id: one.problem for one in submissions.find(sorted(tmp_path.iterdir()), "hub")}
    assert found == {"bob": "not Python: no regular file", "cy": ""}


def test_a_folder_that_cannot_be_listed_ends_no_run():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        make(folder, "cy.py", "ada/hub/hub.ipynb", "bob/hub/hub.ipynb", "dan/hub/hub.ipynb")
        for student, mode in {"ada/hub": 0o311, "bob": 0o311, "dan": 0o600}.items():
            (folder / student).chmod(mode)
        if root := os.getuid() == 0:
            os.setresuid(65534, 65534, 0)
        try:
            found = {one.id: one.problem for one in submissions.find([folder], "hub")}
            told = submissions.passed_over([folder], "hub")
        finally:
            if root:
                os.setresuid(0, 0, 0)
    assert found.keys() >= {"cy", "ada"}
    assert any("ada/hub: what lies beside hub.ipynb cannot be listed" in line for line in told)
    assert any("dan: a folder that you may not open" in line for line in told)
