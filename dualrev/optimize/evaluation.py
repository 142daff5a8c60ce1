"""One evaluation of the user's function at a point, shared by everything that is asked about that point."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import numpy as np
from numpy import ndarray

from .. import rescue
from ..arguments import name_of
from ..boundary import WHOLE, dtype_of
from ..brief import brief
from ..errors import InputError, NonFiniteError
from ..reverse.vjp import Recording
from .parameters import Parameters

FLOAT64 = np.dtype(np.float64)


@dataclass
class Counts:
    """What was asked of the user's function.

    f: how often it ran. forward_sweeps, reverse_sweeps: sweeps over what it recorded, each with all its directions.
    hessian_products: products of a Hessian with a vector; a whole Hessian counts as one per column. cache_hits: answers
    from what was there already. rescued: components of derivatives that were not finite in one mode, and taken from the
    other.
    """

    f: int = 0
    forward_sweeps: int = 0
    reverse_sweeps: int = 0
    hessian_products: int = 0
    cache_hits: int = 0
    rescued: int = 0

    @property
    def rescue_note(self) -> str:
        """What a result says of that, after its other counts; "" if there was nothing."""
        return f", {self.rescued} numbers from the other mode" if self.rescued else ""


@brief
@dataclass(frozen=True, eq=False)
class History:
    """One entry per evaluation: the value, and the length of the gradient (nan where none was asked for)."""

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
    the Hessian there cost one run of the function, and the one before it, to which trust-region methods return when
    they have tried a step in vain. ``best`` is the lowest value met and its point; where `rank` is set,
    the lowest rank. ``outside`` is the first point where the value was not finite.
    """

    def __init__(self, function: Callable[..., Any], parameters: Parameters, args: Any = ()):
        if not callable(function):
            raise InputError(f"a function is needed, and this is a {type(function).__name__}")
        self.function, self.parameters, self.args = function, parameters, as_args(args)
        self.name = name_of(function)
        self.counts, self.history = Counts(), History()
        self.best: tuple[float, ndarray] = (np.inf, parameters.x0)
        self.lowest: Any = None
        self.rank: Callable[[float, ndarray], Any] | None = None
        self.outside: ndarray | None = None
        self.watch: Callable[[int, float], None] | None = None
        self.in_a_run = False  # of a solver, between whose questions nobody changes an array
        self.told = False  # has a rescue been spoken of?
        self.shape = parameters.x0.shape
        self.point = parameters.x0  # the last one, and its bytes
        self.key = b""
        self.kept: dict[str, Any] = {}
        self.earlier = (self.point, self.key, self.kept)  # the one before
        self.lock = RLock()
        self.flat: Callable[[Any], Any] = function if parameters.is_plain and not self.args else self.of_vector

    def __getstate__(self) -> dict[str, Any]:
        """Without what is kept of the last points: it is made again when it is asked for."""
        passing = {"lock", "kept", "earlier", "flat", "watch", "rank", "last", "before", "in_a_run"}
        return {name: value for name, value in self.__dict__.items() if name not in passing} | {"key": b""}

    def __setstate__(self, state: dict[str, Any]) -> None:
        again = type(self).__new__(type(self))
        Evaluation.__init__(again, state["function"], state["parameters"], state["args"])
        self.__dict__.update({**again.__dict__, **state})

    def __deepcopy__(self, memo: dict[int, Any]) -> "Evaluation":
        return self  # a function with a memory

    @property
    def x0(self) -> ndarray:
        """The start, as a new flat float64 vector."""
        return self.parameters.x0.copy()

    def unflatten(self, x: Any) -> Any:
        """The tree of parameters that the flat vector x stands for, in arrays of its own."""
        return self.parameters.plain(x)

    def of_vector(self, x: Any) -> Any:
        """The user's function of the flat vector x."""
        return self.function(self.parameters.unflatten(x), *self.args)

    def at(self, x: Any, what: str, compute: Callable[[ndarray], Any]) -> Any:
        """`what` at x, for somebody outside: kept from before if x is the last point, else computed and kept."""
        with self.lock:
            point = x if type(x) is ndarray and x.dtype is FLOAT64 and x.shape == self.shape else self.checked(x)
            key = point.tobytes()
            if key != self.key:
                self.turn_to(point, key)
            kept = self.kept
            if what in kept:
                self.counts.cache_hits += 1
            else:
                kept[what] = compute(self.point)
                if not self.in_a_run:
                    self.settle(what)
            return kept[what]

    def settle(self, what: str) -> None:
        """Before the caller goes on, and perhaps changes a large array that f has used: keep copies, or record again.

        After the value its derivative will be asked for; after a derivative mostly nothing more.
        """
        recording = self.kept.get("recording")
        if recording is not None and recording.is_open:
            if what in ("value", "recording"):
                recording.keep()
            else:
                del self.kept["recording"]

    def forget(self) -> None:
        """Let go of what is kept of the last points, which for many data is most of the memory of a result."""
        self.key, self.kept = b"", {}
        self.earlier = (self.point, b"", {})

    def turn_to(self, point: ndarray, key: bytes) -> None:
        """Make another point the last one; what is known about points before the last two is forgotten."""
        before = (self.point, self.key, self.kept)
        self.point, self.key, self.kept = self.earlier if key == self.earlier[1] else (point.copy(), key, {})
        self.earlier = before

    def here(self, what: str, compute: Callable[[ndarray], Any]) -> Any:
        """`what` at the last point."""
        kept = self.kept
        if what not in kept:
            kept[what] = compute(self.point)
        return kept[what]

    def checked(self, x: Any) -> ndarray:
        """x as a new float64 vector of the right length."""
        x = np.array(x, np.float64)
        if x.shape != self.shape:
            raise InputError(f"{self.name} has {len(self.parameters.x0)} free parameters, and x has shape {x.shape}")
        return x

    def met(self, value: float, x: ndarray) -> None:
        """Note the value at a new point, that of a loss or a sum of squares."""
        self.kept["entry"] = len(self.history)
        self.history.add(value)
        if value - value == 0.0:  # finite
            rank = value if self.rank is None else self.rank(value, x)
            if self.lowest is None or rank < self.lowest:
                self.best, self.lowest = (value, x), rank
        elif self.outside is None:
            self.outside = x
        if self.watch is not None:
            self.watch(len(self.history), value)

    def rank_by(self, rank: Callable[[float, ndarray], Any]) -> None:
        """Let `rank`, of a value and its point, say which point is the best, lowest first."""
        self.rank = rank
        if self.lowest is not None:
            self.lowest = rank(*self.best)

    @property
    def recording(self) -> Recording:
        """The function at the last point, recorded."""
        return self.here("recording", self.record)

    def recorded_at(self, x: Any) -> Recording:
        """The function at x, recorded."""
        return self.at(x, "recording", self.record)

    def record(self, x: ndarray) -> Recording:
        self.counts.f += 1
        recording = Recording(self.flat, [x], WHOLE)
        self.check_real(recording.values)
        return recording

    def check_real(self, values: list[Any]) -> None:
        if any(dtype_of(y).kind == "c" for y in values):
            raise InputError(f"{self.name} returned complex numbers: return a real quantity")

    def note(
        self, found: rescue.Rescue, what: str, made: ndarray, where: list[str] | None = None, modes: Any = rescue.MODES
    ) -> None:
        """Count what was taken from the other mode; the first time, say so, unless `made` will be refused anyway.

        where: the names of the components, parameters if not given.
        """
        self.counts.rescued += len(found.taken)
        if found != rescue.NOTHING and not self.told and (found.left or rescue.finite(made)):
            self.told = True
            where = [self.parameters.free[k] for _, k in found.taken] if where is None else where
            rescue.tell(found, what, self.name, where, modes)

    def refuse(self, derivative: ndarray, what: str, x: ndarray) -> None:
        """Raise for a derivative that is not finite: the parameter, and the operation where it began.

        An infinity is named before a NaN: in forward mode 0 times an infinity makes NaNs of other parameters' columns.
        """
        table = derivative.reshape(-1, len(self.parameters.free))
        bad = np.flatnonzero(~np.isfinite(table).all(axis=0))
        worst = min(bad, key=lambda k: not np.isinf(table[:, k]).any())
        value = "nan" if not np.isinf(table[:, worst]).any() else table[np.isinf(table[:, worst]), worst][0]
        more = f" (and of {len(bad) - 1} more)" if len(bad) > 1 else ""
        said = f"{what} of {self.parameters.free[worst]}{more} is {value}"
        raise NonFiniteError(said + self.origin(x))

    def origin(self, x: ndarray) -> str:
        """Where the first infinity or NaN at x comes from, to be added to a message; "" if that cannot be told."""
        from ..program.nonfinite import first_nonfinite

        where = first_nonfinite(self.flat, x)
        return f"; {where}" if where else ""


def as_args(args: Any) -> tuple[Any, ...]:
    """Further arguments as a tuple; SciPy takes a single one without."""
    return args if isinstance(args, tuple) else (args,)
