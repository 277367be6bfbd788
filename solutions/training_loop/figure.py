"""Losses of the batches of three epochs, and what may be called the loss of each epoch."""

import numpy as np


def draw(figure):
    axes = figure.subplots()
    blue, red = "#0072b2", "#d55e00"
    sizes = np.array([4, 4, 4, 1])
    losses = np.array([[1.2, 1.0, 1.1, 4.0], [0.9, 0.8, 0.7, 3.6], [0.6, 0.5, 0.6, 3.2]])
    for epoch, values in enumerate(losses):
        steps = 4 * epoch + np.arange(4)
        axes.bar(steps, values, width=0.1 + 0.2 * sizes, color="lightgray", edgecolor="gray")
        ends = steps[0] - 0.5, steps[-1] + 0.5
        for value, colour, style, label in (
            (np.average(values, weights=sizes), blue, "-", "mean over the samples"),
            (values.mean(), red, "--", "mean of the batches"),
        ):
            axes.plot(ends, [value] * 2, style, color=colour, lw=2, label=label * (epoch == 0))
        axes.text(steps[1] + 0.5, 2.6, f"epoch {epoch + 1}", ha="center", color="dimgray")
    axes.annotate(
        "the last batch:\n1 row instead of 4",
        (3.2, 2.9),
        (4.1, 3.2),
        fontsize=9,
        arrowprops={"arrowstyle": "->"},
    )
    axes.set(xlabel="step", ylabel="loss of the batch", xticks=range(12), ylim=(0, 4.3))
    axes.legend(loc="upper right", fontsize=8, ncols=2)
