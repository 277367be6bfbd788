import numpy as np
import pytest

from autograder.grading.comparison import alike, find
from autograder.records.observations import Either, Thing


def F(value):  # a scalar tensor, observed
    return np.asarray(value, "float32")


A = np.array([[1.0], [2.0]], "float32")


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        (A, A + F(1e-6)),
        (A, A.astype("float64")),
        (F(2.5), 2.5),
        (2, 2.0),
        (np.asarray(3), 3),
        (float("inf"), F("inf")),
        (1e6, F(1e6 + 20)),
        ("mean", "mean"),
        (None, None),
        (True, np.bool_(True).item()),
        ([A, {"x": 1}], [A, {"x": 1}]),
    ],
)
def test_equal_answers_are_equal(expected, seen):
    assert find(expected, seen, 1e-4, 1e-5) is None


@pytest.mark.parametrize(
    ("expected", "seen", "message"),
    [
        (2.5, 4.0, "expected 2.5, got 4"),
        (F(2.5), F(2.5004), "expected 2.5, got 2.5004"),
        (A, A.ravel(), "shape (2,) where (2, 1) was expected"),
        (A, F(1), "shape () where (2, 1) was expected"),
        (A, np.ones((2, 2), "float32"), "shape (2, 2) where (2, 1) was expected"),
        (A, A.astype(int), "int64 values where float32 values were expected"),
        (A, A > 1, "bool values where float32 values were expected"),
        (1, True, "expected 1, got True"),
        (A, A * F([[1], [np.nan]]), "1 of 2 values differ; at [1, 0] expected 2, got nan"),
        (A, A * F("inf"), "2 of 2 values differ; at [0, 0] expected 1, got inf"),
        (A, A + 1, "2 of 2 values differ; at [0, 0] expected 1, got 2"),
        (float("nan"), float("nan"), "expected nan, got nan"),
        (float("inf"), float("-inf"), "expected inf, got -inf"),
        (A, None, "expected an array of shape (2, 1), got None"),
        (A, Thing("no gradient"), "expected an array of shape (2, 1), got no gradient"),
        (1.0, "1.0", "expected 1, got '1.0'"),
        ([1, 2], [1, 3], "answer 2 of 2: expected 2, got 3"),
        ([1, 2], [1], "expected a list of 2 answers, got a list of one answer"),
        (
            {"batch of 3": A},
            {"batch of 3": A[:1]},
            "batch of 3: shape (1, 1) where (2, 1) was expected",
        ),
        ({"a": 1}, {"b": 1}, "expected 1 named answers (a), got 1 named answers (b)"),
        ("relu", "linear", "expected 'relu', got 'linear'"),
        (b"", 0, "expected bytes, got 0"),
    ],
)
def test_a_difference_is_described_in_words(expected, seen, message):
    assert find(expected, seen, 1e-4, 1e-5).words == message


def test_an_agreement_counts_only_where_it_may():
    right, forged = Either([1.0, 2.0], 1.0), Either([9.0, 2.0], 1.0)
    expected = {"a": [right]}
    for own in (["numerics"], []):
        assert find(expected, {"a": [right]}, 1e-4, 1e-5, own) is None
    assert find(expected, {"a": [forged]}, 1e-4, 1e-5, ["numerics"]) is None
    for own in ([], ["gradients"]):
        told = find(expected, {"a": [forged]}, 1e-4, 1e-5, own).words
        assert told == "a: expected 1, got 9"
    later = Either([1.0, 9.0], 3.0)
    told = find(expected, {"a": [later]}, 1e-4, 1e-5).words
    assert told == "a: with other inputs: expected 2, got 9"
    neither = Either([9.0, 2.0], 3.0)
    assert "expected 1, got 3" in find(expected, {"a": [neither]}, 1e-4, 1e-5, ["numerics"]).words
    assert find(expected, {"a": [1.0]}, 1e-4, 1e-5, ["numerics"])
    assert not alike([right], [forged], 1e-4, 1e-5)


@pytest.mark.parametrize(
    "exact",
    [[9.0, 9.0], [0.0, 0.0], [9.0], 9.0, {"a": 9.0, "b": 2.0}, [A, A + 1e-7], [9.0, 2.0, 9.0], []],
)
def test_an_agreement_needs_other_answers_for_other_inputs(exact):
    right, forged = Either([1.0, 2.0], 1.0), Either(exact, 1.0)
    assert find(right, forged, 1e-4, 1e-5, ["numerics"])


@pytest.mark.parametrize(
    "inner",
    [
        lambda x: Either([x, x + 1], x),
        lambda x: Either(x, 1.0),
        lambda x: Either([], {"a": x}),
        lambda x: Either([[x]], [x, x]),
    ],
)
def test_an_either_inside_another_equals_nothing(inner):
    right = Either([1.0, 2.0], 1.0)
    one, two = inner(A), inner(A + 0)
    for forged in (Either([one, two], 1.0), Either(one, two), Either([A, one], two), one):
        for own in ([], ["numerics"]):
            assert find(right, forged, 1e-4, 1e-5, own)
            assert find([right], [forged], 1e-4, 1e-5, own)
            assert find("text", forged, 1e-4, 1e-5, own)


@pytest.mark.parametrize("value", [float("nan"), np.float64("nan"), np.array([1.0, np.nan])])
def test_wrong_answers_are_alike_where_both_are_nan(value):
    assert alike([value], [value], 1e-4, 1e-5)
    assert not alike([value], [np.ones_like(value)], 1e-4, 1e-5)


@pytest.mark.parametrize("nothing", [[], [[]], {"x": []}, [[], []]])
def test_empty_lists_are_alike(nothing):
    assert find(nothing, nothing, 1e-4, 1e-5, ()) is None
    assert find([*nothing, 1], [*nothing, 2], 1e-4, 1e-5, ()) is not None
