"""Say which code gives an answer, so that a student can run it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from autograder.records.observations import Either, Later, Tried

MAX_CALL = 600  # characters; a longer call is not read, and is left out
WRITTEN_ALONE = {"float32", "int32", "bool", "str"}  # what `tf.constant` makes of plain numbers
SLOPE = """\
{made}
with tf.GradientTape() as tape:
    tape.watch({of})
    result = {code}
tape.gradient(result, {of}{upstream})"""


def tried(
    value: Any,
    code: str,
    *inputs: Any,
    slope_in: Mapping[str, Any] | None = None,
    upstream: Any = None,
) -> Any:
    """Return an answer with the code that gives it, for a student whose answer is another one.

    The code runs in the student's notebook, where `tf` is TensorFlow. It is shown only if the
    first difference is in this answer. It is left out if it is longer than `MAX_CALL` characters,
    or if an input is not finite.

    Args:
        value: the answer. No part of it may be left for later, or be an `either`.
        code: what gives the answer, with `{}` in the place of each input.
        inputs: tensors and arrays are written as `tf.constant(…)` with exactly their numbers,
            everything else as Python writes it.
        slope_in: arrays by the names that they have in the code: the answer is the gradient of the
            code in them.
        upstream: for a gradient, what arrives from above.
    """
    if isinstance(value, (Either, Later)):
        raise TypeError(
            "tried: the inputs of other processes stay there, and an `either` has several. Give it "
            f"an answer of this process. Received: {type(value).__name__}"
        )
    slopes = slope_in or {}
    given = [written(one) for one in (*inputs, *slopes.values(), upstream)]
    if not all(given):
        return value
    call = code.format(*given[: len(inputs)])
    if slopes:
        made = zip(slopes, given[len(inputs) :], strict=False)
        call = SLOPE.format(
            made="\n".join(f"{name} = {one}" for name, one in made),
            of=next(iter(slopes)) if len(slopes) == 1 else f"[{', '.join(slopes)}]",
            code=call,
            upstream="" if upstream is None else f", {given[-1]}",
        )
    return Tried(value, call) if len(call) <= MAX_CALL else value


def written(value: Any) -> str:
    """Return an input as code, or nothing where no code says it."""
    if isinstance(value, (tf.Tensor, np.ndarray, np.generic)):
        array = np.asarray(value)
        return _constant(array) if _can_be_written(array) else ""
    return "" if isinstance(value, float) and not np.isfinite(value) else repr(value)


def _can_be_written(array: np.ndarray) -> bool:
    if array.dtype.kind == "f":
        return bool(np.isfinite(array).all())
    return array.dtype.kind in "biuUO"


def _constant(array: np.ndarray) -> str:
    text = array.dtype.kind in "UO"  # TensorFlow's strings are objects
    dtype = "str" if text else array.dtype.name
    more = "" if dtype in WRITTEN_ALONE else f', "{dtype}"'
    if array.size == 0 and not text:
        more = "" if dtype == "float32" else f', "{dtype}"'
        return f"tf.zeros({list(array.shape)}{more})"
    return f"tf.constant({_nested(array)}{more})"


def _nested(value: Any) -> str:
    """Return numbers in lists, each with the fewest digits that tell it from all others."""
    if np.ndim(value):
        return f"[{', '.join(map(_nested, value))}]"
    one = value[()] if isinstance(value, np.ndarray) else value
    if isinstance(one, np.floating):
        # The digits are enough for its dtype; Python reads them as a float64, which rounds twice.
        short = str(one)
        return short if type(one)(float(short)) == one else repr(float(one))
    one = one.item() if isinstance(one, np.generic) else one
    return repr(one.decode() if isinstance(one, bytes) else one)
