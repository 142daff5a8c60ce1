"""propagate against the GUM's own examples, closed forms, and sampling."""

import numpy as np
import pytest

import dualrev as dr
from dualrev.propagation.propagated import value_text

GAUGE = {"l_s": 50.000623e6, "d": 215.0, "d_alpha": 0.0, "theta": -0.1, "alpha_s": 11.5e-6, "d_theta": 0.0}
GAUGE_STD = {"l_s": 25.0, "d": 9.7, "d_alpha": 0.58e-6, "theta": 0.41, "alpha_s": 1.2e-6, "d_theta": 0.029}


def end_gauge(p):
    """GUM H.1, equation (H.3), in nanometres."""
    return p["l_s"] + p["d"] - p["l_s"] * (p["d_alpha"] * p["theta"] + p["alpha_s"] * p["d_theta"])


def test_the_end_gauge_of_gum_h1():
    """u_c(l) = 32 nm, from 25, 9.7, 2.9 and 16.6 nm; with the second order 34 nm."""
    gauge = dr.propagate(end_gauge, GAUGE, std=GAUGE_STD)
    assert gauge.value == pytest.approx(50.000838e6, abs=0.5)
    assert round(float(gauge.std)) == 32
    budget = {s.name: s.contribution for s in gauge.budget()}
    assert budget["l_s"] == pytest.approx(25.0) and budget["d"] == pytest.approx(9.7)
    assert round(budget["d_alpha"], 1) == 2.9 and round(budget["d_theta"], 1) == 16.7
    assert [s.name for s in gauge.budget()][:2] == ["l_s", "d_theta"]
    assert sum(s.share for s in gauge.budget()) == pytest.approx(1.0)
    assert not gauge.check.fit and "linear terms do not suffice" in str(gauge.check)
    assert round(float(dr.propagate(end_gauge, GAUGE, std=GAUGE_STD, second_order=True).std)) == 34


def test_resistance_and_reactance_of_gum_h2():
    """Table H.4: R, X, Z with their standard uncertainties and correlations."""
    std = np.array([0.0032, 0.0095e-3, 0.00075])
    r = np.array([[1, -0.36, 0.86], [-0.36, 1, -0.65], [0.86, -0.65, 1]])
    point = {"V": 4.9990, "I": 19.6610e-3, "phi": 1.04446}

    def impedance(p):
        Z = p["V"] / p["I"]
        return {"R": Z * np.cos(p["phi"]), "X": Z * np.sin(p["phi"]), "Z": Z}

    found = dr.propagate(impedance, point, cov=r * np.outer(std, std))
    assert {k: round(float(v), 3) for k, v in found.value.items()} == {"R": 127.732, "X": 219.847, "Z": 254.260}
    for name, u in {"R": 0.071, "X": 0.295, "Z": 0.236}.items():
        assert found.std[name] == pytest.approx(u, abs=0.002)
    np.testing.assert_allclose(found.correlation[[0, 0, 1], [1, 2, 2]], [-0.588, -0.485, 0.993], atol=0.006)
    assert found.outputs == ["R", "X", "Z"]
    assert dr.propagate(lambda x: (x[0], {"a": x}), np.ones(2), std=0.1).outputs == [
        "y[0]",
        "y[1]['a'][0]",
        "y[1]['a'][1]",
    ]
    assert sum(s.share for s in found.budget("X")) == pytest.approx(1.0)


def test_a_large_array_number_by_number():
    x = np.linspace(1.0, 2.0, 100_000)
    found = dr.propagate(lambda x: x**2, x, std=0.1)
    np.testing.assert_allclose(found.std, 0.2 * x, rtol=1e-12)
    both = dr.propagate(
        lambda p: p["a"] * np.sin(p["b"]) * p["c"], {"a": x, "b": x[::-1], "c": 2.0}, std={"a": 0.1, "b": 0.2, "c": 0.3}
    )
    want = (0.1 * 2 * np.sin(x[::-1])) ** 2 + (0.2 * 2 * x * np.cos(x[::-1])) ** 2 + (0.3 * x * np.sin(x[::-1])) ** 2
    np.testing.assert_allclose(both.std, np.sqrt(want), rtol=1e-12)
    assert len(repr(both)) < 200
    with pytest.raises(dr.InputError, match="number by number on 100000"):
        _ = found.cov


def test_a_large_result_that_is_not_number_by_number():
    x = np.linspace(1.0, 2.0, 2000)
    found = dr.propagate(lambda x: np.cumsum(x)[:1500] * x[0], x, std=0.1)
    J = np.tril(np.ones((1500, 2000))) * x[0]
    J[:, 0] += np.cumsum(x)[:1500]
    np.testing.assert_allclose(found.std, 0.1 * np.linalg.norm(J, axis=1), rtol=1e-10)


def test_a_fit_as_it_is():
    t = np.linspace(0.0, 4.0, 30)
    y = 3 * np.exp(-1.3 * t) + 0.02 * np.cos(40 * t)
    fit = dr.fit(lambda t, a, k: a * np.exp(-k * t), t, y, a=1.0, k=1.0)
    half_life = dr.propagate(lambda p: np.log(2.0) / p["k"], fit)
    assert half_life.std == pytest.approx(np.log(2.0) / fit.params["k"] ** 2 * fit.stderr["k"])
    assert dr.propagate(lambda p: np.log(2.0) / p["k"], fit=fit).std == half_life.std
    curve, std = fit.predict(t, std=True)
    again = dr.propagate(lambda p: p["a"] * np.exp(-p["k"] * t), fit)
    np.testing.assert_allclose(again.std, std, rtol=1e-9)
    np.testing.assert_allclose(again.value, curve)
    with pytest.raises(dr.InputError, match="a fit brings its parameters"):
        dr.propagate(lambda p: p["k"], fit, std=0.1)


def test_correlated_inputs_against_sampling():
    rng = np.random.default_rng(0)
    C = np.array([[0.01, 0.006], [0.006, 0.02]])
    f = lambda x: np.stack([x[..., 0] * x[..., 1], x[..., 0] + x[..., 1] ** 2], axis=-1)
    x = np.array([1.0, 2.0])
    found = dr.propagate(f, x, cov=C)
    sampled = f(x + rng.multivariate_normal([0, 0], C, 200_000))
    np.testing.assert_allclose(found.cov, np.cov(sampled.T), rtol=0.03)


def test_the_second_order_of_a_square():
    """y = x^2, x normal: mean m^2 + s^2, variance 4 m^2 s^2 + 2 s^4, exactly."""
    found = dr.propagate(lambda x: x**2, 1.0, std=0.5, second_order=True)
    assert found.value == pytest.approx(1.25) and found.std == pytest.approx(np.sqrt(4 * 0.25 + 2 * 0.5**4))
    assert dr.propagate(lambda x: x**2, 100.0, std=0.5).check.fit


def test_text_and_plot():
    import matplotlib

    matplotlib.use("Agg")
    gauge = dr.propagate(end_gauge, GAUGE, std=GAUGE_STD)
    lines = str(gauge).splitlines()
    assert lines[0] == "y = 50000838 +- 32" and lines[2].split() == [
        "input",
        "value",
        "std",
        "slope",
        "contribution",
        "share",
    ]
    assert lines[3].split()[0] == "l_s" and lines[3].endswith("62.2%")
    assert gauge._repr_html_().startswith("<pre>")
    ax = gauge.plot()
    assert [t.get_text() for t in ax.get_yticklabels()][-1] == "l_s" and "share in the variance of y" in ax.get_xlabel()
    assert value_text(12.3456, 0.0123) == "12.346 +- 0.012"


def test_a_kink_within_two_standard_deviations():
    f = lambda p: np.abs(p["a"]) + p["b"]
    near = dr.propagate(f, {"a": 0.1, "b": 3.0}, std={"a": 0.1, "b": 1.0})
    assert near.kinks == ["absolute, in a"] and "a kink within 2 std: absolute, in a: sample instead" in str(near)
    assert dr.propagate(f, {"a": 0.3, "b": 3.0}, std={"a": 0.1, "b": 1.0}).kinks == []


def test_what_is_refused():
    f = lambda x: np.sum(x)
    x = np.array([1.0, 2.0])
    with pytest.raises(dr.InputError, match="give one of std"):
        dr.propagate(f, x)
    with pytest.raises(dr.InputError, match=r"cov is not symmetric: cov\[0, 1\] = 0.5 and cov\[1, 0\] = 0"):
        dr.propagate(f, x, cov=[[1.0, 0.5], [0.0, 1.0]])
    with pytest.raises(dr.InputError, match="negative variance"):
        dr.propagate(f, x, cov=[[1.0, 2.0], [2.0, 1.0]])
    with pytest.raises(dr.InputError, match=r"shape \(3, 3\), and x has 2 numbers"):
        dr.propagate(f, x, cov=np.eye(3))
    with pytest.raises(dr.InputError, match=r"the leaves of std \(\['a'\]\) are not those"):
        dr.propagate(lambda p: p["a"] + p["b"], {"a": 1.0, "b": 2.0}, std={"a": 0.1})
    with pytest.raises(dr.InputError, match="a standard deviation is not negative"):
        dr.propagate(f, x, std=[-1.0, 1.0])
