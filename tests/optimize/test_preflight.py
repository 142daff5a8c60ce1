"""The check of a derivative along one direction: what is wrong fails, what is right or cannot be told does not."""

import numpy as np
import pytest

import dualrev as dr
from dualrev.errors import InputError, WrongDerivativeError
from dualrev.optimize.preflight import central, compare_columns, direction, examined, judged, preflight

S = np.array([1e6, 1.0, 1e-6])
CURVED = np.array([3.0, -1.0, 0.5])


def verdict(f, x, along, scale=0.0):
    """What is found on a claimed derivative `along`, a function of the direction, that forward mode repeats."""
    x = np.asarray(x, float)
    d = direction(x)
    given = np.atleast_1d(along(d))
    return examined(f, x, d, given, given, scale).verdict


RIGHT = {
    "quadratic": (lambda x: np.sum(CURVED * x**2), [1.0, 2.0, 3.0], lambda x: 2 * CURVED * x),
    "steep": (lambda x: np.sum(np.exp(20 * x)), [1.0, 2.0, 1.5], lambda x: 20 * np.exp(20 * x)),
    "sharply curved": (lambda x: np.sum(1e6 * (x - 1) ** 2), [1.0, 1.0, 1.0001], lambda x: 2e6 * (x - 1)),
    "scaled by 1e-8": (lambda x: 1e-8 * np.sum(x**3), [1.0, 2.0, 3.0], lambda x: 3e-8 * x**2),
    "scaled by 1e8": (lambda x: 1e8 * np.sum(x**3), [1.0, 2.0, 3.0], lambda x: 3e8 * x**2),
    "with 1e6 added": (lambda x: 1e6 + np.sum(np.sin(x)), [1.0, 2.0, 3.0], np.cos),
    "near 1e6": (lambda x: np.sum((x - 1e6) ** 2), [1e6 + 1, 1e6 - 2, 1e6 + 0.5], lambda x: 2 * (x - 1e6)),
    "log near 1e-6": (lambda x: np.sum(np.log(x)), [1e-6, 2e-6, 3e-6], lambda x: 1 / x),
    "many scales": (lambda x: np.sum(np.sin(x * S)), [1e-6, 1.0, 1e6], lambda x: np.cos(x * S) * S),
    "near a kink": (lambda x: np.sum(np.abs(x)), [1e-9, 2.0, 3.0], np.sign),
    "near the edge of the domain": (lambda x: np.sum(np.sqrt(x)), [1e-9, 2.0, 3.0], lambda x: 0.5 / np.sqrt(x)),
    "float32": (lambda x: np.sum(x.astype(np.float32) ** 2), [1.0, 2.0, 3.0], lambda x: 2 * x),
    "noisy": (lambda x: np.sum(x**2) + 1e-7 * np.sin(1e9 * x[0]), [1.0, 2.0, 3.0], lambda x: 2 * x),
    "a minimum": (lambda x: np.sum((x - 1) ** 2), [1.0, 1.0, 1.0], lambda x: 0 * x),
    "constant": (lambda x: 5.0, [1.0, 2.0, 3.0], lambda x: 0 * x),
    "at zero": (lambda x: np.sum(np.sin(x)), [0.0, 0.0, 0.0], np.cos),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_never_failed(name):
    f, x, gradient = RIGHT[name]
    found = verdict(f, x, lambda d: gradient(np.asarray(x)) @ d)
    assert found != "FAIL"
    if name not in ("near a kink", "near the edge of the domain", "noisy", "sharply curved", "near 1e6"):
        assert found == "PASS"


CLEAR = [
    "quadratic",
    "steep",
    "scaled by 1e-8",
    "scaled by 1e8",
    "with 1e6 added",
    "log near 1e-6",
    "many scales",
    "at zero",
]
WRONG = {
    "twice": lambda g: 2 * g,
    "sign": lambda g: -g,
    "one per cent": lambda g: 1.01 * g,
    "five per mille": lambda g: 1.005 * g,
    "zero": lambda g: 0 * g,
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("name", CLEAR)
def test_what_is_wrong_fails(name, wrong):
    f, x, gradient = RIGHT[name]
    assert verdict(f, x, lambda d: WRONG[wrong](gradient(np.asarray(x)) @ d)) == "FAIL"


@pytest.mark.parametrize("last", [np.float32, np.float64])
def test_coarse_numbers_accuse_nobody(last):
    rng = np.random.default_rng(0)
    for k in range(300):
        x = rng.normal(size=3) * 10.0 ** rng.integers(-3, 4, size=3) * (k % 5 > 0)
        f = lambda x: last(np.sum((x.astype(np.float32) - np.float32(1.3)) ** 2))
        assert verdict(f, x, lambda d, x=x: 2 * (x - 1.3) @ d) != "FAIL"


@pytest.mark.parametrize("claim", [-1.0, -0.5, 0.0, 0.3, 1.0])
def test_any_slope_between_those_of_a_kink_is_left_alone(claim):
    d = direction(np.zeros(1))
    assert verdict(lambda x: np.abs(x[0]), [0.0], lambda d: claim * d[0]) != "FAIL"
    assert d[0] != 0


def test_a_slope_far_from_those_of_a_kink_is_wrong():
    f = lambda x: np.abs(x[0]) + 20 * x[0]
    assert verdict(f, [0.0], lambda d: 20.5 * d[0]) != "FAIL"
    assert verdict(f, [0.0], lambda d: 60.0 * d[0]) == "FAIL"


def test_steps_that_are_too_long_accuse_nobody():
    """sin(1e6 x) at 0: all steps go over many waves."""
    assert verdict(lambda x: np.sin(1e9 * x[0]) + x[1], [0.0, 1.0], lambda d: 1e9 * d[0] + d[1]) != "FAIL"
    assert verdict(lambda x: np.tanh(1e9 * x[0]) + x[1], [0.0, 1.0], lambda d: 1e9 * d[0] + d[1]) != "FAIL"


def test_a_function_that_exists_at_one_point_only_says_nothing():
    def f(x):
        if not np.array_equal(x, np.ones(2)):
            raise ValueError("out of the domain")
        return 1.0

    assert verdict(f, np.ones(2), lambda d: 3.0) == "INCONCLUSIVE"

    def g(x):
        return 1.0 if np.array_equal(x, np.ones(2)) else np.nan

    assert verdict(g, np.ones(2), lambda d: 3.0) == "INCONCLUSIVE"


def test_forward_against_reverse():
    f = lambda x: np.sum(x**2)
    x = np.array([1.0, 2.0])
    good, bad = lambda d: 2 * x @ d, lambda d: 2.2 * x @ d
    assert preflight(f, x, good, "f").verdict == "PASS"
    for forward, claimed in ((good, bad), (bad, good)):
        with pytest.raises(WrongDerivativeError, match="the derivative of f is wrong at the start"):
            preflight(f, x, claimed, "f", forward=forward)


def test_a_vector_is_checked_in_every_component():
    f = lambda x: np.stack([x[0] ** 2, 1e-3 * x[1] ** 2, x[0] * x[1]])
    x = np.array([1.0, 2.0])
    J = np.array([[2.0, 0.0], [0.0, 4e-3], [2.0, 1.0]])
    assert preflight(f, x, J.__matmul__, "f").verdict == "PASS"
    J[1, 1] *= 2
    with pytest.raises(WrongDerivativeError):
        preflight(f, x, J.__matmul__, "f")
    with pytest.raises(InputError, match=r"the derivative of f has shape \(2,\) along a direction, in place of \(3,\)"):
        preflight(f, x, J[:2].__matmul__, "f")


def test_no_step_leaves_the_bounds():
    lower, upper = np.array([0.0, -1.0, -np.inf]), np.array([1.0, 1.0, np.inf])
    x = np.array([0.0, 0.5, 3.0])
    seen = []

    def f(x):
        seen.append(np.array(dr.value(x)))
        return np.sum(np.sqrt(x[0]) + x**2)

    d = direction(x, (lower, upper))
    assert d[0] == 0.0 and (d[1:] != 0).all()
    preflight(f, x, lambda d: 2 * x @ d, "f", forward=lambda d: 2 * x @ d, box=(lower, upper))
    assert all((p >= lower).all() and (p <= upper).all() for p in seen)


def test_the_direction_is_without_pattern_and_scaled_as_x_is():
    x = np.array([1e6, 1.0, 1e-6, 0.0])
    d = direction(x)
    assert (d != 0).all() and abs(d[0]) > 1e5 and abs(d[1]) <= 1 and abs(d[2]) <= 1e-6
    np.testing.assert_array_equal(d, direction(x))
    ones = direction(np.ones(200))
    assert len(set(np.abs(ones).round(12))) == 200


def test_the_usual_case_costs_one_run():
    runs = []
    x = np.array([1.0, 2.0])
    f = lambda x: runs.append(0) or np.sum(x**2)
    good = lambda d: 2 * x @ d
    found = preflight(f, x, good, "f", forward=good, middle=5.0)
    assert found.verdict == "PASS" and len(runs) == 1
    assert str(found).startswith("derivative along one direction: forward mode ") and str(found).endswith(": PASS")


def test_a_central_difference_and_its_error():
    x, d = np.array([0.7]), np.array([1.0])
    difference, error = central(lambda x: np.sin(x), x, d, 1e-3)
    assert abs(difference[0] - np.cos(0.7)) <= error[0] < 1e-5
    difference, error = central(lambda x: np.abs(x - 0.7), x, d, 1e-3)
    assert error[0] >= 1.0  # any slope from -1 to 1
    for k in np.linspace(-2.9, 2.9, 30):  # a kink anywhere within reach; left or right of it the slope is 0 or 1
        kinked = lambda x: np.maximum(x - 0.7 - k * 1e-3, 0.0)
        difference, error = central(kinked, x, d, 1e-3)
        assert abs(difference[0] - (0.0 if k > 0 else 1.0)) <= error[0] + 1e-9


def test_verdicts_by_the_numbers():
    one = np.ones(1)
    assert judged(one, one, one, 1e-6 * one) == "PASS"
    assert judged(one, one, one + 1e-2, 1e-6 * one) == "FAIL"
    assert judged(one, one, one + 1e-2, 1e-2 * one) == "PASS"
    assert judged(one, one, one + 1e-2, 5e-2 * one) == "INCONCLUSIVE"
    assert judged(one, one + 1e-2, one + 5e-3, 1e-2 * one) == "INCONCLUSIVE"
    assert judged(one, np.array([np.nan]), one, one) == "INCONCLUSIVE"


def test_columns_that_differ_are_named():
    f = lambda x: np.stack([x[0] * x[1], x[1] ** 2])
    x = np.array([2.0, 3.0])
    J = np.array([[3.0, 2.0], [0.0, 6.0]])
    compare_columns(f, x, J, J, ["a", "b"], "the Jacobian of jac")
    bad = J.copy()
    bad[1, 1] = -6.0
    message = "the Jacobian of jac is wrong at the start in b, row 1: it says -6, the exact derivative is 6, and"
    with pytest.raises(WrongDerivativeError, match=message):
        compare_columns(f, x, bad, J, ["a", "b"], "the Jacobian of jac")
    compare_columns(f, x, J, bad, ["a", "b"], "the Jacobian of jac")  # differences side with what was given


def test_without_checks_nothing_is_refused():
    cube = dr.custom.elementwise(lambda x: x**3, lambda y, x: 2 * x**2)
    result = dr.minimize(lambda x: np.sum((cube(x) - 1) ** 2), np.array([0.5, 2.0]), check=False)
    assert result.preflight is None
    checked = dr.minimize(lambda x: np.sum(x**4), np.array([0.5, 2.0]))
    assert checked.preflight.verdict == "PASS"
