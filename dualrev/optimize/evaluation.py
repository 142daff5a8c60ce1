"""One evaluation of the user's function at a point, shared by everything that is asked about that point."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy import ndarray

from ..arguments import name_of
from ..boundary import dtype_of, first
from ..errors import InputError, NonFiniteError
from ..reverse.vjp import Recording
from .parameters import Parameters

FLOAT64 = np.dtype(np.float64)
ONE_VECTOR = [(first, 1)]  # the structure of one argument that is one array


@dataclass
class Counts:
    """What was asked of the user's function.

    f: how often it ran. forward_sweeps, reverse_sweeps: sweeps over what it recorded, each with all its directions.
    hessian_products: products of a Hessian with a vector. cache_hits: answers from what was there already.
    """

    f: int = 0
    forward_sweeps: int = 0
    reverse_sweeps: int = 0
    hessian_products: int = 0
    cache_hits: int = 0


@dataclass(frozen=True, eq=False)
class History:
    """One entry per evaluation: the value, and the largest component of the gradient (nan where none was asked for)."""

    fun: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)

    def add(self, value: float) -> None:
        self.fun.append(value)
        self.gradient_norm.append(float("nan"))

    def __len__(self) -> int:
        return len(self.fun)


class Evaluation:
    """A function of parameters as one of a flat vector, recorded once at each point that it is asked about.

    function: takes the tree of parameters, and `args`. The last point is kept, so that the value, the gradient and
    the Hessian there cost one run of the function.
    """

    def __init__(self, function: Callable[..., Any], parameters: Parameters, args: tuple[Any, ...] = ()):
        if not callable(function):
            raise InputError(f"a function is needed, and this is a {type(function).__name__}")
        self.function, self.parameters, self.args = function, parameters, tuple(args)
        self.name = name_of(function)
        self.counts, self.history = Counts(), History()
        self.best: tuple[float, ndarray] = (np.inf, parameters.x0.copy())
        self.watch: Callable[[int, float], None] | None = None
        self.point = parameters.x0  # the last one, and its bytes
        self.key = b""
        self.kept: dict[str, Any] = {}

    @property
    def x0(self) -> ndarray:
        """The start, as a new flat float64 vector."""
        return self.parameters.x0.copy()

    def unflatten(self, x: Any) -> Any:
        """The tree of parameters that the flat vector x stands for."""
        return self.parameters.unflatten(np.asarray(x, np.float64))

    def flat(self, x: Any) -> Any:
        """The user's function of the flat vector x."""
        return self.function(self.parameters.unflatten(x), *self.args)

    def at(self, x: Any, what: str, compute: Callable[[ndarray], Any]) -> Any:
        """`what` at x, for somebody outside: kept from before if x is the last point, else computed and kept."""
        if not (type(x) is ndarray and x.dtype is FLOAT64 and x.tobytes() == self.key):
            self.go_to(x)
        if what in self.kept:
            self.counts.cache_hits += 1
            return self.kept[what]
        return self.here(what, compute)

    def go_to(self, x: Any) -> None:
        """Make x the point; what is known about another one is forgotten."""
        point = self.checked(x)
        key = point.tobytes()
        if key != self.key:
            self.point, self.key, self.kept = point, key, {}

    def here(self, what: str, compute: Callable[[ndarray], Any]) -> Any:
        """`what` at the last point."""
        if what not in self.kept:
            self.kept[what] = compute(self.point)
        return self.kept[what]

    def checked(self, x: Any) -> ndarray:
        """x as a new float64 vector of the right length."""
        x = np.array(x, np.float64)
        if x.shape != self.parameters.x0.shape:
            raise InputError(f"{self.name} has {len(self.parameters.x0)} free parameters, and x has shape {x.shape}")
        return x

    def met(self, value: float, x: ndarray) -> None:
        """Note the value at a new point, that of a loss or a sum of squares."""
        self.history.add(value)
        if value < self.best[0]:
            self.best = (value, x.copy())
        if self.watch is not None:
            self.watch(len(self.history), value)

    @property
    def recording(self) -> Recording:
        """The function at the last point, recorded."""
        return self.here("recording", self.record)

    def record(self, x: ndarray) -> Recording:
        self.counts.f += 1
        recording = Recording(self.flat, [x], ONE_VECTOR)
        if any(dtype_of(y).kind == "c" for y in recording.values):
            raise InputError(f"{self.name} returned complex numbers: return a real quantity")
        return recording

    def refuse(self, derivative: ndarray, what: str, x: ndarray) -> None:
        """Raise for a derivative that is not finite: the parameter, and the operation where it began."""
        from ..program.nonfinite import first_nonfinite

        bad = np.flatnonzero(~np.isfinite(derivative.reshape(-1, len(self.parameters.free))).all(axis=0))
        names = [self.parameters.free[k] for k in bad]
        value = derivative.reshape(-1, len(self.parameters.free))[:, bad[0]]
        shown = value[~np.isfinite(value)][0]
        where = first_nonfinite(self.flat, x)
        more = f" (and {len(names) - 1} more)" if len(names) > 1 else ""
        raise NonFiniteError(f"{what} in {names[0]}{more} is {shown}{f'; {where}' if where else ''}")
