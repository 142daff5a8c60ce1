"""A fit does not depend on the units of x, y and the parameters, from 1e-15 to 1e15."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dualrev as dr

POWERS = st.integers(-15, 15)
X = np.linspace(0.0, 4.0, 25)
NOISE = np.random.default_rng(4).normal(size=25)
COUNTS = np.random.default_rng(3).poisson(20 * np.exp(-0.5 * X) + 3).astype(float)


def decay(x, a, rate, c):
    return a * np.exp(-rate * x) + c


def compared(fit, units, reference, rtol=1e-6):
    """Estimates and errors, in units of their own, are those of the reference; what has no error has none here."""
    assert fit.success, fit.message
    found, wanted = fit.estimates(), reference.estimates()
    assert [row.remark for row in found] == [row.remark for row in wanted]
    errors = np.array([row.error for row in wanted])
    np.testing.assert_allclose([row.error / u for row, u in zip(found, units, strict=True)], errors, rtol=rtol)
    size = np.where(np.isfinite(errors), errors, [abs(row.value) for row in wanted])
    apart = [abs(row.value / u - w.value) for row, u, w in zip(found, units, wanted, strict=True)]
    assert (np.array(apart) <= rtol * size).all(), (found, wanted)


@pytest.mark.parametrize("floor", [0.5, 0.0])  # a baseline inside its bound, and one that the bound holds
@settings(max_examples=12, deadline=None)
@given(px=POWERS, py=POWERS)
def test_fits_of_data(floor, px, py):
    def made(cx, cy, entry):
        x, y = cx * X, cy * (3 * np.exp(-1.3 * X) + floor - 0.1 * (floor == 0) + 0.05 * NOISE)
        start, bounds = {"a": 1.0 * cy, "rate": 1.0 / cx, "c": 0.1 * cy}, {"c": (0, None)}
        if entry == "fit":
            return dr.fit(decay, x, y, start=start, bounds=bounds)
        sigma = 0.05 * cy
        nll = lambda p: np.sum(((decay(x, **p) - y) / sigma) ** 2) / 2
        return dr.fit_nll(nll, start, bounds=bounds)

    cx, cy = 10.0**px, 10.0**py
    for entry in ("fit", "fit_nll"):
        compared(made(cx, cy, entry), [cy, 1 / cx, cy], made(1.0, 1.0, entry))


@settings(max_examples=12, deadline=None)
@given(px=POWERS, py=POWERS)
def test_a_start_at_zero(px, py):
    def made(cx, cy):
        x, y = cx * X, cy * (2 * X / (1 + 0.4 * X) + 0.05 * NOISE)
        return dr.fit(lambda x, a, k: a * x / (1 + k * x), x, y, start={"a": cy / cx, "k": 0.0})

    cx, cy = 10.0**px, 10.0**py
    compared(made(cx, cy), [cy / cx, 1 / cx], made(1.0, 1.0))


@settings(max_examples=12, deadline=None)
@given(px=POWERS)
def test_counts(px):
    def made(cx):
        x = cx * X

        def nll(p):
            rate = p["a"] * np.exp(-p["k"] * x) + p["b"]
            return np.sum(rate - COUNTS * np.log(rate))

        return dr.fit_nll(nll, {"a": 10.0, "k": 1 / cx, "b": 5.0}, bounds={"b": (1e-3, None)})

    compared(made(10.0**px), [1.0, 10.0**-px, 1.0], made(1.0))


@settings(max_examples=12, deadline=None)
@given(px=POWERS, py=POWERS)
def test_minima_and_regressions(px, py):
    cx, cy = 10.0**px, 10.0**py
    y = 2 * X + 1 + 0.05 * NOISE

    def minimum(cx, cy, method, bounds):
        loss = lambda p: np.sum((decay(cx * X, *p) - cy * (3 * np.exp(-1.3 * X) + 0.05 * NOISE)) ** 2)
        start = [1.0 * cy, 1.0 / cx, 0.1 * cy]
        return dr.minimize(loss, start, method=method, bounds=[(0, None)] * 3 if bounds else None)

    for method, bounds in ((None, False), (None, True), ("trust-exact", False)):
        found, wanted = minimum(cx, cy, method, bounds), minimum(1.0, 1.0, method, bounds)
        assert found.success, found.message
        np.testing.assert_allclose(found.x / [cy, 1 / cx, cy], wanted.x, rtol=2e-4, atol=2e-4)
    line, wanted = dr.linear_regression(cx * X, cy * y), dr.linear_regression(X, y)
    np.testing.assert_allclose(line.coefficients / [cy, cy / cx], wanted.coefficients, rtol=1e-12)
    np.testing.assert_allclose(line.stderr["b"] / [cy, cy / cx], wanted.stderr["b"], rtol=1e-10)
    r = lambda p: decay(cx * X, *p) - cy * (3 * np.exp(-1.3 * X) + 0.05 * NOISE)
    squares = dr.least_squares(r, [cy, 1 / cx, 0.1 * cy])
    assert squares.success, squares.message
    np.testing.assert_allclose(squares.x / [cy, 1 / cx, cy], minimum(1.0, 1.0, None, False).x, rtol=1e-4, atol=1e-4)


# ---- the cases of the issue, in SI units -----------------------------------------------------------------------------


def test_a_concentration_near_zero_is_not_at_its_bound():
    time = np.linspace(0, 10, 20)
    y = 3e-9 * np.exp(-0.2 * time) + 4e-10 * np.random.default_rng(0).normal(size=20)
    bounded = dr.fit(lambda t, c, k: c * np.exp(-k * t), time, y, c=1e-9, k=0.1, bounds={"c": (0, None)})
    free = dr.fit(lambda t, c, k: c * np.exp(-k * t), time, y, c=1e-9, k=0.1)
    assert not bounded.at_bounds
    np.testing.assert_allclose(list(bounded.stderr.values()), list(free.stderr.values()), rtol=1e-8)


def test_wavelengths_in_metres_and_julian_dates():
    nm = np.linspace(480, 520, 41)
    peak = np.exp(-0.5 * ((nm - 500.3) / 6) ** 2) + 0.01 * np.random.default_rng(1).normal(size=41)
    gauss = lambda x, h, m, w: h * np.exp(-0.5 * ((x - m) / w) ** 2)
    metres = dr.fit(gauss, nm * 1e-9, peak, h=1.0, m=499e-9, w=5e-9, bounds={"m": (495e-9, 505e-9)})
    assert not metres.at_bounds
    assert metres.params["m"] == pytest.approx(dr.fit(gauss, nm, peak, h=1.0, m=499.0, w=5.0).params["m"] * 1e-9)
    day = np.linspace(-0.5, 0.5, 61)
    dip = 1 - 0.1 * np.exp(-0.5 * ((day - 0.003) / 0.05) ** 2) + 1e-3 * np.random.default_rng(2).normal(size=61)
    dim = lambda t, t0, w, d: 1 - d * np.exp(-0.5 * ((t - t0) / w) ** 2)
    julian = dr.fit(dim, 2459000.5 + day, dip, t0=2459000.503, w=0.04, d=0.1, bounds={"t0": (2459000.483, 2459000.523)})
    near = dr.fit(dim, day, dip, t0=0.003, w=0.04, d=0.1)
    assert not julian.at_bounds
    assert julian.params["t0"] - 2459000.5 == pytest.approx(near.params["t0"], abs=1e-8)
    assert julian.stderr["t0"] == pytest.approx(near.stderr["t0"], rel=1e-4)


def test_small_peaks_are_found():
    x = np.linspace(-5, 5, 60)
    gauss = lambda x, h, m, w: h * np.exp(-0.5 * ((x - m) / w) ** 2)
    for seed in range(10):
        rng = np.random.default_rng(seed)
        centre, width = rng.uniform(-2, 2), rng.uniform(0.5, 1.5)
        y = gauss(x, 1.0, centre, width) + 0.02 * rng.normal(size=60)
        small, plain = (dr.fit(gauss, x, c * y, h=0.5 * c, m=0.0, w=1.0) for c in (1e-12, 1.0))
        assert small.success
        assert small.params["m"] == pytest.approx(plain.params["m"], rel=1e-9)
        assert small.params["h"] == pytest.approx(plain.params["h"] * 1e-12, rel=1e-9)


@settings(max_examples=12, deadline=None)
@given(px=POWERS, py=POWERS)
def test_scipys_curve_fit_with_bounds(px, py):
    cx, cy = 10.0**px, 10.0**py
    y = 3 * np.exp(-1.3 * X) + 0.5 + 0.05 * NOISE
    wanted, cov = dr.curve_fit(decay, X, y, [1, 1, 0.1])
    units = np.array([cy, 1 / cx, cy])
    for options in ({"bounds": (0, np.inf)}, {"method": "dogbox"}, {"sigma": np.full(25, 0.1), "absolute_sigma": True}):
        sigma = {"sigma": cy * options["sigma"]} if "sigma" in options else {}
        popt, pcov = dr.curve_fit(decay, cx * X, cy * y, units * [1, 1, 0.1], **{"method": "trf", **options, **sigma})
        np.testing.assert_allclose(popt / units, wanted, rtol=1e-5)
        if not sigma:
            np.testing.assert_allclose(pcov / np.multiply.outer(units, units), cov, rtol=1e-3)
