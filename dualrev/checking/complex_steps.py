"""The complex step: exact derivatives from values, where every operation of a program is analytic."""

from typing import Any

import numpy as np
from numpy import ndarray

from ..reverse.node import calls
from ..reverse.vjp import Recording
from ..shapes import shape, size
from ..tree import flatten
from .functions import Traced

TINY = 1e-30  # the imaginary step, of the scale of the point: its square vanishes
SMALLEST = 1e-290  # what may not be lost below the smallest numbers
SAME = 1e-6  # relative: the real part against the value of f

ANALYTIC = frozenset(  # and computed for complex numbers too, without a conjugate
    "add subtract multiply divide negative positive power float_power square reciprocal exp exp2 expm1 log "
    "log2 log10 log1p sqrt sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh sum mean "
    "prod cumsum cumprod matmul dot einsum matvec getitem scatter reshape transpose broadcast_to concatenate "
    "stack where roll tile repeat diag diagonal tril triu solve solve_vector inv det erf erfc digamma".split()
)


def is_analytic(recording: Recording) -> bool:
    """Is every recorded operation analytic, and computed by NumPy for complex numbers too?"""
    return all(call.op.name.rpartition(".")[2] in ANALYTIC for _, call in calls(recording.lines))


def complex_slope(subject: Traced, x: ndarray, d: ndarray) -> ndarray | None:
    """J d by one complex evaluation; None where f does not take complex numbers, or they are too small."""
    step = TINY * d
    if not np.any(d) or np.any((step != 0) & (np.abs(step) < SMALLEST)):
        return None
    try:
        with np.errstate(all="ignore"):
            out = flatten(subject.f(*complex_arguments(subject, x, step)))[0]
    except Exception:  # whatever a function says to numbers that it was not written for
        return None
    found = np.concatenate([np.ravel(y) for y in out])
    if found.shape != subject.first.shape or not np.allclose(found.real, subject.first, rtol=SAME, atol=0):
        return None
    lost = (found.imag == 0) & (np.abs(subject.push(x, d)) * TINY < SMALLEST)
    return None if lost.any() or not np.isfinite(found).all() else found.imag / TINY


def complex_arguments(subject: Traced, x: ndarray, step: ndarray) -> list[Any]:
    from ..boundary import grouped

    parts, start = [], 0
    for like in subject.leaves:
        n = size(like)
        part = (x[start : start + n] + 1j * step[start : start + n]).reshape(shape(like))
        parts.append(part if shape(like) else complex(part))
        start += n
    return list(grouped(parts, subject.structures))
