"""What it means to have solved `graph_loop`.

Serialization and graph are about the function *as it is*: its answers there are held against its
own direct answers, so that a wrong recurrence costs points under numerics and gradients alone. A
function that ignores `alpha` would stay the same anywhere; it is told so.
"""

import contextlib

import numpy as np
import tensorflow as tf

from autograder.checks import PYTHON_OPS, check, exported, gradient

SERIES = np.array([[3.0, -1.0], [0.5, 2.0], [-2.0, 4.0], [5.0, -3.0], [1.0, 6.0]], "float32")
OTHER = np.array([[-4.0, 2.0], [1.5, 7.0], [6.0, -5.0], [2.0, 0.5], [-1.0, 3.0]], "float32")
ALPHA = np.float32(0.3)


def draw(rng, steps, features):
    """A series whose steps differ clearly, and whose first step is far from zero."""
    series = rng.uniform(1, 3, size=(steps, features)) * rng.choice([-1, 1], size=(1, features))
    series[1:] += rng.normal(size=(steps - 1, features))
    return series.astype("float32")


def smooth(f, series, alpha):
    return f(tf.constant(series), tf.constant(alpha, tf.float32))


# Caught by its neighbours too; this one has the message that can be followed with a pencil.
@check("numerics", points=2)
def follows_the_recurrence(exponential_smoothing, rng):
    """the smoothing starts at the first step and then moves by alpha toward each next one"""
    return {
        "8, 4, 0, 12": smooth(exponential_smoothing, [[8.0], [4.0], [0.0], [12.0]], 0.25),
        "four other steps": smooth(exponential_smoothing, draw(rng, 4, 1), rng.uniform(0.2, 0.4)),
    }


# What mixes the features is wrong wherever there are two; here it is named.
@check("numerics", points=1)
def features_stay_apart(exponential_smoothing, rng):
    """every feature is smoothed along the steps, on its own"""
    series = draw(rng, 5, 3) + np.array([0, 10, -20], "float32")
    return smooth(exponential_smoothing, series, 0.3)


# The graph checks ask for one step too; here it costs under numerics, where the rule is broken.
@check("numerics", points=1)
def one_step_is_its_own_answer(exponential_smoothing, rng):
    """a series of one step is returned as it is"""
    return smooth(exponential_smoothing, draw(rng, 1, 2), 0.3)


@check("numerics", points=1, atol=1e-4)
def long_series_stay_accurate(exponential_smoothing, rng):
    """hundreds of float32 steps are smoothed accurately, with alpha close to 0 and close to 1"""
    asked = [(100, 0.9), (100, 0.9999), (300, 0.02)]
    found = {
        f"{steps} steps, alpha {alpha}": smooth(exponential_smoothing, draw(rng, steps, 2), alpha)
        for steps, alpha in asked
    }
    kinds = {one.dtype.name if tf.is_tensor(one) else type(one).__name__ for one in found.values()}
    return found | {"dtype": ", ".join(sorted(kinds))}


# Memory spoils the checks after it as well, one way or another; this one shows it step by step.
@check("numerics", points=1)
def calls_do_not_influence_each_other(exponential_smoothing, rng):
    """what one call returns does not depend on the calls before it"""
    one, other = draw(rng, 5, 2), draw(rng, 5, 2)
    calls = [(one, 0.3), (other, 0.3), (one, 0.6), (one[:3], 0.3), (one, 0.3)]
    return [smooth(exponential_smoothing, series, alpha) for series, alpha in calls]


@check("gradients", points=2)
def gradient_in_the_series(exponential_smoothing, rng):
    """every step passes its gradient on to itself and to all steps before it"""
    series, upstream = draw(rng, 5, 2), rng.uniform(0.5, 2, size=(5, 2)).astype("float32")
    alpha = tf.constant(0.3)
    return gradient(lambda x: exponential_smoothing(x, alpha), series, upstream=upstream)


@check("gradients", points=1)
def gradient_in_alpha(exponential_smoothing, rng):
    """the smoothing factor has a gradient as well"""
    series, upstream = tf.constant(draw(rng, 5, 2)), rng.uniform(0.5, 2, size=(5, 2))
    return gradient(lambda a: exponential_smoothing(series, a), ALPHA, upstream=upstream)


@check("gradients", points=2, rtol=1e-3, atol=1e-3)
def gradients_of_long_series(exponential_smoothing, rng):
    """the gradients stay finite and right over a hundred steps"""
    series = draw(rng, 100, 2)
    # The gradient of the first row is the other check's question.
    f = lambda rest, a: exponential_smoothing(tf.concat([series[:1], rest], 0), a)
    return {f"alpha {a}": gradient(f, series[1:], np.float32(a)) for a in (0.02, 0.9, 0.9999)}


# What cannot be loaded has no gradients either; only this check repeats calls of a loaded function.
@check("serialization", points=2)
def saved_model_gives_the_same_values(exponential_smoothing):
    """exported and loaded where this code is not, it gives its own values, call after call"""
    series, other, alpha = tf.constant(SERIES), tf.constant(OTHER), tf.constant(ALPHA)
    before = [exponential_smoothing(one, alpha) for one in (series, other)]
    # What it answered here travels in the file, beside the function.
    answer = lambda series, alpha: [exponential_smoothing(series, alpha), *before]
    return exported(answer, SERIES.shape, (), use=same_values)


def same_values(answer):
    first, before, before_other = answer(SERIES, ALPHA)
    other = answer(OTHER, ALPHA)[0]
    again = answer(SERIES, ALPHA)[0]
    return {
        "a first call differs by": gap(first, before),
        "a call with another series differs by": gap(other, before_other),
        "the first call repeated differs by": gap(again, before),
        "another alpha changes the values": changed(answer(SERIES, 2 * ALPHA)[0], again),
    }


# What has no gradients in a file has none in its graph either; apart, each is named.
@check("serialization", points=1, atol=1e-4)
def saved_model_gives_the_same_gradients(exponential_smoothing):
    """exported and loaded where this code is not, it gives its own gradients"""
    before = slopes(exponential_smoothing)
    answer = lambda series, alpha: [exponential_smoothing(series, alpha), *before]
    return exported(answer, SERIES.shape, (), use=same_slopes)


def same_slopes(answer):
    _, *before = answer(SERIES, ALPHA)
    after = slopes(lambda series, alpha: answer(series, alpha)[0])
    return compare_slopes(after, before)


# The next check leaves open both sizes; this one only that which the exercise is about.
@check("graph", points=2)
def one_graph_for_every_number_of_steps(exponential_smoothing):
    """one graph for an unknown number of steps gives the values of direct calls"""
    parts = {f"{steps} steps": SERIES[:steps] for steps in (1, 2, 5, 4)}
    return compare_graph(exponential_smoothing, [None, 2], parts)


@check("graph", points=1)
def one_graph_for_every_number_of_features(exponential_smoothing):
    """one graph for an unknown number of features gives the values of direct calls"""
    parts = {"1 feature": SERIES[:, :1], "2 features": SERIES, "1 step of 2": SERIES[:1]}
    return compare_graph(exponential_smoothing, [None, None], parts)


def compare_graph(f, shape, parts) -> dict:
    # Direct calls come first: they might be served by the graph as soon as it exists.
    direct = [smooth(f, part, ALPHA) for part in parts.values()]
    graph = trace(f, shape)
    found = {
        f"values of {name} differ by": gap(smooth(graph, part, ALPHA), values)
        for (name, part), values in zip(parts.items(), direct, strict=True)
    }
    one, other = (smooth(graph, SERIES, alpha) for alpha in (ALPHA, 2 * ALPHA))
    return found | {"another alpha changes the values": changed(one, other)}


@check("graph", points=1)
def the_graph_is_not_unrolled(exponential_smoothing, rng):
    """the same graph smooths thousands of steps"""
    graph = trace(exponential_smoothing, [None, 2])
    series = np.tile(SERIES, (rng.integers(500, 600), 1))
    one, other = (smooth(graph, series, alpha) for alpha in (ALPHA, 2 * ALPHA))
    return {"shape": list(one.shape), "alpha counts to the end": changed(one[-50:], other[-50:])}


@check("graph", points=1, atol=1e-4)
def the_graph_is_differentiable(exponential_smoothing):
    """the graph for an unknown number of steps has the gradients of direct calls"""
    direct = slopes(exponential_smoothing)
    graph = trace(exponential_smoothing, [None, 2])
    return compare_slopes(slopes(graph), direct)


@check("graph", points=1)
def the_graph_does_not_call_python(exponential_smoothing):
    """the graph holds no operation that calls back into Python, not even where it seldom runs"""
    graphs = [trace(exponential_smoothing, [None, 2])]
    with contextlib.suppress(Exception):  # what has no gradient loses its points for that
        graphs.append(tf.function(lambda: slopes(graphs[0])).get_concrete_function())
    bodies = []
    for definition in (one.graph.as_graph_def() for one in graphs):
        bodies += [definition.node, *(inner.node_def for inner in definition.library.function)]
    found = {node.op for body in bodies for node in body}
    return {"operations that call Python": ", ".join(sorted(found & PYTHON_OPS)) or "none"}


def trace(f, shape):
    return f.get_concrete_function(tf.TensorSpec(shape, tf.float32), tf.TensorSpec([], tf.float32))


def gap(one, other) -> float | str:
    """The largest difference."""
    for answer in (one, other):
        if not tf.is_tensor(answer):
            return f"a {type(answer).__name__} instead of a tensor"
    if one.shape != other.shape:
        return f"shape {one.shape} instead of {other.shape}"
    return float(np.abs(one - other).max(initial=0))


def changed(one, other) -> bool | str:
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return "some are not finite"
    return not np.allclose(one, other, atol=0.01)


def slopes(f) -> list[tf.Tensor]:
    """The gradients in series and alpha, zero where nothing flows back: that is graded apart."""
    inputs = [tf.constant(SERIES), tf.constant(ALPHA)]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        result = f(*inputs)
    found = tape.gradient(result, inputs, unconnected_gradients="zero")
    return [tf.convert_to_tensor(one) for one in found]


def compare_slopes(after, before) -> dict:
    pairs = zip(("series", "alpha"), after, before, strict=True)
    return {f"the gradient in {name} differs by": gap(one, other) for name, one, other in pairs}
