"""`taylor`: the series of a function along a line through a point."""

from collections.abc import Callable
from functools import partial
from math import factorial
from typing import Any, NamedTuple

import numpy as np

from ..arguments import Tree
from ..boundary import all_leaves, fresh, grouped, matched, outputs, run
from ..derived import check_function
from ..errors import InputError
from ..shapes import shape
from ..tree import tree_map
from .jet import Jet, SeriesSweep, jet


class Series(NamedTuple):
    """f(x + t v) = sum_k coefficients[k] t**k.

    coefficients: in the structure of f's result, with one more axis in front, of order + 1.
    """

    coefficients: Tree

    def __call__(self, t: float) -> Tree:
        """The polynomial at t."""
        return tree_map(lambda c: np.polynomial.polynomial.polyval(t, c), self.coefficients)

    @property
    def derivatives(self) -> Tree:
        """k! times the coefficients: the derivatives along the line, which overflow where the coefficients do not."""
        return tree_map(lambda c: np.stack([factorial(k) * row for k, row in enumerate(c)]), self.coefficients)


def taylor(f: Callable[..., Any], x: Tree, v: Tree, order: int) -> Series:
    """The Taylor series of f(x + t v) in t, to some order, in one sweep.

    Parameters
    ----------
    f : callable
        A function of one argument, plain NumPy code.
    x, v
        The point and the direction, in one structure.
    order : int
        The highest power of t.

    Returns
    -------
    Series
        ``coefficients`` a_k = f^(k) / k! along the line, an array (order + 1, ...); ``derivatives``, k! a_k; and the
        polynomial itself, called with t.

    Raises
    ------
    InputError
        If order is no integer that is 0 or more, or v does not fit x.

    Source: Griewank & Walther (2008), chapter 13. Cost: order^2 operations for each multiplication.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> dr.taylor(np.exp, 0.0, 1.0, 4).coefficients.round(6)
    array([1.      , 1.      , 0.5     , 0.166667, 0.041667])
    >>> dr.taylor(lambda x: 1 / (1 - x), 0.0, 1.0, 5).coefficients
    array([1., 1., 1., 1., 1., 1.])
    """
    check_function(f, "taylor", at="dr.taylor(f, x, v, order)")
    if not isinstance(order, (int, np.integer)) or isinstance(order, bool) or order < 0:
        raise InputError(f"order={order!r}: the highest power of t is an integer, 0 or more")
    leaves, structures = all_leaves((x,), "x", real=False)
    seeds, lead = matched((v,), (x,), "direction", "point")
    if lead:
        raise InputError("taylor takes one direction v of the shape of x")
    sweep = SeriesSweep(order)
    jets = [jet(p, [s, *[0.0 * s] * (order - 1)][:order], sweep) for p, s in zip(leaves, seeds, strict=True)]
    try:
        outs, build = outputs(run(f, grouped(jets, structures), sweep), sweep)
    finally:
        sweep.close()
    return Series(build(list(map(partial(stacked, sweep, order), outs))))


def stacked(sweep, order, y):
    """All coefficients of one result, along a first axis."""
    mine = type(y) is Jet and y.sweep is sweep
    parts = [y.primal, *y.coefficients] if mine else [y, *[np.zeros(shape(y))] * order]
    return np.stack([fresh(c, parts[0], shape(parts[0])) for c in parts])
