"""The example: the totals as bars, after each call."""

import numpy as np

CALLS = (
    ("CountingTable(5)", [], []),
    ("add([3, 1, 3], [2.0, 5.0, 0.5])", [3, 1, 3], [2.0, 5.0, 0.5]),
    ("add([1, 4], [-1.0, 4.0])", [1, 4], [-1.0, 4.0]),
)


def draw(figure):
    totals = np.zeros(5)
    for axes, (call, keys, amounts) in zip(figure.subplots(1, 3, sharey=True), CALLS, strict=True):
        axes.bar(range(5), totals, 0.7, color="#0072b2", alpha=0.35, label="the totals before")
        for key, amount in zip(keys, amounts, strict=True):
            colour = "#009e73" if amount > 0 else "#d55e00"
            axes.bar(key, amount, 0.7, totals[key], fc="none", ec=colour, lw=1.5, hatch="///")
            middle = totals[key] + amount / 2
            box = {"fc": "white", "ec": "none", "pad": 1}
            axes.text(key, middle, f"{amount:+g}", ha="center", va="center", fontsize=9, bbox=box)
            totals[key] += amount
        for key, total in enumerate(totals):
            axes.text(key, -0.7, f"{total:g}", ha="center", va="center")
        axes.set(title=call, xlabel="key", ylim=(-1.2, 6), xticks=range(5))
        axes.title.set_fontsize(9)
        axes.grid(axis="x", visible=False)
