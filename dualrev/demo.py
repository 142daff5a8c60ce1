"""The main job, shown: certified data fitted with exact gradients of both modes, and the two modes side by side.

`run()` measures and gives a `Demo`, plain data; printed, that is the report, and `draw` makes the figure of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import log10
from textwrap import indent
from typing import TYPE_CHECKING, Any

import numpy as np

from .comparison import Comparison, Crossover, compare, crossover
from .comparison.crossover_figure import draw_cost
from .datasets import CertifiedFit, load_norris
from .forward.jvp import jvp
from .jacobians import jacobian
from .palette import INK, REVERSE
from .timing import best_of
from .transforms import value_and_grad
from .units import seconds_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = np.ndarray

PRINTED_DIGITS = 15  # NIST prints its certified values to so many
OUTPUTS, SAMPLES, MOST_INPUTS = 32, 4096, 1024  # of the wave whose Jacobian is measured against n

# ---- the data --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Fit:
    """One way to the parameters (b0, b1) of a line; `seconds` is the best of several runs."""

    way: str
    parameters: Array
    evaluations: int
    seconds: float
    success: bool
    message: str


@dataclass(frozen=True, eq=False)
class Demo:
    """Everything the demo measured. Printed, it is the report."""

    data: CertifiedFit
    fits: list[Fit]
    comparisons: list[Comparison]
    crossover: Crossover

    def __str__(self) -> str:
        return report(self)


def run() -> Demo:
    """Fit, differentiate and measure: a few seconds.

    Returns
    -------
    Demo
        Plain data; ``print`` it, or `draw` it.
    """
    data = load_norris()
    inputs = 2 ** np.arange(MOST_INPUTS.bit_length())
    return Demo(
        data,
        fit_line(data),
        [compare(*tall()), compare(*wide())],
        crossover(wave, inputs, (OUTPUTS,), depth=(), seconds=0.03, progress=False),
    )


# ---- a fit with exact derivatives ------------------------------------------------------------------------------------


def fit_line(data: CertifiedFit) -> list[Fit]:
    """Three ways through SciPy to b0 + b1 x.

    In x itself the two parameters differ in scale by a factor of a thousand; in u = (x - mean) / std the line is
    c0 + c1 u, and half the mean square has the identity as its Hessian, where BFGS starts.
    """
    from scipy.optimize import least_squares, minimize

    middle, scale = data.x.mean(), data.x.std()
    u = (data.x - middle) / scale

    def residuals(c: Array) -> Array:
        return c[0] + c[1] * u - data.y

    def loss(c: Array) -> Any:
        return np.mean(residuals(c) ** 2) / 2

    def value_and_tangents(c: Array) -> Any:
        return jvp(loss, (c,), (np.eye(2),))

    bfgs = {"jac": True, "method": "BFGS", "options": {"gtol": 1e-10}}
    tight = {"method": "lm", "ftol": 1e-15, "xtol": 1e-15, "gtol": 1e-15}
    ways = {
        "minimize, reverse-mode gradient": lambda c: minimize(value_and_grad(loss), c, **bfgs),
        "minimize, forward-mode gradient": lambda c: minimize(value_and_tangents, c, **bfgs),
        "least_squares, exact Jacobian": lambda c: least_squares(residuals, c, jac=jacobian(residuals), **tight),
    }
    return [fit(way, solve, middle, scale) for way, solve in ways.items()]


def fit(way: str, solve: Callable, middle: float, scale: float) -> Fit:
    """Solve for (c0, c1) from (0, 0), and say the line in x again."""
    seconds, found = best_of(5, lambda: solve(np.zeros(2)))
    c0, c1 = found.x
    line = np.array([c0 - c1 * middle / scale, c1 / scale])
    return Fit(way, line, int(found.nfev), seconds, bool(found.success), str(found.message))


def digits_agreed(parameters: Array, certified: Array) -> float:
    """-log10 of the relative error of the worst parameter, at the digits NIST prints; at most that many."""
    printed = np.array([float(f"{p:.{PRINTED_DIGITS - 1}e}") for p in parameters])
    worst = float(np.max(np.abs(printed - certified) / np.abs(certified)))
    return min(PRINTED_DIGITS, -log10(worst)) if worst else PRINTED_DIGITS


# ---- one function, both ways -----------------------------------------------------------------------------------------


def tall() -> tuple[Callable, Array]:
    t = np.linspace(0.0, 4.0, 2000)

    def tall_signal(p: Array) -> Array:
        return p[0] * np.exp(-p[1] * t) + p[2] * np.sin(p[3] * t)

    return tall_signal, np.array([1.0, 0.5, 0.3, 3.0])


def wide() -> tuple[Callable, Array]:
    def wide_summary(x: Array) -> Array:
        return np.array([np.mean(x), np.std(x), np.linalg.norm(x), np.sum(np.diff(x) ** 2)])

    return wide_summary, np.sin(np.linspace(0.0, 9.0, 2000))


def wave(n: int, m: int) -> tuple[Callable, Array]:
    """A wave whose frequency changes n times, averaged over m windows.

    The work of the function itself hardly depends on n, so what is seen is the number of directions.
    """

    def windows(frequency: Array) -> Array:
        phase = np.cumsum(frequency[:, None] * np.ones(SAMPLES // n)) / SAMPLES
        return np.mean(np.reshape(np.tanh(2.0 * np.sin(phase)), (m, -1)), axis=1)

    return windows, np.linspace(20.0, 40.0, n)


# ---- the text --------------------------------------------------------------------------------------------------------


def report(demo: Demo) -> str:
    parts = [fits_text(demo.data, demo.fits), SIGNS]
    return "\n\n".join([*parts, *map(comparison_text, demo.comparisons), crossover_text(demo.crossover)])


def fits_text(data: CertifiedFit, fits: list[Fit]) -> str:
    b0, b1 = (f"{b:.15g}" for b in data.parameters)
    lines = [
        f"1. A straight line through certified data: NIST's {data.name}, {data.model}, {len(data.y)} points",
        "",
        f"   {'':32} {'b0':18}  {'b1':16}  digits  evaluations     time",
        f"   {'certified by NIST':32} {b0:18}  {b1}",
        *[fit_row(f, data.parameters) for f in fits],
        "",
        "   Fitted in u = (x - mean) / std, where both parameters have one scale; minimize is BFGS on half the",
        f"   mean square. digits: of the worst parameter, at most the {PRINTED_DIGITS} that NIST prints; b0 is a",
        "   difference of numbers a thousand times larger, which leaves double precision about 13.",
    ]
    return "\n".join(lines + [f"   SciPy on {f.way}: {f.message}" for f in fits if not f.success])


def fit_row(f: Fit, certified: Array) -> str:
    b0, b1 = (f"{b:.15g}" for b in f.parameters)
    digits = digits_agreed(f.parameters, certified)
    agreed = "all" if digits == PRINTED_DIGITS else f"{digits:.1f}"
    return f"   {f.way:32} {b0:18}  {b1:16}  {agreed:>6}  {f.evaluations:>11}  {seconds_text(f.seconds):>7}"


SIGNS = """2. One function, differentiated both ways

   tall_signal: p0 exp(-p1 t) + p2 sin(p3 t), at 2000 times t
   wide_summary: mean, std, norm and roughness of 2000 samples"""


def comparison_text(c: Comparison) -> str:
    return indent(f"{c}\nwhy: {c.choice.reason}", "   ")


def crossover_text(c: Crossover) -> str:
    m, dearer = int(c.m[0]), c.n[c.winners[:, 0] == "reverse"]
    seen = f"reverse was faster from n={dearer[0]} on" if dearer.size else "forward was faster throughout"
    return (
        f"3. A Jacobian with m={m} outputs, for n=1 to {c.n[-1]} inputs\n\n"
        f"   {seen}; counting directions, the modes are equal at n={m}"
    )


# ---- the figure ------------------------------------------------------------------------------------------------------


def draw(demo: Demo, figure: "Figure | None" = None) -> "Figure":
    """The figure of a demo: data, fitted line and residuals; and the cost of both modes against n.

    Parameters
    ----------
    demo : Demo
    figure : matplotlib.figure.Figure, optional
        Where to draw; by default a new figure, which needs no display.

    Returns
    -------
    matplotlib.figure.Figure
        Save it with its ``savefig``.
    """
    if figure is None:
        from .picture import sheet

        return sheet(lambda made: draw(demo, made), (10.0, 4.6))
    axes = figure.subplot_mosaic([["line", "cost"], ["residuals", "cost"]], height_ratios=(2.2, 1))
    draw_fit(demo.data, demo.fits[0], axes["line"], axes["residuals"])
    draw_cost(demo.crossover, axes["cost"])
    name_choices(axes["cost"])
    return figure


def draw_fit(data: CertifiedFit, fitted: Fit, above: "Axes", below: "Axes") -> None:
    """Data and fitted line above, residuals below."""
    b0, b1 = fitted.parameters
    ends = np.array([data.x.min(), data.x.max()])
    above.plot(ends, b0 + b1 * ends, color=REVERSE, lw=1.2)
    above.plot(data.x, data.y, "o", color=INK, ms=4)
    above.set(title=f"NIST's {data.name} data and the fitted line", ylabel="y")
    above.text(0.04, 0.94, f"y = {b0:.6f} + {b1:.6f} x", transform=above.transAxes, va="top", color=REVERSE)
    below.axhline(0.0, color=REVERSE, lw=1.2)
    below.plot(data.x, b0 + b1 * data.x - data.y, "o", color=INK, ms=4)
    below.set(xlabel="x", ylabel="fit - y")
    above.sharex(below)
    above.tick_params(labelbottom=False)
    above.figure.align_ylabels([above, below])


def name_choices(ax: "Axes") -> None:
    """What `jacobian` takes by itself, on either side of n = m."""
    for text, x, side in (("auto: forward", 0.85 * OUTPUTS, "right"), ("auto: reverse", 1.18 * OUTPUTS, "left")):
        ax.text(x, 0.02, text, transform=ax.get_xaxis_transform(), ha=side, va="bottom", color=INK)
