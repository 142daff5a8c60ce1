"""Tangents, adjoints and local partials of every value of a program."""

import numpy as np
import pytest

import dualrev as dr
from dualrev.program.program import trace
from dualrev.program.sensitivity import adjoints, cotangents, direction, partial, partial_text, sum_text, tangents

rng = np.random.default_rng(3)
A = rng.normal(size=(4, 3))


def baydin(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def hsf(a, b):
    c = a + b
    d = a - b
    e = c * d
    f = b * e
    return f


def layers(x, w):
    h = np.tanh(A @ x * w)
    return np.sum(h * h) / np.linalg.norm(h[1:]) + x[0] * np.prod(x)


def replayed(program, changed=None, by=0.0):
    """The output of a program computed again from its lines, with `by` added to the value number `changed`."""
    values = []
    for v in program.values:
        if v.call is None:
            out = v.primal
        else:
            args = [values[p] if p >= 0 else x for p, x in zip(v.parents, v.call.args)]
            out = v.call.op.apply(*args, **v.call.params)
        values.append(out + by if v.index == changed else out)
    return values[program.outputs[0]]


@pytest.mark.parametrize(
    ("f", "x"),
    [(baydin, (2.0, 5.0)), (hsf, (1.0, 2.0)), (layers, (np.array([0.3, 0.8, -0.5]), 1.3))],
    ids=["baydin", "hsf", "layers"],
)
def test_an_adjoint_is_what_perturbing_that_value_does_to_the_output(f, x):
    program = trace(f, *x)
    adjoint, _ = adjoints(program)
    h = 1e-6
    for v in program.values:
        for i in np.ndindex(np.shape(v.primal)):
            step = np.zeros(np.shape(v.primal))
            step[i] = h
            slope = (replayed(program, v.index, step[()]) - replayed(program, v.index, -step[()])) / (2 * h)
            got = 0.0 if adjoint[v.index] is None else np.asarray(adjoint[v.index])[i]
            assert got == pytest.approx(slope, rel=1e-7, abs=1e-8), v.name


def test_sensitivities_of_the_intermediates_of_the_physics_tutorial():
    """HSF: f = b (a + b) (a - b) at (1, 2) has -2, 6, 2, 1 in c, d, e, f."""
    program = trace(hsf, 1.0, 2.0)
    adjoint, _ = adjoints(program)
    assert {v.name: float(adjoint[v.index]) for v in program.values} == {
        "a": 4.0,
        "b": -11.0,
        "c": -2.0,
        "d": 6.0,
        "e": 2.0,
        "f": 1.0,
    }


def test_tangents_are_those_of_jvp():
    x, w = np.array([0.3, 0.8, -0.5]), 1.3
    program = trace(layers, x, w)
    dx, dw = rng.normal(size=3), 0.7
    along = tangents(program, {"x": dx, "w": dw})
    assert along[program.outputs[0]] == pytest.approx(dr.jvp(layers, (x, w), (dx, dw))[1], rel=1e-14)
    again = tangents(program, (dx, dw))
    assert again[-1] == along[-1]


def test_the_arrivals_at_a_value_sum_to_its_adjoint():
    program = trace(layers, np.array([0.3, 0.8, -0.5]), 1.3)
    adjoint, arrivals = adjoints(program)
    for v in program.values:
        if arrivals[v.index] and v.index not in program.outputs:
            np.testing.assert_allclose(sum(a.cotangent for a in arrivals[v.index]), adjoint[v.index], rtol=1e-14)
    assert len(arrivals[0]) == 3  # x is used by A @ x, by x[0] and by np.prod


def test_how_the_adjoints_of_the_survey_came_about():
    program = trace(baydin, 2.0, 5.0)
    adjoint, arrivals = adjoints(program)
    assert [sum_text(program, adjoint, arrivals[k]) for k in (0, 1)] == ["1*5 + 1*0.5", "(-1)*0.2837 + 1*2"]


def test_the_way_back_can_stop_early():
    program = trace(baydin, 2.0, 5.0)
    adjoint, _ = adjoints(program, steps=2)  # v5 = v3 - v4 and v4 = sin(x2)
    assert [None if a is None else round(float(a), 4) for a in adjoint] == [None, -0.2837, None, None, 1.0, -1.0, 1.0]


def test_a_product_with_itself_has_two_edges():
    program = trace(lambda a: a * a, 3.0)
    _, arrivals = adjoints(program)
    assert [(a.child, a.argument, float(a.cotangent)) for a in arrivals[0]] == [(1, 0, 3.0), (1, 1, 3.0)]


@pytest.mark.parametrize(
    ("seed", "want"),
    [
        (None, ([1.0, 0.0, 0.0], 0.0)),
        ("w", ([0.0, 0.0, 0.0], 1.0)),
        ("x[2]", ([0.0, 0.0, 1.0], 0.0)),
        ({"w": 2.0}, ([0.0, 0.0, 0.0], 2.0)),
        (([1.0, 2.0, 3.0], 4.0), ([1.0, 2.0, 3.0], 4.0)),
    ],
)
def test_directions(seed, want):
    program = trace(layers, np.array([0.3, 0.8, -0.5]), 1.3)
    dx, dw = direction(program, seed)
    assert (list(dx), dw) == want


@pytest.mark.parametrize(
    ("seed", "message"),
    [
        ("z", "names no input; the inputs are x, w"),
        ("x[3]", r"x has shape \(3,\)"),
        ({"q": 1.0}, "seed names 'q'; the inputs are x, w"),
        ((np.ones(2), 1.0), "does not fit the input"),
        ((np.ones((2, 3)), np.ones(2)), "carries several directions"),
    ],
)
def test_directions_that_do_not_fit(seed, message):
    program = trace(layers, np.array([0.3, 0.8, -0.5]), 1.3)
    with pytest.raises(dr.InputError, match=message):
        direction(program, seed)


def test_cotangents_count_over_all_outputs():
    program = trace(lambda x: (x * 2.0, np.sum(x)), np.ones(3))
    first, second = cotangents(program, 3)
    assert first is None and second == 1.0
    assert [list(c) for c in cotangents(program)[:1]] == [[1.0, 0.0, 0.0]]
    given = cotangents(program, [np.arange(3.0), 5.0])
    assert (list(given[0]), given[1]) == ([0.0, 1.0, 2.0], 5.0)
    with pytest.raises(dr.InputError, match="output 4 of f, which has 4"):
        cotangents(program, 4)


def test_local_partials():
    program = trace(layers, np.array([0.3, 0.8, -0.5]), 1.3)
    named = {v.op: v for v in program.operations}
    np.testing.assert_allclose(partial(named["tanh"], 0), 1 - named["tanh"].primal ** 2, rtol=1e-14)
    assert partial(named["matmul"], 1) is None and partial_text(named["matmul"], 1) == "J 4x3"
    quotient = named["divide"]
    assert partial(quotient, 0) == pytest.approx(1 / quotient.call.args[1])


def test_dead_code_has_no_adjoint():
    def f(x):
        np.exp(x)
        return np.sin(x)

    adjoint, arrivals = adjoints(trace(f, 1.0))
    assert adjoint[1] is None and len(arrivals[0]) == 1
