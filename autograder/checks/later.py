"""Have another process answer, which has the file or the graph and none of the state."""

import functools
import inspect
import io
import json
import re
import tempfile
import types
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from autograder.checks.asking import either
from autograder.checks.components import ratio
from autograder.records.observations import Either, Later, observe

_known: dict[str, Callable] = {}  # functions that the other process finds though no module has them


def reloaded(thing: Any, use: Callable, beside: Any = None, alone: bool = False) -> Later:
    """Save `thing`, load it again in a new process that has the submission, and ask `use` there.

    Args:
        thing: a Keras model (saved as `.keras`) or any other Keras object (its configuration).
        use: a function of the checks module, or a method of a kind, called with the loaded object,
            with `beside` if that is given, and with a generator of its own if it has a parameter
            `rng`. What it returns is observed.
        beside: what goes with the question, like answers of direct calls to hold others against:
            tensors, numbers, strings, and lists and dictionaries of these. They arrive as arrays.
        alone: the process does not have the submission, only what the checks module defines.
    """
    how = "reloaded_alone" if alone else "reloaded"
    if isinstance(thing, keras.Model):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "saved.keras")
            thing.save(path)
            return _later(how, use, path.read_bytes(), beside)
    config = keras.saving.serialize_keras_object(thing)
    return _later(how, use, json.dumps(config).encode(), beside)


def exported(f: Callable, *inputs: Any, use: Callable, beside: Any = None) -> Later:
    """Export `f` as a SavedModel, load it in a process without the submission, ask `use` there.

    Args:
        f: a function of tensors; a `tf.function`, a layer, a loss.
        inputs: what it takes, as `tf.TensorSpec`, or as shapes of float32 with None where a size
            is unknown.
        use: a function of the checks module, called with the loaded function, with `beside` if that
            is given, and with a generator of its own if it has a parameter `rng`. What it returns
            is observed.
        beside: what goes with the question, as for `reloaded`.
    """
    return _later("exported", use, _saved_model(f, inputs, gradients=True), beside)


def written(folder: str | Path, use: Callable, beside: Any = None) -> Later:
    """Load a SavedModel that the submission wrote, in a process without the submission; ask `use`.

    Args:
        folder: where it was written.
        use: a function of the checks module, called with what `tf.saved_model.load` returns, with
            `beside` if that is given, and with a generator of its own if it has a parameter `rng`.
            What it returns is observed.
        beside: what goes with the question, as for `reloaded`.

    Raises:
        FileNotFoundError: there is no SavedModel in the folder.
    """
    there = sorted(path.name for path in Path(folder).glob("*"))
    if "saved_model.pb" not in there:
        found = ", ".join(there[:10]) or "nothing"
        raise FileNotFoundError(f"no SavedModel was written into the folder. It holds {found}")
    return _later("written", use, _packed(folder), beside)


def in_graph(f: Callable, *inputs: Any, use: Callable, beside: Any = None) -> Later:
    """Trace `f` once for inputs of unknown size and ask `use` of the graph alone.

    Like `exported`: the graph runs in a process that never saw the submission, so what it answers
    is in the graph. One trace serves every call, and operations that call back into Python are
    refused. The tracing is Keras': AutoGraph rewrites only what the submission decorates itself.
    Custom gradients are not saved; to ask for a gradient, let `f` compute it.
    """
    return _later("in_graph", use, _saved_model(f, inputs, gradients=False), beside)


def again(later: Later, use: Callable, beside: Any = None) -> Later:
    """Ask another question of a file or a graph that has been made already.

    To make it takes most of the time of such a question. Two checks can share it with `once`.

    Args:
        later: what `reloaded`, `exported`, `in_graph` or `written` returned.
        use: as for these.
        beside: as for these.
    """
    return _later(later.how, use, later.file, beside)


def once(make: Callable) -> Callable:
    """Call a function once for the same arguments, and return what it made to whoever asks again.

    Checks share a file with it: `again(saved(HuberLoss), use=…)`. What the function raises is
    raised anew for each of them.
    """
    kept: dict[tuple, tuple] = {}

    @functools.wraps(make)
    def made(*args: Any) -> Any:
        key = tuple(map(id, args))  # a submission's function need not be hashable
        if key not in kept:
            kept[key] = make(*args), args  # which live on: nothing else gets their ids
        return kept[key][0]

    return made


def found_as(name: str) -> Callable[[Callable], Callable]:
    """Let the other process find a function by a name, though it is inside of another function.

    Both processes must come by it: it is made while the checks are loaded, not while they are
    asked. The name must be unlike all others.
    """

    def keep(use: Callable) -> Callable:
        _known[name] = use
        return use

    return keep


def find(name: str, checks: types.ModuleType) -> Callable:
    """Return the function that `Later.use` names: of the checks, or a method of a kind in them."""
    kind, _, method = name.rpartition(".")
    if kind:
        return getattr(getattr(checks, kind)(), method)
    return _known.get(name) or getattr(checks, name)


def survives(*names: str) -> Callable[[Callable], Callable]:
    """Ask what a check returns for attributes, as it was made and after it was saved and loaded.

    Write it between `@check` and the function, which returns a Keras object or a list of them. Give
    the object a name, if "name" is asked: Keras numbers those that it makes up, and the number is
    left out here, since it depends on what was made before.
    """

    def decorate(ask: Callable) -> Callable:
        @functools.wraps(ask)
        def asked(*args: Any, **rng: Any) -> dict:
            thing = ask(*args, **rng)
            loaded = reloaded(thing, use=_attributes, beside=list(names))
            return {"made": _attributes(thing, names), "loaded": loaded}

        return asked

    return decorate


@found_as("survives")
def _attributes(thing: Any, names: Sequence[str]) -> Any:
    if isinstance(thing, (list, tuple)):
        return [_attributes(one, names) for one in thing]
    found = {name: getattr(thing, name) for name in names}
    if isinstance(found.get("name"), str):
        found["name"] = re.sub(r"_\d+$", "", found["name"])
    return found


def one_graph(*inputs: Any, draw: Callable) -> Callable[[Callable], Callable]:
    """Ask whether one graph answers batches of any size, and answers what direct calls do.

    Write it between `@check` and the function, which returns a function of tensors. That is called
    directly, then traced once, and its graph answers without the submission: either what the
    reference's graph answers for batches drawn there, or at least what the direct calls answered.

    Args:
        inputs: what it takes, as for `exported`. The first axis of each is the batch.
        draw: a function of a generator that returns a batch, an array for each of the inputs. From
            a batch of n samples, the first n, n // 2 and 1 are asked.
    """

    def decorate(ask: Callable) -> Callable:
        @found_as(f"the graph of {ask.__name__}")
        def use(graph: Callable, direct: list, rng: np.random.Generator) -> Either:
            return held_against(direct, graph, draw, rng)

        @functools.wraps(ask)
        def asked(*args: Any, **rng: Any) -> Later:
            f = ask(*args, **rng)
            # Direct calls come first: they might be served by the graph as soon as there is one.
            direct = of_all_sizes(f, the_same(draw))
            return in_graph(f, *inputs, use=use, beside=direct)

        return asked

    return decorate


def held_against(
    direct: list,
    f: Callable,
    draw: Callable,
    rng: np.random.Generator,
    ask: Callable | None = None,
    dimension: str = "numerics",
) -> Either:
    """Ask a loaded function for the exact answers, or at least for those of direct calls.

    Args:
        direct: what `ask` returned of the function itself, for the batch of `the_same`; or the
            first of it, if more would cost too much.
        f: the function, as it was loaded.
        draw: a function of a generator that returns a batch, an array for each input.
        rng: the generator for the exact answers.
        ask: what is asked of a function and a batch: `of_all_sizes` if it is not given,
            `of_one_size`, or a function of the checks that returns a list.
        dimension: where points must have been lost for direct calls to count, as for `either`.
    """
    ask = ask or of_all_sizes
    exact = [ask(f, batch) for batch in redrawn(draw, rng)]
    own = ratio(ask(f, the_same(draw))[: len(direct)], direct)
    return either(exact, {"over what direct calls give": own}, dimension)


def the_same(draw: Callable) -> Sequence[np.ndarray]:
    """Return a batch that is the same in every process."""
    return draw(np.random.default_rng(0))


def redrawn(draw: Callable, rng: np.random.Generator) -> Iterator[Sequence[np.ndarray]]:
    """Yield a batch, and then the batch with one of the inputs after the other drawn anew."""
    batch, other = draw(rng), draw(rng)
    yield batch
    for index in range(len(batch)):
        yield [*batch[:index], other[index], *batch[index + 1 :]]


def of_one_size(f: Callable, batch: Sequence[np.ndarray]) -> list:
    """Return what `f` answers to the whole batch."""
    return [f(*map(tf.constant, batch))]


def of_all_sizes(f: Callable, batch: Sequence[np.ndarray]) -> list:
    """Return what `f` answers to the whole batch, to its first half, and to one sample."""
    samples = len(batch[0])
    sizes = (samples, samples // 2, 1)
    return [f(*(tf.constant(array[:size]) for array in batch)) for size in sizes]


def _later(how: str, use: Callable, file: bytes, beside: Any) -> Later:
    known = [name for name, function in _known.items() if function is use]
    if inspect.ismethod(use):
        known = [f"{type(use.__self__).__name__}.{use.__name__}"]
    if not known and ("." in use.__qualname__ or use.__name__ == "<lambda>"):
        raise TypeError(
            f"{how}: `use` must be a function of the checks module, which the other process finds "
            f"by its name. Received: {use.__qualname__}"
        )
    random = "rng" in inspect.signature(use).parameters
    return Later(how, known[0] if known else use.__name__, random, file, observe(beside))


def _saved_model(f: Callable, inputs: Sequence[Any], gradients: bool) -> bytes:
    specs = [
        given if isinstance(given, tf.TensorSpec) else tf.TensorSpec(given, tf.float32)
        for given in inputs
    ]

    def named(*args: Any) -> Any:
        # A loss opens a scope of its name, which must not be the first if it begins with "_".
        with tf.name_scope("check"):
            return f(*args)

    module = tf.Module()
    module.f = tf.function(named, input_signature=specs, autograph=False)
    module.variables_of_f = list(module.f.get_concrete_function().graph.variables)
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=gradients)
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures={}, options=options)  # `f` alone
        return _packed(folder)


def _packed(folder: str | Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(Path(folder).rglob("*")):
            archive.write(path, path.relative_to(folder))
    return packed.getvalue()
