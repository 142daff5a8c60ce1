"""A second derivative that is nan at a kink is explained, with what to write."""

import numpy as np

import dualrev as dr


def alone(x):
    return np.linalg.norm(x)


def squared(x):
    return np.linalg.norm(x - 1.0) ** 2 + np.hypot(x[0] - 1, x[1]) * 0.0


def spread(x):
    return np.std(x) ** 2


def complex_square(x):
    z = x[0] + 1j * x[1]
    return np.abs(z) ** 2


def touched(x):
    return np.sum(np.abs(x**2))


def along(f, x):
    """The gradient of a tangent, which does not find the second derivative of a length."""
    return lambda x: dr.jvp(f, (x,), (np.array([1.0, 2.0]),))[1]


def test_the_line_and_the_reason():
    for f, text in ((alone, "return np.linalg.norm(x)"), (touched, "np.sum(np.abs(x**2))")):
        found = dr.why_nan(dr.grad(f), np.zeros(2))
        assert found.values is None
        for finding in (found.forward, found.reverse):
            assert "second derivative at a kink" in finding.cause
            assert "np.sum(x**2) for np.linalg.norm(x)**2" in finding.advice
            assert text in finding.place.text


def test_what_to_write():
    cases = {
        squared: (np.ones(2), "np.linalg.norm(x - 1.0) ** 2", "np.sum((x - 1.0)**2)"),
        spread: (np.ones(2), "np.std(x) ** 2", "np.var(x)"),
        complex_square: (np.zeros(2), "np.abs(z) ** 2", "(z.real**2 + z.imag**2)"),
    }
    for f, (x, before, after) in cases.items():
        assert np.isnan(dr.grad(along(f, x))(x)).any()
        finding = dr.why_nan(along(f, x), x).reverse
        assert (finding.before, finding.after) == (before, after)


def test_kinks_that_are_smooth_as_a_whole_are_harmless():
    found = dr.kinks(lambda x: np.linalg.norm(x) ** 2, np.zeros(2))
    assert not found and [k.op for k in found.harmless] == ["norm"]
