"""The block with its shortcut, and the model: one block four times, then another."""

from matplotlib.patches import FancyBboxPatch

BLUE, RED, GREEN = "#0072b2", "#d55e00", "#009e73"
ARROW = {"arrowstyle": "->", "lw": 1.5, "shrinkA": 0, "shrinkB": 0}


def box(axes, x, y, text, colour, width=1.6, height=1.1):
    """Draw a box around a text; the place is that of its middle."""
    corner = x - width / 2, y - height / 2
    style = "round,pad=0,rounding_size=0.15"
    axes.add_patch(
        FancyBboxPatch(corner, width, height, style, facecolor=f"{colour}30", edgecolor=colour)
    )
    axes.text(x, y, text, ha="center", va="center", fontsize=9)


def arrow(axes, *points):
    """Draw a line through points, with a head at the last."""
    for start, end in zip(points[:-2], points[1:-1], strict=True):
        axes.plot(*zip(start, end, strict=True), color="black", lw=1.5)
    axes.annotate("", points[-1], points[-2], arrowprops=ARROW)


def draw(figure):
    axes = figure.subplots()
    y = 3.2
    axes.text(0, y + 1.75, "ResidualBlock(2, n)", fontsize=11)
    axes.text(0.45, y, "x", ha="center", va="center", fontsize=12)
    box(axes, 3, y, "Dense(n)\nReLU", BLUE)
    box(axes, 6, y, "Dense(n)\nReLU", BLUE)
    axes.text(
        8.4,
        y,
        "+",
        ha="center",
        va="center",
        fontsize=16,
        bbox={"boxstyle": "circle", "fc": "white"},
    )
    axes.text(11, y, "x + f(x)", ha="center", va="center", fontsize=12)
    for start, end in (0.7, 2.2), (3.8, 5.2), (6.8, 8.0), (8.8, 10.2):
        arrow(axes, (start, y), (end, y))
    arrow(axes, (1.3, y), (1.3, y + 1.2), (8.4, y + 1.2), (8.4, y + 0.42))
    axes.text(4.85, y + 1.3, "shortcut", ha="center", va="bottom", color="dimgray", fontsize=9)

    y = 0
    axes.text(0, y + 1.2, "ResidualRegressor(output_dim)", fontsize=11)
    axes.text(0.45, y, "inputs", ha="center", va="center")
    box(axes, 2.5, y, "Dense(30)\nReLU", BLUE)
    for x in (5.0, 7.1, 9.2, 11.3):
        box(axes, x, y, "block A", RED, width=1.4)
    box(axes, 13.8, y, "block B", GREEN, width=1.4)
    box(axes, 16.5, y, "Dense\n(output_dim)", BLUE, width=1.9)
    ends = (1.1, 1.7), (3.3, 4.3), (5.7, 6.4), (7.8, 8.5), (9.9, 10.6), (12.0, 13.1), (14.5, 15.55)
    for start, end in ends:
        arrow(axes, (start, y), (end, y))
    axes.annotate(
        "one block, one set of weights, applied four times",
        (8.15, y - 0.7),
        (8.15, y - 1.5),
        ha="center",
        color=RED,
        arrowprops={"arrowstyle": "-[, widthB=14, lengthB=0.5", "color": RED},
    )
    axes.text(13.1, y - 1.5, "weights of its own", color=GREEN)
    axes.set(xlim=(-0.5, 18), ylim=(-1.9, 5.6))
    axes.set_axis_off()
