"""What all wrong values have in common: said where it is certain, and never by chance."""

import numpy as np
import pytest

from autograder.grading.comparison import find
from autograder.grading.diagnosis import of

RTOL, ATOL = 1e-4, 1e-5
SEEDS = range(300)


def drawn(rng, shape):
    """Numbers of both signs, none of them close to another or to zero."""
    size = int(np.prod(shape))
    values = np.arange(1, size + 1) * 0.37 + rng.uniform(0.1, 0.2, size)
    return (rng.permutation(values) * rng.choice([-1, 1], size)).reshape(shape)


def shapes(rng):
    return [(4,), (5, 1), (2, 3), (3, 3), (2, 2, 2), (12,)][rng.integers(6)]


def single(array):
    return np.asarray(array, "float32")


# Each makes a wrong answer of a right one; what is said about it must hold these words.
MISTAKES = {
    "a factor": (lambda rng, a: a * 0.25, "are 0.25 times what they should be"),
    "a sign": (lambda rng, a: -a, "have the other sign"),
    "a shift": (lambda rng, a: a + 3.5, "are too large by 3.5"),
    "a constant": (lambda rng, a: np.full_like(a, 0.75), "are 0.75, and should not be the same"),
    "nothing": (lambda rng, a: np.zeros_like(a), "are 0, and should not be the same"),
    "half precision": (lambda rng, a: a.astype("float16"), "about 3 digits, as in half precision"),
    "another order": (lambda rng, a: np.roll(a, 1).reshape(a.shape), "in another order"),
    "an axis": (lambda rng, a: a[..., None], "there is one axis of size 1 too many"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_is_common_to_all_values_is_said(mistake):
    change, words = MISTAKES[mistake]
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        right = drawn(rng, shapes(rng))
        wrong = single(change(rng, right))
        assert words in of(single(right), wrong, RTOL, ATOL), (mistake, right, wrong)


def other_values(rng, right):
    return right + rng.normal(size=right.shape)


def some_other_values(rng, right):
    wrong = right.copy()
    wrong.flat[rng.integers(right.size)] += rng.uniform(1, 2)
    return wrong


def other_factors(rng, right):
    return right * rng.uniform(0.3, 3, right.shape)


def of_another_shape(rng, right):
    return rng.normal(size=(right.size, right.size))


def some_infinite(rng, right):
    wrong = right + rng.normal(size=right.shape)
    wrong.flat[rng.integers(right.size)] = np.inf
    return wrong


def noise_of_three_digits(rng, right):
    return right * (1 + rng.uniform(-5e-4, 5e-4, right.shape))


RANDOM = [
    other_values,
    some_other_values,
    other_factors,
    of_another_shape,
    some_infinite,
    noise_of_three_digits,
]


@pytest.mark.parametrize("change", RANDOM)
def test_nothing_is_said_about_differences_without_a_pattern(change):
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        right = drawn(rng, shapes(rng))
        wrong = change(rng, right)
        assert of(single(right), single(wrong), RTOL, ATOL) == "", (right, wrong)


@pytest.mark.parametrize("change", [change for change, _ in MISTAKES.values()])
def test_nothing_is_said_about_few_values_or_values_that_are_alike(change):
    rng = np.random.default_rng(1)
    for right in (
        np.array(0.7),
        np.array([0.7]),
        np.array([0.7, -0.4]),
        np.array([0.7, -0.4, 1.3]),
        np.ones(9),
        np.zeros(9),
        np.array([0.5] * 8 + [0.25]),
    ):
        found = of(single(right), single(change(rng, right)), RTOL, ATOL)
        assert found == "", (right, found)


@pytest.mark.parametrize(
    ("expected", "seen", "words"),
    [
        # Squares, halved where they should be linear only.
        ([1, 2, 3, 4, 5, 6], [1, 2, 6, 8, 10, 12], "the 4 that differ are 2 times what they"),
        ([1, -2, 3, -4, 5], [1, 2, 3, 4, 5], ""),  # two values are no pattern
        ([-1, -2, 3, -4, -5], [1, 2, 3, 4, 5], "the 4 that differ have the other sign"),
        ([1, 2, 3, 4, 5], [1, 9, 8, 1, 7], "only the first is right"),
        ([1, 2, 3, 4, 5], [6, 6, 18, 12, 30], "are 3, 6 times what they should be, as sums are"),
        ([0, 1, 2, 3, 4], [np.nan, 1, 2, 3, 4], "NaN where 0 is expected, and nowhere else"),
        ([5, 1, 2, 3, 4], [np.nan, 1, 2, 3, 4], "NaN there; all other values are right"),
        ([5, 1, 2, 3, 4], [np.nan, 1, 2, 3, 9], ""),
    ],
)
def test_a_pattern_of_some_values_is_said(expected, seen, words):
    found = of(np.float64(expected), np.float64(seen), RTOL, ATOL)
    assert words in found
    assert bool(words) == bool(found)


def test_rows_and_columns_are_told_apart_in_any_shape():
    for shape in ((3, 3), (2, 4)):
        right = drawn(np.random.default_rng(3), shape)
        assert "rows and columns have changed places" in of(right, right.T, RTOL, ATOL)
    symmetric = np.add.outer(np.arange(4.0), np.arange(4.0))
    assert of(symmetric, symmetric.T + 1, RTOL, ATOL) == "all 16 are too large by 1"


def test_a_matrix_of_all_pairs_is_recognised():
    right = drawn(np.random.default_rng(3), (5, 1))
    pairs = right * np.linspace(0.5, 1.5, 5)
    pairs[np.eye(5, dtype=bool)] = right.ravel()
    assert "each value met all the others" in of(right, pairs, RTOL, ATOL)
    assert of(right, np.diag(right.ravel()), RTOL, ATOL) == ""


def test_scalars_in_a_list_are_one_answer():
    right = drawn(np.random.default_rng(3), (6,)).tolist()
    message = find({"a": right}, {"a": [2 * one for one in right]}, RTOL, ATOL).words
    assert message.startswith("a: answer 1 of 6: expected ")
    assert message.endswith("; all 6 are 2 times what they should be")


def test_a_diagnosis_names_no_expected_value_but_the_one_that_the_message_shows():
    for mistake, (change, _) in MISTAKES.items():
        rng = np.random.default_rng(5)
        right = single(drawn(rng, (6,)))
        said = of(right, single(change(rng, right)), RTOL, ATOL)
        for value in right:
            assert f"{value:.4g}" not in said, (mistake, said)


@pytest.mark.parametrize(
    ("key", "seen", "message"),
    [
        ("over what it should be", 2.2484, "2.248 times what it should be"),
        ("sum, over that of the samples", 0.5, "sum: 0.5 times that of the samples"),
        ("over the mean", float("nan"), "over the mean: expected 1, got nan"),
        (
            "each over that sample's loss",
            np.array([1, 1, 3.0]),
            "1 of 3 values differ; at [2] 3 times that sample's loss",
        ),
        (
            "None, each over that sample's loss",
            np.array([2, 2, 2.0]),
            "None: all 3 are 2 times that sample's loss",
        ),
    ],
)
def test_a_ratio_is_said_in_words(key, seen, message):
    assert find({key: np.ones_like(seen)}, {key: seen}, RTOL, ATOL).words == message


def test_a_label_is_no_ratio_if_its_answer_is_not_one():
    message = find({"over the moon": 3.0}, {"over the moon": 4.0}, RTOL, ATOL).words
    assert message == "over the moon: expected 3, got 4"


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        (True, "another alpha changes the values: this is not so, but should be"),
        (False, "another alpha changes the values: this is so, but should not be"),
    ],
)
def test_a_boolean_is_said_in_words(expected, message):
    key = "another alpha changes the values"
    assert find({key: expected}, {key: not expected}, RTOL, ATOL).words == message
