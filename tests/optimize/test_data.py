"""Data at the boundary of a fit: integers, masks, gaps, labels, complex numbers, weights of every kind."""

import numpy as np
import pytest
from scipy import optimize

import dualrev as dr
from dualrev.errors import InputError

RNG = np.random.default_rng(8)
X = np.linspace(0.0, 5.0, 20)
Y = 1.0 + 2.0 * X + 0.1 * RNG.normal(size=20)
LOST = np.zeros(20, bool)
LOST[[3, 11]] = True


def line(x, a, b):
    return a + b * x


def decay(x, a, b):
    return a * np.exp(-b * x)


def same(fit, wanted):
    for name in wanted.params:
        assert fit.params[name] == pytest.approx(wanted.params[name], rel=1e-12)
        assert fit.stderr[name] == pytest.approx(wanted.stderr[name], rel=1e-12)
    assert (fit.dof, fit.chi2) == (wanted.dof, pytest.approx(wanted.chi2, rel=1e-12))
    assert fit.r_squared == pytest.approx(wanted.r_squared, rel=1e-12) and fit.aicc == pytest.approx(wanted.aicc)


# ---- integers and small floats ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16, np.int32, np.int64, np.float16, np.float32])
def test_small_numbers_do_not_wrap(dtype):
    px = np.arange(0, 120, 5, dtype=dtype)
    y = (1 + 2 * px.astype(float) ** 2).astype(np.float64 if dtype == np.int8 or px.dtype.kind == "f" else np.int64)
    square = lambda x, a, b: a + b * x**2
    for x in (px, [px][0].tolist()):
        fit = dr.fit(square, x, y, a=0.0, b=1.0)
        assert [fit.params["a"], fit.params["b"]] == pytest.approx([1.0, 2.0], rel=1e-9)
    both = dr.fit(lambda x, a, b: a + b * x[0] * x[1], (px, px), y, a=0.0, b=1.0)
    assert both.params["b"] == pytest.approx(2.0)
    assert fit.predict(np.array([100], np.uint8)) == pytest.approx([20001.0])


def test_predict_takes_a_list_and_a_number():
    fit = dr.fit(line, X, Y, a=0.0, b=0.0)
    np.testing.assert_allclose(fit.predict([5, 6]), fit.params["a"] + fit.params["b"] * np.array([5.0, 6.0]))
    assert fit.predict(5) == pytest.approx(fit.params["a"] + 5 * fit.params["b"])
    value, error = fit.predict([5, 6], std=True)
    assert value.shape == error.shape == (2,)


# ---- points that are left out ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [line, decay])
@pytest.mark.parametrize("how", ["masked", "masked x", "mask", "omit", "omit x", "sigma", "weights"])
def test_a_point_that_is_left_out_does_not_count(model, how):
    spoilt = np.where(LOST, 1e6, Y)
    wanted = dr.fit(model, X[~LOST], Y[~LOST], a=1.0, b=0.1)
    options = {"mask": {"mask": LOST}, "omit": {"nan_policy": "omit"}, "omit x": {"nan_policy": "omit"}}
    options |= {"sigma": {"sigma": np.where(LOST, np.inf, 1.0)}, "weights": {"weights": np.where(LOST, 0.0, 1.0)}}
    x = np.ma.masked_array(X, LOST) if how == "masked x" else np.where(LOST, np.nan, X) if how == "omit x" else X
    y = np.ma.masked_array(spoilt, LOST) if how == "masked" else np.where(LOST, np.nan, Y) if how == "omit" else spoilt
    fit = dr.fit(model, x, y, a=1.0, b=0.1, **options.get(how, {}))
    same(fit, wanted)
    assert "2 of 20 points left out" in str(fit)
    assert np.isnan(fit.residuals[LOST]).all() and fit.residuals.shape == (20,)
    np.testing.assert_allclose(fit.residuals[~LOST], wanted.residuals, rtol=1e-9, atol=1e-12)
    assert fit.to_dict()["left_out"] == fit.data.left_out and sum(fit.data.left_out.values()) == 2
    fit.plot()


def test_masks_in_linear_regression():
    outlier = np.ma.masked_array(np.where(np.arange(20) == 4, 1e4, Y), np.arange(20) == 4)
    keep = np.arange(20) != 4
    same_slope = dr.linear_regression(X[keep], Y[keep]).coefficients
    np.testing.assert_allclose(dr.linear_regression(X, outlier).coefficients, same_slope, rtol=1e-12)
    A = np.column_stack([X, X**2])
    gappy = np.ma.masked_array(A, np.zeros(A.shape, bool))
    gappy[4, 1] = np.ma.masked
    wanted = dr.linear_regression(A[keep], Y[keep]).coefficients
    np.testing.assert_allclose(dr.linear_regression(gappy, Y).coefficients, wanted, rtol=1e-10)
    A[4, 0] = np.nan
    np.testing.assert_allclose(dr.linear_regression(A, Y, nan_policy="omit").coefficients, wanted, rtol=1e-10)
    np.testing.assert_allclose(dr.linear_regression(X, Y, mask=~keep).coefficients, same_slope, rtol=1e-12)


def test_what_cannot_be_left_out_is_refused():
    with pytest.raises(InputError, match="no point of y is left: 20 by mask="):
        dr.fit(line, X, Y, a=0.0, b=0.0, mask=np.ones(20, bool))
    with pytest.raises(InputError, match="True leaves a point out"):
        dr.fit(line, X, Y, a=0.0, b=0.0, mask=np.ones(19, bool))
    with pytest.raises(InputError, match="nan_policy='drop': write 'raise', or 'omit'"):
        dr.fit(line, X, Y, a=0.0, b=0.0, nan_policy="drop")
    with pytest.raises(InputError, match="say with mask= what to leave out"):
        dr.fit(lambda x, a: a * X * x.sum(), np.ma.masked_array(np.ones(7), np.arange(7) == 1), Y, a=0.0)


# ---- weights ---------------------------------------------------------------------------------------------------------


def test_a_covariance_matrix_is_whitened():
    C = 0.01 * np.exp(-np.abs(X[:, None] - X)) + 0.001 * np.eye(20)
    for absolute in (False, True):
        fit = dr.fit(
            decay, X, 3 * np.exp(-0.7 * X) + 0.02 * np.sin(9 * X), a=1.0, b=1.0, sigma=C, absolute_sigma=absolute
        )
        popt, pcov = optimize.curve_fit(
            decay, X, fit.y, [3, 0.7], sigma=C, absolute_sigma=absolute, ftol=1e-14, xtol=1e-14
        )
        np.testing.assert_allclose(list(fit.params.values()), popt, rtol=1e-6)
        np.testing.assert_allclose(fit.cov, pcov, rtol=1e-5)
    np.testing.assert_allclose(fit.residuals, decay(X, *fit.params.values()) - fit.y, atol=1e-12)
    diagonal = dr.fit(decay, X, fit.y, a=1.0, b=1.0, sigma=np.diag(np.linspace(0.1, 0.2, 20) ** 2))
    plain = dr.fit(decay, X, fit.y, a=1.0, b=1.0, sigma=np.linspace(0.1, 0.2, 20))
    same(diagonal, plain)
    masked = dr.fit(decay, X, fit.y, a=1.0, b=1.0, sigma=C, mask=LOST)
    same(masked, dr.fit(decay, X[~LOST], fit.y[~LOST], a=1.0, b=1.0, sigma=C[np.ix_(~LOST, ~LOST)]))
    with pytest.raises(InputError, match="not positive definite"):
        dr.fit(decay, X, Y, a=1.0, b=1.0, sigma=-C)
    with pytest.raises(InputError, match="not symmetric"):
        dr.fit(decay, X, Y, a=1.0, b=1.0, sigma=C + np.triu(C, 1))


# ---- complex ---------------------------------------------------------------------------------------------------------


def resonance(f, f0, q, a):
    return a / (1 + 2j * q * (f - f0) / f0)


def test_complex_data_are_their_real_and_imaginary_parts():
    f = np.linspace(0.9, 1.1, 40)
    y = resonance(f, 1.002, 25.0, 2.0) + 0.01 * (RNG.normal(size=40) + 1j * RNG.normal(size=40))
    fit = dr.fit(resonance, f, y, f0=1.0, q=20.0, a=1.0, sigma=0.01)
    stacked = lambda f, f0, q, a: np.concatenate([(z := resonance(f, f0, q, a)).real, z.imag])
    real = dr.fit(stacked, f, np.concatenate([y.real, y.imag]), f0=1.0, q=20.0, a=1.0, sigma=0.01)
    for name in fit.params:
        assert fit.params[name] == pytest.approx(real.params[name], rel=1e-10)
        assert fit.stderr[name] == pytest.approx(real.stderr[name], rel=1e-9)
    assert fit.dof == 77 and fit.residuals.dtype == complex and fit.chi2 == pytest.approx(real.chi2)
    np.testing.assert_allclose(fit.residuals, fit.predict() - y, atol=1e-14)
    _, error = fit.predict(std=True)
    wide = real.predict(std=True)[1]
    np.testing.assert_allclose(error, wide[:40] + 1j * wide[40:], rtol=1e-8)
    masked = dr.fit(resonance, f, np.ma.masked_array(y, np.arange(40) == 5), f0=1.0, q=20.0, a=1.0)
    assert masked.dof == 75
    squares = dr.least_squares(lambda p: (resonance(f, *p) - y) / 0.01, [1.0, 20.0, 1.0])
    np.testing.assert_allclose(squares.x, list(fit.params.values()), rtol=1e-8)
    fit.plot(), str(fit), fit.card()


# ---- regressions -----------------------------------------------------------------------------------------------------


def test_r2_without_an_intercept_is_about_zero():
    x = np.array([60.0, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70])
    noint1 = dr.linear_regression(x, np.arange(130.0, 141.0), intercept=False)
    assert noint1.r_squared == pytest.approx(0.999365492298663, rel=1e-13)  # certified by NIST
    noint2 = dr.linear_regression([4.0, 5.0, 6.0], [3.0, 4.0, 4.0], intercept=False)
    assert noint2.r_squared == pytest.approx(0.993348115299335, rel=1e-13)


def test_predictions_take_what_the_fit_took():
    A = np.column_stack([X, X**2])
    fit = dr.linear_regression(A, Y)
    new = np.array([[1.0, 2.0], [3.0, 4.0]])
    b = fit.coefficients
    np.testing.assert_allclose(fit.predict(new), b[0] + new @ b[1:], rtol=1e-14)
    np.testing.assert_allclose(fit.predict([1, 2]), [b[0] + b[1] + 2 * b[2]], rtol=1e-14)
    _, error = fit.predict(new, std=True)
    full = np.column_stack([np.ones(2), new])
    np.testing.assert_allclose(error, np.sqrt(np.sum(full @ fit.cov * full, axis=1)), rtol=1e-10)
    with pytest.raises(
        InputError, match="X has 3 columns, and the fit was of 2: x1, x2; the intercept comes by itself"
    ):
        fit.predict(full)
    one = dr.linear_regression(X, Y)
    np.testing.assert_allclose(one.predict([0.0, 1.0]), one.coefficients[0] + one.coefficients[1] * np.array([0, 1]))


# ---- labels ----------------------------------------------------------------------------------------------------------


def test_labelled_data():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"t": np.arange(20, dtype=np.int8), "y": Y}, index=np.arange(20) + 100)
    wanted = dr.fit(line, np.arange(20.0), Y, a=0.0, b=0.0)
    same(dr.fit(line, frame["t"], frame["y"], a=0.0, b=0.0), wanted)
    same(dr.fit(lambda d, a, b: a + b * d["t"], frame, frame["y"], a=0.0, b=0.0), wanted)
    with pytest.raises(InputError, match="other labels"):
        dr.fit(line, frame["t"], frame["y"].iloc[::-1], a=0.0, b=0.0)
    loss = lambda p: ((frame["y"] - p["a"] - p["b"] * frame["t"]) ** 2).sum()
    assert dr.minimize(loss, {"a": 0.0, "b": 0.0}).params["b"] == pytest.approx(wanted.params["b"], rel=1e-5)
    gappy = frame["y"].where(frame.index != 104)
    same(dr.fit(line, frame["t"], gappy, a=0.0, b=0.0, nan_policy="omit"),
         dr.fit(line, np.delete(np.arange(20.0), 4), np.delete(Y, 4), a=0.0, b=0.0))  # fmt: skip
    regression = dr.linear_regression(frame[["t"]], frame["y"])
    assert regression.labels == ["intercept", "t"]
    np.testing.assert_allclose(regression.predict(frame[["t"]]), wanted.predict(), rtol=1e-10)
    two = dr.linear_regression(frame.assign(s=frame["t"] ** 2.0)[["t", "s"]], frame["y"])
    swapped = frame.assign(s=frame["t"] ** 2.0)[["s", "t"]]
    np.testing.assert_allclose(two.predict(swapped), two.predict(), rtol=1e-10)
    with pytest.raises(InputError, match="X has the columns t, and the fit was of t, s"):
        two.predict(frame[["t"]])
    dates = pd.date_range("2020-01-01", periods=20)
    with pytest.raises(InputError, match=r"np\.timedelta64\(1, 's'\)"):
        dr.fit(line, dates, Y, a=0.0, b=0.0)


def test_shapes_that_would_broadcast_are_refused():
    with pytest.raises(InputError, match=r"gave shape \(20, 1\) for y of shape \(20,\)"):
        dr.fit(lambda x, a, b: (a + b * x)[:, None], X, Y, a=0.0, b=0.0)
    with pytest.raises(InputError, match=r"gave shape \(20,\) for y of shape \(20, 1\)"):
        dr.fit(line, X, Y[:, None], a=0.0, b=0.0)
