import math

import numpy as np
import pytest

from autograder.practice import fingerprints
from autograder.practice.fingerprints import KnownFailures, Mistake, of_failures


def known(*texts):
    return [set(of_failures("scale", {"test": text})) for text in texts]


@pytest.mark.parametrize("noise", [1e-6, -1e-6, 1e-7])
def test_equal_numbers_meet_despite_the_noise_of_a_machine(noise):
    rng = np.random.default_rng(1)
    simple = [0.5, 1.0, 2.0, 2.125, 1 / 3, 10.0, 99.99, 1e-3, 1e5, math.pi, 0.0]
    for number in [*simple, *rng.normal(size=2000), *rng.lognormal(sigma=6, size=2000)]:
        one, other = known(f"got {number}", f"got {number * (1 + noise)}")
        assert one & other, number


def test_other_numbers_signs_tests_and_words_do_not_meet():
    one = known("got 2.0")[0]
    assert not known("got 1.0")[0] & known("got 0.0")[0]
    assert not one & known("got 2.02")[0]
    assert not one & known("got -2.0")[0]
    assert not one & known("found 2.0")[0]
    assert not one & set(of_failures("scale", {"other": "got 2.0"}))
    assert not one & set(of_failures("shift", {"test": "got 2.0"}))


def test_names_addresses_and_white_space_make_no_difference():
    one, other = known(
        "layer scale_3 at 0x7f01 in /tmp/a/b.keras: [-0. 1e-9\n  2.]",
        "layer scale at 0x8f01 in /tmp/c/d.keras: [0.  0.  2.0]",
    )
    assert one & other


def test_failures_have_fingerprints_only_together():
    both = of_failures("scale", {"one": "a", "two": "b"})
    assert set(both) == set(of_failures("scale", {"two": "b", "one": "a"}))
    assert not set(both) & set(of_failures("scale", {"one": "a"}))
    assert not set(both) & set(of_failures("scale", {"one": "a", "two": "b"}, others=True))
    assert of_failures("scale", {}) == []


ADDS = {"sums": "got 5, not 6", "slopes": "got [1 4], not [2 3]"}
FLIPS = {"slopes": "got [-2 -3], not [2 3]"}
FORGETS = {"reloads": "got 3, not 6"}
RANDOM = {"slopes": "got [7 8], not [2 3]", "random": "got 0.1, not 0.2"}
HINTS = KnownFailures.learn(
    "scale",
    [
        Mistake("Multiply.", ADDS),
        Mistake("Mind the sign.", FLIPS),
        Mistake("Save it.", FORGETS),
        Mistake("Load it.", {"reloads": "got 4, not 6"}),
        Mistake("Do not draw.", {"slopes": RANDOM["slopes"]}, whole=False),
    ],
)


def found(failures):
    return HINTS.find("scale", failures)


def test_the_failure_of_a_whole_run_tells_the_mistake():
    assert found(ADDS) == dict.fromkeys(ADDS, "Multiply.")
    assert found(FORGETS) == {"reloads": "Save it."}
    assert found({}) == {}


def test_one_failure_of_a_mistake_is_not_enough():
    assert found({"slopes": ADDS["slopes"]}) == {}
    assert found({"sums": ADDS["sums"], "slopes": "got [0 0], not [2 3]"}) == {}


def test_two_mistakes_are_told_apart_where_they_say_more_than_a_number():
    assert found({**ADDS, **FORGETS}) == dict.fromkeys(ADDS, "Multiply.")
    assert found({**FLIPS, **FORGETS}) == {"slopes": "Mind the sign."}


def test_what_differs_from_run_to_run_may_say_anything():
    assert found(RANDOM) == {"slopes": "Do not draw."}
    assert found({"slopes": RANDOM["slopes"]}) == {"slopes": "Do not draw."}


def test_hints_that_cannot_both_hold_are_both_withheld():
    parts = [{"a": "got [1 2]", "b": "got [3 4]"}, {"b": "got [3 4]", "c": "got [5 6]"}]
    others = [{"a": "got [0 0]", "b": "got [0 0]", "c": "got [0 0]"}]
    hints = KnownFailures.learn("scale", map(Mistake, ("Add.", "Take.", "Wait."), parts + others))
    assert hints.find("scale", parts[0] | parts[1]) == {}
    assert hints.find("scale", parts[0] | {"d": "x"}) == {"a": "Add.", "b": "Add."}


def test_the_mistake_that_explains_more_wins():
    small, large = {"a": "got [1 2]"}, {"a": "got [1 2]", "b": "got [3 4]"}
    other = {"a": "got [0 0]", "b": "got [0 0]"}
    hints = KnownFailures.learn(
        "scale", map(Mistake, ("Small.", "Large.", "Else."), (small, large, other))
    )
    assert hints.find("scale", large | {"c": "x"}) == {"a": "Large.", "b": "Large."}
    assert hints.find("scale", small | {"c": "x"}) == {"a": "Small."}


@pytest.mark.parametrize(
    ("value", "other"),
    [("nan", 3), ("True", 3), ("inf", 3), ("2.5", 3), ("[8 8]", "[3 4]"), ("[0 2]", "[3 4]")],
)
def test_a_bare_value_is_no_evidence_beside_other_failures(value, other):
    shown = {"a": f"got {value}, not 1.5"}
    others = {"a": f"got {other}, not 1.5"}
    hints = KnownFailures.learn("scale", [Mistake("This.", shown), Mistake("That.", others)])
    assert hints.find("scale", shown) == {"a": "This."}
    assert hints.find("scale", shown | {"b": "x"}) == {}


def test_many_failures_are_looked_up_in_no_time():
    failures = {f"test_{number}": "x" for number in range(200)}
    assert HINTS.find("scale", failures) == {}


def test_a_fingerprint_of_two_mistakes_gives_no_hint(tmp_path):
    same, other = {"a": "got 1"}, {"a": "got 2"}
    pairs = [("Add.", same), ("Add.", other), ("Add.", other), ("Multiply.", same)]
    hints = KnownFailures.learn("scale", (Mistake(*pair) for pair in pairs), "key")
    hints.write(tmp_path / "h.json", "scale")
    read = KnownFailures.read(tmp_path / "h.json")
    assert read.find("scale", same) == {}
    assert read.find("scale", other) == {"a": "Add."}
    assert read.key == "key"
    assert read.texts == {"Add."}


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"hints": []}', '{"hints": {"a": 1}}'])
def test_damaged_hints_say_nothing(tmp_path, damage):
    (tmp_path / "h.json").write_text(damage)
    assert KnownFailures.read(tmp_path / "h.json").find("scale", ADDS) == {}


def test_hints_of_an_older_format_say_nothing(tmp_path):
    (tmp_path / "h.json").write_text(
        '{"exercise": "scale", "key": "k", "hints": {"Add.": ["18182f"]}}'
    )
    assert KnownFailures.read(tmp_path / "h.json").find("scale", ADDS) == {}


def test_hints_lie_out_of_sight_and_are_found_where_they_were_before(tmp_path):
    hidden, older = tmp_path / ".scale.hints.json", tmp_path / "scale.hints.json"
    assert fingerprints.find("scale", tmp_path) == hidden
    older.write_text("{}")
    assert fingerprints.find("scale", tmp_path) == older
    hidden.write_text("{}")
    assert fingerprints.find("scale", tmp_path) == hidden
