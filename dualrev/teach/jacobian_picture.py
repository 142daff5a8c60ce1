"""The Jacobian as the two modes fill it: forward mode a column per sweep, reverse mode a row."""

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from ..program.notation import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FORWARD, REVERSE, INK = "#c4500c", "#1f5fa8", "#404040"
PANEL = 300.0  # the longer side of one panel
GAP = 70.0
MOST_CELLS = 60  # per side; of a larger Jacobian each cell shows the largest entry of a block
FONT = 'font-family="DejaVu Sans, Arial, sans-serif"'


@dataclass(frozen=True, eq=False)
class JacobianPicture:
    """The m x n Jacobian and the names of its columns (inputs) and rows (outputs), drawn twice.

    On the left each column is one tangent of forward mode, on the right each row one cotangent of reverse mode.
    """

    jacobian: np.ndarray
    inputs: list[str]
    outputs: list[str]

    def to_dict(self) -> dict[str, Any]:
        return {"jacobian": self.jacobian.tolist(), "inputs": self.inputs, "outputs": self.outputs}

    def __str__(self) -> str:
        m, n = self.jacobian.shape
        text = f"Jacobian {m} x {n}: forward mode fills {counted(n, 'column')}, reverse mode {counted(m, 'row')}"
        if m > 8 or n > 8:
            return text
        cells = [["", *self.inputs], *[[name, *map(number, row)] for name, row in zip(self.outputs, self.jacobian)]]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        return "\n".join([text, *["  ".join(c.rjust(w) for c, w in zip(row, widths, strict=True)) for row in cells]])

    def to_svg(self) -> str:
        """Both panels as one self-contained SVG."""
        m, n = self.jacobian.shape
        cells = coarse(self.jacobian)
        rows, columns = cells.shape
        wide, high = min(56.0, PANEL / max(columns, 1)), min(44.0, PANEL / max(rows, 1))
        width, height = wide * columns, high * rows
        left, top = 64.0, 52.0
        second = left + max(width, 150.0) + GAP
        total = second + max(width, 150.0) + 24.0
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {total:.0f} {top + height + 30:.0f}" '
            f'width="{total:.0f}" height="{top + height + 30:.0f}">',
            f"<title>{escape(str(self).splitlines()[0])}</title>",
            f'<rect width="{total:.0f}" height="{top + height + 30:.0f}" fill="#ffffff"/>',
            heading(left, f"forward: {counted(n, 'column')}", FORWARD),
            heading(second, f"reverse: {counted(m, 'row')}", REVERSE),
        ]
        for x0, colour in ((left, FORWARD), (second, REVERSE)):
            parts += squares(cells, x0, top, wide, high, colour)
            parts += self.labels(cells, x0, top, wide, high)
        parts += [outline(left + j * wide, top, wide, height, FORWARD) for j in range(columns)]
        parts += [outline(second, top + i * high, width, high, REVERSE) for i in range(rows)]
        return "\n".join([*parts, "</svg>"])

    def labels(self, cells: np.ndarray, x0: float, top: float, wide: float, high: float) -> list[str]:
        """The names of rows and columns, and the numbers in the cells, where there is room."""
        if cells.shape != self.jacobian.shape:
            return []
        across = [x0 + (j + 0.5) * wide for j in range(len(self.inputs))]
        down = [top + (i + 0.5) * high + 4 for i in range(len(self.outputs))]
        found = []
        if wide >= 30:
            found += [text(x, top - 6, fitting(name, wide), INK, "middle") for x, name in zip(across, self.inputs)]
        if high >= 16:
            found += [text(x0 - 6, y, fitting(name, 58), INK, "end") for y, name in zip(down, self.outputs)]
        if wide >= 30 and high >= 16:
            found += [
                text(across[j], down[i], fitting(f"{v:.3g}", wide), "#000000", "middle")
                for (i, j), v in np.ndenumerate(self.jacobian)
            ]
        return found

    def _repr_svg_(self) -> str:
        return self.to_svg()

    def draw(self, ax: "Axes | None" = None) -> "Axes":
        """Magnitudes as an image, on `ax` or on a new figure; the axes drawn on are returned."""
        if ax is None:
            from matplotlib.figure import Figure

            ax = Figure(figsize=(4.5, 4), layout="constrained").subplots()
        ax.imshow(np.log10(np.abs(self.jacobian) + 1e-300), cmap="Greys", aspect="auto", vmin=floor_of(self.jacobian))
        ax.set_xlabel("inputs: one forward direction per column", color=FORWARD)
        ax.set_ylabel("outputs: one reverse cotangent per row", color=REVERSE)
        return ax


def counted(n: int, noun: str) -> str:
    return f"{n} {noun}{'s' * (n != 1)}"


def coarse(J: np.ndarray) -> np.ndarray:
    """The magnitudes of J, each block of a large one as its largest entry."""
    for axis in (0, 1):
        size = J.shape[axis]
        if size > MOST_CELLS:
            starts = np.linspace(0, size, MOST_CELLS, endpoint=False).astype(int)
            J = np.maximum.reduceat(np.abs(J), starts, axis=axis)
    return np.abs(J)


def floor_of(J: np.ndarray) -> float:
    top = float(np.max(np.abs(J), initial=0.0))
    return float(np.log10(top)) - 6 if top > 0 and np.isfinite(top) else -6.0


def squares(cells: np.ndarray, x0: float, top: float, wide: float, high: float, colour: str) -> list[str]:
    """One square per entry that is not zero, the darker the larger."""
    largest = float(np.max(cells, initial=0.0, where=np.isfinite(cells))) or 1.0
    return [
        f'<rect x="{x0 + j * wide:.2f}" y="{top + i * high:.2f}" width="{wide:.2f}" height="{high:.2f}" '
        f'fill="{colour}" fill-opacity="{0.12 + 0.38 * min(v / largest, 1.0) if np.isfinite(v) else 0.9:.2f}"/>'
        for (i, j), v in np.ndenumerate(cells)
        if v != 0
    ]


def outline(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" fill="none" stroke="{colour}" '
        'stroke-width="1"/>'
    )


def heading(x: float, words: str, colour: str) -> str:
    return f'<text x="{x:.1f}" y="22" {FONT} font-size="15" font-weight="bold" fill="{colour}">{escape(words)}</text>'


def text(x: float, y: float, words: str, colour: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" {FONT} font-size="12" fill="{colour}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


def fitting(words: str, room: float) -> str:
    """words, shortened to fit `room` pixels at 12 pixels a line."""
    most = max(int(room / 7), 2)
    return words if len(words) <= most else words[: most - 1] + "…"
