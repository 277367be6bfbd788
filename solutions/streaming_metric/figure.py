"""The two batches of the example as bars, with the mean of all samples and that of the means."""

import numpy as np

BATCHES = (0.125, 2.5, 1.5), (0.125,)


def draw(figure):
    axes = figure.subplots()
    start = 1
    for number, losses in enumerate(BATCHES, start=1):
        places = np.arange(start, start + len(losses))
        bars = axes.bar(places, losses, 0.7, alpha=0.45, label=f"losses of batch {number}")
        mean = np.mean(losses)
        ends = places[0] - 0.45, places[-1] + 0.45
        axes.hlines(mean, *ends, bars[0].get_facecolor()[:3], lw=3)
        place = (ends[0], mean + 0.05) if number == 1 else (ends[1] + 0.05, mean - 0.04)
        axes.text(*place, f"its mean: {mean:g}")
        start += len(losses)
    every = np.concatenate(BATCHES)
    means = [np.mean(losses) for losses in BATCHES]
    ends = 0.4, 5.6
    for value, colour, line, text in (
        (every.mean(), "#009e73", "-", "mean of all four samples: {:g}, the result"),
        (np.mean(means), "firebrick", "--", "mean of the two means: {:g}, wrong"),
    ):
        axes.hlines(value, *ends, colour, line)
        axes.annotate(text.format(value), (5.7, value), color=colour, va="center")
    axes.set(xlim=(0.3, 8.2), ylabel="loss of a sample", xticks=range(1, 5), ylim=(0, 2.9))
    axes.set_xlabel("samples, in the order in which they come", loc="left")
    axes.legend(loc="upper right")
