"""Cuts of a program: every path passes through them, and no smaller set does it."""

import itertools

import numpy as np
import pytest

from dualrev.arguments import Arguments
from dualrev.shapes import size
from dualrev.waist import frontier, is_cut, needed, parents_of, smallest


def recorded(f, *x):
    recording = Arguments(f, x, {}, tuple(range(len(x)))).record()
    return recording.lines, len(x), {k for k in recording.indices if k is not None}


def width(lines, cut):
    return sum(size(lines[k][-1]) for k in cut)


def narrow(x):
    for _ in range(3):
        x = np.sin(x)
    w = np.stack([np.sum(x), np.sum(x * x)])
    return np.tanh(w[0] * np.arange(6.0) + w[1])


def two_sums(x):
    """The cut {sum x, sum x*x} is not the set of values alive between any two operations."""
    u = np.sin(np.sum(x) * np.arange(5.0))
    v = np.cos(np.sum(x * x) * np.arange(5.0))
    return u, v


def test_a_narrow_place_is_found_in_the_order_of_the_program():
    lines, inputs, outputs = recorded(narrow, np.ones(7))
    cut = frontier(lines, inputs, outputs)
    assert width(lines, cut) == 2
    assert is_cut(lines, inputs, outputs, cut)


def test_the_smallest_cut_need_not_follow_the_order_of_the_program():
    lines, inputs, outputs = recorded(two_sums, np.ones(7))
    assert width(lines, frontier(lines, inputs, outputs)) > 2
    cut = smallest(lines, inputs, outputs)
    assert [lines[k][0].name for k in cut] == ["np.sum", "np.sum"]
    assert is_cut(lines, inputs, outputs, cut)


def test_a_value_that_goes_around_the_narrow_place_belongs_to_the_cut():
    lines, inputs, outputs = recorded(lambda x, b: np.sin(np.sum(x)) * np.arange(9.0) + b, np.ones(7), 2.0)
    cut = smallest(lines, inputs, outputs)
    assert 1 in cut and width(lines, cut) == 2


def test_dead_code_does_not_widen_the_cut():
    def f(x):
        np.cumsum(x)
        return np.sum(x) * np.ones(4)

    lines, inputs, outputs = recorded(f, np.ones(7))
    assert width(lines, frontier(lines, inputs, outputs)) == width(lines, smallest(lines, inputs, outputs)) == 1
    assert sum(needed(lines, outputs)) == 3  # x, its sum, the product


@pytest.mark.parametrize("cut", [[], [1], [0, 1]])
def test_what_leaves_a_way_around_is_no_cut(cut):
    lines, inputs, outputs = recorded(lambda x, y: np.sin(x) + np.cos(y), 1.0, 2.0)
    assert is_cut(lines, inputs, outputs, cut) == (cut == [0, 1])


def test_an_output_that_is_an_input_has_to_be_in_the_cut():
    lines, inputs, outputs = recorded(lambda x: (x, np.sum(x)), np.ones(3))
    assert not is_cut(lines, inputs, outputs, [1])
    assert smallest(lines, inputs, outputs) == [0]


def test_no_output_depends_on_the_inputs():
    lines, inputs, outputs = recorded(lambda x: np.ones(3), np.ones(2))
    assert frontier(lines, inputs, outputs) == smallest(lines, inputs, outputs) == []


def random_program(seed):
    """A program of scalars and short vectors, wired at random."""
    rng = np.random.default_rng(seed)

    def f(x, y):
        values = [x, y]
        for _ in range(6):
            a, b = (values[i] for i in rng.choice(len(values), 2))
            kind = rng.integers(3)
            values.append(
                np.sum(a) * np.ones(3) if kind == 0 else np.sum(a * b) if kind == 1 else np.sin(a) + np.sum(b)
            )
        return values[-1], values[-2]

    return f


@pytest.mark.parametrize("seed", range(30))
def test_the_smallest_cut_is_that_of_trying_all_sets(seed):
    lines, inputs, outputs = recorded(random_program(seed), np.ones(3), 2.0)
    lines_of_use = [k for k, used in enumerate(needed(lines, outputs)) if used]
    sets = itertools.chain.from_iterable(itertools.combinations(lines_of_use, r) for r in range(5))
    best = min(width(lines, s) for s in sets if is_cut(lines, inputs, outputs, s))
    cut = smallest(lines, inputs, outputs)
    assert is_cut(lines, inputs, outputs, cut)
    assert width(lines, cut) == best
    assert width(lines, frontier(lines, inputs, outputs)) >= best


def test_parents_leave_constants_out():
    lines, _, _ = recorded(lambda x: np.stack([x, x * 2.0]), 3.0)
    assert [parents_of(line) for line in lines] == [(), (0,), (0, 1)]
