"""Plots as SVG that stands in a page; matplotlib draws them, where it is installed.

The colours that change between a light and a dark page are the page's: matplotlib writes a colour
that nothing else has, which becomes `currentColor`.
"""

import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from autograder.records.results import DIMENSIONS
from autograder.report.statistics import Item, Scores

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#010203"
BINS = 10
# Apart for people who do not tell red from green, and readable on white and on black.
COLOURS = dict(zip(DIMENSIONS, ("#4477aa", "#d0902f", "#228833", "#aa5599"), strict=True))
HINT = 'no plots: matplotlib is not installed here. Run: pip install "keras-autograder[grade]"'


def can_draw() -> bool:
    """Tell whether there is matplotlib."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        return False
    return True


def distributions(scores: Mapping[str, Scores]) -> str:
    """Return a plot of the points in each exercise: a line of boxes, in the order of the course."""
    figure, axes = _figure(7, 0.9 + 0.36 * len(scores))
    names = list(scores)[::-1]
    boxes = axes.boxplot(
        [[100 * share for share in scores[name].shares] for name in names],
        orientation="horizontal",
        widths=0.6,
        patch_artist=True,
        whis=(5, 95),
        tick_labels=names,
        medianprops={"color": INK, "linewidth": 2},
        whiskerprops={"color": INK},
        capprops={"color": INK},
        flierprops={"markeredgecolor": INK, "markersize": 3},
    )
    for box in boxes["boxes"]:
        box.set(facecolor="#4477aa66", edgecolor=INK)
    means = [100 * scores[name].mean for name in names]
    axes.plot(means, range(1, len(names) + 1), "D", color="#d0902f", markersize=5)
    axes.set(xlim=(-2, 102), xlabel="% of the points (diamond: mean; whiskers: 5% and 95%)")
    return _svg(figure, "points by exercise")


def histogram(scores: Scores) -> str:
    """Return a plot of how many have how many points in one exercise."""
    figure, axes = _figure(3.4, 1.7)
    percents = [100 * share for share in scores.shares]
    axes.hist(percents, bins=BINS, range=(0, 100), color="#4477aa", edgecolor=INK, linewidth=0.5)
    axes.set(xlim=(0, 100), xlabel="% of the points", ylabel="students")
    axes.locator_params(axis="y", integer=True)
    return _svg(figure, "how many have how many points")


def dimensions(scores: Scores) -> str:
    """Return a plot of the mean points in each dimension of one exercise."""
    figure, axes = _figure(3.4, 1.7)
    names = list(scores.dimensions)[::-1]
    means = [100 * scores.dimensions[name] for name in names]
    bars = axes.barh(names, means, color=[COLOURS[name] for name in names])
    axes.bar_label(bars, fmt="%.0f%%", padding=3, color=INK)
    axes.set(xlim=(0, 118), xlabel="mean, % of the points", xticks=range(0, 101, 25))
    return _svg(figure, "mean points by dimension")


def items(some: list[Item]) -> str:
    """Return a plot of difficulty and discrimination: checks in the lower half are to be read."""
    known = [(item, item.discrimination) for item in some if item.discrimination is not None]
    if not known:
        return ""
    figure, axes = _figure(7, 3)
    for name, colour in COLOURS.items():
        own = [(item.difficulty, shown) for item, shown in known if item.dimension == name]
        if own:
            passed = [100 * difficulty for difficulty, _ in own]
            axes.scatter(passed, [shown for _, shown in own], color=colour, label=name, s=26)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set(xlim=(-3, 103), xlabel="% who pass (difficulty)", ylabel="discrimination")
    axes.legend(
        frameon=False, labelcolor=INK, fontsize=9, ncols=4, loc="lower left",
        bbox_to_anchor=(0, 1), borderaxespad=0,
    )  # fmt: skip
    return _svg(figure, "difficulty and discrimination of the checks")


def _figure(width: float, height: float) -> tuple[Any, "Axes"]:
    """Return a figure that belongs to no window, and its axes, in inches."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    axes.set_facecolor("none")
    axes.tick_params(colors=INK, labelsize=9)
    for side, spine in axes.spines.items():
        spine.set_color(INK)
        spine.set_visible(side in ("left", "bottom"))
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set(color=INK, size=9)
    return figure, axes


def _svg(figure: Any, title: str) -> str:
    """Return a figure as an element of a page; its text stays text."""
    import matplotlib as mpl

    file = io.StringIO()
    settings: Any = {"svg.fonttype": "none", "svg.hashsalt": title, "font.family": "sans-serif"}
    with mpl.rc_context(settings):
        # No date: the same class gives the same page.
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    text = file.getvalue()
    text = text[text.index("<svg") :].replace(INK, "currentColor")
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = text.replace("<g id=", "<g data-id=")  # each figure has an `axes_1`: ids are of the page
    return text.replace("<svg ", f'<svg role="img" aria-label="{title}" ', 1)
