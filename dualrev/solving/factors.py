"""The linear systems of the implicit function theorem: A factored once, for all directions and both modes."""

import warnings

import numpy as np
import scipy.linalg

from ..boundary import WHOLE
from ..errors import InputError, NonFiniteError
from ..forward.jvp import jvp
from ..reverse.vjp import Recording
from ..traced import value

DENSE = 500  # unknowns: from here on GMRES
SINGULAR = 1e-14  # the reciprocal condition, of rows and columns scaled to 1
CHUNK = 256  # directions per sweep
REACHED = 1e-6  # of the right side: what GMRES may leave
WORDS = ("auto", "dense", "sparse", "gmres", "diagonal")


class Dense:
    """A by its LU factors.

    >>> Dense(np.array([[2.0, 0.0], [1.0, 1.0]])).solve(np.array([2.0, 3.0]))
    array([1., 2.])
    """

    def __init__(self, A, lu=None, transposed=0):
        self.A, self.shape, self.transposed = A, A.shape, transposed
        self.lu = lu or checked(A)

    @property
    def T(self):
        return Dense(self.A, self.lu, 1 - self.transposed)

    def solve(self, rows):
        columns = np.reshape(rows, (-1, self.shape[0])).T
        return np.reshape(scipy.linalg.lu_solve(self.lu, columns, self.transposed).T, np.shape(rows))


def checked(A):
    """The LU factors of A; NonFiniteError names the direction that A does not see."""
    if not np.isfinite(A).all():
        raise NonFiniteError("the derivative of the equations is not finite at the solution: dr.why_nan says where")
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = A / np.abs(A).max(axis=1, keepdims=True, initial=0.0)
        columns = np.abs(scaled).max(axis=0, initial=0.0)
        scaled = scaled / columns
    if not np.isfinite(scaled).all():
        raise singular(A)
    if len(A) and 1 / np.linalg.cond(scaled) < SINGULAR:
        raise singular(A)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", scipy.linalg.LinAlgWarning)
        return scipy.linalg.lu_factor(A)


def singular(A):
    """What to raise for a singular A, with its null direction."""
    lengths = np.abs(A).max(axis=0, initial=0.0)
    lengths[lengths == 0] = 1.0
    v = np.linalg.svd(A / lengths)[2][-1].conj() / lengths
    return NonFiniteError(
        f"the equations do not determine the solution: their derivative is singular along {direction(v)}, so a small "
        "change of the data may move the solution by any amount, or not to a solution at all: fix one unknown of that "
        "direction, or add an equation"
    )


def direction(v):
    """A direction as text, its largest parts first: "1 y[0] - 0.5 y[2]"."""
    if len(v) == 1:
        return "y"
    order = np.argsort(-np.round(np.abs(v) / np.abs(v).max(), 6), kind="stable")
    v = v / v[order[0]]
    largest = [k for k in order if np.abs(v[k]) > 1e-3]
    parts = [f"{v[k]:+.3g} y[{k}]".replace("+", "+ ").replace("-", "- ", 1) for k in largest[:4]]
    more = f" and {len(largest) - 4} more" if len(largest) > 4 else ""
    return " ".join(parts).removeprefix("+ ") + more


class Diagonal:
    """A diagonal A: equations that stand next to each other, each with its own unknown."""

    def __init__(self, entries):
        if not np.all(entries):
            k = int(np.flatnonzero(np.asarray(entries) == 0)[0])
            raise NonFiniteError(
                f"the slope of equation {k} in its unknown is zero at the solution, a multiple root: its derivative is "
                "infinite"
            )
        self.entries, self.T, self.shape = entries, self, (len(entries),) * 2

    def solve(self, rows):
        return rows / self.entries


class Sparse:
    """A sparse A by SuperLU."""

    def __init__(self, A, lu=None, transposed=False):
        import scipy.sparse.linalg as sla

        self.A, self.shape, self.transposed = A, A.shape, transposed
        if lu is None:
            try:
                lu = sla.splu(A.tocsc())
            except RuntimeError as error:
                raise NonFiniteError(
                    f"the sparse derivative of the equations is singular ({error}): solver='dense' names the direction"
                ) from None
        self.lu = lu

    @property
    def T(self):
        return Sparse(self.A, self.lu, not self.transposed)

    def solve(self, rows):
        columns = np.reshape(rows, (-1, self.shape[0])).T
        kind = np.result_type(columns, self.A.dtype)
        if kind.kind == "c" and self.A.dtype.kind != "c":
            return self.solve(np.real(rows)) + 1j * self.solve(np.imag(rows))
        found = self.lu.solve(np.ascontiguousarray(columns, kind), "T" if self.transposed else "N")
        return np.reshape(found.T, np.shape(rows))


class Krylov:
    """A known by A v and A^T w; GMRES (MINRES where A is symmetric), whose residual is checked."""

    def __init__(self, matvec, rmatvec, n, symmetric=False):
        self.matvec, self.rmatvec, self.shape, self.symmetric = matvec, rmatvec, (n, n), symmetric

    @property
    def T(self):
        return self if self.symmetric else Krylov(self.rmatvec, self.matvec, self.shape[0])

    def solve(self, rows):
        n = self.shape[0]
        return np.reshape([self.one(b) for b in np.reshape(rows, (-1, n))], np.shape(rows))

    def one(self, b):
        import scipy.sparse.linalg as sla

        n = self.shape[0]
        length = np.linalg.norm(b)
        if not length:
            return np.zeros_like(b)
        A = sla.LinearOperator(self.shape, matvec=self.matvec, dtype=b.dtype)
        if self.symmetric:
            x, _ = sla.minres(A, b, rtol=1e-13, maxiter=10 * n)
        else:
            x, _ = sla.gmres(A, b, rtol=1e-12, restart=min(n, 100), maxiter=20)
        left = np.linalg.norm(self.matvec(x) - b) / length
        if not left <= REACHED:
            raise NonFiniteError(
                f"{'MINRES' if self.symmetric else 'GMRES'} left {left:.1e} of the right side, of {n} linear equations "
                "for a derivative: solver='dense' or 'sparse' factors the matrix and says whether it is singular"
            )
        return x


class Chosen:
    """The user's own linear solver: ``solver(A, b)`` with the dense A and one right side."""

    def __init__(self, solver, A):
        self.solver, self.A, self.shape = solver, A, A.shape

    @property
    def T(self):
        return Chosen(self.solver, self.A.T)

    def solve(self, rows):
        n = self.shape[0]
        found = [np.asarray(self.solver(self.A, b), b.dtype) for b in np.reshape(rows, (-1, n))]
        return np.reshape(found, np.shape(rows))


def columns_of(f, y, dtype=float):
    """The Jacobian of f, a plain function of a vector, in blocks of (first column, columns as rows)."""
    n = len(y)
    for start in range(0, n, CHUNK):
        seeds = np.eye(min(CHUNK, n - start), n, start, dtype)
        yield start, value(jvp(f, (y,), (seeds,))[1])


def factors(f, y, solver="auto", symmetric=False):
    """The derivative of f, a plain function of a vector to a vector, at y, ready to solve with."""
    if hasattr(solver, "factors_of"):  # who knows the pattern
        return solver.factors_of(f, y)
    n = len(y)
    if solver == "auto":
        solver = "dense" if n <= DENSE else "gmres"
    if callable(solver) or solver == "dense":
        A = np.concatenate([rows for _, rows in columns_of(f, y, y.dtype)]).T if n else np.zeros((0, 0))
        return Dense(A) if solver == "dense" else Chosen(solver, A)
    if solver == "diagonal":
        return Diagonal(value(jvp(f, (y,), (np.ones_like(y),))[1]))
    if solver == "sparse":
        import scipy.sparse as sp

        return Sparse(sp.vstack([sp.csr_array(rows) for _, rows in columns_of(f, y, y.dtype)]).T.tocsc())
    if solver == "gmres":
        recording = Recording(f, [y], WHOLE)
        recording.keep()
        push, pull = (lambda v: value(recording.push([v], ())[0])), (lambda w: value(recording.pull([w], ())[0]))
        return Krylov(push, pull, n, symmetric)
    raise InputError(f"solver={solver!r}: write one of {', '.join(WORDS)}, or a function solver(A, b)")
