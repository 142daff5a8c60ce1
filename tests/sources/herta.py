"""The rows of Herta's notebook."""

import numpy as np
import pytest

import dualrev as dr
from tests.sources.row import row

NAMED = {"a": 1.0, "b": 3.0}


def line(p):
    return p["b"] * p["a"] + 1


def square(p):
    return (p["b"] ** 2 * p["a"] + 1) ** 2


def hsf(a, b):
    c = a + b
    d = a - b
    e = c * d
    f = e * b
    return f


@row("H1", "a scalar with a name", 'a dict of numbers, `tape.variable(2.0, "x")`', "08", 'by_run.variable(1.0, "w")')
def names():
    assert dr.Tape().variable(2.0, "x").name == "x"


@row("H2", "a gradient by the names of the inputs, and only those", "a dict, or `argnames=`", "02", 'dr.grad(f)({"a"')
def by_name():
    assert dr.grad(line)({"a": 1.0, "b": 2.0}) == {"a": 2.0, "b": 1.0}
    assert dr.grad(lambda a, b: a * b + 1, argnames="b")(1.0, 2.0) == 1.0


@row("H3", "any seed", "`dr.vjp`, `tape.backward(y, seed=3.0)`", "11", "pullback(cotangent)")
def any_seed():
    assert dr.vjp(line, {"a": 1.0, "b": 2.0})[1](3.0) == ({"a": 6.0, "b": 3.0},)


@row("H4", "calls do not accumulate", "`dr.grad`", "21", "gradient(1.0, 2.0), gradient(1.0, 2.0)")
def no_accumulation():
    gradient = dr.grad(line)
    assert gradient({"a": 1.0, "b": 2.0}) == gradient({"a": 1.0, "b": 2.0})


@row(
    "H5",
    "several paths add up; shared factors make reverse mode cheap",
    '`program.paths("x")`',
    "09",
    'three.paths("x")',
)
def paths():
    def chain(x):
        for _ in range(50):
            x = x * x
        return x

    found = dr.trace(chain, 1.0).paths("x")
    assert (found.count, found.edges) == (2**50, 100)


@row("H6", "b a + 1 at a = 1, b = 2: 3, {a: 2, b: 1}", "`dr.value_and_grad`", "02", 'return p["b"] * p["a"] + 1')
def golden_line():
    assert dr.value_and_grad(line)({"a": 1.0, "b": 2.0}) == (3.0, {"a": 2.0, "b": 1.0})


@row(
    "H7",
    "(b^2 a + 1)^2 at a = 1, b = 3: 100, {a: 180, b: 120}",
    "`dr.value_and_grad`",
    "02",
    "dr.teach.exercise(squared",
)
def golden_square():
    assert dr.value_and_grad(square)(NAMED) == (100.0, {"a": 180.0, "b": 120.0})


@row(
    "H8", "a product sends each factor to the other branch", '`graph(partials="symbolic")`', "04", 'partials="symbolic"'
)
def symbolic():
    drawn = dr.trace(lambda g, h: g * h, 14.0, 18.0).graph(partials="symbolic")
    assert {edge.partial for edge in drawn.edges} == {"g", "h"}


@row(
    "H9",
    "a graph with 1/x, checked without giving the answer away",
    "`dr.teach.exercise`",
    "02",
    "dr.teach.exercise(fraction",
)
def not_given_away():
    sheet = dr.teach.exercise(lambda a, b, c: np.log(b) / a + c / a, 2.0, np.e, 3.0, blanks=["a", "b", "c"])
    said = sheet.check(a=1.0, b=np.e, c=2.0)
    assert said.count("not yet") == 3 and "-1" not in said and "0.5" not in said
    assert sheet.check(a=-1, b=1 / (2 * np.e), c=0.5).count("right") == 3 and sheet.solved


@row("H10", "total against partial derivative", "`dr.grad` of f, and of f(x, y(x))", "02", "## Total against partial")
def total():
    z = lambda x, y: x**2 * y
    assert dr.grad(lambda x: z(x, np.sin(x)))(2.0) == pytest.approx(4 * np.sin(2.0) + 4 * np.cos(2.0), rel=1e-15)


@row("H11", "pen and paper: E = (w1 x1 + w2 x2)(w3 x3)", "`dr.grad`", "02", "derivatives of E")
def pen_and_paper():
    E = lambda w: (w[0] * 0.5 + w[1] * 4.0) * (w[2] * -2.0)
    assert dr.grad(E)([2.0, -1.0, 3.0]) == [-3.0, -24.0, 6.0]


@row("H12", "chain, sum and product rule, recalled", "`program.paths`", "02", "## Three rules")
def rules():
    assert dr.grad(lambda x: np.sin(x**2) + x * np.exp(x))(1.0) == pytest.approx(2 * np.cos(1.0) + 2 * np.e, rel=1e-15)


def points():
    rng = np.random.default_rng(7)
    x = rng.uniform(-10, 10, 10)
    return x, 10 + 5 * x + 3 * rng.normal(size=10)


@row(
    "H13",
    "linear regression on scalar nodes, by descent, then through SciPy",
    "`dr.objective`",
    "17",
    "dr.objective(cost",
)
def regression():
    from scipy import optimize

    x, y = points()

    def cost(p):
        total = 0.0
        for xi, yi in zip(x, y):
            total = total + (p[0] * float(xi) + p[1] - float(yi)) ** 2
        return total / 10

    objective = dr.objective(cost, np.zeros(2))
    found = optimize.minimize(objective, objective.x0, jac=True).x
    np.testing.assert_allclose(found, np.polyfit(x, y, 1), rtol=1e-5)


@row(
    "H14", "cost by step, and the line over the data", "`dr.descent(...).plot()`, `fit.plot()`", "17", "history.plot()"
)
def history():
    x, y = points()
    found = dr.descent(lambda p: np.mean((p[0] * x + p[1] - y) ** 2), np.zeros(2), rate=0.01, steps=20)
    assert found.costs[-1] < found.costs[0] and len(found.plot().axes) >= 1


@row("H15", "the student writes a product and a square", "`dr.teach.lesson`", "03", "def times(a, b)")
def written_by_students():
    lesson = dr.teach.lesson("03")
    assert "eps squared" in lesson.check("product of duals", lambda a, b: (a[0] * b[0], a[1] * b[1]))
    assert lesson.check("product of duals", lambda a, b: (a[0] * b[0], a[0] * b[1] + a[1] * b[0])).endswith("right.")


@row("H16", "a little picture of the graph in letters", "`print(program.graph())`", "04", "print(program.graph())")
def tree():
    assert "`- leaf" in str(dr.trace(hsf, 1.0, 2.0).graph())
