"""Jacobians without rules, one input after the other: central differences, and the complex step."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..arguments import Arguments
from ..boundary import dtype_of, grouped
from ..reverse.vjp import copied
from ..shapes import shape, size
from ..tree import flatten

Array = np.ndarray
Values = Callable[[Sequence[Any]], Array]

TINY = 1e-20  # the complex step: its square is lost in rounding, and no difference is taken


def values_of(call: Arguments) -> Values:
    """A call of f as a function from the leaves of its arguments to all elements of its result, in one row."""

    def values(leaves: Sequence[Any]) -> Array:
        found, _ = flatten(call(*grouped(leaves, call.structures)))
        return np.concatenate([np.ravel(y) for y in found])

    return values


def step_sizes(leaves: Sequence[Any]) -> Array:
    """The step h of central differences for each element: the cube root of the precision, times max(1, |x|).

    There the error of the formula, about h^2, and that of rounding, about precision / h, are of one size.

    Source: Nocedal & Wright (2006), section 8.1.
    """
    sizes = [np.maximum(1.0, np.abs(np.ravel(x))) for x in leaves]
    return np.concatenate([np.cbrt(np.finfo(dtype_of(x)).eps) * s for x, s in zip(leaves, sizes, strict=True)])


def central_differences(values: Values, leaves: Sequence[Any]) -> Array:
    """The Jacobian, an array of shape (outputs, inputs), as (f(x + h) - f(x - h)) / 2h: two calls of f for each input.

    Source: Nocedal & Wright (2006), section 8.1.
    """
    columns = []
    for (k, i), h in zip(elements(leaves), step_sizes(leaves), strict=True):
        above, below = nudged(leaves, k, i, float(h)), nudged(leaves, k, i, -float(h))
        width = element(above[k], i) - element(below[k], i)  # 2h, as the precision of x has it
        columns.append((values(above) - values(below)) / width)
    return np.stack(columns, axis=1)


def complex_step(values: Values, leaves: Sequence[Any]) -> Array:
    """The Jacobian, an array of shape (outputs, inputs), as Im f(x + ih) / h: one complex call of f for each input.

    It is exact to rounding where f is analytic, and wrong without a word where f is not (np.abs, np.real, np.max).

    Source: Squire & Trapp (1998), Using complex variables to estimate derivatives of real functions.
    """
    columns = [np.imag(values(nudged(leaves, k, i, 1j * TINY))) / TINY for k, i in elements(leaves)]
    return np.stack(columns, axis=1)


def elements(leaves: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """(number of the leaf, number of the element in it) of every input."""
    return ((k, i) for k, x in enumerate(leaves) for i in range(size(x)))


def nudged(leaves: Sequence[Any], k: int, i: int, h: complex) -> list[Any]:
    """Copies of the leaves, with h added to element i of leaf k; f may write into them."""
    new = copied(leaves)
    if shape(new[k]):
        new[k] = new[k].astype(np.result_type(new[k], h))
        new[k].reshape(-1)[i] += h
    else:
        new[k] = new[k] + h
    return new


def element(x: Any, i: int) -> Any:
    return x.reshape(-1)[i] if shape(x) else x


@contextmanager
def quiet() -> Iterator[None]:
    """f may leave its domain by a step: NumPy says nothing, unless an imaginary part is dropped, which raises."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        yield
