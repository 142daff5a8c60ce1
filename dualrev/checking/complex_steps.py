"""The complex step: exact derivatives from values, where every operation of a program is analytic."""

from typing import Any

import numpy as np
from numpy import ndarray

from ..reverse.node import calls
from ..reverse.vjp import Recording
from ..shapes import shape, size
from ..tree import flatten
from .functions import Traced

TINY = 1e-150  # the imaginary step: its square vanishes

ANALYTIC = frozenset(
    "add subtract multiply divide negative positive power float_power square reciprocal exp exp2 expm1 log log2 log10 log1p "
    "sqrt cbrt sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh sum mean prod cumsum cumprod matmul "
    "dot einsum vdot vecdot matvec vecmat getitem scatter reshape transpose broadcast_to concatenate stack where roll tile "
    "repeat diag diagonal tril triu solve solve_vector inv det erf erfc digamma".split()
) - {"cbrt", "vdot", "vecdot", "vecmat"}  # of real numbers only, or with a conjugate


def is_analytic(recording: Recording) -> bool:
    """Is every recorded operation analytic, and computed by NumPy for complex numbers too?"""
    return all(call.op.name.rpartition(".")[2] in ANALYTIC for _, call in calls(recording.lines))


def complex_slope(subject: Traced, x: ndarray, d: ndarray) -> ndarray | None:
    """J d by one complex evaluation; None where f does not take complex numbers."""
    size_of = float(np.max(np.abs(d), initial=0.0))
    if size_of == 0:
        return None
    h = TINY / size_of
    try:
        with np.errstate(all="ignore"):
            out = flatten(subject.f(*complex_arguments(subject, x, h * d)))[0]
    except Exception:
        return None
    subject.evaluations += 1
    found = np.concatenate([np.ravel(np.imag(y)) for y in out]) / h
    return found if np.isfinite(found).all() else None


def complex_arguments(subject: Traced, x: ndarray, step: ndarray) -> list[Any]:
    from ..boundary import grouped

    parts, start = [], 0
    for like in subject.leaves:
        n = size(like)
        part = (x[start : start + n] + 1j * step[start : start + n]).reshape(shape(like))
        parts.append(part if shape(like) else complex(part))
        start += n
    return list(grouped(parts, subject.structures))
