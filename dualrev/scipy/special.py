"""scipy.special, differentiable: its functions that are written in Python, and all its others as they are.

SciPy's ufuncs differentiate wherever they are called; those written in Python look at their arguments, and a traced
value does not pass. The functions here have the names, signatures and values of SciPy's.

>>> import numpy as np
>>> import dualrev as dr
>>> from dualrev.scipy import special
>>> x = np.array([0.0, 0.0, 1.0])
>>> dr.grad(special.logsumexp)(x) - special.softmax(x)
array([0., 0., 0.])
>>> special.gammaln is __import__("scipy.special").special.gammaln
True
"""

from typing import Any

import numpy as np
import scipy.special

from ..errors import InputError
from ..ops import special_digamma, special_gamma, special_spherical, special_sums, special_voigt
from ..traced import Tracer, holds_tracer, operand, value

Array = Any  # a number, an array, or a traced one

__all__ = list(scipy.special.__all__)


def __getattr__(name: str) -> Any:
    try:
        return getattr(scipy.special, name)
    except AttributeError:
        raise AttributeError(f"neither dualrev.scipy.special nor scipy.special has {name!r}") from None


def __dir__() -> list[str]:
    return __all__


# ---- sums of exponentials --------------------------------------------------------------------------------------------


def logsumexp(a: Array, axis: Any = None, b: Array = None, keepdims: bool = False, return_sign: bool = False) -> Any:
    """log(sum(b * exp(a))) over the axes; with return_sign, of the absolute value of the sum, and its sign.

    The derivative in a is the softmax of a. With b the largest term is taken out of the sum, and the value is SciPy's
    up to rounding.

    >>> logsumexp(np.log([1.0, 2.0, 3.0])) - np.log(6.0)
    np.float64(0.0)
    """
    if not holds_tracer((a, b)):
        return scipy.special.logsumexp(a, axis=axis, b=b, keepdims=keepdims, return_sign=return_sign)
    a = operand(a)
    if b is None:
        y = special_sums.logsumexp(a, axis=axis, keepdims=keepdims)
        return (y, np.where(value(y) == -np.inf, 0.0, 1.0)[()]) if return_sign else y
    b = operand(b)
    largest = np.max(np.where(value(b) == 0, -np.inf, a), axis=axis, keepdims=True)
    largest = np.where(np.isfinite(value(largest)), largest, 0.0)
    total = np.sum(b * np.exp(np.where(value(b) == 0, 0.0, a - largest)), axis=axis, keepdims=keepdims)
    sign = np.sign(value(total))
    shift = largest if keepdims else np.squeeze(largest, axis=axis)
    y = np.log(np.abs(total) if return_sign else total) + shift
    return (y, sign) if return_sign else y


def softmax(x: Array, axis: Any = None) -> Any:
    """exp(x) / sum(exp(x)) over the axes.

    >>> softmax(np.array([0.0, 0.0]))
    array([0.5, 0.5])
    """
    if not holds_tracer((x,)):
        return scipy.special.softmax(x, axis=axis)
    x = operand(x)
    terms = np.exp(x - np.max(x, axis=axis, keepdims=True))  # with its derivative: ops/slopes.py says why
    return terms / np.sum(terms, axis=axis, keepdims=True)


def log_softmax(x: Array, axis: Any = None) -> Any:
    """log(softmax(x)), which does not underflow.

    >>> log_softmax(np.array([0.0, -1000.0]))
    array([    0., -1000.])
    """
    if not holds_tracer((x,)):
        return scipy.special.log_softmax(x, axis=axis)
    x = operand(x)
    largest = np.max(x, axis=axis, keepdims=True)
    shifted = x - np.where(np.isfinite(value(largest)), largest, 0)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


# ---- the gamma function ----------------------------------------------------------------------------------------------


def multigammaln(a: Array, d: int) -> Any:
    """The logarithm of the multivariate gamma function of dimension d.

    >>> multigammaln(23.5, 1) == scipy.special.gammaln(23.5)
    np.True_
    """
    if not holds_tracer((a,)):
        return scipy.special.multigammaln(a, d)
    scipy.special.multigammaln(value(a), d)  # SciPy's own checks of d and a
    terms = np.stack([scipy.special.loggamma(a - (j - 1.0) / 2) for j in range(1, d + 1)])
    return d * (d - 1) * 0.25 * np.log(np.pi) + np.sum(terms, axis=0)


def comb(N: Array, k: Array, *, exact: bool = False, repetition: bool = False) -> Any:
    """The number of combinations of N things taken k at a time, as a smooth function of both; 0 outside 0 <= k <= N.

    >>> comb(5.0, 2.0)
    np.float64(10.0)
    """
    if not holds_tracer((N, k)):
        return scipy.special.comb(N, k, exact=exact, repetition=repetition)
    smooth("comb", exact)
    if repetition:
        return comb(N + k - 1, k)
    inside = (value(k) <= value(N)) & (value(N) >= 0) & (value(k) >= 0)
    return np.where(inside, scipy.special.binom(np.where(inside, N, 1), np.where(inside, k, 1)), 0)


def perm(N: Array, k: Array, exact: bool = False) -> Any:
    """The number of permutations of N things taken k at a time, as a smooth function of both; 0 outside 0 <= k <= N."""
    if not holds_tracer((N, k)):
        return scipy.special.perm(N, k, exact=exact)
    smooth("perm", exact)
    inside = (value(k) <= value(N)) & (value(N) >= 0) & (value(k) >= 0)
    N, k = np.where(inside, N, 1), np.where(inside, k, 1)
    return np.where(inside, scipy.special.poch(N - k + 1, k), 0)


def factorial(n: Array, exact: bool = False, extend: str = "zero") -> Any:
    """Gamma(n + 1), and 0 for negative n."""
    if not holds_tracer((n,)):
        return scipy.special.factorial(n, exact=exact, extend=extend)
    smooth("factorial", exact)
    inside = value(n) >= 0
    return np.where(inside, scipy.special.gamma(np.where(inside, n, 0) + 1), 0)


def smooth(name: str, exact: bool) -> None:
    if exact:
        raise InputError(f"{name}(exact=True) counts whole things, and has no derivative: leave exact out")


def zeta(x: Array, q: Array = None, out: None = None) -> Any:
    """The Hurwitz zeta function, differentiable in q; without q the Riemann zeta function, which has no rule."""
    if not holds_tracer((x, q)):
        return scipy.special.zeta(x, q, out)
    return special_gamma.zeta(x, 1.0 if q is None else q)


def polygamma(n: Any, x: Array) -> Any:
    """The n-th derivative of digamma, differentiable in x."""
    if not holds_tracer((x,)):
        return scipy.special.polygamma(n, x)
    return special_digamma.polygamma(n, x)


# ---- orders ----------------------------------------------------------------------------------------------------------


def spherical_jn(n: Any, z: Array, derivative: bool = False) -> Any:
    """The spherical Bessel function of the first kind, or its derivative."""
    return spherical("spherical_jn", n, z, derivative)


def spherical_yn(n: Any, z: Array, derivative: bool = False) -> Any:
    """The spherical Bessel function of the second kind, or its derivative."""
    return spherical("spherical_yn", n, z, derivative)


def spherical_in(n: Any, z: Array, derivative: bool = False) -> Any:
    """The modified spherical Bessel function of the first kind, or its derivative."""
    return spherical("spherical_in", n, z, derivative)


def spherical_kn(n: Any, z: Array, derivative: bool = False) -> Any:
    """The modified spherical Bessel function of the second kind, or its derivative."""
    return spherical("spherical_kn", n, z, derivative)


def spherical(name: str, n: Any, z: Array, derivative: bool) -> Any:
    if not holds_tracer((z,)):
        return getattr(scipy.special, name)(n, z, derivative)
    f = getattr(special_spherical, name)
    return special_spherical.slope(f, n, operand(z)) if derivative else f(n, z)


def lambertw(z: Array, k: int = 0, tol: float = 1e-8) -> Any:
    """W with W exp(W) = z. Of a traced real z, the branches 0 and -1 are real where they can be, and nan elsewhere.

    A traced complex z has every branch k, and a complex W.

    >>> lambertw(np.e).real
    np.float64(1.0)
    """
    if not isinstance(z, Tracer):
        return scipy.special.lambertw(z, k, tol)
    if np.iscomplexobj(value(z)):
        return special_voigt.lambert_w_complex(k, z)
    if k not in (0, -1):
        raise InputError(f"lambertw(z, k={k}) is complex; of a real z the branches 0 and -1 have a derivative")
    return special_sums.lambert_w(k, z)
