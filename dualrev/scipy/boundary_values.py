"""solve_bvp of scipy.integrate, differentiable: its solution solves the collocation equations on its last mesh.

Source: Kierzenka & Shampine (2001), A BVP solver based on residual control and the MATLAB PSE, section 2.
"""

from typing import Any

import numpy as np
import scipy.integrate
import scipy.sparse as sp

from ..errors import InputError, NoRuleError
from ..forward.jvp import jvp
from ..shapes import shape
from ..solving.captured import Captured, plainly
from ..solving.factors import Sparse
from ..solving.roots import differentiated
from ..traced import holds_tracer, operand, value
from .covering import covered
from .pieces import hermite

SOLVED = 1e-2  # how far SciPy's solution of the collocation equations may be from the solution to all digits


class Mesh:
    """Which equation meets which unknown: those of an interval its two ends, the boundary conditions all of them.

    Seeds of unknowns whose equations have nothing in common go in one direction: of every second point.
    """

    def __init__(self, n, m, k):
        self.n, self.m, self.k = n, m, k

    def factors_of(self, f, z):
        n, m, k = self.n, self.m, self.k
        point, component = np.divmod(np.arange(n * m), n)
        colours = np.where(point == 0, component, n * (1 + point % 2) + component)
        colours = np.concatenate([colours, 3 * n + np.arange(k)])
        seeds = np.zeros((3 * n + k, len(z)))
        seeds[colours, np.arange(len(z))] = 1.0
        J = value(jvp(f, (z,), (seeds,))[1])
        rows, columns = map(np.concatenate, zip(*map(self.entries, range(len(z))), strict=True))
        return Sparse(sp.csc_array((J[colours[columns], rows], (rows, columns)), shape=(len(z),) * 2))

    def entries(self, column):
        """The equations that one unknown stands in."""
        n, m, k = self.n, self.m, self.k
        if column >= n * m:  # a parameter
            rows = np.arange(n * m + k)
        else:
            i = column // n
            rows = np.arange(max(0, i - 1) * n, min(i + 1, m - 1) * n)
            if i in (0, m - 1):
                rows = np.concatenate([rows, np.arange(n * (m - 1), n * m + k)])
        return rows, np.full(len(rows), column)


@covered(scipy.integrate.solve_bvp)
def solve_bvp(fun, bc, x, y, p=None, S=None, fun_jac=None, bc_jac=None, *rest, **options):
    """
    y, p, yp and sol of the result carry derivatives, in what fun and bc hold and in the ends of x."""
    found = plainly(scipy.integrate.solve_bvp, fun, bc, x, y, p, S, fun_jac, bc_jac, *rest, **options)
    n, m = found.y.shape
    k = 0 if found.p is None else len(found.p)
    ends = operand(x)
    at = found.x + stretched(found.x, ends) if holds_tracer((ends,)) else found.x
    f = lambda y, p, at=at: rows_of(fun(at, y, p) if k else fun(at, y), shape(y))

    def equations(z):
        y, p = np.transpose(np.reshape(z[: n * m], (m, n))), z[n * m :]
        h = np.diff(at)
        slopes = f(y, p)
        middle = (y[:, 1:] + y[:, :-1]) / 2 - h / 8 * (slopes[:, 1:] - slopes[:, :-1])
        between = f(middle, p, at[:-1] + h / 2)
        left = y[:, 1:] - y[:, :-1] - h / 6 * (slopes[:, :-1] + slopes[:, 1:] + 4 * between)
        held = np.ravel(operand(bc(y[:, 0], y[:, -1], p) if k else bc(y[:, 0], y[:, -1])))
        return np.concatenate([np.ravel(np.transpose(left)), held])

    z = np.concatenate([found.y.T.ravel(), found.p if k else []])
    if not (holds_tracer((ends,)) or Captured((fun, bc)).leaves or holds_tracer((equations(z),))):
        return found
    if S is not None or np.iscomplexobj(found.y):
        raise NoRuleError("scipy.integrate.solve_bvp: a singular term S, or a complex y, has no derivative rule")
    if found.status:
        raise InputError(f"scipy.integrate.solve_bvp found no solution, and there is no derivative: {found.message}")
    z = differentiated(z, equations, name="scipy.integrate.solve_bvp", solver=Mesh(n, m, k), tol=SOLVED)
    found.y, found.p = np.transpose(np.reshape(z[: n * m], (m, n))), z[n * m :] if k else None
    slopes = f(found.y, found.p)
    found.yp = found.yp + (slopes - value(slopes))
    found.sol, found.x = Solution(found.sol, at, found.y, found.yp), at
    return found


def stretched(mesh, ends):
    """How the mesh moves with the ends of the interval that the user gave."""
    a, b = ends[0], ends[-1]
    share = (mesh - mesh[0]) / (mesh[-1] - mesh[0])
    return (a - value(a)) * (1 - share) + (b - value(b)) * share


def rows_of(y, own):
    return np.reshape(np.broadcast_to(operand(y), own), own)


class Solution:
    """The cubic spline through a solution and its slopes, differentiable."""

    def __init__(self, plain: Any, x: Any, y: Any, slopes: Any):
        self.plain, self.x = plain, plain.x
        self.spline = hermite(x, np.transpose(y), np.transpose(slopes), True)

    def __call__(self, x: Any, nu: int = 0) -> Any:
        y = self.spline(x, nu)
        y = np.moveaxis(y, -1, 0)
        return self.plain(value(operand(x)), nu) + (y - value(y))
