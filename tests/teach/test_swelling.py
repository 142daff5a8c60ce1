"""Expression swell, against the golden counts and a direct count; and checkpoint schedules, against a simulation."""

import functools
import json

import numpy as np
import pytest

import dualrev as dr
import dualrev.teach
from dualrev.teach.schedules import fewest


def logistic(n):
    def f(x):
        for _ in range(n - 1):
            x = 4 * x * (1 - x)
        return x

    return f


@pytest.mark.parametrize(("n", "counts"), [(2, [3, 6]), (3, [6, 14]), (4, [9, 22])])
def test_the_logistic_map(n, counts):
    """Baydin et al., table 1: f and its gradient as programs."""
    assert dr.teach.swell(logistic(n), 0.2, orders=1).operations == counts


def test_written_out_counts_what_comes_twice_twice():
    """4 x (1 - x) has 3 operations, and x twice: W(n) = 3 + 2 W(n - 1)."""
    assert [dr.teach.swell(logistic(n), 0.2, orders=0).written[0] for n in (2, 3, 4, 5)] == [3, 9, 21, 45]


def test_the_values_are_the_derivatives():
    found = dr.teach.swell(np.tanh, 0.5, orders=4)
    np.testing.assert_allclose(found.values, [dr.derivative(np.tanh, k)(0.5) for k in range(5)], rtol=1e-12)
    assert found.verdict() == "order 4: 47 operations with names for what comes twice, 156 without"
    assert len(str(found).splitlines()) == 10


def test_the_picture_has_both_counts():
    found = dr.teach.swell(logistic(4), 0.2)
    (ax,) = found.plot().axes
    written, operations = ax.lines
    assert written.get_ydata().tolist() == found.written and operations.get_ydata().tolist() == found.operations
    assert json.loads(json.dumps(found.to_dict()))["operations"][:2] == [9, 22]
    dr.teach.swell(lambda x: x, 1.0, orders=2).plot().draw_without_rendering()


@pytest.mark.parametrize("orders", [-1, 9, 1.5])
def test_orders_are_few(orders):
    with pytest.raises(dr.InputError, match="write the highest order, from 0 to 8"):
        dr.teach.swell(np.tanh, 0.5, orders=orders)


# ---- schedules -------------------------------------------------------------------------------------------------------


@functools.cache
def least(steps, slots):
    """By dynamic programming over where the next state is stored."""
    if steps == 1:
        return 0
    if slots == 1:
        return steps * (steps - 1) // 2
    return min(m + least(steps - m, slots - 1) + least(m, slots) for m in range(1, steps))


@pytest.mark.parametrize("steps", [1, 2, 3, 7, 10, 31, 64])
@pytest.mark.parametrize("slots", [1, 2, 3, 5, 8, 70])
def test_the_schedule_is_the_best_and_can_be_followed(steps, slots):
    found = dr.teach.schedule(steps, slots)
    stored, at, done, runs = {}, 0, [], 0
    for kind, start, stop in found.actions:
        if kind == "store":
            assert at == start
            stored[start] = True
            assert len(stored) <= slots
        elif kind == "restore":
            assert stored[start]
            at = start
        elif kind == "free":
            del stored[start]
        elif kind == "advance":
            assert at == start < stop
            at, runs = stop, runs + stop - start
        else:
            assert kind == "reverse" and at == start
            done.append(start)
    assert done == list(range(steps))[::-1] and not stored
    assert runs == found.advances == least(steps, slots) == fewest(steps, slots)
    assert found.runs.sum() == found.evaluations == runs + steps and found.recomputations == runs


def test_sixty_four_steps_with_eight_slots():
    found = dr.teach.schedule(steps=64, slots=8)
    assert (found.recomputations, found.evaluations, found.peak) == (137, 201, 8)
    assert found.runs.max() - 1 <= 3  # r: comb(8 + 3, 8) = 165 steps could be pulled back, comb(8 + 2, 8) = 45 not


def test_a_slot_for_each_step_recomputes_each_once():
    found = dr.teach.schedule(10, 10)
    assert found.advances == 9 and found.runs.max() == 2


def test_the_picture_of_a_schedule():
    found = dr.teach.schedule(20, 4)
    (ax,) = found.plot().axes
    kept, first, again, reverse = (c.get_segments() for c in ax.collections)
    assert len(reverse) == 20 and sum(s[1][0] - s[0][0] for s in [*first, *again]) == found.advances
    assert sum(s[1][0] - s[0][0] for s in first) == 19 and len(kept) >= 4
    assert json.loads(json.dumps(found.to_dict()))["advances"] == found.advances


@pytest.mark.parametrize("sizes", [(0, 1), (1, 0), (1.5, 2), (6000, 5)])
def test_sizes_that_are_refused(sizes):
    with pytest.raises(dr.InputError, match=r"positive integer|up to 5000"):
        dr.teach.schedule(*sizes)
