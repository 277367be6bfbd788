"""Pictures: of statements, and of what a student's own component does."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZE = (8.0, 3.2)  # inches
RESOLUTION = 150  # dots per inch: twice what a cell of a notebook shows, for fine screens
COLOURS = 64  # of a palette, which makes a file a third as large
# A white background is readable in light and in dark themes. The colours are those of Okabe and
# Ito, which colour-blind people can tell apart.
STYLE: Any = {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": "medium",
    "figure.facecolor": "white",
    "font.size": 10.0,
    "grid.color": "#e4e4e4",
    "legend.frameon": False,
    "lines.linewidth": 2.0,
}
CYCLE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")


class NoPictures(Exception):
    """Matplotlib is not installed."""


def png(draw: Callable[["Figure"], object], notes: dict[str, str] | None = None) -> bytes:
    """Return as PNG what a function draws on an empty figure; the same drawing, the same bytes.

    Args:
        draw: gets the figure.
        notes: what the file shall say about itself.

    Raises:
        NoPictures: matplotlib is missing.
    """
    try:
        import matplotlib
        from cycler import cycler
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from PIL import Image, PngImagePlugin
    except ImportError as error:
        raise NoPictures(
            f'pictures need matplotlib ({error}). Run: pip install "keras-autograder[notebook]"'
        ) from None

    # None of the user's own settings, which would change what a picture looks like.
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        matplotlib.rcParams["axes.prop_cycle"] = cycler(color=CYCLE)
        figure = Figure(figsize=SIZE, dpi=RESOLUTION, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        draw(figure)
        canvas.draw()
    width, height = canvas.get_width_height()
    drawn = Image.frombuffer("RGBA", (width, height), canvas.buffer_rgba()).convert("RGB")
    told = PngImagePlugin.PngInfo()
    for name, text in (notes or {}).items():
        told.add_text(name, text)
    file = io.BytesIO()
    drawn.quantize(COLOURS).save(file, "PNG", optimize=True, pnginfo=told)
    return file.getvalue()
