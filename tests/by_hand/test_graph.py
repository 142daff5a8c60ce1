"""Define and run: values and adjoints against the closed form, runs anew, names, and each refusal."""

import numpy as np
import pytest

import dualrev as dr
from dualrev import by_hand


def course():
    """ScalarFlow's example: (w x - y)**2 + w**2."""
    with dr.Graph() as g:
        w = g.variable(1.0, "w")
        x = g.variable(2.0, "x")
        y = g.variable(3.0, "y")
        e = w * x - y
        out = e**2 + w**2
    return g, w, x, y, e, out


def test_define_then_run_then_run_anew():
    g, w, x, y, e, out = course()
    assert g.run(out, compute_derivatives=True) == 2.0
    assert (w.value, w.grad, x.grad, y.grad) == (1.0, -2.0, -2.0, 2.0)
    assert (e.value, e.grad, out.grad) == (-1.0, -2.0, 1.0)
    assert g.run(out, w=2.0) == 5.0 and (w.value, w.grad) == (2.0, 8.0)
    assert out() == 5.0 and out(w=1.0) == 2.0
    w.value = 2
    assert g.run(out) == 5.0 and repr(out) == "out = 5"


def test_nothing_is_computed_before_it_runs():
    calls = []
    g = dr.Graph()
    x = g.variable(2.0)
    y = g.apply(lambda x: calls.append(1) or x * x, x)
    assert not calls
    y(), y()
    assert len(calls) == 2


def test_a_run_without_derivatives_and_the_way_back_later():
    g, w, *_, out = course()
    assert g.run(out, compute_derivatives=False) == 2.0
    with pytest.raises(
        dr.InputError, match=r"w has no grad: the last run did not compute derivatives; graph.run\(out\)"
    ):
        _ = w.grad
    g.backward(out)
    assert w.grad == -2.0


def test_only_what_an_output_needs_is_computed():
    g = dr.Graph()
    x = g.variable(2.0)
    y = x * x
    other = np.log(x)
    g.run(y)
    with pytest.raises(dr.InputError, match="other was not needed in the last run"):
        _ = other.value


def test_the_nodes_by_the_names_of_a_course():
    with dr.Graph():
        a = dr.Variable(2.0, name="a")
        b = dr.Variable(5.0, name="b")
        y = dr.Subtract(dr.Add(dr.Log(a), dr.Multiply(a, b)), dr.Sin(b), name="y")
    assert y() == pytest.approx(11.652071455223084, rel=1e-15)
    y.graph.run(y)
    assert (a.grad, b.grad) == (5.5, pytest.approx(1.7163378145367738))
    assert [row.name for row in y.graph.table().rows] == ["a", "b", "v1", "v2", "v3", "v4", "y"]


NODES = [name for name in by_hand.__all__ if name not in ("Graph", "Symbol", "Tape", "Value", "Variable")]


@pytest.mark.parametrize("name", NODES)
def test_every_node_has_the_derivative_of_the_registry(name):
    """Against the complex step, or for |x| and max against central differences of what runs without derivatives."""
    g = dr.Graph()
    x = g.variable(0.7)
    node = getattr(dr, name)
    two = name in ("Add", "Divide", "Maximum", "Minimum", "Multiply", "Pow", "Subtract", "MatMul")
    out = node(x * np.ones(2), np.ones(2)) if name == "MatMul" else node(x, 0.3) if two else node(x)
    g.run(out)
    slope = x.grad
    difference = (out(x=0.7 + 1e-6) - out(x=0.7 - 1e-6)) / 2e-6
    assert slope == pytest.approx(difference, rel=1e-7, abs=1e-9)
    with pytest.raises(TypeError, match=f"{name} takes {1 + two} operand"):
        node(x, x, x)


def test_arrays_indices_methods_and_your_own_function():
    with dr.Graph() as g:
        W = g.variable(np.arange(6.0).reshape(2, 3))
        b = g.variable([1.0, -2.0, 0.5])
        h = dr.Relu(np.stack([W[0], W[1]]) @ b)
        out = h.sum() + np.einsum("ij->", W) + W.T[1, 0]
    f = lambda W, b: np.sum(np.maximum(np.stack([W[0], W[1]]) @ b, 0)) + np.sum(W) + W[0, 1]
    assert g.run(out) == f(W.value, b.value)
    gradient = dr.grad(f, argnums=(0, 1))(W.value, b.value)
    np.testing.assert_array_equal(W.grad, gradient[0])
    np.testing.assert_array_equal(b.grad, gradient[1])


def test_a_loop_that_adds_up():
    g = dr.Graph()
    x = g.variable(np.arange(6.0))
    loss = g.variable(0.0, "loss")
    for k in range(1, 3):
        loss += k * np.sum(x.reshape(2, 3).transpose(1, 0)[0])
        loss *= 2.0
    assert g.run(loss) == ((0.0 + 3.0) * 2 + 2 * 3.0) * 2
    assert x.grad.tolist() == [8.0, 0.0, 0.0, 8.0, 0.0, 0.0]


def test_an_own_op_of_the_registry():
    relu = dr.custom.elementwise(lambda x: np.maximum(x, 0.0), lambda y, x: (x > 0).astype(x.dtype))
    g = dr.Graph()
    x = g.variable(np.array([-1.0, 2.0]))
    g.run(g.apply(np.sum, g.apply(relu, x)))
    assert x.grad.tolist() == [0.0, 1.0]


def test_the_gradient_is_a_node_of_the_graph():
    """To any order, and by any node: d/db of log a + a b - sin b is a - cos b, then sin b."""
    g = dr.Graph()
    a, b = g.variable(2.0, "a"), g.variable(5.0, "b")
    product = a * b
    y = np.log(a) + product - np.sin(b)
    by_a, by_b = g.gradient(y, [a, b])
    assert (by_a(), by_b()) == (5.5, pytest.approx(2 - np.cos(5.0)))
    assert g.gradient(by_b, b)() == pytest.approx(np.sin(5.0))
    assert g.gradient(y, product)() == 1.0 and g.gradient(np.log(a), b)() == 0.0
    assert g.run(by_a) == 5.5 and a.grad == pytest.approx(-0.25)


def test_the_drawing_before_and_after_a_run():
    g, *_, out = course()
    drawn = g.graph()
    assert [(n.head, n.value, n.adjoint) for n in drawn.nodes][-1] == ("out = v3 + v4", "", "")
    assert [n.kind for n in drawn.nodes] == ["input"] * 3 + ["operation"] * 4 + ["output"] and len(drawn.edges) == 8
    assert "defined, and not run yet" in str(g) and g._repr_svg_().startswith("<svg")
    g.run(out)
    assert {n.name: n.adjoint for n in g.graph().nodes}["w"] == "-2"
    assert str(g).splitlines()[2:4] == ["name  expression  value  grad", "w                 1      -2"]


def test_an_error_of_a_run_says_which_node_it_was():
    g = dr.Graph()
    W = g.variable(np.ones((2, 3)))
    bad = W @ W
    with pytest.raises(ValueError) as error:
        g.run(bad.sum())
    assert "while graph ran, at the node bad = W @ W, test_graph.py:" in error.value.__notes__[0]


def refusals():
    g, w, _, _, e, out = course()
    other = dr.Graph("other")
    theirs = other.variable(1.0)
    yield lambda: e.value, r"e has no value yet: graph.run\(e\)"
    yield lambda: w.grad, r"w has no grad: the last run is still to come"
    yield lambda: g.backward(out), "out was not run yet: a way back needs the values"
    yield lambda: (g.run(out), g.backward(out)), "backward was called before; .*run forward first"
    yield lambda: theirs + w, "w is a node of another graph, graph: define both in one"
    yield lambda: other.run(out), "out is a node of another graph, graph: call run of that one"
    yield lambda: g.run(out, z=1.0), "graph has no variable 'z'; it has w, x, y"
    yield lambda: g.run(out, e=1.0), "graph has no variable 'e'; it has w, x, y"
    yield lambda: setattr(e, "value", 1.0), "e is computed, and only variables are given a value"
    yield lambda: g.variable(1.0, "w"), "a variable 'w' already"
    yield lambda: g.run(2.0), "this is a float"
    yield lambda: e if e > 0 else w, r"no value while the graph is being defined.*np.where.*dr.Tape\(\)"
    yield lambda: list(e), r"a loop cannot go over its elements: write e\[0\]"
    yield lambda: float(e), "cannot be made a float"
    yield lambda: dr.Add(1.0, 2.0), r"no graph is open: write `with dr.Graph\(\) as g:`"
    yield lambda: g.table(), r"graph was not run yet: graph.run\(out\)"
    yield lambda: g.run(w * np.ones(2)), r"has shape \(2,\), and a gradient is that of a number"
    yield lambda: e.__setitem__(0, 1.0), "is not written into"
    yield lambda: np.add(e, 1.0, out=e), "is not written into"


@pytest.mark.parametrize("k", range(19))
def test_what_is_refused_says_what_to_do(k):
    does, message = list(refusals())[k]
    with pytest.raises(dr.InputError, match=message):
        does()
