"""What an optimiser returns: SciPy's OptimizeResult, with the parameters by name and what exact derivatives say."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import OptimizeResult

from ..program.notation import array_text
from ..tree import flatten, paths
from .parameters import spelled

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Result(OptimizeResult):
    """SciPy's result, and: params (the structure given), counts, history, certificate, ``plot()``.

    success is SciPy's own, unless the exact derivatives speak against it; then `message` says why.
    """

    @cached_property
    def certificate(self) -> Any:
        """What the exact derivatives say about the point; computed when first asked for."""
        return self["certify"]()

    def __getattr__(self, name: str) -> Any:
        return super().__getattr__(name)

    def __dir__(self) -> list[str]:
        return sorted({*self.keys(), "certificate", "plot", "to_dict"})

    def __str__(self) -> str:
        flag = "converged" if self.success else "NOT converged"
        c = self.counts
        asked = [f"{c.f} evaluations", f"{c.reverse_sweeps} gradients" if c.reverse_sweeps else ""]
        asked += [f"{c.hessian_products} Hessian products" if c.hessian_products else ""]
        lines = [f"{self.method}: {flag}, {self.message}", f"fun = {self.fun:.10g}, {', '.join(filter(None, asked))}"]
        lines += [f"{name} = {array_text(v, 6)}" for name, v in named(self.params)]
        return "\n".join([*lines, str(self.certificate)])

    __repr__ = __str__

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        keep = ("x", "fun", "jac", "success", "status", "message", "nfev", "njev", "nhev", "nit")
        data = {key: plain(self[key]) for key in keep if key in self}
        return data | {
            "params": {name: plain(v) for name, v in named(self.params)},
            "counts": vars(self.counts),
            "certificate": self.certificate.to_dict(),
            "history": vars(self.history),
        }

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """The value above the best one, and the gradient, against the evaluations, on a logarithmic axis."""
        from matplotlib import pyplot

        from ..palette import INK, REVERSE

        ax = pyplot.figure(figsize=(6, 4), layout="constrained").add_subplot() if ax is None else ax
        values = np.array(self.history.fun)
        above = values - np.nanmin(values)
        steps = np.arange(1, len(values) + 1)
        ax.semilogy(steps, np.where(above > 0, above, np.nan), color=INK, marker=".", label="fun - lowest fun")
        ax.semilogy(steps, self.history.gradient_norm, color=REVERSE, marker=".", label="max |gradient|")
        ax.set(xlabel="evaluation", title=str(self.method))
        ax.legend()
        return ax


def named(params: Any) -> list[tuple[str, Any]]:
    """(name, value) of each leaf of a tree of parameters."""
    return [(spelled(path, "x"), v) for path, v in zip(paths(params), flatten(params)[0], strict=True)]


def plain(x: Any) -> Any:
    return x.tolist() if isinstance(x, (np.ndarray, np.generic)) else x
