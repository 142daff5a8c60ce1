"""One evaluation of the user's function at a point, kept for everything that is asked there."""

import sys
import threading

import numpy as np
import pytest

from dualrev.errors import InputError
from dualrev.optimize.evaluation import Evaluation, History, as_args
from dualrev.optimize.objectives import Objective
from dualrev.optimize.parameters import Parameters


@pytest.fixture
def switching():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def evaluation(f=lambda x: np.sum(x**2), start=(1.0, 2.0)):
    return Evaluation(f, Parameters(np.array(start)))


def test_what_is_known_about_the_last_two_points_is_kept():
    e, made = evaluation(), []

    def square(x):
        made.append(x.tolist())
        return float(x @ x)

    ask = lambda *x: e.at(np.array(x), "square", square)
    assert [ask(1.0, 1.0), ask(2.0, 1.0), ask(1.0, 1.0), ask(2.0, 1.0)] == [2.0, 5.0, 2.0, 5.0]
    assert made == [[1.0, 1.0], [2.0, 1.0]] and e.counts.cache_hits == 2
    assert ask(3.0, 1.0) == 10.0 and ask(2.0, 1.0) == 5.0 and len(made) == 3
    assert ask(1.0, 1.0) == 2.0 and len(made) == 4  # forgotten: two others came between


def test_several_things_are_kept_at_a_point():
    e = evaluation()
    x = np.array([1.0, 2.0])
    assert e.at(x, "a", lambda x: 1) == 1 and e.at(x, "b", lambda x: 2) == 2 and e.at(x, "a", lambda x: 3) == 1
    assert e.here("b", lambda x: 4) == 2 and e.here("c", lambda x: 5) == 5


def test_nothing_is_kept_of_a_run_that_failed():
    e, tries = evaluation(), []

    def fails_once(x):
        tries.append(0)
        if len(tries) == 1:
            raise RuntimeError
        return 7

    with pytest.raises(RuntimeError):
        e.at([1.0, 2.0], "value", fails_once)
    assert e.at([1.0, 2.0], "value", fails_once) == 7


def test_the_best_by_another_rank():
    e = evaluation()
    e.met(3.0, np.array([1.0, 0.0]))
    e.rank_by(lambda value, x: (x[1], value))
    e.met(1.0, np.array([2.0, 5.0]))
    assert e.best[0] == 3.0
    e.met(2.0, np.array([3.0, 0.0]))
    assert e.best[0] == 2.0 and e.history.fun == [3.0, 1.0, 2.0]


def test_infinities_and_nan_are_never_the_best_and_the_first_is_noted():
    e = evaluation()
    for k, value in enumerate([5.0, np.nan, -np.inf, 4.0]):
        e.met(value, np.array([float(k), 0.0]))
    assert e.outside[0] == 1.0
    assert e.best[0] == 4.0


def test_history_has_a_place_for_each_gradient():
    h = History()
    h.add(1.0)
    h.add(2.0)
    assert len(h) == 2 and h.fun == [1.0, 2.0] and np.isnan(h.gradient_norm).all()


def test_args():
    assert as_args(()) == () and as_args((1, 2)) == (1, 2) and as_args(3) == (3,) and as_args([1, 2]) == ([1, 2],)


def test_a_function_is_needed():
    with pytest.raises(InputError, match="a function is needed, and this is a list"):
        Evaluation([1], Parameters(1.0))


def test_threads_do_not_mix_points(switching):
    obj = Objective(lambda x: np.sum(x**3), Parameters(np.zeros(4)))
    wrong = []

    def work(seed):
        rng = np.random.default_rng(seed)
        for _ in range(40):
            x = rng.normal(size=4)
            if not np.allclose(obj.grad(x), 3 * x**2, rtol=1e-12) or not np.isclose(obj.fun(x), np.sum(x**3)):
                wrong.append(x)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    [t.start() for t in threads], [t.join() for t in threads]
    assert not wrong
