"""What dualrev returns survives pickle and copy, also of functions that cannot be pickled themselves."""

import copy
import pickle

import numpy as np
import pytest

import dualrev as dr

POINT = np.array([0.5, 1.5, 2.0])


def made():
    f = lambda x: np.sum(np.sin(x) * x) + x[0]
    tree = lambda x: {"a": np.sum(np.sin(x[1:]) * x[:-1]), "b": x[0] ** 2}
    line = np.arange(5.0)
    yield "program", dr.trace(f, POINT)
    yield "program of a tree", dr.trace(tree, POINT)
    yield "table", dr.trace(f, POINT).table()
    yield "graph", dr.trace(f, POINT).graph()
    yield "steps", dr.trace(f, POINT).steps()
    yield "explanation", dr.explain(f, POINT, seconds=0.01)
    yield "comparison", dr.compare(f, POINT, measured=False)
    yield "mode choice", dr.choose_mode(f, POINT)
    yield "support", dr.supports(f, POINT)
    yield "report", dr.check(f, POINT)
    yield "why nan", dr.why_nan(f, POINT)
    yield "kinks", dr.kinks(f, POINT)
    yield "exercise", dr.teach.exercise(lambda a, b: a * b + a, 2.0, 3.0)
    yield "fit", dr.fit(lambda x, a, b: a * x + b, line, 2 * line + np.array([1.1, 0.9, 1.0, 1.1, 1.0]), a=1.0, b=0.0)
    yield "minimum", dr.minimize(lambda x: np.sum((x - 1) ** 2), POINT)


@pytest.mark.parametrize("again", [lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy], ids=["pickle", "deepcopy"])
@pytest.mark.parametrize("found", [pytest.param(found, id=name) for name, found in made()])
def test_a_copy_says_the_same(found, again):
    assert str(again(found)) == str(found)


def test_a_program_out_of_a_pickle_has_all_its_views_and_no_function():
    program = dr.trace(lambda x: np.sum(np.sin(x) * x), POINT)
    back = pickle.loads(pickle.dumps(program))
    assert str(back.paths("x")) == str(program.paths("x")) and str(back.cost()) == str(program.cost())
    np.testing.assert_array_equal(back.table().rows[0].adjoint, np.sin(POINT) + POINT * np.cos(POINT))
    with pytest.raises(dr.InputError, match="comes out of a pickle: trace the function anew"):
        back.at(x=POINT)


def test_the_curves_of_a_report_are_drawn_from_their_numbers():
    report = dr.check(lambda x: np.sum(np.sin(x) * x), POINT)
    back = pickle.loads(pickle.dumps(report))
    assert [curve.errors for curve in back.curves] == [curve.errors for curve in report.curves]
