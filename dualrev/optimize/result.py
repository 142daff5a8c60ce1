"""What an optimiser returns: SciPy's OptimizeResult, with the parameters by name and what exact derivatives say."""

from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import OptimizeResult

from ..brief import brief, few
from ..palette import INK, REVERSE
from ..program.notation import array_text
from ..tree import flatten, paths
from .parameters import spelled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..picture import Picture

FIELDS = ("x", "fun", "jac", "success", "status", "message", "method", "nfev", "njev", "nhev", "nit")


@brief
class Result(OptimizeResult):
    """SciPy's result, and: params (the structure given), counts, history, certificate, ``plot()``.

    success is SciPy's own, unless the exact derivatives speak against it; then `message` says why. exception is there
    where the run was broken off: the point is then the best until that moment.
    """

    def __setattr__(self, name: str, given: Any) -> None:
        if name == "certify":  # how the certificate is made is no part of the result
            self.__dict__[name] = given
        else:
            self[name] = given

    @cached_property
    def certificate(self) -> Any:
        """What the exact derivatives say about the point; computed when first asked for."""
        return self.__dict__["certify"]()

    def __reduce__(self) -> Any:
        return type(self), (dict(self),), {"certificate": self.certificate}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def __dir__(self) -> list[str]:
        return sorted({*self.keys(), "certificate", "plot", "to_dict"})

    def headline(self) -> str:
        return f"{self.method}: {'converged' if self.success else 'NOT converged'}, {self.message}"

    def value_line(self) -> str:
        """The value, and what it took to get there."""
        c = self.counts
        asked = [f"{c.f} evaluations", f"{c.reverse_sweeps} reverse sweeps" if c.reverse_sweeps else ""]
        asked += [f"{c.hessian_products} Hessian products" if c.hessian_products else ""]
        return f"fun = {self.fun:.10g}, {', '.join(filter(None, asked))}{c.rescue_note}"

    def __str__(self) -> str:
        values = few([f"{name} = {array_text(v, 6)}" for name, v in named(self.params)], "see .params")
        return "\n".join([self.headline(), self.value_line(), *values, str(self.certificate)])

    def _repr_html_(self) -> str:
        side = 'style="text-align:left; padding:0 0.6em"'
        rows = "".join(
            f"<tr><th {side}>{escape(name)}</th><td {side}>{escape(array_text(v, 6))}</td></tr>"
            for name, v in named(self.params)
        )
        notes = [self.headline(), self.value_line(), *str(self.certificate).splitlines()]
        return f"<table><tbody>{rows}</tbody></table>" + "".join(f"<div>{escape(line)}</div>" for line in notes)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {key: plain(self[key]) for key in FIELDS if key in self} | {
            "params": {name: plain(v) for name, v in named(self.params)},
            "counts": dict(vars(self.counts)),
            "certificate": self.certificate.to_dict(),
            "history": {name: list(values) for name, values in vars(self.history).items()},
        }

    def plot(self, ax: "Axes | None" = None) -> "Picture | Axes":
        """The value above the lowest one, and the length of the gradient, by evaluation, on a logarithmic axis.

        Returns a picture that a notebook shows, or `ax` where that is given.
        """
        from ..picture import drawn

        return drawn(self.draw, ax)

    def draw(self, ax: "Axes") -> None:
        values, slopes = np.array(self.history.fun), np.array(self.history.gradient_norm)
        above = values - np.min(values[np.isfinite(values)], initial=np.inf)
        steps = np.arange(1, len(values) + 1)
        ax.semilogy(steps, positive(above), color=INK, marker=".", label="fun - lowest fun")
        if (slopes > 0).any():
            ax.semilogy(steps, positive(slopes), color=REVERSE, marker=".", label="|gradient|")
        ax.set(xlabel="evaluation", title=str(self.method))
        ax.legend()


def positive(x: np.ndarray) -> np.ndarray:
    """x, nan where a logarithmic axis has no place for it."""
    return np.where((x > 0) & np.isfinite(x), x, np.nan)


def named(params: Any) -> list[tuple[str, Any]]:
    """(name, value) of each leaf of a tree of parameters."""
    return [(spelled(path, "x"), v) for path, v in zip(paths(params), flatten(params)[0], strict=True)]


def plain(x: Any) -> Any:
    return x.tolist() if isinstance(x, (np.ndarray, np.generic)) else x
