"""Perturbation confusion, on purpose: forward mode whose inner and outer derivatives share one eps."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import Any

import numpy as np

from ..boundary import as_floats
from ..errors import InputError
from ..forward import jvp as forward
from ..forward.dual import Dual, ForwardSweep, dual
from ..program.program import input_names
from ..traced import value


class Shared(ForwardSweep):
    """One sweep for everybody: who closes it leaves it open for the others."""

    __slots__ = ("users",)

    def __init__(self) -> None:
        super().__init__(())
        self.users = 0

    def close(self) -> None:
        pass


@contextmanager
def one_eps() -> Iterator[Shared]:
    """Every `dr.jvp` of this thread uses the same sweep."""
    shared, mine, own = Shared(), get_ident(), forward.ForwardSweep

    def sweep(lead: Any) -> Any:
        if get_ident() != mine:
            return own(lead)
        shared.users += 1
        return shared

    forward.ForwardSweep = sweep  # type: ignore[assignment,misc]
    try:
        yield shared
    finally:
        forward.ForwardSweep = own  # type: ignore[misc]


def confused(f: Callable[..., Any], x: tuple[Any, ...]) -> tuple[dict[str, float], dict[str, float]]:
    """The derivatives of f by each input, right and with one eps for all."""
    x = as_floats(x)
    if not all(isinstance(v, (float, np.floating)) for v in x):
        raise InputError('bug="shared eps" is shown for functions of numbers: broken(f, 1.0, bug="shared eps")')
    right, wrong = {}, {}
    for k, name in enumerate(input_names(f, x)):
        along = tuple(float(i == k) for i in range(len(x)))
        right[name] = float(forward.jvp(f, x, along)[1])
        with one_eps() as shared:
            out = f(*[dual(v, t, shared) for v, t in zip(x, along, strict=True)])
            if not shared.users:
                raise InputError(
                    "there is no derivative inside f that could share its eps: write one with dr.jvp, as in "
                    "lambda x: x * dr.jvp(lambda y: x + y, (1.0,), (1.0,))[1]"
                )
            wrong[name] = float(value(out.tangent)) if type(out) is Dual else 0.0
    return right, wrong
