"""A workload: a function in plain NumPy, its derivative by hand, and which derivative is meant."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Workload:
    """``derivative(f)(*arguments())`` through a library, against ``hand(*arguments())``.

    f takes its NumPy as the keyword `np`, so that autograd can be given its own. `derivative` names an entry of
    ``libraries``: "value_and_grad", "forward" or "reverse" (dense Jacobians), "hessian", "rows" (a Jacobian whose
    columns do not interact), "bfgs" (a whole minimisation by SciPy), "minimize" (by
    dr.minimize). `goal` is the ratio to hand that dualrev may cost.
    """

    name: str
    goal: float
    derivative: str
    f: Callable[..., Any]
    hand: Callable[..., Any]
    arguments: Callable[[], tuple]
