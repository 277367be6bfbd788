"""One pass through both parts, and the gradients on their way to two optimizers."""

from matplotlib.patches import FancyBboxPatch

BLUE, RED = "#0072b2", "#d55e00"


def box(axes, x, y, text, colour, width=2.4):
    """Draw a box around a text; the place is that of its middle."""
    style = "round,pad=0,rounding_size=0.15"
    corner = x - width / 2, y - 0.5
    axes.add_patch(FancyBboxPatch(corner, width, 1, style, fc=f"{colour}30", ec=colour))
    axes.text(x, y, text, ha="center", va="center", fontsize=9)


def arrow(axes, start, end, colour="black", bend=0.0):
    style = {"arrowstyle": "->", "lw": 1.5, "color": colour, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, start, arrowprops={**style, "connectionstyle": f"arc3,rad={bend}"})


def draw(figure):
    axes = figure.subplots()
    axes.text(0.2, 3, "x", ha="center", va="center", fontsize=12)
    box(axes, 3, 3, "lower layers\n$\\theta_l$", BLUE)
    box(axes, 7, 3, "upper layers\n$\\theta_u$", RED)
    axes.text(10.6, 3, "loss $L$", ha="center", va="center", fontsize=12)
    for start, end in ((0.5, 1.7), (4.3, 5.7), (8.3, 9.8)):
        arrow(axes, (start, 3), (end, 3))
    axes.text(5, 3.9, "one forward pass", ha="center", color="dimgray", fontsize=9)
    box(axes, 3, 0, "lower optimizer", BLUE)
    box(axes, 7, 0, "upper optimizer", RED)
    axes.plot([10.6, 10.6], [2.6, 1.5], color="black", lw=1.5)
    axes.plot([10.6, 3.5], [1.5, 1.5], color="black", lw=1.5)
    axes.text(9.2, 1.62, "one backward pass", ha="center", color="dimgray", fontsize=9)
    for x, colour, name in ((3, BLUE, "l"), (7, RED, "u")):
        arrow(axes, (x + 0.5, 1.5), (x + 0.5, 0.5), colour)
        slope = f"$\\partial L / \\partial \\theta_{name}$"
        axes.text(x + 0.65, 1, slope, color=colour, va="center", fontsize=11)
        arrow(axes, (x - 0.5, 0.5), (x - 0.5, 2.5), colour)
        axes.text(x - 0.65, 1, "changes", color=colour, ha="right", va="center", fontsize=9)
    axes.set(xlim=(-0.3, 11.8), ylim=(-0.7, 4.3))
    axes.set_axis_off()
