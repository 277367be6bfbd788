"""What is in the file: standardize, the model, the label of the largest probability."""

from matplotlib.patches import FancyBboxPatch

BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#009e73"


def box(axes, x, y, width, text, colour):
    shape = FancyBboxPatch(
        (x, y - 0.35), width, 0.7, boxstyle="round,pad=0.05", fc="white", ec=colour, lw=1.5
    )
    axes.add_patch(shape)
    axes.text(x + width / 2, y, text, ha="center", va="center", fontsize=9)


def arrow(axes, start, end):
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "lw": 1.2, "color": "black"})


def draw(figure):
    axes = figure.subplots()
    file = FancyBboxPatch(
        (2.1, 0.25), 7.0, 3.5, boxstyle="round,pad=0.1", fc="#f2f2f2", ec="gray", lw=1
    )
    axes.add_patch(file)
    axes.text(2.15, 3.58, "SavedModel", fontsize=10, color="gray", va="center")
    axes.text(2.15, 2.95, "serving_default", fontsize=9, family="monospace", color=BLUE)
    axes.text(2.15, 1.0, "version", fontsize=9, family="monospace", color=GREEN)
    box(axes, 2.3, 2.3, 1.9, "standardize\n$(x - \\mu)\\,/\\,\\sigma$", BLUE)
    box(axes, 4.9, 2.3, 1.4, "model\nweights", BLUE)
    box(axes, 6.9, 1.35, 1.9, "largest of\neach row, labels", BLUE)
    box(axes, 4.9, 0.75, 1.4, '"1.0"', GREEN)
    axes.text(1.75, 2.3, "raw\nfeatures", ha="right", va="center", fontsize=9)
    axes.text(9.75, 2.3, "probabilities", va="center", fontsize=9)
    axes.text(9.75, 1.35, "label", va="center", fontsize=9)
    axes.text(9.75, 0.75, "text", va="center", fontsize=9)
    arrow(axes, (1.8, 2.3), (2.25, 2.3))
    arrow(axes, (4.25, 2.3), (4.85, 2.3))
    arrow(axes, (6.35, 2.3), (9.7, 2.3))
    arrow(axes, (7.85, 2.3), (7.85, 1.78))
    arrow(axes, (8.87, 1.35), (9.7, 1.35))
    arrow(axes, (6.35, 0.75), (9.7, 0.75))
    axes.set(xlim=(0.7, 11.3), ylim=(0, 4))
    axes.axis("off")
