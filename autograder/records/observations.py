"""What a check saw, as data: what it may hold, and how it crosses the process border.

An observation is a number, a string, a boolean, None, an array of a plain dtype, or a list or a
dictionary (with string keys) of observations. A message is an observation as bytes: one JSON tree,
then the raw bytes of its arrays. Nothing is ever unpickled, and `decode` treats what it reads as
hostile: the other side may have run anything.
"""

import dataclasses
import json
import math
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

MAX_MESSAGE = 64 * 2**20  # bytes of one message
MAX_TREE = 8 * 2**20  # bytes of its JSON: nested brackets become large objects
MAX_ARRAY = 8 * 2**20  # bytes of one array of an observation, and of what else is bytes
MAX_FILE = 16 * 2**20  # bytes of what another process is to load
MAX_NODES = 20_000
MAX_DEPTH = 30
MAX_TEXT = 20_000  # characters of one string
MAX_PICTURE = 500_000  # characters of a picture, in base64; a larger one is left out

DTYPES = {
    np.dtype(name).str: np.dtype(name)
    for name in ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
    + ("float16", "float32", "float64")
}


@dataclass(frozen=True)
class Thing:
    """Something that is no data, in the words a reader would use for it."""

    kind: str


@dataclass(frozen=True)
class Later:
    """An answer that another process finds: it gets `file`, and calls `use` on what it loads.

    Attributes:
        how: `reloaded`, `reloaded_alone`, `exported`, `in_graph` or `written`.
        use: the name of a function.
        random: it draws its inputs.
        file: what is loaded there.
        beside: an observation that `use` gets as well, if there is one.
    """

    how: str
    use: str
    random: bool
    file: bytes
    beside: Any = dataclasses.field(default=None, compare=False)


@dataclass(frozen=True)
class Either:
    """An answer of its own, and one that says only whether the submission agrees with itself.

    Attributes:
        exact: a list: the answer, and the answers when inputs are drawn anew.
        own: what whoever agrees with himself shows.
        dimension: in which points must have been lost, for `own` to count.
    """

    exact: Any
    own: Any
    dimension: str = "numerics"


@dataclass(frozen=True)
class Tried:
    """An answer, and the code that gives it where a student works; `apart` takes them apart."""

    value: Any
    call: str


class BadMessage(Exception):
    """The bytes are no message, or break a limit."""


def observe(value: Any) -> Any:
    """Turn what a check returned into an observation; what is no data becomes a `Thing`."""
    match value:
        case None | bool() | Thing() | Later():
            return value
        case Either():
            # What other inputs were is nobody's business.
            exact, own = (apart(observe(one))[0] for one in (value.exact, value.own))
            return Either(exact, own, value.dimension)
        case Tried():
            return Tried(observe(value.value), value.call)
        case str():
            return value[:MAX_TEXT]
        case int() if abs(value) < 2**63:
            return int(value)
        case float():
            return float(value)
        case bytes():
            return np.frombuffer(value, "uint8")
        case dict():
            return {str(key): observe(item) for key, item in value.items()}
        case list() | tuple():
            return [observe(item) for item in value]
    if not isinstance(value, (np.ndarray, np.generic)):
        try:
            value = value.numpy()  # an eager tensor or a variable; a symbolic one has none
        except Exception:
            return Thing(f"a {type(value).__name__}")
    array = np.asarray(value)
    if array.dtype.newbyteorder("<").str not in DTYPES:
        return Thing(f"an array of {array.dtype.name}")
    if array.ndim == 0 and array.dtype == bool:
        return bool(array)  # where NumPy's behaviour is switched on, a comparison gives a tensor
    if array.nbytes > MAX_ARRAY:
        return Thing(f"an array of shape {array.shape}: too large to look at")
    return array


def encode(value: Any) -> bytes:
    """Return the message for an observation."""
    arrays: list[bytes] = []

    def node(value):
        match value:
            case None | bool() | int() | float() | str():
                return value
            case list() | tuple():
                return {"list": [node(item) for item in value]}
            case dict():
                return {"dict": {key: node(item) for key, item in value.items()}}
            case bytes():
                arrays.append(value)
                return {"bytes": len(value)}
            case np.ndarray():
                value = np.asarray(value, value.dtype.newbyteorder("<"), order="C")
                arrays.append(value.tobytes())
                return {"array": [value.dtype.str, list(value.shape)]}
            case Thing():
                return {"thing": value.kind}
            case Either():
                return {"either": [node(value.exact), node(value.own), value.dimension]}
            case Tried():
                return {"tried": [node(value.value), value.call]}
            case Later():
                arrays.append(value.file)
                beside = node(value.beside)
                return {"later": [value.how, value.use, value.random, len(value.file), beside]}
        raise TypeError(f"no observation: {type(value).__name__}")

    tree = json.dumps(node(value)).encode()
    return struct.pack("<I", len(tree)) + tree + b"".join(arrays)


def decode(message: bytes, hostile: bool = True) -> Any:
    """Return the observation in a message.

    Args:
        message: what `encode` returned, or anything.
        hostile: long texts are cut, large arrays and files refused.

    Raises:
        BadMessage: the bytes are not what `encode` writes, or break a limit.
    """
    if len(message) < 4:
        raise BadMessage("too short")
    (length,) = struct.unpack_from("<I", message)
    if length > MAX_TREE:
        raise BadMessage("too large")
    try:
        tree = json.loads(message[4 : 4 + length].decode())
    except (ValueError, RecursionError) as error:
        raise BadMessage(f"no JSON: {type(error).__name__}") from None
    decoder = _Decoder(message, 4 + length, hostile)
    decoded = decoder.value(tree)
    if decoder.position != len(message):
        raise BadMessage("bytes left over")
    return decoded


class _Decoder:
    """Turns the tree of a message into an observation; what stands behind it is read in order."""

    def __init__(self, message: bytes, position: int, hostile: bool):
        self._message, self.position, self._hostile = message, position, hostile
        self._nodes = 0

    def value(self, node, depth: int = 0, inside: bool = False) -> Any:
        """Return the observation of a node, which is `inside` of an `Either` or not."""
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            raise BadMessage("too large")
        if isinstance(node, dict) and len(node) != 1:
            raise BadMessage("an unknown kind of value")
        deeper = depth + 1, inside
        match node:
            case None | bool() | float():
                return node
            case int() if abs(node) < 2**63:
                return node
            case str():
                return self._text(node)
            case {"list": list(items)}:
                return [self.value(item, *deeper) for item in items]
            case {"dict": dict(items)}:
                return {self._text(key): self.value(item, *deeper) for key, item in items.items()}
            case {"bytes": size}:
                return self._take(size)
            case {"array": [dtype, shape]}:
                return self._array(dtype, shape)
            case {"either": [exact, own, dimension]}:
                if inside and self._hostile:
                    raise BadMessage("an answer that may be either, inside of one")
                pair = self.value(exact, depth + 1, True), self.value(own, depth + 1, True)
                return Either(*pair, self._text(dimension))
            case {"tried": [answer, call]}:
                if inside and self._hostile:
                    raise BadMessage("code for an answer that may be either")
                return Tried(self.value(answer, *deeper), self._text(call))
            case {"thing": kind}:
                return Thing(self._text(kind)[:200])
            case {"later": [how, use, bool(random), size, beside]}:
                file = self._take(size, MAX_FILE)
                given = self.value(beside, depth + 1, True)
                return Later(self._text(how), self._text(use), random, file, given)
        raise BadMessage("an unknown kind of value")

    def _take(self, size, most: int = MAX_ARRAY) -> bytes:
        if type(size) is not int or not 0 <= size <= len(self._message) - self.position:
            raise BadMessage("a size that is not there")
        if self._hostile and size > most:
            raise BadMessage("too large")
        self.position += size
        return self._message[self.position - size : self.position]

    def _text(self, value) -> str:
        if type(value) is not str:
            raise BadMessage("a string was expected")
        # A lone surrogate cannot be written to any file.
        value = value[:MAX_TEXT] if self._hostile else value
        return value.encode("utf-8", "replace").decode()

    def _array(self, dtype, shape) -> np.ndarray:
        if type(dtype) is not str or dtype not in DTYPES or type(shape) is not list:
            raise BadMessage("an array of unknown dtype")
        if len(shape) > 16 or not all(type(n) is int and 0 <= n <= MAX_MESSAGE for n in shape):
            raise BadMessage("an array of unlikely shape")
        size = math.prod(shape) * DTYPES[dtype].itemsize
        try:
            return np.frombuffer(self._take(size), DTYPES[dtype]).reshape(shape)
        except ValueError:  # NumPy counts the sizes beside a zero, too
            raise BadMessage("an array of unlikely shape") from None


def apart(value: Any) -> tuple[Any, dict[tuple, str]]:
    """Return an observation without the code that gives its parts, and that code by their paths."""
    calls: dict[tuple, str] = {}

    def answer(value: Any, path: tuple) -> Any:
        match value:
            case Tried():
                calls[path] = value.call
                return answer(value.value, path)
            case dict():
                return {key: answer(item, (*path, key)) for key, item in value.items()}
            case list():
                return [answer(item, (*path, index)) for index, item in enumerate(value)]
        return value

    plain = answer(value, ())
    return (plain if calls else value), calls


def walk(value: Any, path: tuple = ()):
    """Yield every `(path, leaf)` of an observation; `()` is the observation itself."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from walk(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from walk(item, (*path, index))
    elif isinstance(value, Either):
        yield from walk(value.exact, (*path, "exact"))
        yield from walk(value.own, (*path, "own"))
    else:
        yield path, value


def eithers(value: Any) -> list[Either]:
    """Return every `Either` of an observation."""
    match value:
        case dict():
            return [one for item in value.values() for one in eithers(item)]
        case list():
            return [one for item in value for one in eithers(item)]
    return [value] if isinstance(value, Either) else []


def left_for_later(value: Any) -> bool:
    """Tell whether another process is to answer a part of an observation."""
    return any(isinstance(leaf, Later) for _, leaf in walk(value))


def replace(value: Any, leaves: dict[tuple, Any], path: tuple = ()) -> Any:
    """Return the observation with the leaves at some paths replaced."""
    if path in leaves:
        return leaves[path]
    if isinstance(value, dict):
        return {key: replace(item, leaves, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [replace(item, leaves, (*path, index)) for index, item in enumerate(value)]
    if isinstance(value, Either):
        exact, own = ((*path, name) for name in ("exact", "own"))
        return dataclasses.replace(
            value, exact=replace(value.exact, leaves, exact), own=replace(value.own, leaves, own)
        )
    return value
