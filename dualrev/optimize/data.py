"""Data at the boundary of a fit: in float64, without the points that do not count, and weighed.

A point that does not count (masked, missing, of weight 0) is left out of the residuals, not out of x: the model sees
all of x, with some other value in place of one that is missing, so that models that know their grid still do.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy import ndarray

from ..errors import InputError
from ..labels import alike, is_labelled, labels_of
from ..traced import Tracer

POLICIES = ("raise", "omit")


class Data:
    """y, which of its points count, and how they are weighed.

    y: float64 or complex, nan where a point is left out. used: the flat positions of those that count, None for all.
    deviations: sigma of each that counts, or a number; or None. whitening: W with W cov W^T = 1, where sigma is a
    covariance. left_out: how many points for which reason.
    """

    def __init__(self, y: ndarray, out: Mapping[str, ndarray], sigma: ndarray | None, name: str):
        gone = np.zeros(y.shape, bool)
        self.left_out: dict[str, int] = {}
        for reason, which in out.items():
            fresh = which & ~gone
            if fresh.any():
                self.left_out[reason] = int(fresh.sum())
            gone |= which
        if gone.all():
            raise InputError(f"no point of y is left: {', '.join(f'{n} {why}' for why, n in self.left_out.items())}")
        self.used = np.flatnonzero(~gone) if gone.any() else None
        self.y = np.where(gone, np.nan, y) if self.used is not None else y
        self.kept = y if self.used is None else y.ravel()[self.used]
        self.complex = y.dtype.kind == "c"
        self.deviations: Any = None
        self.covariance: ndarray | None = None
        if sigma is not None and is_covariance(sigma, y):
            self.covariance = sigma if self.used is None else sigma[np.ix_(self.used, self.used)]
            self.whitening = whitening_of(self.covariance, name)
        elif sigma is not None:
            spread = np.broadcast_to(sigma, y.shape) if self.used is not None and sigma.ndim else sigma
            self.deviations = spread.ravel()[self.used] if spread.ndim and self.used is not None else spread

    @property
    def points(self) -> int:
        """How many real numbers there are to be fitted."""
        return self.kept.size * (2 if self.complex else 1)

    @property
    def weighed(self) -> bool:
        return self.deviations is not None or self.covariance is not None

    def residual(self, made: Any) -> Any:
        """The weighted residuals of what a model gave, real numbers; `made` may be traced."""
        r = (made if self.used is None else np.reshape(made, (-1,))[self.used]) - self.kept
        r = self.weigh(r)
        if not self.complex:
            return r
        r = np.reshape(r, (-1,))
        return np.concatenate([np.real(r), np.imag(r)])

    def weigh(self, r: Any) -> Any:
        """r over its standard deviations; where they are correlated, combinations that are not."""
        if self.covariance is not None:
            return self.whitening @ np.reshape(r, (-1,))
        return r if self.deviations is None else r / self.deviations

    def spread(self, weighted: ndarray) -> ndarray:
        """Residuals in the units and the shape of y from the weighted ones; nan where a point is left out."""
        r: Any = weighted
        if self.complex:
            r = weighted[: len(weighted) // 2] + 1j * weighted[len(weighted) // 2 :]
        if self.covariance is not None:
            r = np.linalg.solve(self.whitening, r)
        r = np.reshape(r, self.kept.shape)
        r = r * self.deviations if self.deviations is not None else r.copy()
        if self.used is None:
            return r.reshape(self.y.shape)
        full = np.full(self.y.size, np.nan, r.dtype)
        full[self.used] = r
        return full.reshape(self.y.shape)

    def total(self, centred: bool = True) -> float:
        """The weighted sum of squares of y, about its weighted mean or about 0."""
        v, u = (np.ravel(self.weigh(part)) for part in (self.kept, np.ones(self.kept.shape)))
        about = v - u * (np.vdot(u, v) / np.vdot(u, u)) if centred else v
        return float(np.vdot(about, about).real)

    @cached_property
    def log_volume(self) -> float:
        """The sum of the logarithms of the standard deviations: half the logarithm of det(cov)."""
        if self.covariance is not None:
            half = -float(np.linalg.slogdet(self.whitening)[1])
        else:
            deviations = 1.0 if self.deviations is None else self.deviations
            half = float(np.sum(np.log(np.broadcast_to(deviations, self.kept.shape))))
        return half * (2 if self.complex else 1)

    def errors_of_points(self) -> ndarray | None:
        """sigma of each point, in the shape of y, nan where it is left out."""
        if not self.weighed:
            return None
        own = np.sqrt(np.diag(self.covariance)) if self.covariance is not None else self.deviations
        full = np.full(self.y.size, np.nan)
        full[slice(None) if self.used is None else self.used] = np.ravel(np.broadcast_to(own, self.kept.shape))
        return full.reshape(self.y.shape)


def data_for(x: Any, y: Any, sigma: Any, weights: Any, absolute: bool, mask: Any, nan_policy: str) -> tuple[Any, Data]:
    """(x in float64, Data) from what the user gave."""
    if nan_policy not in POLICIES:
        raise InputError(f"nan_policy={nan_policy!r}: write 'raise', or 'omit' to leave out points with a nan")
    check_labels(x, y)
    omit = nan_policy == "omit"
    values, out = numbers_and_gaps(y, "y", omit)
    sigma, weightless = sigma_of(values, sigma, weights, absolute, omit)
    out |= weightless
    if mask is not None:
        out["by mask="] = mask_of(mask, values.shape)
    x, gaps = predictors(x, "x", omit, values.shape)
    return x, Data(values, out | gaps, sigma, "sigma")


# ---- y ---------------------------------------------------------------------------------------------------------------


def numbers_and_gaps(y: Any, name: str, omit: bool) -> tuple[ndarray, dict[str, ndarray]]:
    """(y in float64 or complex, which points are left out and why); 0 stands where one is."""
    array = np.ma.getdata(y) if isinstance(y, np.ma.MaskedArray) else np.asarray(y)
    if array.dtype.kind not in "iufc":
        raise InputError(f"{name} has dtype {array.dtype}: data are {said_of(array.dtype.kind)}")
    if not array.size:
        raise InputError(f"{name} is empty")
    array = np.array(array, np.complex128 if array.dtype.kind == "c" else np.float64)
    out: dict[str, ndarray] = {}
    if isinstance(y, np.ma.MaskedArray):
        out["masked"] = np.broadcast_to(np.ma.getmaskarray(y), array.shape)
    if omit:
        out["missing"] = np.isnan(array)
    for which in out.values():
        array[which] = 0.0
    check_finite(array, name)
    return array, out


def said_of(kind: str) -> str:
    if kind in "mM":
        return "numbers: give dates as a number of seconds or days, (t - t[0]) / np.timedelta64(1, 's')"
    return "numbers: convert them with .astype(float)" if kind in "OUS" else "real or complex numbers"


def check_finite(array: ndarray, name: str) -> None:
    if not np.isfinite(array).all():
        where = tuple(int(k) for k in np.argwhere(~np.isfinite(array))[0])
        place = ", ".join(map(str, where))
        raise InputError(
            f"{name}[{place}] is {array[where]}: leave it out with nan_policy='omit' (for nan) or mask=; "
            f"~np.isfinite({name}) is such a mask"
        )


def mask_of(mask: Any, shape: tuple[int, ...]) -> ndarray:
    array = np.asarray(mask)
    if array.dtype != bool or array.shape != shape:
        raise InputError(
            f"mask has shape {array.shape} and dtype {array.dtype}: give True or False for each y, shape {shape}; True "
            "leaves a point out"
        )
    return array


# ---- x ---------------------------------------------------------------------------------------------------------------


def predictors(x: Any, name: str, omit: bool = False, shape: tuple[int, ...] = ()) -> tuple[Any, dict[str, ndarray]]:
    """(x with its numbers in float64, which points of y it leaves out); what is no array is the model's business."""
    if isinstance(x, (list, tuple)) and len(x) and all(np.isscalar(v) and not isinstance(v, str) for v in x):
        x = np.asarray(x)
    if isinstance(x, (list, tuple)):
        parts = [predictors(part, f"{name}[{k}]", omit, shape) for k, part in enumerate(x)]
        made = [part for part, _ in parts]
        return (made if type(x) is list else tuple(made)), joined([gaps for _, gaps in parts])
    if isinstance(x, Mapping):
        found = {key: predictors(part, f"{name}[{key!r}]", omit, shape) for key, part in x.items()}
        if any(found[key][0] is not x[key] for key in x):
            x = {key: part for key, (part, _) in found.items()}
        return x, joined([gaps for _, gaps in found.values()])
    if x is None or isinstance(x, (str, Tracer)) or not isinstance(x, (np.ndarray, np.generic, int, float, complex)):
        return labelled_predictors(x, name, omit, shape)
    return array_of_predictors(x, name, omit, shape)


def array_of_predictors(x: Any, name: str, omit: bool, shape: tuple[int, ...]) -> tuple[Any, dict[str, ndarray]]:
    if isinstance(x, np.ma.MaskedArray):
        gone = {"masked in x": np.ma.getmaskarray(x)}
        x = np.ma.getdata(x)
    else:
        gone = {}
    array = np.asarray(x)
    if array.dtype.kind not in "biufc":
        raise InputError(f"{name} is an array of dtype {array.dtype}: give {said_of(array.dtype.kind)}")
    if array.dtype.kind != "b":
        array = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64, copy=False)
    if omit and array.dtype.kind in "fc":
        gone["missing in x"] = np.isnan(array)
    gone = {why: which for why, which in gone.items() if which.any()}
    for which in gone.values():
        array = np.where(which, array[~which][0] if not which.all() else 0.0, array)
    if array.dtype.kind in "fc":
        check_finite(array, name)
    return array, {why: of_points(which, shape, name) for why, which in gone.items()}


def of_points(which: ndarray, shape: tuple[int, ...], name: str) -> ndarray:
    """The points of y that elements of x belong to."""
    if which.shape == shape:
        return which
    if len(shape) == 1 and which.shape[-1:] == shape:
        return np.asarray(which.any(axis=tuple(range(which.ndim - 1))))
    if len(shape) == 1 and which.shape[:1] == shape:
        return np.asarray(which.any(axis=tuple(range(1, which.ndim))))
    raise InputError(
        f"{name} of shape {which.shape} has gaps, and y has shape {shape}: say with mask= what to leave out"
    )


def labelled_predictors(x: Any, name: str, omit: bool, shape: tuple[int, ...]) -> tuple[Any, dict[str, ndarray]]:
    """A Series, DataFrame or DataArray with its numbers in float64, and its labels; other objects as they are."""
    if not is_labelled(x):
        return x, {}
    dtypes = [np.dtype(t) for t in (x.dtypes if hasattr(x, "columns") else [x.dtype]) if isinstance(t, np.dtype)]
    if any(t.kind in "mM" for t in dtypes):
        raise InputError(f"{name} is a {type(x).__name__} of dates: give {said_of('M')}")
    if hasattr(x, "columns"):
        small = [column for column in x.columns if getattr(x[column].dtype, "kind", "") in "iuf"]
        x = x.astype(dict.fromkeys(small, np.float64))
    elif dtypes and dtypes[0].kind in "iuf":
        x = x.astype(np.float64)
    elif dtypes and dtypes[0].kind == "O":
        raise InputError(f"{name} is a {type(x).__name__} of objects: convert it with .astype(float)")
    numbers = x.select_dtypes("number") if hasattr(x, "select_dtypes") else x
    values = np.asarray(numbers)
    if values.dtype.kind not in "fc":
        return x, {}
    gone = np.isnan(values)
    if omit and gone.any() and hasattr(x, "bfill"):
        return x.bfill().ffill(), {"missing in x": of_points(gone, shape, name)}
    check_finite(values, name)
    return x, {}


def check_labels(x: Any, y: Any) -> None:
    """Refuse a y whose labels are not those of x: nothing would align them."""
    parts = x if isinstance(x, (list, tuple)) else [x]
    if not is_labelled(y):
        return
    for part in parts:
        if not is_labelled(part):
            continue
        ours, theirs = dict(labels_of(part)), dict(labels_of(y))
        for length in ours.keys() & theirs.keys():
            if not alike(ours[length], theirs[length]):
                raise InputError(
                    "x and y have other labels, and a fit goes by position: align them first, as x.loc[y.index], or "
                    "give y.to_numpy()"
                )


def joined(parts: list[dict[str, ndarray]]) -> dict[str, ndarray]:
    made: dict[str, ndarray] = {}
    for gaps in parts:
        for why, which in gaps.items():
            made[why] = made[why] | which if why in made else which
    return made


# ---- sigma -----------------------------------------------------------------------------------------------------------


def sigma_of(
    y: ndarray, sigma: Any, weights: Any, absolute: bool, omit: bool
) -> tuple[ndarray | None, dict[str, ndarray]]:
    """(standard deviations or a covariance matrix, None for all 1; which points have no weight)."""
    if sigma is not None and weights is not None:
        raise InputError("give sigma or weights, not both: weights are 1 / sigma**2")
    if sigma is None and weights is None:
        if absolute:
            raise InputError("absolute_sigma=True needs sigma")
        return None, {}
    name, given = ("sigma", sigma) if weights is None else ("weights", weights)
    array = np.ma.getdata(given) if isinstance(given, np.ma.MaskedArray) else np.asarray(given)
    if array.dtype.kind not in "iuf":
        raise InputError(f"{name} has dtype {array.dtype}: give real numbers")
    array = array.astype(np.float64)
    if name == "sigma" and is_covariance(array, y):
        check_finite(array, name)
        return array, {}
    if array.shape not in ((), y.shape):
        more = ", or a covariance matrix" * (name == "sigma" and y.ndim == 1)
        raise InputError(f"{name} has shape {array.shape} and y {y.shape}: give one for each y, or a single one{more}")
    gaps = np.ma.getmaskarray(given) if isinstance(given, np.ma.MaskedArray) else np.zeros(array.shape, bool)
    if omit:
        gaps = gaps | np.isnan(array)
    nothing = (array == np.inf) if name == "sigma" else (array == 0)
    good = np.where(gaps | nothing, 1.0, array)
    check_finite(good, name)
    if not (good > 0).all():
        raise InputError(f"{name} has the value {good[~(good > 0)][0]}: all must be positive")
    one = name.removesuffix("s")
    out = {f"without a {one}": gaps, f"of {one} {'inf' if name == 'sigma' else 0}": nothing}
    out = {why: np.broadcast_to(which, y.shape) for why, which in out.items() if which.any()}
    return (good if name == "sigma" else 1 / np.sqrt(good)), out


def is_covariance(sigma: ndarray, y: ndarray) -> bool:
    return sigma.ndim == 2 and sigma.shape == (y.size, y.size) and sigma.shape != y.shape


def whitening_of(cov: ndarray, name: str) -> ndarray:
    """W with W cov W^T = 1, from the Cholesky factor."""
    if not np.allclose(cov, cov.T, rtol=1e-8, atol=0.0):
        raise InputError(f"{name} is a matrix, and not symmetric: give the covariance of y, or its standard deviations")
    try:
        L = np.linalg.cholesky(cov)
    except np.linalg.LinAlgError:
        raise InputError(f"{name} is a covariance matrix that is not positive definite") from None
    return np.linalg.solve(L, np.eye(len(L)))
