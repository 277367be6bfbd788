"""Points for what a submission showed, without a submission."""

import dataclasses

import pytest

from autograder.grading import verdicts
from autograder.grading.verdicts import CheckInfo
from autograder.records.observations import Either, Later
from autograder.records.results import Outcome, Status
from autograder.records.submissions import Submission

LATER = Later("exported", "use", False, b"")
CHECK = CheckInfo("one", "numerics", 2.0, "one is one", False, ["Scale"], 1e-6, 1e-6)
SLOPE = dataclasses.replace(CHECK, name="slope", dimension="gradients", points=1.0)
AGAIN = dataclasses.replace(SLOPE, name="again")
EITHER = Either([1.0, 2.0], 0.0)  # the exact answers, and no difference from itself
OWN = Either([5.0, 7.0], 0.0)  # wrong, and like itself


def seen(value):
    return Outcome(Status.SEEN, value)


def scores(checks, expected, answers):
    outcomes = {check.name: answer for check, answer in zip(checks, answers, strict=True)}
    known = {check.name: seen(value) for check, value in zip(checks, expected, strict=True)}
    return [one.score for one in verdicts.verdicts(checks, known, outcomes)]


def test_the_same_answer_passes():
    result = verdicts.verdict(CHECK, seen(1.0), seen(1.0))
    assert (result.status, result.message, result.score) == ("passed", "", 2.0)


def test_another_answer_fails():
    result = verdicts.verdict(CHECK, seen(1.0), seen(3.0))
    assert (result.status, result.message, result.score) == ("failed", "expected 1, got 3", 0.0)


@pytest.mark.parametrize("status", sorted({*Status} - {Status.SEEN, Status.PASSED}))
def test_no_answer_has_no_points(status):
    outcome = Outcome(status, seen=1.0, message="why", place="line 3", unsolved=True)
    result = verdicts.verdict(CHECK, seen(1.0), outcome)
    assert (result.status, result.score) == (status, 0.0)
    assert (result.message, result.unsolved) == ("why (line 3)", True)


def test_agreement_with_itself_is_enough_once_points_are_lost():
    checks = [CHECK, SLOPE]
    assert scores(checks, [1.0, EITHER], [seen(1.0), seen(EITHER)]) == [2.0, 1.0]
    assert scores(checks, [1.0, EITHER], [seen(1.0), seen(OWN)]) == [2.0, 0.0]
    assert scores(checks, [1.0, EITHER], [seen(3.0), seen(OWN)]) == [0.0, 1.0]


def test_agreement_is_worth_no_more_than_what_was_lost():
    dear = dataclasses.replace(SLOPE, points=3.0)
    assert scores([CHECK, dear], [1.0, EITHER], [seen(3.0), seen(OWN)]) == [0.0, 0.0]
    many = [CHECK, SLOPE, AGAIN, dataclasses.replace(SLOPE, name="more")]
    answers = [seen(3.0), *[seen(OWN)] * 3]
    assert scores(many, [1.0, *[EITHER] * 3], answers) == [0.0, 1.0, 1.0, 0.0]


def test_agreement_counts_only_if_other_inputs_have_other_answers():
    same = Either([5.0, 5.0], 0.0)
    assert scores([CHECK, SLOPE], [1.0, EITHER], [seen(3.0), seen(same)]) == [0.0, 0.0]


def test_what_is_lost_in_an_either_excuses_nothing():
    assert scores([SLOPE, AGAIN], [EITHER, EITHER], [seen(OWN), seen(OWN)]) == [0.0, 0.0]


def test_where_points_must_be_lost_is_listed_once():
    graph = dataclasses.replace(EITHER, dimension="graph")
    assert verdicts.dimensions(seen({"a": EITHER, "b": [graph, EITHER]})) == ["numerics", "graph"]
    assert verdicts.dimensions(seen([1.0])) == []


@pytest.mark.parametrize(
    ("expected", "outcome", "wrong"),
    [
        (1.0, seen(1.0), False),
        (1.0, seen(3.0), True),
        ([1.0, 1.0], seen([3.0, LATER]), False),
        (EITHER, seen(OWN), False),
        (1.0, Outcome(Status.RAISED, message="no"), True),
        (1.0, Outcome(Status.TIMED_OUT), True),
    ],
)
def test_an_outcome_is_wrong_only_if_nothing_can_mend_it(expected, outcome, wrong):
    assert verdicts.is_wrong(CHECK, seen(expected), outcome) is wrong


def test_nothing_is_solved_if_all_is_missing_or_the_stubs():
    stub = Outcome(Status.RAISED, message="not solved yet", unsolved=True)
    missing = Outcome(Status.NOT_DEFINED, message="`Scale` is not defined")
    pretends = Outcome(Status.RAISED, message="not solved yet: never")
    found = [verdicts.verdict(CHECK, seen(1.0), one) for one in (stub, missing, pretends)]
    assert verdicts.is_unsolved(found[:2])
    assert not verdicts.is_unsolved(found)


def test_a_result_without_points_lists_every_check():
    given = Submission("ada", "ada.py", False, ("1 +",))
    result = verdicts.without_points([CHECK, SLOPE], given, Status.UNREADABLE, "not Python")
    assert (result.status, result.message, result.score) == ("unreadable", "not Python", 0.0)
    assert [(one.name, one.status) for one in result.checks] == [
        ("one", "not defined"),
        ("slope", "not defined"),
    ]
    broken = verdicts.without_points([CHECK], given, Status.GRADER_ERROR, "why")
    assert [one.status for one in broken.checks] == ["grader error"]
