"""The function to check, seen as one of a flat vector: values, claimed derivatives, names, and the scale of its point."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from ..arguments import name_of
from ..boundary import all_leaves, dtype_of, grouped
from ..errors import InputError
from ..forward.jvp import jvp
from ..program.program import input_names
from ..reverse.vjp import Recording, vjp
from ..shapes import shape, size
from ..tree import flatten


class Subject:
    """f at a point, flat: x of n numbers to y of m numbers.

    names: one per input element. outputs: one per output element. evaluations: how often f has been called. precision: the
    machine epsilon of the result.
    """

    def __init__(self, f: Callable[..., Any], args: Sequence[Any]):
        self.f, self.args = f, args
        self.name = name_of(f)
        self.leaves, self.structures = all_leaves(args, "x")
        self.x = np.concatenate([np.ravel(x) for x in self.leaves]).astype(np.float64) if self.leaves else np.zeros(0)
        if not self.x.size:
            raise InputError("there is nothing to check: the arguments hold no numbers")
        roots = input_names(f, tuple(args))
        self.names = [n for root, x in zip(roots, self.leaves, strict=True) for n in elements(root, shape(x))]
        self.evaluations = 0
        first = self.tree_values(self.x)
        self.first = np.concatenate([np.ravel(y) for y in first]).astype(np.float64) if first else np.zeros(0)
        self.outputs = [n for k, y in enumerate(first) for n in elements(f"f[{k}]" if len(first) > 1 else "f", shape(y))]
        dtypes = [dtype_of(v) for v in [*first, *self.leaves] if dtype_of(v).kind == "f"]
        self.precision = max((float(np.finfo(d).eps) for d in dtypes), default=float(np.finfo(float).eps))

    @property
    def m(self) -> int:
        return len(self.outputs)

    def arguments(self, x: ndarray) -> list[Any]:
        """The arguments of f that the flat vector x stands for, in the dtypes given."""
        parts, start = [], 0
        for like in self.leaves:
            n = size(like)
            part = x[start : start + n].reshape(shape(like)).astype(dtype_of(like))
            parts.append(part if shape(like) else (float(part) if type(like) is float else part[()]))
            start += n
        return list(grouped(parts, self.structures))

    def tree_values(self, x: ndarray) -> list[Any]:
        """The leaves of f's result."""
        self.evaluations += 1
        return flatten(self.f(*self.arguments(x)))[0]

    def values(self, x: ndarray) -> ndarray:
        """f at x, in one row."""
        found = [np.ravel(y) for y in self.tree_values(x)]
        return np.concatenate(found).astype(np.float64) if found else np.zeros(0)


class Traced(Subject):
    """A function that dualrev differentiates."""

    def push(self, x: ndarray, d: ndarray) -> ndarray:
        """J d, by forward mode."""
        seeds = self.arguments(d)
        out = flatten(jvp(self.f, tuple(self.arguments(x)), tuple(seeds))[1])[0]
        return np.concatenate([np.ravel(t) for t in out]).astype(np.float64)

    def pull(self, x: ndarray, w: ndarray) -> ndarray:
        """J^T w, by reverse mode."""
        y, pullback = vjp(self.f, *self.arguments(x))
        leaves, rebuild = flatten(y)
        parts, start = [], 0
        for like in leaves:
            parts.append(w[start : start + size(like)].reshape(shape(like)).astype(dtype_of(like)))
            start += size(like)
        found = flatten(list(pullback(rebuild(parts))))[0]
        return np.concatenate([np.ravel(g) for g in found]).astype(np.float64)

    def recording(self, x: ndarray) -> Recording:
        leaves, structures = all_leaves(self.arguments(x), "x")
        return Recording(self.f, leaves, structures)


class Claimed(Subject):
    """A function with a derivative that somebody else wrote: jac(*args), a gradient or a Jacobian."""

    def __init__(self, f: Callable[..., Any], args: Sequence[Any], jac: Callable[..., Any]):
        super().__init__(f, args)
        self.given = jac
        self.known: dict[bytes, ndarray] = {}

    def jacobian(self, x: ndarray) -> ndarray:
        """What is claimed at x, as an (m, n) matrix of its own."""
        key = x.tobytes()
        if key not in self.known:
            self.known[key] = self.matrix(self.given(*self.arguments(x)))
        return self.known[key]

    def matrix(self, J: Any) -> ndarray:
        n, m = self.x.size, self.m
        if hasattr(J, "toarray"):  # a sparse matrix
            J = J.toarray()
        parts = [np.asarray(leaf, np.float64) for leaf in flatten(J)[0]]
        if len(parts) == 1 and parts[0].size == m * n:
            return parts[0].reshape(m, n).copy()
        if sum(p.size for p in parts) == m * n:
            return np.concatenate([p.reshape(m, -1) for p in parts], axis=1)
        shapes = " and ".join(str(p.shape) for p in parts)
        raise InputError(f"the derivative has shape {shapes}; for {n} inputs and {m} outputs it is {(m, n) if m > 1 else (n,)}")

    def push(self, x: ndarray, d: ndarray) -> ndarray:
        return self.jacobian(x) @ d


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
