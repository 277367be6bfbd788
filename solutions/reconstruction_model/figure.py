"""Hidden layers that predict and reconstruct; the error of the latter goes to metric and loss."""

from matplotlib.patches import FancyBboxPatch

BLUE, RED, GREEN, GRAY = "#0072b2", "#d55e00", "#009e73", "#777777"
ARROW = {"arrowstyle": "->", "lw": 1.5, "shrinkA": 0, "shrinkB": 0}


def box(axes, x, y, text, colour, width=2.4, height=1.1):
    """Draw a box around a text; the place is that of its middle."""
    corner = x - width / 2, y - height / 2
    style = "round,pad=0,rounding_size=0.15"
    axes.add_patch(
        FancyBboxPatch(corner, width, height, style, facecolor=f"{colour}30", edgecolor=colour)
    )
    axes.text(x, y, text, ha="center", va="center", fontsize=10)


def arrow(axes, *points):
    """Draw a line through points, with a head at the last."""
    for start, end in zip(points[:-2], points[1:-1], strict=True):
        axes.plot(*zip(start, end, strict=True), color="black", lw=1.5)
    axes.annotate("", points[-1], points[-2], arrowprops=ARROW)


def draw(figure):
    axes = figure.subplots()
    upper, lower = 2.2, 0.0
    axes.text(0.6, upper, "inputs x", ha="center", va="center", fontsize=11)
    box(axes, 3.4, upper, "Dense(30)\nReLU", BLUE)
    box(axes, 6.6, upper, "Dense(30)\nReLU", BLUE)
    box(axes, 10.2, upper, "Dense\n(output_dim)", BLUE)
    box(axes, 10.2, lower, "Dense(n)", GREEN)
    box(axes, 14.0, lower, "error e", RED, width=1.9)
    axes.text(13.1, upper, "predictions, returned", va="center", fontsize=11)
    axes.text(11.9, lower + 0.2, "r", ha="center", fontsize=11)
    axes.text(16.2, lower + 0.55, "metric", va="center", color=RED, fontsize=11)
    axes.text(16.2, lower - 0.55, "rate · e: loss", va="center", color=RED, fontsize=11)
    for start, end in (1.5, 2.2), (4.6, 5.4), (7.8, 9.0), (11.4, 12.9):
        arrow(axes, (start, upper), (end, upper))
    arrow(axes, (8.4, upper), (8.4, lower), (9.0, lower))
    arrow(axes, (11.4, lower), (13.05, lower))
    arrow(axes, (0.6, upper - 0.35), (0.6, lower - 1.2), (14.0, lower - 1.2), (14.0, lower - 0.55))
    axes.text(7.0, lower - 1.05, "the inputs once more", ha="center", color="dimgray")
    arrow(axes, (14.95, lower), (16.1, lower + 0.55))
    arrow(axes, (14.95, lower), (16.1, lower - 0.55))
    axes.set(xlim=(-0.5, 19), ylim=(-1.5, 3.1))
    axes.set_axis_off()
