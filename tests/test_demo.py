"""The demo: honest numbers as data, then as text, then as a figure."""

import dataclasses

import numpy as np
import pytest

from dualrev import demo, jacobian
from dualrev.comparison.crossing import Crossover
from dualrev.datasets import load_norris
from dualrev.timing import peak_memory


@pytest.fixture(scope="module")
def shown(measured_demo):
    return measured_demo


@pytest.fixture(scope="module")
def text(shown):
    return str(shown)


def test_three_ways_agree_with_nist_to_twelve_digits(shown):
    assert [f.way for f in shown.fits] == [
        "minimize, reverse-mode gradient",
        "minimize, forward-mode gradient",
        "least_squares, exact Jacobian",
    ]
    for fitted in shown.fits:
        assert fitted.success, fitted.message
        assert demo.digits_agreed(fitted.parameters, shown.data.parameters) > 12
        assert 3 <= fitted.evaluations <= 15


def test_both_modes_take_the_same_path(shown):
    reverse, forward, _ = shown.fits
    assert reverse.evaluations == forward.evaluations
    np.testing.assert_allclose(reverse.parameters, forward.parameters, rtol=1e-12)


@pytest.mark.parametrize(
    ("parameters", "digits"),
    [
        ([2.0, -3.0], 15),  # all that are printed
        ([2.0 * (1 + 2e-16), -3.0], 15),  # differs after the last printed one
        ([2.0 * (1 + 1e-6), -3.0], 6),
        ([2.0, -3.0 * (1 - 1e-3)], 3),  # the worst one counts
        ([2.0, 3.0], -0.30103),
    ],
)
def test_digits_agreed(parameters, digits):
    assert demo.digits_agreed(np.array(parameters), np.array([2.0, -3.0])) == pytest.approx(digits, abs=1e-5)


def test_tall_is_carried_forward_and_wide_in_reverse(shown):
    tall, wide = shown.comparisons
    assert (tall.choice.mode, tall.forward.directions, tall.reverse.directions) == ("forward", 4, 2000)
    assert (wide.choice.mode, wide.forward.directions, wide.reverse.directions) == ("reverse", 2000, 4)
    for comparison in shown.comparisons:
        assert comparison.choice.sweeps == 1
        assert comparison.agreement.forward_reverse < 1e-13
        assert comparison.verdict == ()


def test_the_mode_that_is_chosen_holds_far_less_memory(shown):
    tall, wide = shown.comparisons
    assert 50 * tall.forward.bytes < tall.reverse.bytes
    assert 50 * wide.reverse.bytes < wide.forward.bytes
    assert tall.reverse.bytes > 8 * 2000 * 2000  # one cotangent of every output with 2000 directions


def test_the_counted_memory_is_what_is_held(shown):
    """The same by another way: tracemalloc, which sees the Jacobian too, and what NumPy holds within an operation."""
    for comparison, (f, x) in zip(shown.comparisons, (demo.tall(), demo.wide()), strict=True):
        held = peak_memory(lambda f=f, x=x: jacobian(f, mode="forward")(x))
        assert 0.5 * comparison.forward.bytes < held < 2 * comparison.forward.bytes + 2 * 8 * 4 * 2000 + 50_000


def test_crossover_counts_inputs_in_powers_of_two(shown):
    assert shown.crossover.n.tolist() == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
    assert shown.crossover.m.tolist() == [32]
    assert shown.crossover.forward_seconds.shape == shown.crossover.reverse_seconds.shape == (11, 1)


def test_the_wave_hardly_costs_more_with_more_inputs(shown):
    """So what the crossover shows is the number of directions: forward mode pushes n of them, reverse mode pulls 32."""
    forward, reverse = shown.crossover.forward_flops[:, 0], shown.crossover.reverse_flops[:, 0]
    assert forward[-1] / forward[-2] == pytest.approx(2.0, rel=0.05)
    assert reverse[-1] / reverse[0] == pytest.approx(1.0, rel=0.05)


# ---- the text --------------------------------------------------------------------------------------------------------


def test_the_table_is_aligned_under_nists_numbers(text):
    rows = [line for line in text.splitlines() if line[3:].startswith(("certified", "minimize,", "least_squares,"))]
    assert len(rows) == 4
    assert {row.index("-0.2623230737") for row in rows} == {36}
    assert {row.index("1.0021168180204") for row in rows} == {56}
    assert "-0.262323073774029  1.00211681802045" in rows[0]


def test_the_text_gives_the_reasons_of_the_mode_choice(text):
    assert "why: n=4 inputs, m=2000 outputs: forward, 4 directions in 1 sweep; reverse would carry 2000" in text
    assert "why: n=2000 inputs, m=4 outputs: reverse, 4 cotangents in 1 sweep; forward would carry 2000" in text
    assert text.count("   winner of the two modes: ") == 2


def test_lines_fit_a_terminal(text):
    assert max(map(len, text.splitlines())) <= 120


def test_a_fit_that_scipy_did_not_finish_is_said_so(shown):
    lost = dataclasses.replace(shown.fits[0], success=False, message="Desired error not achieved: precision loss.")
    told = demo.fits_text(shown.data, [lost])
    assert told.endswith("SciPy on minimize, reverse-mode gradient: Desired error not achieved: precision loss.")
    assert "SciPy on" not in demo.fits_text(shown.data, shown.fits)


def test_agreement_in_every_printed_digit_is_called_all(shown):
    exact = dataclasses.replace(shown.fits[0], parameters=load_norris().parameters)
    assert "1.00211681802045     all" in demo.fit_row(exact, shown.data.parameters)


@pytest.mark.parametrize(
    ("reverse", "said"),
    [([3.0, 3.0, 3.0], "reverse was faster from n=4 on"), ([9.0, 9.0, 9.0], "forward was faster throughout")],
)
def test_the_crossover_is_the_measured_one(reverse, said):
    n, column = np.array([1, 2, 4]), np.array([[1.0], [2.0], [4.0]])
    measured = Crossover(
        *("wave", n, np.array([2]), column, np.array(reverse)[:, None], column > 9, column, column),
        *[np.zeros(0)] * 5,
    )
    assert said in demo.crossover_text(measured)


# ---- the figure ------------------------------------------------------------------------------------------------------


def test_the_figure_shows_what_was_measured(shown):
    above, cost, below = demo.draw(shown).axes
    np.testing.assert_array_equal(above.lines[1].get_ydata(), shown.data.y)
    b0, b1 = shown.fits[0].parameters
    np.testing.assert_array_equal(below.lines[1].get_ydata(), b0 + b1 * shown.data.x - shown.data.y)
    forward, reverse, equal = cost.lines
    np.testing.assert_array_equal(forward.get_ydata(), shown.crossover.forward_seconds[:, 0] * 1e3)
    np.testing.assert_array_equal(reverse.get_ydata(), shown.crossover.reverse_seconds[:, 0] * 1e3)
    assert equal.get_xdata() == [32, 32]
    assert cost.get_xscale() == cost.get_yscale() == "log"


def test_the_figure_names_axes_and_lines(shown):
    above, cost, below = demo.draw(shown).axes
    assert (above.get_ylabel(), below.get_xlabel(), below.get_ylabel()) == ("y", "x", "fit - y")
    assert (cost.get_xlabel(), cost.get_ylabel()) == ("inputs n", "milliseconds")
    assert {"forward", "reverse", "n = m", "auto: forward", "auto: reverse"} <= {
        label.get_text() for label in cost.texts
    }


def test_draw_uses_the_figure_it_is_given(shown):
    from matplotlib.figure import Figure

    mine = Figure()
    assert demo.draw(shown, mine) is mine
