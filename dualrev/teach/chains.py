"""The chain of Jacobians of f, and the orders of its product: what the two modes are, and what is best."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ..brief import brief
from ..comparison.comparing import spoken_name
from ..derived import check_function
from ..jacobians import flat
from ..kinds import Elementwise
from ..palette import FORWARD, INK, LINE, PALE_FORWARD, PALE_REVERSE, REVERSE
from ..program.linearized import is_move
from ..program.program import Program, Value, trace
from ..shapes import shape, size
from ..units import ratio_text, table_lines
from .pictured import Pictured, plain_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Tree = Any  # an index of a Jacobian, or a pair of trees: the product of the left one with the right one
COLOURS = {"forward": (FORWARD, PALE_FORWARD), "reverse": (REVERSE, PALE_REVERSE), "best": (INK, LINE)}
MOST_NAMED = 12  # Jacobians whose bracketing is written out


@brief
@dataclass(frozen=True)
class Bracketing:
    """One order of multiplication.

    name: "forward", "reverse" or "best". tree: which products it takes, as pairs of pairs of the numbers of the
    Jacobians, from 1. multiplications: of numbers, all products together; products: (first, last, multiplications) of
    each, in the order they are taken.
    """

    name: str
    tree: Tree
    multiplications: int
    products: tuple[tuple[int, int, int], ...]

    def __str__(self) -> str:
        """The product with its brackets: "J3 (J2 J1)"."""
        return written(self.tree, outermost=True)


def written(tree: Tree, outermost: bool = False) -> str:
    if not isinstance(tree, tuple):
        return f"J{tree}"
    found = " ".join(map(written, tree))
    return found if outermost else f"({found})"


@brief
@dataclass(frozen=True, eq=False)
class Chain(Pictured):
    """f as a chain of stages, each with its Jacobian, and what their product costs in three orders.

    sizes: of the input, of what each stage hands on, and of the output; the Jacobian of stage k has shape
    (sizes[k], sizes[k - 1]). names: of these values. forward, reverse, best: a `Bracketing` each. Printed, it is a
    table; a notebook shows the rectangles, to scale.
    """

    name: str
    sizes: tuple[int, ...]
    names: tuple[str, ...]
    program: Program
    ends: tuple[int, ...]  # the indices of what the stages but the last hand on

    @cached_property
    def forward(self) -> Bracketing:
        """From the right: forward mode, which carries a column per input through every stage."""
        tree: Tree = 1
        for k in range(2, len(self.sizes)):
            tree = (k, tree)
        return bracketing("forward", tree, self.sizes)

    @cached_property
    def reverse(self) -> Bracketing:
        """From the left: reverse mode, which carries a row per output back through every stage."""
        tree: Tree = len(self.sizes) - 1
        for k in reversed(range(1, len(self.sizes) - 1)):
            tree = (tree, k)
        return bracketing("reverse", tree, self.sizes)

    @cached_property
    def best(self) -> Bracketing:
        """The order of fewest multiplications, found by dynamic programming over all of them."""
        return bracketing("best", best_tree(self.sizes), self.sizes)

    @property
    def orders(self) -> tuple[Bracketing, ...]:
        return self.forward, self.reverse, self.best

    @cached_property
    def jacobians(self) -> list[np.ndarray]:
        """The Jacobian of each stage, the first first; ``J[-1] @ ... @ J[0]`` is that of f."""
        return [jacobian_between(self.program, a, b) for a, b in self.stages()]

    def stages(self) -> Iterator[tuple[Sequence[int], Sequence[int | None]]]:
        """(indices of what goes into it, of what comes out) of each stage."""
        places = [self.program.inputs, *[[k] for k in self.ends], self.program.outputs]
        return pairwise(places)  # type: ignore[arg-type]

    def verdict(self) -> str:
        """Which of the two modes is the better one, and what is better than both."""
        n, m, least = self.sizes[0], self.sizes[-1], self.best.multiplications
        if len(self.sizes) == 2:
            return "one Jacobian: not all values pass through one, so there is nothing to put brackets around"
        if len(self.sizes) == 3:
            w = self.sizes[1]
            said = "two Jacobians have one product, whatever the mode"
            ways = f"reverse mode finds J1 by its {w} rows, forward mode J2 by its {w} columns"
            return f"{said}; {ways}" if w < min(n, m) else said
        counts = {order.name: order.multiplications for order in self.orders[:2]}
        winner = min(counts, key=counts.__getitem__)
        if counts[winner] > least:
            narrow = min(self.sizes)
            said = f"neither mode is best: {winner} takes {ratio_text(counts[winner] / least)} the fewest"
            through = self.names[self.sizes.index(narrow)]
            return f"{said}; all passes through {through}, {narrow} numbers" if narrow < min(n, m) else said
        if counts["forward"] == counts["reverse"]:
            return "both modes are as good as the best order"
        other = max(counts.values()) / max(least, 1)
        why = f"n = {n} inputs, m = {m} output{'s' * (m != 1)}"
        return f"{winner} mode is best, the other one takes {ratio_text(other)} as many: {why}"

    def __str__(self) -> str:
        shapes = [f"J{k} {m}x{n}" for k, (n, m) in enumerate(pairwise(self.sizes), 1)][::-1]
        rows = [["order", "multiplications", "product"]]
        long = len(shapes) > MOST_NAMED
        for order in self.orders:
            said = "" if long else "  " + str(order)
            fewest = "  fewest" if order.multiplications == self.best.multiplications else ""
            rows.append([order.name, f"{order.multiplications:,}", said.strip() + fewest])
        left, middle = (table_lines([row[:2] for row in rows]), [row[2] for row in rows])
        lines = [f"{a}  {b}".rstrip() for a, b in zip(left, middle, strict=True)]
        shown = shapes if not long else [*shapes[:5], "...", *shapes[-5:]]
        head = f"{self.name}: R^{self.sizes[0]} -> R^{self.sizes[-1]} = {' * '.join(shown)}"
        return "\n".join([head, "", *lines, "", self.verdict()])

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        orders = {order.name: {"product": str(order), **vars(order)} for order in self.orders}
        return {"name": self.name, "sizes": list(self.sizes), "names": list(self.names), **orders}

    # ---- the picture -------------------------------------------------------------------------------------------------

    @property
    def inches(self) -> tuple[float, float]:  # type: ignore[override]
        from .chain_figure import total_height

        return 7.4, 0.4 + total_height(self.sizes, self.orders) / 17

    def draw(self, ax: "Axes") -> None:
        """A row per order: the Jacobians to scale, a bracket under each product with its multiplications."""
        from .chain_figure import draw_chain

        draw_chain(ax, self.sizes, self.orders, COLOURS)
        ax.set_title(plain_title(f"{self.name}: {self.verdict()}"), loc="left", wrap=True)


def bracketing(name: str, tree: Tree, sizes: Sequence[int]) -> Bracketing:
    """What the products of a tree cost: a (p x q) times a (q x r) matrix takes p q r multiplications."""
    products: list[tuple[int, int, int]] = []

    def span(node: Tree) -> tuple[int, int]:
        if not isinstance(node, tuple):
            return node, node
        (middle, last), (first, below) = map(span, node)
        products.append((first, last, sizes[last] * sizes[below] * sizes[first - 1]))
        assert middle == below + 1, "the Jacobians of a product stand side by side"
        return first, last

    span(tree)
    return Bracketing(name, tree, sum(cost for *_, cost in products), tuple(products))


def best_tree(sizes: Sequence[int]) -> Tree:
    """The order of fewest multiplications of the matrix chain with these sizes.

    Source: Godbole (1973); Cormen et al., Introduction to Algorithms, section 14.2.

    >>> best_tree((500, 2, 500, 2))
    ((3, 2), 1)
    """
    count = len(sizes) - 1
    least: dict[tuple[int, int], tuple[int, Tree]] = {(k, k): (0, k) for k in range(1, count + 1)}
    for length in range(1, count):
        for first in range(1, count + 1 - length):
            last = first + length
            least[first, last] = min(
                (
                    (
                        least[first, k][0] + least[k + 1, last][0] + sizes[last] * sizes[k] * sizes[first - 1],
                        (least[k + 1, last][1], least[first, k][1]),
                    )
                    for k in range(first, last)
                ),
                key=lambda found: found[0],
            )
    return least[1, count][1]


# ---- the stages of a program -----------------------------------------------------------------------------------------


def chain(f: Callable[..., Any], *x: Any) -> Chain:
    """The chain of Jacobians of f at x, and what forward mode, reverse mode and the best order pay for its product.

    The derivative of a chain of stages is the product of their Jacobians. It does not depend on the brackets; the
    number of multiplications does. Forward mode multiplies from the right, J3 (J2 J1), reverse mode from the left,
    (J3 J2) J1, and with a narrow place in the middle an order between the two is best.

    Parameters
    ----------
    f : callable
        A function of ``len(x)`` arguments, plain NumPy code.
    *x
        The point: floats, float arrays, or trees of them. All of them count as inputs.

    Returns
    -------
    Chain
        Its `forward`, `reverse` and `best` have ``multiplications`` and ``products``; printed, it is a table, and
        ``plot()`` draws the rectangles to scale.

    Notes
    -----
    A stage ends where everything that follows needs one value only, and nothing before it. An operation element by
    element belongs to the stage before it: its Jacobian is diagonal, and costs next to nothing. The Jacobians
    themselves are taken as they are, and counted as dense.

    Source: Griewank & Walther (2008), section 3.1 and chapter 9; Godbole (1973) for the best order.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev.teach
    >>> A, B, C = np.ones((100, 20)), np.ones((2, 100)), np.ones((80, 2))
    >>> print(dualrev.teach.chain(lambda x: C @ (B @ np.tanh(A @ x)), np.ones(20)))
    f: R^20 -> R^80 = J3 80x2 * J2 2x100 * J1 100x20
    <BLANKLINE>
    order    multiplications  product
    forward            7,200  J3 (J2 J1)  fewest
    reverse          176,000  (J3 J2) J1
    best               7,200  J3 (J2 J1)  fewest
    <BLANKLINE>
    forward mode is best, the other one takes 24x as many: n = 20 inputs, m = 80 outputs
    """
    check_function(f, "teach.chain", at="dr.teach.chain(f, x)")
    program = trace(f, *x)
    ends = stage_ends(program)
    n, m = sum(map(size, program.recording.leaves)), sum(map(size, program.recording.values))
    sizes = (n, *[size(program[k].primal) for k in ends], m)
    names = ("the input", *[program[k].name for k in ends], "the output")
    return Chain(spoken_name(f), sizes, names, program, tuple(ends))


def stage_ends(program: Program) -> list[int]:
    """The values that everything passes through, one by one, without those that only an elementwise op follows."""
    cuts = bottlenecks(program)
    kept: list[int] = []
    for k in cuts:
        if kept and is_diagonal(program, kept[-1], k):
            kept.pop()
        kept.append(k)
    outputs = [k for k in program.outputs if k is not None]
    while kept and len(outputs) == 1 and (kept[-1] == outputs[0] or is_diagonal(program, kept[-1], outputs[0])):
        kept.pop()
    if kept and len(program.inputs) == 1 and is_diagonal(program, program.inputs[0], kept[0]):
        kept.pop(0)
    return kept


def bottlenecks(program: Program) -> list[int]:
    """The operations after which nothing but their own value is needed any more."""
    last = {k: len(program) for k in program.outputs if k is not None}
    for v in reversed(program.operations):
        if v.index in last:
            for p in v.parents:
                if p >= 0:
                    last.setdefault(p, v.index)
    found, reaching = [], max((last.get(k, 0) for k in program.inputs), default=0)
    for v in program.operations:
        if v.index not in last:
            continue
        if reaching <= v.index:
            found.append(v.index)
        reaching = max(reaching, last[v.index])
    return found


def is_diagonal(program: Program, start: int, end: int) -> bool:
    """Do only operations element by element, or moves of elements, lead from one value to the other?"""
    inside = {start}
    for v in program.values[start + 1 : end + 1]:
        parents = [p for p in v.parents if p >= 0]
        if inside.isdisjoint(parents):
            continue
        if not keeps_elements(v, program[start]):
            return False
        inside.add(v.index)
    return end in inside


def keeps_elements(v: Value, start: Value) -> bool:
    rule = v.call.op.rule
    if isinstance(rule, Elementwise):
        return shape(v.primal) == shape(start.primal)
    return is_move(v) and size(v.primal) == size(start.primal) and v.call.op.func is np.reshape


def jacobian_between(program: Program, starts: Sequence[int], ends: Sequence[int | None]) -> np.ndarray:
    """The Jacobian of the values `ends` in the values `starts`, pushed along the recorded operations."""
    n = sum(size(program[k].primal) for k in starts)
    along: dict[int, Any] = {}
    before = 0
    for k in starts:
        x = program[k].primal
        along[k] = np.eye(n, size(x), -before).reshape((n, *shape(x)))
        before += size(x)
    for v in program.operations:
        if v.index not in along and any(p in along for p in v.parents):
            along[v.index] = v.call.push((n,), [along.get(p) for p in v.parents])
    found = [along.get(k) if k is not None else None for k in ends]
    values = [program[k].primal for k in ends if k is not None] if None not in ends else program.recording.values
    return np.concatenate([flat(t, y, n) for t, y in zip(found, values, strict=True)], axis=1).T
