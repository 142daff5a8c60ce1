"""What `propagate` returns: a value with its uncertainty, the budget of it, and whether linear terms suffice."""

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy import ndarray

from ..boundary import all_leaves, grouped
from ..brief import brief, few
from ..checking.kink_list import kinks
from ..errors import InputError
from ..jacobians import hessian
from ..palette import REVERSE
from ..shapes import apart, shape
from ..tree import flatten
from ..units import significant, table_lines
from .inputs import Inputs, names_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 2.0  # standard deviations within which a kink matters
MOST = 5000  # numbers of a result whose covariance is a matrix that one can hold
MOST_CHECKED = 50  # numbers of a result whose second order is looked at
UNFIT = 0.05  # of the standard deviation: a second order beyond it is no rounding


class Share(NamedTuple):
    """What one input contributes: its slope times its standard deviation, and its share of the variance.

    The shares of all inputs add up to 1; of correlated inputs one may be negative.
    """

    name: str
    value: float
    std: float
    slope: float
    contribution: float
    share: float


class Check(NamedTuple):
    """The second order beside the first: how far it moves the value, and the standard deviation with it."""

    shift: ndarray
    std: ndarray
    linear: ndarray
    fit: bool

    def __str__(self) -> str:
        worst = int(np.argmax(np.abs(self.shift) + np.abs(self.std - self.linear)))
        moved = f"the value moves by {self.shift[worst]:.2g}"
        moved += f", std is {self.std[worst]:.3g} instead of {self.linear[worst]:.3g}"
        said = "linear terms suffice" if self.fit else "linear terms do not suffice: second_order=True, or sample"
        return f"{said}; to second order {moved}"


@brief
class Propagated:
    """The value of a function of uncertain inputs.

    value, std
        In the structure and the shapes of what the function returns.
    cov, correlation : arrays of shape (m, m)
        Of all m numbers of the result.
    jacobian : array of shape (m, n)
        Rows as the numbers of the result, columns as ``names``; None where f works number by number on large arrays.
    names : list of str
        The n inputs.
    """

    def __init__(self, f, inputs: Inputs, build, values, deviations, J, second_order):
        self.f, self.inputs, self.build, self.values = f, inputs, build, values
        self.deviations, self.jacobian, self.second_order = deviations, J, second_order
        if second_order:
            self.values = [v + s for v, s in zip(values, self.leaves_of(self.second.shift), strict=True)]

    @cached_property
    def names(self) -> list[str]:
        return self.inputs.names()

    # ---- value and uncertainty ---------------------------------------------------------------------------------------

    @property
    def value(self) -> Any:
        return self.build([v[()] for v in self.values])

    @cached_property
    def std(self) -> Any:
        return self.build(self.leaves_of(self.flat_std))

    @cached_property
    def flat_std(self) -> ndarray:
        """The standard deviations as one vector."""
        return self.second.std if self.second_order else self.linear_std

    @cached_property
    def linear_std(self) -> ndarray:
        if self.jacobian is None:
            return np.ravel(self.deviations)
        return np.sqrt(np.maximum(np.sum(self.spread * self.jacobian, axis=1), 0.0))

    @cached_property
    def spread(self) -> ndarray:
        """J C."""
        C = self.inputs.cov
        return self.jacobian * self.inputs.std**2 if C is None else self.jacobian @ C

    @cached_property
    def cov(self) -> ndarray:
        m = self.matrix_of().shape[0]
        if m > MOST:
            raise InputError(
                f"the covariance of {m} numbers has {m * m} entries: take .std, or fewer numbers at a time"
            )
        cov = self.spread @ self.jacobian.T
        return cov + np.diag(self.flat_std**2 - np.diag(cov)) if self.second_order else (cov + cov.T) / 2

    def matrix_of(self) -> ndarray:
        if self.jacobian is None:
            raise InputError(
                f"f works number by number on {self.values[0].size} numbers: take .std, or fewer at a time"
            )
        return self.jacobian

    @cached_property
    def correlation(self) -> ndarray:
        size = np.sqrt(np.diag(self.cov))
        with np.errstate(invalid="ignore"):
            return self.cov / np.outer(size, size)

    def leaves_of(self, flat: ndarray) -> list[Any]:
        """A vector over all numbers of the result as leaves of their shapes."""
        return apart(flat, map(shape, self.values))

    # ---- the budget --------------------------------------------------------------------------------------------------

    @property
    def outputs(self) -> list[str]:
        """A name for each number of the result."""
        return names_of(self.value, "y")

    def budget(self, output: int | str = 0) -> list[Share]:
        """What each input contributes to one number of the result, named or counted; the largest first.

        Source: JCGM 100:2008, section 5.1.3, and table H.1.
        """
        k = self.outputs.index(output) if isinstance(output, str) else output
        J, x = self.matrix_of()[k], self.point
        variance = self.linear_std[k] ** 2
        share = self.spread[k] * J / variance if variance else np.zeros(len(J))
        rows = zip(self.names, x, self.inputs.std, J, np.abs(J) * self.inputs.std, share, strict=True)
        return sorted([Share(n, *map(float, row)) for n, *row in rows], key=lambda s: -abs(s.share))

    def plot(self, output: int | str = 0, ax: "Axes | None" = None, most: int = 12) -> "Axes":
        """A bar for the share of each input in the variance of one number of the result."""
        import matplotlib.pyplot as plt

        shares = self.budget(output)[:most][::-1]
        if ax is None:
            _, ax = plt.subplots(figsize=(6.0, 0.8 + 0.35 * len(shares)), layout="constrained")
        bars = ax.barh([s.name for s in shares], [100 * s.share for s in shares], color=REVERSE)
        ax.bar_label(bars, [f"{100 * s.share:.1f}" for s in shares], padding=3)
        ax.margins(x=0.12)
        ax.set_xlabel(
            f"share in the variance of {output if isinstance(output, str) else self.outputs[output]}, percent"
        )
        ax.spines[["top", "right"]].set_visible(False)
        return ax

    # ---- the second order --------------------------------------------------------------------------------------------

    @cached_property
    def second(self) -> Check:
        """1/2 tr(H C) and 1/2 tr(H C H C), for each number of the result."""
        m = self.matrix_of().shape[0]
        if m > MOST_CHECKED:
            raise InputError(f"the second order of {m} numbers takes as many Hessians: return at most {MOST_CHECKED}")
        C = self.inputs.covariance
        HC = [hessian(lambda v, k=k: self.of_vector(v)[k])(self.point) @ C for k in range(m)]
        shift = np.array([np.trace(M) / 2 for M in HC])
        more = np.array([np.trace(M @ M) / 2 for M in HC])
        std = np.sqrt(self.linear_std**2 + more)
        unfit = (np.abs(shift) > UNFIT * std) | (std - self.linear_std > UNFIT * std)
        return Check(shift, std, self.linear_std, not unfit.any())

    @cached_property
    def point(self) -> ndarray:
        """x as one vector."""
        return np.concatenate([np.ravel(v) for v in flatten(self.inputs.x)[0]]).astype(float)

    def of_vector(self, v):
        """f of a vector, as one vector."""
        leaves, structures = all_leaves((self.inputs.x,), "x")
        given = grouped(apart(v, map(shape, leaves)), structures)
        return np.concatenate([np.ravel(y) for y in flatten(self.f(*given))[0]])

    @cached_property
    def kinks(self) -> list[str]:
        """The inputs with a kink of f within two standard deviations: linear terms do not see its other side."""
        std = self.inputs.std
        found = kinks(lambda u: self.of_vector(self.point + std * u), np.zeros(len(std)), near=WIDTH)
        return list(dict.fromkeys(f"{k.op}, in {self.renamed(k.input)}" for k in found))

    def renamed(self, text: str) -> str:
        """The name of the input that kinks call u[k]."""
        found = re.search(r"\[(\d+)\]", str(text))
        return self.names[int(found[1])] if found else str(text)

    @property
    def check(self) -> Check:
        """The second order beside the first, and whether that suffices."""
        return self.second

    # ---- text --------------------------------------------------------------------------------------------------------

    def __str__(self) -> str:
        if self.jacobian is None:
            return (
                f"{self.values[0].size} numbers, standard deviations up to {np.max(self.linear_std, initial=0.0):.3g}"
            )
        flat = np.concatenate([np.ravel(v) for v in self.values])
        lines = [f"{n} = {value_text(v, s)}" for n, v, s in zip(self.outputs, flat, self.flat_std, strict=True)]
        lines = few(lines, "see .value and .std", 12)
        if len(flat) == 1:
            head = ["input", "value", "std", "slope", "contribution", "share"]
            shown = [budget_row(s) for s in self.budget()]
            lines += ["", *few(table_lines([head, *shown]), "see .budget()", 20)]
        if len(flat) <= MOST_CHECKED and len(self.names) <= MOST_CHECKED:
            lines += ["", str(self.check)]
            lines += [f"a kink within {WIDTH:g} std: {where}: sample instead" for where in self.kinks[:3]]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"


def value_text(value: float, std: float) -> str:
    """A value to the second digit of its standard deviation."""
    if not std > 0 or not np.isfinite(std):
        return f"{value:.6g} +- {std:.2g}"
    digits = max(0, 1 - int(np.floor(np.log10(std))))
    return f"{value:.{digits}f} +- {significant(std, 2)}" if digits < 8 else f"{value:.8g} +- {std:.2g}"


def budget_row(s: Share) -> list[str]:
    return [
        s.name,
        f"{s.value:.6g}",
        f"{s.std:.3g}",
        f"{s.slope + 0.0:.4g}",
        f"{s.contribution:.3g}",
        f"{100 * s.share:.1f}%",
    ]
