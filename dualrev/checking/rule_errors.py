"""How a derivative differs from the right one, in words; and the flat real vectors that are compared."""

from typing import Any

import numpy as np
from numpy import ndarray

from ..shapes import shape

SAME = 1e-5  # relative: how well a guess must explain what is seen


def flat(y: Any) -> ndarray:
    """All numbers of y as real ones; those of a complex array as real parts, then imaginary parts."""
    y = np.ravel(np.asarray(y))
    return np.concatenate([y.real, y.imag]).astype(np.float64) if y.dtype.kind == "c" else y.astype(np.float64)


def pairing(w: Any, dy: Any) -> float:
    """<w, dy> = Re(sum(w * dy)): what a cotangent makes of a tangent."""
    return float(np.sum(np.real(np.multiply(w, dy)), dtype=np.float64))


def unit_round_off(*values: Any) -> float:
    """The largest machine epsilon among the values."""
    kinds = [np.result_type(v) for v in values]
    return max((float(np.finfo(k).eps) for k in kinds if k.kind in "fc"), default=float(np.finfo(float).eps))


def said_of(yours: ndarray, right: ndarray) -> str:
    """One simple explanation of what is wrong with `yours`, to follow "J is wrong"; "" if there is none.

    >>> said_of(np.array([-1.0, -4.0]), np.array([1.0, 4.0]))
    ': its sign is'
    >>> said_of(np.array([0.0, 4.0]), np.array([1.0, 4.0]))
    ' in 1 of 2 numbers, where it is 0'
    """
    known = np.isfinite(yours) & np.isfinite(right)
    if not known.all():
        return ": it is not finite" if not np.isfinite(yours).all() else ""
    scale = float(np.max(np.abs(right), initial=0.0))
    bad = np.abs(yours - right) > SAME * np.maximum(np.abs(right), SAME * scale)
    if not bad.any():
        return ""
    if not yours.any():
        return ": it is 0"
    factor = factor_of(yours, right)
    if factor is not None:
        return ": its sign is" if abs(factor + 1) < SAME else by_factor(factor)
    if bad.all():
        return ""
    where = f" in {bad.sum()} of {bad.size} numbers"
    if not yours[bad].any():
        return f"{where}, where it is 0"
    if not right[bad].any():
        return f"{where}, where it should be 0"
    factor = factor_of(yours[bad], right[bad])
    return where if factor is None else f"{where}, {by_factor(factor).lstrip(', ')}"


def by_factor(factor: float) -> str:
    missing = f"a factor {1 / factor:.6g} is missing" if abs(factor) < 1 else f"divide by {factor:.6g}"
    return f", by a factor of {factor:.6g} ({missing})"


def factor_of(yours: ndarray, right: ndarray) -> float | None:
    """c with yours = c * right, if there is one."""
    square = float(right @ right)
    if square == 0:
        return None
    c = float(yours @ right) / square
    return c if c and np.allclose(yours, c * right, rtol=SAME, atol=SAME * np.max(np.abs(right))) else None


def wrong_shape(word: str, found: Any, like: Any, what: str) -> str:
    """J^T gives shape (2, 3) for an argument of shape (3,): sum over the broadcast axes."""
    have, want = shape(found), shape(like)
    more = ""
    if word == "J^T" and len(have) >= len(want) and have != want and can_broadcast(want, have):
        more = ": it is not summed over the axes along which the argument was broadcast"
    return f"{word} gives shape {have} for an {what} of shape {want}{more}"


def can_broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(a, b) == b
    except ValueError:
        return False
