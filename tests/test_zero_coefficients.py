"""Coefficients that are exactly zero, which NumPy cuts off by their values: their derivatives stay, or it is refused.

Values of polynomials are linear or quadratic in the coefficients, so that central differences with a step of 1/2 are
exact.
"""

import numpy as np
import pytest

import dualrev as dr

POINTS = [(0.0, 0.0, 0.0), (0.0, 1.0, 2.0), (0.0, 0.0, -3.0), (1.0, 2.0, 0.0), (1.0, 0.0, 0.0)]
MODES = ("forward", "reverse")
P, Q = np.poly1d([1.0, 2.0]), np.array([3.0, 1.0])

POLY1D = {
    "value": lambda c: np.poly1d(c)(2.0),
    "values": lambda c: np.poly1d(c)(np.array([1.0, -2.0])),
    "value at a traced point": lambda c: np.poly1d(c)(c[1] + 2.0),
    "coefficient": lambda c: np.stack([np.poly1d(c)[0], np.poly1d(c)[1], np.poly1d(c)[2], np.poly1d(c)[3] + 0 * c[0]]),
    "constant term": lambda c: np.poly1d(c).coeffs[-1],
    "sum": lambda c: (np.poly1d(c) + P)(2.0),
    "sum with a longer one": lambda c: (np.poly1d([1.0, 2.0, 3.0, 4.0]) + np.poly1d(c))(2.0),
    "difference": lambda c: (P - np.poly1d(c))(2.0),
    "number added": lambda c: (np.poly1d(c) + 1.0)(2.0),
    "product": lambda c: (np.poly1d(c) * P)(2.0),
    "product with another": lambda c: (np.poly1d(c) * np.poly1d(c[::-1]))(2.0),
    "scaled": lambda c: (3.0 * np.poly1d(c) / 2.0)(2.0),
    "scaled by a traced number": lambda c: (np.poly1d(c) * c[1])(2.0),
    "negative": lambda c: (-np.poly1d(c))(2.0),
    "square": lambda c: (np.poly1d(c) ** 2)(2.0),
    "derivative": lambda c: np.poly1d(c).deriv()(2.0),
    "second derivative": lambda c: np.poly1d(c).deriv(2)(2.0),
    "derivative of a product": lambda c: (np.poly1d(c) * P).deriv()(2.0),
    "integral": lambda c: np.poly1d(c).integ(2, k=[1.0, 2.0])(2.0),
    "divided": lambda c: np.poly1d(np.polydiv(np.poly1d(c).coeffs, P.coeffs)[0])(2.0),
    "polyval of its coefficients": lambda c: np.polyval(np.poly1d(c).coeffs, 2.0),
    "composed": lambda c: np.poly1d(c)(P)(2.0),
    "composed the other way": lambda c: P(np.poly1d(c))(2.0),
    "made twice": lambda c: np.poly1d(np.poly1d(c))(2.0),
    "made of coefficients": lambda c: np.poly1d(np.poly1d(c).coeffs)(2.0),
    "a list": lambda c: (np.poly1d([c[0], c[1], c[2]]) * P).deriv()(2.0),
    "list with a constant": lambda c: np.poly1d([0.0, c[0], c[1]])(2.0),
    "polymul": lambda c: np.polyval(np.polymul(c, Q), 2.0),
    "polymul of two": lambda c: np.polyval(np.polymul(c, c), 2.0),
    "polyadd of what was cut": lambda c: np.polyval(np.polyadd(np.polymul(c, Q), np.arange(4.0)), 2.0),
    "polysub of what was cut": lambda c: np.polyval(np.polysub([1.0], np.polymul(c, Q)), 2.0),
    "polyder of what was cut": lambda c: np.polyval(np.polyder(np.polymul(c, Q), 2), 2.0),
    "polyint of what was cut": lambda c: np.polyval(np.polyint(np.polymul(c, Q)), 2.0),
    "quotient": lambda c: np.polyval(np.polydiv(c, Q)[0], 2.0),
    "quotient of what was cut": lambda c: np.polyval(np.polydiv(np.polymul(c, Q), [1.0, 1.0])[0], 2.0),
    "remainder": lambda c: np.polyval(np.polydiv(c, Q)[1], 2.0),
    "remainder of what was cut": lambda c: np.polyval(np.polydiv(np.polymul(c, Q), [1.0, 1.0, 2.0])[1], 2.0),
    "remainder that is cut": lambda c: np.polyval(np.polydiv(np.convolve(c, [1.0, 1.0, 0.0]), [1.0, 1.0, 2.0])[1], 2.0),
}  # fmt: skip


def of_class(name):
    cls = getattr(np.polynomial, name)
    module = {"Polynomial": "polynomial", "HermiteE": "hermite_e"}.get(name, name.lower())
    prefix = {"Polynomial": "poly", "HermiteE": "herme", "Hermite": "herm"}.get(name, name[:4].lower())
    prefix = prefix if name in ("Polynomial", "HermiteE", "Hermite", "Chebyshev") else name[:3].lower()
    call = lambda func, *args: getattr(getattr(np.polynomial, module), prefix + func)(*args)
    one = cls([1.0, 2.0])
    return {
        "sum": lambda c: (cls(c) + one)(2.0),
        "difference": lambda c: (one - cls(c))(2.0),
        "list": lambda c: (cls([c[0], c[1], c[2]]) + one)(2.0),
        "product": lambda c: (cls(c) * one)(2.0),
        "square": lambda c: ((cls(c) + 1.0) ** 2)(2.0),
        "first power": lambda c: (cls(c) ** 1)(2.0),
        "quotient": lambda c: (cls(c) // one)(2.0),
        "remainder": lambda c: (cls(c) % one)(2.0),
        "integral": lambda c: cls(c).integ()(2.0),
        "integral of a constant": lambda c: cls(c[2:]).integ()(2.0),
        "derivative": lambda c: (cls(c) * one).deriv()(2.0),
        "composed": lambda c: cls(c)(one)(2.0),
        "converted": lambda c: cls(c).convert(kind=np.polynomial.Chebyshev)(2.0),
        "add": lambda c: call("val", 3.0, call("add", c, call("sub", [1.0], c * 2.0))),
        "mul": lambda c: call("val", 3.0, call("mul", c, c)),
        "mulx": lambda c: call("val", 3.0, call("mulx", c)),
        "mulx of a constant": lambda c: call("val", 3.0, call("mulx", c[2:])),
        "pow": lambda c: call("val", 3.0, call("pow", c, 2)),
        "line": lambda c: call("val", 3.0, call("line", c[1], c[2])),
        "fromroots": lambda c: call("val", 3.0, call("fromroots", c[:2])),
        "sum of coefficients": lambda c: np.sum(call("mul", c, [1.0, 2.0])),
    }


CLASSES = {
    f"{name}, {case}": f
    for name in ("Polynomial", "Chebyshev", "Legendre", "Hermite", "HermiteE", "Laguerre")
    for case, f in of_class(name).items()
}
CASES = {f"poly1d, {case}": f for case, f in POLY1D.items()} | CLASSES


def differences(f, c, step=0.5):
    along = [(f(c + step * e) - f(c - step * e)) / (2 * step) for e in np.eye(c.size)]
    return np.stack(along, axis=-1)


@pytest.mark.parametrize("case", CASES)
def test_right_at_zeros(case):
    f = CASES[case]
    for c in map(np.array, POINTS):
        want, f_of_c = differences(f, c), np.asarray(f(c))
        for mode in MODES:
            np.testing.assert_allclose(dr.jacobian(f, mode=mode)(c), want, rtol=1e-12, atol=1e-12)
        got = dr.vjp(f, c)[0]
        assert np.asarray(got).tobytes() == f_of_c.tobytes() and got.dtype == f_of_c.dtype, (c, got)


@pytest.mark.parametrize("inner", MODES)
@pytest.mark.parametrize("outer", MODES)
@pytest.mark.parametrize("case", ["poly1d, square", "poly1d, polymul of two", "Legendre, square", "Chebyshev, mul"])
def test_second_derivatives(case, inner, outer):
    f = CASES[case]
    for c in map(np.array, POINTS):
        want = differences(lambda c: differences(f, c), c)
        got = dr.jacobian(dr.jacobian(f, mode=inner), mode=outer)(c)
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.complex128])
def test_precisions(dtype):
    c, x = np.array([0.0, 1.0, 2.0], dtype), dtype(2)
    for f in (lambda c: np.poly1d(c)(x), lambda c: np.polyval(np.polymul(c, np.array([1, 2], dtype)), x)):
        got, pullback = dr.vjp(f, c)
        assert got == f(c) and type(got) is type(f(c))
        (slope,) = pullback(got.dtype.type(1))
        np.testing.assert_array_equal(slope, np.array([4, 2, 1]) * (got / 4).real)
        assert slope.dtype == dtype


def test_the_object_is_numpys():
    c = np.array([0.0, 0.0, 1.0, 2.0])

    def f(c):
        p, plain = np.poly1d(c), np.poly1d(dr.value(c))
        assert p.order == plain.order == len(p) == 1
        assert p.coeffs.shape == (2,) and np.polymul(c, [1.0, 2.0]).shape == (3,)
        assert p == plain and plain == p and p != np.poly1d([1.0])
        assert (p.coeffs > 1.0).tolist() == [False, True] and p.coeffs.dtype == float
        np.testing.assert_array_equal(dr.value(p.coeffs), plain.coeffs)
        return p(2.0)

    np.testing.assert_array_equal(dr.grad(f)(c), [8.0, 4.0, 2.0, 1.0])


# What would lose a derivative, or be another value: name -> (function of c = (0, 1, 0), how the refusal begins)
C = np.array([0.0, 1.0, 0.0])
REFUSED = {
    "sum": (lambda c: np.sum(np.poly1d(c).coeffs), "np.sum met the coefficients of a polynomial of which NumPy cut"),
    "product": (lambda c: np.polymul(c, Q) * np.arange(3.0), "np.multiply met the coefficients"),
    "index": (lambda c: np.polymul(c, Q)[0], "indexing met the coefficients"),
    "iteration": (lambda c: sum(np.poly1d(c)), "indexing met"),
    "asarray": (lambda c: np.asarray(np.poly1d(c)).sum(), "np.asarray met"),
    "stack": (lambda c: np.stack([np.poly1d(c).coeffs, [1.0, 2.0]]), "np.stack met"),
    "polyval": (lambda c: np.polyval(np.poly1d(c), 2.0), r"np.asarray met .* Evaluate the polynomial, p\(x\)"),
    "returned": (lambda c: np.polymul(c, Q), r".* write np.convolve\(p, q\) in place of np.polymul\(p, q\)"),
    "returned by a list": (lambda c: np.poly1d([c[0], c[1]]).coeffs, "f returned coefficients of a polynomial"),
    "written": (lambda c: set_coefficient(np.poly1d(c)), "writing into it met"),
    "added to": (lambda c: add_to(np.poly1d(c).coeffs), ".* were returned from f or written into"),
    "written before": (lambda c: write_behind(c), ".* were written into after the cut"),
    "divisor": (lambda c: np.polydiv([1.0, 2.0, 3.0], np.polymul(c, Q))[0], "indexing met"),
    "trim": (lambda c: np.polynomial.Chebyshev(c).trim()(2.0), r"np.polynomial.Chebyshev\(c\).trim takes away"),
    "divisor of a class": (lambda c: (np.polynomial.Legendre([1.0, 2.0]) // np.polynomial.Legendre(c))(2.0),
                           ".* met a polynomial whose last coefficient is exactly zero and traced"),
    "polynomial's divisor": (lambda c: np.polynomial.polynomial.polydiv([1.0, 2.0], c)[1], ".* met a polynomial whose"),
    "roots": (lambda c: np.polynomial.polynomial.polyroots(c), ".* met a polynomial whose last coefficient"),
    "coef": (lambda c: (np.polynomial.Laguerre(c) + 1.0).coef, "f returned coefficients of a polynomial"),
    "chebadd": (lambda c: np.polynomial.chebyshev.chebadd(c, [1.0]), "f returned coefficients"),
}  # fmt: skip


def set_coefficient(p):
    p[0] = 3.0
    return p(2.0)


def add_to(c):
    c += 1.0
    return c


def write_behind(c):
    c = c.copy()
    p = np.poly1d(c)
    c[2] = 5.0
    return p(2.0)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", REFUSED)
def test_refused(case, mode):
    f, message = REFUSED[case]
    with pytest.raises(dr.LostDerivativeError, match=message):
        dr.jacobian(f, mode=mode)(C)


def test_what_is_not_cut_is_as_before():
    c = np.array([1.0, 0.0, 2.0])
    for f in (
        lambda c: np.sum(np.polymul(c, Q)),
        lambda c: np.sum(np.poly1d(c).coeffs),
        lambda c: np.sum(np.poly1d([c[0], c[1], c[2]]).coeffs),
        lambda c: np.sum((np.polynomial.Legendre(c) * np.polynomial.Legendre(c)).coef),
        lambda c: np.polynomial.Legendre(c).trim()(2.0),
    ):
        for mode in MODES:
            np.testing.assert_allclose(dr.jacobian(f, mode=mode)(c), differences(f, c), rtol=1e-12)


def test_a_plain_zero_is_plain():
    assert dr.grad(lambda x: np.polynomial.Polynomial([x, 0.0]).trim().degree() + x)(2.0) == 1.0
    assert dr.grad(lambda x: (x != 0.0) + (x == 0.0) * x)(0.0) == 1.0
