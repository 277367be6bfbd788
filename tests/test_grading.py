"""What becomes of a submission, whatever it does, against the toy exercise."""

import base64
import contextlib
import time
from pathlib import Path

import numpy as np
import pytest

from autograder.authors.build import PUBLIC_TESTS, SHOW_TESTS
from autograder.grading import evidence, known, verdicts
from autograder.grading.dialogue import Dialogue
from autograder.grading.grader import Grader
from autograder.grading.processes import Limits, Worker
from autograder.grading.reference import GraderError
from autograder.grading.seeds import HINT_SEEDS, Seeds
from autograder.records.exercises import Exercise, find_all
from autograder.records.results import DIMENSIONS, Outcome
from autograder.records.submissions import Submission

RIGHT = (
    "import keras\n"
    "class Scale(keras.layers.Layer):\n"
    "    def __init__(self, factor=1.0, **kwargs):\n"
    "        super().__init__(**kwargs)\n"
    "        self.factor = factor\n"
    "    def call(self, inputs):\n"
    "        return inputs * self.factor\n"
    "    def get_config(self):\n"
    "        return {**super().get_config(), 'factor': self.factor}\n"
)


def kinds(result):
    """The type of the exception that stopped each cell, or None."""
    return [cell["errors"][0]["type"] if cell["errors"] else None for cell in result.cells]


def lost(result):
    return {check.name: check.status for check in result.checks if check.status != "passed"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "extra",
    [
        "print('x' * 100_000)",
        "import warnings; warnings.warn('careful')",
        "import os; os.write(2, b'E tensorflow/core: boo\\n' * 1000)",
        "import sys; print('stderr', file=sys.stderr)",
        "raise ValueError('after the class')",
        "import sys; sys.exit(0)",
        "if __name__ == '__main__': raise SystemExit('a demonstration')",
        "import tensorflow as tf\ntf.constant(1.0) + tf.constant(2.0)",
        "import matplotlib_is_not_installed",
        "while True: pass",
        "try:\n    while True: pass\nexcept Exception: pass",
        "import time\ntime.sleep(1000)",
        "input('name? ')",
        "keras.utils.set_random_seed(1); keras.backend.set_floatx('float32')",
        "# \N{SNOWMAN} keras.layers.Rescaling is switched off",
        "# a long remark\n" * 5_000 + "assert True",
        "from keras.layers import Rescaling",
        "__name__ = 'x'",
    ],
)
def test_what_stands_beside_a_right_answer_costs_nothing(grade, extra):
    result = grade(f"{RIGHT}\n{extra}\n")
    assert result.status == "graded"
    assert lost(result) == {}
    assert result.score == result.max_score == 8


@pytest.mark.parametrize("notebook", [False, True])
def test_a_submission_may_configure_tensorflow_first(grade, notebook):
    first = "import tensorflow as tf\ntf.config.threading.set_intra_op_parallelism_threads(1)\n"
    assert lost(grade(first + RIGHT, notebook=notebook)) == {}


@pytest.mark.parametrize(
    ("source", "status", "message"),
    [
        ("", "not defined", "`Scale` is not defined"),
        ("class Scael: pass", "not defined", "did you mean to call `Scael` `Scale`?"),
        (
            "raise ValueError('later')\n" + RIGHT,
            "not defined",
            "`Scale` is not defined; the code stopped at line 1: `raise ValueError('later')`: "
            "ValueError: later",
        ),
        (
            "from keras.layers import Rescale, Scale",
            "not defined",
            "`Scale` is not defined; the code stopped at line 1: `from keras.layers import "
            "Rescale, Scale`: ImportError: cannot import name",
        ),
        ("while True:\n    pass\n" + RIGHT, "not defined", "`: stopped after 4 seconds"),
        ("import os; os._exit(0)\n" + RIGHT, "crashed", "it ended the process (exit status 0)"),
        ("import os; os.abort()", "crashed", "it crashed"),
        ("import ctypes; ctypes.string_at(0)", "crashed", "SIGSEGV"),
        ("import os; os.close(9)", "crashed", "it ended the process"),
        ("Scale = 3", "raised", "TypeError: 'int' object is not callable"),
        ("def Scale(factor): raise NotImplementedError", "raised", "not solved yet"),
        (
            "import tensorflow as tf\n@tf.function\ndef Scale(factor):\n"
            "    raise NotImplementedError()",
            "raised",
            "not solved yet",
        ),
        (
            "def Scale(factor): raise NotImplementedError('write it yourself')",
            "raised",
            "not solved yet",
        ),
        (
            "import tensorflow as tf\n@tf.function\ndef Scale(factor):\n"
            "    raise NotImplementedError('TODO')",
            "raised",
            "not solved yet",
        ),
        (
            "import keras\nclass Scale(keras.layers.Layer):\n"
            "    def __init__(self, factor): super().__init__()\n"
            "    def call(self, x): raise NotImplementedError('YOUR CODE')",
            "raised",
            "not solved yet",
        ),
        (
            "import keras\nclass Scale(keras.layers.Layer):\n"
            "    def __init__(self, factor): super().__init__()",
            "raised",
            "NotImplementedError: Layer Scale does not have a `call` method implemented",
        ),
        (
            "import keras\nclass Scale(keras.Model):\n"
            "    def __init__(self, factor): super().__init__()",
            "raised",
            "NotImplementedError: ",
        ),
        (
            "import keras\nclass Inner(keras.layers.Layer): pass\n"
            "class Scale(keras.layers.Layer):\n"
            "    def __init__(self, factor):\n        super().__init__()\n"
            "        self.inner = Inner()\n"
            "    def call(self, x):\n        return self.inner(x)",
            "raised",
            "NotImplementedError: Layer Inner does not have a `call` method implemented",
        ),
        ("def Scale(factor): return Scale(factor)", "raised", "RecursionError"),
        ("def Scale(factor): raise SystemExit", "raised", "SystemExit"),
        ("def Scale(factor): raise KeyboardInterrupt", "raised", "KeyboardInterrupt"),
        ("def Scale(factor): raise BaseException('\\ud800')", "raised", "BaseException: ?"),
        (
            "class Error(Exception):\n  def __str__(self): raise self\n"
            "def Scale(factor): raise Error",
            "raised",
            "Error",
        ),
        (
            "import keras\nclass Scale(keras.layers.Rescaling): pass",
            "disallowed",
            "`keras.layers.Rescaling` is switched off in this exercise: write it yourself",
        ),
        (
            "import keras\ndef Scale(factor):\n    return lambda x: keras.ops.multiply(x, factor)",
            "disallowed",
            "`keras.ops.multiply` is switched off",
        ),
    ],
)
def test_every_end_of_a_submission_is_reported(grade, source, status, message):
    result = grade(source)
    assert result.status == "graded"
    assert result.score == 0
    assert len(result.checks) == 7
    first = result.checks[0]
    assert (first.status, message in first.message) == (status, True), first.message


@pytest.mark.slow
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("None", "expected an array of shape (2, 2), got None"),
        ("print", "got a builtin_function_or_method"),
        ("float('nan') * x", "got nan"),
        ("'4'", "got '4'"),
        ("x[:, 0]", "shape (2,) where (2, 2) was expected"),
        ("__import__('numpy').zeros((3000, 3000))", "too large to look at"),
        ("[x] * 100_000", "its answer could not be read"),
        ("{i: i for i in range(50_000)}", "its answer could not be read"),
        (40 * "[" + "x" + 40 * "]", "its answer could not be read"),
    ],
)
def test_a_strange_answer_costs_its_own_points(grade, value, message):
    result = grade(f"def Scale(factor):\n    return lambda x: {value}")
    assert result.score == 0
    assert message in result.checks[0].message


def test_a_check_that_never_ends_costs_only_its_own_points(grade):
    result = grade(RIGHT.replace("return {", "import time; time.sleep(100)\n        return {"))
    assert lost(result) == {"factor_survives": "timed out", "model_survives": "timed out"}


def test_a_check_that_ends_the_process_costs_only_its_own_points(grade):
    result = grade(RIGHT.replace("return {", "import os; os._exit(1)\n        return {"))
    assert lost(result) == {"factor_survives": "crashed", "model_survives": "crashed"}


def test_a_submission_has_only_so_much_time(toy_exercise):
    slow = RIGHT.replace("return inputs", "import time; time.sleep(100)\n        return inputs")
    with Worker(Limits(cell=2, check=2, total=5)) as worker:
        grader = Grader(worker, toy_exercise)
        started = time.monotonic()
        result = grader.grade(Submission("slow", "", False, (slow,)))
    assert time.monotonic() - started < 20
    assert result.score == 0
    assert {check.status for check in result.checks} == {"timed out"}
    assert "used up its 5 seconds" in result.checks[-1].message


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cells", "score"),
    [
        # Each cell, or each answer, in time: all of them are not.
        ([RIGHT, *["import time; time.sleep(1.5)"] * 8], 8),
        ([RIGHT.replace("return inputs", "import time; time.sleep(1.5); return inputs")], None),
    ],
)
def test_many_slow_parts_share_the_time_of_a_submission(toy_exercise, cells, score):
    with Worker(Limits(cell=2, check=2, total=5)) as worker:
        grader = Grader(worker, toy_exercise)
        result = grader.grade(Submission("slow", "", True, tuple(cells)))
    assert sum(result.phases.values()) < 25
    assert score in (None, result.score)
    if score is None:
        assert "used up its 5 seconds" in result.checks[-1].message
    else:
        assert result.look_at.startswith("its cells together took more than 5 seconds; those from ")


def test_each_check_says_once_where_the_code_was_not_loaded(grade):
    until = time.time() + 3.5  # by then the first process has loaded it, and no other has
    wait = f"while time.time() <= {until}: time.sleep(0.1)"
    source = RIGHT.replace("        return {", f"        {wait}\n        return {{")
    result = grade(f"import os, time\nif time.time() > {until}: os._exit(3)\n{source}")
    assert lost(result) == {"factor_survives": "crashed", "model_survives": "crashed"}
    told = {check.message for check in result.checks if check.status == "crashed"}
    assert told == {
        "loaded in a new process: while the code was loaded: it ended the process (exit status 3)"
    }


def test_memory_is_bounded(grade):
    result = grade(RIGHT + "\nimport numpy as np\nx = np.ones((2**31,))\n")
    assert lost(result) == {}
    assert "MemoryError" in result.message


def test_text_that_is_no_python_is_unreadable(grade):
    result = grade("class Scale(:\n    pass")
    assert (result.status, result.score, len(result.checks)) == ("unreadable", 0, 7)
    assert result.message.startswith("not Python: line 1: invalid syntax (Python 3.")


def test_a_syntax_error_inside_exec_is_not_the_files(grade, tmp_path):
    source = RIGHT + "\nexec('x = (')\n"
    assert lost(grade(source)) == {}


def test_a_message_shows_the_students_own_line(grade):
    result = grade("def Scale(factor):\n    wrong = factor + 'a'\n    return wrong\n")
    assert result.checks[0].message == (
        "TypeError: unsupported operand type(s) for +: 'float' and 'str'"
        " (line 2: wrong = factor + 'a')"
    )


def test_a_message_from_a_graph_shows_no_frames_of_tensorflow(grade):
    source = """
import tensorflow as tf

@tf.function
def twice(x):
    seven = tf.cast(7 + 0 * x[:1, 0], tf.int32)
    return tf.reshape(x, seven)

def Scale(factor):
    return twice
"""
    assert grade(source).checks[0].message == (
        "InvalidArgumentError: Input to reshape is a tensor with 4 values, but the requested shape "
        "has 7 (line 7: return tf.reshape(x, seven))"
    )


def test_a_message_about_a_tensor_out_of_scope_shows_no_frames(grade):
    source = """
import tensorflow as tf
kept = []

@tf.function
def twice(x):
    kept.append(2 * x)
    return x

def Scale(factor):
    return lambda x: twice(x) + kept[0]
"""
    message = grade(source).checks[0].message
    assert "is out of scope" in message
    assert "was defined here" not in message
    assert "File" not in message


def test_a_notebook_goes_on_after_a_cell_that_fails(grade):
    result = grade(
        "1 / 0",
        "x = (",
        RIGHT,
        "sys.exit()",
        "import os; os._exit(3)",
        "while True: 1",
        "%timeit -n1 -r1 None",
        "print('end')",
    )
    assert lost(result) == {}
    assert kinds(result) == [
        "ZeroDivisionError",
        "SyntaxError",
        None,
        "NameError",
        "ProcessEnded",
        "TooSlow",
        None,
        None,
    ]
    assert result.cells[1]["errors"][0]["place"] == "cell 2, line 1"
    assert result.cells[7]["outputs"] == [{"stream": "stdout", "text": "end\n"}]


def test_cells_that_end_their_process_do_not_pile_up(grade, monkeypatch):
    folders = []
    fork = Worker.child

    def child(worker):
        folders.append(len(list(Path(worker._scratch.name).glob("[0-9]*"))))
        return fork(worker)

    monkeypatch.setattr(Worker, "child", child)
    result = grade(*["import os; os._exit(0)"] * 40, RIGHT)
    assert lost(result) == {}
    assert kinds(result) == [*["ProcessEnded"] * 40, None]
    assert len(folders) > 40
    assert max(folders) < 10


def test_a_notebooks_cells_keep_their_outputs(grade):
    result = grade(RIGHT, "1 + 1", "import sys\nprint('a')\nprint('b', file=sys.stderr)", "Scale")
    assert [cell["outputs"] for cell in result.cells[1:3]] == [
        [{"display": {"text/plain": "2"}}],
        [{"stream": "stdout", "text": "a\n"}, {"stream": "stderr", "text": "b\n"}],
    ]


def test_public_tests_are_defined_but_not_run_again(grade):
    cells = PUBLIC_TESTS.format(tests="HELP = 3\n\ndef test_nothing():\n    1 / 0\n\n")
    cells += SHOW_TESTS.format(arguments="'scale', test_nothing,")
    result = grade(cells, RIGHT.replace("factor=1.0", "factor=HELP - 2"), "print(HELP)")
    assert lost(result) == {}
    assert kinds(result) == [None] * 3
    told, _, printed = (
        cell["outputs"][0]["text"] if cell["outputs"] else "" for cell in result.cells
    )
    assert told.startswith("The public tests are for you to run.")
    assert printed == "3\n"


def test_a_tf_function_in_a_notebook_is_converted(grade):
    result = grade(
        "import tensorflow as tf",
        "@tf.function\ndef count(n):\n    i = 0\n"
        "    for _ in tf.range(n):\n        i += 1\n    return i\n",
        "print(count(tf.constant(3)).numpy())",
    )
    assert result.cells[2]["outputs"] == [{"stream": "stdout", "text": "3\n"}]


def test_the_environment_of_a_child_is_empty(grade, monkeypatch):
    monkeypatch.setenv("SECRET", "42")
    result = grade("import os, sys\nprint(dict(os.environ), os.listdir('/proc/self/fd'), sys.argv)")
    assert "SECRET" not in result.output
    assert str(Path.cwd()) not in result.output
    assert "'9'" in result.output
    assert len(result.output.split("[")[1].split("]")[0].split(",")) == 5  # 0, 1, 2, 9, the listing


def test_tensorflow_in_a_child_follows_the_graders_settings(toy_exercise):
    with Worker(environment={"TF_NUM_INTRAOP_THREADS": "1", "OTHER": "x"}) as worker:
        grader = Grader(worker, toy_exercise)
        source = "import os\nprint([name for name in os.environ if name in ('OTHER', {!r})])"
        name = "TF_NUM_INTRAOP_THREADS"
        result = grader.grade(Submission("a", "a", False, (source.format(name),)))
    assert result.output == f"['{name}']\n"


def test_much_output_is_cut_and_does_not_block_the_child(grade):
    result = grade(RIGHT + "\nfor _ in range(300): print('y' * 10_000)")
    assert lost(result) == {}
    assert len(result.output) <= 20_000


def test_hints_name_the_known_mistake(grade, toy):
    chaff = {chaff.name: chaff for chaff in toy.exercise.chaffs}
    result = grade(chaff["forgets"].source)
    assert {(check.hint, check.chaff) for check in result.checks if check.status == "failed"} == {
        ("Return the factor from `get_config`.", "forgets")
    }
    result = grade(chaff["python_op"].source)
    in_graphs = ["model_survives", "graph_scales", "export_scales"]
    assert lost(result) == dict.fromkeys(in_graphs, "raised")
    assert {check.chaff for check in result.checks if check.status != "passed"} == {"python_op"}


def test_a_random_check_gets_its_hint_in_the_process_that_failed(toy, monkeypatch):
    (chaff,) = (one for one in toy.exercise.chaffs if one.name == "adds")
    name = "multiplies_anything"
    known = toy.hints.answers["adds"][name]
    answer, asked = Dialogue._answer, []

    def spy(dialogue, child, question):
        outcome = answer(dialogue, child, question)
        asked.append((child, question, outcome))
        return outcome

    monkeypatch.setattr(Dialogue, "_answer", spy)
    result = toy.grade(Submission("x", "", False, (chaff.source,)))
    assert {check.chaff for check in result.checks if check.name == name} == {"adds"}
    first, again = ((child, seen) for child, question, seen in asked if question.check == name)
    assert first[0] is again[0]
    np.testing.assert_array_equal(again[1].seen, known.seen)
    assert (first[1].seen != known.seen).all()


RAISES = '''
# %% raises loses="numerics gradients serialization graph"
"""Do not raise."""


class Scale(Scale):
    def call(self, inputs):
        raise ValueError(f"{float(inputs[0, 0])} is no input")
'''


def test_an_error_that_says_what_was_drawn_gets_its_hint(worker, course):
    folder = course / "solutions" / "scale"
    with (folder / "chaffs.py").open("a") as file:
        file.write(RAISES)
    grader = Grader(worker, Exercise(folder), Seeds.same(7))
    result = grader.grade(Submission("x", "", False, (grader.exercise.chaffs[-1].source,)))
    (drawn,) = (one for one in result.checks if one.name == "multiplies_anything")
    assert (drawn.status, drawn.hint) == ("raised", "Do not raise.")


def test_a_hint_is_given_only_where_the_same_answer_was_seen(grade):
    result = grade(RIGHT.replace("inputs *", "7 + inputs *"))
    assert [check.hint for check in result.checks if check.hint] == []


def test_a_hint_needs_a_loss_wherever_the_mistake_has_one(worker, toy_exercise):
    toy = Grader(worker, toy_exercise, HINT_SEEDS)
    (chaff,) = (one for one in toy.exercise.chaffs if one.name == "python_op")
    outcomes = toy.hints.answers[chaff.name]
    results = toy.verdicts(outcomes)
    failed = {one.name for one in results if one.status != "passed"}
    assert toy.hints.find(results, outcomes) == dict.fromkeys(failed, chaff.name)
    assert toy.hints.find(results, outcomes, without=[chaff.name]) == {}
    for result in results:
        if result.name != "graph_scales":
            result.status = "passed"
    assert len(failed) > 2
    assert toy.hints.find(results, outcomes) == {}


def test_an_exception_that_no_mistake_explains_is_explained_by_its_kind(grade):
    source = RIGHT.replace("return inputs *", "return inputs * float(inputs[0, 0]) *")
    assert source != RIGHT
    result = grade(source)
    failed = [check for check in result.checks if check.status == "raised"]
    assert failed
    for check in failed:
        assert check.chaff == ""
        assert check.hint.startswith("While a graph is traced, tensors have no values yet")


def test_an_impatient_grader_does_not_ask_chaffs(worker, course):
    grader = Grader(worker, Exercise(course / "solutions" / "scale"))
    grader.hints.patient = False
    result = grader.grade(Submission("chaff", "", False, (grader.exercise.chaffs[0].source,)))
    assert result.score < grader.max_score
    assert {check.hint for check in result.checks} == {""}
    assert not (course / "build" / "hints").exists()


def test_what_chaffs_were_asked_here_is_read_again(worker, course):
    exercise = Exercise(course / "solutions" / "scale")
    wrong = Submission("x", "", False, (exercise.chaffs[0].source,))
    assert Grader(worker, exercise).grade(wrong).checks[0].chaff == "adds"
    (folder,) = (course / "build" / "hints").iterdir()
    files = {path: path.read_bytes() for path in folder.iterdir()}
    assert len(files) == len(known.asked(exercise))
    for damage in (b"", b"broken"):
        asked = []
        for path in list(files)[:2] if damage else []:
            path.write_bytes(damage)
        grader = Grader(worker, exercise)
        grader.hints.on_progress = lambda done, total, asked=asked: asked.append((done, total))
        assert grader.grade(wrong).checks[0].chaff == "adds"
        assert asked == ([(1, 2), (2, 2)] if damage else [])
    assert {path: path.read_bytes() for path in folder.iterdir()} == files


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("checks.py", '"numerics"', '"style"', "dimension must be one of"),
        ("checks.py", '"""every element', '""""""\n    """', "a docstring is missing"),
        ("checks.py", "points=1", "points=0", "points must be positive"),
        ("checks.py", "use=drawn", "use=lambda f: 1", "must be a function of the checks module"),
        ("checks.py", "tried(Scale(3.0)(x)", "tried(Scal(3.0)(x)", "NameError"),
        ("checks.py", "@check", "# @check", "has no checks"),
        ("checks.py", "import keras", "import keras\n1 / 0", "ZeroDivisionError"),
        ("checks.py", "keras.ops.multiply", "keras.ops.nothing", "cannot switch off"),
        ("reference.py", "self.factor * inputs", "inputs * float('nan')", "not a number"),
        ("reference.py", "class Scale", "class Skale", "`Scale` is not defined"),
        (
            "checks.py",
            "return reloaded(Scale(3.0), scaled)",
            "from autograder import checks\n    return checks.either([1.0, 1.0], 1.0)",
            "exact answers of an `either` must be a list",
        ),
    ],
)
def test_an_authors_mistake_is_reported_and_nobody_is_graded(
    worker, course, file, old, new, message
):
    path = course / "solutions" / "scale" / file
    source = path.read_text()
    assert old in source
    path.write_text(source.replace(old, new))
    (exercise,) = find_all(course / "solutions")
    with pytest.raises(GraderError, match=None) as error:
        Grader(worker, exercise)
    assert message in str(error.value)


def test_a_failure_of_ours_is_nobodys_zero(toy, monkeypatch):
    monkeypatch.setattr(verdicts, "verdict", lambda *_, **__: 1 / 0)
    result = toy.grade(Submission("x", "", False, (RIGHT,)))
    assert result.status == "grader error"
    assert "ZeroDivisionError" in result.message
    assert {check.status for check in result.checks} == {"grader error"}


def test_random_inputs_are_new_in_every_run_and_equal_within_it(worker, toy_exercise):
    graders = [Grader(worker, toy_exercise, Seeds.same(seed)) for seed in (1, 1, 2)]
    shown = [grader.reference.expected["multiplies_anything"].seen for grader in graders]
    np.testing.assert_array_equal(shown[0], shown[1])
    assert (shown[0] != shown[2]).all()
    right = Submission("x", "", False, (RIGHT,))
    assert Grader(worker, toy_exercise).grade(right).score == 8


def test_each_check_says_what_it_cost(grade):
    """Also of what another process answered for it; a submission may lie, and gains nothing."""
    result = grade(RIGHT)
    spent = {check.name: check.cpu_seconds for check in result.checks}
    assert all(seconds > 0 for seconds in spent.values())
    assert sum(spent.values()) < result.cpu_seconds


def test_the_dimensions_add_up(grade):
    result = grade(RIGHT)
    assert sum(result.points(name)[1] for name in DIMENSIONS) == result.max_score


def test_a_picture_is_kept_whole(grade):
    source = (
        "import os\nfrom IPython.display import Image, display\n"
        "display(Image(b'\\x89PNG\\r\\n\\x1a\\n' + bytes(60_000)))\n"
        "display({'image/png': 'bm8gcGljdHVyZQ=='}, raw=True)"
    )
    cell = grade(source, "Scale = None").cells[0]
    pictures = [
        one["display"]["image/png"]
        for one in cell["outputs"]
        if "display" in one and "image/png" in one["display"]
    ]
    assert [base64.b64decode(picture) for picture in pictures] == [
        b"\x89PNG\r\n\x1a\n" + bytes(60_000)
    ]


def test_many_children_at_once_keep_output_and_answers_apart(worker):
    load = {
        "do": "load",
        "name": "it",
        "notebook": False,
        "cells": ["print('WARNING: words')"],
        "skip": [],
        "switched_off": [],
        "seconds": 30,
        "total": 30,
        "needs": [],
        "resume": False,
    }
    with contextlib.ExitStack() as stack:
        children = [stack.enter_context(worker.child()) for _ in range(8)]
        for child in children:
            child.send(load, 60)
        for child in children:
            assert child.receive(60) == {"running": 0}
            cell = {"ran": True, "outputs": [], "errors": [], "kept": []}
            assert child.receive(60)["cells"] == [cell]


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("one of {'mean', 'sum', None} for layer scale_7", True),
        ("one of {'sum', None} for layer scale_7", False),
    ],
)
def test_a_mistake_is_known_by_its_message_in_every_process(other, same):
    known = "one of {None, 'sum', 'mean'} for layer scale_12"
    outcomes = [Outcome("raised", message=message) for message in (known, other)]
    assert evidence.alike(None, *outcomes) is same
