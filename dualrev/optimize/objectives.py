"""A loss as SciPy wants it: value, gradient, Hessian and its products, all exact, from one recording at each point."""

from collections.abc import Callable
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from ..cotangents import ONE
from ..errors import InputError
from ..modes import chunk_size, largest_on
from ..reverse.vjp import Recording
from ..shapes import shape
from ..transforms import grad
from .evaluation import ONE_VECTOR, Evaluation
from .parameters import Parameters, Tree

if TYPE_CHECKING:
    from scipy.sparse.linalg import LinearOperator


class Objective(Evaluation):
    """A scalar function of parameters, for ``scipy.optimize``; made by `objective`.

    ``obj(x)`` is ``(f, g)``, for ``jac=True``; `fun`, `grad`, `hess`, `hessp`, `hess_op` are the parts. Every result is
    a new contiguous float64 array. The best point met is kept in ``best`` = (f, x).
    """

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
        """The Hessian at x times the vector p; products at one x share the recorded gradient."""
        self.counts.hessian_products += 1
        recording = self.at(x, "recorded gradient", self.record_gradient)
        return self.pushed(recording, np.array(p, np.float64), ())

    def hess_op(self, x: Any) -> "LinearOperator":
        """The Hessian at x as an operator."""
        from scipy.sparse.linalg import LinearOperator

        recording = self.at(x, "recorded gradient", self.record_gradient)
        n = len(self.parameters.x0)

        def product(p: ndarray) -> ndarray:
            self.counts.hessian_products += 1
            return self.pushed(recording, np.ravel(p), ())

        return LinearOperator((n, n), matvec=product, rmatvec=product, dtype=np.float64)

    def value_at(self, x: ndarray) -> float:
        recording = self.recording
        if len(recording.values) != 1 or shape(recording.values[0]) != ():
            got = f"{len(recording.values)} values" if len(recording.values) != 1 else shape(recording.values[0])
            raise InputError(
                f"{self.name} returned {got}, and a loss is one number: reduce it, with np.sum for instance"
            )
        value = float(recording.values[0])
        self.met(value, x)
        return value

    def gradient_at(self, x: ndarray) -> ndarray:
        value, recording = self.here("value", self.value_at), self.recording
        self.counts.reverse_sweeps += 1
        g = recording.pull((ONE,), ())[0]
        norm = float(np.abs(g).max())
        if not isfinite(norm) and isfinite(value):
            self.refuse(g, f"the gradient of {self.name}", x)
        self.history.gradient_norm[-1] = norm
        return g

    def record_gradient(self, x: ndarray) -> Recording:
        self.counts.f += 1
        return Recording(grad(self.flat), [x], ONE_VECTOR)

    def hessian_at(self, x: ndarray) -> ndarray:
        recording, n = self.here("recorded gradient", self.record_gradient), len(x)
        step = chunk_size(n, largest_on(recording))
        rows = [self.pushed(recording, np.eye(min(step, n - k), n, k), (min(step, n - k),)) for k in range(0, n, step)]
        H = np.concatenate(rows)
        if not np.isfinite(H).all():
            self.refuse(H, f"the Hessian of {self.name}", x)
        return (H + H.T) / 2

    def pushed(self, recording: Recording, p: ndarray, lead: tuple[int, ...]) -> ndarray:
        self.counts.forward_sweeps += 1
        return recording.push((p,), lead)[0]


def objective(loss: Callable[..., Any], params: Tree, args: tuple[Any, ...] = (), **options: Any) -> Objective:
    """A loss with exact derivatives, in the form that every function of ``scipy.optimize`` takes.

    Parameters
    ----------
    loss : callable
        ``loss(params, *args)``, a number; plain NumPy code.
    params : float, array, or dict, list, tuple or dataclass of them
        Where to start; it gives the parameters their names and shapes.
    args : tuple
        Further arguments of loss, constants.
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
    >>> {name: round(float(x), 6) for name, x in obj.unflatten(result.x).items()}
    {'a': 1.0, 'b': 0.0}
    """
    return Objective(loss, Parameters(params, **options), args)
