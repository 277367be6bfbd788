"""A report as one page of HTML, which needs no other file and no network."""

from importlib.resources import files
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from autograder.records.classes import Kind
from autograder.records.results import DIMENSIONS
from autograder.records.text import line, plain
from autograder.report import plots
from autograder.report.findings import Findings
from autograder.report.statistics import ENOUGH

FEW = 12  # names, above which a list is folded
MOST = 20  # rows, below which a list is folded or ends


def page(found: Findings) -> str:
    """Return the page; nothing in it is the markup of others."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"plain": plain, "line": line}
    template = files("autograder.report").joinpath("templates/report.html.jinja")
    scores = found.scores.values()
    return environment.from_string(template.read_text(encoding="utf-8")).render(
        found=found,
        kinds=list(Kind),
        dimensions=[name for name in DIMENSIONS if any(name in one.dimensions for one in scores)],
        plots=_plots(found) if plots.can_draw() and found.scores else {},
        no_plots=plots.HINT,
        few=FEW,
        most=MOST,
        enough=ENOUGH,
    )


def _plots(found: Findings) -> dict[str, Any]:
    """Return the plots, all of which are ours."""
    return {
        "distributions": Markup(plots.distributions(found.scores)),
        "histograms": {name: Markup(plots.histogram(one)) for name, one in found.scores.items()},
        "dimensions": {name: Markup(plots.dimensions(one)) for name, one in found.scores.items()},
        "discrimination": {name: Markup(plots.items(some)) for name, some in found.items.items()},
    }
