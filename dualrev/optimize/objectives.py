"""A loss as SciPy wants it: value, gradient, Hessian and its products, all exact, from one recording at each point."""

from collections.abc import Callable
from math import isfinite, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from .. import rescue
from ..boundary import WHOLE
from ..cotangents import ONE
from ..errors import InputError
from ..modes import chunk_size, largest_on
from ..rescue import finite
from ..reverse.vjp import Recording
from ..shapes import shape
from .curvature import hessian_products, symmetric
from .evaluation import Evaluation
from .parameters import Parameters, Tree

if TYPE_CHECKING:
    from scipy.sparse.linalg import LinearOperator


class Objective(Evaluation):
    """A scalar function of parameters, for ``scipy.optimize``; made by `objective`.

    ``obj(x)`` is ``(f, g)``, for ``jac=True``; `fun`, `grad`, `hess`, `hessp`, `hess_op` are the parts. Every result is
    a new contiguous float64 array. The best point met is kept in ``best`` = (f, x).
    """

    last: Any = None  # the last two points with a gradient: (x, f, g)
    before: Any = None

    def __call__(self, x: Any) -> tuple[float, ndarray]:
        return self.fun(x), self.grad(x)

    def fun(self, x: Any) -> float:
        """The value at the flat vector x."""
        return self.at(x, "value", self.value_at)

    def grad(self, x: Any) -> ndarray:
        """The gradient at x, in reverse mode."""
        return self.at(x, "gradient", self.gradient_at).copy()

    def hess(self, x: Any) -> ndarray:
        """The Hessian at x: forward over reverse, all directions at once."""
        return self.at(x, "hessian", self.hessian_at).copy()

    def hessp(self, x: Any, p: Any) -> ndarray:
        """The Hessian at x times the vector p."""
        return self.product(self.recorded_at(x), p)

    def hess_op(self, x: Any) -> "LinearOperator":
        """The Hessian at x as an operator."""
        from scipy.sparse.linalg import LinearOperator

        recording, n = self.recorded_at(x), len(self.parameters.x0)

        def product(p: ndarray) -> ndarray:
            return self.product(recording, np.ravel(p))

        return LinearOperator((n, n), matvec=product, rmatvec=product, dtype=np.float64)

    def record(self, x: ndarray) -> Recording:
        self.counts.f += 1
        recording = Recording(self.flat, [x], WHOLE)
        values = recording.values
        if not (len(values) == 1 and type(values[0]) is np.float64):
            self.check_number(values)
        return recording

    def check_number(self, values: list[Any]) -> None:
        """Refuse what is not one real number."""
        if len(values) != 1 or shape(values[0]) != ():
            got = f"{len(values)} values" if len(values) != 1 else f"an array of shape {shape(values[0])}"
            raise InputError(
                f"{self.name} returned {got}, and a loss is one number: reduce it, with np.sum for instance"
            )
        self.check_real(values)

    def value_at(self, x: ndarray) -> float:
        value = float(self.here("recording", self.record).values[0])
        self.met(value, x)
        return value

    def gradient_at(self, x: ndarray) -> ndarray:
        value = self.here("value", self.value_at)
        g = self.exact_gradient(x)
        norm = sqrt(g.dot(g))
        self.last, self.before = (x, value, g), self.last
        if not isfinite(norm) and not np.isfinite(g).all() and (isfinite(value) or len(self.history) == 1):
            self.refuse(g, "gradient", x)
        self.history.gradient_norm[self.kept["entry"]] = norm
        return g

    def exact_gradient(self, x: ndarray) -> ndarray:
        """The gradient at x, which is the last point."""
        self.counts.reverse_sweeps += 1
        recording = self.here("recording", self.record)
        grads = recording.pull((ONE,), ())
        if not finite(grads[0]):
            grads, found = rescue.gradient(recording, (ONE,), grads)
            self.note(found, "gradient", grads[0])
        return grads[0]

    def exact_or_none(self, x: ndarray) -> ndarray | None:
        """The exact gradient at x, as far as there is one."""
        return self.grad(x)

    def hessian_at(self, x: ndarray) -> ndarray:
        recording, n = self.recording, len(x)
        step = chunk_size(n, largest_on(recording))
        H = np.empty((n, n))
        for k in range(0, n, step):
            rows = min(step, n - k)
            H[k : k + rows] = self.pushed(recording, np.eye(rows, n, k), (rows,))
        H = symmetric(H)
        if not np.isfinite(H).all() and isfinite(recording.values[0]):
            self.refuse(H, "Hessian column", x)
        return H

    def product(self, recording: Recording, p: Any) -> ndarray:
        p = np.array(p, np.float64)
        if p.shape != self.parameters.x0.shape:
            raise InputError(f"{self.name} has {len(self.parameters.x0)} free parameters, and p has shape {p.shape}")
        made = self.pushed(recording, p, ())
        if not np.isfinite(made).all() and np.isfinite(p).all() and isfinite(recording.values[0]):
            self.refuse(made, "Hessian product", recording.leaves[0])
        return made

    def pushed(self, recording: Recording, p: ndarray, lead: tuple[int, ...]) -> ndarray:
        self.counts.forward_sweeps += 1
        self.counts.reverse_sweeps += 1
        self.counts.hessian_products += lead[0] if lead else 1
        made, found = hessian_products(recording, (ONE,), p, lead)
        self.note(found, "Hessian", made)
        return made


def objective(loss: Callable[..., Any], params: Tree, args: Any = (), **options: Any) -> Objective:
    """A loss with exact derivatives, in the form that every function of ``scipy.optimize`` takes.

    Parameters
    ----------
    loss : callable
        ``loss(params, *args)``, a number; plain NumPy code.
    params : float, array, or dict, list, tuple or dataclass of them
        Where to start; it gives the parameters their names and shapes.
    args : tuple
        Further arguments of loss, constants; a single one may come without a tuple.
    **options
        ``bounds``, ``fixed``, ``tie``, ``transform``, as in `minimize`.

    Returns
    -------
    Objective
        ``obj.x0`` flat; ``obj(x) -> (f, g)``; ``obj.fun, obj.grad, obj.hess, obj.hessp, obj.hess_op``;
        ``obj.unflatten(x)`` gives the parameters back; ``obj.counts`` says what it cost.

    Raises
    ------
    InputError
        If a parameter is no real number, or loss does not return one number.
    NonFiniteError
        If a derivative is not finite where the loss is: it names the parameter and the operation.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.optimize import minimize
    >>> import dualrev as dr
    >>> obj = dr.objective(lambda p: (p["a"] - 1) ** 2 + p["b"] ** 2, {"a": 3.0, "b": 4.0})
    >>> result = minimize(obj, obj.x0, jac=True)
    >>> {name: round(float(x), 6) + 0.0 for name, x in obj.unflatten(result.x).items()}
    {'a': 1.0, 'b': 0.0}
    """
    return Objective(loss, Parameters(params, **options), args)
