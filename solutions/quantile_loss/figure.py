"""The pinball loss over the error, and its mean over many labels for each prediction."""

import numpy as np


def pinball(q, error):
    return np.maximum(q * error, (q - 1) * error)


def draw(figure):
    left, right = figure.subplots(1, 2)
    error = np.linspace(-3, 3, 121)
    labels = np.random.default_rng(1).lognormal(3, 0.5, 1000)
    predictions = np.linspace(5, 60, 221)
    for q in (0.1, 0.5, 0.9):
        left.plot(error, pinball(q, error), label=f"q = {q}")
        means = pinball(q, labels[:, None] - predictions).mean(0)
        best = means.argmin()
        below = np.mean(labels < predictions[best])
        (line,) = right.plot(predictions, means, label=f"least where {below:.0%} are below")
        right.plot(predictions[best], means[best], "o", color=line.get_color())
    left.text(-1.6, -0.35, "prediction too high", ha="center", va="top", fontsize=9)
    left.text(1.6, -0.35, "prediction too low", ha="center", va="top", fontsize=9)
    left.set(title="loss of a sample", xlabel="error e = y − ŷ", ylim=(-0.8, 3))
    left.legend(loc="upper center")
    right.set(title="mean loss of 1000 labels", xlabel="the same prediction ŷ for all of them")
    right.set(ylim=(0, 28))
    right.legend(loc="upper left")
