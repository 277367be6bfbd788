"""What it means to have solved `find_peaks`.

Serialization and graph are asked in another process, of the file or the graph alone. There a wrong
idea of a peak need only agree with its own direct answers, which travel beside it, so that it costs
points under numerics and gradients alone.
"""

import numpy as np
import tensorflow as tf

from autograder.checks import (
    again,
    check,
    either,
    exported,
    gradient,
    in_graph,
    once,
    ratio,
    tried,
)
from autograder.checks.later import the_same

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
    return series.round(2).astype(dtype)  # so that a student can read it


def between(rng, start, end):
    """A series of five steps, of which the middle one is a peak, with ends of any height."""
    return np.float32([start, *draw(rng, 3), end])


def found(answer) -> dict:
    positions, values = answer
    return {"positions": positions, "values": values}


def peaks(f, series):
    return found(f(tf.constant(series)))


def tried_peaks(find_peaks, series):
    """The same with the code for the student."""
    positions, values = peaks(find_peaks, series).values()
    return {
        "positions": tried(positions, "find_peaks({})[0]", series),
        "values": tried(values, "find_peaks({})[1]", series),
    }


@check("numerics", points=3)
def peaks_of_a_series(find_peaks, rng):
    """the positions and values of all peaks, from left to right, whatever came before"""
    lengths = {f"{steps} steps": draw(rng, steps) for steps in (3, 4, 12, 30)}
    below = {"all steps below zero": draw(rng, 12) - 50, "some below": draw(rng, 12) - 8}
    one = between(rng, 1.5, 1.5)
    below["a peak at zero"] = np.append(one - one[2], [1, -1]).astype("float32")
    return {label: tried_peaks(find_peaks, series) for label, series in (lengths | below).items()}


@check("numerics", points=2)
def plateaus_are_none(find_peaks, rng):
    """equal steps side by side are no peaks; those that are apart may be"""
    low, high, higher = np.cumsum(rng.uniform(0.5, 3, 3)).round(2).astype("float32")
    asked = {
        "two equal steps on top": [0, high, high, low, higher, low],
        "three equal steps on top": [0, high, high, high, low, high, 0],
        "a step on the way up": [0, low, low, high, low],
        "a step on the way down": [low, higher, high, high, 0],
        "equal peaks": [0, high, low, high, 0, high, low],
    }
    return {label: tried_peaks(find_peaks, np.float32(series)) for label, series in asked.items()}


# A rise is lost with the ends, too; this one shows them beside peaks.
@check("numerics", points=1)
def ends_are_none(find_peaks, rng):
    """the first and the last step are no peaks, however high they are"""
    low, *high = rng.uniform([0, 40, 50], [0.4, 50, 60]).round(2)
    return {
        "a high start": tried_peaks(find_peaks, between(rng, high[0], low)),
        "a high end": tried_peaks(find_peaks, between(rng, low, high[0])),
        "both high": tried_peaks(find_peaks, between(rng, *high)),
    }


@check("numerics", points=1)
def nothing_found(find_peaks, rng):
    """a series without peaks, and of one or two steps, has two results of shape (0,)"""
    rise = np.sort(draw(rng, 7))
    more = {"equal steps": np.full(5, rise[0]), "a valley": np.append(rise[::-1], rise[1:])}
    return {label: tried_peaks(find_peaks, series) for label, series in (WITHOUT | more).items()}


@check("numerics", points=1)
def dtypes(find_peaks, rng):
    """positions are int32 and values have the dtype of the series, also if there are no peaks"""
    seen = {}
    for dtype in ("float32", "float64"):
        for label, series in {"peaks": draw(rng, 8), "no peaks": np.sort(draw(rng, 5))}.items():
            series = series.astype(dtype)
            seen[f"a {dtype} series with {label}"] = {
                one: tried(
                    np.asarray(tensor).dtype.name, f"find_peaks({{}})[{index}].dtype.name", series
                )
                for index, (one, tensor) in enumerate(peaks(find_peaks, series).items())
            }
    return seen


@check("numerics", points=1, rtol=1e-14, atol=0)
def the_last_digit_counts(find_peaks, rng):
    """a step that is higher by its last digits is a peak; float64 values keep all their digits"""
    order = draw(rng, 12).argsort().argsort()
    single, double = 1 + order * 2.0**-23, 1 + order * 2.0**-48
    return {
        "float32": tried_peaks(find_peaks, single.astype("float32")),
        "float32, near 0": tried_peaks(find_peaks, (single * 2.0**-66).astype("float32")),
        "float64": tried_peaks(find_peaks, double),
        "float64, digits of float32": tried_peaks(find_peaks, draw(rng, 12, "float64")),
    }


# What has no gradient loses both. They are apart so that an upstream that is ignored costs one.
@check("gradients", points=2)
def one_at_each_peak(find_peaks, rng):
    """the sum of the values has a slope of 1 at each peak and of 0 elsewhere"""
    seen = {}
    for steps in (3, 9, 20):
        series = draw(rng, steps)
        found = gradient(lambda series: find_peaks(series)[1], series)
        seen[f"{steps} steps"] = tried(found, "find_peaks(series)[1]", slope_in={"series": series})
    return seen


def slopes(find_peaks, series):
    """The gradient of the sum of squares, so that what arrives at each value is another number."""
    return gradient(lambda series: tf.square(find_peaks(series)[1]), series)


@check("gradients", points=2)
def each_value_has_its_own(find_peaks, rng):
    """what arrives from above at each value goes to its own step"""
    code = "tf.square(find_peaks(series)[1])"
    asked = {f"{steps} steps": draw(rng, steps) for steps in (3, 9, 20)}
    return {
        label: tried(slopes(find_peaks, series), code, slope_in={"series": series})
        for label, series in asked.items()
    }


# Series by what they are called, for a file or a graph to be asked. The ends are low, and no steps
# are equal. What a direct call answers to those of all processes travels beside the question.


def of_one_length(rng):
    return {"24 steps": draw(rng, 24)}


def of_any_length(rng):
    return {f"{steps} steps": draw(rng, steps) for steps in (9, 3, 20)}


def without_peaks(rng):
    """And one that has a peak, so that other inputs have other answers."""
    return WITHOUT | {"5 steps": between(rng, 1.75, 1.75)}


def answers(f, drawn):
    return {label: peaks(f, series) for label, series in drawn.items()}


def gradients(f, drawn):
    return {label: slopes(f, series) for label, series in drawn.items()}


def rows(answers):
    """Positions and values of each series in one row, whatever their shapes are."""
    return [np.concatenate([*map(np.ravel, answer.values())]) for answer in answers.values()]


def held_against(f, direct, rng, draws):
    """The answers of a loaded function, or at least those of the direct calls."""
    own = ratio(rows(answers(f, the_same(draws))), rows(direct))
    return either([answers(f, draws(rng)) for _ in range(2)], {"over what direct calls give": own})


@once
def saved(find_peaks):
    """A file for one length, which two checks ask."""
    return exported(lambda series: [*find_peaks(series)], [24], use=peaks_of_one_length)


@once
def graph(find_peaks):
    """A graph for an unknown length, which two checks ask."""
    return in_graph(lambda series: [*find_peaks(series)], [None], use=peaks_of_any_length)


# What cannot be exported can seldom be traced for an unknown length either, and has no gradient
# there. All are asked, so that each costs its own points. Direct calls come first: they might be
# served by the graph as soon as there is one.


@check("serialization", points=2)
def exported_peaks(find_peaks):
    """exported for one length and loaded without your code, it still finds the peaks"""
    direct = answers(find_peaks, the_same(of_one_length))
    return again(saved(find_peaks), use=peaks_of_one_length, beside=direct)


def peaks_of_one_length(f, direct, rng):
    return held_against(f, direct, rng, of_one_length)


@check("serialization", points=1)
def exported_gradient(find_peaks):
    """exported for one length and loaded without your code, its values still have gradients"""
    direct = gradients(find_peaks, the_same(of_one_length))
    return again(saved(find_peaks), use=slopes_of_one_length, beside=direct)


def slopes_of_one_length(f, direct, rng):
    own = ratio([*gradients(f, the_same(of_one_length)).values()], [*direct.values()])
    exact = [gradients(f, of_one_length(rng)) for _ in range(2)]
    return either(exact, {"over what direct calls give": own}, "gradients")


@check("graph", points=2)
def one_graph_for_any_length(find_peaks):
    """traced once for an unknown number of steps, the graph finds the peaks of any series"""
    direct = answers(find_peaks, the_same(of_any_length))
    return again(graph(find_peaks), use=peaks_of_any_length, beside=direct)


def peaks_of_any_length(f, direct, rng):
    return held_against(f, direct, rng, of_any_length)


@check("graph", points=1)
def the_graph_may_find_nothing(find_peaks):
    """the graph for an unknown number of steps answers where there are no peaks, too"""
    direct = answers(find_peaks, the_same(without_peaks))
    return again(graph(find_peaks), use=peaks_of_none, beside=direct)


def peaks_of_none(f, direct, rng):
    return held_against(f, direct, rng, without_peaks)


@check("graph", points=1)
def gradient_inside_the_graph(find_peaks):
    """a graph for an unknown number of steps can take the gradient of the values inside"""
    direct = gradients(find_peaks, the_same(of_any_length))
    return in_graph(
        lambda series: slopes(find_peaks, series), [None], use=slopes_inside, beside=direct
    )


def slopes_inside(f, direct, rng):
    def asked(drawn):
        return {label: f(tf.constant(series)) for label, series in drawn.items()}

    own = ratio([*asked(the_same(of_any_length)).values()], [*direct.values()])
    exact = [asked(of_any_length(rng)) for _ in range(2)]
    return either(exact, {"over what direct calls give": own}, "gradients")
