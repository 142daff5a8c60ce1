"""The rows of the HSF tutorial and of the survey."""

import numpy as np
import pytest

import dualrev as dr
from tests.sources.row import row


def hsf(a, b):
    c = a + b
    d = a - b
    e = c * d
    f = e * b
    return f


def baydin(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


# ---- HSF -------------------------------------------------------------------------------------------------------------


@row(
    "P1",
    "differences against the derivative of x^3 - 10 x^2 + 5 x - 2 at 6, and its tangent",
    "`dr.teach.tangent`",
    "01",
    "dr.teach.tangent(f, 6.0)",
)
def tangent():
    f = lambda x: x**3 - 10 * x**2 + 5 * x - 2
    assert dr.grad(f)(6.0) == -7.0 and round((f(6 + 1e-5) - f(6.0)) / 1e-5, 5) == -6.99992
    assert "y = -116 - 7 (x - 6)" in str(dr.teach.tangent(f, 6.0))


@row("P2", "f = b (a + b)(a - b) at (1, 2): -6, 4, -11", "`dr.value_and_grad`", "06", "f = b * e")
def golden_hsf():
    assert dr.value_and_grad(hsf, argnums=(0, 1))(1.0, 2.0) == (-6.0, (4.0, -11.0))


@row("P3", "sensitivities of the intermediates c, d, e, f: -2, 6, 2, 1", "`program.table()`", "06", "## Sensitivities")
def sensitivities():
    adjoints = {row.name: float(row.adjoint) for row in dr.trace(hsf, 1.0, 2.0).table().rows}
    assert adjoints == {"a": 4.0, "b": -11.0, "c": -2.0, "d": 6.0, "e": 2.0, "f": 1.0}


@row("P4", "second derivatives 4 and -12", "`dr.hessian`", "15", "second derivatives of f")
def second():
    twice = [dr.grad(dr.grad(hsf, argnums=k), argnums=k)(1.0, 2.0) for k in (0, 1)]
    assert twice == [4.0, -12.0]


@row("P5", "labels", "names of variables, `dr.label`", "04", "## Names")
def labels():
    assert [v.name for v in dr.trace(lambda x: dr.label(np.sin(x), "height"), 1.0).values] == ["x", "height"]


@row("P6", "leaf nodes", "`print(program.graph())`", "04", "**leaves**")
def leaves():
    assert str(dr.trace(hsf, 1.0, 2.0).graph()).count("leaf") >= 2


@row("P7", "the graph as text", "`print(program.graph())`", "04", "print(program.graph())")
def text():
    assert str(dr.trace(hsf, 1.0, 2.0).graph()).startswith("f = ")


@row("P8", "a picture with value and gradient at each node", "`program.graph()`", "04", "program.graph()")
def picture():
    drawn = dr.trace(hsf, 1.0, 2.0).graph()
    assert {(n.name, n.value, n.adjoint) for n in drawn.nodes} >= {("c", "3", "-2"), ("d", "-1", "6")}


@row("P9", "the picture redrawn after each manual step back", "`steps[k].graph()`", "06", "steps[3].graph()")
def redrawn():
    steps = dr.trace(hsf, 1.0, 2.0).steps("reverse", start="output")
    open_ones = [sum(not n.adjoint for n in step.graph().nodes) for step in steps]
    assert open_ones == sorted(open_ones, reverse=True) and open_ones[-1] == 0 < open_ones[0]


@row("P10", "poke an intermediate: c += h", '`program.poke("c", h=1e-5)`', "06", "program.poke(name, h=1e-5)")
def poke():
    assert float(dr.trace(hsf, 1.0, 2.0).poke("c", h=1e-5)) == pytest.approx(-2.0, abs=1e-9)


def g(a, b):
    c = a + b
    d = a * b
    e = c + d
    f = c * d
    return e + f


@row("P11", "topological order, and why", '`dr.teach.broken(..., bug="recursive")`', "07", 'bug="recursive"')
def order():
    found = dr.teach.broken(g, 2.0, 3.0, bug="recursive")
    rows = {line.split()[0]: line.split()[1:3] for line in str(found).splitlines() if line[:2] in ("a ", "b ")}
    assert rows == {"a": ["25", "29"], "b": ["19", "22"]}


@row("P12", "why operands may not be kept in a set", '`dr.teach.broken(..., bug="set")`', "07", 'bug="set"')
def operands():
    found = str(dr.teach.broken(lambda a: a * a, 3.0, bug="set"))
    assert any(line.split()[:3] == ["a", "6", "3"] for line in found.splitlines())


@row("P13", "closures, and the way back of each op", "an engine of one's own", "08", "def backward(output)")
def engine():
    lesson = dr.teach.lesson("08")
    assert "overwrites" in lesson.check("one message", lambda so_far, upstream, slope: upstream * slope)


@row("P14", "exercises: (a^3 - b^2) a - a b, and Heron's formula", "`dr.trace`", "04", "def heron(a, b, c)")
def exercises():
    assert dr.grad(lambda a, b: (a**3 - b**2) * a - a * b, argnums=(0, 1))(2.0, 3.0) == (20.0, -14.0)
    heron = lambda a, b, c: (a + b + c) * (-a + b + c) * (a - b + c) * (a + b - c)
    assert dr.grad(heron)(3.0, 4.0, 6.0) == pytest.approx(4 * 3.0 * (16 + 36 - 9), rel=1e-15)


@row(
    "P15",
    "tanh as an op of one's own, and by exponentials: tanh(1) = 0.7615941559557649",
    "`dr.custom`",
    "16",
    "own_tanh",
)
def two_ways():
    own = dr.custom.elementwise(lambda x: np.tanh(x), lambda y, x: 1 - y**2)
    by_exp = lambda x: (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)
    assert [own(1.0), by_exp(1.0)] == pytest.approx([0.7615941559557649] * 2, rel=1e-15)
    assert [dr.grad(own)(1.0), dr.grad(by_exp)(1.0)] == pytest.approx([0.4199743416140261] * 2, rel=1e-14)


@row(
    "P16",
    "descent: contours, arrows, 50 trajectories of 25 steps at rate 1e-3",
    "`dr.teach.field`",
    "18",
    "trajectories=50, steps=25, rate=1e-3",
)
def field():
    found = dr.teach.field(hsf, (-10, 10), (-10, 10), trajectories=50, steps=25, rate=1e-3, seed=0)
    assert found.paths.shape == (50, 26, 2)
    start = found.paths[0, 0]
    np.testing.assert_allclose(found.paths[0, 1], start - 1e-3 * np.array(dr.grad(hsf, argnums=(0, 1))(*start)))


@row("P17", "the same in PyTorch and JAX", "`dr.teach.beside`", "21", "dr.teach.beside(f, 1.0, 2.0)")
def beside():
    assert "dualrev" in str(dr.teach.beside(hsf, 1.0, 2.0))


# ---- the survey ------------------------------------------------------------------------------------------------------


def columns(table, column):
    return [round(float(getattr(row, column)), 3) for row in table.rows]


@row(
    "D1",
    "the forward trace: 11.652 and 5.5, every line",
    '`program.table("forward", seed="x1")`',
    "05",
    'table("forward", seed="x1")',
)
def forward_trace():
    table = dr.trace(baydin, 2.0, 5.0).table("forward", seed="x1")
    assert columns(table, "value")[2:] == [0.693, 10.0, 10.693, -0.959, 11.652]
    assert columns(table, "tangent") == [1.0, 0.0, 0.5, 5.0, 5.5, 0.0, 5.5]


@row(
    "D2",
    "the error of differences against their step",
    "`dr.teach.error_curve`",
    "01",
    "dr.teach.error_curve(np.sin, 1.0)",
)
def error_curve():
    assert "forward" in str(dr.teach.error_curve(np.sin, 1.0))


@row("D3", "expression swell, on the logistic map: 3/6, 6/14, 9/22", "`dr.teach.swell`", "15", "dr.teach.swell(")
def swell():
    def logistic(x, n):
        for _ in range(n - 1):
            x = 4 * x * (1 - x)
        return x

    counts = [
        tuple(len(dr.trace(f, 0.3).operations) for f in (h, dr.grad(h)))
        for h in (lambda x: logistic(x, 2), lambda x: logistic(x, 3), lambda x: logistic(x, 4))
    ]
    assert counts == [(3, 6), (6, 14), (9, 22)]


@row("D4", "the reverse trace: (5.5, 1.7163), every line", '`program.table("reverse")`', "06", "table 3 of the survey")
def reverse_trace():
    table = dr.trace(baydin, 2.0, 5.0).table("reverse")
    assert columns(table, "adjoint") == [5.5, 1.716, 1.0, 1.0, 1.0, -1.0, 1.0]
    assert dr.grad(baydin, argnums=1)(2.0, 5.0) == pytest.approx(1.7163, abs=5e-5)
