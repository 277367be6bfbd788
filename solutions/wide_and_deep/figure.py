"""Two inputs, two outputs: the deep path through hidden layers, the wide one around them."""

from matplotlib.patches import FancyBboxPatch

BLUE, RED, GREEN = "#0072b2", "#d55e00", "#009e73"
ARROW = {"arrowstyle": "->", "lw": 1.5, "shrinkA": 0, "shrinkB": 0}


def box(axes, x, y, text, colour, width=2.2, height=1.1):
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
    upper, lower = 3.0, 0.0
    box(axes, 1.3, upper, "wide", GREEN)
    box(axes, 1.3, lower, "deep", BLUE)
    box(axes, 5.0, lower, "Dense(30)\nReLU", BLUE)
    box(axes, 8.2, lower, "Dense(30)\nReLU", BLUE)
    box(axes, 11.6, upper, "side by side", "#777777")
    box(axes, 15.2, upper, "main\nDense(1)", RED)
    box(axes, 15.2, lower, "auxiliary\nDense(1)", RED)
    arrow(axes, (2.4, upper), (10.5, upper))
    arrow(axes, (2.4, lower), (3.9, lower))
    arrow(axes, (6.1, lower), (7.1, lower))
    arrow(axes, (9.3, lower), (14.1, lower))
    arrow(axes, (11.6, lower), (11.6, upper - 0.55))
    arrow(axes, (12.7, upper), (14.1, upper))
    axes.text(6.4, upper + 0.2, "around the hidden layers", ha="center", color="dimgray")
    axes.text(1.3, upper + 0.75, "inputs", ha="center", color="dimgray")
    axes.text(15.2, upper + 0.75, "outputs", ha="center", color="dimgray")
    axes.set(xlim=(0, 16.5), ylim=(-0.9, 4.4))
    axes.set_axis_off()
