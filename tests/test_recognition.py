"""Which files are exercises, however an editor, a tool or a student has written them."""

import codecs
import json
import subprocess

import pytest

from autograder.records.recognition import exercise_of

pytestmark = pytest.mark.slow  # they start commands

SHOW = """\
def test_doubles():
    \"\"\"numerics: 3 becomes 6\"\"\"
    assert 2 * 3 == 6


try:
    from autograder.publictests import show
except ImportError:  # without the package, no table and no hints

    def show(exercise, *tests):
        for test in tests:
            test()


show(
    "scale", test_doubles,
)
"""
STUB = """\
# autograder exercise: scale
# Fill in what says YOUR CODE HERE.


def test_doubles():
    \"\"\"numerics: 3 becomes 6\"\"\"
    assert 2 * 3 == 6
"""
LICENCE = (
    "# Copyright of somebody.\n#\n" + "# You may copy this file, if you name who wrote it.\n" * 40
)


def cell(source, kind="code", **fields):
    return {"cell_type": kind, "metadata": {}, "source": source, **fields}


def book(*cells, **dumps):
    held = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(held, **dumps)


def format_3(*sheets):
    sheets = [{"cells": [{"cell_type": "code", "input": source}]} for source in sheets]
    return json.dumps({"worksheets": sheets, "metadata": {}, "nbformat": 3})


def call(text):
    return SHOW.replace('show(\n    "scale", test_doubles,\n)', text)


LINES = SHOW.splitlines(keepends=True)
OURS = {
    "list of lines": book(cell(LINES)),
    "single string": book(cell(SHOW)),
    "lines with CRLF": book(cell([line.replace("\n", "\r\n") for line in LINES])),
    "file with CRLF": book(cell(LINES), indent=1).replace("\n", "\r\n"),
    "one line of JSON": book(cell(SHOW), separators=(",", ":")),
    "escaped letters": book(cell(SHOW)).replace("autograder", "\\u0061utograder"),
    "all letters escaped": book(cell(SHOW)).replace(
        "autograder", "".join(f"\\u{ord(letter):04X}" for letter in "autograder")
    ),
    "byte order mark": "\ufeff" + book(cell(SHOW)),
    "format 3": format_3(SHOW),
    "format 3, second sheet": format_3("x = 1", LINES),
    "one line": book(cell(call('show("scale", test_doubles)'))),
    "as black writes it": book(cell(call('show(\n    "scale",\n    test_doubles,\n)'))),
    "single quotes": book(cell(call("show('scale', test_doubles)"))),
    "a comment first": book(cell(call("show(  # run me\n    'scale', test_doubles)"))),
    "by keyword": book(cell(call("show(exercise='scale', *[test_doubles])"))).replace(
        "'scale', *", "'scale' , *"
    ),
    "module imported": book(
        cell(
            SHOW.replace(
                "from autograder.publictests import show", "import autograder.publictests as tests"
            )
        )
    ),
    "of today": book(cell(SHOW.replace("autograder.publictests", "autograder.cells"))),
    "all cells merged": book(cell("%matplotlib inline\nx = 1\n" + SHOW + "\n# numerics: 2 points")),
    "split in two": book(
        *(cell(part) for part in SHOW.partition("\n\n\nshow(")[::2] if part),
        cell('show("scale", test_doubles)'),
    ),
    "something else shown": book(cell("import matplotlib.pyplot as plt\nplt.show()"), cell(SHOW)),
    "Markdown beside it": book(
        cell("# autograder \u2713", "markdown"), cell(SHOW), cell('show("other", x)', "markdown")
    ),
}
FOREIGN = {
    "nothing": "",
    "no JSON": "autograder {",
    "no cells": book(),
    "named in Markdown": book(cell(SHOW, "markdown")),
    "another autograder": book(cell('import otter  # an autograder\nshow("scale", 1)')),
    "shown, not ours": book(cell('plt.show("scale", block=True)')),
    "imported, not shown": book(cell("from autograder.publictests import show")),
    "outputs": book(cell("1", outputs=[{"output_type": "stream", "text": SHOW}])),
    "escapes": book(cell("x = '\u00e9a'")).replace("a'", "\\u0061'"),
}


@pytest.mark.parametrize("text", OURS.values(), ids=OURS)
def test_a_notebook_of_ours_is_recognised(tmp_path, text):
    path = tmp_path / "any name.ipynb"
    path.write_bytes(text.encode())
    assert exercise_of(path) == "scale"


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)
def test_a_notebook_of_others_is_none_of_ours(tmp_path, text):
    path = tmp_path / "scale.ipynb"
    path.write_bytes(text.encode())
    assert exercise_of(path) is None


SCRIPTS = {
    "as it is": STUB,
    "CRLF": STUB.replace("\n", "\r\n"),
    "CR": STUB.replace("\n", "\r"),
    "byte order mark": "\ufeff" + STUB,
    "coding line": "# -*- coding: utf-8 -*-\n" + STUB,
    "shebang": "#!/usr/bin/env python3\n" + STUB,
    "shebang, mark, CRLF": ("\ufeff#!/usr/bin/env python3\n" + STUB).replace("\n", "\r\n"),
    "licence": LICENCE + STUB,
    "licence as docstring": f'"""{LICENCE}"""\n\n' + STUB,
    "an import first": "from __future__ import annotations\n\n" + STUB,
    "half written": STUB + "def f(:\n  '''",
    "space taken out": STUB.replace("exercise: ", "exercise:"),
}
OTHER_SCRIPTS = {
    "nothing": "",
    "quoted": f"TEXT = '''\n{STUB}'''\n",
    "said in passing": "# see `# autograder exercise: scale`\n",
    "no Python": '"""' + STUB,
    "without a name": "# autograder exercise:\n",
}


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_a_stub_is_recognised(tmp_path, text):
    path = tmp_path / "any name.py"
    path.write_bytes(text.encode())
    assert exercise_of(path) == "scale"


@pytest.mark.parametrize("text", OTHER_SCRIPTS.values(), ids=OTHER_SCRIPTS)
def test_another_script_is_no_stub(tmp_path, text):
    path = tmp_path / "scale.py"
    path.write_bytes(text.encode())
    assert exercise_of(path) is None


LATIN = "# \xe9t\xe9\n".encode("latin-1")
UNREADABLE = {
    "a.py": (codecs.BOM_UTF16_LE + STUB.encode("utf-16-le"), "encoding is UTF-16; save it as UTF"),
    "b.py": (STUB.encode("utf-16-be"), "encoding is UTF-16; save it as UTF-8"),
    "c.py": (STUB.encode() + LATIN, "line 8 is not UTF-8 (byte 0xe9); save it as UTF-8"),
    "d.ipynb": (book(cell(SHOW)).encode("utf-16"), "encoding is UTF-16; save it as UTF-8"),
    "e.ipynb": (book(cell(SHOW)).encode("utf-32-le"), "encoding is UTF-32; save it as UTF-8"),
    "f.ipynb": (book(cell(LINES), indent=1).encode()[:-5], "not a notebook: Expecting"),
    "g.ipynb": (
        book(cell(SHOW), cell("\xe9"), ensure_ascii=False).encode("latin-1"),
        "line 1 is not UTF-8 (byte 0xe9); save it as UTF-8",
    ),
    "h.ipynb": (
        b" " * 21 * 2**20 + book(cell(SHOW)).encode(),
        "larger than 20 MiB: clear its outputs and save it again",
    ),
}


def test_the_problem_of_a_damaged_exercise_is_told(tmp_path, environment):
    for name, (content, _) in UNREADABLE.items():
        (tmp_path / name).write_bytes(content)
        assert exercise_of(tmp_path / name) == "scale", name
    (tmp_path / "fine.ipynb").write_bytes(OURS["lines with CRLF"].encode())
    for command in ("autograder", "check"), ("pytest", "--continue-on-collection-errors"):
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, text=True, capture_output=True, timeout=300
        )
        assert done.returncode == 1
        for name, (_, problem) in UNREADABLE.items():
            assert name in done.stdout
            assert problem in done.stdout.replace("\n", " ")
        assert str(tmp_path / "a.py") not in done.stdout
        assert "Traceback" not in done.stdout
    assert "1 passed, 8 errors" in done.stdout


@pytest.mark.parametrize("name", ["lines with CRLF", "format 3, second sheet", "single string"])
def test_the_tests_of_a_recognised_notebook_run(tmp_path, environment, name):
    (tmp_path / "mine.ipynb").write_bytes(OURS[name].encode())
    for command in (["autograder", "check", "mine.ipynb"], ["pytest", "mine.ipynb"]):
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, text=True, capture_output=True, timeout=120
        )
        assert done.returncode == 0, done.stdout
