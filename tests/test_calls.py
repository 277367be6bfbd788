"""What a failed check gives a student to try: code that gives what the check saw."""

import gzip
import json
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from autograder.checks import either, reloaded, tried
from autograder.checks.calls import MAX_CALL, written
from autograder.grading import known, verdicts
from autograder.grading.interview import Interview
from autograder.grading.reference import load_checks
from autograder.grading.verdicts import CheckInfo
from autograder.records.exercises import find
from autograder.records.observations import Either, Tried, apart, decode, encode, observe, walk
from autograder.records.results import Outcome, Status
from autograder.records.submissions import Submission

SEED = 3
EXERCISES = (
    *("pairwise_distances", "counting_table", "word_counts", "find_peaks", "huber_loss"),
    *("quantile_loss", "custom_parts", "streaming_metric", "fbeta_score", "stable_softplus"),
    "graph_loop",
)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (np.float32([[1.2], [-3]]), "tf.constant([[1.2], [-3.0]])"),
        (np.float32(0.1), "tf.constant(0.1)"),
        (np.float64([1 / 3]), 'tf.constant([0.3333333333333333], "float64")'),
        (np.int32([1, 2]), "tf.constant([1, 2])"),
        (np.int64([1]), 'tf.constant([1], "int64")'),
        (np.array([True, False]), "tf.constant([True, False])"),
        (np.zeros((0, 3), "float32"), "tf.zeros([0, 3])"),
        (np.zeros(0, "int32"), 'tf.zeros([0], "int32")'),
        (np.array(["a", "b'"]), "tf.constant(['a', \"b'\"])"),
        (tf.constant(["\xe9t\xe9"]), "tf.constant(['\xe9t\xe9'])"),
        (tf.constant([2.5]), "tf.constant([2.5])"),
        (0.5, "0.5"),
        (["a"], "['a']"),
        (None, "None"),
        (np.float32([np.nan]), ""),
        (float("inf"), ""),
        (np.array([1j]), ""),
    ],
)
def test_an_input_is_written_as_code(value, code):
    assert written(value) == code
    if code and value is not None:
        again, asked = (tf.convert_to_tensor(one) for one in (eval(code, {"tf": tf}), value))
        np.testing.assert_array_equal(again, asked, strict=True)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_numbers_are_exactly_those_that_were_asked(dtype):
    bits = np.random.default_rng(0).integers(0, 2**32, 2000, "uint32")
    numbers = bits.view("float32")
    # Python reads the shortest digits of the last as a float64 that is rounded to its neighbour.
    numbers = [*numbers[np.isfinite(numbers)], 1.1754944e-38, np.uint32(0x15AE43FD).view("float32")]
    numbers = np.array(numbers, dtype)
    again = eval(written(numbers), {"tf": tf}).numpy()
    np.testing.assert_array_equal(again, numbers, strict=True)


def test_a_gradient_is_taken_with_a_tape():
    x, y, above = np.float32([1, 2]), np.float32([3, 4]), np.float32([5, 6])
    found = tried(0, "{} * x * y", 2, slope_in={"x": x, "y": y}, upstream=above)
    *lines, last = found.call.splitlines()
    scope = {"tf": tf}
    exec("\n".join(lines), scope)
    in_x, in_y = eval(last, scope)
    np.testing.assert_array_equal(in_x, 2 * y * above)
    np.testing.assert_array_equal(in_y, 2 * x * above)


def test_a_call_that_nobody_would_read_is_left_out():
    many = np.zeros(MAX_CALL // 5, "float32")
    assert isinstance(tried(1, "f({})", many[: MAX_CALL // 6]), Tried)
    assert tried(1, "f({})", many) == 1
    assert tried(1, "f({})", float("nan")) == 1


def use(loaded):
    return 0


@pytest.mark.parametrize(
    "value", [either([1, 2], 3), reloaded(tf.keras.regularizers.L1(), use)], ids=["either", "later"]
)
def test_what_has_inputs_elsewhere_has_no_call(value):
    with pytest.raises(TypeError, match="the inputs of other processes stay there"):
        tried(value, "f(1)")


def test_answers_and_calls_come_apart():
    inside = Either([Tried(1, "hidden"), 2], 3)
    seen = {"a": Tried([1, Tried(2, "f(2)")], "f"), "b": [inside]}
    back = decode(encode(observe(seen)))
    assert apart(back) == (
        {"a": [1, 2], "b": [Either([1, 2], 3)]},
        {("a",): "f", ("a", 1): "f(2)"},
    )


CHECK = CheckInfo("one", "numerics", 2.0, "one is one", False, [], 1e-6, 1e-6)


@pytest.mark.parametrize(
    ("seen", "call"),
    [
        ([[1.0, 2.0], 3.0], ""),
        ([[9.0, 2.0], 3.0], "whole"),
        ([[1.0, 9.0], 9.0], "second"),
        ([[1.0], 9.0], "whole"),
        ([[1.0, 2.0], 9.0], ""),
        (1.0, ""),
    ],
)
def test_the_call_is_that_of_the_first_difference_and_the_reference_says_it(seen, call):
    expected = Outcome(Status.SEEN, [[1.0, 2.0], 3.0], calls={(0,): "whole", (0, 1): "second"})
    theirs = {path: "a lie" for path in [(), (0,), (1,), (0, 0), (0, 1)]}
    result = verdicts.verdict(CHECK, expected, Outcome(Status.SEEN, seen, calls=theirs))
    assert result.call == call
    raised = Outcome(Status.RAISED, message="ValueError: no", calls=theirs)
    assert verdicts.verdict(CHECK, expected, raised).call == ""


def test_what_is_shipped_of_known_mistakes_holds_no_call():
    packed = known.pack({"key": {"one": Outcome(Status.SEEN, "seen", calls={(): "hidden"})}})
    assert b"seen" in gzip.decompress(packed)
    assert b"hidden" not in gzip.decompress(packed)


LIES = """
from autograder.checks import calls
from autograder.records.observations import Tried
calls.tried.__code__ = (lambda value, code, *inputs, **more: Tried(value, "a lie")).__code__
calls.tried.__globals__["Tried"] = Tried
"""


@pytest.mark.slow
@pytest.mark.parametrize("lies", ["", LIES], ids=["wrong", "lying"])
def test_a_submission_says_nothing_of_the_call_and_other_processes_keep_theirs(
    grade, toy_exercise, lies
):
    adds = toy_exercise.chaffs[0].source
    result = grade(f"{lies}\n{adds}")
    calls = {check.name: check.call for check in result.checks}
    assert all(check.status == "failed" for check in result.checks)
    assert calls["multiplies"] == "Scale(2.0)(tf.constant([[1.0, -2.0], [0.5, 4.0]]))"
    assert calls["multiplies_anything"].startswith("Scale(3.0)(tf.constant([[")
    assert "tape.gradient(result, x, tf.constant([[2.0, -4.0]" in calls["slope_is_the_factor"]
    others = ("factor_survives", "model_survives", "graph_scales", "export_scales")
    assert [calls[name] for name in others] == [""] * 4


RUN = """
import ast, io, json, linecache, sys
import numpy as np
import tensorflow as tf

def flat(value):
    if isinstance(value, (list, tuple)):
        return [one for item in value for one in flat(item)]
    if isinstance(value, tf.RaggedTensor):
        return flat(value.flat_values)
    if isinstance(value, tf.SparseTensor):
        parts = value.dense_shape, value.indices, value.values
        return [value.dtype.name, *(one for part in parts for one in flat(part))]
    array = np.asarray(tf.convert_to_tensor(value))  # a gradient may be one of slices
    found = [one.decode() if isinstance(one, bytes) else one for one in array.ravel().tolist()]
    words = array.dtype == object and array.ndim == 2
    return [*array.shape, *found] if words else found

def run(source, call):
    name = f"cell {len(linecache.cache)}"  # AutoGraph reads the source
    linecache.cache[name] = len(source), None, source.splitlines(True), name
    scope = {"__name__": "student"}
    exec(compile(source, name, "exec"), scope)
    *body, last = ast.parse(call).body
    exec(compile(ast.Module(body, []), "cell", "exec"), scope)
    return flat(eval(compile(ast.Expression(last.value), "cell", "eval"), scope))

jobs = json.load(sys.stdin)
sys.stdout, out = io.StringIO(), sys.stdout
json.dump([run(*job) for job in jobs], out)
"""


def flat(value):
    """All that is in an observation, in a list."""
    return [one for _, leaf in walk(value) for one in np.ravel(leaf).tolist()]


def part(value, path):
    for step in path:
        value = value[step]
    return value


def asked(worker, exercise, source, setup, names):
    submission = Submission("it", "it.py", False, (source,))
    with Interview(worker, setup, submission) as interview:
        return dict(interview.ask(names, SEED, more=False))


@pytest.fixture(scope="module")
def tries(worker):
    """What is to run where a student works: the source, the code, and what it should give.

    All calls of each reference, and those of a wrong answer's failed checks.
    """
    found = []
    for name in EXERCISES:
        exercise = find(name)
        setup, checks, _ = load_checks(worker, exercise)
        checks = [one for one in checks if one.dimension in ("numerics", "gradients")]
        names = [one.name for one in checks]
        chaff = next(one for one in exercise.chaffs if "numerics" in one.loses)
        expected = asked(worker, exercise, exercise.reference, setup, names)
        wrong = asked(worker, exercise, chaff.source, setup, names)
        for check in checks:
            right, outcome = expected[check.name], wrong[check.name]
            for path, call in right.calls.items():
                found.append(
                    (f"{name}: {check.name}", exercise.reference, call, right, path, check)
                )
            result = verdicts.verdict(check, right, outcome)
            paths = [path for path, call in right.calls.items() if call == result.call]
            if result.call:
                where = f"{name}, {chaff.name}: {check.name}"
                found.append((where, chaff.source, result.call, outcome, paths[0], check))
    return found


@pytest.mark.slow
def test_code_to_try_gives_what_the_check_saw(tries):
    jobs = json.dumps([(source, call) for _, source, call, *_ in tries])
    done = subprocess.run(
        [sys.executable, "-c", RUN], input=jobs, text=True, capture_output=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    other = []
    for (where, _, call, outcome, path, check), got in zip(
        tries, json.loads(done.stdout), strict=True
    ):
        seen = flat(part(outcome.seen, path))
        numbers = all(isinstance(one, (int, float)) for one in [*seen, *got])
        if numbers and len(seen) == len(got):
            same = np.allclose(got, seen, rtol=2 * check.rtol, atol=check.atol, equal_nan=True)
        else:
            same = got == seen
        if not same:
            other.append(f"{where} {path}\n{call}\ngave {got}, the check saw {seen}")
    assert not other, "\n\n".join(other)


@pytest.mark.slow
def test_most_exercises_show_what_to_try_for_a_wrong_answer(tries):
    wrong = {where.partition(":")[0] for where, *_ in tries if "," in where}
    assert len(wrong) >= 9
