"""Forward mode, the transform: a function and its directional derivative in one sweep."""

from collections.abc import Callable, Sequence
from typing import Any

from .. import restart
from ..boundary import all_leaves, fresh, grouped, matched, mean_of_sides, outputs, run
from ..constants import check_given, given, retell
from ..errors import InputError
from ..shapes import shape
from ..traced import seen
from .dual import Dual, ForwardSweep, dual


def jvp(
    f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], plain: restart.Plain = "auto"
) -> tuple[Any, Any]:
    """f at `primals` and its derivative along `tangents`, J v, in one forward sweep.

    Parameters
    ----------
    f : callable
        A function of ``len(primals)`` arguments, plain NumPy code.
    primals : tuple
        The point: floats, float arrays, or nested dict, list, tuple, dataclass of them.
    tangents : tuple
        The direction, in the structure of `primals`; each leaf of the shape of its primal, or ``(K,)`` + that shape
        for K directions in the same sweep.
    plain : "auto", True or False
        "auto" starts f a second time, rebuilt as `dualrev.plain` does, if it is refused as it is, and remembers that;
        True takes it rebuilt at once; False never.

    Returns
    -------
    y, dy
        The value, to the last bit that of ``f(*primals)``; and its derivative, in the structure of y, each leaf of
        shape ``y.shape`` or ``(K,) + y.shape``.

    Raises
    ------
    InputError
        If primals and tangents do not match, or a primal is not floating point.

    Source: Griewank & Walther (2008), section 3.1.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> y, dy = dr.jvp(np.sin, (0.0,), (2.0,))
    >>> float(y), float(dy)
    (0.0, 2.0)
    """
    if not isinstance(primals, (tuple, list)) or not isinstance(tangents, (tuple, list)):
        raise InputError("jvp(f, primals, tangents) takes two tuples: write jvp(f, (x,), (v,))")
    if len(primals) != len(tangents):
        raise InputError(f"jvp got {len(primals)} primals and {len(tangents)} tangents; it needs one tangent for each")
    leaves, structures = all_leaves(primals, "primals", real=False)
    seeds, lead = matched(tuple(tangents), tuple(primals), "tangent", "primal")
    ys, dys, build = push(restart.chosen(f, plain), leaves, structures, seeds, lead)
    return build(ys), build([fresh(dy, y, lead + shape(y)) for y, dy in zip(ys, dys, strict=True)])


def push(f, leaves, structures, seeds, lead):
    """One forward sweep: (values, tangents, unflatten) of the output's leaves, a tangent None where constant."""
    if restart.KNOWN:
        f = restart.known(f)
    sweep, refused = ForwardSweep(lead), None
    primals, before = given(leaves, sweep)
    duals = [dual(x, t, sweep) for x, t in zip(primals, seeds, strict=True)]
    try:
        outs, build = outputs(run(f, grouped(duals, structures), sweep), sweep)
        check_given(leaves, before)
        if sweep.constants is not None:
            sweep.constants.check()
    except Exception as error:
        retell(error, sweep)
        refused = error
    finally:
        sweep.close()
    if refused is not None:
        try:
            with restart.again(f, refused) as (f, refused):
                return push(f, leaves, structures, seeds, lead)
        finally:
            refused = None  # whose frames hold this one
    ours = [type(out) is Dual and out.sweep is sweep for out in outs]
    ys = [seen(mean_of_sides(out.primal)) if mine else out for out, mine in zip(outs, ours, strict=True)]
    return ys, [mean_of_sides(out.tangent) if mine else None for out, mine in zip(outs, ours, strict=True)], build
