"""scipy.sparse.linalg, differentiable: systems with a sparse matrix, or an operator, and traced right sides.

>>> import numpy as np
>>> import scipy.sparse as sp
>>> import dualrev as dr
>>> from dualrev.scipy.sparse import linalg
>>> A = sp.csc_array(np.array([[2.0, 1.0], [0.0, 4.0]]))
>>> dr.jacobian(lambda b: linalg.spsolve(A, b))(np.array([1.0, 2.0]))
array([[ 0.5  , -0.125],
       [ 0.   ,  0.25 ]])

A sparse matrix of SciPy's holds plain numbers. An operator may hold traced ones, in its matvec; so may a dense A.
"""

from typing import Any

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg

from ...errors import NonFiniteError, NoRuleError
from ...ops.factored import solve_factored
from ...ops.own_value import exactly
from ...solving.captured import Captured
from ...solving.factors import REACHED, Sparse
from ...solving.roots import differentiated
from ...traced import Tracer, holds_tracer, operand, value
from ..covering import covered, other

__all__ = list(scipy.sparse.linalg.__all__)
SOLVED = 1e-2  # how far what an iterative solver returns may be from the solution: its rtol is 1e-5
RTOL = 1e-12  # what derivatives are solved to


def __getattr__(name: str) -> Any:
    return other(scipy.sparse.linalg, name)


def __dir__() -> list[str]:
    return __all__


# ---- direct ----------------------------------------------------------------------------------------------------------


@covered(scipy.sparse.linalg.spsolve)
def spsolve(A, b, *rest, **options):
    if isinstance(A, Tracer) or not (sp.issparse(A) or isinstance(A, np.ndarray)):
        raise NoRuleError("scipy.sparse.linalg.spsolve: A is no sparse matrix of numbers: write np.linalg.solve(A, b)")
    if not holds_tracer((b,)):
        return scipy.sparse.linalg.spsolve(A, b, *rest, **options)
    solve = lambda b: scipy.sparse.linalg.spsolve(A, b, *rest, **options)
    return by_factors(Sparse(sp.csc_array(A)), operand(b), solve)


def by_factors(factors, b, solve):
    """A^-1 b, for a vector or the columns of a matrix, with the value that SciPy's solve gives."""
    y = solve_factored(np.transpose(b), factors=factors)
    y = np.reshape(np.transpose(y), solve(value(b)).shape)
    return exactly(y, value(b), func=solve, arguments={})


@covered(scipy.sparse.linalg.factorized)
def factorized(A):
    solve, factors = scipy.sparse.linalg.factorized(A), []

    def call(b):
        if not holds_tracer((b,)):
            return solve(b)
        factors[:] = factors or [Sparse(sp.csc_array(A))]
        return by_factors(factors[0], operand(b), solve)

    return call


# ---- iterative -------------------------------------------------------------------------------------------------------


class Iterative:
    """A by the solver that found the solution, to RTOL, its residual checked."""

    def __init__(self, solver, A, how):
        self.solver, self.A, self.how, self.shape = solver, A, how, A.shape

    def factors_of(self, f, y):
        return self

    @property
    def T(self):
        M = self.how.get("M")
        how = self.how if M is None else {**self.how, "M": M.T}
        return Iterative(self.solver, self.A if symmetric(self.solver) else self.A.T, how)

    def solve(self, rows):
        n = self.shape[0]
        return np.reshape([self.one(b) for b in np.reshape(rows, (-1, n))], np.shape(rows))

    def one(self, b):
        length = np.linalg.norm(b)
        if not length:
            return np.zeros_like(b)
        x, _ = self.solver(self.A, b / length, rtol=RTOL, **self.how)  # some stop where numbers are small as such
        left = np.linalg.norm(np.ravel(self.A @ x) - b / length)
        if not left <= REACHED:
            raise NonFiniteError(
                f"scipy.sparse.linalg.{self.solver.__name__} left {left:.1e} of the right side of a derivative: a "
                "preconditioner M, a larger maxiter, or spsolve"
            )
        return length * x


def symmetric(solver):
    return solver.__name__ in ("cg", "minres")


def iterative(solver):
    @covered(solver)
    def call(A, b, x0=None, **options):
        held = Captured(A)
        plain_A = held.plain()
        plain = {name: value(v) for name, v in options.items()}
        x, info = solver(plain_A, value(operand(b)), value(x0), **plain)
        if not (held.leaves or holds_tracer((b,))):
            return x, info
        how = {name: v for name, v in plain.items() if name in ("M", "maxiter", "restart", "inner_m", "m", "k")}
        hook = Iterative(solver, scipy.sparse.linalg.aslinearoperator(plain_A), how)
        residual = lambda x: applied(A, x) - np.ravel(operand(b))
        return differentiated(x, residual, name=f"scipy.sparse.linalg.{solver.__name__}", solver=hook, tol=SOLVED), info

    return call


def applied(A, x):
    """A x: of an operator that was made of a function, by that function itself, which may hold traced values."""
    matvec = getattr(A, "_CustomLinearOperator__matvec_impl", None)
    return np.ravel(operand(A @ x if matvec is None else matvec(x)))


cg = iterative(scipy.sparse.linalg.cg)
cgs = iterative(scipy.sparse.linalg.cgs)
bicg = iterative(scipy.sparse.linalg.bicg)
bicgstab = iterative(scipy.sparse.linalg.bicgstab)
gmres = iterative(scipy.sparse.linalg.gmres)
lgmres = iterative(scipy.sparse.linalg.lgmres)
minres = iterative(scipy.sparse.linalg.minres)
tfqmr = iterative(scipy.sparse.linalg.tfqmr)
gcrotmk = iterative(scipy.sparse.linalg.gcrotmk)
