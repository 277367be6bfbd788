"""Words, their vectors, the average over those that are there, and probabilities."""

import numpy as np
from matplotlib.patches import Rectangle

BLUE, RED, GREEN, GRAY = "#0072b2", "#d55e00", "#009e73", "#777777"
WORDS = ["good", "film", "a", "good", "film", "", ""]
VECTORS = {"good": (3, 0, 1, 2), "film": (1, 2, 2, 0), "a": (0, 1, 0, 1)}
ARROW = {"arrowstyle": "->", "lw": 1.5, "shrinkA": 0, "shrinkB": 0}


def column(axes, x, values, colour):
    """Draw a vector as a column of boxes, the darker the larger."""
    for row, value in enumerate(values):
        place, alpha = (x - 0.4, -0.6 * row), 0.08 + 0.25 * value
        axes.add_patch(Rectangle(place, 0.8, 0.55, color=colour, alpha=alpha))


def draw(figure):
    axes = figure.subplots()
    axes.text(3.0, 2.5, "“Good film, a good film”", ha="center", fontsize=12)
    axes.annotate("", (3.0, 1.75), (3.0, 2.35), arrowprops=ARROW)
    for place, word in enumerate(WORDS):
        axes.text(place, 1.25, word or "·", ha="center", color="black" if word else GRAY)
        if word:
            column(axes, place, VECTORS[word], BLUE)
        else:
            column(axes, place, (0, 0, 0, 0), GRAY)
    axes.text(5.5, -2.5, "padding", ha="center", color=GRAY)
    axes.text(2.0, -2.5, "words that are there", ha="center", color=BLUE)
    axes.plot([-0.5, 4.5], [-2.05, -2.05], color=BLUE, lw=2)
    axes.plot([4.9, 6.1], [-2.05, -2.05], color=GRAY, lw=2)
    average = np.mean([VECTORS[word] for word in WORDS if word], axis=0)
    column(axes, 9, average, GREEN)
    axes.text(9, 1.25, "average", ha="center", color=GREEN)
    axes.annotate("", (8.4, -0.7), (6.8, -0.7), arrowprops=ARROW)
    axes.annotate("", (11.9, -0.7), (9.6, -0.7), arrowprops=ARROW)
    axes.text(10.75, -0.45, "dense,\nsoftmax", ha="center", va="bottom", fontsize=9)
    for row, share in enumerate((0.7, 0.2, 0.1)):
        axes.barh(0.1 - 0.7 * row, 3 * share, left=12.1, height=0.5, color=RED, alpha=0.6)
    axes.text(13.3, 1.25, "probabilities", ha="center", color=RED)
    axes.set(xlim=(-1, 15), ylim=(-3, 3))
    axes.set_axis_off()
