import json
import struct

import numpy as np
import pytest

from autograder.records.observations import (
    MAX_ARRAY,
    MAX_FILE,
    MAX_TEXT,
    BadMessage,
    Either,
    Later,
    Thing,
    Tried,
    decode,
    encode,
    observe,
)


def message(tree, data=b""):
    text = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    return struct.pack("<I", len(text)) + text + data


def test_an_observation_comes_back_as_it_was_sent():
    sent = {
        "numbers": [1, -2.5, True, None, "text \N{SNOWMAN}"],
        "array": np.arange(6, dtype="float32").reshape(2, 3),
        "empty": np.zeros((0, 3), "int64"),
        "big endian": np.array([1, 2], ">i4"),
        "transposed": np.arange(6).reshape(2, 3).T,
        "flags": np.array([True, False]),
        "bytes": b"\x00\xff",
        "later": Later("reloaded", "use", True, b"file"),
        "beside": Later("reloaded", "use", True, b"file", {"direct": [np.ones(2), "text"]}),
        "thing": Thing("a function"),
        "either": Either([1.0], Thing("nothing")),
        "tried": Tried([1.0, "text"], "f(1)"),
    }
    back = decode(encode(sent))
    assert list(back) == list(sent)
    for key, value in sent.items():
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(back[key], value, strict=key != "big endian")
        else:
            assert back[key] == value
    np.testing.assert_array_equal(back["beside"].beside["direct"][0], np.ones(2))
    assert back["beside"].beside["direct"][1] == "text"


def test_infinities_and_nan_are_sent_as_they_are():
    back = decode(encode([float("inf"), float("nan"), np.array([np.nan])]))
    assert back[0] == float("inf")
    assert np.isnan(back[1])
    assert np.isnan(back[2]).all()


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"\x01",
        struct.pack("<I", 2**31) + b"{}",
        message(b"\xff\xfe"),
        message(b"[" * 100_000),
        message(b"9" * 10_000),
        message({"pickle": "cos\nsystem"}),
        message({"array": ["<f4", [2**62]]}),
        message({"array": ["<f4", [-1]]}),
        message({"array": ["<f4", [1.5]]}, b"\0" * 6),
        message({"array": ["<f4", [True]]}, b"\0" * 4),
        message({"array": ["|O", [1]]}, b"\0" * 8),
        message({"array": ["<f4", [1] * 40]}, b"\0" * 4),
        message({"array": [["<f4"], [1]]}, b"\0" * 4),
        message({"bytes": 10}, b"\0"),
        message({"bytes": -1}),
        message(1, b"left over"),
        message({"list": [{"list": []}] * 30_000}),
        message({"list": [1], "dict": {}}),
        message({"thing": 3}),
        message(b"[" + b"[]," * 3_000_000 + b"[]]"),
        message(2**63),
        message(-(10**400)),
        message({"array": ["<f4", [0, 2**26, 2**26, 2**26]]}),
        message({"array": ["<i1", [MAX_ARRAY + 1]]}, bytes(MAX_ARRAY + 1)),
        message({"bytes": MAX_ARRAY + 1}, bytes(MAX_ARRAY + 1)),
        message({"later": ["reloaded", "use", False, MAX_FILE + 1, None]}, bytes(MAX_FILE + 1)),
        message({"later": ["reloaded", "use", False, 1]}, b"x"),
        encode(Later("reloaded", "use", False, b"", Either([1.0], 1.0))),
        encode(Later("reloaded", "use", False, b"", [np.zeros(MAX_ARRAY + 1, "int8")])),
        message({"tried": [1]}),
        message({"tried": [1, 2]}),
        encode(Either([Tried(1.0, "f(1)")], 1.0)),
        encode(Later("reloaded", "use", False, b"", Tried(1.0, "f(1)"))),
        encode(Either([Either([1.0], 1.0)], 1.0)),
        encode(Either([1.0], Either([1.0], 1.0))),
        encode([Either([{"a": [Either([np.ones(2)], 1.0)]}], 1.0)]),
        encode({"a": Either([1.0, 2.0], {"b": Either([], Thing("x"))})}),
    ],
)
def test_a_hostile_message_is_refused(hostile):
    with pytest.raises(BadMessage):
        decode(hostile)


def test_deep_nesting_is_refused():
    tree = 1
    for _ in range(100):
        tree = {"list": [tree]}
    with pytest.raises(BadMessage):
        decode(message(tree))


def test_only_what_a_child_says_is_cut():
    sent = {"source": "x" * 50_000, "file": bytes(MAX_FILE + 1)}
    assert decode(encode(sent), hostile=False) == sent
    assert len(decode(encode(sent["source"]))) == MAX_TEXT


def test_a_lone_surrogate_can_be_written_to_a_file():
    decode(message("\ud800")).encode()


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (print, "a builtin_function_or_method"),
        (np.array(["x"]), "an array of str32"),
        (np.array([None]), "an array of object"),
        (np.zeros(2**22), "too large"),
        (1j, "complex"),
    ],
)
def test_a_value_that_is_no_data_becomes_a_thing(value, kind):
    assert kind in observe(value).kind


def test_what_a_check_returns_is_cut_to_plain_data():
    class Lying(np.ndarray):
        def __eq__(self, other):
            return True

    seen = observe({1: (np.float32(2), np.ones(2).view(Lying))})
    back = decode(encode(seen))
    assert type(back["1"][1]) is np.ndarray
    assert back["1"][0].dtype == "float32"
