"""What is trained, and what is served, as a chain of blocks."""

from matplotlib.patches import FancyBboxPatch

BLUE, RED, GREEN = "#0072b2", "#d55e00", "#009e73"


def box(axes, x, y, text, colour):
    """Draw a box around a text."""
    style = "round,pad=0,rounding_size=0.15"
    patch = FancyBboxPatch((x - 1.1, y - 0.55), 2.2, 1.1, style, fc=f"{colour}30", ec=colour)
    axes.add_patch(patch)
    axes.text(x, y, text, ha="center", va="center", fontsize=9)


def arrow(axes, start, end, colour="black"):
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "lw": 1.5, "color": colour})


def draw(figure):
    axes = figure.subplots()
    axes.text(0, 2, "raw\nfeatures", ha="center", va="center", fontsize=9)
    blocks = [
        (2.6, "standardize\n(x − mean) / std", GREEN),
        (5.6, "MyDense(16)\ntanh", BLUE),
        (8.6, "MyDense(8)\ntanh", BLUE),
        (11.6, "MyDense(1)", BLUE),
        (14.6, "HuberLoss", RED),
    ]
    for x, text, colour in blocks:
        box(axes, x, 2, text, colour)
        arrow(axes, (x - 1.95, 2), (x - 1.12, 2))
    axes.text(14.6, 3.4, "labels", ha="center", va="center", fontsize=9)
    arrow(axes, (14.6, 3.2), (14.6, 2.6))
    box(axes, 11.6, 0, "clip the norm\nof all gradients", RED)
    for start, end in (((14.6, 1.4), (12.8, 0)), ((10.4, 0), (8.6, 1.4)), ((10.4, 0), (5.6, 1.4))):
        arrow(axes, start, end, RED)
    axes.plot([1.2, 13.0, 13.0, 1.2, 1.2], [3.0, 3.0, 1.2, 1.2, 3.0], "--", color=GREEN)
    axes.text(1.2, 3.15, "what is served", color=GREEN, fontsize=9)
    axes.text(13.4, 0.2, "one step", color=RED, fontsize=9)
    axes.set(xlim=(-0.8, 16), ylim=(-0.8, 3.8))
    axes.set_axis_off()
