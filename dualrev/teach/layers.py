"""The length of the gradient by layer: where it vanishes, and where it explodes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..brief import brief
from ..comparison.comparing import spoken_name
from ..derived import check_function
from ..errors import InputError
from ..optimize.result import named
from ..palette import FORWARD, INK, REVERSE
from ..transforms import value_and_grad
from ..units import table_lines
from .pictured import Pictured, plain_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SMALL, LARGE = 1e-3, 1e3  # times the last layer's: where a gradient is said to vanish, or to explode
MOST_ROWS = 30


@brief
@dataclass(frozen=True, eq=False)
class ByLayer(Pictured):
    """The gradient of a loss, leaf by leaf. Made by `by_layer`; printed, it is a table.

    names, sizes, norms: of each leaf of the parameters its name, its number of elements and the length of the gradient
    in it. rms: that length per root of an element, which can be compared between layers of different sizes.
    """

    name: str
    loss: float
    names: list[str]
    sizes: np.ndarray
    norms: np.ndarray

    @property
    def rms(self) -> np.ndarray:
        return self.norms / np.sqrt(self.sizes)

    @property
    def ratio(self) -> float:
        """The root mean square of the first leaf over that of the last."""
        return float(self.rms[0] / self.rms[-1]) if self.rms[-1] else float("nan")

    def verdict(self) -> str:
        """Whether the gradient reaches the first layer."""
        if not np.all(np.isfinite(self.norms)):
            bad = self.names[int(np.flatnonzero(~np.isfinite(self.norms))[0])]
            return f"the gradient in {bad} is not finite: dr.why_nan says where that begins"
        ends = f"rms of {self.names[0]} is {self.ratio:.1e} times that of {self.names[-1]}"
        if self.ratio < SMALL:
            return f"the gradient vanishes: {ends}"
        return f"the gradient explodes: {ends}" if self.ratio > LARGE else ends

    def __str__(self) -> str:
        rows = [["leaf", "elements", "|gradient|", "rms"]]
        rows += [
            [name, f"{n:,}", f"{norm:.3g}", f"{rms:.3g}"]
            for name, n, norm, rms in zip(self.names, self.sizes.tolist(), self.norms, self.rms)
        ]
        more = len(rows) - 1 - MOST_ROWS
        kept = rows if more <= 0 else [*rows[: MOST_ROWS // 2 + 1], *rows[-MOST_ROWS // 2 :]]
        lines = table_lines(kept)
        if more > 0:
            lines.insert(MOST_ROWS // 2 + 1, f"... {more} more")
        return "\n".join([f"{self.name}: loss {self.loss:.6g}", *lines, self.verdict()])

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        lists = {name: getattr(self, name).tolist() for name in ("sizes", "norms", "rms")}
        return {"name": self.name, "loss": self.loss, "names": self.names, **lists, "verdict": self.verdict()}

    @property
    def inches(self) -> tuple[float, float]:  # type: ignore[override]
        return 6.4, min(1.2 + 0.26 * len(self.names), 14.0)

    def draw(self, ax: "Axes") -> None:
        """A bar per leaf, the first on top, on a logarithmic axis."""
        rms = np.where((self.rms > 0) & np.isfinite(self.rms), self.rms, np.nan)
        least = np.nanmin(rms) / 10 if np.isfinite(rms).any() else 1e-3
        rows = np.arange(len(self.names))
        faint = self.rms < SMALL * self.rms[-1]
        colours = [FORWARD if small else REVERSE for small in faint]
        ax.barh(rows, np.nan_to_num(rms - least), left=least, color=colours, height=0.7)
        for row, v in zip(rows, self.rms):
            at = v if v > 0 and np.isfinite(v) else least
            ax.annotate(f"{v:.1e}", (at, row), (4, 0), textcoords="offset points", va="center", fontsize=8, color=INK)
        ax.set(xscale="log", ylim=(len(rows) - 0.4, -0.6), xlabel="root mean square of the gradient in the leaf")
        top = np.nanmax(rms) if np.isfinite(rms).any() else 1.0
        ax.set_xlim(least, top * max((top / least) ** 0.15, 2.0))
        ax.set_yticks(rows, [plain_title(name) for name in self.names])
        ax.set_title(plain_title(f"{self.name}: {self.verdict()}"), wrap=True)


def by_layer(loss: Callable[..., Any], params: Any, *data: Any) -> ByLayer:
    """How long the gradient of a loss is in each leaf of the parameters: does it reach the first layer?

    Parameters
    ----------
    loss : callable
        A scalar-valued function ``loss(params, *data)``, plain NumPy code.
    params
        A tree of float arrays, the layers in order: the leaves are compared with the last one.
    *data
        What else the loss takes; no gradient in it.

    Returns
    -------
    ByLayer
        `norms`, `rms`, `ratio`, `verdict()`; printed, it is a table; a notebook shows the bars.

    Raises
    ------
    InputError
        If the loss is no scalar, or there are no parameters.

    Source: Glorot & Bengio (2010), section 4.2.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev.teach
    >>> def loss(layers):
    ...     x = np.ones(4)
    ...     for W in layers:
    ...         x = 1 / (1 + np.exp(-W @ x))
    ...     return np.sum(x**2)
    >>> found = dualrev.teach.by_layer(loss, [np.eye(4) for _ in range(8)])
    >>> bool(found.ratio < 1e-4), found.verdict()[:22]
    (True, 'the gradient vanishes:')
    """
    check_function(loss, "teach.by_layer", at="dr.teach.by_layer(loss, params)")
    y, gradient = value_and_grad(loss)(params, *data)
    leaves = named(gradient)
    if not leaves:
        raise InputError("by_layer was given no parameters: write a list or dict of arrays")
    sizes = np.array([np.size(g) for _, g in leaves])
    norms = np.array([np.linalg.norm(np.ravel(g)) for _, g in leaves], float)
    return ByLayer(spoken_name(loss), float(np.ravel(y)[0]), [name for name, _ in leaves], sizes, norms)
