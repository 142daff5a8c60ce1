"""Expression swell: a derivative written out as one expression grows by itself, as a program hardly at all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..brief import brief
from ..comparison.comparing import spoken_name
from ..derived import check_function
from ..errors import InputError
from ..palette import FORWARD, INK, REVERSE
from ..program.paths import integer_text
from ..program.program import Program, trace
from ..transforms import grad
from ..units import table_lines
from .error_curves import slope_at
from .pictured import Pictured, plain_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_ORDERS = 8


@brief
@dataclass(frozen=True, eq=False)
class Swell(Pictured):
    """The derivatives of f from order 0, as programs and as expressions. Made by `swell`; printed, it is a table.

    operations: of the program of each order, every value computed once, those included that turn out not to be needed.
    written: how many operations the derivative has as one expression, without names for what comes twice. values: the
    derivatives at x.
    """

    name: str
    x: float
    values: list[float]
    operations: list[int]
    written: list[int]

    def __str__(self) -> str:
        rows = [["order", "derivative", "operations", "written out"]]
        for k, (v, ops, out) in enumerate(zip(self.values, self.operations, self.written)):
            rows.append([str(k), f"{v:.6g}", f"{ops:,}", integer_text(out)])
        return "\n".join([f"{self.name} at {self.x:g}", "", *table_lines(rows), "", self.verdict()])

    def verdict(self) -> str:
        """The order that swells most; from some order on the derivative of a polynomial is 0, and nothing to write."""
        order = int(np.argmax(np.array(self.written, float)))
        ops, out = self.operations[order], integer_text(self.written[order])
        return f"order {order}: {ops:,} operations with names for what comes twice, {out} without"

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return dict(vars(self))

    def draw(self, ax: "Axes") -> None:
        """Both counts against the order, on a logarithmic axis."""
        orders = np.arange(len(self.values))
        for counts, colour, mark, said in (
            (self.written, FORWARD, "s", "written out as one expression"),
            (self.operations, REVERSE, "o", "as a program: what dualrev runs"),
        ):
            shown = np.maximum(np.array(counts, float), 1.0)
            ax.plot(orders, shown, color=colour, marker=mark, label=said)
            for k, (at, count) in enumerate(zip(shown, counts)):
                place = (0, 6) if colour == FORWARD else (0, -13)
                text = integer_text(count)
                ax.annotate(text, (k, at), place, textcoords="offset points", ha="center", fontsize=8, color=INK)
        ax.set(yscale="log", xlabel="order of the derivative", ylabel="operations", xticks=orders)
        ax.margins(0.1, 0.15)
        ax.set_title(plain_title(f"{self.name}: {self.verdict()}"), wrap=True)
        ax.legend(loc="upper left")


def swell(f: Callable[[Any], Any], x: float, orders: int = 4) -> Swell:
    """How the derivatives of f grow with their order: as a program, and written out as one expression.

    A derivative by hand, or by a system that writes expressions, repeats in every term what the terms have in common.
    A program gives it a name and computes it once.

    Parameters
    ----------
    f : callable
        A function of one number, plain NumPy code.
    x : float
        Where it is recorded.
    orders : int
        The highest order, at most 8: each is the gradient of the one before.

    Returns
    -------
    Swell
        `operations`, `written`, `values`, from order 0; printed, it is a table; a notebook shows the picture.

    Raises
    ------
    InputError
        If x or f(x) is not one number.

    Source: Baydin et al. (2018), section 2.2 and table 1, for the logistic map.

    Examples
    --------
    >>> import dualrev.teach
    >>> def logistic(x):
    ...     for _ in range(3):
    ...         x = 4 * x * (1 - x)
    ...     return x
    >>> found = dualrev.teach.swell(logistic, 0.2, orders=1)
    >>> found.operations, found.written
    ([9, 22], [21, 125])
    """
    check_function(f, "teach.swell", at="dr.teach.swell(f, x)")
    if not isinstance(orders, (int, np.integer)) or not 0 <= orders <= MOST_ORDERS:
        raise InputError(f"orders={orders!r}: write the highest order, from 0 to {MOST_ORDERS}")
    at, _ = slope_at(f, x, "swell")
    values, operations, written, made = [], [], [], f
    for _ in range(orders + 1):
        program = trace(made, at)
        values.append(float(program.recording.values[0]))
        operations.append(len(program.operations))
        written.append(written_out(program))
        made = grad(made)
    return Swell(spoken_name(f), at, values, operations, written)


def written_out(program: Program) -> int:
    """The operations of the output as one expression: its own, and those of its arguments wherever they stand."""
    sizes = [0] * len(program)
    for v in program.operations:
        sizes[v.index] = 1 + sum(sizes[p] for p in v.parents if p >= 0)
    return sum(sizes[k] for k in program.outputs if k is not None)
