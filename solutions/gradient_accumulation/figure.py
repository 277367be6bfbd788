"""How many rows are in the sum after each call, and where the optimizer is applied."""

import itertools

BLUE, RED, GREEN = "#0072b2", "#d55e00", "#009e73"
CALLS = (("step", 1), ("step", 3), ("step", 2), ("step", 2), ("step", 3), ("flush", 0))


def draw(figure):
    axes = figure.subplots()
    colours = itertools.cycle((BLUE, GREEN))
    total, calls = 0, 0
    for place, (name, rows) in enumerate(CALLS):
        axes.bar(place, total, 0.6, color="gray", alpha=0.35)
        axes.bar(place, rows, 0.6, total, color=next(colours), alpha=0.6)
        if rows:
            text = f"+{rows} row" + "s" * (rows > 1)
            axes.text(place, total + rows / 2, text, ha="center", va="center", fontsize=9)
        total, calls = total + rows, calls + 1
        if calls == 2 or name == "flush":
            axes.annotate(
                f"applied: sum / {total}",
                (place, total),
                (place, total + 1.3),
                ha="center",
                color=RED,
                arrowprops={"arrowstyle": "<-", "color": RED, "lw": 1.5},
            )
            total = calls = 0
    axes.set(ylim=(0, 6.4), ylabel="rows in the sum", xticks=range(len(CALLS)))
    axes.set_xticklabels([f"{name}({'x, y' if rows else ''})" for name, rows in CALLS])
    axes.set_title("steps=2: grey is what was there before the call")
    axes.grid(axis="x", visible=False)
