"""Numbers near 10,000, and the variance of all so far by two formulas in float32."""

import numpy as np


def draw(figure):
    values = np.random.default_rng(8).normal(10_000, 1, 100).astype("float32")
    total = squares = count = mean = deviations = np.float32(0)
    by_squares, by_chan = [], []
    for value in values:
        count += np.float32(1)
        total += value
        squares += value * value
        by_squares.append(squares / count - (total / count) ** 2)
        delta = value - mean
        mean += delta / count
        deviations += delta * (value - mean)
        by_chan.append(deviations / count)
    numbers, variances = figure.subplots(2, 1, sharex=True, height_ratios=(1, 2))
    numbers.plot(range(1, 101), values, ".", color="gray", ms=4)
    numbers.set(ylabel="values", yticks=(9_997, 10_000, 10_003))
    variances.plot(range(1, 101), by_squares, color="#d55e00", label="by sums of squares")
    variances.plot(range(1, 101), by_chan, color="#0072b2", lw=2, label="by Chan's formula")
    variances.set(xlabel="values so far", ylabel="variance", xlim=(0, 101))
    variances.legend(loc="upper left", ncols=2, fontsize=8)
