"""A noisy series, and what smoothing makes of it for three alphas."""

import numpy as np


def draw(figure):
    axes = figure.subplots()
    steps = np.arange(80)
    series = np.where(steps < 40, 2.0, 6.0) + np.random.default_rng(3).normal(0, 0.9, len(steps))
    axes.plot(steps, series, ".", color="gray", label="the series x")
    for alpha in (0.05, 0.25, 0.9):
        smoothed = [series[0]]
        for value in series[1:]:
            smoothed.append(alpha * value + (1 - alpha) * smoothed[-1])
        axes.plot(steps, smoothed, lw=1.2 if alpha > 0.5 else 2, label=f"s for α = {alpha}")
    axes.set(xlabel="step t", xlim=(-1, 80))
    axes.legend(loc="lower right")
