"""The four parts: a bend, two bell curves, a price, and columns that are cut to a length."""

import numpy as np
from matplotlib.patches import Circle

COLUMNS = ((1.2, 1.6), (0.3, 0.4), (-0.9, 1.2), (-0.3, -0.6))


def columns(axes):
    """Draw columns of two weights as arrows, before and after."""
    axes.add_patch(Circle((0, 0), 1, fill=False, ls="--", color="dimgray"))
    for column in np.array(COLUMNS):
        length = np.hypot(*column)
        if length > 1:
            axes.plot(*np.transpose([column / length, column]), ":", color="#d55e00")
            axes.plot(*column, "o", color="#d55e00", ms=4)
        arrow = {"arrowstyle": "->", "color": "#0072b2", "lw": 2, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", column / max(length, 1), (0, 0), arrowprops=arrow)
    axes.set(title="constraint", xlim=(-1.8, 1.8), ylim=(-1.8, 1.8), aspect="equal")
    axes.set_xlabel("columns, limit 1")


def draw(figure):
    bend, drawn, price, last = figure.subplots(1, 4)
    z = np.linspace(-3, 2, 101)
    bend.plot(z, z, ":", color="gray")
    bend.plot(z, np.maximum(z, -1))
    bend.set(title="activation", xlabel="z")
    weight = np.linspace(-0.4, 0.4, 201)
    for gain in (1, 2):
        deviation = gain * np.sqrt(2 / 500)
        density = np.exp(-((weight / deviation) ** 2) / 2) / np.sqrt(2 * np.pi) / deviation
        drawn.plot(weight, density, label=f"gain {gain}")
    drawn.set(title="initializer", xlabel="weight of a\n(300, 200) kernel", yticks=[], ylim=(0, 9))
    drawn.legend(loc="upper center", ncols=2, fontsize=8, handlelength=0.8, columnspacing=1)
    weight = np.linspace(-2, 2, 81)
    for factor in (0.1, 0.5):
        price.plot(weight, factor * np.abs(weight), label=f"factor {factor}")
    price.set(title="regularizer", xlabel="one weight", ylim=(0, 1.4))
    price.legend(loc="upper center", fontsize=8)
    columns(last)
