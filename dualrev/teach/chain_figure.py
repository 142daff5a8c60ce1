"""The rectangles of a chain: each Jacobian to scale, and under each product a bracket with what it costs."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..palette import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HIGH, GAP = 100.0, 20.0, 2.0  # of all Jacobians, of the highest, and between two
LEVEL, ABOVE = 3.4, 6.0  # of a bracket, and of the names
LEFT = 22.0  # room for what is said of an order
THIN = 0.5  # the least side that can be seen
MOST_WRITTEN = 8  # Jacobians with their names on them


def draw_chain(ax: "Axes", sizes: Sequence[int], orders: Sequence[Any], colours: Mapping[str, tuple[str, str]]) -> None:
    """Each order in a row of its own."""
    count = len(sizes) - 1
    shapes = scaled(sizes)
    spans, x = {}, 0.0
    room = (WIDTH - sum(w for w, _ in shapes)) / max(count - 1, 1) if count > 1 else GAP
    for k in range(count, 0, -1):  # J_k is written left of J_{k-1}
        spans[k] = x, x + shapes[k - 1][0]
        x += shapes[k - 1][0] + min(room, 20.0)
    top = 0.0
    for order in orders:
        top = draw_order(ax, order, top, sizes, shapes, spans, colours[order.name])
    ax.set(xlim=(-LEFT, WIDTH + 1), ylim=(top, 0.0), aspect="equal")
    ax.axis("off")


def scaled(sizes: Sequence[int]) -> list[tuple[float, float]]:
    """(width, height) of each Jacobian, all to one scale, in 1 / 100 of the room for all."""
    scale = min((WIDTH - (len(sizes) - 2) * GAP) / sum(sizes[:-1]), HIGH / max(sizes[1:]))
    return [(max(scale * n, THIN), max(scale * m, THIN)) for n, m in pairwise(sizes)]


def total_height(sizes: Sequence[int], orders: Sequence[Any]) -> float:
    """Of all orders together, in the same unit."""
    highest = max(height for _, height in scaled(sizes))
    return sum(ABOVE + highest + LEVEL * max(levels(order.products).values(), default=0) + 1.0 for order in orders)


def levels(products: Sequence[tuple[int, int, int]]) -> dict[tuple[int, int], int]:
    """How far below the Jacobians the bracket of each product is: below all that are inside it."""
    found: dict[tuple[int, int], int] = {}
    for first, last, _ in products:
        found[first, last] = 1 + max((d for (a, b), d in found.items() if first <= a and b <= last), default=0)
    return found


def draw_order(
    ax: "Axes",
    order: Any,
    top: float,
    sizes: Sequence[int],
    shapes: Sequence[tuple[float, float]],
    spans: Mapping[int, tuple[float, float]],
    colours: tuple[str, str],
) -> float:
    """One row, from `top` down; returns where the next one begins."""
    from matplotlib.patches import Rectangle

    dark, pale = colours
    highest = max(h for _, h in shapes)
    base = top - ABOVE - highest
    ax.text(-LEFT, base + highest / 2 + 1.5, order.name, color=dark, weight="bold", va="center")
    ax.text(-LEFT, base + highest / 2 - 2.5, f"{order.multiplications:,}", color=INK, va="center", size=9)
    ax.text(-LEFT, base + highest / 2 - 5.5, "multiplications", color=INK, va="center", size=8.5)
    for k, (left, right) in spans.items():
        height = shapes[k - 1][1]
        corner = (left, base + (highest - height) / 2)
        ax.add_patch(Rectangle(corner, right - left, height, facecolor=pale, edgecolor=dark, lw=0.9))
        if len(spans) <= MOST_WRITTEN:
            said = f"J{k}\n{sizes[k]}x{sizes[k - 1]}"
            ax.text((left + right) / 2, base + highest + 0.6, said, ha="center", va="bottom", size=8.5, color=INK)
    depths = levels(order.products)
    for first, last, cost in order.products:
        left, right, y = spans[last][0], spans[first][1], base - LEVEL * depths[first, last] + 1.6
        ax.plot([left, left, right, right], [y + 1.0, y, y, y + 1.0], color=dark, lw=1.1)
        text = ax.text((left + right) / 2, y, f"{cost:,}", ha="center", va="center", size=8.5, color=dark)
        text.set_bbox({"facecolor": "#ffffff", "edgecolor": "none", "pad": 0.8})
    return base - LEVEL * max(depths.values(), default=0) - 1.0
