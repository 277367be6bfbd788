"""What checks of losses, layers, metrics, models and functions have in common."""

from collections.abc import Callable, Iterable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from autograder.records.observations import Thing

# Built-ins that compute the Huber loss, for SWITCHED_OFF.
HUBER = [
    "keras.losses.Huber",
    "keras.losses.huber",
    "tensorflow.compat.v1.losses.huber_loss",
    "tensorflow.python.keras.losses.Huber",
    "tensorflow.python.keras.losses.huber",
]


def gradient(
    f: Callable, *inputs: Any, of: Iterable[Any] | None = None, upstream: Any = None
) -> Any:
    """Return the gradient of `f(*inputs)` in its inputs, or in variables, an array for each.

    Args:
        f: a function of tensors.
        inputs: arrays; one gives one gradient, several a list of them.
        of: variables or tensors; the gradients in these are returned instead, one or a list of
            them. It does not matter whether they are trainable.
        upstream: array of the shape of `f`'s result, the gradient that arrives from above; ones
            where it is not given.
    """
    tensors = [tf.convert_to_tensor(value) for value in inputs]
    name, sources = "input", tensors
    if of is not None:
        name = "variable"
        sources = [one.value if isinstance(one, keras.Variable) else one for one in of]
    with tf.GradientTape() as tape:
        tape.watch(sources)
        result = f(*tensors)
    if not isinstance(result, tf.Tensor):
        why = f"no gradient (the result is a {type(result).__name__}, not a tensor)"
        found = [_none(why) for _ in sources]
    else:
        if upstream is not None:
            upstream = tf.convert_to_tensor(upstream, result.dtype)
        why = f"no gradient (nothing flows back to the {name})"
        found = [
            _none(why) if one is None else tf.convert_to_tensor(one)
            for one in tape.gradient(result, sources, output_gradients=upstream)
        ]
    return found if len(found) != 1 else found[0]


def _none(words: str) -> Thing:
    if tf.inside_function():  # a graph can return tensors only
        raise ValueError(words)
    return Thing(words)


def ratio(seen: Any, own: Any) -> Any:
    """Return what a submission shows over what it shows elsewhere: 1 where it agrees with itself.

    A check of saving or of graphs should not ask for a formula again that is graded elsewhere. So
    it holds a submission against itself, but does not believe it: what answers all inputs alike
    agrees with itself, too, and so does what answers nothing but NaN. `ratio` tells whether the
    answers are the same. `moves` tells whether there is anything in them.

    Args:
        seen: an array, or a list of arrays of any shapes.
        own: what it should agree with, of the same shapes.

    Returns:
        An array of the shape of `seen`. For a list, an array with the worst ratio of each: then the
        shapes, which may be wrong, do not show. An element that is close to zero is held against a
        hundredth of the largest instead, so that rounding does not show. NaN, if `own` is zero
        everywhere, and in the places where one of the two is NaN or infinite. If there is nothing
        to divide, because a gradient is missing or the shapes differ, words that say so.
    """
    sides = [list(one) if isinstance(one, (list, tuple)) else [one] for one in (seen, own)]
    for one in [*sides[0], *sides[1]]:
        if isinstance(one, Thing):
            return one
    upper, lower = ([np.asarray(one, "float64") for one in side] for side in sides)
    shapes = [", ".join(str(array.shape) for array in side) for side in (upper, lower)]
    if shapes[0] != shapes[1]:
        return Thing(f"an answer of shape {shapes[0]} beside one of shape {shapes[1]}")
    largest = max((np.abs(array).max(initial=0) for array in lower), default=0.0)
    found = [_over(*pair, 0.01 * largest) for pair in zip(upper, lower, strict=True)]
    return np.array([*map(_worst, found)]) if isinstance(seen, (list, tuple)) else found[0]


def _over(seen: np.ndarray, own: np.ndarray, least: float) -> np.ndarray:
    size = np.maximum(np.abs(own), least)
    with np.errstate(all="ignore"):
        return 1 + (seen - own) / np.where(own < 0, -size, size)


def _worst(ratios: np.ndarray) -> float:
    """Return the ratio that is farthest from 1; where there are none, they agree."""
    if not ratios.size:
        return 1.0
    distances = np.abs(ratios - 1).ravel()
    return float(ratios.ravel()[np.argmax(np.where(np.isnan(distances), np.inf, distances))])


def moves(answers: Iterable[Any]) -> bool:
    """Tell whether a submission reacts to its inputs: if not, its agreement says nothing.

    Args:
        answers: arrays, the answers for different inputs.

    Returns:
        Whether one of them differs from the first by more than rounding. Not if any of them is NaN
        or infinite.
    """
    first, *others = (np.asarray(one, "float64") for one in answers)
    if not all(np.isfinite(one).all() for one in (first, *others)):
        return False
    return any(
        one.shape != first.shape or not np.allclose(one, first, rtol=1e-4, atol=1e-6)
        for one in others
    )


def holding(*layers: keras.layers.Layer) -> keras.Model:
    """Return a model that applies layers one after the other, to save them in.

    Keras makes it anew from its file like a model that somebody has written. Its attribute `layer`
    is the first of the layers. A single layer that has a `build` is built by it, so that nothing is
    traced: whether a layer works in a graph is another question.
    """
    alone = len(layers) == 1 and type(layers[0]).build is not keras.layers.Layer.build
    return (HoldingOne if alone else Holding)(list(layers))


@keras.saving.register_keras_serializable("checks")
class Holding(keras.Model):
    """Applies what it holds."""

    def __init__(self, held: list, **kwargs: Any):
        super().__init__(**kwargs)
        self.held = held

    @property
    def layer(self) -> keras.layers.Layer:
        return self.held[0]

    def call(self, inputs: Any) -> Any:
        for layer in self.held:
            inputs = layer(inputs)
        return inputs

    def get_config(self) -> dict:
        held = [keras.saving.serialize_keras_object(layer) for layer in self.held]
        return {**super().get_config(), "held": held}

    @classmethod
    def from_config(cls, config: dict) -> "Holding":
        held = [keras.saving.deserialize_keras_object(layer) for layer in config.pop("held")]
        return cls(held, **config)


@keras.saving.register_keras_serializable("checks")
class HoldingOne(Holding):
    """Builds its layer without a call."""

    def build(self, input_shape: Any) -> None:
        if not self.layer.built:  # a loaded one is: Keras has built it from its configuration
            self.layer.build(tuple(input_shape))


def compiled(size: int = 1, **what: Any) -> keras.Model:
    """Return a compiled model of inputs (batch, size) that predicts them until it is trained.

    Args:
        size: of the inputs and the outputs.
        what: arguments of `compile`, such as `loss`. Without an `optimizer`, it is gradient descent
            with a rate of 0.1.
    """
    dense = keras.layers.Dense(size, kernel_initializer="identity", use_bias=False)
    model = keras.Sequential([keras.Input((size,)), dense])
    model.compile(**{"optimizer": keras.optimizers.SGD(0.1), "jit_compile": False, **what})
    return model
