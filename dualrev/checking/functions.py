"""The function to check, as one of a flat vector: values, claimed derivatives, names, and the scale of its point."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy import ndarray

from .. import rescue
from ..arguments import name_of
from ..boundary import all_leaves, dtype_of, grouped
from ..derived import check_function
from ..errors import InputError
from ..forward.jvp import jvp
from ..program.program import input_names
from ..reverse.vjp import Recording
from ..shapes import shape, size
from ..tree import flatten
from .solvers import Solver, solver_of

RTOL = 1.5e-8  # the square root of the precision of float64


class ShapeError(InputError):
    """A claimed derivative that has not one number for each pair of output and input."""


class Subject:
    """f at a point, flat: x of n numbers to y of m numbers.

    names: one per input element. outputs: one per output element. evaluations: how often f has been called, traced or
    not. overwrites: does f change its arguments? repeats: does it give the same value again? precision: the machine
    epsilon of its inputs and result, the coarser one.
    """

    def __init__(self, f: Callable[..., Any], args: Sequence[Any], names: Sequence[str] | None = None):
        check_function(f, "check", at="dr.check(f, x)")
        self.given, self.name, self.evaluations = f, name_of(f), 0
        self.leaves, self.structures = all_leaves(args, "x")
        self.x = flat(self.leaves)
        if not self.x.size:
            raise InputError("there is nothing to check: the arguments hold no numbers")
        self.names = self.named(names, args)
        args = self.arguments(self.x)
        with np.errstate(all="ignore"):
            first = self.results_of(args)
        self.overwrites = not np.array_equal(flat(flatten(args)[0]), self.rounded(self.x), equal_nan=True)
        self.first = flat(first)
        self.repeats = True
        self.outputs = [
            n for k, y in enumerate(first) for n in elements(f"f[{k}]" if len(first) > 1 else "f", np.shape(y))
        ]
        dtypes = [d for d in map(dtype_of, [*first, *self.leaves]) if d.kind == "f"]
        self.precision = max((float(np.finfo(d).eps) for d in dtypes), default=float(np.finfo(float).eps))

    def named(self, names: Sequence[str] | None, args: Sequence[Any]) -> list[str]:
        if names is None:
            roots = input_names(self.given, tuple(args))
            return [n for root, x in zip(roots, self.leaves, strict=True) for n in elements(root, shape(x))]
        if len(names) != self.x.size:
            raise InputError(f"{len(names)} names for {self.x.size} inputs: give one for each")
        return list(names)

    @property
    def m(self) -> int:
        return len(self.outputs)

    def f(self, *args: Any) -> Any:
        """f itself; its calls are counted."""
        self.evaluations += 1
        return self.given(*args)

    def arguments(self, x: ndarray) -> list[Any]:
        """The arguments of f that the flat vector x stands for, in the dtypes given."""
        parts, start = [], 0
        for like in self.leaves:
            n = size(like)
            part = x[start : start + n].reshape(shape(like)).astype(dtype_of(like))
            parts.append(part if shape(like) else (float(part) if type(like) is float else part[()]))
            start += n
        return list(grouped(parts, self.structures))

    def rounded(self, x: ndarray) -> ndarray:
        """x as the dtypes of the arguments hold it."""
        return flat(flatten(self.arguments(x))[0])

    def results(self, x: ndarray) -> list[Any]:
        """The leaves of f's result at x."""
        return self.results_of(self.arguments(x))

    def results_of(self, args: list[Any]) -> list[Any]:
        return [array(y) for y in flatten(self.f(*args))[0]]

    def values(self, x: ndarray) -> ndarray:
        """f at x, in one row; nan where it is not defined, or has another shape."""
        with np.errstate(all="ignore"):
            try:
                found = flat(self.results(x))
            except Exception:  # where it is called first it is defined; f may say in its own way where it is not
                found = np.zeros(0)
        return found if found.size == self.m else np.full(self.m, np.nan)

    def tolerance(self, rtol: float | None) -> float:
        """The relative error that is taken for rounding: as given, or the square root of the precision."""
        return max(RTOL, self.precision**0.5) if rtol is None else rtol

    def call_again(self) -> None:
        """Does f give the same value at the same point?"""
        again = self.values(self.x)
        self.repeats = np.array_equal(again, self.first, equal_nan=True)

    @cached_property
    def solver(self) -> Solver | None:
        """The solver that f calls, if it is one that is known."""
        return solver_of(lambda: self.values(self.x))

    def middle(self, x: ndarray) -> ndarray:
        """The same, at a point whose derivative will be asked for."""
        return self.values(x)


class Traced(Subject):
    """A function that dualrev differentiates."""

    def __init__(self, f: Callable[..., Any], args: Sequence[Any], names: Sequence[str] | None = None):
        super().__init__(f, args, names)
        self.recorded: tuple[bytes, Recording] | None = None

    def recording(self, x: ndarray) -> Recording:
        """The tape of f at x; that of the last point is kept."""
        key = x.tobytes()
        if self.recorded is None or self.recorded[0] != key:
            leaves, structures = all_leaves(self.arguments(x), "x")
            with np.errstate(all="ignore"):
                recording = Recording(self.f, leaves, structures)
            recording.keep()
            self.recorded = key, recording
        return self.recorded[1]

    def middle(self, x: ndarray) -> ndarray:
        """f at x, from the tape that its derivatives are taken from."""
        try:
            return flat([array(y) for y in self.recording(x).values])
        except Exception:  # as in `values`
            return np.full(self.m, np.nan)

    def push(self, x: ndarray, d: ndarray) -> ndarray:
        """J d, along the tape: no call of f."""
        seeds = flatten(self.arguments(d))[0]
        with np.errstate(all="ignore"):
            return flat(self.recording(x).push(seeds, ()))

    def forward(self, x: ndarray, d: ndarray) -> ndarray:
        """J d, by forward mode."""
        with np.errstate(all="ignore"):
            return flat(flatten(jvp(self.f, tuple(self.arguments(x)), tuple(self.arguments(d)))[1])[0])

    def pull(self, x: ndarray, w: ndarray) -> ndarray:
        """J^T w, back along the tape, as `grad` gives it: in forward mode where that alone is finite."""
        recording = self.recording(x)
        ends = np.cumsum([size(y) for y in recording.values])[:-1]
        parts = zip(np.split(w, ends), recording.values, strict=True)
        weights = [part.reshape(shape(y)).astype(dtype_of(y)) for part, y in parts]
        with np.errstate(all="ignore"):
            return flat(rescue.gradient(recording, weights, recording.pull(weights, ()))[0])

    def bulk(self, x: ndarray, d: ndarray) -> ndarray:
        """How large J d would be if its terms were random, of a scalar-valued function; else 0."""
        return np.array([np.linalg.norm(self.pull(x, np.ones(1)) * d)]) if self.m == 1 else np.zeros(self.m)

    def claim_sizes(self, x: ndarray, rng: np.random.Generator) -> ndarray:
        """How large the derivative in each input is; of several outputs, that of a random combination of them."""
        return np.abs(np.nan_to_num(self.pull(x, rng.choice([-1.0, 1.0], self.m))))


class Claimed(Subject):
    """A function with a derivative that somebody else wrote: jac(*args), a gradient or a Jacobian."""

    def __init__(
        self, f: Callable[..., Any], args: Sequence[Any], jac: Callable[..., Any], names: Sequence[str] | None = None
    ):
        super().__init__(f, args, names)
        self.raw = jac
        self.known: dict[bytes, ndarray] = {}

    def jac(self, *args: Any) -> Any:
        with np.errstate(all="ignore"):
            return self.raw(*args)

    def jacobian(self, x: ndarray) -> ndarray:
        """What is claimed at x, as an (m, n) matrix of its own."""
        key = x.tobytes()
        if key not in self.known:
            self.known[key] = self.matrix(self.jac(*self.arguments(x)))
        return self.known[key]

    def matrix(self, J: Any) -> ndarray:
        """The claimed derivative as a matrix; a ShapeError if it has not one number for each pair."""
        n, m = self.x.size, self.m
        parts = [array(leaf) for leaf in ([J] if len(self.leaves) == 1 and is_rows(J) else flatten(dense(J))[0])]
        if len(parts) == 1 and parts[0].size == m * n:
            return parts[0].reshape(m, n).astype(np.float64)
        if sum(p.size for p in parts) == m * n and not any(p.size % m for p in parts):
            return np.concatenate([p.reshape(m, -1) for p in parts], axis=1).astype(np.float64)
        shapes = " and ".join(str(p.shape) for p in parts) or "()"
        raise ShapeError(
            f"the derivative has shape {shapes}; for {n} inputs and {m} outputs it is {(m, n) if m > 1 else (n,)}"
        )

    def push(self, x: ndarray, d: ndarray) -> ndarray:
        with np.errstate(all="ignore"):
            return self.jacobian(x) @ d

    def bulk(self, x: ndarray, d: ndarray) -> ndarray:
        """How large J d would be if its terms were random: large terms may cancel in it by accident."""
        return np.linalg.norm(self.jacobian(x) * d, axis=1)

    def claim_sizes(self, x: ndarray, rng: np.random.Generator) -> ndarray:
        return np.abs(np.nan_to_num(self.jacobian(x))).sum(axis=0)


def array(y: Any) -> ndarray:
    """A leaf of a result as an array: dense, of real numbers."""
    y = np.asarray(dense(y))
    if y.dtype.kind == "c":
        raise InputError("the result is complex: check its real and its imaginary part, (y.real, y.imag)")
    return y if y.dtype.kind == "f" else y.astype(np.float64)


def dense(y: Any) -> Any:
    """Sparse arrays and linear operators as arrays; what is neither as it is."""
    if hasattr(y, "toarray"):
        return y.toarray()
    return y.matmat(np.eye(y.shape[1])) if hasattr(y, "matmat") else y


def is_rows(J: Any) -> bool:
    """Is it a list of rows, or of numbers, as an array can be written?"""
    if not isinstance(J, (list, tuple)) or any(isinstance(row, dict) for row in J):
        return False
    try:
        return np.asarray(J).dtype.kind in "biuf"
    except (TypeError, ValueError):
        return False


def flat(parts: Sequence[Any]) -> ndarray:
    """Arrays as one row of float64."""
    return np.concatenate([np.ravel(y) for y in parts]).astype(np.float64) if len(parts) else np.zeros(0)


def elements(name: str, of_shape: tuple[int, ...]) -> list[str]:
    return [f"{name}[{', '.join(map(str, i))}]" for i in np.ndindex(*of_shape)] if of_shape else [name]


def scales(x: ndarray, leaves: Sequence[Any]) -> ndarray:
    """How far each element may be moved and still be near: its size; that of its neighbours where it is 0, else 1."""
    found, start = np.abs(x), 0
    for like in leaves:
        part = found[start : start + size(like)]
        typical = float(np.median(part[part > 0])) if (part > 0).any() else 1.0
        part[part == 0] = typical
        start += size(like)
    return found
