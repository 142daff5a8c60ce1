"""The implicit function theorem: the derivative of a solution y of F(y, a) = 0 in whatever F depends on.

    dy = -(dF/dy)^-1 (dF/da) da

The solution itself comes from anywhere. At it one step of Newton's method, with the derivative in y held fixed and
F evaluated on traced values, moves y by exactly this dy and by no value; each further step is right in one order more.
So a rule that is written in no form of its own serves both modes, any number of directions and any order, and takes in
whatever traced values F holds.

Source: Griewank & Walther (2008), chapter 15; Blondel et al. (2022), Efficient and modular implicit differentiation,
section 2.1; Christianson (1994) for fixed points.
"""

import numpy as np

from ..errors import InputError, NonFiniteError
from ..ops.factored import solve_factored
from ..shapes import ndim, shape
from ..traced import holds_tracer, operand, value
from .captured import Captured, levels, vector
from .factors import factors

SMALL = 1e-2  # lengths of y below it are measured as this
ROUNDING = 1e-13
STEPS = 6  # of Newton's method, to all digits, before the derivative is taken


def differentiated(y, residual, *, name="the solution", solver="auto", symmetric=False, tol=1e-6):
    """y, a plain solution of residual(y) = 0, with its derivative in every traced value that `residual` holds.

    Parameters
    ----------
    y : float or ndarray
        The solution, to about `tol`; its value stays as it is, the derivative is taken at the solution itself.
    residual : callable
        As many equations as y has numbers; may hold traced values.
    name : str
        Who asks, for messages.
    solver : "auto", "dense", "sparse", "gmres", "diagonal" or callable
        How linear equations in dF/dy are solved; see `factors`.

    >>> import dualrev as dr
    >>> dr.grad(lambda a: differentiated(2.0, lambda y: y * y - a))(4.0)
    0.25
    """
    r = operand(residual(y))
    if not holds_tracer((r,)):
        return y
    start = np.array(np.ravel(y), np.result_type(np.ravel(y), 1.0))
    equations = in_vectors(residual, y, name)
    plain_equations = in_vectors(Captured(residual).plain(), y, name)
    point, found = polished(start, plain_equations, name, solver, symmetric, tol)
    left, z = value(plain_equations(point)), point
    for _ in range(levels(r)):
        z = z - solve_factored(equations(z) - left, factors=found)
    moved = z - point
    if not ndim(y):
        return y + moved[0]
    return y + np.reshape(moved, shape(y))


def in_vectors(residual, y, name):
    """residual as a function of a vector to a vector."""
    own, n = shape(y), np.size(y)
    return lambda v: vector(residual(np.reshape(v, own) if own else v[0]), n, name, "equations")


def polished(y, equations, name, solver, symmetric, tol):
    """The solution next to y to all digits, and the factors of dF/dy there; an error if y is not near it."""
    last, scale, point = np.inf, max(np.abs(y).max(initial=0.0), SMALL), y
    for step in range(STEPS):
        r = value(equations(point))
        if not np.isfinite(r).all():
            raise NonFiniteError(f"{name}: the equations are not finite at the solution")
        found = factors(equations, point, solver, symmetric)
        move = -found.solve(r)
        size = np.abs(move).max(initial=0.0)
        if step == 0 and not size <= tol * scale:
            raise not_solved(name, r, size, scale)
        if size <= ROUNDING * scale or size > 0.5 * last:
            break
        last, point = size, point + move
    if not np.abs(point - y).max(initial=0.0) <= tol * scale:
        raise not_solved(name, value(equations(y)), np.abs(point - y).max(), scale)
    return point, found


def not_solved(name, r, size, scale):
    k = int(np.argmax(np.abs(r)))
    return InputError(
        f"{name}: the equations do not hold at what the solver returned, so there is no derivative of a solution: "
        f"equation {k} is {r[k]:.3g} there, and the solution is about {size:.1e} away (numbers of size "
        f"{scale:.1e}): let the solver run to convergence (its tolerance, iterations or start), or see its message"
    )
