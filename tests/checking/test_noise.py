"""The noise of a function, against noise that was put in."""

import numpy as np
import pytest

from dualrev.checking.noise import last_digit, noise_of, printed, roughness, typical_roughness
from tests.checking.correct_zoo import hashed

EPS = 2.0**-52


def measured(phi):
    return float(noise_of(lambda t: np.array([phi(t)]), np.array([phi(0.0)]), EPS)[0])


@pytest.mark.parametrize("size", [1e-13, 1e-10, 1e-6, 1e-2])
@pytest.mark.parametrize("shape", ["normal", "uniform", "of the bits"])
def test_noise_is_found_within_a_factor(size, shape):
    rng = np.random.default_rng(1)
    draw = {
        "normal": lambda t: rng.standard_normal(),
        "uniform": lambda t: rng.uniform(-(3**0.5), 3**0.5),
        "of the bits": lambda t: 3**0.5 * hashed(np.array([t])),
    }[shape]
    found = [measured(lambda t: np.exp(t) + size * draw(t)) for _ in range(10)]
    assert np.all(np.array(found) > 0.5 * size) and np.median(found) < 20 * size


@pytest.mark.parametrize(
    "phi",
    [np.exp, lambda t: 1e6 + t, lambda t: np.sin(1e4 * t + 1), lambda t: 5.0],
    ids=["exp", "offset", "wave", "constant"],
)
def test_a_smooth_function_has_rounding_only(phi):
    assert measured(phi) <= 40 * EPS * abs(phi(0.0))


@pytest.mark.parametrize("away", [0.0, 1e-9, 1e-7, 1e-6, 1e-3])
def test_a_kink_is_no_noise(away):
    assert measured(lambda t: 1 + abs(t - away)) <= 40 * EPS


def test_a_step_is_no_noise():
    assert measured(lambda t: 1.0 + (t > 1e-7)) <= 80 * EPS


def test_a_fast_wave_is_no_noise():
    assert measured(lambda t: 2 + np.sin(3e9 * t)) <= 1e-3


def test_noise_does_not_hide_in_a_staircase():
    """1 - cos(x), small: its values are whole numbers of rounding errors of 1."""
    found = [measured(lambda t, k=k: (1 - np.cos(1e-3 * k * (1 + t))) / (1e-3 * k) ** 2) for k in range(1, 30)]
    assert np.mean(np.array(found) > 1e-14) > 0.6


def test_the_noise_of_each_output_is_its_own():
    rng = np.random.default_rng(2)
    found = noise_of(
        lambda t: np.array([t + 1, 1 + 1e-6 * rng.standard_normal(), np.nan]), np.array([1, 1, np.nan]), EPS
    )
    assert found[0] < 1e-14 and 5e-7 < found[1] < 2e-5


def test_numbers_of_few_digits_are_known_to_half_a_unit():
    assert measured(lambda t: round(1.23456789 + t, 6)) >= 5e-7
    assert last_digit(0.25) == (2, -2) and last_digit(-3e7) == (1, 7)
    assert printed(np.array([[0.125, 1.5], [0.25, 2.5]])).tolist() == [0, 0]


def test_a_constant_of_many_digits_is_no_printed_number():
    assert measured(lambda t: 1.345) <= 2 * EPS * 1.345
    assert measured(lambda t: max(1.345, 1.34 + t)) <= 2 * EPS * 1.345
    assert measured(lambda t: round(1.345 + t, 5)) >= 5e-6


def test_roughness_is_a_standard_deviation():
    rng = np.random.default_rng(3)
    values = 0.3 * rng.standard_normal((4000, 2)) + np.linspace(0, 1, 4000)[:, None] ** 2
    assert roughness(values) == pytest.approx(0.3, rel=0.1)
    assert typical_roughness(values) == pytest.approx(0.3, rel=0.1)
