"""What it means to have solved `graph_loop`.

Serialization and graph are asked in another process, of the file or the graph alone. There a wrong
recurrence need only agree with its own direct answers, which travel beside it, so that it costs
points under numerics and gradients alone. As much as can be lost there can be earned so, and only
by a function whose answers move with the series and with `alpha`.
"""

import contextlib
import functools

import numpy as np
import tensorflow as tf

from autograder.checks import (
    again,
    check,
    either,
    exported,
    gradient,
    in_graph,
    moves,
    once,
    ratio,
    tried,
)

SERIES = np.array([[3.0, -1.0], [0.5, 2.0], [-2.0, 4.0], [5.0, -3.0], [1.0, 6.0]], "float32")
OTHER = np.array([[-4.0, 2.0], [1.5, 7.0], [6.0, -5.0], [2.0, 0.5], [-1.0, 3.0]], "float32")
ALPHA = np.float32(0.3)


def draw(rng, steps, features):
    """A series whose steps differ clearly, and whose first step is far from zero."""
    series = rng.uniform(1, 3, size=(steps, features)) * rng.choice([-1, 1], size=(1, features))
    series[1:] += rng.normal(size=(steps - 1, features))
    return series.round(2).astype("float32")  # so that a student can read it


def smooth(f, series, alpha):
    return f(tf.constant(series), tf.constant(alpha, tf.float32))


def called(f, series, alpha):
    """The same, with the code for the student."""
    given = np.float32(series), np.float32(alpha)
    return tried(smooth(f, *given), "exponential_smoothing({}, {})", *given)


# Caught by its neighbours too; this one has the message that can be followed with a pencil.
@check("numerics", points=3)
def follows_the_recurrence(exponential_smoothing, rng):
    """the smoothing starts at the first step and then moves by alpha toward each next one"""
    alpha = round(rng.uniform(0.2, 0.4), 3)
    return {
        "8, 4, 0, 12": called(exponential_smoothing, [[8], [4], [0], [12]], 0.25),
        "four other steps": called(exponential_smoothing, draw(rng, 4, 1), alpha),
    }


# What mixes the features is wrong wherever there are two; here it is named.
@check("numerics", points=1)
def features_stay_apart(exponential_smoothing, rng):
    """every feature is smoothed along the steps, on its own"""
    series = draw(rng, 5, 3) + np.array([0, 10, -20], "float32")
    return called(exponential_smoothing, series, 0.3)


# The graph checks ask for one step too; here it costs under numerics, where the rule is broken.
@check("numerics", points=1)
def one_step_is_its_own_answer(exponential_smoothing, rng):
    """a series of one step is returned as it is"""
    return called(exponential_smoothing, draw(rng, 1, 2), 0.3)


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
    seen, given = [], []
    for series, alpha in calls:
        given += [series, np.float32(alpha)]
        code = "\n".join(["exponential_smoothing({}, {})"] * (len(given) // 2))
        seen.append(tried(smooth(exponential_smoothing, series, alpha), code, *given))
    return seen


@check("gradients", points=2)
def gradient_in_the_series(exponential_smoothing, rng):
    """every step passes its gradient on to itself and to all steps before it"""
    series = draw(rng, 5, 2)
    upstream = rng.uniform(0.5, 2, size=(5, 2)).round(2).astype("float32")
    alpha = tf.constant(0.3)
    found = gradient(lambda x: exponential_smoothing(x, alpha), series, upstream=upstream)
    code = "exponential_smoothing(series, {})"
    return tried(found, code, alpha, slope_in={"series": series}, upstream=upstream)


@check("gradients", points=1)
def gradient_in_alpha(exponential_smoothing, rng):
    """the smoothing factor has a gradient as well"""
    series = tf.constant(draw(rng, 5, 2))
    upstream = rng.uniform(0.5, 2, size=(5, 2)).round(2).astype("float32")
    found = gradient(lambda a: exponential_smoothing(series, a), ALPHA, upstream=upstream)
    code = "exponential_smoothing({}, alpha)"
    return tried(found, code, series, slope_in={"alpha": ALPHA}, upstream=upstream)


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


def reacts(f, rng, steps=5):
    one, other = draw(rng, steps, 2), draw(rng, steps, 2)
    first, *others = (f(*inputs)[-50:] for inputs in ((one, 0.3), (other, 0.3), (one, 0.6)))
    names = ("moves with the series", "moves with alpha")
    return {name: moves([first, other]) for name, other in zip(names, others, strict=True)}


CALLS = {"a first call": SERIES, "a call with another series": OTHER, "the first repeated": SERIES}
STEPS = {f"{steps} steps": SERIES[:steps] for steps in (2, 5, 4)}
ANY = {"1 feature": SERIES[:, :1], "2 features": SERIES, "1 step": SERIES[:1]}
PARTS = CALLS | STEPS | ANY


def direct_calls(f, parts):
    return {name: smooth(f, part, ALPHA) for name, part in parts.items()}


def trace(f, shape):
    return f.get_concrete_function(tf.TensorSpec(shape, tf.float32), tf.TensorSpec([], tf.float32))


@once
def saved(f):
    """A file for any sizes, which two checks ask."""
    return exported(f, (None, None), (), use=values_in)


@once
def saved_graph(f):
    """The graph for an unknown number of steps, which two checks ask."""
    return exported(trace(f, [None, 2]), (None, 2), (), use=values_in)


def values_in(loaded, direct, rng):
    """The values of a loaded function, or at least those of the direct calls that are beside it."""
    parts = {name: PARTS[name] for name in direct}

    def of_all_sizes(series, alpha):
        return {name: smooth(loaded, series[: len(part)], alpha) for name, part in parts.items()}

    found = direct_calls(loaded, parts)
    own = {"over what direct calls give": ratio(list(found.values()), list(direct.values()))}
    reaction = reacts(functools.partial(smooth, loaded), rng)
    return either(drawn_anew(of_all_sizes, rng), own | reaction)


# What cannot be loaded has no gradients either; only this check repeats calls of a loaded function.
@check("serialization", points=2)
def saved_model_gives_the_same_values(exponential_smoothing):
    """exported for any sizes and loaded where this code is not, it gives its values in each call"""
    direct = direct_calls(exponential_smoothing, CALLS)
    return again(saved(exponential_smoothing), use=values_in, beside=direct)


# What has no gradients in a file has none in its graph either; apart, each is named.
@check("serialization", points=1, atol=1e-4)
def saved_model_gives_the_same_gradients(exponential_smoothing):
    """exported for any sizes and loaded where this code is not, it gives its gradients"""
    direct = value_and_slopes(exponential_smoothing, SERIES, ALPHA)
    return again(saved(exponential_smoothing), use=gradients_in, beside=direct)


def value_and_slopes(f, series, alpha) -> list[tf.Tensor]:
    """The value, and the gradients of the sum of its squares; zero where nothing flows back."""
    inputs = [tf.convert_to_tensor(one, tf.float32) for one in (series, alpha)]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        value = f(*inputs)
        squares = tf.square(value)
    found = tape.gradient(squares, inputs, unconnected_gradients="zero")
    return [value, *map(tf.convert_to_tensor, found)]


def gradients_in(loaded, direct, rng):
    """The gradients of a loaded function, or at least those of the direct calls beside it.

    And its values: the gradients may be those of another function, if the values are, too.
    """
    found = functools.partial(value_and_slopes, loaded)
    values, gradients = zip(*((one[0], one[1:]) for one in drawn_anew(found, rng)), strict=True)
    value, *slopes = found(SERIES, ALPHA)  # after other calls, which it must not depend on
    own = {"over that of a direct call": ratio([value], [direct[0]])}
    reaction = reacts(functools.partial(smooth, loaded), rng)
    return {
        "gradients": either([*gradients], ratio(slopes, direct[1:]), "gradients"),
        "beside them": either([*values], own | reaction),
    }


# Direct calls come first: they might be served by the graph as soon as it exists.
@check("graph", points=2)
def one_graph_for_every_number_of_steps(exponential_smoothing):
    """one graph for an unknown number of steps gives the values of direct calls"""
    direct = direct_calls(exponential_smoothing, STEPS)
    return again(saved_graph(exponential_smoothing), use=values_in, beside=direct)


@check("graph", points=1)
def one_graph_for_every_number_of_features(exponential_smoothing):
    """one graph for unknown numbers of steps and features gives the values of direct calls"""
    direct = direct_calls(exponential_smoothing, ANY)
    graph = trace(exponential_smoothing, [None, None])
    return exported(graph, (None, None), (), use=values_in, beside=direct)


@check("graph", points=1, atol=1e-3)
def the_graph_alone_smooths_thousands(exponential_smoothing):
    """a graph smooths thousands of steps, and nothing in it, used or not, calls back into Python"""
    graph = trace(exponential_smoothing, [None, 2])

    def with_gradients(series, alpha):
        def never_run():
            with contextlib.suppress(Exception):  # what has no gradient loses its points for that
                value_and_slopes(graph, series, alpha)
            return 0.0

        tf.cond(alpha < 0, never_run, lambda: 0.0)
        return graph(series, alpha)

    return in_graph(with_gradients, (None, 2), (), use=values_of_thousands)


def values_of_thousands(graph, rng):
    steps, rows = rng.integers(2500, 3000), []

    def last(series, alpha):
        answer = smooth(graph, series, alpha)
        rows.append(len(answer))
        return answer[-50:]

    answers = drawn_anew(last, rng, steps)
    own = {"missing rows": int(steps - min(rows)), "the last rows move": moves(answers)}
    return either(answers, own | reacts(last, rng, 200))


@check("graph", points=1, atol=1e-4)
def the_graph_is_differentiable(exponential_smoothing):
    """the graph for an unknown number of steps has the gradients of direct calls"""
    direct = value_and_slopes(exponential_smoothing, SERIES, ALPHA)
    return again(saved_graph(exponential_smoothing), use=gradients_in, beside=direct)
