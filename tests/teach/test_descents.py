"""Descent, the field of a gradient, and the gradient by layer: numbers against closed forms, and the pictures."""

import json

import numpy as np
import pytest

import dualrev as dr
import dualrev.teach

X = np.random.default_rng(0).uniform(-10, 10, 10)
Y = 10 + 5 * X + 3 * np.random.default_rng(1).normal(size=10)


def quadratic(p):
    return 0.5 * p @ (np.array([1.0, 10.0]) * p)


def regression(p):
    return np.mean((p["w"] * X + p["b"] - Y) ** 2)


def test_sgd_of_a_quadratic_is_a_geometric_series():
    """Each step multiplies the parameters by 1 - rate * curvature."""
    found = dr.descent(quadratic, np.ones(2), rate=0.05, steps=20)
    powers = np.arange(21)[:, None]
    np.testing.assert_allclose(found.path, np.array([0.95, 0.5]) ** powers, rtol=1e-12)
    np.testing.assert_allclose(found.costs, 0.5 * (found.path**2 @ [1.0, 10.0]), rtol=1e-12)
    np.testing.assert_allclose(found.norms[0], np.hypot(1.0, 10.0))


def test_momentum_follows_its_recurrence():
    """x(t+1) = x(t) - r g + momentum (x(t) - x(t-1))."""
    found = dr.descent(quadratic, np.ones(2), rate=0.02, steps=30, rule="momentum", momentum=0.8)
    x = found.path
    want = x[1:-1] - 0.02 * x[1:-1] * [1.0, 10.0] + 0.8 * np.diff(x, axis=0)[:-1]
    np.testing.assert_allclose(x[2:], want, rtol=1e-12)


def test_adagrad_divides_by_all_gradients_so_far():
    found = dr.descent(quadratic, np.ones(2), rate=0.3, steps=10, rule="adagrad")
    g = found.path[:-1] * [1.0, 10.0]
    np.testing.assert_allclose(np.diff(found.path, axis=0), -0.3 * g / (np.sqrt(np.cumsum(g**2, axis=0)) + 1e-8))
    np.testing.assert_allclose(found.path[1], 0.7, rtol=1e-7)  # the first step is the rate, whatever the gradient


def test_adam_sums_with_its_weights():
    """The averages in closed form: sum of (1 - b) b^(t-k) g_k, over 1 - b^t."""
    found = dr.descent(quadratic, np.ones(2), rate=0.1, steps=12, rule="adam", b1=0.8, b2=0.9)
    g, moves = found.path[:-1] * [1.0, 10.0], np.diff(found.path, axis=0)
    for t in range(1, 13):
        k = np.arange(t)[:, None]
        m = ((0.2 * 0.8 ** (t - 1 - k)) * g[:t]).sum(axis=0) / (1 - 0.8**t)
        s = ((0.1 * 0.9 ** (t - 1 - k)) * g[:t] ** 2).sum(axis=0) / (1 - 0.9**t)
        np.testing.assert_allclose(moves[t - 1], -0.1 * m / (np.sqrt(s) + 1e-8), rtol=1e-10)


@pytest.mark.parametrize(("rule", "rate"), [("sgd", 0.01), ("momentum", 0.002), ("adagrad", 3.0), ("adam", 0.5)])
def test_the_regression_of_the_notebook_ends_at_the_least_squares_line(rule, rate):
    found = dr.descent(regression, {"w": 0.0, "b": 0.0}, rate=rate, steps=2000, rule=rule)
    w, b = np.polyfit(X, Y, 1)
    assert (found.params["w"], found.params["b"]) == (pytest.approx(w, rel=1e-4), pytest.approx(b, rel=1e-3))
    assert found.diverged is None and found.path.shape == (2001, 2) and len(found.costs) == 2001


def test_trees_of_arrays_keep_their_structure():
    params = {"W": np.ones((2, 3)), "b": [0.5, np.zeros(2)]}
    found = dr.descent(lambda p: np.sum(p["W"] ** 2) + p["b"][0] ** 2 + np.sum(p["b"][1]), params, rate=0.25, steps=2)
    np.testing.assert_allclose(found.params["W"], 0.25)
    assert found.params["b"][0] == 0.125
    np.testing.assert_allclose(found.params["b"][1], -0.5)
    assert found.path.shape == (3, 9) and params["W"][0, 0] == 1.0


def test_a_descent_that_diverges_stops_and_says_so():
    found = dr.descent(lambda p: np.sum(p**4), np.ones(4), rate=0.9, steps=30)
    assert found.diverged == 6 and len(found.norms) == 6
    assert "diverged: after step 6" in str(found) and "take a smaller rate" in str(found)
    found.plot()


def test_the_printed_history_is_short_and_says_what_is_better():
    text = str(dr.descent(regression, {"w": 0.0, "b": 0.0}, steps=500))
    assert len(text.splitlines()) == 18 and text.endswith("and far fewer steps")
    assert dr.minimize(regression, {"w": 0.0, "b": 0.0}).counts.f < 20


def test_two_parameters_are_drawn_as_a_path_and_more_by_their_loss():
    two = dr.descent(regression, {"w": 0.0, "b": 0.0}, steps=20)
    (ax,) = two.plot().axes
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), two.path)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("w", "b")
    assert dr.descent(quadratic, np.ones(2), steps=3).plot().axes[0].get_xlabel() == "x[0]"
    many = dr.descent(lambda p: np.sum(p**2), np.ones(3), steps=20)
    (ax,) = many.plot().axes
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), many.costs)
    assert ax.get_yscale() == "log" and json.loads(json.dumps(many.to_dict()))["rule"] == "sgd"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rule": "lbfgs"}, "write one of 'sgd', 'momentum', 'adagrad', 'adam'"),
        ({"rule": "adam", "momentum": 0.9}, "has no option momentum: it takes b1, b2, eps"),
        ({"momentum": 0.9}, "it takes no options"),
        ({"steps": 0}, "write how many steps"),
    ],
)
def test_what_is_refused(options, said):
    with pytest.raises(dr.InputError, match=said):
        dr.descent(quadratic, np.ones(2), **options)


# ---- the field -------------------------------------------------------------------------------------------------------


def tutorial(a, b):
    return b * (a + b) * (a - b)


def test_the_field_of_the_physics_tutorial():
    """f = a^2 b - b^3: gradient (2 a b, a^2 - 3 b^2), descents by its own recurrence."""
    found = dr.teach.field(tutorial, (-10, 10), (-10, 10))
    a, b = found.points.T
    np.testing.assert_allclose(found.gradients, np.stack([2 * a * b, a**2 - 3 * b**2], axis=1), atol=1e-12)
    assert found.paths.shape == (50, 26, 2) and found.rate == 1e-3
    np.testing.assert_array_equal(found.paths[:, 0], np.random.default_rng(0).uniform(-10, 10, (50, 2)))
    p, q = found.paths[:, :-1, 0], found.paths[:, :-1, 1]
    steps = np.stack([2 * p * q, p**2 - 3 * q**2], axis=-1)
    np.testing.assert_allclose(np.diff(found.paths, axis=1), -1e-3 * steps, rtol=1e-6, atol=1e-12)
    assert found.values[0, 0] == 0.0 and found.values.shape == (61, 61)
    out = np.abs(found.paths[:, -1]).max(axis=1) > 10
    np.testing.assert_array_equal(found.left, out)
    assert f"{out.sum()} have left" in str(found)


def test_the_picture_of_the_field():
    found = dr.teach.field(tutorial, trajectories=4, steps=3)
    (ax,) = found.plot().axes
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_xlim()) == ("a", "b", (-10, 10))
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), found.paths[0])
    assert json.loads(json.dumps(found.to_dict()))["names"] == ["a", "b"]
    dr.teach.field(tutorial, trajectories=0).plot()


def test_a_rate_that_is_too_large_leaves_the_numbers_and_the_rectangle():
    found = dr.teach.field(tutorial, rate=1.0, steps=12, trajectories=5)
    assert found.left.all() and not np.isfinite(found.paths[:, -1]).all()
    found.plot().draw_without_rendering()


def test_an_empty_range_is_refused():
    with pytest.raises(dr.InputError, match="the two ends of a range, the lower one first"):
        dr.teach.field(tutorial, (1, 0))


# ---- by layer --------------------------------------------------------------------------------------------------------


def deep(layers, x):
    for layer in layers:
        x = 1 / (1 + np.exp(-(layer["W"] @ x + layer["b"])))
    return np.sum(x)


def test_the_norms_are_those_of_the_gradient():
    rng = np.random.default_rng(0)
    layers = [{"W": rng.normal(size=(4, 4)), "b": np.zeros(4)} for _ in range(3)]
    found = dr.teach.by_layer(deep, layers, np.ones(4))
    g = dr.grad(deep)(layers, np.ones(4))
    want = [np.linalg.norm(g[k][name]) for k in range(3) for name in ("W", "b")]
    np.testing.assert_allclose(found.norms, want, rtol=1e-13)
    assert found.names[:2] == ["x[0].W", "x[0].b"] and found.sizes.tolist() == [16, 4] * 3
    np.testing.assert_allclose(found.rms, found.norms / np.sqrt(found.sizes))
    assert found.loss == deep(layers, np.ones(4))


def test_a_chain_of_sigmoids_vanishes_as_its_slopes_do():
    """One unit a layer, no weights to speak of: each layer multiplies by w s (1 - s)."""
    weights = [np.array([1.0]) for _ in range(6)]

    def chain(w):
        x = 0.5
        for k in w:
            x = 1 / (1 + np.exp(-k[0] * x))
        return x

    found = dr.teach.by_layer(chain, weights)
    x, values = 0.5, [0.5]
    for _ in weights:
        x = 1 / (1 + np.exp(-x))
        values.append(x)
    slopes = [v * (1 - v) for v in values[1:]]
    want = [values[k] * np.prod(slopes[k:]) for k in range(6)]
    np.testing.assert_allclose(found.norms, want, rtol=1e-12)
    assert found.verdict().startswith("rms of x[0] is") or found.verdict().startswith("the gradient vanishes")


def test_verdicts_bars_and_what_is_not_finite():
    eight = [{"W": np.eye(4), "b": np.zeros(4)} for _ in range(8)]
    found = dr.teach.by_layer(deep, eight, np.ones(4))
    assert found.verdict().startswith("the gradient vanishes: rms of x[0].W is ")
    (ax,) = found.plot().axes
    ends = [bar.get_x() + bar.get_width() for bar in ax.patches]
    np.testing.assert_allclose(ends, found.rms)
    factors = [np.array([10.0**-k]) for k in (9, 1, 1)]
    growing = dr.teach.by_layer(lambda w: np.prod(np.stack([k[0] for k in w])), factors)
    assert growing.ratio == pytest.approx(1e8) and growing.verdict().startswith("the gradient explodes")
    with np.errstate(all="ignore"):
        bad = dr.teach.by_layer(lambda w: np.sqrt(w[0][0]) + w[1][0], [np.zeros(1), np.ones(1)])
    assert "is not finite: dr.why_nan" in bad.verdict()
    bad.plot().draw_without_rendering()
    zero = dr.teach.by_layer(lambda w: 0.0 * w[0], [1.0])
    assert np.isnan(zero.ratio)
    zero.plot().draw_without_rendering()
    assert json.loads(json.dumps(found.to_dict()))["sizes"] == [16, 4] * 8
    many = dr.teach.by_layer(lambda w: sum(k * k for k in w), list(np.ones(100)))
    assert len(repr(many).splitlines()) <= 40 and "... 70 more" in str(many)


def test_nothing_to_look_at_is_refused():
    with pytest.raises(dr.InputError, match="no parameters"):
        dr.teach.by_layer(lambda p: 1.0, [])
