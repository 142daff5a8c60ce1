"""The last digits of a least squares fit: undamped steps from where the optimiser stopped."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from ..jacobians import hessian
from .faces import projected, step_in_box
from .linear_algebra import EPS, column_scale
from .losses import half_loss, influence
from .parameters import Parameters
from .residual_functions import Residuals

MOST = 50  # steps
CLOSER = 0.9  # a step shortens the step or the angle at least to that
SHORT = 1e-12  # relative: a step that short is the last
ROUNDING = 1e-12  # relative, and the noise of the residuals: a loss that rises by less has not risen
ORTHOGONAL = 1e-9  # a cosine between the residuals and the columns of J below which Newton's method has nothing to do
NOISY = 1e-5  # residuals with more noise than that, relative, are zero but for rounding
MOST_FOR_NEWTON = 50  # free parameters

Options = Mapping[str, Any]


class State(NamedTuple):
    """Residuals, Jacobian, loss, and the cosine that is 0 at a minimum, at x."""

    x: ndarray
    r: ndarray
    J: ndarray
    loss: float
    cosine: float


def polished(res: Residuals, x: ndarray, options: Options) -> ndarray:
    """x after undamped Gauss-Newton steps in the box, and Newton steps where those do not get there.

    A step counts if it or the angle between residuals and Jacobian is clearly smaller than before, and the loss does
    not rise. Where residuals are large Gauss-Newton converges slowly or not at all: then the exact Hessian goes on.
    """
    here = stepped(res, state(res, x, options), options, gauss_newton)
    few = len(x) <= MOST_FOR_NEWTON
    if few and here.cosine > ORTHOGONAL and noise(here) < NOISY:
        here = stepped(res, here, options, newton(res, options))
    return here.x


def stepped(
    res: Residuals, here: State, options: Options, system_of: Callable[[State, Options], tuple[Any, Any] | None]
) -> State:
    """Steps for as long as they come closer; system_of gives (A, b), and a step minimises |A step - b| in the box."""
    p, cosine, last = res.parameters, here.cosine, np.inf
    for _ in range(MOST):
        system = system_of(here, options)
        if system is None:
            break
        x, stuck = step_in_box(*system, here.x, p)
        if not 0 < (~stuck).sum() <= len(here.r) and not stuck.all():
            break
        length = float(np.max(np.abs(x - here.x) / np.maximum(np.abs(here.x), np.finfo(float).tiny)))
        if not np.isfinite(length) or (x < p.lower).any() or (x > p.upper).any():
            break
        try:
            with np.errstate(all="ignore"):
                there = state(res, x, options)
        except Exception:  # a step out of the domain: where it began is good enough
            break
        closer = there.cosine < CLOSER * cosine or length < CLOSER * last
        if not (closer and there.loss <= here.loss * (1 + ROUNDING + 4 * noise(here))):
            break
        here, cosine, last = there, min(cosine, there.cosine), min(last, length)
        if length <= SHORT:
            break
    return here


def state(res: Residuals, x: ndarray, options: Options) -> State:
    r, J = res.fun(x), res.jac(x)
    psi = influence(options["loss"], r, options["f_scale"])[0]
    return State(x, r, J, loss_of(r, options), angle(J, psi, x, res.parameters))


def gauss_newton(here: State, options: Options) -> tuple[ndarray, ndarray]:
    """J^T diag(psi') J step = -J^T psi, as a least squares problem; psi' is at least a little."""
    if options["loss"] == "linear":
        return here.J, -here.r
    psi, slope = influence(options["loss"], here.r, options["f_scale"])
    root = np.sqrt(np.maximum(slope, 1e-8))
    return here.J * root[:, None], -psi / root


def newton(res: Residuals, options: Options) -> Callable[[State, Options], tuple[ndarray, ndarray] | None]:
    """H step = -g with the exact Hessian of the loss, as a least squares problem; None if it is not definite."""

    def loss(z: Any) -> Any:
        return np.sum(half_loss(options["loss"], res.flat(z), options["f_scale"]))

    def system(here: State, options: Options) -> tuple[ndarray, ndarray] | None:
        psi, scale = influence(options["loss"], here.r, options["f_scale"])[0], column_scale(here.J)
        try:
            H = hessian(loss)(here.x) * scale[:, None] * scale
        except Exception:  # an op of the user's own whose rule cannot be differentiated again
            return None
        res.counts.hessian_products += len(here.x)
        values, vectors = np.linalg.eigh(H)
        if not values[0] > EPS * values[-1]:
            return None
        root = np.sqrt(values)
        return root[:, None] * vectors.T / scale, -(vectors.T @ (scale * (here.J.T @ psi))) / root

    return system


def loss_of(r: ndarray, options: Options) -> float:
    """Half the sum of squares, or of the robust loss."""
    if options["loss"] == "linear":
        return 0.5 * float(r @ r)
    return float(np.sum(half_loss(options["loss"], r, options["f_scale"])))


def angle(J: ndarray, r: ndarray, x: ndarray, p: Parameters) -> float:
    """The largest cosine between a column of J and r, 0 at a minimum; columns held by a bound are left out."""
    squares = np.einsum("ij,ij->j", J, J)
    g = projected(J.T @ r, x, p.lower, p.upper, squares)
    lengths = np.sqrt(squares * (r @ r))
    return float(np.max(np.abs(g) / np.where(lengths > 0, lengths, 1.0), initial=0.0))


def noise(at: State) -> float:
    """The rounding of the terms that the residuals are made of, relative to the residuals."""
    size = float(np.linalg.norm(at.r))
    return EPS * float(np.linalg.norm(np.abs(at.J) @ np.abs(at.x))) / size if size else np.inf
