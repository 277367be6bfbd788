"""Three texts: their words in rows of different lengths, what a vocabulary counts, and two sets."""

from matplotlib.patches import Circle, Rectangle

WORDS = ("the", "cat", "the", "cat"), (), ("été", "1", "l", "été")
COUNTS = {(0, 0): 2, (2, 1): 2}
BLUE, RED, GREEN = "#0072b2", "#d55e00", "#009e73"


def cell(axes, column, row, text, colour, alpha=0.25):
    """Draw a box with a text in it; rows count downward."""
    axes.add_patch(
        Rectangle((column, -row), 0.94, 0.8, facecolor=colour, alpha=alpha, edgecolor=colour)
    )
    axes.text(column + 0.47, 0.4 - row, text, ha="center", va="center")


def draw(figure):
    ragged, sparse, sets = figure.subplots(1, 3, width_ratios=(4.6, 3.4, 4))
    for row, words in enumerate(WORDS):
        ragged.text(-0.15, 0.4 - row, f"{row}", ha="right", va="center", color="dimgray")
        for column, word in enumerate(words):
            cell(ragged, column, row, word, BLUE)
    ragged.set(title="ragged: the words of three texts", xlim=(-0.5, 4.1), ylim=(-2.6, 1.8))
    for column, word in enumerate(("cat", "été", "dog")):
        sparse.text(column + 0.47, 1.0, word, ha="center", va="bottom")
        for row in range(3):
            count = COUNTS.get((row, column), "")
            cell(sparse, column, row, count, RED, alpha=0.3 if count else 0.04)
    sparse.set(title="sparse: what is not zero", xlim=(-0.3, 3.1), ylim=(-2.6, 1.8))
    for x, colour, only in (-0.6, BLUE, "cat"), (0.6, GREEN, "dog"):
        sets.add_patch(Circle((x, 0), 1.2, facecolor=colour, alpha=0.25, edgecolor=colour))
        sets.text(2 * x, 0, only, ha="center", va="center")
    sets.text(0, 0, "sat\nthe", ha="center", va="center", weight="bold")
    sets.text(-1.4, 1.3, "the cat sat", ha="center")
    sets.text(1.4, 1.3, "The dog sat?", ha="center")
    sets.set(title="sets: shared words", xlim=(-2.5, 2.5), ylim=(-1.8, 1.8), aspect="equal")
    for axes in (ragged, sparse, sets):
        axes.set_axis_off()
