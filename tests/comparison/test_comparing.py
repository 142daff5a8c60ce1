"""The modes side by side: counts by hand, times made up, disagreement shouted."""

import json
import re
from types import SimpleNamespace

import numpy as np
import pytest

import dualrev as dr
from dualrev.comparison import comparing, methods
from dualrev.comparison.comparing import compare
from dualrev.timing import Timing

T = np.linspace(0.0, 4.0, 200)
P = np.array([1.0, 0.5, 0.3])


def signal(p):
    return p[0] * np.exp(-p[1] * T) + p[2]


def counted(f, *x):
    return compare(f, *x, measured=False)


@pytest.fixture
def clock(monkeypatch):
    """Times made up: seconds by method, and for reverse mode by number of cotangents (`shared` + `each` m)."""
    said = {"forward": 10.0, "reverse": 50.0, "differences": 20.0, "complex_step": 15.0, "mixed": 5.0}
    said |= {"shared": 2.0, "each": 0.5, "spread": 0.0}

    def timed(calls, seconds):
        best = {key: said["shared"] + said["each"] * key if isinstance(key, int) else said[key] for key in calls}
        return {key: Timing.of([t, t + said["spread"], t + 2 * said["spread"]]) for key, t in best.items()}

    monkeypatch.setattr(methods, "timed", timed)
    monkeypatch.setattr(methods, "perf_counter", lambda: 0.0)
    return said


# ---- counts ----------------------------------------------------------------------------------------------------------

VALUE = 1 + 200 + 200 + 200 + 200  # -p1, times t, exp, p0 times, plus p2
PUSH = 3 * (1 + 200 + 200 + 3 * 200 + 200)  # three tangents: the product rule has two products and a sum
PULL = 199 + (200 + 200 + 199) + 200 + (200 + 199) + 1 + 3  # a sum for each scalar that was spread; p is gathered


def test_flops_and_sweeps_are_those_counted_by_hand():
    found = counted(signal, P)
    assert (found.forward.directions, found.forward.flops) == (3, VALUE + PUSH)
    assert (found.reverse.directions, found.reverse.flops) == (200, VALUE + 200 * PULL)
    assert (found.differences.directions, found.differences.flops) == (6, 6 * VALUE + 2 * 3 * 200)
    assert (found.complex_step.directions, found.complex_step.flops) == (3, 3 * VALUE + 3 * 200)
    assert found.mixed is None


def test_bytes_are_those_counted_by_hand():
    """p, p[0] and two arrays of 200 are alive at a time; the tape holds p, four numbers and four arrays."""
    found, alive, tape = counted(signal, P), 24 + 8 + 2 * 1600, 24 + 4 * 8 + 4 * 1600
    assert found.forward.bytes == (1 + 3) * alive
    assert found.reverse.bytes == tape + 200 * (24 + 8 + 2 * 1600)
    assert found.differences.bytes == alive + 1600
    assert found.complex_step.bytes == 2 * alive


def test_directions_in_several_sweeps_are_counted_in_each(monkeypatch):
    monkeypatch.setattr("dualrev.modes.CHUNK_BYTES", 8 * 200 * 2)
    found = counted(signal, P)
    assert found.forward.flops == 2 * VALUE + PUSH  # two tangents, then one: f is run twice
    assert found.forward.bytes == (1 + 2) * (24 + 8 + 2 * 1600)
    assert found.reverse.flops == VALUE + 200 * PULL  # its tape is recorded once


def test_without_measuring_nothing_is_timed(monkeypatch):
    monkeypatch.setattr(methods, "timed", lambda *_: pytest.fail("timed"))
    found = counted(signal, P)
    assert found.forward.seconds is None and found.forward.timing is None
    assert "measured" not in str(found)


def test_the_counted_break_even_solves_the_equation():
    found = counted(signal, P)
    assert found.break_even == pytest.approx(PUSH / PULL)
    assert "winner of the two modes by counted flops: forward, 64x.  Break-even for this f: m = 3 counted" in str(found)
    assert found.ratio == (VALUE + 200 * PULL) / (VALUE + PUSH)


def test_a_waist_makes_mixed_mode_a_method():
    A, B = np.random.default_rng(0).normal(size=(2, 60)), np.random.default_rng(1).normal(size=(80, 2))
    found = counted(lambda x: np.sin(B @ (A @ np.cos(x))), np.linspace(0.0, 1.0, 60))
    assert (found.winner, found.mixed.directions, found.mixed.sweeps) == ("mixed", 4, 2)
    value = 60 + 2 * 2 * 60 + 2 * 80 * 2 + 80
    back = 60 * 2 + 2 * (2 * 2 * 60 + 60)  # -sin once, then for either cotangent A^T and the product
    on = 80 + 2 * (2 * 80 * 2 + 80)
    assert found.mixed.flops == value + back + on + 2 * 2 * 60 * 80
    assert found.agreement.forward_mixed < 1e-13
    assert "2 + 2" in str(found)


# ---- times -----------------------------------------------------------------------------------------------------------


def test_the_measured_break_even_solves_the_equation(clock):
    found = compare(signal, P)
    assert found.measured_break_even == pytest.approx((10.0 - 2.0) / 0.5)
    assert found.break_even == pytest.approx(PUSH / PULL)  # counted, whatever the clock says
    said = "winner of the two modes: forward, 5.0x.  Break-even for this f: m = 3 counted, 16 measured"
    assert said in str(found)
    assert (found.forward.seconds, found.reverse.seconds, found.differences.seconds) == (10.0, 50.0, 20.0)
    assert found.ranking() == ["forward", "reverse"]  # the others are judges


def test_the_line_is_measured_where_the_break_even_is(clock, monkeypatch):
    """Counted, it would be at m = 3; measured it is at 800, and reverse mode was run with about so many."""
    seen, timed = [], methods.timed
    monkeypatch.setattr(methods, "timed", lambda calls, s: seen.append(list(calls)) or timed(calls, s))
    clock["each"] = 0.01
    assert compare(signal, P).measured_break_even == pytest.approx(800.0)
    assert max(seen[1]) <= 6 and 200 <= max(seen[-1]) <= 2000


def test_a_measured_break_even_is_said_only_where_it_is_narrow(clock):
    """forward 10 to 10 + 2 s, reverse 2 + m / 2 to that + 2 s: between m = 12 and m = 20 at the quartiles."""
    clock["spread"] = 1.0
    found = compare(signal, P)
    low, high = found.interval
    assert low < 16 < high < 2 * low and f"{low:.0f} to {high:.0f} measured" in str(found)
    clock["spread"] = 4.0
    found = compare(signal, P)
    assert found.measured_break_even is None and "m = 3 counted\n" in str(found)


@pytest.mark.parametrize("said", [{"shared": 11.0}, {"shared": 11.0, "reverse": 9.5}, {"each": 0.0}])
def test_a_clock_that_knows_no_break_even_is_not_asked(clock, said):
    clock |= said
    found = compare(signal, P)
    assert found.measured_break_even is None and "Break-even for this f: m = 3 counted\n" in str(found)


def test_counted_forward_may_win_whatever_m():
    found = counted(lambda x: np.sum(np.tile(x, 300) * np.arange(300.0)), 1.0)
    assert found.break_even is None
    assert "No break-even by counted flops: forward costs less than a single cotangent, whatever m" in str(found)


def test_why_counted_and_measured_differ_is_said_in_a_sentence(clock):
    """seconds = overhead + each * flops: 10 s and 50 s for 4,404 and 281,001 flops leave 9.36 s to the overhead."""
    found = compare(signal, P)
    overhead = 10.0 - 40.0 / (281_001 - 4_404) * 4_404
    assert overhead == pytest.approx(9.363, abs=1e-3)
    assert found.notes()[-1] == (
        "counted forward 64x, measured forward 5.0x: about 9.36 s of either is the overhead of Python for 8 operations"
    )
    clock["reverse"] = 8.0
    assert "measured reverse 1.2x: flops leave out the overhead" in str(compare(signal, P))
    clock["reverse"] = 600.0
    assert compare(signal, P).difference_text() is None  # 60x and 64x
    assert counted(signal, P).difference_text() is None


def test_overlapping_quartiles_are_too_close_to_call(clock):
    clock |= {"reverse": 11.0, "spread": 2.0}
    found = compare(signal, P)
    assert found.too_close and found.winner == "forward"
    assert "winner of the two modes: too close to call (forward ahead, 1.1x)" in str(found)
    clock["spread"] = 0.1
    assert not compare(signal, P).too_close


def test_the_mode_that_auto_takes_is_said_where_it_is_another(clock):
    clock |= {"forward": 60.0}
    assert 'jacobian(mode="auto") takes another: n=3 inputs, m=200 outputs: forward' in str(compare(signal, P))
    clock |= {"forward": 10.0}
    assert "takes another" not in str(compare(signal, P))


def test_what_takes_longer_than_all_the_time_is_not_run_again():
    calls = {"differences": 0, "forward": 0}

    ways = {name: lambda name=name: calls.update({name: calls[name] + 1}) for name in calls}
    found = methods.measure(SimpleNamespace(ways=ways), {"differences": 3.0, "forward": 4.0}, 1.0)
    assert calls == {"differences": 0, "forward": 1}  # a mode once more: its first run chose the sweeps
    assert (found["differences"].best, found["differences"].runs, found["forward"].runs) == (3.0, 1, 2)


def test_reverse_mode_with_another_number_of_outputs_pulls_so_many_cotangents(monkeypatch):
    pulled, pull = [], methods.Recording.pull
    monkeypatch.setattr(
        methods.Recording,
        "pull",
        lambda self, cts, lead, *a, **k: pulled.append(lead) or pull(self, cts, lead, *a, **k),
    )
    methods.Methods(lambda x, y: {"a": x["w"] * y, "b": y}, ({"w": np.ones(3)}, 2.0)).reverse_with(7)
    assert pulled == [(7,)]


def test_really_measured_times_are_positive_and_shown():
    found = compare(lambda x: np.sin(x) * x, np.ones(3), seconds=0.3)
    costs = found.methods()
    assert list(costs) == ["forward", "reverse", "differences", "complex_step"]
    assert all(cost.seconds > 0 and cost.timing.runs >= 3 for cost in costs.values())
    assert re.search(r"\nmeasured +[\d.]+ \+- [\d.]+ (us|ms) ", str(found))


# ---- agreement -------------------------------------------------------------------------------------------------------


def test_good_methods_agree():
    found = counted(signal, P)
    assert found.agreement.forward_reverse < 1e-15
    assert found.agreement.forward_differences < 1e-8
    assert found.agreement.forward_complex < 1e-15
    assert found.verdict == ()


def test_trees_of_arguments_and_results_are_one_matrix():
    """Blocks in the right places: methods agree on a function whose Jacobian has 20 different entries."""

    def f(x, s):
        return {"a": x["w"] * s + x["b"] ** 3, "b": [np.sum(x["w"] * np.array([1.0, 2.0, 3.0])) * x["b"]]}

    found = counted(f, {"w": np.array([2.0, 3.0, 5.0]), "b": 7.0}, 11.0)
    assert (found.inputs, found.outputs) == (5, 4)
    assert found.agreement.forward_reverse == 0.0
    assert found.agreement.forward_complex < 1e-12 and found.agreement.forward_differences < 1e-7
    assert found.verdict == ()


def test_a_rule_that_is_wrong_in_one_mode_is_shouted():
    tripled = dr.custom.linear(lambda x: x * 3.0)(lambda y, x, /: (lambda dx: 3.0 * dx, lambda ct: 2.0 * ct))
    found = counted(tripled, np.ones(3))
    assert found.agreement.forward_reverse == 1.0
    assert found.verdict[0].startswith("THE MODES DISAGREE: forward and reverse are 1.0e+00 apart")
    assert found.verdict[0] in str(found) and "own ops are counted" in str(found)


def test_a_rule_that_is_wrong_in_both_modes_is_shouted():
    wrong = dr.custom.elementwise(lambda x: np.sin(x), lambda y, x: -np.cos(x))
    found = counted(wrong, np.zeros(2))
    assert found.agreement.forward_reverse == 0.0
    assert found.agreement.forward_differences == pytest.approx(2.0)
    assert found.agreement.forward_complex == 2.0  # the complex step is right, and is not called impossible
    assert [v.split(":")[0] for v in found.verdict] == [
        "CENTRAL DIFFERENCES DISAGREE",
        "THE COMPLEX STEP DISAGREES too",
    ]


def test_a_kink_is_no_wrong_rule_but_is_said():
    found = counted(lambda x: np.maximum(x, 0.0) * np.array([1.0]), np.zeros(1))
    assert found.agreement.forward_differences < 1e-9  # 1/2 by both
    found = counted(lambda x: np.sqrt(np.abs(x)) * x, np.full(1, 1e-12))
    assert "has a kink here" in found.verdict[0]


def test_a_step_out_of_the_domain_is_said():
    found = counted(np.log, np.array([1e-9, 1.0]))
    assert np.isnan(found.agreement.forward_differences)
    assert found.verdict == ("Central differences are not finite here: a step leaves the domain of f",)
    assert "|forward - differences| = not finite" in str(found)


def test_single_precision_is_judged_by_its_own_measure():
    found = counted(lambda x: np.exp(x) * x, np.float32([1.0, 2.0]))
    assert found.verdict == () and found.complex_step


# ---- the complex step ------------------------------------------------------------------------------------------------


def python_branch(x):
    return x * x if x > 0 else x


@pytest.mark.parametrize(
    ("f", "x", "reason"),
    [
        (lambda x: np.abs(x) * x, np.array([-2.0]), "f is not analytic (np.absolute): its result would be 2.0e+00 off"),
        (
            lambda x: np.linalg.norm(x),
            np.array([3.0, 4.0]),
            "f is not analytic (norm): its result would be 8.0e-01 off",
        ),
        (python_branch, 2.0, "f fails on complex numbers: TypeError: '>' not supported"),
    ],
)
def test_where_f_is_not_analytic_there_is_no_number(f, x, reason):
    found = counted(f, x)
    assert found.complex_step is None and found.agreement.forward_complex is None
    assert found.reasons["complex_step"].startswith(reason)
    assert f"\ncomplex step: not possible, {reason}" in str(found)
    assert all(line.endswith("  -") for line in str(found).splitlines()[1:4])
    assert found.verdict == ()


def test_an_imaginary_part_that_is_dropped_is_no_derivative():
    def cast(x):
        return x * 2.0 if isinstance(x, (dr.Dual, dr.Node)) else np.asarray(x).astype(float) * 2.0

    assert "ComplexWarning" in counted(cast, np.ones(2)).reasons["complex_step"]


def test_a_maximum_off_its_tie_is_analytic():
    assert counted(lambda x: np.maximum(x, 1.0), np.array([0.5, 2.0])).complex_step is not None


# ---- input -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((np.sin,), r"compare\(f\) has no point: write compare\(f, x\)"),
        ((np.sin, np.array([1, 2])), "argument 0 of sin is an array of integers"),
        ((lambda x: x * 1j, 1.0), "complex output: stack its real and imaginary parts"),
        ((lambda x: None, 1.0), "is a return missing"),
        ((np.sin, np.zeros(0)), "0 rows and 0 columns: there is nothing to compare"),
    ],
)
def test_bad_input_is_refused_as_by_jacobian(args, message):
    with pytest.raises(dr.InputError, match=message):
        compare(*args, measured=False)


def test_inside_another_transformation_there_is_nothing_to_measure():
    with pytest.raises(dr.InputError, match="call it outside"):
        dr.grad(lambda x: compare(np.sin, x, measured=False) and x)(1.0)


# ---- views -----------------------------------------------------------------------------------------------------------


def test_the_table_reads_as_it_should(clock):
    assert str(compare(signal, P)).splitlines() == [
        "signal: R^3 -> R^200          forward       reverse   central differences   complex step",
        "directions / cotangents             3           200               6 calls        3 calls",
        "sweeps that carry them              1             1                     -              -",
        "counted flops                   4,404       281,001                 6,006          3,003",
        "peak stored bytes               13 kB        653 kB                4.8 kB         6.5 kB",
        "measured                  10.0 +- 0 s   50.0 +- 0 s           20.0 +- 0 s    15.0 +- 0 s",
        str(compare(signal, P)).splitlines()[6],
        "winner of the two modes: forward, 5.0x.  Break-even for this f: m = 3 counted, 16 measured",
        compare(signal, P).difference_text(),
    ]


def test_html_is_a_table_with_names_escaped():
    def f(x):
        return x

    f.__name__ = "<script>"
    page = counted(f, 1.0)._repr_html_()
    assert "&lt;script&gt;: R^1 -&gt; R^1" in page and "<script>" not in page
    assert page.count("<tr>") == 5


def test_latex_is_a_tabular():
    lines = counted(signal, P).to_latex().splitlines()
    assert lines[0] == r"\begin{tabular}{lrrrr}" and lines[-1] == r"\end{tabular}"
    assert lines[1] == r"signal: $R^{3} \to R^{200}$ & forward & reverse & central differences & complex step \\ \hline"
    assert lines[4] == r"counted flops & 4,404 & 281,001 & 6,006 & 3,003 \\"


def test_the_dict_is_ready_for_json(clock):
    found = json.loads(json.dumps(compare(signal, P).to_dict()))
    assert found["forward"]["flops"] == 4404 and found["forward"]["seconds"] == 10.0
    assert (found["winner"], found["mixed"], found["measured_break_even"]) == ("forward", None, pytest.approx(16.0))
    assert found["choice"].startswith("n=3 inputs, m=200 outputs: forward")


@pytest.mark.parametrize("measured", [True, False])
def test_bars_are_as_long_as_the_ratios(clock, measured):
    (ax,) = compare(signal, P, measured=measured).plot().axes
    flops = [4404, 281001, 6006, 3003]
    want = ([1.0, 5.0, 2.0, 1.5] if measured else []) + [n / 3003 for n in flops]
    assert [bar.get_x() + bar.get_width() for bar in ax.patches] == pytest.approx(want)
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        *("forward", "reverse", "central differences", "complex step"),
    ]
    assert ax.get_xlabel().startswith("time (solid)") == measured


def test_bars_go_where_they_are_told():
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    assert counted(signal, P).plot(ax) is ax


def test_a_break_even_has_two_digits():
    assert [comparing.two_digits(m) for m in (1.2, 9.6, 33.3, 449.0, 2190.0)] == ["1", "10", "33", "450", "2,200"]
