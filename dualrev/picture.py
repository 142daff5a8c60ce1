"""What every ``plot()`` returns: a figure that a notebook shows once, in the library's own colours and sizes.

matplotlib is imported here, so this file is imported by the functions that draw, not before.
"""

import tempfile
import webbrowser
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib import style as styles
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .errors import InputError
from .palette import INK, LINE, PAPER

NOTEBOOK = (6.4, 4.2)  # inches, of one panel
STYLE: Any = {
    **dict.fromkeys(("figure.facecolor", "axes.facecolor", "savefig.facecolor", "legend.facecolor"), PAPER),
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.titlecolor", "axes.edgecolor"), INK),
    **dict.fromkeys(("xtick.color", "xtick.labelcolor", "ytick.color", "ytick.labelcolor"), INK),
    **dict.fromkeys(("grid.color", "legend.edgecolor"), LINE),
    **dict.fromkeys(("font.size", "axes.titlesize", "axes.labelsize", "xtick.labelsize", "ytick.labelsize"), 10),
    **dict.fromkeys(("axes.spines.top", "axes.spines.right", "axes.grid", "text.usetex", "savefig.transparent"), False),
    "font.family": ["DejaVu Sans"],
    "figure.dpi": 110,
    "figure.titlesize": 11,
    "legend.fontsize": 8.5,
    "legend.framealpha": 0.9,
    "legend.frameon": True,
    "savefig.bbox": None,
    "savefig.dpi": "figure",
    "svg.hashsalt": "dualrev",  # the same names in the SVG of the same figure
}


def style() -> Any:
    """Everything about matplotlib's style is ours while the block runs."""
    return styles.context(["default", STYLE])


class Picture(Figure):
    """A figure of matplotlib's on white paper, unknown to pyplot: a notebook shows it once, as the value of a cell.

    ``save(path)`` writes it, ``show()`` opens it from a script; ``axes`` and all else are those of a
    ``matplotlib.figure.Figure``. A style of the reader's, a dark one too, leaves its colours as they are.
    """

    def draw(self, renderer: Any) -> None:
        with style():  # ticks are made while a figure is drawn
            super().draw(renderer)

    def savefig(self, fname: Any, **options: Any) -> None:
        with style():
            super().savefig(fname, **options)

    def save(self, path: str | Path) -> None:
        """Write it to a file; the ending says the format (.png, .svg, .pdf)."""
        ending = Path(path).suffix.lower().lstrip(".")
        if ending not in self.canvas.get_supported_filetypes():
            raise InputError(f"cannot save a figure as {path}: name a file that ends in .png, .svg or .pdf")
        self.savefig(path, **({"metadata": {"Date": None}} if ending == "svg" else {}))

    def show(self, warn: bool = True) -> None:
        """Open it in the browser; a notebook shows it by itself."""
        path = Path(tempfile.mkdtemp()) / "figure.svg"
        self.save(path)
        webbrowser.open(path.as_uri())

    def to_svg(self) -> str:
        """The figure as SVG, the same for the same data."""
        made = BytesIO()
        self.savefig(made, format="svg", metadata={"Date": None})
        return made.getvalue().decode()

    def _repr_png_(self) -> bytes:
        made = BytesIO()
        self.savefig(made, format="png", metadata={"Software": None})
        return made.getvalue()

    def __repr__(self) -> str:
        width, height = self.get_size_inches() * self.dpi
        return f"<Picture {width:.0f}x{height:.0f}: a notebook shows it, .save(path) writes it>"

    __str__ = __repr__


def sheet(fill: Callable[[Picture], Any], size: tuple[float, float] = NOTEBOOK) -> Picture:
    """A new picture, filled by `fill`."""
    with style():
        picture = Picture(figsize=size, layout="constrained")
        fill(picture)
    return picture


def drawn(fill: Callable[[Axes], Any], ax: Axes | None = None, size: tuple[float, float] = NOTEBOOK) -> Any:
    """What ``plot(ax)`` returns: `ax` where one is given, and filled; else a new picture with one panel."""
    if ax is not None:
        with style():
            fill(ax)
        return ax
    return sheet(lambda picture: fill(picture.subplots()), size)
