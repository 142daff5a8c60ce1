"""`propagate`: the covariance J C J^T of the results, with J by the cheaper mode.

Source: JCGM 100:2008 (GUM), sections 5.1 and 5.2, appendices H.1 and H.2.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arguments import Arguments, Tree
from ..derived import check_function
from ..jacobians import jacobian
from ..shapes import apart, shape
from ..tree import flatten
from .elementwise import is_elementwise, slopes
from .inputs import inputs_of
from .propagated import Propagated


def propagate(
    f: Callable[..., Any],
    x: Tree = None,
    *,
    cov: Any = None,
    std: Any = None,
    fit: Any = None,
    second_order: bool = False,
) -> Propagated:
    """The value of f at x and its uncertainty, from that of x: C_y = J C J^T.

    Parameters
    ----------
    f : callable
        ``f(x)``, a number, an array or a tree of them; plain NumPy code.
    x : float, array, dict, list, tuple or dataclass of them; or a fit
        The point; a fit (`dr.fit`, `dr.curve_fit` with its names) brings its parameters and their covariance.
    std : float, or of the structure of x
        Standard deviations of independent inputs, in the units of x; leaves broadcast.
    cov : array of shape (n, n)
        The covariance of the n numbers of x, in the order of its leaves.
    fit : Fit
        In place of x.
    second_order : bool
        Add 1/2 tr(H C) to the value and 1/2 tr(H C H C) to the variance, H the Hessian: exact for quadratic f of
        normal inputs.

    Returns
    -------
    Propagated
        ``value``, ``std`` (both of the structure of f's result), ``cov``, ``correlation``; ``budget()``, what each
        input contributes, by name, and ``plot()`` of it; ``check``, whether the linear terms suffice. Printing it shows
        the budget.

    Raises
    ------
    InputError
        If cov is not symmetric or has a negative variance, does not fit x, or a fit has no standard error.

    Source: JCGM 100:2008 (GUM), section 5.2, equation (13); section 5.1.2, note, for the second order.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> sides = {"width": 3.0, "height": 4.0}
    >>> area = dr.propagate(lambda p: p["width"] * p["height"], sides, std={"width": 0.1, "height": 0.1})
    >>> float(area.value), float(area.std)
    (12.0, 0.5)
    """
    check_function(f, "propagate", at="dr.propagate(f, x, std=...)")
    inputs = inputs_of(x, cov, std, fit)
    call = Arguments(f, (inputs.x,), {}, 0)
    recording = call.record()
    values = [np.asarray(y) for y in recording.values]
    if inputs.cov is None and is_elementwise(recording):
        found = of_numbers(f, call, recording, inputs)
        return Propagated(f, inputs, recording.build, values, found, None, second_order)
    J = as_matrix(jacobian(f)(inputs.x), values, len(inputs.std))
    return Propagated(f, inputs, recording.build, values, None, J, second_order)


def of_numbers(f, call, recording, inputs):
    """The standard deviation of each number of the result, from its own inputs alone."""
    deviations = apart(inputs.std, map(shape, recording.leaves))
    pairs = zip(slopes(f, recording, call.structures), deviations, strict=True)
    return np.sqrt(sum([(slope * deviation) ** 2 for slope, deviation in pairs]))


def as_matrix(blocks, values, n):
    """The blocks of a Jacobian of trees as one matrix: a row per number of the result, a column per number of x."""
    leaves, rows, start = flatten(blocks)[0], [], 0
    for y in values:
        own, width = [], 0
        while width < n:
            block = np.reshape(leaves[start], (y.size, -1))
            own.append(block)
            width, start = width + block.shape[1], start + 1
        rows.append(np.concatenate(own, axis=1))
    return np.concatenate(rows)
