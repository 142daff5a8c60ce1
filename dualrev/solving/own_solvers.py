"""`implicit`: the derivative of what your own solver returns, from the equations that it solves."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from ..arguments import name_of
from ..errors import InputError
from ..shapes import apart, shape
from ..traced import operand
from ..tree import flatten
from .captured import plainly
from .roots import differentiated
from .stationary import minimiser

Function = Callable[..., Any]


class implicit:
    """A solver of any kind, differentiated by the implicit function theorem.

    Decorates ``solve(*args)``, which returns y with ``residual(y, *args) = 0``; whatever happens inside (iterations, C,
    another library) is not differentiated: dy = -(dF/dy)^-1 (dF/da) da.

    Parameters
    ----------
    residual : callable
        ``residual(y, *args)``, plain NumPy code: as many equations as y has numbers. y and the result may be trees.
    solver : {"auto", "dense", "sparse", "gmres", "diagonal"} or callable
        How systems with dF/dy are solved: by LU factors, by sparse LU factors, by GMRES with dF/dy as an operator, or,
        where each equation has an unknown of its own, by division; or ``solver(A, b)``. "auto" is "dense" up to 500
        unknowns, then "gmres".
    symmetric : bool
        dF/dy is symmetric: MINRES in place of GMRES.
    tol : float
        How far from a solution y may be, relative to its largest number. The derivative is taken at the solution
        itself, after a few steps of Newton's method; the value stays that of `solve`.

    Returns
    -------
    callable
        Takes the arguments of `solve`, traced or not; those that either function holds are differentiated, too.

    Raises
    ------
    InputError
        If the equations do not hold at y.
    NonFiniteError
        If dF/dy is singular; the message names the direction that the equations do not determine.

    Source: Griewank & Walther (2008), chapter 15; Blondel et al. (2022), section 2.1.

    Examples
    --------
    >>> import dualrev as dr
    >>> @dr.implicit(lambda y, a: y * y - a)
    ... def square_root(a):
    ...     y = 1.0
    ...     for _ in range(20):
    ...         y = (y + a / y) / 2
    ...     return y
    >>> dr.grad(square_root)(4.0), dr.hessian(square_root)(4.0)
    (0.25, -0.03125)
    """

    def __init__(self, residual: Function, solver: Any = "auto", symmetric: bool = False, tol: float = 1e-6):
        if not callable(residual):
            raise InputError(f"implicit takes the equations, residual(y, *args), and this is a {type(residual)}")
        self.residual = residual
        self.how = {"solver": solver, "symmetric": symmetric, "tol": tol}

    def __call__(self, solve: Function) -> Function:
        return wrapped(solve, lambda y, args, kw: self.solution(solve, y, args, kw))

    def solution(self, solve, y, args, kwargs):
        y, build = as_vector(y)
        residual = lambda v: stacked(self.residual(build(v), *args, **kwargs))
        return build(differentiated(y, residual, name=name_of(solve), **self.how))

    @staticmethod
    def fixed_point(step: Function, solver: Any = "auto", tol: float = 1e-6) -> Function:
        """A solver of ``y = step(y, *args)``, as `implicit`.

        >>> import numpy as np
        >>> import dualrev as dr
        >>> @dr.implicit.fixed_point(lambda y, a: np.cos(a * y))
        ... def settle(a):
        ...     y = 0.5
        ...     for _ in range(200):
        ...         y = np.cos(a * y)
        ...     return y
        >>> round(dr.grad(settle)(1.0), 9)
        -0.297474342
        """

        def residual(y, *args, **kwargs):
            return stacked(y) - stacked(step(y, *args, **kwargs))

        return implicit(residual, solver, tol=tol)

    @staticmethod
    def argmin(
        objective: Function,
        equality: Function | None = None,
        inequality: Function | None = None,
        bounds: Any = None,
        solver: Any = "auto",
    ) -> Function:
        """A minimiser of ``objective(y, *args)``, under ``equality(y, *args) == 0``, ``inequality(y, *args) >= 0``.

        Parameters
        ----------
        objective : callable
            One number, twice differentiable.
        equality, inequality : callable, optional
            Arrays of constraints; of the inequalities those that hold with equality count.
        bounds : pair or callable, optional
            (lower, upper), each an array, a number, or None; or a function of args that returns that.

        Raises
        ------
        InputError
            If y is no minimiser.
        NonFiniteError
            If a constraint is weakly active (reached, with a multiplier of zero), or the minimum is not isolated.

        Source: Fiacco (1976); Blondel et al. (2022), table 1.

        >>> import numpy as np
        >>> import dualrev as dr
        >>> @dr.implicit.argmin(lambda y, a: np.sum((y - a) ** 2), bounds=(0.0, None))
        ... def project(a):
        ...     return np.maximum(a, 0.0)
        >>> dr.jacobian(project)(np.array([1.5, -2.0])) + 0.0
        array([[1., 0.],
               [0., 0.]])
        """

        def register(solve):
            def solution(y, args, kw):
                y, build = as_vector(y)
                said = lambda g: g and (lambda v: stacked(g(build(v), *args, **kw)))
                limits = bounds(*args, **kw) if callable(bounds) else bounds
                found = minimiser(
                    y, said(objective), bounds=limits, equality=said(equality), inequality=said(inequality),
                    name=name_of(solve), solver=solver,
                )  # fmt: skip
                return build(found)

            return wrapped(solve, solution)

        return register


def wrapped(solve, solution):
    """solve, called with plain numbers, and what it returns differentiated by `solution`."""

    @wraps(solve)
    def call(*args, **kwargs):
        return solution(plainly(solve, *args, **kwargs), args, kwargs)

    return call


def as_vector(y):
    """The numbers of a tree as one vector, and a function back to the tree."""
    leaves, unflatten = flatten(y)
    if len(leaves) == 1 and leaves[0] is y:
        return (y, lambda v: v) if not shape(y) else (np.asarray(y), lambda v: v)
    return stacked(y), lambda v: unflatten(apart(v, map(shape, leaves)))


def stacked(y):
    """A tree, or what a residual returns, as one vector; a number stays a number."""
    leaves, _ = flatten(y)
    if len(leaves) == 1 and leaves[0] is y:
        return operand(y)
    return np.concatenate([np.ravel(operand(x)) for x in leaves])
