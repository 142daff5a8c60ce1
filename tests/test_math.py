"""dualrev.math and dualrev.cmath: the values are Python's to the last bit, the derivatives right in both modes."""

import cmath
import math

import numpy as np
import pytest

import dualrev as dr
from dualrev import cmath as our_cmath
from dualrev import math as our_math
from dualrev.ops.python_math import LIKE, OF_COMPLEX

POINTS = {
    "acosh": (1.7,), "atan2": (0.7, 0.3), "copysign": (0.7, -0.3), "fmod": (2.7, 0.4), "hypot": (0.7, 0.3),
    "ldexp": (0.7, 3), "pow": (0.7, 0.3),
}  # fmt: skip
OTHERS = {
    "log with a base": (lambda m, x, y: m.log(x, 3.0) + m.log(2.0, y), (0.7, 0.3)),
    "hypot of three": (lambda m, x, y: m.hypot(x, y, 2.0), (0.7, 0.3)),
    "dist": (lambda m, x, y: m.dist([x, 1.0], [y, 3.0]), (0.7, 0.3)),
    "fsum": (lambda m, x, y: m.fsum([1e16, x, -1e16, y * x]), (0.7, 0.3)),
    "prod": (lambda m, x, y: m.prod([x, y, x], start=2), (0.7, 0.3)),
    "modf": (lambda m, x, y: m.modf(x)[0] * y + m.modf(x)[1], (2.7, 0.3)),
    "frexp": (lambda m, x, y: m.frexp(x)[0] * y * m.frexp(x)[1], (2.7, 0.3)),
    "remainder": (lambda m, x, y: m.remainder(x, y), (2.7, 0.41)),
    "floor": (lambda m, x, y: x * m.floor(x) + y * m.ceil(y) + m.trunc(x), (2.7, 0.3)),
    "questions": (lambda m, x, y: x * m.isfinite(y) + y * m.isclose(x, x) + m.isnan(x) + m.ulp(x), (2.7, 0.3)),
}
if hasattr(math, "sumprod"):
    OTHERS["sumprod"] = (lambda m, x, y: m.sumprod([x, 2.0], [y, x]), (0.7, 0.3))
if hasattr(math, "fma"):
    OTHERS["fma"] = (lambda m, x, y: m.fma(x, y, x), (0.7, 0.3))


def central(f, x, h=1e-6):
    return (f(x + h) - f(x - h)) / (2 * h)


def agrees(f, plain, args):
    """Value, class and derivatives of f at args against `plain`; by the first argument, then by the second."""
    for k, x in enumerate(args):
        if isinstance(x, int):
            continue
        of = lambda g, k=k: lambda x: g(*args[:k], x, *args[k + 1 :])
        (y, dy), want = dr.jvp(of(f), (x,), (1.0,)), central(of(plain), x)
        assert y == of(plain)(x) and type(y) is float
        assert dr.grad(of(f))(x) == pytest.approx(dy, rel=1e-15)
        assert dy == pytest.approx(want, rel=1e-7, abs=1e-8)
        assert dr.hessian(of(f))(x) == pytest.approx(central(dr.grad(of(f)), x), rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("name", LIKE)
def test_functions_with_a_counterpart_in_numpy(name):
    agrees(getattr(our_math, name), getattr(math, name), POINTS.get(name, (0.7,)))


@pytest.mark.parametrize("name", OTHERS)
def test_the_others(name):
    f, args = OTHERS[name]
    agrees(lambda x, y: f(our_math, x, y), lambda x, y: f(math, x, y), args)


@pytest.mark.parametrize("z", [0.4 + 0.3j, 1.3 - 0.2j, 0.4])
@pytest.mark.parametrize("name", OF_COMPLEX)
def test_functions_of_complex_numbers(name, z):
    f, plain = getattr(our_cmath, name), getattr(cmath, name)
    y, dy = dr.jvp(f, (z,), (1.0,))
    assert y == plain(z) and type(y) is complex
    assert dy == pytest.approx(central(plain, z), rel=1e-7)
    assert dr.vjp(f, z)[1](1.0 + 0j)[0] == pytest.approx(dy if isinstance(z, complex) else dy.real, rel=1e-14)


def test_parts_of_complex_numbers():
    def f(m, x):
        return m.phase(x * 1j + 2) * m.polar(x + 1j)[0] + m.rect(x, 2.0).real + m.log(x + 1j, 2).imag + m.isfinite(x)

    assert dr.value_and_grad(lambda x: f(our_cmath, x))(1.5) == (
        f(cmath, 1.5),
        pytest.approx(central(lambda x: f(cmath, x), 1.5)),
    )


def test_arrays_of_one_number_are_that_number():
    np.testing.assert_array_equal(dr.grad(our_math.sin)(np.array([0.5])), [math.cos(0.5)])
    assert dr.grad(our_math.sin)(np.float64(0.5)) == math.cos(0.5)
    with pytest.raises(TypeError, match=r"length-1|size-1|0-dimensional"):
        dr.grad(our_math.sin)(np.ones(2))


def test_errors_are_those_of_math():
    for f, x, kind in (("log", 0.0, ValueError), ("sqrt", -1.0, ValueError), ("exp", 1e4, OverflowError)):
        with pytest.raises(kind):
            getattr(math, f)(x)
        with pytest.raises(kind):
            dr.grad(getattr(our_math, f))(x)


def test_what_is_left_is_maths():
    assert our_math.gcd is math.gcd and our_math.pi == math.pi and our_math.inf == math.inf
    assert set(dir(math)) <= set(dir(our_math)) | {"__loader__", "__file__"}
    assert our_math.sin(0.5) == math.sin(0.5) and our_math.sin.__doc__ == math.sin.__doc__


def test_the_slope_at_the_end_of_the_domain():
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert dr.jvp(our_math.sqrt, (0.0,), (1.0,)) == (0.0, math.inf)
