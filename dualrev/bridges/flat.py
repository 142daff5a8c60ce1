"""A function as programs of others see it: of leaves, to a list of leaves; and its two derivatives.

Both derivatives are such functions again, plain NumPy code to whoever differentiates them: so every order is there.
They are equal where they are made from the same, so that what others compile for one is found again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError
from ..forward.jvp import jvp
from ..reverse.vjp import vjp

Flat = Callable[..., list[Any]]


@dataclass(frozen=True)
class Pushed:
    """(x_1, ..., x_n, v_1, ..., v_n) -> J v. The vectors may all have (K,) before their shapes."""

    f: Flat
    n: int

    def __call__(self, *given: Any) -> list[Any]:
        return list(jvp(self.f, given[: self.n], given[self.n :])[1])


@dataclass(frozen=True)
class Pulled:
    """(x_1, ..., x_n, w_1, ..., w_m) -> J^T w. The vectors may all have (K,) before their shapes."""

    f: Flat
    n: int

    def __call__(self, *given: Any) -> list[Any]:
        return list(vjp(self.f, *given[: self.n])[1](list(given[self.n :])))


@dataclass(frozen=True)
class Rounded:
    """f on leaves of any precision: computed in double precision, and rounded to the dtypes asked for."""

    f: Flat
    dtypes: tuple[Any, ...]

    def __call__(self, *leaves: Any) -> tuple[np.ndarray, ...]:
        out = self.f(*[np.array(x, np.float64)[()] for x in leaves])
        return tuple([np.asarray(y, dtype) for y, dtype in zip(out, self.dtypes, strict=True)])


def check_floats(outs: Sequence[Any], bridge: str) -> None:
    """Refuse results that have no derivative over there."""
    for y in outs:
        kind = np.asarray(y).dtype
        if kind.kind != "f":
            raise InputError(
                f"{bridge}: f returned an array of dtype {kind}, and only real floating-point numbers cross over: "
                "return floats, of complex numbers both parts"
            )
