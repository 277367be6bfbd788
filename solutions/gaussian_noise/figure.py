"""A series: what the layer makes of it without training, and in two calls with it."""

import numpy as np


def draw(figure):
    rng = np.random.default_rng(5)
    steps = np.arange(60)
    x = np.sin(steps / 7)
    for axes, (title, noise) in zip(
        figure.subplots(1, 3, sharey=True),
        (
            ("layer(x)", 0),
            ("layer(x, training=True)", rng.normal(0, 0.3, 60)),
            ("the same call again", rng.normal(0, 0.3, 60)),
        ),
        strict=True,
    ):
        axes.plot(steps, x, color="gray", lw=1, label="inputs x")
        axes.plot(steps, x + noise, ".", color="#0072b2", label="outputs")
        axes.set(title=title, ylim=(-2.1, 2.6), xlabel="element")
    figure.axes[0].legend(loc="upper right")
