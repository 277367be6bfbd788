"""The points of the example with a line for each pair, and the tip of a distance."""

import numpy as np

A, B = ((0, 0), (3, 4)), ((0, 0), (6, 8), (3, 0))
GRAY = "dimgray"


def pairs(axes):
    """Draw the points, and each pair as a line with its distance."""
    bent = {"arrowstyle": "-", "color": GRAY, "lw": 1, "connectionstyle": "arc3,rad=-0.3"}
    straight = bent | {"connectionstyle": "arc3"}
    for start, end, line, place in (
        (A[0], B[1], bent, (1.7, 5.9)),
        (A[0], B[2], straight, (1.4, 0.15)),
        (A[1], B[0], straight, (1.6, 1.5)),
        (A[1], B[1], straight, (4.6, 5.6)),
        (A[1], B[2], straight, (3.1, 1.8)),
    ):
        axes.annotate("", end, start, arrowprops=line)
        axes.text(*place, f"{np.hypot(end[0] - start[0], end[1] - start[1]):g}", fontsize=12)
    axes.text(-0.9, 0.35, "0", fontsize=12)
    axes.plot(*np.transpose(B), "o", ms=13, mfc="white", mew=2, color="#d55e00", label="rows of b")
    axes.plot(*np.transpose(A), "o", ms=6, color="#0072b2", label="rows of a")
    axes.set(title="2 rows × 3 rows: 6 distances", xlim=(-2, 9), ylim=(-1, 9))
    axes.legend(loc="lower right")


def draw(figure):
    left, right = figure.subplots(1, 2)
    pairs(left)
    x = np.linspace(-3, 3, 121)
    right.plot(x, np.abs(x), label="distance of (x, 0) from (0, 0)")
    right.plot(x[x < 0], np.full((x < 0).sum(), -1), "--", color="#d55e00", label="its slope in x")
    right.plot(x[x > 0], np.full((x > 0).sum(), 1), "--", color="#d55e00")
    right.plot(0, 0, "o", color="#d55e00")
    right.annotate("at the tip: 0", (0.06, -0.06), (0.7, -0.8), arrowprops={"arrowstyle": "->"})
    right.set(title="equal rows: a tip", xlabel="x", ylim=(-1.4, 4.4))
    right.legend(loc="upper center")
