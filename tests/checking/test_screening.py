"""Groups of inputs, and the bisection that singles out the wrong ones."""

import numpy as np
import pytest

from dualrev.checking import audit, check
from dualrev.checking.functions import Claimed
from dualrev.checking.judging import Judge
from dualrev.checking.points import box_of, inside, jittered
from dualrev.checking.screening import ALONE, FEW, FINDINGS, GROUPS, Screen, only


def screen_of(f, jac, x, seed=0):
    subject = Claimed(f, (x,), jac)
    box = box_of(None, subject)
    return Screen(Judge(subject, subject.x, subject.first, np.random.default_rng(seed), box, 1.5e-8))


def wrong_in(*bad):
    def jac(x):
        g = 2 * x
        g[list(bad)] += 1e-3
        return g

    return jac


@pytest.mark.parametrize("bad", [0, 1, 500, 511, 512, 999])
@pytest.mark.parametrize("seed", range(3))
def test_the_wrong_input_is_singled_out(bad, seed):
    screen = screen_of(lambda x: np.sum(x**2), wrong_in(bad), np.linspace(0.5, 1.5, 1000), seed)
    screen.run(GROUPS)
    assert screen.suspects == {bad}


def test_at_most_so_many_are_searched_for():
    screen = screen_of(lambda x: np.sum(x**2), lambda x: 3 * x, np.linspace(0.5, 1.5, 1000))
    components = screen.run(GROUPS)
    assert len(screen.suspects) == FINDINGS
    assert sum("along" in c.name and c.verdict == "FAIL" for c in components) == GROUPS


def test_errors_that_cancel_in_the_sum_of_all_are_found():
    def jac(x):
        return 2 * x + 1e-3 * np.where(np.arange(100) % 2, 1.0, -1.0)

    for seed in range(5):
        assert screen_of(lambda x: np.sum(x**2), jac, np.ones(100), seed).run(GROUPS)[0].verdict == "FAIL"


def test_few_inputs_are_looked_at_one_by_one_where_a_group_is_not_right():
    f = lambda x: np.sum(x**2)
    few = screen_of(f, lambda x: 2 * x, np.ones(ALONE)).run(GROUPS)
    assert [c.name for c in few] == [f"df/dx[{j}]" for j in range(ALONE)]
    for n in (ALONE + 1, FEW, FEW + 1):
        assert len(screen_of(f, lambda x: 2 * x, np.ones(n)).run(GROUPS)) == GROUPS
    wrong = screen_of(f, lambda x: 2 * x + (np.arange(FEW) == 1), np.ones(FEW)).run(GROUPS)
    assert [c.name for c in wrong if c.verdict == "FAIL"] == ["df/dx[1]"]


def test_no_derivative_hides_behind_a_larger_one():
    sizes = 10.0 ** np.arange(-9, 10, 3)
    f, jac = (lambda x: sizes * np.sin(x)), (lambda x: np.diag(sizes * np.cos(x) * np.where(sizes == 1e-9, 1.01, 1.0)))
    components = screen_of(f, jac, np.ones(7)).run(GROUPS)
    assert {c.name for c in components if c.verdict == "FAIL"} == {"df[0]/dx[0]"}


@pytest.mark.parametrize("n", [1, 2, 3, 4, 8, 12, 13, 20, 1000])
def test_no_number_of_inputs_costs_more_than_40_evaluations(n):
    f, slope = lambda x: np.sum(np.sin(x) * x), lambda x: np.cos(x) * x + np.sin(x)
    x = np.linspace(0.5, 1.5, n)
    assert audit(f, slope, x).evaluations <= 40
    assert check(f, x).evaluations <= 40


def test_inputs_with_no_derivative_are_a_group_of_their_own():
    screen = screen_of(lambda x: np.sum(x[:10] ** 2), lambda x: 2 * x * (np.arange(40) < 10), np.ones(40))
    groups = [g.tolist() for g in screen.grouped(np.arange(40), GROUPS)]
    assert groups[0] == list(range(10, 40)) and sorted(np.concatenate(groups)) == list(range(40))


def test_inputs_left_out_do_not_move():
    seen = []
    screen = screen_of(lambda x: seen.append(x.copy()) or np.sum(x**2), lambda x: 2 * x, np.ones(30))
    del seen[:]
    screen.run(1, left_out={3, 4})
    assert np.all(np.array(seen)[:, [3, 4]] == 1) and not np.any(np.array(seen)[:, 5] == 1)


def test_each_output_of_a_jacobian_is_judged_by_itself():
    screen = screen_of(
        lambda x: np.array([np.sum(x), np.sum(x**2)]), lambda x: np.array([np.ones(20), 2.1 * x]), np.ones(20)
    )
    verdicts = {c.name.split()[0]: c.verdict for c in screen.run(GROUPS) if "along" in c.name}
    assert verdicts == {"f[0]": "PASS", "f[1]": "FAIL"}


def test_directions_can_be_added_exactly():
    judge = screen_of(lambda x: np.sum(x), np.ones_like, np.array([0.1, 1e-9, 12345.678, 3e11])).judge
    d = judge.along(np.arange(4))
    for k in (4, 10, 20, 26):
        assert np.array_equal((judge.x + d / 2**k) - judge.x, d / 2**k)
    assert np.all(np.abs(d) >= 0.4 * np.abs(judge.x)) and np.all(np.abs(d) <= 1.1 * np.abs(judge.x))
    assert only(d, np.array([1])).tolist() == [0, d[1], 0, 0]


# ---- points ----------------------------------------------------------------------------------------------------------


def points(f, x, count, bounds=None, seed=0):
    subject = Claimed(f, (x,), lambda x: x)
    return [p for p, _ in jittered(subject, count, np.random.default_rng(seed), box_of(bounds, subject))]


def test_points_are_near_and_different():
    x = np.array([1e-6, 0.0, -3.0, 1e6])
    first, *others = points(lambda x: np.sum(x), x, 4)
    assert np.array_equal(first, x) and len(others) == 3
    for there in others:
        away = np.abs(there - x)[[0, 2, 3]] / np.abs(x)[[0, 2, 3]]
        assert np.all((away > 0.05) & (away < 0.21)) and there[1] != 0


def test_points_stay_where_the_function_is_finite():
    x = np.array([1 + 1e-6])
    with np.errstate(invalid="ignore"):
        found = [p for seed in range(10) for p in points(lambda x: np.sum(np.log(x - 1)), x, 4, seed=seed)]
    assert np.all(np.array(found) > 1)


def test_points_stay_inside_bounds_and_off_them():
    x = np.array([0.99, 0.5])
    found = np.array(points(lambda x: np.sum(x), x, 20, (0.0, 1.0)))
    assert np.all((found > 0) & (found < 1))
    box = np.zeros(2), np.ones(2)
    assert inside(x, np.array([1.25, -2.0]), box).tolist() == [0.73, 0.75]
    assert inside(np.array([0.0, 1.0]), np.array([-0.25, 1.25]), box).tolist() == [0.25, 0.75]
