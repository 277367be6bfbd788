"""A critic with its slope at four samples, and what each of them pays."""

import numpy as np

SAMPLES = np.array([(-1.9, 1.1), (0.05, -0.7), (0.9, 0.9), (2.1, -1.0)])
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")


def score(x, y):
    return 2 * np.tanh(x + 0.3 * y) + 0.35 * y


def slope(x, y):
    steep = 2 / np.cosh(x + 0.3 * y) ** 2
    return np.array([steep, 0.3 * steep + 0.35])


def draw(figure):
    left, right = figure.subplots(1, 2)
    x, y = np.meshgrid(np.linspace(-3, 4, 141), np.linspace(-2, 2, 81))
    left.contour(x, y, score(x, y), 14, colors="lightgray", linewidths=1)
    lengths = np.linspace(0, 2.6, 80)
    right.plot(lengths, (lengths - 1) ** 2, color="black")
    right.axvline(1, color="gray", ls=":")
    for sample, colour in zip(SAMPLES, COLOURS, strict=True):
        arrow = slope(*sample)
        length = np.hypot(*arrow)
        style = {"arrowstyle": "-|>", "color": colour, "lw": 2, "shrinkA": 0, "shrinkB": 0}
        left.annotate("", sample + 0.8 * arrow, sample, arrowprops=style)
        left.plot(*sample, "o", color=colour)
        right.plot(length, (length - 1) ** 2, "o", color=colour, ms=8)
    left.set(title="scores, and their slope at four samples", aspect="equal", xticks=(), yticks=())
    right.set(title="what each sample pays", xlabel="length of its slope", ylabel="penalty")
