"""Say how what a submission showed differs from what the reference showed.

Structure first, then shape, kind of dtype, finiteness and values: `np.allclose` alone broadcasts,
and other comparisons let NaN pass.
"""

from collections.abc import Collection
from typing import Any

import numpy as np

from autograder.records.observations import Either, Later, Thing, eithers

# What `!=` compares as a whole. An `Either` may hold arrays, of which that is no truth value.
COMPARED = (type(None), bool, str, bytes, Thing, Later)


def difference(
    expected: Any, seen: Any, rtol: float, atol: float, own: Collection[str] = ()
) -> str | None:
    """Return the first difference in words a student can use, or None where there is none.

    NaN equals nothing. Of an `Either` its exact answer counts; or else, if its dimension is one of
    `own` and other inputs are answered otherwise, its agreement with itself.
    """
    expected, seen = _chosen(expected, seen, rtol, atol, own)
    return _difference(expected, seen, rtol, atol, "")


def _chosen(expected, seen, rtol, atol, own) -> tuple:
    """Return both with one of its two answers in the place of each `Either`."""
    match expected, seen:
        case Either(), Either():
            exact = _difference(expected.exact, seen.exact, rtol, atol, "")
            if exact and expected.dimension in own and moves(seen.exact, rtol, atol):
                return expected.own, seen.own
            return expected.exact, seen.exact
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


def _difference(expected, seen, rtol, atol, where) -> str | None:
    if isinstance(expected, dict):
        if not isinstance(seen, dict) or list(expected) != list(seen):
            return f"{where}expected {_describe(expected)}, got {_describe(seen)}"
        inner = ((expected[key], seen[key], f"{where}{key}: ") for key in expected)
    elif isinstance(expected, list):
        if not isinstance(seen, list) or len(expected) != len(seen):
            return f"{where}expected {_describe(expected)}, got {_describe(seen)}"
        labels = [f"{where}answer {n} of {len(seen)}: " for n in range(1, len(seen) + 1)]
        inner = zip(expected, seen, labels if len(seen) > 1 else [where], strict=True)
    elif _is_number(expected):
        if not _is_number(seen):
            return f"{where}expected {_describe(expected)}, got {_describe(seen)}"
        message = _numbers(expected, seen, rtol, atol)
        return message and where + message
    elif type(expected) is not type(seen) or type(seen) not in COMPARED or expected != seen:
        return f"{where}expected {_describe(expected)}, got {_describe(seen)}"
    else:
        return None
    messages = (_difference(one, other, rtol, atol, label) for one, other, label in inner)
    return next((message for message in messages if message), None)


def _is_number(value) -> bool:
    return isinstance(value, (int, float, np.ndarray)) and not isinstance(value, bool)


def _numbers(expected, seen, rtol, atol) -> str | None:
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
    if expected.ndim == 0:
        return f"expected {wanted}, got {got}"
    place = f"at {[int(index) for index in first]} expected {wanted}, got {got}"
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
