"""What is printed, in encodings that lack our marks, and where it cannot be written at all."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.show import console

pytestmark = pytest.mark.slow

# As with a locale of old, as Windows writes to a file, and as in a container without a locale.
LOCALES = {
    "latin-1": {"PYTHONIOENCODING": "iso8859-1"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "koi8-r": {"PYTHONIOENCODING": "koi8-r:strict"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "POSIX": {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "utf-8": {"PYTHONIOENCODING": "utf-8"},
}
PRINTS = "\nprint('caf\xe9 \u2713 \N{SNAKE}')\n"


@pytest.fixture(params=LOCALES)
def run(request, course, environment):
    def run(*command):
        own = {**environment, **LOCALES[request.param], "PYTHONWARNDEFAULTENCODING": "1"}
        done = subprocess.run(command, cwd=course, env=own, capture_output=True, timeout=300)
        done.encoding = own.get("PYTHONIOENCODING", "ascii").partition(":")[0]
        done.stdout, done.stderr = (one.decode(done.encoding) for one in (done.stdout, done.stderr))
        assert "Traceback" not in done.stderr
        ours = [
            line
            for line in done.stderr.splitlines()
            if "/autograder/" in line and "EncodingWarning" in line
        ]
        assert ours == []
        return done

    return run


def marks(done):
    return ("\u2713", "\u2717") if done.encoding == "utf-8" else ("+", "x")


def test_a_class_is_graded_in_every_locale(run, course, toy_exercise):
    folder = course / "class"
    folder.mkdir()
    (folder / "ada.py").write_text(toy_exercise.reference + PRINTS, encoding="utf-8")
    (folder / "bob.py").write_text(toy_exercise.chaffs[1].source, encoding="utf-8")
    (folder / "j\xfcrgen \u2192 \u5f20.py").write_text("x = 1", encoding="utf-8")
    (folder / ("cy" * 40 + ".py")).write_text("raise ValueError('\u201cno\u201d \u2026')", "utf-8")
    (folder / "notes \u2713.txt").touch()
    done = run("autograder", "grade", "scale", "class", "--json", "out.json", "--profile")
    assert done.returncode == 0
    found = json.loads((course / "out.json").read_text(encoding="utf-8"))["runs"][0]["submissions"]
    scores = {one["id"]: one["score"] for one in found}
    assert (scores["ada"], scores["bob"]) == (8, 6)
    assert found[0]["output"] == PRINTS[8:-3] + "\n"
    passed, failed = marks(done)
    assert f"    {passed} every element is multiplied by the factor\n" in done.stdout
    assert f"    {failed} " in done.stdout
    assert "scale: 4 submissions" in done.stdout
    assert "notes" in done.stderr
    again = run("autograder", "grade", "-q", "scale", "class/bob.py")
    assert "bob" in again.stdout
    assert "6/8" in again.stdout


def test_public_tests_run_in_every_locale(run, course, toy_exercise):
    stub = f"# autograder exercise: scale\n{toy_exercise.reference}\n{toy_exercise.public_tests}"
    (course / "right.py").write_text(stub + PRINTS, encoding="utf-8")
    wrong = stub + "\n\ndef test_mine():\n    assert False, '\u2713 caf\xe9'\n"
    (course / "wrong.py").write_text(wrong, encoding="utf-8")
    done = run("autograder", "check", "right.py", "wrong.py")
    assert done.returncode == 1
    passed, failed = marks(done)
    assert f"  {passed} 3 becomes 6\n" in done.stdout
    assert f"  {failed} test_mine\n      {passed} caf" in done.stdout
    done = run("pytest", "right.py", "wrong.py")
    assert "2 passed, 1 failed" in done.stdout or "1 failed, 2 passed" in done.stdout
    assert f"    {passed} caf" in done.stdout


def test_other_commands_print_in_every_locale(run):
    for command in (
        ["--help"],
        ["grade", "--help"],
        ["doctor"],
        ["start", "\u00fc"],
        ["grade", "scale", "\u2713.py"],
        ["audit", "--only", "wheats"],
    ):
        done = run("autograder", *command)
        assert done.stdout or done.stderr


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("\u2713 \u2717 \u2026", "ascii", "+ x ..."),
        ("\u2713 caf\xe9", "latin-1", "+ caf\xe9"),
        ("\u201cna\xefve\u201d", "ascii", '"naive"'),
        ("\u201cna\xefve\u201d", "cp1252", "\u201cna\xefve\u201d"),
        ("e\u0301 \u5f20 \N{SNAKE}", "ascii", "e \\u5f20 \\U0001f40d"),
        ("\udce9", "utf-8", "\\udce9"),
        ("\u2713", "utf-8", "\u2713"),
        ("\u2713", None, "\u2713"),
    ],
)
def test_what_an_encoding_lacks_is_spelt_otherwise(text, encoding, shown):
    assert console.fitting(text, encoding) == shown


@pytest.mark.parametrize("output", ["/dev/full", "head"])
def test_results_are_written_though_nobody_reads_the_output(
    course, environment, toy_exercise, output
):
    (course / "ada.py").write_text(toy_exercise.reference)
    for number in range(3):
        (course / f"bob{number}.py").write_text(f"x = {number}")
    into = "> /dev/full" if output == "/dev/full" else "| true"
    command = f"set -o pipefail; autograder grade scale ada.py bob?.py --json out.json {into}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=course,
        env=environment,
        text=True,
        capture_output=True,
        timeout=300,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    if output == "/dev/full":
        assert "the output cannot be written: No space left on device" in done.stderr
    assert len(json.loads((course / "out.json").read_text())["runs"][0]["submissions"]) == 4


def test_every_text_file_is_opened_with_an_encoding():
    package = Path(console.__file__).parent
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--preview", "--select", "PLW1514"]
    done = subprocess.run([*ruff, package], text=True, capture_output=True)
    assert done.returncode == 0, done.stdout
