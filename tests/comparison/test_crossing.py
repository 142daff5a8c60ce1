"""Crossovers: counts by hand, times made up, an interrupted run; the figure shows the data."""

import json

import numpy as np
import pytest

from dualrev.comparison import crossing, crossover_figure
from dualrev.comparison.crossing import Crossover, crossover, tanh_network
from dualrev.errors import InputError
from dualrev.timing import Timing

SIZES = 2 ** np.arange(7)


def forward_time(n, m):
    return 1e-3 * 3 * n


def reverse_time(n, m):
    return 1e-3 * m


@pytest.fixture
def clock(monkeypatch):
    """Forward mode takes 3 n ms and reverse mode m ms: they break even at m = 3 n."""
    sizes = []

    def product(n, m):
        sizes.append((n, m))
        A = np.ones((m, n))
        return lambda x: A @ x

    def timed(calls, seconds):
        n, m = sizes[-1]
        return {"forward": Timing.of([forward_time(n, m)] * 3), "reverse": Timing.of([reverse_time(n, m)] * 3)}

    monkeypatch.setattr(crossing, "timed", timed)
    return product


@pytest.fixture
def found(clock):
    return crossover(clock, SIZES, SIZES, progress=False)


def test_what_is_measured_is_kept_by_inputs_and_outputs(found):
    n, m = np.meshgrid(SIZES, SIZES, indexing="ij")
    np.testing.assert_allclose(found.forward_seconds, forward_time(n, m))
    np.testing.assert_allclose(found.reverse_seconds, reverse_time(n, m))
    np.testing.assert_array_equal(found.winners == "forward", m > 3 * n)
    np.testing.assert_array_equal(found.close, m == 3 * n)


def test_flops_are_those_counted_by_hand(found):
    """A @ x is 2 m n; so is either product with a tangent or a cotangent."""
    n, m = np.meshgrid(SIZES, SIZES, indexing="ij")
    np.testing.assert_array_equal(found.forward_flops, 2 * m * n * (1 + n))
    np.testing.assert_array_equal(found.reverse_flops, 2 * m * n * (1 + m))


def test_the_break_even_line_is_the_one_made_up(found):
    assert found.fit.coefficient == pytest.approx(3.0, rel=0.02)
    assert found.fit.exponent == pytest.approx(1.0, abs=0.01)
    assert (found.counted_fit.coefficient, found.counted_fit.exponent) == (pytest.approx(1.0), pytest.approx(1.0))
    assert "break-even: measured m = 3 n; counted flops m = n; textbook m = n" in str(found)


def test_a_winner_by_chance_moves_no_line(clock, monkeypatch):
    """One cell in the land of reverse mode goes to forward mode by a hair: too close to call, so it does not count."""
    cell = crossing.cell

    def by_chance(f, x, sizes, seconds):
        *flops, forward, reverse, close = cell(f, x, sizes, seconds)
        return (*flops, 0.99 * reverse, reverse, True) if sizes == (32, 1) else (*flops, forward, reverse, close)

    monkeypatch.setattr(crossing, "cell", by_chance)
    found = crossover(clock, SIZES, SIZES, progress=False)
    assert found.winners[5, 0] == "forward" and "= 1.0x" in str(found)
    assert found.fit.coefficient == pytest.approx(3.0, rel=0.02)


def test_the_table_has_a_cell_for_each_pair(found):
    lines = str(found).splitlines()
    assert lines[0] == "product: the faster mode, and how many times"
    assert lines[1].split() == ["n", "\\", "m", *map(str, SIZES)]
    assert lines[2].split() == "1 r 3.0x r 1.5x f 1.3x f 2.7x f 5.3x f 11x f 21x".split()
    assert len({len(line) for line in lines[1:9]}) == 1


def test_the_default_family_is_the_network_it_says():
    f, x = tanh_network(3, 2, depth=2)
    rng = np.random.default_rng(0)
    A, B, C = (rng.normal(size=s) / np.sqrt(s[1]) for s in ((128, 3), (128, 128), (2, 128)))
    np.testing.assert_allclose(f(x), C @ np.tanh(B @ np.tanh(A @ x)))
    np.testing.assert_array_equal(x, rng.uniform(-1.0, 1.0, 3))


def test_a_point_that_the_family_does_not_give_is_uniform():
    seen = []
    crossover(lambda n, m: lambda x: seen.append(x) or x[:1] * np.ones(m), (4,), (2,), seconds=0.0)
    plain = next(x for x in seen if isinstance(getattr(x, "primal", None), np.ndarray)).primal
    np.testing.assert_array_equal(plain, np.random.default_rng(0).uniform(-1.0, 1.0, 4))


def test_memory_of_reverse_mode_grows_with_depth():
    """A layer keeps two arrays of 128 numbers; forward mode has the input and two at a time, each with a tangent."""
    found = crossover(n=(4,), m=(4,), depth=(1, 2, 8), seconds=0.0, progress=False)
    np.testing.assert_array_equal(np.diff(found.reverse_bytes), np.array([1, 6]) * 2 * 128 * 8)
    np.testing.assert_array_equal(found.forward_bytes, [2 * (4 + 2 * 128) * 8] * 3)
    assert np.all(found.forward_peak > found.forward_bytes) and np.all(found.reverse_peak > found.reverse_bytes)
    assert found.reverse_peak[2] - found.reverse_peak[1] >= 6 * 2 * 128 * 8
    assert found.forward_peak[2] - found.forward_peak[1] < 2 * 128 * 8


def test_a_family_without_depth_has_no_memory(found):
    assert found.depth.size == found.forward_bytes.size == 0
    assert len(found.plot().axes) == 3  # two panels and the colour bar


def test_an_interrupted_run_keeps_what_it_has(clock, monkeypatch):
    cell, calls = crossing.cell, []

    def interrupted(*args):
        calls.append(args)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return cell(*args)

    monkeypatch.setattr(crossing, "cell", interrupted)
    found = crossover(clock, (1, 2), (1, 2, 4), progress=False)
    assert not found.complete and found.measured.tolist() == [[True] * 3, [False] * 3]
    assert found.winners[1].tolist() == ["", "", ""]
    assert str(found).endswith("interrupted: 3 of 6 cells measured")
    assert "interrupted" in found.plot().get_suptitle()
    assert json.loads(json.dumps(found.to_dict()))["forward_seconds"] == [[0.003] * 3, [None] * 3]


def test_progress_is_counted_by_cell(clock, capsys):
    crossover(clock, (1, 2), (1, 2, 4), progress=True)
    assert "crossover" in capsys.readouterr().err
    crossover(clock, (1,), (1,))
    assert capsys.readouterr().err == ""  # not a terminal


@pytest.mark.parametrize("sizes", [(), (0, 1), (2, 1), (1.5,), (1, 1), ((1, 2),)])
def test_sizes_are_positive_integers_rising(sizes):
    with pytest.raises(InputError, match=r"n=.*write positive integers, each larger than the one before"):
        crossover(n=sizes)


@pytest.mark.parametrize("family", [lambda n, m: (np.sin, np.ones(n + 1)), lambda n, m: 3.0])
def test_a_family_gives_functions_of_n_numbers(family):
    with pytest.raises(InputError, match=r"family\(2, 1\) is no function of 2 numbers: return f"):
        crossover(family, (2,), (1,))


def test_a_family_gives_m_outputs():
    with pytest.raises(InputError, match=r"family\(2, 5\) gave a function with 2 outputs, not 5"):
        crossover(lambda n, m: np.sin, (2,), (5,))


# ---- the figure ------------------------------------------------------------------------------------------------------


def test_the_figure_shows_the_data(found):
    winners, cost, _ = found.plot(m=8).axes
    mesh = winners.collections[0]
    np.testing.assert_allclose(mesh.get_array(), np.log10(found.forward_seconds / found.reverse_seconds).T)
    fitted, textbook = winners.lines
    np.testing.assert_allclose(fitted.get_ydata(), found.fit(fitted.get_xdata()))
    np.testing.assert_array_equal(textbook.get_xdata(), textbook.get_ydata())
    np.testing.assert_allclose(cost.lines[0].get_ydata(), found.forward_seconds[:, 3] * 1e3)
    np.testing.assert_allclose(cost.lines[1].get_ydata(), found.reverse_seconds[:, 3] * 1e3)
    assert cost.get_title() == "Time of a Jacobian with m = 8 outputs"
    assert {t.get_text() for t in winners.get_legend().get_texts()} >= {"textbook: $m = n$"}


def test_memory_is_drawn_against_depth():
    found = crossover(n=(4,), m=(4,), depth=(1, 2, 8), seconds=0.0, progress=False)
    memory = found.plot().axes[2]
    np.testing.assert_allclose(memory.lines[2].get_ydata(), found.reverse_peak / 1e3)
    np.testing.assert_allclose(memory.lines[3].get_ydata(), found.reverse_bytes / 1e3)


def test_an_m_outside_the_grid_is_refused(found):
    with pytest.raises(InputError, match=r"m=3 is not in the grid: write one of \[1, 2, 4"):
        found.plot(m=3)


def test_cells_end_halfway_in_the_logarithm():
    np.testing.assert_allclose(crossover_figure.edges(np.array([1, 4, 16])), [0.5, 2.0, 8.0, 32.0])
    np.testing.assert_allclose(crossover_figure.edges(np.array([2])), [np.sqrt(2.0), 2.0 * np.sqrt(2.0)])


def test_names_of_curves_that_end_together_are_moved_apart(found):
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    crossover_figure.named(ax, np.array([1, 2]), [np.array([1.0, 1.1]), np.array([3.0, 1.0])])
    assert [(t.get_text(), t.xyann[1]) for t in ax.texts] == [("forward", 5), ("reverse", -5)]


def test_nothing_measured_can_be_drawn():
    nothing = np.full((2, 2), np.nan)
    none = np.zeros(0)
    found = Crossover(
        *("f", np.array([1, 2]), np.array([1, 2]), nothing, nothing, np.zeros((2, 2), bool), nothing, nothing),
        *(none, none, none, none, none, False),
    )
    assert "- " in str(found) and found.fit is None
    assert len(found.plot().axes[1].lines) == 3


def test_saved_and_shown_as_png(found, tmp_path):
    found.save(tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert found._repr_png_().startswith(b"\x89PNG")


def test_times_near_each_other_still_have_a_number_on_their_axis():
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    ax.loglog([1, 2], [0.038, 0.046])
    crossover_figure.plain_decades(ax)
    low, high = ax.get_ylim()
    assert high / low == pytest.approx(12.0)
    assert sum(low <= 10.0**k <= high for k in range(-4, 2)) >= 1
