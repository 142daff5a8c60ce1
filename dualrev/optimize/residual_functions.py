"""Residuals as SciPy's least squares wants them: the vector and its exact Jacobian, recorded once at each point."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy import ndarray

from .. import rescue
from ..boundary import dtype_of
from ..errors import InputError
from ..jacobians import by_rows, by_waist, flat, identity, output_names
from ..modes import ModeChoice, chunk_size, largest_on, plan, smallest_waist
from ..rescue import finite, split
from ..reverse.vjp import Recording
from ..shapes import shape, size
from ..transforms import WHOLE
from ..tree import flatten
from ..waist import is_cut
from .evaluation import Evaluation
from .parameters import Parameters, Tree

if TYPE_CHECKING:
    from scipy.sparse.linalg import LinearOperator

Mode = Literal["auto", "forward", "reverse", "mixed"]


class Residuals(Evaluation):
    """A vector-valued function of parameters, for ``scipy.optimize``; made by `residuals`.

    ``res(x)`` is ``(r, J)``; `fun`, `jac`, `jac_op` are the parts, `choice` the mode that the Jacobian takes, and why.
    """

    takes_complex = True

    def __init__(
        self,
        function: Callable[..., Any],
        parameters: Parameters,
        args: Any = (),
        mode: Mode = "auto",
    ):
        super().__init__(function, parameters, args)
        if mode not in ("auto", "forward", "reverse", "mixed"):
            raise InputError(f"mode={mode!r}: write 'auto', 'forward', 'reverse' or 'mixed'")
        self.mode = mode
        self.chosen: ModeChoice | None = None

    def __call__(self, x: Any) -> tuple[ndarray, ndarray]:
        return self.fun(x), self.jac(x)

    def fun(self, x: Any) -> ndarray:
        """All residuals at the flat vector x, one after another."""
        return self.at(x, "value", self.value_at).copy()

    def jac(self, x: Any) -> ndarray:
        """The Jacobian at x, one row per residual and one column per free parameter."""
        return self.at(x, "jacobian", self.jacobian_at).copy()

    def jac_op(self, x: Any) -> "LinearOperator":
        """The Jacobian at x as an operator: J v is one forward, J^T w one reverse sweep over the recording."""
        from scipy.sparse.linalg import LinearOperator

        recording = self.recorded_at(x)
        ys = recording.values

        def push(v: ndarray) -> ndarray:
            self.counts.forward_sweeps += 1
            along = recording.push((np.array(np.ravel(v), np.float64),), ())
            return np.concatenate([np.ravel(t) for t in along])

        def pull(w: ndarray) -> ndarray:
            self.counts.reverse_sweeps += 1
            parts = split(np.ravel(w), ys)
            weights = [np.array(p, dtype_of(y)).reshape(shape(y)) for p, y in zip(parts, ys)]
            grads, found = rescue.gradient(recording, weights, recording.pull(weights, ()))
            self.note(found, "product with the Jacobian", grads[0])
            return grads[0]

        return LinearOperator(
            (sum(map(size, ys)), len(self.parameters.x0)), matvec=push, rmatvec=pull, dtype=np.float64
        )

    @property
    def choice(self) -> ModeChoice:
        """The mode that the Jacobian takes, and why; decided at the first point."""
        if self.chosen is None:
            self.fun(self.x0)
            self.chosen = plan(self.recording)
        return self.chosen

    def record(self, x: ndarray) -> Recording:
        """The residuals at x, recorded; complex ones as their real and imaginary parts, one after the other."""
        recording = Recording(self.flat, [x], WHOLE)
        if self.takes_complex and any(map(is_complex, recording.values)):
            whole, self.takes_complex = self.flat, False
            self.flat = lambda z: real_parts(whole(z))
            recording = Recording(self.flat, [x], WHOLE)
        self.counts.f += 1
        self.check_real(recording.values)
        return recording

    def value_at(self, x: ndarray) -> ndarray:
        parts = [np.ravel(np.asarray(y, np.float64)) for y in self.recording.values]
        r = parts[0] if len(parts) == 1 else np.concatenate(parts)
        self.met(float(r @ r), x)
        return r

    def jacobian_at(self, x: ndarray) -> ndarray:
        r, recording = self.here("value", self.value_at), self.recording
        if self.chosen is None:
            self.chosen = plan(recording)
        mode = self.chosen.mode if self.mode == "auto" else self.mode
        way = {"forward": self.by_forward, "reverse": self.by_reverse, "mixed": self.by_mixed}[mode]
        J = np.ascontiguousarray(way(recording), np.float64)
        if self.mode == "auto" and not finite(J):
            J = self.rescued(recording, J, mode)
        if np.isfinite(r).all() and not np.isfinite(J).all():
            self.refuse(J, "Jacobian column", x)
        return J

    def rescued(self, recording: Recording, J: ndarray, mode: str) -> ndarray:
        """J, with the numbers of the other mode where that alone gives finite ones."""
        ys, x = recording.values, recording.leaves[0]
        blocks = [[part.reshape(shape(y) + shape(x))] for part, y in zip(split(J, ys), ys)]
        if mode == "forward":
            blocks, found = rescue.by_rows(recording, blocks)
            where = rescue.named(found, output_names(recording), ys)
            modes = ("forward", "reverse")
        else:
            blocks, found = rescue.by_columns(recording, blocks)
            where, modes = None, (mode, "forward")
        J = self.joined(blocks)
        self.note(found, "Jacobian", J, where, modes)
        return J

    def by_forward(self, recording: Recording) -> ndarray:
        """One column per direction."""
        n, ys = len(self.parameters.x0), recording.values
        step, columns = chunk_size(n, largest_on(recording)), []
        for start in range(0, n, step):
            k = min(step, n - start)
            self.counts.forward_sweeps += 1
            along = recording.push(identity(recording.leaves, start, k), (k,))
            columns.append(np.concatenate([flat(t, y, k) for t, y in zip(along, ys)], axis=1))
        return np.concatenate(columns).T

    def by_reverse(self, recording: Recording) -> ndarray:
        """One row per cotangent."""
        m = sum(map(size, recording.values))
        step = chunk_size(m, largest_on(recording))
        self.counts.reverse_sweeps += -(-m // step)
        return self.joined(by_rows(recording, step)[2])

    def by_mixed(self, recording: Recording) -> ndarray:
        """As a product, through the waist of the program."""
        cut = self.chosen.waist.lines if self.chosen and self.chosen.waist else None
        if cut is None or not is_cut(recording.lines, 1, [k for k in recording.indices if k is not None], cut):
            cut = smallest_waist(recording).lines
        self.counts.forward_sweeps += 1
        self.counts.reverse_sweeps += 1
        return self.joined(by_waist(recording, cut, chunk_size(len(cut), largest_on(recording)))[2])

    def joined(self, blocks: list[list[ndarray]]) -> ndarray:
        return np.concatenate([row[0].reshape(-1, len(self.parameters.x0)) for row in blocks])


def real_parts(made: Any) -> Any:
    """All numbers of a tree in one vector, complex ones as their real parts and then their imaginary parts."""
    parts = [np.reshape(leaf, (-1,)) for leaf in flatten(made)[0]]
    return np.concatenate([half for r in parts for half in ((np.real(r), np.imag(r)) if is_complex(r) else (r,))])


def is_complex(r: Any) -> bool:
    return dtype_of(r).kind == "c"


def residuals(r: Callable[..., Any], params: Tree, args: Any = (), *, mode: Mode = "auto", **options: Any) -> Residuals:
    """Residuals with an exact Jacobian, in the form that ``scipy.optimize.least_squares`` takes.

    Parameters
    ----------
    r : callable
        ``r(params, *args)``, an array or a tree of arrays, real or complex; plain NumPy code.
    params : float, array, or dict, list, tuple or dataclass of them
        Where to start; it gives the parameters their names and shapes.
    args : tuple
        Further arguments of r, constants.
    mode : "auto", "forward", "reverse" or "mixed"
        How the Jacobian is computed; "auto" takes the mode that `choose_mode` finds cheapest.
    **options
        ``bounds``, ``fixed``, ``tie``, ``transform``, as in `minimize`.

    Returns
    -------
    Residuals
        ``res.x0`` flat; ``res.fun``, ``res.jac``; ``res.jac_op`` for Jacobians too large to store; ``res.unflatten``;
        ``res.choice`` says the mode and why; ``res.counts``.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.optimize import least_squares
    >>> import dualrev as dr
    >>> t, y = np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0])
    >>> res = dr.residuals(lambda p: p["a"] + p["b"] * t - y, {"a": 0.0, "b": 0.0})
    >>> fit = least_squares(res.fun, res.x0, res.jac)
    >>> {name: round(float(x), 6) for name, x in res.unflatten(fit.x).items()}
    {'a': 1.0, 'b': 2.0}
    """
    return Residuals(r, Parameters(params, **options), args, mode)
