"""The words an author writes hidden checks with.

A check asks a submission one question and returns what it saw. It holds no answer: the grader asks
the reference the same question and compares.

    @check("gradients", points=2)
    def slope_is_clipped(HuberLoss):
        \"\"\"the slope is the error, clipped to the threshold on both sides\"\"\"
        return gradient(lambda pred: HuberLoss(threshold=2.0)(TRUE, pred), PRED)

The parameters name what the submission must define. A parameter `rng` is a NumPy generator, seeded
anew for each grading run and the same for everybody in it. The docstring is what the student reads.
"""

import copy
import inspect
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from autograder.records.observations import Either, Later, Thing
from autograder.records.results import DIMENSIONS


class Check:
    """One graded question: what `check` makes of a function."""

    def __init__(self, ask: Callable, dimension: str, points: float, rtol: float, atol: float):
        self.ask, self.name = ask, ask.__name__
        if dimension not in DIMENSIONS:
            raise ValueError(
                f"check {self.name}: dimension must be one of {', '.join(DIMENSIONS)}."
                f" Received: {dimension!r}"
            )
        if not points > 0:
            raise ValueError(f"check {self.name}: points must be positive. Received: {points!r}")
        if not ask.__doc__:
            raise ValueError(f"check {self.name}: a docstring is missing; the student reads it.")
        self.dimension, self.points, self.rtol, self.atol = dimension, points, rtol, atol
        self.statement = " ".join(ask.__doc__.split())
        parameters = list(inspect.signature(ask).parameters)
        self.requires = [name for name in parameters if name != "rng"]
        self.random = "rng" in parameters
        self.kind = ""  # the module of `kinds` that it comes from

    def but(self, statement: str = "", *, points: float = 0, rtol: float = 0, atol: float = 0):
        """Return a check of a kind with another sentence for the student, points, or tolerances."""
        changed = copy.copy(self)
        changed.statement = " ".join(statement.split()) or self.statement
        changed.points = points or self.points
        changed.rtol, changed.atol = rtol or self.rtol, atol or self.atol
        return changed


def check(dimension: str, points: float, rtol: float = 1e-4, atol: float = 1e-5) -> Callable:
    """Make a check of a function.

    Args:
        dimension: "numerics", "gradients", "serialization" or "graph".
        points: what a right answer earns.
        rtol: relative tolerance of the comparison with the reference.
        atol: absolute tolerance, in the units of the answer.
    """
    return lambda ask: Check(ask, dimension, points, rtol, atol)


def gradient(f: Callable, *inputs: Any, upstream: Any = None) -> Any:
    """Return the gradient of `f(*inputs)` in its inputs, an array like each of them.

    Args:
        f: a function of tensors.
        inputs: arrays; one gives one gradient, several a list of them.
        upstream: array of the shape of `f`'s result, the gradient that arrives from above; ones
            where it is not given.
    """
    tensors = [tf.convert_to_tensor(value) for value in inputs]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        result = f(*tensors)
    if not isinstance(result, tf.Tensor):
        return _none(f"no gradient (the result is a {type(result).__name__}, not a tensor)")
    if upstream is not None:
        upstream = tf.convert_to_tensor(upstream, result.dtype)
    found = tape.gradient(result, tensors, output_gradients=upstream)
    found = [
        _none("no gradient (nothing flows back to the input)")
        if one is None
        else tf.convert_to_tensor(one)
        for one in found
    ]
    return found if len(found) > 1 else found[0]


def _none(words: str) -> Thing:
    if tf.inside_function():  # a graph can return tensors only
        raise ValueError(words)
    return Thing(words)


def reloaded(thing: Any, use: Callable) -> Later:
    """Save `thing`, load it again in a new process that has the submission, and ask `use` there.

    Args:
        thing: a Keras model (saved as `.keras`) or any other Keras object (its configuration).
        use: a function of the checks module (or a method of a kind), called with the loaded
            object, and with a generator of its own if it has a second parameter `rng`. What it
            returns is observed.
    """
    if isinstance(thing, keras.Model):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "saved.keras")
            thing.save(path)
            return _later("reloaded", use, path.read_bytes())
    config = keras.saving.serialize_keras_object(thing)
    return _later("reloaded", use, json.dumps(config).encode())


def exported(f: Callable, *inputs: Any, use: Callable) -> Later:
    """Export `f` as a SavedModel, load it in a process without the submission, ask `use` there.

    Args:
        f: a function of tensors; a `tf.function`, a layer, a loss.
        inputs: what it takes, as `tf.TensorSpec`, or as shapes of float32 with None where a size
            is unknown.
        use: a function of the checks module, called with the loaded function, and with a generator
            of its own if it has a second parameter `rng`. What it returns is observed.
    """
    return _later("exported", use, _saved_model(f, inputs, gradients=True))


def in_graph(f: Callable, *inputs: Any, use: Callable) -> Later:
    """Trace `f` once for inputs of unknown size and ask `use` of the graph alone.

    Like `exported`: the graph runs in a process that never saw the submission, so what it answers
    is in the graph. One trace serves every call, and operations that call back into Python are
    refused. The tracing is Keras': AutoGraph rewrites only what the submission decorates itself.
    Custom gradients are not saved; to ask for a gradient, let `f` compute it.
    """
    return _later("in_graph", use, _saved_model(f, inputs, gradients=False))


def either(exact: list, own: Any, dimension: str = "numerics") -> Either:
    """Ask for the reference's answer, or, of who answers wrongly anyway, for agreement with itself.

    So a wrong formula costs its points once, and yet nobody gets any for pretending to agree, nor
    for answering all inputs alike.

    Args:
        exact: what the reference must show, too: a list of the answer for random inputs, and of the
            answers with one input after the other drawn anew. If the first is given once more, a
            submission ignores its inputs, and `own` does not count. For a graph or a file, `use`
            should find and draw all of it.
        own: what a submission shows that agrees with itself, like a ratio of 1. It counts as far as
            points have been lost by checks without an `either`.
        dimension: where these must have been lost.
    """
    return Either(exact, own, dimension)


def _later(how: str, use: Callable, file: bytes) -> Later:
    random = "rng" in inspect.signature(use).parameters
    if inspect.ismethod(use):
        return Later(how, f"{type(use.__self__).__name__}.{use.__name__}", random, file)
    if "." in use.__qualname__ or use.__name__ == "<lambda>":
        raise TypeError(
            f"{how}: `use` must be a function of the checks module, which the other process finds "
            f"by its name. Received: {use.__qualname__}"
        )
    return Later(how, use.__name__, random, file)


def _saved_model(f, inputs, gradients: bool) -> bytes:
    specs = [
        given if isinstance(given, tf.TensorSpec) else tf.TensorSpec(given, tf.float32)
        for given in inputs
    ]
    module = tf.Module()
    module.f = tf.function(lambda *args: f(*args), input_signature=specs, autograph=False)
    module.variables_of_f = list(module.f.get_concrete_function().graph.variables)
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=gradients)
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(packed, "w") as archive:
        tf.saved_model.save(module, folder, signatures={}, options=options)  # `f` alone
        for path in sorted(Path(folder).rglob("*")):
            archive.write(path, path.relative_to(folder))
    return packed.getvalue()
