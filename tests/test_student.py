"""What students run on their own machine: pytest, `autograder check`, the watch loop, `start`."""

import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import pytest

from autograder.authors.build import about_exercise, hints_of, source_notebook, stub
from autograder.grading.verdicts import CheckInfo
from autograder.practice import about, fingerprints, publictests
from autograder.practice.server import TestServer
from autograder.practice.tries import Progress
from autograder.records.practice import Report, Result
from autograder.records.recognition import exercise_of
from autograder.show import terminal as show_terminal

pytestmark = pytest.mark.slow  # they start commands

PASSED = Result("test_one", "numerics", "one is one")
ADDS = "inputs + self.factor"  # what the first chaff does
# 6 in float32 alone, which warns of nothing.
PRECISE = "float(Scale(2.00390625)(tf.constant([3.0]))[0]) - 0.01171875"
# AutoGraph looks for the lines of a function, pickle for a class by its name.
STEP = """\
@tf.function
def step(x):
    if x > 0:
        return x + {}
    return x


class Scale("""
STEPS = """\
assert step(tf.constant(1)) == 1 + {}
    import pickle
    assert pickle.loads(pickle.dumps(Scale)) is Scale
    got = float("""
SLOW_IMPORTS = """\
import sys


def test_nothing_slow_is_imported():
    assert not {"tensorflow", "keras", "IPython", "numpy", "nbformat"} & set(sys.modules)
"""


@pytest.fixture(scope="module")
def handout(tmp_path_factory, toy_exercise):
    """A folder with the stub, the notebook and the hints of the toy exercise."""
    folder = tmp_path_factory.mktemp("handout")
    text, notebook = stub(toy_exercise), source_notebook(toy_exercise, [])
    (folder / "scale.py").write_text(text)
    nbformat.write(notebook, folder / "scale.ipynb")
    path = fingerprints.path_of("scale", folder)
    checks = [CheckInfo("multiplies", "numerics", 2.5, "", False, ["Scale"], 0, 0)]
    told = about_exercise(toy_exercise, checks, ["keras.ops.multiply"], text, notebook)
    hints_of(toy_exercise, kept=path).write(path, "scale", about.as_data(told))
    return folder


@pytest.fixture
def desk(handout, tmp_path):
    """A student's copy of it."""
    for file in handout.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


@pytest.fixture(scope="module")
def warm():
    return TestServer()


def solve(path, call="self.factor * inputs"):
    """Fill in a stub or a notebook; right, or with another `call`."""
    answers = [
        "super().__init__(**kwargs)\n        self.factor = factor",
        f"return {call}",
        "return {**super().get_config(), 'factor': self.factor}",
    ]
    text = path.read_text()
    if path.suffix == ".py":
        for answer in answers:
            text = text.replace("# YOUR CODE HERE\n        raise NotImplementedError()", answer, 1)
        path.write_text(text)
    else:
        notebook = nbformat.reads(text, 4)
        for cell in notebook.cells:
            cell.source = cell.source.replace("self.factor * inputs", call)
        nbformat.write(notebook, path)


def replace(path, old, new):
    """Replace a text in a stub or in the cells of a notebook."""
    if path.suffix == ".py":
        path.write_text(path.read_text().replace(old, new))
    else:
        notebook = nbformat.read(path, 4)
        for cell in notebook.cells:
            cell.source = cell.source.replace(old, new)
        nbformat.write(notebook, path)


def run(command, folder, environment):
    done = subprocess.run(
        command, cwd=folder, env=environment, text=True, capture_output=True, timeout=120
    )
    assert done.stderr == "", done.stdout
    return done.returncode, done.stdout


def test_pytest_says_that_a_stub_is_not_solved_yet(desk, environment):
    code, output = run(["pytest", "scale.py"], desk, environment)
    assert code == 1
    assert "numerics: 3 becomes 6\n    not solved yet (line 2" in output
    assert "1 failed" in output
    assert "Traceback" not in output
    assert "site-packages" not in output
    assert "warning" not in output


def test_pytest_runs_scripts_and_notebooks_in_any_folder(desk, environment):
    (desk / "scale.py").rename(desk / "scale (1).py")
    (desk / "scale.ipynb").rename(desk / "my scale.ipynb")
    solve(desk / "scale (1).py")
    (desk / "notes.py").write_text("1 / 0  # no exercise, and no test")
    code, output = run(["pytest", "-v", "."], desk, environment)
    assert code == 0, output
    assert "scale (1).py::test_doubles PASSED" in output
    assert "my scale.ipynb::test_doubles PASSED" in output
    assert "2 passed" in output


@pytest.mark.parametrize("name", ["scale.py", "scale.ipynb"])
def test_pytest_shows_the_difference_and_then_the_hint(desk, environment, name):
    solve(desk / name, ADDS)
    code, output = run(["pytest", name], desk, environment)
    assert code == 1
    assert "numerics: 3 becomes 6\n    Scale(2.0) made 5.0 of 3.0, expected 6.0" in output
    assert "Run the tests again" in output
    assert "Multiply; do not add." not in output
    assert "Multiply; do not add." in run(["pytest", name], desk, environment)[1]


@pytest.mark.parametrize("command", [["pytest", "-q"], ["autograder", "check"]])
@pytest.mark.parametrize(
    "line",
    [
        "keras.config.set_floatx('float16')",
        "keras.mixed_precision.set_global_policy('mixed_bfloat16')",
    ],
)
def test_settings_beside_an_answer_do_not_change_tests(desk, environment, command, line):
    path = desk / "scale.py"
    solve(path)
    text = path.read_text().replace("float(Scale(2.0)(tf.constant([3.0]))[0])", PRECISE)
    path.write_text(text.replace("class Scale", f"{line}\n\n\nclass Scale"))
    code, output = run([*command, "scale.py"], desk, environment)
    assert code == 0, output


@pytest.mark.parametrize("name", ["scale.py", "scale.ipynb"])
def test_a_stub_that_raises_with_its_own_text_is_unsolved(desk, environment, name):
    path = desk / name
    solve(path, "undefined")
    path.write_text(
        path.read_text().replace("return undefined", "raise NotImplementedError('TODO')")
    )
    _, output = run(["pytest", name], desk, environment)
    assert "numerics: 3 becomes 6\n    not solved yet (" in output


def test_pytest_names_the_students_line_and_the_call(desk, environment):
    solve(desk / "scale.py", "self.faktor * inputs")
    _, output = run(["pytest", "scale.py"], desk, environment)
    assert "AttributeError: 'Scale' object has no attribute 'faktor'" in output
    assert "called in test_doubles: got = float(Scale(2.0)" in output
    assert re.search(r"line \d+: return self.faktor \* inputs", output)
    assert "keras/src" not in output


def test_a_check_leaves_no_temporary_file_behind(desk, environment):
    # AutoGraph writes a file for each function that it converts.
    solve(desk / "scale.py", "self.factor * inputs if __import__('tempfile').mkdtemp() else None")
    with tempfile.TemporaryDirectory() as temporary:  # a socket's path must be short
        given = {**environment, "TMPDIR": temporary}
        assert run(["autograder", "check", "scale.py"], desk, given)[0] == 0
        assert not [*Path(temporary).iterdir()]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def f(:", "SyntaxError: invalid syntax"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("raise SystemExit(3)", "SystemExit: 3"),
    ],
)
def test_pytest_says_in_a_sentence_what_stops_a_file(desk, environment, source, message):
    path = desk / "scale.py"
    text = path.read_text().replace("import keras\n", f"{source}\nimport keras\n")
    path.write_text(text)
    code, output = run(["pytest", "scale.py"], desk, environment)
    assert code == 2
    line = text[: text.index(source)].count("\n") + 1
    assert f"line {line}: {message}\n    {source}" in output
    assert "importlib" not in output


def test_an_exception_of_no_known_mistake_says_what_it_means(desk, environment):
    solve(desk / "scale.py", "tf.constant(2) * inputs")
    hint = "hint: TensorFlow does not mix dtypes: int32 meets float here."
    assert hint in run(["autograder", "check", "scale.py", "--hint"], desk, environment)[1]
    output = run(["pytest", "scale.py"], desk, environment)[1]
    assert "TensorFlow does not mix dtypes: int32 meets float here." in output


@pytest.mark.parametrize("name", ["scale.py", "scale.ipynb"])
def test_files_of_one_name_stay_apart(desk, environment, name):
    for number, folder in enumerate(("first", "second")):
        path = desk / folder / name
        path.parent.mkdir()
        path.write_bytes((desk / name).read_bytes())
        solve(path)
        replace(path, "class Scale(", STEP.format(number))
        replace(path, "got = float(", STEPS.format(number))
    code, output = run(["pytest", "first", "second"], desk, environment)
    assert (code, "2 passed" in output) == (0, True), output


def test_the_cells_after_a_broken_cell_still_run(desk, environment):
    notebook = nbformat.read(desk / "scale.ipynb", 4)
    notebook.cells.insert(1, nbformat.v4.new_code_cell("%matplotlib nothing_like_it"))
    notebook.cells.insert(2, nbformat.v4.new_code_cell("1 / 0"))
    nbformat.write(notebook, desk / "scale.ipynb")
    assert run(["pytest", "scale.ipynb"], desk, environment)[0] == 0
    solution = next(cell for cell in notebook.cells if "class Scale" in cell.source)
    solution.source = "class Scale(:"
    nbformat.write(notebook, desk / "scale.ipynb")
    _, output = run(["pytest", "scale.ipynb"], desk, environment)
    assert "NameError: name 'Scale' is not defined" in output


def test_other_projects_are_left_alone(tmp_path, environment):
    (tmp_path / "test_other.py").write_text(SLOW_IMPORTS)
    (tmp_path / "other.py").write_text("def test_of_no_exercise(): assert 1 == 2")
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "other.ipynb")
    code, output = run(["pytest", "."], tmp_path, environment)
    assert (code, "1 passed" in output) == (0, True), output
    code, output = run(["pytest", "other.py"], tmp_path, environment)
    assert code == 1
    assert "E   assert 1 == 2" in output  # as pytest shows it
    assert not (tmp_path / ".autograder.json").exists()


def test_check_reports_by_dimension_and_by_exit_status(desk, environment):
    code, output = run(["autograder", "check"], desk, environment)
    assert code == 1
    assert output == (
        "scale.ipynb  ✓ 1 of 1 public tests pass\nscale.py  not started\n1 solved, 1 not started\n"
    )
    solve(desk / "scale.py", ADDS)
    assert "Multiply" not in run(["autograder", "check", "scale.py"], desk, environment)[1]
    asked = run(["autograder", "check", "scale.py", "--hint", "--time"], desk, environment)[1]
    assert "hint: Multiply; do not add." in asked
    assert re.search(r"TensorFlow imported in \d+\.\d s\nscale.py  \d+\.\d\d s\n", asked)
    solve(desk / "scale.ipynb")
    assert "numerics  0 of 1\n  ✗ 3 becomes 6\n      Scale(2.0) made 5.0" in asked
    code, output = run(["autograder", "check", "scale.ipynb"], desk, environment)
    assert code == 0
    assert "scale.ipynb\nnumerics  1 of 1\n  ✓ 3 becomes 6\n" in output
    assert re.search(r"hidden checks ask\s+more, for 2.5 points:\s+numerics\s+2.5", output)
    assert "To hand in, give scale.ipynb to your course as it is" in output


def test_what_is_switched_off_fails_the_public_tests_too(desk, environment):
    for name in ("scale.py", "scale.ipynb"):
        solve(desk / name, "keras.ops.multiply(self.factor, inputs)")
    message = "`keras.ops.multiply` is switched off in this exercise: write it yourself."
    place = ": return keras.ops.multiply(self.factor, inputs)"
    for command in (["autograder", "check"], ["pytest", "."]):
        code, output = run(command, desk, environment)
        assert code == 1
        assert output.count(message) >= 2  # pytest says it again where CI is set
        assert output.count(place) >= 2


def test_one_reason_is_told_once(desk, environment):
    path = desk / "scale.py"
    solve(path, "self.faktor * inputs")
    test = path.read_text().partition("def test_doubles")[2]
    path.write_text(path.read_text() + f"\n\ndef test_again{test}\n\ndef test_more{test}")
    _, output = run(["autograder", "check", "scale.py"], desk, environment)
    assert "3 tests fail for one reason:\n    AttributeError: 'Scale' object has no" in output
    assert output.count("AttributeError") == output.count("self.faktor * inputs") == 1
    assert "numerics  0 of 3\n  ✗ 3 becomes 6\n  ✗ 3 becomes 6\n  ✗ 3 becomes 6\n" in output
    path.write_text(path.read_text().replace("return self.faktor", "raise NotImplementedError\n#"))
    _, output = run(["autograder", "check", "scale.py"], desk, environment)
    assert re.fullmatch(r"scale.py  not solved yet \(line \d+\)\n", output)


@pytest.mark.parametrize(
    ("loop", "line"),
    [
        ("[1 for _ in iter(int, 1)]", "return [1 for _ in iter(int, 1)]"),
        ("_endless()", "tf.function(lambda: tf.while_loop(lambda i: i < 5, lambda i: i - i, [0])"),
    ],
)
def test_after_an_endless_loop_the_rest_is_skipped(warm, desk, loop, line):
    path = desk / "scale.py"
    solve(path, loop)
    test = path.read_text().partition("def test_doubles")[2]
    endless = f"def _endless():\n    return {line}[0])()\n" if "_" in loop[:1] else ""
    path.write_text(f"{path.read_text()}\n\n{endless}\n\ndef test_again{test}")
    came = []
    report = warm.check(path, on_result=lambda found: came.append(found.results[0].status))
    assert [one.status for one in report.results] == ["timed out", "not asked"]
    assert line in report.results[0].place
    shown = show_terminal.practice(report)
    assert "Not run: 1 more. First mend the loop at line " in shown
    assert "  [dim]·[/] 3 becomes 6" in shown
    assert came[0] == "not asked"


def test_an_exercise_is_checked_by_its_name(desk, environment):
    (desk / "scale.py").rename(desk / "mine.py")
    solve(desk / "mine.py")
    (desk / "scale.ipynb").unlink()
    code, output = run(["autograder", "check", "scale"], desk, environment)
    assert (code, output.splitlines()[0]) == (0, "mine.py")


def test_a_mark_belongs_to_a_content(tmp_path):
    path, other = tmp_path / "scale.py", tmp_path / "other.py"
    path.write_text("# autograder exercise: scale\nx = 1\n")
    passed = Result("test_one", "numerics", "", "passed")
    progress = Progress(tmp_path)
    progress.record(Report(path, "scale", [passed], content=about.content_of(path)))
    progress.save()
    assert Progress(tmp_path).solved(path)
    assert Progress(tmp_path).solved_exercises() == {"scale"}
    path.rename(other)
    assert Progress(tmp_path).solved_exercises() == {"scale"}
    other.write_text(other.read_text().replace("1", "2"))
    assert not Progress(tmp_path).solved(other)
    assert Progress(tmp_path).solved_exercises() == set()


def test_to_save_without_a_change_is_no_second_try(tmp_path):
    def tried(content):
        failed = Result("test_one", "numerics", "", "failed")
        progress = Progress(tmp_path)
        progress.record(Report(tmp_path / "scale.py", "scale", [failed], content=content))
        progress.save()
        return failed.tries

    assert [tried(content) for content in ("a", "a", "b", "b", "a")] == [1, 1, 2, 2, 3]


def test_outputs_change_no_content(handout):
    notebook = nbformat.read(handout / "scale.ipynb", 4)
    before = about.content_of(handout / "scale.ipynb")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", text="1")]
    nbformat.write(notebook, handout / "run.ipynb")
    assert about.content_of(handout / "run.ipynb") == before
    (handout / "run.ipynb").unlink()


def test_check_ends_with_a_sentence(desk, environment):
    (desk / "empty").mkdir()
    for name in ("plain.py", "loud.PY"):
        (desk / name).write_text("x = 1")
    for argument, message in (
        ("empty", "no exercises here. `autograder start DIR` makes a folder of them."),
        ("plain.py", "plain.py is no exercise: a stub says so in its first line"),
        ("scael.py", "no such file, folder or exercise: scael.py. Did you mean scale.py?"),
        ("huber_los", "no such file, folder or exercise: huber_los. Did you mean huber_loss?"),
        ("huber_loss", "there is no file of the exercise huber_loss here."),
        ("loud.PY", "loud.PY has an ending that is not in lower case; rename it to loud.py"),
        ("nowhere.py", "no such file, folder or exercise: nowhere.py"),
    ):
        done = subprocess.run(
            ["autograder", "check", argument],
            cwd=desk,
            env=environment,
            text=True,
            capture_output=True,
            timeout=60,
        )
        assert (done.returncode, message in done.stderr) == (2, True), done.stderr


def test_a_process_that_ends_is_reported(warm, desk):
    solve(desk / "scale.py", "__import__('os')._exit(3)")
    found = warm.check(desk / "scale.py")
    assert found.problem == "the process ended before the tests did (exit status 3)"
    assert (found.stopped, found.solved) == (False, False)


def test_a_check_can_be_stopped(warm, desk):
    solve(desk / "scale.py", "[1 for _ in iter(int, 1)]")
    timer = threading.Timer(3, warm.stop)
    timer.start()
    found = warm.check(desk / "scale.py")
    timer.join()
    assert (found.stopped, found.solved) == (True, False)


def test_what_was_printed_is_kept_and_bounded(warm, desk, capfd):
    solve(desk / "scale.py", "print('[red]\\x1b' + 'x' * 10_000) or self.factor * inputs")
    found = warm.check(desk / "scale.py")
    assert found.solved
    assert found.printed == ("[red]\x1b" + "x" * 5000)[:5000]
    assert capfd.readouterr() == ("", "")
    shown = show_terminal.practice(found)
    assert shown.startswith("[dim]\\[red]\N{REPLACEMENT CHARACTER}xxx")


def test_where_nothing_is_started_the_last_line_says_how():
    new, solved = (Report(Path("x.py"), "x", untouched=True), Report(Path("y.py"), "y", [PASSED]))
    what = "fill in what says YOUR CODE HERE, save, and run this again"
    assert show_terminal.tally([new, new]) == f"2 not started: {what}"
    assert show_terminal.tally([new, solved]) == "1 solved, 1 not started"


def test_files_without_their_tests_count_as_unsolved(warm, desk):
    text = (desk / "scale.py").read_text()
    (desk / "scale.py").write_text(text[: text.index("def test_")])
    found = warm.check(desk / "scale.py")
    assert (found.problem, found.solved) == (
        publictests.NO_TESTS,
        False,
    )


def test_progress_survives_and_a_damaged_file_harms_nobody(tmp_path):
    path = tmp_path / "scale.py"
    failed, passed = (Result("test_one", "numerics", "", status) for status in ("failed", "passed"))
    for tries in (1, 2):
        progress = Progress(tmp_path)
        progress.record(Report(path, "scale", [failed]))
        progress.save()
        assert failed.tries == tries
    path.write_text("x = 1")
    progress.record(Report(path, "scale", [passed], content=about.content_of(path)))
    progress.save()
    assert Progress(tmp_path).solved(path)
    for damage in ("{", "[]", '{"current": 1, "solved": 2, "tries": 3}', ""):
        (tmp_path / ".autograder.json").write_text(damage)
        assert not Progress(tmp_path).solved(path)


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, command, folder, environment):
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, {**environment, "TERM": "xterm", "COLUMNS": "100"})
        self.screen = ""

    def wait_for(self, text, seconds=60):
        """Read until the screen, as it was cleared last, shows a text."""
        deadline = time.monotonic() + seconds
        while text not in self.screen:
            assert time.monotonic() < deadline, self.screen
            if select.select([self._fd], [], [], 0.1)[0]:
                data = os.read(self._fd, 65536).decode(errors="replace")
                self.screen = (self.screen + data).split("\x1b[2J")[-1]
                self.screen = re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", self.screen)

    def press(self, key):
        os.write(self._fd, key.encode())

    def end(self):
        _, status = os.waitpid(self.pid, 0)
        os.close(self._fd)
        return os.waitstatus_to_exitcode(status)


def test_the_watch_loop_checks_what_is_saved_and_obeys_keys(desk, environment):
    (desk / "scale.ipynb").rename(desk / "a.ipynb")
    replace(desk / "a.ipynb", '"scale", test_doubles', '"other", test_doubles')
    terminal = Terminal(["autograder", "check", "--watch"], desk, environment)
    terminal.wait_for("Progress [####################--------------------] 1/2")
    terminal.wait_for("All public tests pass.")
    terminal.wait_for("Press n for the next exercise: scale")
    terminal.press("n")
    terminal.wait_for("not started")
    terminal.wait_for("Fill in what says YOUR CODE HERE, and save the file.")
    solve(desk / "scale.py", ADDS)
    terminal.wait_for("There is a hint: press h.")
    assert "made 5.0 of 3.0, expected 6.0" in terminal.screen
    (desk / "scale.py").touch()
    terminal.wait_for("running…")
    terminal.wait_for("There is a hint: press h.")
    terminal.press("h")
    terminal.wait_for("hint: Multiply; do not add.")
    terminal.press("l")
    terminal.wait_for("other")
    terminal.wait_for("scale")
    assert re.search(r"✓\s+other", terminal.screen)
    assert re.search(r">\s+scale", terminal.screen)
    text = (desk / "scale.py").read_text()
    (desk / "scale.py").write_text(text.replace(ADDS, "[1 for _ in iter(int, 1)]"))
    terminal.wait_for("running…")
    (desk / "scale.py").write_text(text.replace(ADDS, "self.factor * inputs"))
    terminal.wait_for("Progress [########################################] 2/2")
    terminal.press("q")
    assert terminal.end() == 0
    progress = Progress(desk)
    assert progress.solved(desk / "a.ipynb")
    assert progress.solved(desk / "scale.py")


ENDLESS = """\
from autograder.practice import publictests

publictests.TEST_SECONDS = 0.3
publictests._display = lambda page, plain: print(plain)


def test_first():
    "numerics: it ends"
    while True:
        pass


def test_second():
    "graph: it runs"


try:
    publictests.show("scale", test_first, test_second)
except publictests.PublicTestsFail as error:
    print(error)
"""


def test_a_notebook_stops_an_endless_loop_and_runs_no_other_test(desk, environment):
    assert run([sys.executable, "-c", ENDLESS], desk, environment) == (
        0,
        "numerics: 0 of 1\n"
        "  ✗ it ends\n"
        "      stopped after 0.3 seconds: a loop without an end?\n"
        "graph: 0 of 1\n"
        "  · it runs\n"
        "Not run: 1 more. First mend the loop\n"
        "1 of 2 public tests fail.\n",
    )


IMPATIENT = """\
import sys

import pytest
from autograder.practice import publictests

publictests.LOAD_SECONDS = publictests.TEST_SECONDS = 1
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", *sys.argv[1:]]))
"""


def test_pytest_stops_an_endless_loop_and_runs_no_other_test(desk, environment):
    solve(desk / "scale.py", "[1 for _ in iter(int, 1)]")
    text = (desk / "scale.py").read_text()
    (desk / "scale.py").write_text(f"{text}\n\ndef test_mine():\n    pass\n")
    endless = text.replace("class Scale", "while True: pass\n\nclass Scale")
    (desk / "top.py").write_text(endless)
    command = [sys.executable, "-c", IMPATIENT, "--continue-on-collection-errors"]
    code, output = run([*command, "scale.py", "top.py"], desk, environment)
    assert code == 1
    late = "stopped after 1 seconds: a loop without an end?"
    assert f"numerics: 3 becomes 6\n    {late}" in output
    assert re.search(r"line \d+: return \[1 for _ in iter\(int, 1\)\]", output)
    assert f": {late}\n    while True: pass" in output
    assert "1 failed, 1 skipped, 1 error" in output


UNSTOPPED = "it did not end, and could not be stopped, inside of TensorFlow: a loop without an end?"
FOREVER = "__import__('tensorflow').while_loop(lambda i: i < 5, lambda i: i - i, [0])"


def test_pytest_ends_if_a_test_hears_no_alarm_inside_of_tensorflow(desk, environment):
    graph = f"__import__('tensorflow').function(lambda: {FOREVER})()"
    solve(desk / "scale.py", graph)
    code = IMPATIENT.replace("sys.exit", "publictests.GRACE = 1\nsys.exit")
    command = [sys.executable, "-c", code]
    code, output = run([*command, "scale.py"], desk, environment)
    assert code == 1
    assert re.search(rf"^scale\.py::test_\w+: {re.escape(UNSTOPPED)}$", output, re.MULTILINE)
    text = (desk / "scale.py").read_text()
    (desk / "top.py").write_text(text.replace("class Scale", f"{graph}\n\nclass Scale"))
    code, output = run([*command, "top.py"], desk, environment)
    assert (code, f"top.py: {UNSTOPPED}" in output) == (1, True)


def test_a_notebook_says_that_the_kernel_must_be_restarted(desk, environment):
    """There, nothing but a restart ends it; here, the test does."""
    loop = f"__import__('tensorflow').function(lambda: {FOREVER})()"
    code = ENDLESS.replace("    while True:\n        pass", f"    {loop}")
    code = code.replace("publictests._display", "publictests.GRACE = 1\npublictests._display")
    how = {"cwd": desk, "env": environment, "text": True, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], **how) as process:
        try:
            said = process.stdout.readline()
        finally:
            process.kill()
    assert said == f"numerics: it ends: {UNSTOPPED} Restart the kernel.\n"


def test_a_course_of_ones_own_is_listed_and_started(course, autograder, environment):
    assert "nothing is built in the course" in autograder("list", code=2).stderr
    (course / "exercises").mkdir()
    (course / "exercises" / "scale.py").write_text("# autograder exercise: scale\n")
    (course / "release" / "scale").mkdir(parents=True)
    (course / "release" / "scale" / "scale.ipynb").write_text("{}")
    code, output = run(["autograder", "start", "mine"], course, environment)
    assert (code, "1 exercise in mine" in output) == (0, True)
    assert (course / "mine" / "exercises" / "scale.py").exists()
    assert (course / "mine" / "notebooks" / "scale.ipynb").exists()
    assert "`scale`" in (course / "mine" / "README.md").read_text()


def test_a_folder_is_started_once(tmp_path, environment):
    code, output = run(["autograder", "start", "mine"], tmp_path, environment)
    assert code == 0
    stubs = sorted((tmp_path / "mine" / "exercises").glob("*.py"))
    assert f"{len(stubs)} exercises in mine, as scripts and as notebooks." in output
    assert "next: " in output
    listed = run(["autograder", "list"], tmp_path / "mine", environment)[1]
    assert "✓" not in listed
    assert f"done: 0 of {len(stubs)} exercises" in listed
    for path in stubs:
        assert exercise_of(path) == path.stem
        notebook = tmp_path / "mine" / "notebooks" / f"{path.stem}.ipynb"
        assert exercise_of(notebook) == path.stem
        assert fingerprints.KnownFailures.read(fingerprints.path_of(path.stem, path.parent)).texts
        assert path.stem in (tmp_path / "mine" / "README.md").read_text()
    stubs[0].write_text("my work")
    again = subprocess.run(
        ["autograder", "start", "mine"],
        cwd=tmp_path,
        env=environment,
        text=True,
        capture_output=True,
        timeout=60,
    )
    assert again.returncode == 2
    assert "mine is not empty, and nothing in it shall be overwritten." in again.stderr
    assert stubs[0].read_text() == "my work"
