"""What it means to have solved `find_peaks`.

Serialization and graph are asked in another process, of the file or the graph alone. There a wrong
idea of a peak need only agree with its own direct answers, which travel beside it, so that it costs
points under numerics and gradients alone.
"""

import numpy as np
import tensorflow as tf

from autograder.checks import check, either, exported, gradient, in_graph

# The same in every process. The ends are low and no steps are equal, as in `draw`.
SERIES = {
    "9 steps": np.float32([0, 3, 2, 7, 6, 4, 5, 1, 0.5]),
    "3 steps": np.float32([1, 4, 2]),
    "6 steps": np.float32([0.5, 6, 2, 3, 9, 1]),
}
WITHOUT = {
    "1 step": np.float32([2]),
    "2 steps": np.float32([1, 3]),
    "a rise": np.float32([1, 2, 4, 5, 7]),
    "a fall": np.float32([9, 6, 5, 3]),
}


def draw(rng, steps, dtype="float32"):
    """A positive series whose ends are its lowest steps, and no steps are near each other."""
    series = 2 + rng.permutation(steps) + rng.uniform(0, 0.5, steps)
    series[[0, -1]] = rng.uniform(0.5, 1.5, 2)
    return series.astype(dtype)


def waves(rng, steps):
    """Two series, the first with its peaks at odd steps, the second at even ones."""
    for first in (1, 2):
        series = draw(rng, steps) / steps + 2
        series[first:-1:2] += 3
        yield series


def between(rng, start, end):
    """A series of five steps, of which the middle one is a peak, with ends of any height."""
    return np.float32([start, *draw(rng, 3), end])


def found(answer) -> dict:
    positions, values = answer
    return {"positions": positions, "values": values}


def peaks(f, series):
    return found(f(tf.constant(series)))


@check("numerics", points=3)
def peaks_of_a_series(find_peaks, rng):
    """the positions and values of all peaks, from left to right, whatever came before"""
    lengths = {f"{steps} steps": draw(rng, steps) for steps in (3, 4, 12, 30)}
    below = {"all steps below zero": draw(rng, 12) - 50, "some below": draw(rng, 12) - 8}
    return {label: peaks(find_peaks, series) for label, series in (lengths | below).items()}


@check("numerics", points=2)
def plateaus_are_none(find_peaks, rng):
    """equal steps side by side are no peaks; those that are apart may be"""
    low, high, higher = np.cumsum(rng.uniform(0.5, 3, 3)).astype("float32")
    asked = {
        "two equal steps on top": [0, high, high, low, higher, low],
        "three equal steps on top": [0, high, high, high, low, high, 0],
        "a step on the way up": [0, low, low, high, low],
        "a step on the way down": [low, higher, high, high, 0],
        "equal peaks": [0, high, low, high, 0, high, low],
    }
    return {label: peaks(find_peaks, np.float32(series)) for label, series in asked.items()}


# A rise is lost with the ends, too; this one shows them beside peaks.
@check("numerics", points=1)
def ends_are_none(find_peaks, rng):
    """the first and the last step are no peaks, however high they are"""
    low, *high = rng.uniform([0, 40, 50], [0.4, 50, 60])
    return {
        "a high start": peaks(find_peaks, between(rng, high[0], low)),
        "a high end": peaks(find_peaks, between(rng, low, high[0])),
        "both high": peaks(find_peaks, between(rng, *high)),
    }


@check("numerics", points=1)
def nothing_found(find_peaks, rng):
    """a series without peaks, and of one or two steps, has two results of shape (0,)"""
    rise = np.sort(draw(rng, 7))
    more = {"equal steps": np.full(5, rise[0]), "a valley": np.append(rise[::-1], rise[1:])}
    return {label: peaks(find_peaks, series) for label, series in (WITHOUT | more).items()}


@check("numerics", points=1)
def dtypes(find_peaks, rng):
    """positions are int32 and values have the dtype of the series, also if there are no peaks"""
    seen = {}
    for dtype in ("float32", "float64"):
        for label, series in {"peaks": draw(rng, 8), "no peaks": np.sort(draw(rng, 5))}.items():
            answer = peaks(find_peaks, series.astype(dtype))
            names = {one: np.asarray(tensor).dtype.name for one, tensor in answer.items()}
            seen[f"a {dtype} series with {label}"] = names
    return seen


@check("numerics", points=1, rtol=1e-14, atol=0)
def the_last_digit_counts(find_peaks, rng):
    """a step that is higher by its last digits is a peak; float64 values keep all their digits"""
    order = draw(rng, 12).argsort().argsort()
    single, double = 1 + order * 2.0**-23, 1 + order * 2.0**-48
    return {
        "float32": peaks(find_peaks, single.astype("float32")),
        "float64": peaks(find_peaks, double),
        "float64, digits of float32": peaks(find_peaks, draw(rng, 12, "float64")),
    }


# What has no gradient loses both. They are apart so that an upstream that is ignored costs one.
@check("gradients", points=2)
def one_at_each_peak(find_peaks, rng):
    """the sum of the values has a slope of 1 at each peak and of 0 elsewhere"""
    return {
        f"{steps} steps": gradient(lambda series: find_peaks(series)[1], draw(rng, steps))
        for steps in (3, 9, 20)
    }


def slopes(find_peaks, series):
    """The gradient of the sum of squares, so that what arrives at each value is another number."""
    return gradient(lambda series: tf.square(find_peaks(series)[1]), series)


@check("gradients", points=2)
def each_value_has_its_own(find_peaks, rng):
    """what arrives from above at each value goes to its own step"""
    return {f"{steps} steps": slopes(find_peaks, draw(rng, steps)) for steps in (3, 9, 20)}


def beside(find_peaks, parts):
    """A function that returns what `find_peaks` does, and beside it what direct calls answered."""
    direct = []
    for part in parts.values():
        positions, values = find_peaks(tf.constant(part))
        direct += [tf.convert_to_tensor(positions), tf.convert_to_tensor(values)]

    def f(series):
        positions, values = find_peaks(series)
        return [positions, values, *direct]

    return f


def gap(one, other) -> float | str:
    """The largest difference."""
    one, other = np.asarray(one), np.asarray(other)
    if one.shape != other.shape:
        return f"shape {one.shape} instead of {other.shape}"
    return float(np.abs(one.astype("float64") - other).max(initial=0))


def alone(f, series) -> dict:
    """What a loaded function answers; the dtype of the positions is numerics' question."""
    positions, values = f(tf.constant(series))[:2]
    return {"positions": tf.cast(positions, tf.int64), "values": values}


def agreement(f, parts) -> dict:
    """How far a loaded function is from the direct calls that are beside it."""
    direct = f(tf.constant(next(iter(parts.values()))))[2:]
    gaps = {}
    for label, positions, values in zip(parts, direct[::2], direct[1::2], strict=True):
        seen = alone(f, parts[label])
        gaps[f"positions in {label} differ by"] = gap(
            seen["positions"], tf.cast(positions, tf.int64)
        )
        gaps[f"values in {label} differ by"] = gap(seen["values"], values)
    return gaps


ONE = {"9 steps": SERIES["9 steps"]}


# What cannot be exported can seldom be traced for an unknown length either, and has no gradient
# there. All are asked, so that each costs its own points.


@check("serialization", points=2)
def exported_peaks(find_peaks):
    """exported for one length and loaded without your code, it still finds the peaks"""
    return exported(beside(find_peaks, ONE), [9], use=peaks_of_nine)


def peaks_of_nine(f, rng):
    return either([alone(f, draw(rng, 9)) for _ in range(3)], agreement(f, ONE))


@check("serialization", points=1)
def exported_gradient(find_peaks):
    """exported for one length and loaded without your code, its values still have gradients"""
    direct = slopes(find_peaks, ONE["9 steps"])
    return exported(lambda series: [*find_peaks(series), direct], [9], use=gradients_of_nine)


def gradients_of_nine(f, rng):
    exact = [[slopes(f, draw(rng, 9)), slopes(f, wave)] for wave in waves(rng, 9)]
    series = ONE["9 steps"]
    own = {"the gradient differs by": gap(slopes(f, series), f(tf.constant(series))[2])}
    return either(exact, own, "gradients")


@check("graph", points=2)
def one_graph_for_any_length(find_peaks):
    """traced once for an unknown number of steps, the graph finds the peaks of any series"""
    return in_graph(beside(find_peaks, SERIES), [None], use=peaks_of_any_length)


def peaks_of_any_length(f, rng):
    exact = [{steps: alone(f, draw(rng, steps)) for steps in (8, 3, 40)} for _ in range(2)]
    return either(exact, agreement(f, SERIES))


@check("graph", points=1)
def the_graph_may_find_nothing(find_peaks):
    """the graph for an unknown number of steps answers where there are no peaks, too"""
    return in_graph(beside(find_peaks, WITHOUT), [None], use=nothing_in_the_graph)


def nothing_in_the_graph(f, rng):
    """Series without peaks, and one that has one, so that other inputs have other answers."""
    exact = [
        {label: alone(f, series) for label, series in WITHOUT.items()}
        | {"with a peak": alone(f, between(rng, 1.75, 1.75))}
        for _ in range(2)
    ]
    return either(exact, agreement(f, WITHOUT))


@check("graph", points=1)
def gradient_inside_the_graph(find_peaks):
    """a graph for an unknown number of steps can take the gradient of the values inside"""
    direct = slopes(find_peaks, ONE["9 steps"])
    return in_graph(lambda series: [slopes(find_peaks, series), direct], [None], use=slopes_inside)


def slopes_inside(f, rng):
    exact = []
    for wave in waves(rng, 9):
        asked = {f"{steps} steps": draw(rng, steps) for steps in (8, 3, 20)} | {"a wave": wave}
        exact.append({label: f(tf.constant(series))[0] for label, series in asked.items()})
    seen, direct = f(tf.constant(ONE["9 steps"]))
    return either(exact, {"the gradient differs by": gap(seen, direct)}, "gradients")
