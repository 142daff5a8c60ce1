"""Paths that merge: counts by closed forms and by walking each path, and the picture."""

import json

import numpy as np
import pytest

import dualrev as dr
import dualrev.teach


def diamonds(x):
    a = x * x
    b = a * a
    return b * b


def baydin(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def test_three_diamonds():
    """2^3 paths of 3 edges; x^8 has the slope 8 x^7."""
    found = dr.teach.merging(diamonds, 1.5)
    assert (found.count, found.separately, len(found.edges)) == (8, 16, 6)
    assert (found.here, found.onward) == ([1, 2, 4, 8], [8, 4, 2, 1])
    assert found.derivative == found.tangents[-1] == pytest.approx(8 * 1.5**7)
    np.testing.assert_allclose(found.products, 1.5**7)


def test_fifty_squares_have_2_to_the_50_paths_over_100_edges():
    def squares(x):
        for _ in range(50):
            x = x * x
        return x

    found = dr.teach.merging(squares, 1.0)
    assert found.count == 2**50 and len(found.edges) == 100 and found.separately == 49 * 2**50
    assert found.derivative == 2.0**50 and len(repr(found).splitlines()) <= 40
    found.plot().draw_without_rendering()


@pytest.mark.parametrize("name", ["x1", "x2"])
def test_the_sums_are_tangents_and_adjoints_of_the_trace(name):
    found = dr.teach.merging(baydin, 2.0, 5.0, input=name)
    rows = {row.name: row for row in dr.trace(baydin, 2.0, 5.0).table("both", seed=name).rows}
    for value, tangent, adjoint in zip(found.names, found.tangents, found.adjoints):
        assert tangent == pytest.approx(rows[value].tangent) and adjoint == pytest.approx(rows[value].adjoint)
    assert found.derivative == pytest.approx(5.5 if name == "x1" else 2 - np.cos(5.0))
    assert sum(found.products) == pytest.approx(found.derivative)


def test_counts_are_those_of_the_paths():
    def three(x):
        y = 2 * x + x * x + np.sin(x)
        return y * 3 + np.exp(y) + y * y

    found = dr.teach.merging(three, 0.5)
    paths = dr.trace(three, 0.5).paths("x")
    assert found.count == paths.count == 16
    assert found.separately == sum(len(p.partials) - 1 for p in paths.paths)
    assert (
        found.verdict() == "16 paths by themselves take 68 multiplications; merged, each of the 16 edges is used once"
    )


def test_arrays_are_taken_apart():
    f = lambda x: np.sum(x**2 * x[0])
    found = dr.teach.merging(f, np.arange(1.0, 4.0))
    assert found.names[0] == "x[0]" and found.derivative == pytest.approx(3 * 1 + 4 + 9)
    assert dr.teach.merging(f, np.arange(1.0, 4.0), input="x[2]").derivative == pytest.approx(6.0)


def test_the_picture_has_each_path_and_each_edge():
    found = dr.teach.merging(diamonds, 1.5)
    (ax,) = found.plot().axes
    assert sum(len(line.get_xdata()) == 4 for line in ax.lines) == 8 and len(ax.patches) == 6
    assert "4 in, 2 on" in {t.get_text() for t in ax.texts}
    assert json.loads(json.dumps(found.to_dict()))["count"] == 8


def test_no_path_is_said():
    with pytest.raises(dr.InputError, match="there is no path from x"):
        dr.teach.merging(lambda x, y: y * 2, 1.0, 2.0)
    with pytest.raises(dr.InputError, match="has no input named 'z'"):
        dr.teach.merging(baydin, 2.0, 5.0, input="z")
