"""Covariance and correlation, in the order in which NumPy computes them."""

import numpy as np

from ..registry import composite
from ..shapes import ndim, shape
from ..traced import operand, value
from .shape import in_precision


@composite(np.cov)
def _(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    X = variables(m, rowvar)
    if y is not None:
        Y = variables(y, rowvar, column=True)
        X = np.concatenate([X, Y], axis=0)
    if not np.size(value(X)):
        raise ValueError("np.cov: there are no observations")
    X = in_precision(X, np.result_type(value(X), float) if dtype is None else dtype)
    w, ddof = joint(fweights, aweights), (0 if bias else 1) if ddof is None else ddof
    mean, total = np.average(X, axis=1, weights=w, returned=True)
    X = X - mean[:, None]
    Y = X.T if w is None else (X * w).T
    products = np.dot(X, np.conjugate(Y) if np.iscomplexobj(value(Y)) else Y)
    scaled = products * np.true_divide(1, freedom(w, total[0], aweights, ddof, shape(X)[1]))
    return np.squeeze(in_precision(scaled, value(products).dtype))


def variables(m, rowvar, column=False):
    """A row for each variable; np.cov takes a vector, and a second argument that is a row, as one variable."""
    X = np.atleast_2d(operand(m))
    if ndim(X) > 2:
        raise ValueError("np.cov: an argument has more than 2 dimensions")
    return X.T if not rowvar and (shape(X)[0] != 1 if column else ndim(m) != 1) else X


def joint(fweights, aweights):
    """The product of both weights."""
    given = [in_precision(operand(w), float) for w in (fweights, aweights) if w is not None]
    return None if not given else given[0] if len(given) == 1 else given[0] * given[1]


def freedom(w, total, aweights, ddof, n):
    """What the sums of products are divided by: the number of samples, less ddof of them."""
    if w is None:
        return n - ddof
    if ddof == 0:
        return total
    return (
        total - ddof if aweights is None else total - ddof * np.sum(w * in_precision(operand(aweights), float)) / total
    )


@composite(np.corrcoef)
def _(x, y=None, rowvar=True, *, dtype=None):
    c = np.cov(x, y, rowvar, dtype=dtype)
    if ndim(c) == 0:
        return c / c
    s = np.sqrt(np.diag(c))
    return np.clip(c / s[:, None] / s[None, :], -1, 1)
