"""Files as they are handed in: is everything that can be read read, and the rest told?"""

import json
import os

import pytest

from autograder import submissions


def notebook(**fields):
    return json.dumps({"nbformat": 4, **fields}).encode()


CODE = {"cell_type": "code", "source": ["x = 1\n", "y = 2"]}


@pytest.mark.parametrize(
    ("name", "content", "cells"),
    [
        ("a.py", "# \N{SNOWMAN}\r\nx = 1".encode(), ("# \N{SNOWMAN}\nx = 1",)),
        ("a.py", "\ufeffx = 1".encode(), ("x = 1",)),
        ("a.py", "# coding: latin-1\n# \xe9".encode("latin-1"), ("# coding: latin-1\n# \xe9",)),
        ("a.py", "# coding: windows-1252\n# \u20ac".encode("cp1252"),
         ("# coding: windows-1252\n# \u20ac",)),
        ("a.ipynb", notebook(cells=[CODE, {"cell_type": "markdown"}]), ("x = 1\ny = 2",)),
        ("a.ipynb", notebook(worksheets=[], cells=[CODE]), ("x = 1\ny = 2",)),
        ("a.ipynb", notebook(worksheets=[{"cells": []}], cells=[CODE]), ("x = 1\ny = 2",)),
        ("a.ipynb", notebook(cells=[{**CODE, "source": "'\ud800'"}]), ("'?'",)),
        ("a.ipynb", notebook(worksheets=[{"cells": [{**CODE, "input": "x"}]}]), ("x = 1\ny = 2",)),
    ],
)  # fmt: skip
def test_is_a_file_read_as_python_and_jupyter_read_it(tmp_path, name, content, cells):
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
def test_is_what_cannot_be_read_told(tmp_path, name, content, problem):
    (tmp_path / name).write_bytes(content)
    (found,) = submissions.find([tmp_path], "a")
    assert problem in found.problem
    assert found.cells == ()


def test_is_a_link_that_was_handed_in_not_followed(tmp_path):
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


def test_is_a_pipe_not_waited_for(tmp_path):
    (tmp_path / "ada" / "a").mkdir(parents=True)
    os.mkfifo(tmp_path / "ada" / "a" / "a.ipynb")
    (found,) = submissions.find([tmp_path], "a")
    assert found.problem == "not a notebook: no regular file"
