"""What kernel, bias and activation do to a batch: shapes as blocks."""

from matplotlib.patches import Rectangle

BLUE, RED, GREEN = "#0072b2", "#d55e00", "#009e73"


def block(axes, left, rows, columns, name, shape, colour):
    """Draw a matrix as a block of cells, its shape below it; return where it ends."""
    bottom = -rows / 2
    for row in range(rows):
        for column in range(columns):
            corner = left + column, bottom + row
            axes.add_patch(Rectangle(corner, 1, 1, facecolor=colour, alpha=0.35, edgecolor="white"))
    axes.add_patch(Rectangle((left, bottom), columns, rows, fill=False, edgecolor=colour, lw=1.5))
    middle = left + columns / 2
    axes.text(middle, 2.4, name, ha="center", va="bottom", fontsize=12)
    axes.text(middle, -2.4, shape, ha="center", va="top")
    return left + columns


def draw(figure):
    axes = figure.subplots()
    end = block(axes, 0, 4, 2, "inputs X", "(batch, n)\none row per sample", BLUE)
    axes.text(end + 0.75, 0, "·", ha="center", va="center", fontsize=24)
    end = block(axes, end + 1.5, 2, 3, "kernel W", "(n, units)\none column per unit", RED)
    axes.text(end + 0.75, 0, "+", ha="center", va="center", fontsize=18)
    end = block(axes, end + 1.5, 1, 3, "bias b", "(units,)\nadded to every row", RED)
    axes.annotate("", (end + 3, 0), (end + 0.5, 0), arrowprops={"arrowstyle": "->", "lw": 1.5})
    axes.text(end + 1.75, 0.2, "activation φ", ha="center", va="bottom")
    end = block(axes, end + 3.5, 4, 3, "outputs Y", "(batch, units)\none row per sample", GREEN)
    axes.set(xlim=(-1.2, end + 1), ylim=(-4.4, 3.4), aspect="equal")
    axes.set_axis_off()
