"""The formula as it stands in float32, and the stable one: values and slopes near 89."""

import numpy as np


def draw(figure):
    left, right = figure.subplots(1, 2)
    z = np.linspace(80, 96, 641, dtype="float32")
    with np.errstate(over="ignore", invalid="ignore"):
        power = np.exp(z)
        naive = np.log(1 + power)
        slope = 1 / (1 + power) * power  # as the chain rule has it
    border = z[np.isinf(power)][0]
    left.plot(z, np.logaddexp(0, z), color="#009e73", label="stable: about z")
    left.plot(z, naive, "--", color="black", label="log(1 + exp(z)), as it stands")
    left.text((border + 96) / 2, 84, "infinite", color="firebrick", ha="center", fontsize=14)
    left.set(title="value", xlabel="z (float32)", ylim=(79, 97))
    right.plot(z, 1 / (1 + np.exp(-z)), color="#009e73", label="stable: the sigmoid")
    right.plot(z, slope, "--", color="black", label="by the chain rule: 0 · ∞")
    right.set(title="slope", xlabel="z (float32)", ylim=(-0.1, 1.6), yticks=(0, 0.5, 1))
    right.text((border + 96) / 2, 0.5, "NaN", color="firebrick", ha="center", fontsize=14)
    for axes in (left, right):
        axes.axvspan(border, 96, color="firebrick", alpha=0.12, lw=0)
        axes.set_xlim(80, 96)
        axes.legend(loc="upper left")
