"""What is left of a run that was broken off: the best point so far."""

import numpy as np
import pytest
from scipy.optimize import rosen

import dualrev as dr
from dualrev.errors import InputError
from dualrev.optimize.guard import BROKEN, STOPPED

X = np.array([-1.2, 1.0, 0.5])


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def breaking(error, after):
    """Rosenbrock's function, which raises after some runs, and the values until then."""
    values = []

    def f(p):
        if len(values) >= after:
            raise error
        made = rosenbrock(p["x"])
        values.append((float(dr.value(made)), np.array(dr.value(p["x"]))))
        return made

    return f, values


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS-B", "SLSQP", "TNC", "Newton-CG", "trust-exact", "trust-constr"])
@pytest.mark.parametrize("error", [RuntimeError("the licence is gone"), KeyboardInterrupt()], ids=["error", "Ctrl-C"])
def test_the_best_point_is_kept(method, error):
    f, values = breaking(error, 10)
    result = dr.minimize(f, {"x": X}, method=method, check=False)
    best, x = min(values, key=lambda pair: pair[0])
    assert not result.success and result.status == BROKEN and result.exception is error
    assert result.fun == best == pytest.approx(rosen(x), rel=1e-13) and best < rosen(X)
    np.testing.assert_array_equal(result.params["x"], x)
    assert result.nfev == len(values) == 10
    said = {RuntimeError: "broken off by RuntimeError: the licence", KeyboardInterrupt: "interrupted by Ctrl-C"}
    assert result.message.startswith(said[type(error)]) and result.message.endswith(
        "this is the best of 10 points until then"
    )


def test_an_error_in_the_callback_keeps_the_best_point():
    def callback(p):
        raise ZeroDivisionError("in the callback")

    for method in ("BFGS", "trust-constr", "SLSQP"):
        result = dr.minimize(rosenbrock, X, method=method, callback=callback)
        assert isinstance(result.exception, ZeroDivisionError) and result.fun <= rosen(X)
        assert str(result).startswith(f"{method}: NOT converged, broken off by ZeroDivisionError: in the callback")


def test_an_error_in_the_first_run_is_raised():
    f, _ = breaking(RuntimeError("at once"), 0)
    with pytest.raises(RuntimeError, match="at once"):
        dr.minimize(f, {"x": X})


def test_a_mistake_in_an_option_is_raised():
    with pytest.raises(ValueError, match="trust radius must be positive"):
        dr.minimize(rosenbrock, X, method="trust-ncg", options={"initial_trust_radius": -1.0})


def test_least_squares_and_root_keep_theirs():
    t = np.linspace(0, 1, 10)
    runs = []

    def residuals(p):
        runs.append(0)
        if len(runs) > 4:
            raise RuntimeError("gone")
        return p["a"] * np.exp(-p["b"] * t) - 3 * np.exp(-2 * t)

    result = dr.least_squares(residuals, {"a": 0.1, "b": 9.0}, check=False)
    assert isinstance(result.exception, RuntimeError) and not result.success
    assert set(result.params) == {"a", "b"}
    runs.clear()

    def equations(x):
        runs.append(0)
        if len(runs) > 4:
            raise KeyboardInterrupt
        return np.stack([x[0] ** 3 - x[1], np.exp(x[1]) - 9.0])

    result = dr.optimize.root(equations, [4.0, 0.0], check=False)
    assert not result.success and "interrupted by Ctrl-C" in result.message
    assert isinstance(result.exception, KeyboardInterrupt)


def test_the_run_of_a_callback_that_stops_is_no_error():
    def callback(p):
        raise StopIteration

    result = dr.minimize(rosenbrock, X, method="BFGS", callback=callback)
    assert result.status == STOPPED and "exception" not in result


def test_an_input_error_in_the_middle_is_told_too():
    def f(x):
        return np.sum(x**2) if dr.value(x)[0] > 0.5 else x

    result = dr.minimize(f, np.array([1.0, 1.0]), check=False)
    assert isinstance(result.exception, InputError) and "a loss is one number" in result.message
