"""The points of a diagnosis: at each the whole claimed derivative, and the true one by differences."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy import ndarray

from .functions import Claimed, scales
from .noise import noise_of
from .slopes import slope

MOST = 60  # inputs that are differentiated one by one; of more, those that fail and some others
NEIGHBOURS = 8  # of an input that fails, on each side
NEAR = 1e-6  # relative: that near is equal
BETTER = 0.1  # of an error, is what a repair may leave of it
TRUST = 5.0  # times the error estimate of the differences
WRONG = 3e-8  # relative


@dataclass(frozen=True, eq=False)
class Place:
    """One point. claims: the whole claimed derivative, (m, n). truth: by differences; error: what that may be off by.

    truth and error are (m, columns), of the inputs `columns` that were looked at. Where differences could not tell, the
    error is infinite. values: f there.
    """

    x: ndarray
    claims: ndarray
    truth: ndarray
    error: ndarray
    values: ndarray
    columns: ndarray

    @cached_property
    def yours(self) -> ndarray:
        return self.claims[:, self.columns]

    @property
    def sure(self) -> ndarray:
        return np.isfinite(self.error)

    @cached_property
    def off(self) -> ndarray:
        """|yours - truth|; infinite where yours is not finite."""
        with np.errstate(invalid="ignore"):
            return np.nan_to_num(np.abs(self.yours - self.truth), nan=np.inf)

    @cached_property
    def wrong(self) -> ndarray:
        size = np.maximum(np.abs(np.nan_to_num(self.yours)), np.abs(self.truth))
        return ~(self.off <= WRONG * size + TRUST * self.error)

    def near(self, repaired: ndarray) -> ndarray:
        """Where is it the truth, as far as can be told; and where yours was wrong, much nearer to it than yours?"""
        with np.errstate(invalid="ignore"):
            gap, blur = np.abs(repaired - self.truth), TRUST * self.error
            close = gap <= NEAR * np.maximum(np.abs(repaired), np.abs(self.truth)) + blur
            return ~self.sure | (close & (~self.wrong | (gap <= BETTER * self.off + blur)))


def places_of(subject: Claimed, points: Sequence[ndarray], suspects: set[int]) -> list[Place]:
    columns = chosen(subject.x.size, suspects)
    return [place_of(subject, x, columns) for x in points]


def chosen(n: int, suspects: set[int]) -> ndarray:
    """All inputs; of many, those that failed with their neighbours, and some from everywhere.

    >>> chosen(3, {1})
    array([0, 1, 2])
    >>> len(chosen(10**6, {500, 501}))
    60
    """
    if n <= MOST:
        return np.arange(n)
    near = [j + k for k in range(NEIGHBOURS + 1) for s in sorted(suspects)[:2] for j in (s,) for k in {k, -k}]
    some = np.linspace(0, n - 1, MOST).astype(int)
    wanted = dict.fromkeys([*sorted(suspects), *[j for j in near if 0 <= j < n], *some.tolist()])
    return np.sort(np.array(list(wanted)[:MOST]))


def place_of(subject: Claimed, x: ndarray, columns: ndarray, claimed: bool = True) -> Place:
    """The claimed and the true Jacobian at x, the latter by differences of columns. claimed: is there one?"""
    middle, scale = subject.values(x), scales(x, subject.leaves)
    noise: ndarray | None = None
    values, errors = [], []
    for j in columns:

        def phi(t: float, j: int = j) -> ndarray:
            there = x.copy()
            there[j] += t * scale[j]
            return subject.values(there)

        noise = noise_of(phi, middle, subject.precision) if noise is None else noise
        found = slope(phi, middle, noise, subject.precision)
        values.append(found.value / scale[j])
        errors.append(np.where(found.jump > 0, np.inf, found.error) / scale[j])
    truth, error = np.array(values).T, np.array(errors).T
    sure = np.isfinite(error) & np.isfinite(truth)
    truth, error = np.where(sure, truth, 0.0), np.where(sure, error, np.inf)
    claims = subject.jacobian(x) if claimed else np.full((subject.m, x.size), np.nan)
    return Place(x, claims, truth, error, middle, columns)
