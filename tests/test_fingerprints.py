import math

import numpy as np
import pytest

from autograder.practice.fingerprints import KnownFailures, of_failures


def known(*texts):
    return [set(of_failures("scale", {"test": text})["test"]) for text in texts]


@pytest.mark.parametrize("noise", [1e-6, -1e-6, 1e-7])
def test_equal_numbers_meet_despite_the_noise_of_a_machine(noise):
    rng = np.random.default_rng(1)
    simple = [0.5, 1.0, 2.0, 2.125, 1 / 3, 10.0, 99.99, 1e-3, 1e5, math.pi, 0.0]
    for number in [*simple, *rng.normal(size=2000), *rng.lognormal(sigma=6, size=2000)]:
        one, other = known(f"got {number}", f"got {number * (1 + noise)}")
        assert one & other, number


def test_other_numbers_signs_tests_and_words_do_not_meet():
    one = known("got 2.0")[0]
    assert not one & known("got 2.02")[0]
    assert not one & known("got -2.0")[0]
    assert not one & known("found 2.0")[0]
    assert not one & set(of_failures("scale", {"other": "got 2.0"})["other"])
    assert not one & set(of_failures("shift", {"test": "got 2.0"})["test"])


def test_names_addresses_and_white_space_make_no_difference():
    one, other = known(
        "layer scale_3 at 0x7f01 in /tmp/a/b.keras: [-0. 1e-9\n  2.]",
        "layer scale at 0x8f01 in /tmp/c/d.keras: [0.  0.  2.0]",
    )
    assert one & other


def test_all_failures_of_a_run_have_a_fingerprint_together():
    both = of_failures("scale", {"one": "a", "two": "b"})
    alone = of_failures("scale", {"one": "a"})
    assert both["one"] == alone["one"]
    assert not set(both[""]) & set(alone[""])
    assert of_failures("scale", {}) == {}


def test_a_fingerprint_of_two_mistakes_gives_no_hint(tmp_path):
    hints = KnownFailures.learn(
        [("Add.", {"1", "2"}), ("Add.", {"2"}), ("Multiply.", {"1", "3"})], "key"
    )
    hints.write(tmp_path / "h.json", "scale")
    read = KnownFailures.read(tmp_path / "h.json")
    assert [read.find(one) for one in ("1", "2", "3", ["4", "3"])] == [
        "",
        "Add.",
        "Multiply.",
        "Multiply.",
    ]
    assert read.key == "key"
    assert read.texts == {"Add.", "Multiply."}


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"hints": []}', '{"hints": {"a": 1}}'])
def test_damaged_hints_say_nothing(tmp_path, damage):
    (tmp_path / "h.json").write_text(damage)
    assert KnownFailures.read(tmp_path / "h.json").find(["1"]) == ""
