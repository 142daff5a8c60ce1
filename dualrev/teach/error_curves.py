"""The error of every way to a derivative against its step: truncation falls, rounding grows, dualrev has no step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..brief import brief
from ..comparison.comparing import spoken_name
from ..derived import check_function
from ..errors import InputError
from ..forward.jvp import jvp
from ..palette import FORWARD, INK, OTHER, REVERSE
from ..program.notation import number
from ..units import table_lines
from .pictured import Pictured, plain_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

METHODS = ("forward", "central", "complex", "dualrev")
POWERS = {"forward": 1, "central": 2, "complex": 2}  # of h, in the truncation error
LOOKS: dict[str, dict[str, Any]] = {
    "forward": {"color": FORWARD, "marker": "o"},
    "central": {"color": REVERSE, "marker": "s"},
    "complex": {"color": OTHER, "marker": "^"},
    "dualrev": {"color": INK, "ls": "-", "lw": 2.0},
}
SPOKEN = {"forward": "forward differences", "central": "central differences", "complex": "complex step"}
LEAST = 2.0**-54  # an error on the plot; 0 is nowhere on a logarithmic axis
EXTRAPOLATED = "extrapolated differences"
TINY = 1e-40  # the complex step without truncation


@brief
@dataclass(frozen=True, eq=False)
class MethodError:
    """One method. derivatives, errors: at each step, the errors relative.

    slope, power: of the truncation error, measured and in theory; rounding: the slope on the other side of the V, -1 in
    theory; nan where that side cannot be seen. best_step: where the two meet; best_error: the median error around it.
    """

    name: str
    derivatives: np.ndarray
    errors: np.ndarray
    slope: float
    rounding: float
    best_step: float
    best_error: float


@brief
@dataclass(frozen=True, eq=False)
class ErrorCurve(Pictured):
    """The error of derivatives of f at x against the step. Made by `error_curve`; printed, it is a table.

    steps: rising. methods: a `MethodError` by name. derivative: what dualrev says. exact, referee: what the errors are
    measured against, and where it comes from. reasons: why a method is left out.
    """

    name: str
    x: float
    steps: np.ndarray
    methods: dict[str, MethodError]
    derivative: float
    exact: float
    referee: str
    reasons: dict[str, str]

    def __getitem__(self, name: str) -> MethodError:
        if name in self.methods:
            return self.methods[name]
        raise InputError(f"no method {name!r} here; there are {', '.join(self.methods)}")

    @cached_property
    def dualrev_error(self) -> float:
        """Relative; 0 where all digits agree."""
        return relative(self.derivative, self.exact)

    def __str__(self) -> str:
        rows = [["method", "error falls as", "and grows as", "best step", "error there"]]
        for name, m in self.methods.items():
            falls = "-" if np.isnan(m.slope) else f"h^{m.slope:.2f}"
            grows = "-" if np.isnan(m.rounding) else f"h^{m.rounding:.2f}"
            rows.append([SPOKEN[name], falls, grows, short(m.best_step), short(m.best_error)])
        rows.append(["dualrev", "no step", "", "", short(self.dualrev_error)])
        head = f"{self.name} at {number(self.x)}: derivative {self.derivative:.12g}; {self.referee}: {self.exact:.12g}"
        why = [f"{SPOKEN[name]}: left out, {reason}" for name, reason in self.reasons.items()]
        why += ["the extrapolated differences know 12 to 14 digits themselves"] if self.referee == EXTRAPOLATED else []
        return "\n".join([head, "", *(line.rstrip() for line in table_lines(rows)), *why])

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        methods = {
            name: {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in vars(m).items()}
            for name, m in self.methods.items()
        }
        return {**vars(self), "steps": self.steps.tolist(), "methods": methods, "dualrev_error": self.dualrev_error}

    def draw(self, ax: "Axes") -> None:
        """Every curve, its slopes named beside it, and its best step."""
        for name, m in self.methods.items():
            order = 1 if name == "complex" else 2  # central differences may fall on the same line
            look = {**LOOKS[name], "zorder": order, "ms": 3, "lw": 0.8, "label": SPOKEN[name]}
            ax.plot(self.steps, np.maximum(m.errors, LEAST), **look)
            if np.isfinite(m.best_step) and name != "complex":
                ax.plot(m.best_step, max(m.best_error, LEAST), "*", color=LOOKS[name]["color"], ms=13, mec="#ffffff")
        ax.axhline(max(self.dualrev_error, LEAST), **LOOKS["dualrev"], label="dualrev: no step")
        ax.plot([], [], "*", color=OTHER, ms=10, label="best step")
        ax.set(xscale="log", yscale="log", xlabel="step h", ylabel="relative error", ylim=(LEAST / 8, 30.0))
        for name, m in self.methods.items():
            self.name_slopes(ax, name, m)
        ax.set_title(plain_title(f"{self.name} at {number(self.x)}: error of the derivative against the step"))
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=3, frameon=False)

    def name_slopes(self, ax: "Axes", name: str, m: MethodError) -> None:
        """h, h^2 where the error falls, eps / h where it grows, as dashed lines of just these slopes."""
        style: dict[str, Any] = {"color": LOOKS[name]["color"], "ls": (0, (5, 3)), "lw": 1.0}
        lines = []
        if np.isfinite(m.slope) and not (name == "complex" and "central" in self.methods):  # they fall side by side
            lines.append((POWERS[name], 10 ** (-0.5 - 0.75 * POWERS[name]), f"$h^{POWERS[name]}$".replace("^1", "")))
        if np.isfinite(m.rounding) and not (name == "central" and "forward" in self.methods):
            lines.append((-1, 1e-13, r"$\epsilon / h$"))
        for power, at, said in lines:
            scale = through(self.steps, m.errors, at, power)
            line = scale * self.steps**power
            seen = (line > LEAST) & (line < 3.0)
            if scale > 0 and seen.any():
                ax.plot(self.steps[seen], line[seen], **style)
                place = (-8, 0) if power > 0 else (8, 4)
                ax.annotate(
                    *(said, (at, scale * at**power), place), textcoords="offset points", color=style["color"],
                    ha="right" if power > 0 else "left", va="bottom",
                )  # fmt: skip


def short(x: float) -> str:
    return "-" if np.isnan(x) else f"{x:.1e}" if x else "0"


def relative(found: Any, exact: float) -> Any:
    return np.abs(found - exact) / (abs(exact) or 1.0)


def error_curve(
    f: Callable[[Any], Any], x: float, methods: Sequence[str] = METHODS, exact: float | None = None
) -> ErrorCurve:
    """The error of the derivative of f at x by differences and the complex step, against the step; and of dualrev.

    Forward differences are off by h f''/2, central ones by h^2 f'''/6, and both by rounding, eps f / h: with a smaller
    step they become better, then worse. The complex step, Im f(x + ih) / h, subtracts nothing, so it has no second
    half; it needs an f that takes complex numbers and is analytic. dualrev has no step.

    Parameters
    ----------
    f : callable
        A function of one number, plain NumPy code.
    x : float
        The point. For one of many inputs, or a direction v: ``error_curve(lambda t: f(x + t * v), 0.0)``.
    methods : sequence of str
        Of "forward", "central", "complex" and "dualrev".
    exact : float, optional
        The derivative, where you know it. By default a complex step too small to matter; where f does not allow that,
        central differences, extrapolated.

    Returns
    -------
    ErrorCurve
        ``curve["central"].best_step`` and more; printed, it is a table; a notebook shows the picture.

    Raises
    ------
    InputError
        If x or f(x) is not one number, or a method is not known.

    Source: Baydin et al. (2018), figure 3; Squire & Trapp (1998) for the complex step.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev.teach
    >>> curve = dualrev.teach.error_curve(np.sin, 1.0)
    >>> [(name, round(m.slope, 1)) for name, m in curve.methods.items()]
    [('forward', 1.0), ('central', 2.0), ('complex', 2.0)]
    >>> bool(1e-9 < curve["forward"].best_step < 1e-7 and curve.dualrev_error < 2.3e-16)
    True
    """
    check_function(f, "teach.error_curve", at="dr.teach.error_curve(f, x)")
    unknown = [name for name in methods if name not in METHODS]
    if unknown:
        raise InputError(f"no method {unknown[0]!r}: write some of {', '.join(METHODS)}")
    at, derivative = slope_at(f, x, "error_curve")
    steps = 10.0 ** (np.arange(-64, 1) / 4)
    with np.errstate(all="ignore"):
        analytic = by_complex(f, at, TINY)
        trusted = abs(analytic - derivative) <= 1e-6 * (abs(derivative) or 1.0)
        referee = "the complex step" if trusted else EXTRAPOLATED
        known = analytic if trusted else extrapolated(f, at)
        if exact is not None:
            referee, known = "you", float(exact)
        reasons = {} if trusted or "complex" not in methods else {"complex": "f is not analytic, or takes no complex x"}
        found = {
            name: judged(name, steps, np.array([WAYS[name](f, at, h) for h in steps]), known)
            for name in methods
            if name != "dualrev" and name not in reasons
        }
    return ErrorCurve(spoken_name(f), at, steps, found, derivative, known, referee, reasons)


def slope_at(f: Callable[[Any], Any], x: Any, what: str) -> tuple[float, float]:
    """x as a float, and the derivative of f there."""
    if np.shape(x) or isinstance(x, complex):
        raise InputError(f"{what} takes one number as x: along a direction v, give it lambda t: f(x + t * v) and 0.0")
    at = float(x)
    y, slope = jvp(f, (at,), (1.0,))
    if np.shape(y) or isinstance(y, (tuple, list, dict)):
        raise InputError(f"{what} takes a function with one number as its result: {spoken_name(f)} returned more")
    return at, float(slope)


def by_forward(f: Callable[[Any], Any], x: float, h: float) -> float:
    return float(f(x + h) - f(x)) / h


def by_central(f: Callable[[Any], Any], x: float, h: float) -> float:
    return float(f(x + h) - f(x - h)) / (2 * h)


def by_complex(f: Callable[[Any], Any], x: float, h: float) -> float:
    try:
        return float(np.imag(f(complex(x, h)))) / h
    except Exception:  # f does not take complex numbers
        return float("nan")


WAYS = {"forward": by_forward, "central": by_central, "complex": by_complex}


def extrapolated(f: Callable[[Any], Any], x: float) -> float:
    """Central differences at h, h/2, h/4, ... with their errors of even order taken out, where they agree best."""
    h = 0.1 * max(abs(x), 1.0)
    rows: list[list[float]] = []
    for k in range(8):
        row = [by_central(f, x, h / 2**k)]
        for j in range(k):
            row.append(row[j] + (row[j] - rows[-1][j]) / (4 ** (j + 1) - 1))
        rows.append(row)
    ends = [row[-1] for row in rows]
    best = min(range(1, len(ends)), key=lambda k: abs(ends[k] - ends[k - 1]))
    return ends[best]


def judged(name: str, steps: np.ndarray, derivatives: np.ndarray, exact: float) -> MethodError:
    """The errors, the slopes of both sides of the V, and where the sides meet."""
    errors = relative(derivatives, exact)
    power = POWERS[name]
    bottom = int(np.argmin(smoothed(errors)))
    falling = np.flatnonzero((np.arange(steps.size) > bottom + 2) & (steps < 0.1) & (errors > 1e-15))
    growing = np.flatnonzero((np.arange(steps.size) < bottom - 2) & (errors > 0) & (errors < 0.3))
    slope, fall = side(steps, errors, falling, power)
    rounding, grow = side(steps, errors, growing, -1) if name != "complex" else (np.nan, np.nan)
    best = float((grow / fall) ** (1 / (power + 1)))
    near = np.abs(np.log(steps / best)) < 1.3 if np.isfinite(best) else np.arange(steps.size) == bottom
    there = float(np.median(errors[near])) if near.any() else float("nan")
    return MethodError(name, derivatives, errors, slope, rounding, best, there)


def smoothed(errors: np.ndarray) -> np.ndarray:
    """The median of each error and its neighbours: one lucky error does not count."""
    padded = np.pad(np.where(np.isfinite(errors), errors, np.inf), 2, mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1)


def side(steps: np.ndarray, errors: np.ndarray, where: np.ndarray, power: int) -> tuple[float, float]:
    """(the slope of a side of the V, in the logarithms, and C of the line C h^power through it)."""
    if where.size < 4:
        return float("nan"), float("nan")
    h, e = np.log(steps[where]), np.log(errors[where])
    return float(np.polyfit(h, e, 1)[0]), float(np.exp(np.median(e - power * h)))


def through(steps: np.ndarray, errors: np.ndarray, at: float, power: int) -> float:
    """C of the line C h^power through the errors near a step."""
    near = (np.abs(np.log(steps / at)) < 2.4) & (errors > LEAST)
    return float(np.median(errors[near] / steps[near] ** power)) if near.any() else 0.0
