"""Robust losses rho(z) of z = (residual / f_scale)^2, by SciPy's names, in plain NumPy: their slopes are differentiated."""

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
}  # fmt: skip


def loss_named(name: str) -> Callable[[Any], Any]:
    if name not in LOSSES:
        raise InputError(f"loss={name!r}: write one of {', '.join(map(repr, LOSSES))}")
    return LOSSES[name]


def influence(name: str, r: ndarray, f_scale: float) -> tuple[ndarray, ndarray]:
    """psi(r) and psi'(r), the first two derivatives of f_scale^2 rho((r / f_scale)^2) / 2 in each residual."""

    def half_loss(r: Any) -> Any:
        return f_scale**2 * loss_named(name)((r / f_scale) ** 2) / 2

    def psi(r: Any) -> Any:
        return jvp(half_loss, (r,), (np.ones(r.shape),))[1]

    return jvp(psi, (r,), (np.ones(r.shape),))
