"""The inputs of a propagation: a vector with names, and how uncertain it is."""

from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from ..arguments import Tree
from ..boundary import all_leaves
from ..errors import InputError
from ..optimize.parameters import element_names
from ..tree import flatten, paths

ROUNDING = 1e-9  # of the largest entry: what a covariance may fail to be symmetric, or positive, by


class Inputs(NamedTuple):
    """x, the standard deviations of its numbers and, where they are correlated, their covariance; a fit has names."""

    x: Tree
    std: ndarray
    cov: ndarray | None
    of_fit: list[str] | None = None

    def names(self) -> list[str]:
        """A name for each number of x."""
        return self.of_fit or names_of(self.x)

    @property
    def covariance(self) -> ndarray:
        return np.diag(self.std**2) if self.cov is None else self.cov


def inputs_of(x: Any, cov: Any, std: Any, fit: Any) -> Inputs:
    """The inputs as `propagate` gets them, checked."""
    if fit is None and hasattr(x, "params") and hasattr(x, "cov"):
        x, fit = None, x
    if fit is not None:
        if x is not None or cov is not None or std is not None:
            raise InputError("a fit brings its parameters and their covariance: write propagate(f, fit)")
        return of_fit(fit)
    if (cov is None) == (std is None):
        raise InputError(
            "give one of std (independent inputs) and cov (a covariance), or a fit: propagate(f, x, std=...)"
        )
    n = sum(map(np.size, all_leaves((x,), "x")[0]))
    if std is not None:
        return Inputs(x, deviations(std, x, n), None)
    return Inputs(x, *of_covariance(np.asarray(cov, float), n))


def of_fit(fit: Any) -> Inputs:
    unknown = [name for name, v in zip(fit.names, np.diag(fit.cov), strict=True) if not np.isfinite(v)]
    if unknown:
        raise InputError(f"the fit gives no standard error of {', '.join(unknown)}: fix it, or give more data")
    return Inputs(fit.params, *of_covariance(fit.cov, len(fit.names)), list(fit.names))


def deviations(std: Any, x: Tree, n: int) -> ndarray:
    """std as one vector: one number for all, or a tree like x, whose leaves broadcast."""
    if np.ndim(std) == 0 and not isinstance(std, dict):
        found = np.full(n, float(std))
    elif isinstance(x, np.ndarray) and not isinstance(std, dict):
        found = np.broadcast_to(np.asarray(std, float), x.shape).ravel()
    else:
        given, leaves = (dict(zip(paths(tree), flatten(tree)[0], strict=True)) for tree in (std, x))
        if given.keys() != leaves.keys():
            raise InputError(f"the leaves of std ({', '.join(given)}) are not those of x ({', '.join(leaves)})")
        found = np.concatenate([np.broadcast_to(given[k], np.shape(v)).ravel() for k, v in leaves.items()]).astype(
            float
        )
    if not (found >= 0).all():
        raise InputError(f"std has {found[~(found >= 0)][0]}: a standard deviation is not negative, and not nan")
    return found


def of_covariance(cov: ndarray, n: int) -> tuple[ndarray, ndarray]:
    """(standard deviations, covariance), if it is one of n numbers."""
    cov = cov.reshape(1, 1) if cov.ndim == 0 and n == 1 else cov
    if cov.shape != (n, n):
        raise InputError(f"cov has the shape {cov.shape}, and x has {n} numbers: give it ({n}, {n})")
    tiny = ROUNDING * np.abs(cov).max(initial=0.0)
    if not np.abs(cov - cov.T).max(initial=0.0) <= tiny:
        i, j = np.unravel_index(np.argmax(np.abs(cov - cov.T)), cov.shape)
        raise InputError(f"cov is not symmetric: cov[{i}, {j}] = {cov[i, j]:g} and cov[{j}, {i}] = {cov[j, i]:g}")
    scale = np.sqrt(np.where(np.diag(cov) > 0, np.diag(cov), 1.0))
    least = np.linalg.eigvalsh(cov / np.outer(scale, scale)).min(initial=0.0)
    if least < -ROUNDING:
        raise InputError(
            f"cov is no covariance: a combination has a negative variance (eigenvalue {least:.2g} of the correlations)"
        )
    return np.sqrt(np.maximum(np.diag(cov), 0.0)), (cov + cov.T) / 2


def names_of(x: Tree, name: str = "x") -> list[str]:
    """A name for each number of x, a tree of that name: its path, its keys bare."""
    pairs = zip(paths(x), flatten(x)[0], strict=True)
    return [n for path, leaf in pairs for n in element_names(bare(path, name), np.shape(leaf))]


def bare(path: str, name: str) -> str:
    """A path as one writes it beside others: "a" for "['a']", "x[0]" for "[0]"."""
    first, _, rest = path.partition("]")
    return first[2:].removesuffix("'") + rest if first.startswith("['") else name + path
