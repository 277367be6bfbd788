"""When does a known mistake explain what was lost? Without a submission."""

import numpy as np
import pytest

from autograder.grading import evidence
from autograder.grading.comparison import agreement, says_little
from autograder.grading.evidence import Evidence, alike, raised_alike
from autograder.grading.verdicts import CheckInfo
from autograder.records.results import Outcome, Status

NAMES = ("small", "large", "slope", "border", "saved")
CHECKS = [CheckInfo(name, "numerics", 1.0, name, False, [], 1e-4, 1e-5) for name in NAMES]
X = np.linspace(0.3, 1.1, 8)
RIGHT = {name: X * n for n, name in enumerate(NAMES, 1)}


def shown(**wrong):
    """The outcomes of all checks: right, but for those given."""
    return {
        name: one if isinstance(one, Outcome) else Outcome(Status.SEEN, one)
        for name, one in (RIGHT | wrong).items()
    }


def raised(message, place=""):
    return Outcome(Status.RAISED, message=message, place=place)


def explained(submission, mistake, drawn=()):
    """The checks of a submission that a mistake explains; both as what they get wrong."""
    found = Evidence(CHECKS, shown(), shown(**submission), frozenset(submission), frozenset(drawn))
    return found.explained_by(shown(**mistake), frozenset(mistake))


def test_a_mistake_explains_what_it_shows_itself():
    wrong = {"small": X**2, "large": 3 * X, "saved": raised("TypeError: no", "line 3")}
    assert explained(wrong, wrong) == set(wrong)


def test_another_mistake_beside_it_stays_unexplained():
    known = {"small": X**2, "large": 3 * X}
    assert explained(known | {"border": -X}, known) == set(known)


def test_a_mistake_that_shows_something_else_explains_nothing():
    """A loss that is halved everywhere agrees with the error halved before it is squared, once."""
    halved = {"small": X / 4, "large": X / 2, "slope": X / 3}
    halved_before = {"small": X / 4, "slope": X / 5}
    assert explained(halved, halved_before) == set()


def test_a_mistake_that_would_have_cost_more_elsewhere_explains_nothing():
    known = {"small": X**2, "large": 3 * X, "slope": -X}
    assert explained({"small": X**2}, known) == set()
    assert explained({"small": X**2, "border": X - 1}, known) == set()


def test_most_of_a_mistake_explains_who_shows_nothing_else():
    known = {"small": X**2, "large": 3 * X, "slope": -X}
    assert explained({"small": X**2, "large": 3 * X}, known) == {"small", "large"}


def test_a_mistake_that_explains_less_than_a_quarter_is_not_named():
    many = {name: -one for name, one in RIGHT.items()}
    assert explained(many | {"small": X**2}, {"small": X**2}) == set()
    many.pop("saved")
    assert explained(many | {"small": X**2}, {"small": X**2}) == {"small"}


WEAK = [
    2.5,
    True,
    np.where(X < 1, X, 7.0),  # one of eight values
    X * np.nan,
    X * np.inf,
    raised("TypeError: of no line of theirs"),
]


@pytest.mark.parametrize("weak", WEAK, ids=repr)
def test_what_may_have_any_reason_is_no_evidence_alone(weak):
    assert explained({"small": weak, "large": X**3}, {"small": weak}) == set()


@pytest.mark.parametrize("weak", WEAK, ids=repr)
def test_what_may_have_any_reason_is_enough_if_it_is_all(weak):
    assert explained({"small": weak}, {"small": weak}) == {"small"}


def test_what_may_have_any_reason_is_evidence_beside_other_evidence():
    known = {"small": X * np.nan, "large": X**2}
    assert explained(known | {"border": -X}, known) == {"small", "large"}


def test_two_answers_that_say_little_are_evidence_together():
    known = {"small": X * np.nan, "large": X * np.inf}
    assert explained(known | {"border": -X}, known) == {"small", "large"}
    vague = {name: raised("TypeError: of no line of theirs") for name in ("small", "large")}
    assert explained(vague | {"border": -X}, vague) == set()


def test_exceptions_are_alike_if_they_say_the_same_of_lines_of_both():
    one = {"small": raised("TypeError: no", "line 3: a = b"), "large": -X}
    other = {"small": raised("TypeError: no", "line 8: b = a")}
    assert explained(one, other) == {"small"}
    assert explained(one, {"small": raised("TypeError: no")}) == set()


@pytest.mark.parametrize(
    "message",
    [
        "NotFoundError: {}/labels.txt; No such file or directory",
        "OSError: no file in {}",
        "FileExistsError: [Errno 17] File exists: '{}/saved.keras'",
    ],
)
def test_exceptions_are_alike_whatever_folder_was_made_up(message):
    folders = (
        "/tmp/autograder-k9m0og8i/3/tmplqrgtva7",
        "/var/tmp/autograder-a_b1c2d3/12/tmp_8hz3k1q",
    )
    known, shown = ({"small": raised(message.format(folder)), "large": -X} for folder in folders)
    assert explained(known, shown) == {"small", "large"}
    other = {"small": raised(message.format("/data")), "large": -X}
    assert explained(known, other) == set()


def test_other_inputs_say_nothing_where_they_show_something_else():
    known = {"small": X**2, "large": 3 * X}
    submission = {"small": X**2, "large": 3.1 * X}
    assert explained(submission, known) == set()
    assert explained(submission, known, drawn=["large"]) == {"small"}


def test_a_border_that_is_included_or_not_makes_no_other_mistake():
    inside = {"small": X**2, "large": np.append(-X[:7], 0)}
    outside = {"small": X**2, "large": -X}
    assert explained(inside, outside) == {"small", "large"}
    half = {"small": X**2, "large": np.append(-X[:4], X[4:] / 9)}
    assert explained(half, outside) == set()


def test_agreement_is_the_share_of_what_is_wrong_in_either():
    right, one, other = np.zeros(4), np.float64([0, 1, 2, 3]), np.float64([5, 1, 2, 4])
    assert agreement(right, one, other, 1e-4, 1e-5) == 0.5
    assert agreement([right, "a"], [one, "b"], [one, "c"], 1e-4, 1e-5) == 0.75
    assert agreement(right, one, one[:2], 1e-4, 1e-5) == 0
    assert agreement({"a": right}, {"b": one}, {"c": one}, 1e-4, 1e-5) == 0
    assert agreement(right, right, right, 1e-4, 1e-5) == 1


def test_an_answer_in_very_many_parts_agrees_with_none():
    parts = [1.0] * 10_000
    assert agreement(parts, parts[:-1] + [2.0], parts[:-1] + [2.0], 1e-4, 1e-5) == 0


def test_words_say_more_than_a_number_does():
    assert not says_little("none", "alpha", 1e-4, 1e-5)
    assert not says_little(1.0, "no gradient", 1e-4, 1e-5)
    assert says_little({"a": 1.0, "b": X}, {"a": 0.5, "b": X}, 1e-4, 1e-5)


def test_the_mistake_that_explains_most_is_named():
    found = evidence.best(
        {"one": {"a", "b"}, "other": {"b"}, "third": {"c"}},
        {"one": 0, "other": 0, "third": 2},
        {"one": "1", "other": "2", "third": "3"},
    )
    assert found == {"a": "one", "b": "one", "c": "third"}


@pytest.mark.parametrize(
    ("beyond", "notes", "named"),
    [
        ((0, 0), ("this", "that"), False),
        ((0, 0), ("this", "this"), True),
        ((0, 1), ("this", "that"), True),
        ((1, 0), ("this", "that"), False),
    ],
)
def test_of_two_that_explain_as_much_none_is_named_unless_one_fits_better(beyond, notes, named):
    names = ("one", "other")
    found = evidence.best(
        dict.fromkeys(names, {"a"}),
        dict(zip(names, beyond, strict=True)),
        dict(zip(names, notes, strict=True)),
    )
    assert (found == {"a": "one"}) is named


def test_which_of_several_operations_failed_first_does_not_matter():
    def outcome(message, place=""):
        return Outcome(Status.RAISED, message=message, place=place)

    bounds = "InvalidArgumentError: slice index {} of dimension 0 out of bounds."
    assert alike(None, outcome(bounds.format(3), "line 5"), outcome(bounds.format(4), "line 5"))
    shapes = outcome("InvalidArgumentError: shape of dy was [100,2] instead of [2]")
    assert not alike(None, outcome(bounds.format(3)), shapes)
    assert raised_alike(outcome(bounds.format(3)), shapes)
    assert not raised_alike(outcome(bounds.format(3), "line 5"), shapes)
    assert not raised_alike(outcome("ValueError: slice index 3"), shapes)
