"""What it means to have solved `graph_loop`.

Serialization and graph are asked in another process, of the file or the graph alone. There a wrong
recurrence need only agree with its own direct answers, which travel beside it, so that it costs
points under numerics and gradients alone. As much as can be lost there can be earned so, and only
by a function whose answers move with the series and with `alpha`.
"""

import contextlib
import itertools

import numpy as np
import tensorflow as tf

from autograder.checks import check, either, exported, gradient, in_graph

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
@check("numerics", points=3)
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
    series, upstream = draw(rng, 100, 2), rng.uniform(0.5, 1, (100, 2)).astype("float32")
    # The gradient of the first row is the other check's question.
    f = lambda rest, a: exponential_smoothing(tf.concat([series[:1], rest], 0), a)
    return {
        f"alpha {a}": gradient(f, series[1:], np.float32(a), upstream=upstream)
        for a in (0.02, 0.9, 0.9999)
    }


def drawn_anew(f, rng, steps=5):
    """What `f` makes of a random series and alpha, and of others.

    Both features are the same: it is asked elsewhere whether they stay apart.
    """
    return [
        f(np.repeat(draw(rng, steps, 1), 2, axis=1), np.float32(rng.uniform(low, low + 0.2)))
        for low in (0.2, 0.5)
    ]


def ignored(f, rng, steps=5):
    """Which of its inputs the last of the answers of `f` does not depend on."""
    one, other = draw(rng, steps, 2), draw(rng, steps, 2)
    first, *others = (f(*inputs)[-50:] for inputs in ((one, 0.3), (other, 0.3), (one, 0.6)))
    if not all(np.isfinite(answer).all() for answer in (first, *others)):
        return "some answers are not finite"
    same = [np.allclose(first, other, atol=0.01) for other in others]
    names = itertools.compress(("series", "alpha"), same)
    return " and ".join(names) or "none"


def direct_calls(f, parts):
    return [smooth(f, part, ALPHA) for part in parts.values()]


def beside(f, answers):
    """A function that returns what `f` does, and beside it what direct calls answered."""
    return lambda series, alpha: [f(series, alpha), *answers]


def trace(f, shape):
    return f.get_concrete_function(tf.TensorSpec(shape, tf.float32), tf.TensorSpec([], tf.float32))


def gap(one, other) -> float | str:
    """The largest difference."""
    if one.shape != other.shape:
        return f"shape {one.shape} instead of {other.shape}"
    return float(np.abs(one - other).max(initial=0))


def values_in(loaded, rng, parts):
    """The values of a loaded function, or at least those of the direct calls that are beside it."""

    def alone(series, alpha):
        return smooth(loaded, series, alpha)[0]

    def of_all_sizes(series, alpha):
        return {name: alone(series[: len(part)], alpha) for name, part in parts.items()}

    _, *direct = smooth(loaded, SERIES, ALPHA)
    direct = direct[: len(parts)]
    found = [alone(part, ALPHA) for part in parts.values()]
    pairs = zip(parts, found, direct, strict=True)
    own = {f"values of {name} differ by": gap(one, other) for name, one, other in pairs}
    return either(drawn_anew(of_all_sizes, rng), own | {"ignored inputs": ignored(alone, rng)})


CALLS = {"a first call": SERIES, "a call with another series": OTHER, "the first repeated": SERIES}
ONE = {"5 steps": SERIES}
STEPS = {f"{steps} steps": SERIES[:steps] for steps in (2, 5, 4)}
ANY = {"1 feature": SERIES[:, :1], "2 features": SERIES, "1 step": SERIES[:1]}


# What cannot be loaded has no gradients either; only this check repeats calls of a loaded function.
@check("serialization", points=2)
def saved_model_gives_the_same_values(exponential_smoothing):
    """exported for any sizes and loaded where this code is not, it gives its values in each call"""
    answer = beside(exponential_smoothing, direct_calls(exponential_smoothing, CALLS))
    return exported(answer, (None, None), (), use=values_call_after_call)


def values_call_after_call(loaded, rng):
    return values_in(loaded, rng, CALLS)


# What has no gradients in a file has none in its graph either; apart, each is named.
@check("serialization", points=1, atol=1e-4)
def saved_model_gives_the_same_gradients(exponential_smoothing):
    """exported for any sizes and loaded where this code is not, it gives its gradients"""
    answer = beside(exponential_smoothing, values_and_slopes(exponential_smoothing))
    return exported(answer, (None, None), (), use=gradients_in)


def values_and_slopes(f):
    return [*direct_calls(f, ONE), *slopes(f, SERIES, ALPHA)]


def slopes(f, series, alpha) -> list[tf.Tensor]:
    """The gradients of the sum of squares in series and alpha, zero where nothing flows back."""
    inputs = [tf.convert_to_tensor(one, tf.float32) for one in (series, alpha)]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        result = tf.square(f(*inputs))
    found = tape.gradient(result, inputs, unconnected_gradients="zero")
    return [tf.convert_to_tensor(one) for one in found]


def gradients_in(loaded, rng):
    """The gradients of a loaded function, or at least those of the direct calls beside it.

    And its values: the gradients may be those of another function, if the values are, too.
    """

    def of_the_answer(series, alpha):
        return slopes(lambda *inputs: loaded(*inputs)[0], series, alpha)

    _, _, *direct = smooth(loaded, SERIES, ALPHA)
    pairs = zip(("series", "alpha"), of_the_answer(SERIES, ALPHA), direct, strict=True)
    own = {f"the gradient in {name} differs by": gap(one, other) for name, one, other in pairs}
    gradients = either(drawn_anew(of_the_answer, rng), own, "gradients")
    return {"gradients": gradients, "beside them": values_in(loaded, rng, ONE)}


# Direct calls come first: they might be served by the graph as soon as it exists.
@check("graph", points=2)
def one_graph_for_every_number_of_steps(exponential_smoothing):
    """one graph for an unknown number of steps gives the values of direct calls"""
    direct = direct_calls(exponential_smoothing, STEPS)
    graph = trace(exponential_smoothing, [None, 2])
    return exported(beside(graph, direct), (None, 2), (), use=values_of_all_steps)


def values_of_all_steps(loaded, rng):
    return values_in(loaded, rng, STEPS)


@check("graph", points=1)
def one_graph_for_every_number_of_features(exponential_smoothing):
    """one graph for unknown numbers of steps and features gives the values of direct calls"""
    direct = direct_calls(exponential_smoothing, ANY)
    graph = trace(exponential_smoothing, [None, None])
    return exported(beside(graph, direct), (None, None), (), use=values_of_features)


def values_of_features(loaded, rng):
    return values_in(loaded, rng, ANY)


@check("graph", points=1, atol=1e-3)
def the_graph_alone_smooths_thousands(exponential_smoothing):
    """a graph smooths thousands of steps, and nothing in it, used or not, calls back into Python"""
    graph = trace(exponential_smoothing, [None, 2])

    def with_gradients(series, alpha):
        def never_run():
            with contextlib.suppress(Exception):  # what has no gradient loses its points for that
                slopes(graph, series, alpha)
            return 0.0

        tf.cond(alpha < 0, never_run, lambda: 0.0)
        return graph(series, alpha)

    return in_graph(with_gradients, (None, 2), (), use=values_of_thousands)


def values_of_thousands(graph, rng):
    def last(series, alpha):
        return smooth(graph, series, alpha)[-50:]

    steps = rng.integers(2500, 3000)
    own = {
        "missing rows": int(steps - len(smooth(graph, draw(rng, steps, 2), 0.3))),
        "inputs that the last rows ignore": ignored(last, rng, steps),
    }
    return either(drawn_anew(last, rng, steps), own)


@check("graph", points=1, atol=1e-4)
def the_graph_is_differentiable(exponential_smoothing):
    """the graph for an unknown number of steps has the gradients of direct calls"""
    direct = values_and_slopes(exponential_smoothing)
    graph = trace(exponential_smoothing, [None, 2])
    return exported(beside(graph, direct), (None, 2), (), use=gradients_in)
