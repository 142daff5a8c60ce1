"""Gradient descent step by step, with four rules: to be watched, not to be used, since SciPy is better."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..boundary import as_floats
from ..brief import brief
from ..derived import check_function
from ..errors import InputError, NonFiniteWarning
from ..optimize.result import named
from ..palette import FORWARD, INK, REVERSE
from ..program.notation import array_text
from ..transforms import value_and_grad
from ..tree import flatten
from ..units import table_lines
from .pictured import Pictured

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_ROWS = 12  # steps of a history that is printed
SCIPY = "for teaching: dr.minimize(loss, params) takes SciPy's optimisers with the same gradient, and far fewer steps"

Leaves = list[Any]
Rule = Callable[[int, Leaves], Leaves]  # (number of the step from 1, gradient) -> what is subtracted, times the rate


@brief
@dataclass(frozen=True, eq=False)
class History(Pictured):
    """Every step of a descent. Made by `descent`; printed, it is a table.

    params: where it ended. costs: the loss at each point, the first one included. path: these points, one flat vector
    each: shape (steps + 1, number of parameters). norms: the length of the gradient at each point but the last. rule,
    rate: how it went. diverged: the step after which the loss was no finite number, or None.
    """

    rule: str
    rate: float
    params: Any
    costs: np.ndarray
    path: np.ndarray
    norms: np.ndarray
    diverged: int | None
    loss: Callable[[Any], Any]
    build: Callable[[np.ndarray], Any]

    def __str__(self) -> str:
        steps = len(self.norms)
        shown = sorted({0, *np.linspace(0, steps, MOST_ROWS).round().astype(int).tolist()})
        head = [["step", "loss", "|gradient|"]]
        rows = [[str(k), f"{self.costs[k]:.6g}", f"{self.norms[k]:.3g}" if k < steps else "-"] for k in shown]
        lines = [line.rstrip() for line in table_lines(head + rows)]
        found = [f"{name} = {array_text(x, 6)}" for name, x in named(self.params)]
        return "\n".join([f"{self.rule}, rate {self.rate:g}", *lines, *found, self.verdict(), SCIPY])

    def verdict(self) -> str:
        """How far it came."""
        if self.diverged is not None:
            return f"diverged: after step {self.diverged} the loss is no finite number; take a smaller rate"
        if self.costs[-1] > self.costs[0]:
            return "the loss has grown: take a smaller rate"
        return f"loss {self.costs[0]:.6g} -> {self.costs[-1]:.6g} in {len(self.norms)} steps"

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        lists = {name: getattr(self, name).tolist() for name in ("costs", "path", "norms")}
        return {"rule": self.rule, "rate": self.rate, "diverged": self.diverged, **lists, "verdict": self.verdict()}

    @property
    def inches(self) -> tuple[float, float]:  # type: ignore[override]
        return (6.4, 5.4) if self.path.shape[1] == 2 else (6.4, 4.0)

    def draw(self, ax: "Axes") -> None:
        """With two parameters the path over the contours of the loss; else the loss against the step."""
        if self.path.shape[1] == 2:
            self.draw_path(ax)
        else:
            self.draw_costs(ax)
        ax.set_title(f"{self.rule}, rate {self.rate:g}: {self.verdict()}", wrap=True)

    def draw_costs(self, ax: "Axes") -> None:
        """The loss, and the length of the gradient, against the step."""
        ax.plot(self.costs, color=INK, lw=1.6, label="loss")
        ax.plot(self.norms, color=REVERSE, lw=1.2, ls="--", label="|gradient|")
        finite = self.costs[np.isfinite(self.costs)]
        if finite.size and finite.min() > 0:
            ax.set_yscale("log")
        ax.set(xlabel="step")
        ax.legend()

    def draw_path(self, ax: "Axes") -> None:
        """The way over the contours of the loss."""
        seen = self.path[np.isfinite(self.path).all(axis=1)]
        low, high = seen.min(axis=0), seen.max(axis=0)
        margin = 0.25 * np.maximum(high - low, 1e-3 * np.maximum(np.abs(high), 1.0)) + 0.1 * (high - low).max()
        axes = [np.linspace(a - r, b + r, 61) for a, b, r in zip(low, high, margin)]
        with np.errstate(all="ignore"):
            Z = np.array([[float(self.loss(self.build(np.array([a, b])))) for a in axes[0]] for b in axes[1]])
        contours(ax, axes[0], axes[1], Z)
        ax.plot(*seen.T, ".-", color=FORWARD, lw=1.2, ms=4, zorder=3)
        ax.plot(*seen[0], "o", color=INK, ms=7, zorder=4, label="start")
        ax.plot(*seen[-1], "*", color=REVERSE, ms=13, zorder=4, label="end")
        names = [name for name, x in named(self.params) for _ in range(np.size(x))]
        ax.set(xlabel=names[0] if len(set(names)) == 2 else f"{names[0]}[0]")
        ax.set(ylabel=names[1] if len(set(names)) == 2 else f"{names[0]}[1]")
        ax.legend()


def contours(ax: "Axes", x: np.ndarray, y: np.ndarray, Z: np.ndarray) -> None:
    """Filled contours at equal shares of the area, so that no peak takes all of them."""
    finite = Z[np.isfinite(Z)]
    levels = np.unique(np.quantile(finite, np.linspace(0, 1, 22))) if finite.size else np.zeros(0)
    if levels.size > 1:
        ax.contourf(x, y, Z, levels=levels, cmap="Greys", alpha=0.35)
        ax.contour(x, y, Z, levels=levels, colors=INK, linewidths=0.4, alpha=0.6)


def descent(
    loss: Callable[[Any], Any], params: Any, rate: float = 0.01, steps: int = 100, rule: str = "sgd", **options: float
) -> History:
    """Follow the gradient of a loss downhill, and keep every step.

    With the gradient g and the rate r, step t subtracts from the parameters:

    - ``"sgd"``: r g
    - ``"momentum"``: r v, with v = momentum v + g
    - ``"adagrad"``: r g / (sqrt(s) + eps), with s = s + g^2
    - ``"adam"``: r m' / (sqrt(s') + eps), with m = b1 m + (1 - b1) g, s = b2 s + (1 - b2) g^2, m' = m / (1 - b1^t) and
      s' = s / (1 - b2^t)

    For teaching only: `minimize` and `fit` find the minimum in far fewer steps, need no rate, and say whether they did.

    Parameters
    ----------
    loss : callable
        A scalar-valued function of the parameters, plain NumPy code.
    params
        Where to start: a float, a float array, or a tree of them.
    rate : float
        The learning rate.
    steps : int
        How many steps to take; fewer are taken where the loss ceases to be a finite number.
    rule : str
        "sgd", "momentum", "adagrad" or "adam".
    **options : float
        momentum (0.9) of "momentum"; b1 (0.9) and b2 (0.999) of "adam"; eps (1e-8) of "adagrad" and "adam".

    Returns
    -------
    History
        `params`, `costs`, `path`, `norms`; printed, it is a table; a notebook shows the path, or the loss by step.

    Raises
    ------
    InputError
        If there is no such rule or option, or the loss is no scalar.

    Source: Polyak (1964); Duchi, Hazan & Singer (2011); Kingma & Ba (2015), algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> found = dr.descent(lambda p: (p["a"] - 3.0) ** 2, {"a": 0.0}, rate=0.25, steps=3)
    >>> found.costs, found.params
    (array([9.      , 2.25    , 0.5625  , 0.140625]), {'a': 2.625})
    """
    check_function(loss, "descent", at="dr.descent(loss, params)")
    if not isinstance(steps, (int, np.integer)) or steps < 1:
        raise InputError(f"steps={steps!r}: write how many steps to take, 1 or more")
    advance = rule_named(rule, options)
    (params,) = as_floats((params,))
    leaves, build = flatten(params)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", NonFiniteWarning)  # a descent that diverges says so itself
        costs, path, norms, diverged = walked(value_and_grad(loss), leaves, build, rate, steps, advance)
    leaves = apart(path[-1], leaves)
    return History(
        rule, rate, build(leaves), np.array(costs), np.array(path), np.array(norms), diverged, loss,
        lambda flat: build(apart(flat, leaves)),
    )  # fmt: skip


def walked(
    slope: Callable[[Any], Any], leaves: Leaves, build: Callable[[Leaves], Any], rate: float, steps: int, advance: Rule
) -> tuple[list[float], list[np.ndarray], list[float], int | None]:
    """(costs, points, lengths of the gradients, the step after which nothing was finite any more)."""
    cost, gradient = slope(build(leaves))
    costs, path, norms = [float(cost)], [together(leaves)], []
    for t in range(1, steps + 1):
        g = flatten(gradient)[0]
        norms.append(float(np.linalg.norm(together(g))))
        leaves = [x - rate * move for x, move in zip(leaves, advance(t, g))]
        cost, gradient = slope(build(leaves))
        costs.append(float(cost))
        path.append(together(leaves))
        if not (np.isfinite(cost) and np.isfinite(path[-1]).all()):
            return costs, path, norms, t
    return costs, path, norms, None


def together(leaves: Sequence[Any]) -> np.ndarray:
    return np.concatenate([np.ravel(x) for x in leaves]).astype(float)


def apart(flat: np.ndarray, like: Sequence[Any]) -> Leaves:
    ends = np.cumsum([np.size(x) for x in like])[:-1]
    parts = zip(np.split(flat, ends), like)
    return [np.reshape(part, np.shape(x)) if np.shape(x) else float(part[0]) for part, x in parts]


# ---- the rules -------------------------------------------------------------------------------------------------------


def sgd() -> Rule:
    return lambda t, g: g


def with_momentum(momentum: float = 0.9) -> Rule:
    v: Leaves = []

    def advance(t: int, g: Leaves) -> Leaves:
        v[:] = [momentum * old + new for old, new in zip(v, g)] if v else list(g)
        return list(v)

    return advance


def adagrad(eps: float = 1e-8) -> Rule:
    s: Leaves = []

    def advance(t: int, g: Leaves) -> Leaves:
        s[:] = [old + new**2 for old, new in zip(s, g)] if s else [new**2 for new in g]
        return [new / (np.sqrt(old) + eps) for old, new in zip(s, g)]

    return advance


def adam(b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> Rule:
    m: Leaves = []
    s: Leaves = []

    def advance(t: int, g: Leaves) -> Leaves:
        m[:] = [b1 * old + (1 - b1) * new for old, new in zip(m or np.zeros(len(g)), g)]
        s[:] = [b2 * old + (1 - b2) * new**2 for old, new in zip(s or np.zeros(len(g)), g)]
        return [(a / (1 - b1**t)) / (np.sqrt(b / (1 - b2**t)) + eps) for a, b in zip(m, s)]

    return advance


RULES: dict[str, Callable[..., Rule]] = {"sgd": sgd, "momentum": with_momentum, "adagrad": adagrad, "adam": adam}


def rule_named(rule: str, options: dict[str, float]) -> Rule:
    if rule not in RULES:
        raise InputError(f"rule={rule!r}: write one of {', '.join(map(repr, RULES))}")
    try:
        return RULES[rule](**options)
    except TypeError:
        known = RULES[rule].__code__.co_varnames[: RULES[rule].__code__.co_argcount]
        wrong = ", ".join(name for name in options if name not in known)
        takes = f"it takes {', '.join(known)}" if known else "it takes no options"
        raise InputError(f"rule {rule!r} has no option {wrong}: {takes}") from None
