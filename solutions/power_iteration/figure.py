"""The vectors of the first steps in the plane, and the change of each step for three matrices."""

import numpy as np

TOLERANCE = 1e-3


def iterate(matrix, start, steps):
    vectors = [start / np.linalg.norm(start)]
    for _ in range(steps):
        image = matrix @ vectors[-1]
        vectors.append(image / np.linalg.norm(image))
    return np.array(vectors)


def draw(figure):
    plane, changes = figure.subplots(1, 2, width_ratios=(1, 1.9))
    turned = np.array([[np.cos(0.6), -np.sin(0.6)], [np.sin(0.6), np.cos(0.6)]])
    matrix = turned @ np.diag([1.0, 0.55]) @ turned.T
    vectors = iterate(matrix, turned @ [0.2, 1.0], 4)
    axis = 1.15 * turned[:, 0]
    plane.plot([0, axis[0]], [0, axis[1]], "--", color="gray", lw=1)
    plane.text(*(axis + [0.2, -0.15]), "eigenvector", fontsize=8, ha="right", va="top")
    for step, vector in enumerate(vectors):
        style = {"head_width": 0.035, "length_includes_head": True, "color": "#0072b2"}
        plane.arrow(0, 0, *vector, lw=1, alpha=0.35 + 0.16 * step, **style)
        plane.text(*(1.1 * vector), f"$v_{step}$", ha="center", va="center", fontsize=9)
    plane.set(aspect="equal", xlim=(-0.7, 1.2), ylim=(-0.08, 1.2), xticks=[], yticks=[])
    for second, colour, mark in (
        (0.4, "#0072b2", "o"),
        (0.65, "#d55e00", "s"),
        (0.9, "#009e73", "^"),
    ):
        vectors = iterate(np.diag([1.0, second]), np.array([0.3, 1.0]), 32)
        sizes = np.linalg.norm(np.diff(vectors, axis=0), axis=1)
        label = f"eigenvalues 1 and {second}"
        changes.semilogy(range(1, 33), sizes, mark + "-", color=colour, ms=3, lw=1, label=label)
    changes.axhline(TOLERANCE, color="black", ls=":", lw=1)
    changes.text(31.5, 1.3 * TOLERANCE, "tolerance", ha="right", fontsize=8)
    changes.set(xlabel="step", ylabel="change", ylim=(1e-8, 1.5), xlim=(0, 33))
    changes.legend(fontsize=8, loc="lower left")
