"""Say how what a submission showed differs from what the reference showed.

Structure first, then shape, kind of dtype, finiteness and values: `np.allclose` alone broadcasts,
and other comparisons let NaN pass.
"""

import itertools
import re
from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np

from autograder.grading import diagnosis
from autograder.records.observations import Either, Later, Thing, eithers, walk

# What `!=` compares as a whole. An `Either` may hold arrays, of which that is no truth value.
COMPARED = (type(None), bool, str, bytes, Thing, Later)
# The label of a ratio says what it is a ratio of: "the sum, over that of the samples".
RATIO = re.compile(r"(?:(?P<what>(?!each ).+?),? )?(?:each )?over (?P<of>.+)")
MOST_LEAVES = 5_000  # of an answer that is compared with many others
ABSENT = Thing("nothing")  # in place of a leaf that an answer does not have


def find(
    expected: Any, seen: Any, rtol: float, atol: float, own: Collection[str] = ()
) -> "Difference | None":
    """Return the first difference, or None where there is none.

    NaN equals nothing. Of an `Either` its exact answer counts; or else, if its dimension is one of
    `own` and other inputs are answered otherwise, its agreement with itself.
    """
    expected, seen = _chosen(expected, seen, rtol, atol, own)
    found = _first(expected, seen, rtol, atol, "")
    if not found or found.seen is None:
        return found
    common = diagnosis.of(found.expected, found.seen, rtol, atol)
    return found._replace(words=f"{found.words}; {common}") if common else found


def _chosen(expected, seen, rtol, atol, own) -> tuple:
    """Return both with one of its two answers in the place of each `Either`."""
    match expected, seen:
        case Either(), Either():
            exact = _difference(expected.exact, seen.exact, rtol, atol, "")
            if exact and expected.dimension in own and moves(seen.exact, rtol, atol):
                return expected.own, seen.own
            return Exact(expected.exact), seen.exact
        case dict(), dict() if list(expected) == list(seen):
            pairs = {key: _chosen(expected[key], seen[key], rtol, atol, own) for key in expected}
            return tuple({key: pair[side] for key, pair in pairs.items()} for side in (0, 1))
        case list(), list() if len(expected) == len(seen):
            pairs = [_chosen(*pair, rtol, atol, own) for pair in zip(expected, seen, strict=True)]
            return tuple([pair[side] for pair in pairs] for side in (0, 1))
    return expected, seen


def moves(answers: Any, rtol: float, atol: float) -> bool:
    """Tell whether answers for other inputs, the second and those after it, are not the first."""
    if not isinstance(answers, list) or len(answers) < 2 or eithers(answers):
        return False
    first, *others = answers
    return all(_difference(first, other, rtol, atol, "") for other in others)


def alike(one: Any, other: Any, rtol: float, atol: float) -> bool:
    """Tell whether two wrong answers are the same; they may be NaN in the same places."""
    return _difference(_without_nan(one), _without_nan(other), rtol, atol, "") is None


def agreement(expected: Any, one: Any, other: Any, rtol: float, atol: float) -> float:
    """Return on which share of what is wrong in either of two answers both agree, from 0 to 1."""
    known, these, those = (
        dict(itertools.islice(walk(answer), MOST_LEAVES)) for answer in (expected, one, other)
    )
    if len(those) == MOST_LEAVES:  # nobody's honest answer, and each chaff is held against it
        return 0.0
    wrong = same = 0
    for path in these.keys() | those.keys():
        pair = these.get(path, ABSENT), those.get(path, ABSENT)
        leaf = known.get(path, ABSENT)
        right = [_right(leaf, side, rtol, atol) for side in pair]
        agreed = _right(*pair, rtol, atol, equal_nan=True)
        size = max(map(np.size, pair))
        if {side.size for side in (*right, agreed)} == {size}:
            bad = ~(right[0] & right[1])
            wrong, same = wrong + int(bad.sum()), same + int((bad & agreed).sum())
        elif not all(side.all() for side in right):
            wrong, same = wrong + size, same + size * bool(agreed.all())
    return same / wrong if wrong else 1.0


def says_little(expected: Any, seen: Any, rtol: float, atol: float) -> bool:
    """Tell whether what is wrong in an answer is one number or boolean, or not finite at all."""
    known = dict(walk(expected))
    wrong: list = []
    for path, leaf in walk(seen):
        right = _right(known.get(path, ABSENT), leaf, rtol, atol)
        if isinstance(leaf, (bool, int, float, np.ndarray)):
            wrong += np.ravel(leaf)[~np.broadcast_to(right, np.size(leaf))].tolist()
        elif not right.all():
            return False
    return len(wrong) < 2 or not np.isfinite(np.float64(wrong)).any()


def _right(expected, seen, rtol, atol, equal_nan: bool = False) -> np.ndarray:
    """Return where a leaf is what it should be: for each number of an array, or once."""
    if _is_number(expected) and _is_number(seen) and np.shape(expected) == np.shape(seen):
        a, b = (np.ravel(np.asarray(side, "float64")) for side in (seen, expected))
        return np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan)
    return np.array([not _difference(expected, seen, rtol, atol, "")])


def _without_nan(value):
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nan(item) for item in value]
    if isinstance(value, Either):
        return [_without_nan(value.exact), _without_nan(value.own)]
    if isinstance(value, (float, np.ndarray)) and np.isnan(value).any():
        mask = np.asarray(np.isnan(value))
        return {"nan": mask, "else": np.where(mask, 0, value)}
    return value


class Exact(list):
    """The exact answers of an `Either`: one, and others for inputs that are drawn anew."""


class Difference(NamedTuple):
    """The first difference in words, the numbers that it is one of, and where it is."""

    words: str
    expected: np.ndarray | None = None
    seen: np.ndarray | None = None
    path: tuple = ()


def _difference(expected, seen, rtol, atol, where) -> str | None:
    found = _first(expected, seen, rtol, atol, where)
    return found and found.words


def _first(expected, seen, rtol, atol, where, of="") -> Difference | None:
    """Return the first difference; `of` is what a ratio is a ratio of."""
    described = f"{where}expected {_describe(expected)}, got {_describe(seen)}"
    if isinstance(expected, dict):
        if not isinstance(seen, dict) or list(expected) != list(seen):
            return Difference(described)
        inner = [
            (key, expected[key], seen[key], *_label(where, key, expected[key], seen[key]))
            for key in expected
        ]
    elif isinstance(expected, list):
        if not isinstance(seen, list) or len(expected) != len(seen):
            return Difference(described)
        labels = [f"{where}answer {n} of {len(seen)}: " for n in range(1, len(seen) + 1)]
        if isinstance(expected, Exact):
            labels = ([where] + [f"{where}with other inputs: "] * (len(seen) - 1))[: len(seen)]
        labels = [where] if len(seen) == 1 else labels
        numbered = zip(range(len(seen)), expected, seen, labels, strict=True)
        inner = [(*four, of) for four in numbered]
    elif _is_number(expected):
        if not _is_number(seen):
            return Difference(described)
        words = _numbers(expected, seen, rtol, atol, of)
        arrays = np.asarray(expected), np.asarray(seen)
        return Difference(where + words, *arrays) if words else None
    elif type(expected) is not type(seen) or type(seen) not in COMPARED or expected != seen:
        if where and isinstance(expected, bool) and isinstance(seen, bool):
            so = "is not so, but should be" if expected else "is so, but should not be"
            return Difference(f"{where}this {so}")
        return Difference(described)
    else:
        return None
    return _first_of(expected, seen, inner, rtol, atol)


def _first_of(expected, seen, inner, rtol, atol) -> Difference | None:
    found = (
        (key, _first(one, other, rtol, atol, where, of)) for key, one, other, where, of in inner
    )
    key, first = next(((key, one) for key, one in found if one), ("", None))
    if not first:
        return None
    path = (key, *first.path)
    sides = _flat(expected), _flat(seen)
    if sides[0] and sides[1] and len(sides[0]) == len(sides[1]):
        return Difference(first.words, np.array(sides[0]), np.array(sides[1]), path)
    return first._replace(path=path)


def _label(where: str, key: str, expected, seen) -> tuple[str, str]:
    """Return what stands before a message on an answer, and of what it is a ratio, if it is one."""
    found = RATIO.fullmatch(key)
    if found and _is_number(expected) and _is_number(seen):
        same_shape = np.shape(expected) == np.shape(seen)
        if same_shape and np.all(np.equal(expected, 1)) and np.isfinite(seen).all():
            return where + (f"{found['what']}: " if found["what"] else ""), found["of"]
    return f"{where}{key}: ", ""


def _flat(value) -> list:
    """Return the numbers of a list, or of lists in it; nothing, if it holds anything else."""
    if isinstance(value, list):
        parts = [_flat(item) for item in value]
        return [number for part in parts for number in part] if all(parts) else []
    return [float(value)] if _is_number(value) and np.ndim(value) == 0 else []


def _is_number(value) -> bool:
    return isinstance(value, (int, float, np.ndarray)) and not isinstance(value, bool)


def _numbers(expected, seen, rtol, atol, of="") -> str | None:
    # A plain Python number has no dtype of its own: 2 and 2.0 are the same answer.
    typed = isinstance(expected, np.ndarray) and isinstance(seen, np.ndarray)
    expected, seen = np.asarray(expected), np.asarray(seen)
    if expected.shape != seen.shape:
        return f"shape {seen.shape} where {expected.shape} was expected"
    kinds = {_kind(expected), _kind(seen)}
    if len(kinds) > 1 and (typed or "boolean" in kinds):
        return f"{seen.dtype} values where {expected.dtype} values were expected"
    wide_expected, wide_seen = expected.astype("float64"), seen.astype("float64")
    with np.errstate(invalid="ignore"):
        near = np.abs(wide_expected - wide_seen) <= atol + rtol * np.abs(wide_expected)
    # An infinity equals itself, and NaN equals nothing.
    near = np.where(
        np.isfinite(wide_expected), near & np.isfinite(wide_seen), wide_expected == wide_seen
    )
    if near.all():
        return None
    not_finite = ~np.isfinite(wide_seen) & ~near
    worst = np.argmax(not_finite) if not_finite.any() else np.argmax(~near)
    first = np.unravel_index(worst, near.shape)
    wanted, got = _pair(wide_expected[first], wide_seen[first])
    pair = f"expected {wanted}, got {got}"
    if of:
        pair = f"{got} times {of}"
        if near.size > 1 and np.ptp(wide_seen) <= rtol * np.abs(wide_seen).max():
            return f"all {near.size} are {pair}"
    if expected.ndim == 0:
        return pair
    place = f"at {[int(index) for index in first]} {pair}"
    if near.size == 1:
        return place
    return f"{(~near).sum()} of {near.size} values differ; {place}"


def _kind(array) -> str:
    return {"b": "boolean", "i": "whole", "u": "whole", "f": "float"}[array.dtype.kind]


def _pair(expected, seen) -> tuple[str, str]:
    for digits in (4, 7, 17):
        pair = f"{expected:.{digits}g}", f"{seen:.{digits}g}"
        if pair[0] != pair[1]:
            break
    return pair


def _describe(value) -> str:
    match value:
        case Thing():
            return value.kind
        case Either():
            return _describe(value.exact)
        case dict():
            return f"{len(value)} named answers ({', '.join(list(value)[:8])[:200]})"
        case list():
            return "a list of one answer" if len(value) == 1 else f"a list of {len(value)} answers"
        case np.ndarray() if value.ndim == 0:
            return f"{value[()]:.4g}" if value.dtype.kind == "f" else str(value[()])
        case np.ndarray():
            return f"an array of shape {value.shape}"
        case str():
            return repr(value[:200])
        case bytes():
            return "bytes"
        case Later():
            return "a file for another process"
    return f"{value:.4g}" if isinstance(value, float) else str(value)[:200]
