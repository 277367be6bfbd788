"""A function with its tangent and its parabola, and the memory of a vector and of a matrix."""

import numpy as np


def height(t):
    return np.sin(2 * t) + 0.4 * t**2


def draw(figure):
    left, right = figure.subplots(1, 2)
    start = 0.35
    slope = 2 * np.cos(2 * start) + 0.8 * start
    bend = -4 * np.sin(2 * start) + 0.8
    t = np.linspace(-1.2, 2.2, 200)
    away = t - start
    tangent = height(start) + slope * away
    left.plot(t, height(t), color="black", label="f")
    left.plot(t, tangent, "--", color="#0072b2", label="with the gradient")
    parabola = tangent + bend * away**2 / 2
    left.plot(t, parabola, "--", color="#d55e00", label="with Hv as well")
    left.plot(start, height(start), "o", color="black", ms=7)
    left.set(
        title="f along a direction v", xlabel="step from x", ylim=(-2.2, 3.6), xlim=(-1.2, 2.2)
    )
    left.set_xticks([start], ["x"])
    left.legend(loc="upper left")

    n = np.geomspace(100, 1e6, 50)
    right.loglog(n, 8 * n**2 / 1e9, color="#0072b2", label="the matrix H")
    right.loglog(n, 8 * n / 1e9, color="#d55e00", label="the vector Hv")
    right.axhline(16, color="gray", ls=":")
    right.text(110, 22, "a laptop", color="gray")
    right.set(title="memory in float64", xlabel="n", ylabel="gigabytes", xlim=(100, 1e6))
    right.legend(loc="lower right")
