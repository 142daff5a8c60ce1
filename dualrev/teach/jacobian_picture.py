"""The Jacobian as the two modes fill it: forward mode a column per direction, reverse mode a row per cotangent."""

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from ..brief import brief
from ..modes import counted
from ..palette import FORWARD, INK, REVERSE
from ..program.notation import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..picture import Picture

PANEL = 300.0  # pixels: the longer side of one panel
LEFT, GAP, TOP, BELOW = 84.0, 96.0, 52.0, 48.0  # pixels: room for names and headings
CELL = 60.0, 44.0  # pixels: the largest cell
LETTER = 7.5  # pixels: the mean width of a letter
MOST_CELLS = 60  # per side; of a larger Jacobian each cell shows the largest entry of a block
NARROW = 10.0  # pixels: lines nearer together than that would flicker
MOST_WRITTEN = 8  # per side; a larger Jacobian is printed by its size
FONT = 'font-family="DejaVu Sans, Arial, sans-serif"'


@brief
@dataclass(frozen=True, eq=False)
class JacobianPicture:
    """The m x n Jacobian and the names of its columns (inputs) and rows (outputs), drawn twice.

    On the left each column is one tangent of forward mode, on the right each row one cotangent of reverse mode.
    """

    jacobian: np.ndarray
    inputs: list[str]
    outputs: list[str]

    def to_dict(self) -> dict[str, Any]:
        """The matrix as nested lists, and the names."""
        return {"jacobian": self.jacobian.tolist(), "inputs": list(self.inputs), "outputs": list(self.outputs)}

    def __str__(self) -> str:
        m, n = self.jacobian.shape
        if max(m, n) > MOST_WRITTEN:
            return self.heading
        cells = [["", *self.inputs], *[[name, *map(number, row)] for name, row in zip(self.outputs, self.jacobian)]]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = ["  ".join(c.rjust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]
        return "\n".join([self.heading, *lines])

    @property
    def heading(self) -> str:
        """The size, and what each mode makes of it, in one line."""
        m, n = self.jacobian.shape
        return f"Jacobian {m} x {n}: forward mode fills {counted(n, 'column')}, reverse mode {counted(m, 'row')}"

    def to_svg(self) -> str:
        """Both panels as one self-contained SVG."""
        m, n = self.jacobian.shape
        cells = coarse(self.jacobian)
        rows, columns = cells.shape
        wide, high = min(CELL[0], PANEL / max(columns, 1)), min(CELL[1], PANEL / max(rows, 1))
        width, height = wide * columns, high * rows
        second = LEFT + max(width, 150.0) + GAP
        size = f"{second + max(width, 150.0) + 24.0:.0f}", f"{TOP + height + BELOW:.0f}"
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {size[0]} {size[1]}" '
            f'width="{size[0]}" height="{size[1]}">',
            f"<title>{escape(self.heading)}</title>",
            f'<rect width="{size[0]}" height="{size[1]}" fill="#ffffff"/>',
            heading(LEFT, f"forward: {counted(n, 'column')}", FORWARD),
            heading(second, f"reverse: {counted(m, 'row')}", REVERSE),
        ]
        for x0, colour in ((LEFT, FORWARD), (second, REVERSE)):
            parts += squares(cells, x0, wide, high, colour)
            parts += self.labels(x0, wide, high) if cells.shape == self.jacobian.shape else []
        parts += [outline(LEFT + j * wide, TOP, wide, height, FORWARD) for j in outlined(columns, wide)]
        parts += [outline(second, TOP + i * high, width, high, REVERSE) for i in outlined(rows, high)]
        if min(wide, high) < NARROW:
            parts += [outline(x0, TOP, width, height, colour) for x0, colour in ((LEFT, FORWARD), (second, REVERSE))]
        parts.append(text(LEFT, TOP + height + 20, scale_text(cells), INK, "start"))
        if cells.shape != self.jacobian.shape:
            said = f"drawn {rows} x {columns}: each cell is the largest entry, in magnitude, of a block"
            parts.append(text(LEFT, TOP + height + 38, said, INK, "start"))
        return "\n".join([*parts, "</svg>"])

    def labels(self, x0: float, wide: float, high: float) -> list[str]:
        """The names of rows and columns, and the numbers in the cells, where there is room."""
        across = [x0 + (j + 0.5) * wide for j in range(len(self.inputs))]
        down = [TOP + (i + 0.5) * high + 4 for i in range(len(self.outputs))]
        found = []
        if wide >= 30:
            found += [text(x, TOP - 6, fitting(name, wide), INK, "middle") for x, name in zip(across, self.inputs)]
        if high >= 16:
            room = LEFT - 12
            found += [text(x0 - 6, y, fitting(name, room), INK, "end") for y, name in zip(down, self.outputs)]
            numbers = np.ndenumerate(short_numbers(self.jacobian, wide))
            found += [text(across[j], down[i], said, "#000000", "middle") for (i, j), said in numbers]
        return found

    def _repr_svg_(self) -> str:
        return self.to_svg()

    def plot(self, ax: "Axes | None" = None) -> "Picture | Axes":
        """Magnitudes as an image, on `ax`, which is returned, or on a new picture."""
        from ..picture import drawn

        return drawn(self.draw, ax, (5.2, 4.2))

    def draw(self, ax: "Axes") -> None:
        logs = np.log10(np.abs(self.jacobian) + 1e-300)
        image = ax.imshow(logs, cmap="Greys", aspect="auto", vmin=floor_of(self.jacobian))
        ax.figure.colorbar(image, ax=ax, label="log10 of the magnitude")
        ax.set_xlabel("inputs: one forward direction per column", color=FORWARD)
        ax.set_ylabel("outputs: one reverse cotangent per row", color=REVERSE)


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


def short_numbers(J: np.ndarray, room: float) -> np.ndarray:
    """The entries of J with as many digits, up to three, as fit into `room` pixels; empty where none do.

    A number that does not fit is left out and never cut: its exponent would be lost.
    """
    for digits in (3, 2, 1):
        said = np.array([f"{v + 0.0:.{digits}g}" for v in J.flat], dtype=str).reshape(J.shape)
        if max(map(len, said.flat), default=0) * LETTER <= room:
            return said
    return np.empty((0, 0), dtype=str)


def squares(cells: np.ndarray, x0: float, wide: float, high: float, colour: str) -> list[str]:
    """One square per entry that is not zero, the darker the larger."""
    largest = float(np.max(cells, initial=0.0, where=np.isfinite(cells))) or 1.0
    return [
        f'<rect x="{x0 + j * wide:.2f}" y="{TOP + i * high:.2f}" width="{wide:.2f}" height="{high:.2f}" '
        f'fill="{colour}" fill-opacity="{0.12 + 0.38 * min(v / largest, 1.0) if np.isfinite(v) else 0.6:.2f}"/>'
        for (i, j), v in np.ndenumerate(cells)
        if v != 0
    ]


def outlined(count: int, room: float) -> range:
    """Which of so many columns, or rows, of `room` pixels get an outline of their own: of narrow ones the first."""
    return range(count if room >= NARROW else min(count, 1))


def scale_text(cells: np.ndarray) -> str:
    """What the shades mean."""
    finite = cells[np.isfinite(cells)]
    largest = float(np.max(finite, initial=0.0))
    return f"shade: magnitude, from 0 (white) to {number(largest)}" if largest else "every entry is 0"


def outline(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" fill="none" stroke="{colour}" '
        f'stroke-width="1"/>'
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
    most = max(int(room / LETTER), 2)
    return words if len(words) <= most else words[: most - 1] + "…"
