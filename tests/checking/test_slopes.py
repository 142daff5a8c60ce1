"""Differences on a ladder of steps, against slopes that are known."""

import numpy as np
import pytest

from dualrev.checking.slopes import extrapolated, slope

EPS = 2.0**-52


def at(phi, claimed=None, noise=0.0, **options):
    """The slope of a scalar function at 0, with no noise but rounding."""
    middle = np.array([phi(0.0)])
    claims = None if claimed is None else np.array([claimed])
    return slope(lambda t: np.array([phi(t)]), middle, np.maximum(noise, EPS * np.abs(middle)), EPS, claims, **options)


SMOOTH = {
    "exp": (np.exp, 1.0),
    "tan": (np.tan, 1.0),
    "exp, times 1e200": (lambda t: 1e200 * np.exp(t), 1e200),
    "exp, times 1e-200": (lambda t: 1e-200 * np.exp(t), 1e-200),
    "a wave of 1e3": (lambda t: np.sin(1e3 * t + 1), 1e3 * np.cos(1)),
    "stiff": (lambda t: np.exp(200 * t), 200.0),
    "an offset of 1e6": (lambda t: 1e6 + np.exp(t), 1.0),
    "a line": (lambda t: 3 * t - 1, 3.0),
    "a power of 9": (lambda t: (1 + t) ** 9, 9.0),
    "a pole at 1e-3": (lambda t: 1 / (1e-3 + t), -1e6),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_the_error_estimate_holds(name):
    phi, truth = SMOOTH[name]
    found = at(phi, truth)
    assert abs(found.value[0] - truth) <= 3 * found.error[0] + 1e-15 * abs(truth)
    assert found.error[0] <= (1e-4 if "offset" in name else 1e-7) * abs(truth)
    assert found.finite[0] and not found.one_sided[0] and found.jump[0] == 0


@pytest.mark.parametrize("name", SMOOTH)
def test_a_claim_does_not_move_the_reference(name):
    phi, truth = SMOOTH[name]
    for claimed in (None, 0.0, -truth, 2 * truth, np.nan, np.inf):
        found = at(phi, claimed)
        assert abs(found.value[0] - truth) <= 3 * found.error[0] + 1e-15 * abs(truth)


def test_the_slopes_on_both_sides_of_a_kink():
    found = at(lambda t: 2 * t + 3 * abs(t))
    assert np.isinf(found.error[0]) and found.jump[0] == pytest.approx(6)
    assert (found.left[0], found.right[0]) == pytest.approx((-1, 5))


@pytest.mark.parametrize("away", [1e-3, 1e-6, 1e-9, 1e-11])
def test_a_kink_further_away_than_the_smallest_steps_is_left_behind(away):
    found = at(lambda t: abs(t + away), 1.0)
    assert found.jump[0] == 0 and abs(found.value[0] - 1) <= 3 * found.error[0] < 0.01


@pytest.mark.parametrize(
    "phi",
    [lambda t: t * abs(t), lambda t: abs(t) ** 1.5, lambda t: t**2 * np.sign(t) + t],
    ids=["t |t|", "|t|^1.5", "t^2 sign t + t"],
)
def test_a_kink_in_a_higher_derivative_is_none(phi):
    found = at(phi, phi(1e-9) / 1e-9)
    assert found.jump[0] == 0 and found.error[0] < 1e-3


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_one_side_is_enough_at_the_edge_of_the_domain(side):
    found = at(lambda t: np.exp(t) if side * t >= 0 else np.nan, 1.0)
    assert found.one_sided[0] and found.finite[0]
    assert abs(found.value[0] - 1) <= 3 * found.error[0] < 1e-6


def test_an_infinite_slope_at_an_edge_has_no_estimate():
    found = at(np.sqrt)
    assert found.one_sided[0] and np.isinf(found.error[0])


def test_values_that_are_nowhere_finite():
    found = at(lambda t: 0.0 if t == 0 else np.nan)
    assert not found.finite[0] and np.isnan(found.value[0])


def test_noise_makes_the_error_larger_and_the_step_longer():
    rng = np.random.default_rng(0)
    for size in (1e-12, 1e-9, 1e-6):
        found = at(lambda t, s=size: np.exp(t) + s * rng.standard_normal(), 1.0, noise=4 * size)
        assert abs(found.value[0] - 1) <= 3 * found.error[0] <= 1e4 * size + 1e-7


def test_steps_grow_where_noise_is_all_there_is():
    found = at(lambda t: 1 + 1e-9 * t, 1e-9, noise=1e-12)
    assert abs(found.value[0] - 1e-9) <= 3 * found.error[0] <= 0.02e-9


def test_values_that_do_not_change_have_slope_0_for_sure():
    found = at(lambda t: 5.0, 0.0)
    assert found.value[0] == found.error[0] == 0


def test_values_that_are_rounded_on_the_way_are_silent_at_small_steps():
    found = at(lambda t: float(np.float32(1 + t)), 1.0)
    assert abs(found.value[0] - 1) <= 3 * found.error[0] + 1e-3


def test_a_thorough_look_finds_a_wave_that_large_steps_pass_over():
    phi = lambda t: t + 1e-5 * np.sin(1e5 * t)
    assert at(phi, 2.0, thorough=True).value[0] == pytest.approx(2, abs=1e-6)


def test_outputs_are_independent():
    phi = lambda t: np.array([np.exp(t), abs(t), np.nan if t > 0 else t])
    found = slope(phi, phi(0.0), np.full(3, EPS))
    assert found.value[0] == pytest.approx(1, abs=1e-8) and found.jump[1] == pytest.approx(2)
    assert found.one_sided.tolist() == [False, False, True] and found.value[2] == pytest.approx(1, abs=1e-6)


def test_few_evaluations_where_all_is_well():
    seen = []
    slope(lambda t: seen.append(t) or np.array([np.exp(t)]), np.ones(1), np.full(1, EPS), EPS, np.ones(1))
    assert len(seen) == 6 and seen == [s * 4.0**-k / 16 for k in range(3) for s in (1, -1)]


def test_extrapolation_is_exact_where_the_powers_are_those_named():
    t = 4.0 ** -np.arange(3.0)
    value, error = extrapolated([np.array([7 - 2 * s**2 + 5 * s**4]) for s in t], (2, 4))
    assert value[0] == pytest.approx(7, abs=1e-12) and error[0] < 0.1
    value, _ = extrapolated([np.array([7 - 2 * s + 5 * s**2 - s**3]) for s in 4.0 ** -np.arange(2.0, 6.0)], (1, 2, 3))
    assert value[0] == pytest.approx(7, abs=1e-12)
