"""Whether a function means the same to NumPy and to dualrev: values bit for bit, and derivatives of both modes.

The referees are the complex step where the function is analytic, and differences of order 8 elsewhere.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import dualrev as dr
from dualrev.tree import flatten
from tests.ops.referee import complex_step, difference, directions, flat

ONE_SIDED = (-25 / 12, 4.0, -3.0, 4 / 3, -1 / 4)  # weights of f(x + k h) / h, k = 0..4: error O(h^4)


class DisagreementError(AssertionError):
    """Of dualrev with a referee: `kind` says in what."""

    def __init__(self, kind: str, details: object = ""):
        super().__init__(f"{kind} {details}")
        self.kind = kind


def assert_agrees(
    plain: Callable, traced: Callable, xs: Sequence[np.ndarray], analytic: bool, second: bool = True
) -> str:
    """Raise DisagreementError, or say what was found: "agrees", or "kink" where f has no derivative at xs.

    plain is what NumPy runs, traced what dualrev does; `second` asks for second derivatives as well.
    """
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        want = plain(*copies(xs))
        plain = on_own_arrays(plain)
        coarse = any(x.dtype == np.float32 for x in xs)
        J = values_and_jacobian(traced, xs, want)
        xs64 = [x.astype(float) for x in xs]
        referee = matrix_of_differences(plain, xs64) if not analytic else by_complex_step(plain, xs64)
        tolerance = 5e-3 if coarse else 1e-7 if referee is None or not analytic else 1e-10
        if referee is None:
            referee = matrix_of_differences(plain, xs64)
        if not near(J, referee, tolerance):
            if has_kink(plain, xs64) or near(J, matrix_of_differences(plain, xs64, 1e-5), max(tolerance, 1e-7)):
                return "kink"
            raise DisagreementError("jacobian", f"\n{J}\nreferee\n{referee}")
        if second and not coarse and J.size:
            return second_derivatives(traced, xs, want)
    return "agrees"


def copies(xs: Sequence[np.ndarray]) -> list[np.ndarray]:
    return [x.copy() for x in xs]


def on_own_arrays(f: Callable) -> Callable:
    """f that may write into its arguments, of which none is an np.float64, as x + h of 0-d arrays is."""
    return lambda *xs: f(*[np.array(x) for x in xs])


def same_bits(got: Any, want: Any) -> bool:
    """The same shapes, precisions and bits, but for the sign of zeros."""
    got, want = flatten(got)[0], flatten(want)[0]
    return len(got) == len(want) and all(map(same_array, got, want))


def same_array(got: Any, want: Any) -> bool:
    got, want = np.asarray(got), np.asarray(want)
    return (got.shape, got.dtype) == (want.shape, want.dtype) and (got + 0.0).tobytes() == (want + 0.0).tobytes()


def values_and_jacobian(f: Callable, xs: Sequence[np.ndarray], want: Any) -> np.ndarray:
    """The Jacobian by forward mode, once all it should agree with has been looked at."""
    rng = np.random.default_rng(0)
    before = [x.tobytes() for x in xs]
    n = sum(x.size for x in xs)
    eye = np.eye(n)
    seeds = [
        part.reshape(n, *x.shape).astype(x.dtype)
        for part, x in zip(np.split(eye, np.cumsum([x.size for x in xs]), axis=1), xs)
    ]
    y, tangents = dr.jvp(f, tuple(xs), tuple(seeds))
    if not same_bits(y, want):
        raise DisagreementError("value in forward mode", f"{y} NumPy {want}")
    columns = [np.reshape(t, (n, np.size(v))) for t, v in zip(flatten(tangents)[0], flatten(want)[0])]
    J = np.concatenate(columns, axis=1).T if columns else np.zeros((0, n))
    v = [np.asarray(rng.standard_normal(x.shape), x.dtype) for x in xs]
    along = dr.jvp(f, tuple(xs), tuple(v))[1]
    tolerance = 1e-3 if any(x.dtype == np.float32 for x in xs) else 1e-11
    if not near(flat(along), J @ flat(v), tolerance):
        raise DisagreementError("one direction and many", f"{flat(along)} {J @ flat(v)}")
    y, pullback = dr.vjp(f, *xs)
    if not same_bits(y, want):
        raise DisagreementError("value in reverse mode", f"{y} NumPy {want}")
    leaves, build = flatten(want)
    w = [np.asarray(rng.standard_normal((2, *np.shape(leaf))), np.asarray(leaf).dtype) for leaf in leaves]
    rows = np.concatenate([part.reshape(2, -1) for part in w], axis=1) if w else np.zeros((2, 0))
    both = pullback(build(list(w)))
    if [g.dtype for g in both] != [x.dtype for x in xs]:
        raise DisagreementError("dtype of a cotangent", [g.dtype for g in both])
    if not near(np.concatenate([g.reshape(2, -1) for g in both], axis=1), rows @ J, tolerance):
        raise DisagreementError("reverse mode and forward mode", f"\n{rows @ J}\nreverse\n{both}")
    one = pullback(build([part[0] for part in w]))
    if not near(flat(one), rows[0] @ J, tolerance):
        raise DisagreementError("one cotangent and many", f"{flat(one)} {rows[0] @ J}")
    if [x.tobytes() for x in xs] != before:
        raise DisagreementError("an input was written into")
    return J


def by_complex_step(f: Callable, xs: Sequence[np.ndarray]) -> np.ndarray | None:
    """The Jacobian, or None where f does not take complex arguments after all."""
    try:
        return as_matrix([complex_step(f, xs, v) for v in directions(xs)], f, xs)
    except Exception:
        return None


def matrix_of_differences(f: Callable, xs: Sequence[np.ndarray], h: float = 3e-4) -> np.ndarray:
    return as_matrix([difference(f, xs, v, h) for v in directions(xs)], f, xs)


def as_matrix(columns: list[np.ndarray], f: Callable, xs: Sequence[np.ndarray]) -> np.ndarray:
    return np.stack(columns, axis=1) if columns else np.zeros((flat(f(*xs)).size, 0))


def near(got: np.ndarray, want: np.ndarray, tolerance: float) -> bool:
    scale = 1 + np.max(np.abs(want), initial=0.0)
    return got.shape == want.shape and bool(np.all(np.abs(got - want) <= tolerance * scale))


def has_kink(f: Callable, xs: Sequence[np.ndarray], h: float = 1e-4) -> bool:
    """Is the derivative along an axis another one to the left of xs than to the right, or is f not even continuous?"""
    at = lambda v, s: flat(f(*[x + s * t for x, t in zip(xs, v)]))
    side = lambda v, h: sum(c * at(v, k * h) for k, c in enumerate(ONE_SIDED)) / h
    return any(not near(side(v, h), side(v, other), 1e-5) for v in directions(xs) for other in (-h, h / 10))


def second_derivatives(f: Callable, xs: Sequence[np.ndarray], want: Any) -> str:
    rng = np.random.default_rng(1)
    w = [rng.standard_normal(np.shape(leaf)) for leaf in flatten(want)[0]]
    loss = lambda *xs: sum(np.sum(a * b) for a, b in zip(w, flatten(f(*xs))[0]))
    v = [rng.standard_normal(x.shape) for x in xs]
    gradient = on_own_arrays(lambda *xs: list(dr.vjp(loss, *xs)[1](1.0)))
    forward_over_reverse = flat(dr.jvp(lambda *xs: dr.vjp(loss, *xs)[1](1.0), tuple(xs), tuple(v))[1])
    reverse_over_forward = flat(dr.vjp(lambda *xs: dr.jvp(loss, xs, tuple(v))[1], *xs)[1](1.0))
    if np.isnan(forward_over_reverse).any() and np.isnan(reverse_over_forward).any():
        return "kink"  # the length of what is 0 along every line, such as the deviation of a number from itself
    if not near(forward_over_reverse, reverse_over_forward, 1e-9):
        raise DisagreementError("orders of second derivatives", f"{forward_over_reverse} {reverse_over_forward}")
    referee = difference(gradient, xs, v, 3e-4)
    if near(forward_over_reverse, referee, 1e-6) or near(forward_over_reverse, difference(gradient, xs, v, 1e-5), 1e-7):
        return "agrees"
    if has_kink(gradient, xs):
        return "kink"
    raise DisagreementError("second derivative", f"{forward_over_reverse} referee {referee}")
