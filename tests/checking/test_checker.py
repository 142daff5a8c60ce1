"""dr.check and dr.audit as a whole: what must not change their verdict, what they may not do, what they cost."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.optimize import rosen, rosen_der

import dualrev as dr
from dualrev import kinds
from dualrev.checking import auditing, checker, functions, judging, slopes
from dualrev.checking.auditing import audit
from dualrev.checking.checker import check
from dualrev.errors import InputError
from tests.checking.correct_zoo import noisy

X = np.array([0.4, 1.1, -0.7])
BIG = np.linspace(0.1, 1.0, 1000)


def f(x):
    return np.sum(np.sin(x) * np.exp(0.5 * x))


def df(x):
    return (np.cos(x) + 0.5 * np.sin(x)) * np.exp(0.5 * x)


def smooth(x):
    return np.sum(np.sin(x) * x)


def smooth_slope(x):
    return np.cos(x) * x + np.sin(x)


class Watched:
    """A function that notes where it is called, and how often."""

    def __init__(self, function):
        self.function, self.points = function, []

    def __call__(self, x):
        self.points.append(np.array(dr.value(x)).real)
        return self.function(x)


# ---- the verdict belongs to the derivative, not to its units ---------------------------------------------------------

CLAIMS = {"right": 1.0, "off by 1e-6": 1 + 1e-6, "twice": 2.0, "sign": -1.0}


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("c", [1e-200, 1e-8, -1.0, 3.0, 1e8, 1e200])
def test_the_verdict_does_not_change_when_f_is_scaled(c, claim):
    found = audit(lambda x: c * f(x), lambda x: c * CLAIMS[claim] * df(x), X)
    assert found.verdict == ("PASS" if claim == "right" else "FAIL")


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("c", [-1e6, 1.0, 1e4])
def test_the_verdict_does_not_change_when_f_is_shifted(c, claim):
    found = audit(lambda x: c + f(x), lambda x: CLAIMS[claim] * df(x), X)
    assert found.verdict == ("PASS" if claim == "right" else "FAIL")


def test_what_rounding_has_lost_is_not_accused():
    assert audit(lambda x: 1e13 + f(x), lambda x: (1 + 1e-6) * df(x), X).verdict != "FAIL"
    assert audit(lambda x: 1e13 + f(x), df, X).verdict != "FAIL"


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("D", [1e-9, 1e9, np.array([1e-6, 1.0, 1e6])], ids=str)
def test_the_verdict_does_not_change_in_other_units_of_x(D, claim):
    found = audit(lambda x: f(x / D), lambda x: CLAIMS[claim] * df(x / D) / D, X * D)
    assert found.verdict == ("PASS" if claim == "right" else "FAIL")


# ---- where f is called -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [np.array([0.0, 1.0]), np.array([1e-12, 1 - 1e-12]), np.array([0.5, 0.3])], ids=str)
def test_bounds_are_never_left(x):
    watched = Watched(lambda x: np.sum(np.exp(x)))
    for seed in range(5):
        assert audit(watched, np.exp, x, bounds=(np.zeros(2), np.ones(2)), seed=seed).verdict == "PASS"
        assert check(watched, x, bounds=SimpleNamespace(lb=0.0, ub=1.0), seed=seed).verdict == "PASS"
    assert np.min(watched.points) >= 0 and np.max(watched.points) <= 1


def test_inputs_that_their_bounds_hold_fast_are_not_moved():
    watched = Watched(lambda x: np.sum(np.exp(x)))
    report = audit(watched, np.exp, np.array([0.3, 2.0]), bounds=([0.0, 2.0], [1.0, 2.0]))
    assert report.verdict == "PASS" and {x[1] for x in watched.points} == {2.0}
    assert audit(watched, np.exp, np.array([2.0]), bounds=(2.0, 2.0)).verdict == "INCONCLUSIVE"


@pytest.mark.parametrize("n", [2, 4, 8])
def test_a_gradient_of_0_at_the_minimum(n):
    assert {audit(rosen, rosen_der, np.ones(n), seed=seed).verdict for seed in range(10)} == {"PASS"}
    assert audit(rosen, lambda x: rosen_der(x) + 1e-6, np.ones(n)).verdict == "FAIL"


def test_a_function_that_raises_outside_its_domain_is_checked_inside():
    def inside(x):
        if dr.value(x).min() <= 1:
            raise ValueError("outside")
        return np.sum(np.log(x - 1))

    for seed in range(5):
        assert check(inside, np.array([1.01, 1.1, 3.0]), seed=seed).verdict == "PASS"
        assert audit(inside, lambda x: 1 / (x - 1), np.array([1.01, 1.1, 3.0]), seed=seed).verdict == "PASS"
        assert audit(inside, lambda x: 1 / x, np.array([1.01, 1.1, 3.0]), seed=seed).verdict == "FAIL"


def test_the_point_given_is_not_written_to():
    x = X.copy()
    audit(f, lambda x: 2 * df(x), x)
    check(f, x)
    assert np.array_equal(x, X)


# ---- cost ------------------------------------------------------------------------------------------------------------


def test_a_thousand_inputs_cost_at_most_40_evaluations():
    watched = Watched(smooth)
    report = check(watched, BIG)
    assert report.verdict == "PASS"
    assert len(watched.points) == report.evaluations <= 40


def test_the_evaluations_of_an_audit_are_counted():
    watched = Watched(smooth)
    report = audit(watched, smooth_slope, BIG)
    assert report.verdict == "PASS" and len(watched.points) == report.evaluations <= 40


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("n", [100, 1000, 4000])
def test_one_wrong_entry_is_found_by_bisection(n, seed):
    x = np.linspace(0.1, 1.0, n)
    bad = n // 3

    def wrong(x):
        return smooth_slope(x) * (1 + 0.01 * (np.arange(n) == bad))

    report, right = audit(smooth, wrong, x, seed=seed), audit(smooth, smooth_slope, x, seed=seed)
    assert [c.name for c in report.failures if "along" not in c.name] == [f"df/dx[{bad}]"]
    assert report.evaluations - right.evaluations <= 40 + 3 * np.log2(n)


def test_differences_with_too_small_a_step_are_wrong():
    """An error of a thousandth, from rounding that f itself has not."""

    def crude(x):
        return np.array([(f(x + e) - f(x - e)) / 2e-13 for e in 1e-13 * np.eye(3)])

    assert [audit(f, crude, X, seed=seed).verdict for seed in range(10)] == ["FAIL"] * 10


def test_several_wrong_entries_are_found():
    bad = [3, 77, 500, 713, 900]

    def wrong(x):
        y = smooth_slope(x)
        y[bad] *= 2
        return y

    report = audit(smooth, wrong, BIG)
    assert {c.name for c in report.failures if "along" not in c.name} == {f"df/dx[{j}]" for j in bad}


def test_an_input_that_is_wrongly_claimed_to_have_no_effect_is_found():
    def wrong(x):
        y = smooth_slope(x)
        y[713] = 0
        return y

    report = audit(smooth, wrong, BIG)
    assert report.components[0].name == "df/dx[713]" and report.components[0].yours == 0
    assert report.components[0].reference == pytest.approx(smooth_slope(BIG)[713], rel=1e-8)


# ---- single precision ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [3, 40])
@pytest.mark.parametrize("factor, verdict", [(1.0, "PASS"), (1.05, "FAIL")])
def test_a_function_computed_in_single_precision_is_known_by_its_values(n, factor, verdict):
    def single(x):
        return float(np.sum(np.sin(x.astype(np.float32))))

    def slope(x):
        return factor * np.cos(x.astype(np.float32))

    for seed in range(5):
        assert audit(single, slope, np.linspace(0.1, 1.0, n), seed=seed).verdict == verdict


def test_a_derivative_cut_to_single_precision_fails():
    report = audit(f, lambda x: df(x).astype(np.float32), X)
    assert any("precision of float32 only" in c.reason for c in report.failures)


def test_values_that_are_round_numbers_are_not_taken_for_single_precision():
    assert audit(lambda x: np.sum(x**2), lambda x: 2 * x * (1 + 1e-6), np.array([2.0, 4.0])).verdict == "FAIL"


# ---- shapes ----------------------------------------------------------------------------------------------------------


def test_a_jacobian_has_a_component_for_each_pair():
    report = audit(
        lambda x: np.array([x[0] * x[1], np.exp(x[0])]), lambda x: np.array([[x[1], x[0]], [np.exp(x[0]), 0]]), X[:2]
    )
    assert report.verdict == "PASS"
    assert {"df[0]/dx[0]", "df[0]/dx[1]", "df[1]/dx[0]", "df[1]/dx[1]"} <= {c.name for c in report.components}


@pytest.mark.parametrize("x", [0.7, np.array(0.7), np.array([0.7]), np.array([[0.7]]), [0.7]], ids=repr)
@pytest.mark.parametrize("factor", [1.0, 1.001])
def test_one_input_and_one_output_in_any_shape(x, factor):
    report = audit(lambda x: np.sum(np.exp(x)), lambda x: factor * np.exp(np.asarray(x)), x)
    assert report.verdict == ("PASS" if factor == 1 else "FAIL")
    assert report.failures == [] or report.failures[0].yours / report.failures[0].reference == pytest.approx(1.001)


def test_one_output_in_an_array_and_one_input():
    assert audit(lambda x: np.array([x**2]), lambda x: np.array([[2 * x]]), 3.0).verdict == "PASS"
    assert audit(lambda x: np.array([x**2]), lambda x: np.array([[3 * x]]), 3.0).verdict == "FAIL"


def test_a_tree_of_parameters_is_named():
    def model(p):
        return p["a"] * np.sum(np.exp(-p["k"] * np.arange(3.0)))

    def wrong(p):
        return {"a": np.sum(np.exp(-p["k"] * np.arange(3.0))), "k": 0.0}

    report = audit(model, wrong, {"a": 2.0, "k": 0.3})
    assert report.components[0].name == "df/dp['k']"
    assert check(model, {"a": 2.0, "k": 0.3}, names=["height", "rate"]).verdict == "PASS"
    assert audit(lambda x: x[0] ** 2, lambda x: x, np.array([2.0]), names=["speed"]).components[0].name == "df/dspeed"


def test_value_and_gradient_from_one_function():
    assert audit(lambda x: (f(x), df(x)), True, X).verdict == "PASS"
    assert audit(lambda x, c: (c * f(x), 2 * df(x)), True, X, args=(2.0,)).verdict == "PASS"
    assert audit(lambda x: (f(x), 2 * df(x)), True, X).verdict == "FAIL"


def test_a_derivative_of_another_shape_fails_without_a_step():
    report = audit(f, lambda x: df(x)[:2], X)
    assert report.verdict == "FAIL" and "shape (2,)" in report.components[0].reason


def test_several_arguments_of_check():
    assert check(lambda a, b: np.sum(np.tanh(a @ b)), np.ones((2, 3)) / 3, X).verdict == "PASS"


def test_what_cannot_be_checked_is_refused():
    with pytest.raises(InputError, match="order=3: write 1"):
        check(f, X, order=3)
    with pytest.raises(InputError, match="needs a scalar-valued f"):
        check(np.sin, X, order=2)
    with pytest.raises(InputError, match="fun and jac are functions"):
        audit(f, 3.0, X)
    with pytest.raises(InputError, match="2 names for 3 inputs"):
        check(f, X, names=["a", "b"])
    with pytest.raises(InputError, match="hold no numbers"):
        check(f, np.zeros(0))


# ---- second order ----------------------------------------------------------------------------------------------------


def product(x):
    return np.exp(x[0]) * x[1] ** 2 + x[2] * x[0] ** 3


def product_slope(x):
    return np.array([np.exp(x[0]) * x[1] ** 2 + 3 * x[2] * x[0] ** 2, 2 * np.exp(x[0]) * x[1], x[0] ** 3])


def product_curvature(x):
    e = np.exp(x[0])
    return np.array(
        [
            [e * x[1] ** 2 + 6 * x[2] * x[0], 2 * e * x[1], 3 * x[0] ** 2],
            [2 * e * x[1], 2 * e, 0],
            [3 * x[0] ** 2, 0, 0],
        ]
    )


def test_second_order_holds_the_gradient_and_the_hessian_against_several_referees():
    report = check(product, X, order=2)
    assert report.verdict == "PASS"
    assert {"symmetry", "reverse over forward", "central differences", "forward mode"} <= {
        c.referee for c in report.components
    }
    assert any(c.name == "(df/dx[0]) along a direction in 2 inputs" for c in report.components)


@pytest.mark.parametrize("break_it", [None, "symmetric", "asymmetric"])
def test_a_hessian_and_its_products(break_it):
    def hess(x):
        H = product_curvature(x)
        if break_it:
            H[0, 1] *= 1.01
        if break_it == "symmetric":
            H[1, 0] *= 1.01
        return H

    by_matrix = audit(product, product_slope, X, hess=hess)
    by_products = audit(product, product_slope, X, hessp=lambda x, p: hess(x) @ p)
    assert by_matrix.verdict == by_products.verdict == ("FAIL" if break_it else "PASS")
    assert any("not symmetric" in c.reason for c in by_matrix.components) == (break_it == "asymmetric")


def test_products_that_are_not_linear_fail():
    report = audit(product, product_slope, X, hessp=lambda x, p: product_curvature(x) @ p * (1 + 1e-3 * p[0] ** 2))
    assert any("not linear in p" in c.reason for c in report.failures)


# ---- what a function does besides ------------------------------------------------------------------------------------


def test_arguments_that_are_overwritten_by_the_derivative_fail():
    def jac_in_place(x):
        x *= 2
        return x

    assert any("in place" in c.reason for c in audit(lambda x: np.sum(x**2), jac_in_place, X).failures)


def test_a_gradient_that_accumulates_from_call_to_call_fails():
    kept = np.zeros(3)

    def jac(x):
        kept[:] += 2 * x
        return kept.copy()

    assert any("set to zero" in c.reason for c in audit(lambda x: np.sum(x**2), jac, X).failures)


def test_noise_is_measured_and_never_accused():
    rng = np.random.default_rng(0)
    quiet, loud = (audit(lambda x, s=s: f(x) + s * rng.standard_normal(), df, X) for s in (1e-10, 1e-2))
    assert quiet.verdict == "PASS" and "counts as noise" in quiet.notes[0]
    assert loud.verdict == "INCONCLUSIVE"
    assert any(c.reason.startswith("nondeterministic") for c in loud.components)


def test_noise_does_not_hide_a_gross_error():
    rng = np.random.default_rng(0)
    assert audit(lambda x: f(x) + 1e-8 * rng.standard_normal(), lambda x: 1.01 * df(x), X).verdict == "FAIL"


def test_the_reason_says_what_is_in_the_way():
    kink = audit(lambda x: np.sum(np.abs(x)), np.sign, np.array([0.0, 1.0])).components[0]
    edge = audit(lambda x: np.sum(np.sqrt(x)), lambda x: 0.5 / np.sqrt(x), np.array([0.0]), points=1).components[0]
    undefined = audit(lambda x: np.sum(np.log(x)), lambda x: 1 / x, np.array([-1.0]), points=1).components[0]
    assert kink.reason == "kink: the slopes on both sides, -1 and 1, differ"
    assert edge.reason.startswith("domain edge") and undefined.reason.startswith("non-finite")
    assert kink.verdict == edge.verdict == undefined.verdict == "INCONCLUSIVE"


def test_a_slope_on_the_wrong_side_of_a_kink_fails():
    assert audit(lambda x: np.sum(np.abs(x)), lambda x: np.sign(x + 0.1), np.array([-0.05, 1.0])).verdict == "FAIL"


# ---- again -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options", [{}, {"seed": 5, "points": 2}, {"bounds": (-3.0, 3.0), "names": ["a", "b", "c"]}], ids=str
)
def test_the_printed_line_runs_the_same_check_again(options):
    names = {"dr": SimpleNamespace(check=check, audit=audit), "f": f, "df": df, "twice": lambda x: 2 * df(x), **options}
    checked = check(f, X, **options)
    audited = audit(f, names["twice"], X, **options)
    assert eval(checked.rerun, names | {"x": X}).to_dict() == checked.to_dict()
    assert eval(audited.rerun.replace(" jac,", " twice,"), names | {"x0": X}).to_dict() == audited.to_dict()


def test_another_seed_takes_other_points_and_agrees():
    first, second = check(f, X), check(f, X, seed=1)
    assert first.verdict == second.verdict == "PASS"
    assert first.to_dict()["components"] != second.to_dict()["components"]


def test_a_rule_that_is_wrong_by_a_millionth_in_both_modes_fails():
    wrong = dr.custom.elementwise(lambda x: np.sin(x), lambda y, x: (1 + 1e-6) * np.cos(x))
    report = check(lambda x: np.sum(wrong(x) * np.exp(0.5 * x)), X)
    assert report.verdict == "FAIL" and report.diagnosis
    assert {c.referee for c in report.failures} >= {"central differences"}


def test_a_failure_of_check_names_the_rule(monkeypatch):
    monkeypatch.setattr(checker, "blamed", lambda subject: ["the rule of numpy.sin"])
    monkeypatch.setattr(checker.Traced, "push", lambda self, x, d: 1.5 * df(x) @ d * np.ones(1))
    assert check(f, X).diagnosis == ["the rule of numpy.sin"]
    assert json.loads(check(f, X).to_json())["verdict"] == "FAIL"


# ---- the checker checked: with a part of it broken, a case is misjudged ----------------------------------------------


def test_without_the_second_point_swapped_components_pass(monkeypatch):
    def verdict():
        return audit(
            lambda x: x[0] * x[1] ** 2, lambda x: np.array([2 * x[0] * x[1], x[1] ** 2]), np.array([2.0, 4.0])
        ).verdict

    assert verdict() == "FAIL"
    monkeypatch.setattr(auditing, "jittered", lambda subject, points, rng, box: iter([(subject.x, subject.first)]))
    assert verdict() == "PASS"


def test_with_a_budget_a_thousand_times_too_large_small_errors_pass(monkeypatch):
    assert audit(f, lambda x: df(x) * (1 + 1e-6), X).verdict == "FAIL"
    monkeypatch.setattr(functions, "RTOL", 1e3 * functions.RTOL)
    assert audit(f, lambda x: df(x) * (1 + 1e-6), X).verdict == "PASS"


def test_without_measured_noise_a_noisy_function_is_not_understood(monkeypatch):
    def verdicts():
        return {audit(noisy(1e-9), np.cos, X[:2], seed=seed).verdict for seed in range(5)}

    assert verdicts() == {"PASS"}
    monkeypatch.setattr(judging, "noise_of", lambda phi, middle, precision: np.zeros_like(middle))
    monkeypatch.setattr(judging.Judge, "misfit", lambda self, phi, reach: np.zeros(1))
    assert verdicts() != {"PASS"}


def test_without_the_kink_detector_a_correct_slope_at_a_kink_passes_for_the_wrong_reason(monkeypatch):
    case = (lambda x: np.sum(np.abs(x)), np.sign, np.zeros(3))
    assert audit(*case).verdict == "INCONCLUSIVE"
    monkeypatch.setattr(slopes.Ladder, "look", lambda self, t: blind_look(self, t))
    assert audit(*case).verdict == "PASS"


def blind_look(ladder, t):
    """A level of the ladder without its second difference."""
    above, below = ladder.known.phi(t), ladder.known.phi(-t)
    at = 0 if ladder.steps and t > ladder.steps[0] else len(ladder.steps)
    ladder.steps.insert(at, t)
    ladder.sizes.insert(at, np.fmax(np.abs(above), np.abs(below)))
    ladder.firsts.insert(at, (above - below) / (2 * t))
    ladder.seconds.insert(at, np.zeros_like(above))


def overwriting(cts, own, i, g, fresh):
    """A deposit that forgets what is there."""
    cts[i], own[i] = g, False


def test_an_engine_that_does_not_accumulate_is_found(monkeypatch):
    """x is used twice: reverse mode with the last contribution only is denied by forward mode."""
    assert check(smooth, X).verdict == "PASS"
    monkeypatch.setattr(kinds, "deposit", overwriting)
    report = check(smooth, X)
    assert report.failures and all("forward and reverse mode disagree" in c.reason for c in report.failures)


def test_without_the_adjoint_identity_a_wrong_reverse_mode_is_not_noticed(monkeypatch):
    monkeypatch.setattr(kinds, "deposit", overwriting)
    monkeypatch.setattr(checker, "modes_against_each_other", lambda *_: [])
    assert check(smooth, X).verdict == "PASS"


def test_modes_that_disagree_without_a_wrong_rule_are_not_blamed_on_one():
    """As where f changes what it captured between a use and the sweep back: here f knows who is asking."""

    def f(x):
        return np.sum(x * (dr.stop_gradient(x) if type(x).__name__ == "Dual" else x))

    said = str(check(f, X))
    assert "a rule is wrong" not in said
    assert "every rule is right by itself: f changes an array after it has used it, or something it captured" in said
