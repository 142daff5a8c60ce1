"""The last digits of a least squares fit: undamped steps from where the optimiser stopped."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from ..jacobians import hessian
from .certificate import active_bounds, projected
from .linear_algebra import EPS, factored
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
    """x after undamped Gauss-Newton steps, and Newton steps where those do not get there.

    A step counts if it or the angle between residuals and Jacobian is clearly smaller than before, and the loss does
    not rise. Where residuals are large Gauss-Newton converges slowly or not at all: then the exact Hessian goes on.
    """
    here = stepped(res, state(res, x, options), options, gauss_newton)
    few = len(x) <= MOST_FOR_NEWTON
    if few and here.cosine > ORTHOGONAL and noise(here) < NOISY:
        here = stepped(res, here, options, newton(res, options))
    return here.x


def stepped(res: Residuals, here: State, options: Options, step_of: Callable[[State, ndarray, Options], Any]) -> State:
    p, cosine, last = res.parameters, here.cosine, np.inf
    for _ in range(MOST):
        inside = np.flatnonzero(~np.logical_or(*active_bounds(here.x, p.lower, p.upper)))
        if not 0 < len(inside) <= len(here.r):
            break
        step = np.zeros(len(here.x))
        step[inside] = step_of(here, inside, options)
        x = here.x + step
        length = float(np.max(np.abs(step) / np.maximum(np.abs(here.x), np.finfo(float).tiny)))
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


def gauss_newton(here: State, inside: ndarray, options: Options) -> ndarray:
    """The step of J^T diag(psi') J step = -J^T psi, as a least squares problem; psi' is at least a little."""
    J = here.J[:, inside]
    if options["loss"] == "linear":
        return factored(J).solve(-here.r)
    psi, slope = influence(options["loss"], here.r, options["f_scale"])
    root = np.sqrt(np.maximum(slope, 1e-8))
    return factored(J * root[:, None]).solve(-psi / root)


def newton(res: Residuals, options: Options) -> Callable[[State, ndarray, Options], Any]:
    """The step of H step = -g with the exact Hessian of the loss; nan where it is not positive definite."""

    def loss(z: Any) -> Any:
        return np.sum(half_loss(options["loss"], res.flat(z), options["f_scale"]))

    def step(here: State, inside: ndarray, options: Options) -> Any:
        psi = influence(options["loss"], here.r, options["f_scale"])[0]
        J = here.J[:, inside]
        scale = factored(J).scale
        try:
            H = hessian(loss)(here.x)[np.ix_(inside, inside)] * scale[:, None] * scale
        except Exception:  # an op of the user's own whose rule cannot be differentiated again
            return np.nan
        res.counts.hessian_products += len(here.x)
        values, vectors = np.linalg.eigh(H)
        if not values[0] > EPS * values[-1]:
            return np.nan
        return -scale * (vectors @ (vectors.T @ (scale * (J.T @ psi)) / values))

    return step


def loss_of(r: ndarray, options: Options) -> float:
    """Half the sum of squares, or of the robust loss."""
    if options["loss"] == "linear":
        return 0.5 * float(r @ r)
    return float(np.sum(half_loss(options["loss"], r, options["f_scale"])))


def angle(J: ndarray, r: ndarray, x: ndarray, p: Parameters) -> float:
    """The largest cosine between a column of J and r, 0 at a minimum; columns held by a bound are left out."""
    g = projected(J.T @ r, x, p.lower, p.upper)
    lengths = np.sqrt((J * J).sum(axis=0) * (r @ r))
    return float(np.max(np.abs(g) / np.where(lengths > 0, lengths, 1.0), initial=0.0))


def noise(at: State) -> float:
    """The rounding of the terms that the residuals are made of, relative to the residuals."""
    size = float(np.linalg.norm(at.r))
    return EPS * float(np.linalg.norm(np.abs(at.J) @ np.abs(at.x))) / size if size else np.inf
