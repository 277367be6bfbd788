"""The row of the example as bars, after each step."""

import numpy as np

X = np.array([1.0, 7, 7, 9])
SCALE, OFFSET = np.array([1, 1, 3, 2]), np.array([0, 0, 1, -4])


def draw(figure):
    centred = X - X.mean()
    normal = centred / np.sqrt(X.var() + 0.001)
    steps = (
        ("the row x", X),
        ("x − μ: mean 0", centred),
        ("divided by the root:\nvariance 1", normal),
        ("times s, plus o", SCALE * normal + OFFSET),
    )
    for axes, (title, row), colour in zip(
        figure.subplots(1, 4, sharey=True),
        steps,
        ("#56b4e9", "#56b4e9", "#0072b2", "#009e73"),
        strict=True,
    ):
        axes.bar(range(1, 5), row, 0.7, color=colour)
        for place, value in enumerate(row, start=1):
            above = value >= 0
            text = f"{value:.3g}".replace("-", "−")
            axes.text(
                place,
                value + (0.25 if above else -0.25),
                text,
                ha="center",
                va="bottom" if above else "top",
                fontsize=9,
            )
        axes.axhline(row.mean(), color="#d55e00", ls="--", lw=1.2)
        axes.set(title=title, xlabel="feature", xticks=range(1, 5), ylim=(-7, 11))
        axes.grid(axis="x", visible=False)
