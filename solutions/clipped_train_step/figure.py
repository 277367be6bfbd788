"""A gradient of two numbers, scaled and cut; and the length that clipping leaves."""

import numpy as np
from matplotlib.patches import Circle

BLUE, RED, GRAY = "#0072b2", "#d55e00", "gray"


def draw(figure):
    left, right = figure.subplots(1, 2)
    left.add_patch(Circle((0, 0), 5, fill=False, color="lightgray", lw=1.5))
    arrows = [((6, 8), GRAY, "the gradient (6, 8)"), ((5, 5), RED, "each cut off at 5: (5, 5)")]
    arrows.append(((3, 4), BLUE, "scaled together: (3, 4)"))
    for (x, y), colour, label in arrows:
        style = {"arrowstyle": "-|>", "color": colour, "lw": 2, "shrinkA": 0, "shrinkB": 0}
        left.annotate("", (x, y), (0, 0), arrowprops=style)
        left.plot([], [], color=colour, lw=2, label=label)
    left.set(xlim=(-1, 13), ylim=(-1, 9), aspect="equal", xlabel="in w", ylabel="in b")
    left.legend(loc="lower right", fontsize=8)

    norm = np.linspace(0, 12, 50)
    right.plot(norm, norm, ":", color=GRAY, label="as it was")
    right.plot(norm, np.minimum(norm, 5), color=BLUE, lw=2, label="clipped at 5")
    right.plot([10], [5], "o", color=BLUE)
    right.set(xlabel="global norm of the gradients", ylabel="norm that is left")
    right.legend(fontsize=8)
