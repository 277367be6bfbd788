"""The Huber loss and its slope over the error, for three thresholds."""

import numpy as np


def draw(figure):
    left, right = figure.subplots(1, 2)
    error = np.linspace(-4, 4, 401)
    left.plot(error, error**2 / 2, ":", color="gray", label="half the square")
    for threshold in (0.5, 1, 2):
        size = np.abs(error)
        loss = np.where(size <= threshold, size**2 / 2, threshold * (size - threshold / 2))
        left.plot(error, loss, label=f"δ = {threshold}")
        right.plot(error, -np.clip(error, -threshold, threshold), label=f"δ = {threshold}")
    left.set(title="loss h(e)", xlabel="error e = y − ŷ", ylim=(0, 6))
    left.legend(loc="upper center")
    right.set(title="slope in the prediction ŷ", xlabel="error e = y − ŷ")
    right.legend()
