"""The tangent of f at a point, beside the secants that differences take for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..brief import brief
from ..comparison.comparing import spoken_name
from ..derived import check_function
from ..errors import InputError
from ..palette import FORWARD, INK, OTHER, REVERSE
from ..program.notation import number
from ..units import table_lines
from .error_curves import by_forward, slope_at
from .pictured import Pictured, plain_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS = 400
STEPS = (2.0, 1.0, 1e-5)


@brief
@dataclass(frozen=True, eq=False)
class Tangent(Pictured):
    """The tangent of f at x0, and secants. Made by `tangent`.

    value, slope: f(x0) and f'(x0). differences: the slope of the secant from x0 to x0 + h, by h. x, y: the curve that
    is drawn, over `x0 - width .. x0 + width`.
    """

    name: str
    x0: float
    value: float
    slope: float
    differences: dict[float, float]
    x: np.ndarray
    y: np.ndarray

    def __call__(self, x: Any) -> Any:
        """The tangent at x: f(x0) + f'(x0) (x - x0)."""
        return self.value + self.slope * (np.asarray(x) - self.x0)

    @property
    def line(self) -> str:
        """The tangent, as a formula."""
        step = f"(x - {number(self.x0)})" if self.x0 >= 0 else f"(x + {number(-self.x0)})"
        return f"y = {number(self.value)} {'-' if self.slope < 0 else '+'} {number(abs(self.slope))} {step}"

    def __str__(self) -> str:
        rows = [[f"{self.name} at {number(self.x0)}", "slope", "off by"], ["tangent", f"{self.slope:.10g}", "0"]]
        for h, found in self.differences.items():
            rows.append([f"secant, h = {h:g}", f"{found:.10g}", f"{found - self.slope:.2g}"])
        return "\n".join([*table_lines(rows), self.line])

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {**vars(self), "x": self.x.tolist(), "y": self.y.tolist(), "line": self.line}

    def draw(self, ax: "Axes") -> None:
        """The curve, the tangent in the colour of forward mode, the secants that can be told from it in grey."""
        width = (self.x[-1] - self.x[0]) / 2
        ax.plot(self.x, self.y, color=INK, lw=1.6, label=self.name)
        for h, found in self.differences.items():
            if abs(h) > width / 50:
                ends = np.array([self.x[0], self.x[-1]])
                ax.plot(ends, self.value + found * (ends - self.x0), color=OTHER, lw=1.0, ls="--")
                at = self.x0 + h
                ax.plot(at, self.value + found * h, "o", color=OTHER, ms=4, label=f"secant, h = {h:g}: {found:.6g}")
        ax.plot(self.x, self(self.x), color=FORWARD, lw=1.6, label=f"tangent: {self.slope:.6g}")
        ax.plot(self.x0, self.value, "o", color=REVERSE, ms=7, zorder=4)
        low, high = np.nanmin(self.y), np.nanmax(self.y)
        ax.set_ylim(low - 0.15 * (high - low or 1.0), high + 0.15 * (high - low or 1.0))
        ax.set(xlabel="x", title=plain_title(f"{self.name} and its tangent at {number(self.x0)}: {self.line}"))
        ax.legend()


def tangent(f: Callable[[Any], Any], x0: float, steps: Sequence[float] = STEPS, width: float | None = None) -> Tangent:
    """The tangent of f at x0, beside the secants through x0 and x0 + h.

    Parameters
    ----------
    f : callable
        A function of one number, plain NumPy code.
    x0 : float
    steps : sequence of float
        The h of the secants; those too short to be told from the tangent are in the table only.
    width : float, optional
        How far the picture reaches on either side of x0; by default 1.5 times the longest step, 3 without one.

    Returns
    -------
    Tangent
        `slope`, `value`, `differences`, `line`; printed, it is a table; a notebook shows the picture.

    Raises
    ------
    InputError
        If x0 or f(x0) is not one number, or a step is 0.

    Examples
    --------
    >>> import dualrev.teach
    >>> print(dualrev.teach.tangent(lambda x: x**3 - 10 * x**2 + 5 * x - 2, 6.0, steps=(1.0, 1e-3)))
    f at 6                 slope  off by
    tangent                   -7       0
    secant, h = 1              2       9
    secant, h = 0.001  -6.991999   0.008
    y = -116 - 7 (x - 6)
    """
    check_function(f, "teach.tangent", at="dr.teach.tangent(f, x0)")
    if not all(steps):
        raise InputError("a secant needs two points: leave the step 0 out")
    at, slope = slope_at(f, x0, "tangent")
    reach = width or 1.5 * max((abs(h) for h in steps if abs(h) > 1e-3), default=2.0)
    x = np.linspace(at - reach, at + reach, POINTS + 1)
    with np.errstate(all="ignore"):
        y = np.array([float(f(float(v))) for v in x])
        found = {float(h): by_forward(f, at, h) for h in steps}
    return Tangent(spoken_name(f), at, float(f(at)), slope, found, x, y)
