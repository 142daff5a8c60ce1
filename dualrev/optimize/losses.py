"""Robust losses rho(z) of z = (residual / f_scale)^2, by SciPy's names, in plain NumPy: dualrev differentiates them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from ..errors import InputError
from ..forward.jvp import jvp

LOSSES: dict[str, Callable[[Any], Any]] = {
    "linear": lambda z: z,
    "soft_l1": lambda z: 2 * (np.sqrt(1 + z) - 1),
    "huber": lambda z: np.where(z <= 1, z, 2 * np.sqrt(np.where(z <= 1, 1.0, z)) - 1),
    "cauchy": lambda z: np.log1p(z),
    "arctan": lambda z: np.arctan(z),
}


def loss_named(name: Any) -> Callable[[Any], Any]:
    """The loss of that name.

    Raises
    ------
    InputError
        If there is none.
    """
    if not isinstance(name, str) or name not in LOSSES:
        raise InputError(f"loss={name!r}: write one of {', '.join(map(repr, LOSSES))}")
    return LOSSES[name]


def half_loss(name: str, r: Any, f_scale: float) -> Any:
    """f_scale^2 rho((r / f_scale)^2) / 2 of each residual: r^2 / 2 for the loss "linear"."""
    return f_scale**2 * loss_named(name)((r / f_scale) ** 2) / 2


def influence(name: str, r: ndarray, f_scale: float) -> tuple[ndarray, ndarray]:
    """psi(r) and psi'(r), the first two derivatives of `half_loss` in each residual.

    >>> influence("huber", np.array([0.5, 3.0]), 1.0)
    (array([0.5, 1. ]), array([1., 0.]))
    """
    if name == "linear":
        return r, np.ones(r.shape)

    def psi(r: Any) -> Any:
        return jvp(lambda r: half_loss(name, r, f_scale), (r,), (np.ones(r.shape),))[1]

    return jvp(psi, (r,), (np.ones(r.shape),))
