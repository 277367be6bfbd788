"""The example: the table of products, the matrix of each unit, and what a unit takes of it."""

import numpy as np

PRODUCTS = np.outer([1, 2], [3, 0, -1])
MATRICES = [[1, 0, 2], [0, 1, 1]], [[0, 1, 0], [2, 0, 0]]
BIAS = 10, -5


def table(axes, values, title, sides=((), ())):
    """Draw a matrix with its numbers, and what stands at its rows and columns."""
    axes.imshow(values, "RdBu", vmin=-20, vmax=20)
    for (row, column), value in np.ndenumerate(values):
        axes.text(column, row, f"{value}".replace("-", "−"), ha="center", va="center")
    rows, columns = sides
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0, labeltop=True, labelbottom=False)
    axes.set_title(title)
    axes.grid(visible=False)


def draw(figure):
    grid = figure.add_gridspec(2, 4, width_ratios=(1.3, 1, 1, 1))
    sides = ("a₁ = 1", "a₂ = 2"), ("b₁ = 3", "b₂ = 0", "b₃ = −1")
    table(figure.add_subplot(grid[:, 0]), PRODUCTS, "all products", sides)
    for unit, (matrix, bias) in enumerate(zip(MATRICES, BIAS, strict=True)):
        table(figure.add_subplot(grid[unit, 1]), np.array(matrix), f"W of unit {unit + 1}")
        taken = PRODUCTS * matrix
        table(figure.add_subplot(grid[unit, 2]), taken, "what it takes")
        axes = figure.add_subplot(grid[unit, 3])
        told = f"added up: {taken.sum()}\nplus c: {bias:+}\n\ny = {taken.sum() + bias}"
        axes.text(0, 0.5, told.replace("-", "−"), va="center", fontsize=12)
        axes.set_axis_off()
