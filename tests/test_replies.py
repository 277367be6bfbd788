"""What the grader makes of what a child says, however wrong that is."""

import itertools

import numpy as np
import pytest

from autograder.grading import replies
from autograder.grading.replies import Code
from autograder.records.observations import Either, Later, Thing
from autograder.records.results import Outcome, Status

ARRAY = np.arange(4)
NONSENSE = [
    None,
    True,
    -1,
    2**62,
    float("nan"),
    "",
    "seen",
    "passed\n✓ all of it",
    b"\x89PNG",
    ARRAY,
    np.array("x"),
    np.zeros((0, 3)),
    [],
    [ARRAY, [], {}],
    {},
    {"status": ARRAY, "seen": 1},
    Thing("a thing"),
    Later("exported", "use", True, b""),
    Either([1], 2),
]
ERROR = {"type": "TypeError", "message": "no", "place": "line 3", "code": "f(x)", "kept": []}
KEYS = {"type", "message", "place", "code", "unsolved", "environment", "kept"}


def code(*cells, needs=("Scale",), names=()):
    return Code(list(needs), 40, list(cells), list(names))


def cell(**what):
    return {"outputs": [], "errors": [], "kept": [], "late": False} | what


@pytest.mark.parametrize("reply", NONSENSE, ids=repr)
def test_nonsense_is_a_crash(reply):
    assert replies.outcome(reply, 4, code(), []) == Outcome(
        "crashed", message="its answer could not be read"
    )


@pytest.mark.parametrize("told", [*NONSENSE, -0.5, float("inf")], ids=repr)
def test_nonsense_took_no_time(told):
    assert replies.cpu_seconds(told) == replies.cpu_seconds({"cpu_seconds": told}) == 0.0
    assert replies.cpu_seconds({"status": "seen", "seen": told, "cpu_seconds": 0.25}) == 0.25


@pytest.mark.parametrize("key", ["status", "message", "error", "seen"])
@pytest.mark.parametrize("value", NONSENSE, ids=repr)
@pytest.mark.parametrize("status", ["raised", "timed out", "disallowed", "not defined", "passed"])
def test_nonsense_for_a_field_is_never_an_answer(key, value, status):
    reply = {"status": status, "message": "x", "error": {}} | {key: value}
    outcome = replies.outcome(reply, 4, code(), ["tf.exp"])
    if outcome.status == Status.SEEN:
        assert reply["status"] == "seen"
    else:
        assert outcome.status in (Status.CRASHED, Status.RAISED, Status.TIMED_OUT)
        assert (outcome.seen, outcome.missing) == (None, "")


@pytest.mark.parametrize("seen", NONSENSE, ids=repr)
def test_an_answer_is_handed_on_as_it_is(seen):
    outcome = replies.outcome({"status": "seen", "seen": seen, "more": 1}, 4, code(), [])
    assert outcome.status == Status.SEEN
    assert outcome.seen is seen


@pytest.mark.parametrize("status", ["passed", "graded", "grader error", "not asked", "unreadable"])
def test_a_verdict_is_not_for_a_child_to_give(status):
    for more in ({"seen": 1}, {"message": "x"}, {"error": ERROR}):
        outcome = replies.outcome({"status": status, **more}, 4, code(), [])
        assert outcome.status == Status.CRASHED


def test_only_what_is_switched_off_is_disallowed():
    reply = {"status": "disallowed", "message": "tf.exp"}
    assert replies.outcome(reply, 4, code(), ["tf.exp"]).message == (
        "`tf.exp` is switched off in this exercise: write it yourself"
    )
    assert replies.outcome(reply, 4, code(), ["tf.log"]).status == Status.CRASHED


def test_only_what_is_needed_is_not_defined():
    reply = {"status": "not defined", "message": "Scale"}
    outcome = replies.outcome(reply, 4, code(names=["Scael", "x"]), [])
    assert (outcome.status, outcome.missing) == (Status.NOT_DEFINED, "Scale")
    assert outcome.message == "`Scale` is not defined; did you mean to call `Scael` `Scale`?"
    assert replies.outcome(reply, 4, code(needs=["Other"]), []).status == Status.CRASHED


def test_why_a_name_is_not_defined_is_said():
    stopped = replies.error({**ERROR, "kept": ["Scale"]}, ["Scale"])
    other = replies.error(ERROR, ["Scale"])
    assert replies.not_defined("Scale", code(cell(errors=[other, stopped]))) == (
        "`Scale` is not defined; the code stopped at line 3: `f(x)`: TypeError: no"
    )
    assert replies.not_defined("Scale", code(cell(late=True, kept=["Scale"]))) == (
        "`Scale` is not defined; its cell did not run, since the cells before it took more than "
        "40 seconds"
    )
    assert replies.not_defined("Scale", code(cell(errors=[other]))) == (
        "`Scale` is not defined; what went wrong before: line 3: `f(x)`: TypeError: no"
    )


def test_an_exception_becomes_a_message():
    outcome = replies.outcome({"status": "raised", "error": ERROR}, 4, code(), [])
    assert outcome == Outcome("raised", message="TypeError: no", place="line 3: f(x)")
    late = replies.outcome({"status": "timed out", "error": ERROR}, 4, code(), [])
    assert late == Outcome("timed out", message="no answer after 4 seconds", place="line 3: f(x)")
    stub = replies.outcome(
        {"status": "raised", "error": {**ERROR, "unsolved": True}}, 4, code(), []
    )
    assert stub == Outcome("raised", message="not solved yet", place="line 3", unsolved=True)
    assert type(stub.message) is str


@pytest.mark.parametrize("key", sorted(KEYS))
@pytest.mark.parametrize("value", NONSENSE, ids=repr)
def test_nonsense_in_an_exception_is_left_out(key, value):
    found = replies.error({**ERROR, key: value}, ["Scale"])
    assert set(found) == KEYS
    assert all(type(found[name]) is str for name in ("type", "message", "place", "code"))
    assert all("\n" not in found[name] for name in ("type", "place", "code"))
    assert found["unsolved"] is (key == "unsolved" and value is True)
    assert found["environment"] is (key == "environment" and value is True)
    assert found["kept"] == []


def test_an_exception_is_cut():
    found = replies.error(dict.fromkeys(("type", "message", "place", "code"), "y" * 9000), [])
    assert {len(found[key]) for key in ("type", "message", "place", "code")} == {2000}


@pytest.mark.parametrize("found", NONSENSE, ids=repr)
def test_only_needed_names_are_taken_from_nonsense(found):
    assert replies.needed(found, ["Scale", "x"]) == []
    assert replies.needed([found, "x", found], ["Scale", "x"]) == ["x"]


def test_names_are_cut_and_counted():
    assert replies.names(["x", 3, ARRAY, None, "y" * 99]) == ["x", "y" * 60]
    assert len(replies.names(["x"] * 2000)) == 1000


@pytest.mark.parametrize("found", NONSENSE, ids=repr)
def test_a_cell_of_nonsense_printed_nothing(found):
    assert replies.cell(found, ["Scale"]) == cell()
    reply = {"ran": True, "outputs": [found], "errors": [found], "kept": found}
    known = replies.cell(reply, ["Scale"])
    assert (known["outputs"], known["kept"], known["late"]) == ([], [], False)
    assert all(set(error) == KEYS for error in known["errors"])


def test_what_a_cell_printed_and_displayed():
    outputs = [
        {"stream": "stderr", "text": "a"},
        {"stream": "markup", "text": "b"},
        {"stream": "stdout", "text": ARRAY},
        {"display": {"text/plain": "c", "text/html": "<script>", "image/png": b"\x89PNG1"}},
    ]
    reply = {"ran": False, "outputs": outputs, "errors": [ERROR] * 200, "kept": ["Scale", "y"]}
    known = replies.cell(reply, ["Scale"])
    assert known["outputs"] == [
        {"stream": "stderr", "text": "a"},
        {"stream": "stdout", "text": "b"},
        {"display": {"text/plain": "c", "image/png": "iVBORzE="}},
    ]
    assert (len(known["errors"]), known["kept"], known["late"]) == (100, ["Scale"], True)


@pytest.mark.parametrize("value", NONSENSE, ids=repr)
def test_nonsense_is_not_displayed(value):
    found = replies.display({"text/plain": value, "image/png": value, "text/html": value})
    assert found == ({"text/plain": value} if isinstance(value, str) else {}) | (
        {"image/png": "iVBORw=="} if isinstance(value, bytes) else {}
    )


def test_a_large_picture_is_left_out():
    assert replies.display({"image/png": b"\x89PNG" + bytes(400_000)}) == {}


def test_there_are_as_many_cells_as_were_handed_in():
    printed = {"ran": True, "outputs": [{"stream": "", "text": "a"}], "errors": [], "kept": []}
    shown = cell(outputs=[{"stream": "stdout", "text": "a"}])
    assert replies.cells([printed] * 3, 2, []) == [shown, shown]
    assert replies.cells([printed], 3, []) == [shown, cell(), cell()]


def test_what_is_too_long_together_is_left_out():
    shown = [cell(outputs=[{"stream": "stdout", "text": "12345"}] * 2) for _ in range(2)]
    replies.leave_out(shown, most=12)
    assert [len(one["outputs"]) for one in shown] == [2, 1]
    assert shown[1]["outputs"][0]["text"].startswith("The outputs from here on are too long")


@pytest.mark.parametrize("found", [*NONSENSE, 5, 1, 0, 2], ids=repr)
def test_a_child_cannot_run_any_cell_next(found):
    assert replies.next_cell(found, 5, 1, {2: "it crashed"}) is None


def test_cells_run_in_order():
    assert [replies.next_cell(3, 5, before, {}) for before in (None, 0, 2)] == [3, 3, 3]


def test_a_cell_that_ended_the_process_has_an_error():
    found = replies.process_ended("it crashed (SIGSEGV)", 2, cell(kept=["Scale"]))
    assert set(found) == KEYS
    assert replies.in_words(found) == "cell 3: ProcessEnded: it crashed (SIGSEGV)"
    assert found["kept"] == ["Scale"]


def test_every_function_bears_every_nonsense():
    for one, other in itertools.product(NONSENSE, NONSENSE):
        reply = {"status": one, "seen": other, "error": other, "message": other}
        assert replies.outcome(reply, 4, code(), ["x"]).status in list(Status)
