"""The rows of ScalarFlow."""

import inspect

import numpy as np

import dualrev as dr
from dualrev.by_hand import Add, Multiply, Pow, Subtract, Variable
from tests.sources.row import row


def graph_of_L():
    with dr.Graph() as g:
        w, x, y = Variable(1.0, name="w"), Variable(2.0, name="x"), Variable(3.0, name="y")
        error = Subtract(Multiply(w, x), y)
        out = Add(Pow(error, 2.0), Pow(w, 2.0))
    return g, out, (w, x, y, error)


def L(w, x, y):
    return (w * x - y) ** 2 + w**2


@row(
    "S1", "a graph of named variables and op nodes, built first", "`with dr.Graph()`, `dr.Variable`", "08", "dr.Graph()"
)
def built_first():
    _, _, (w, *_, error) = graph_of_L()
    assert (w.name, error.name) == ("w", "error")


@row(
    "S2",
    "run it: value and gradient on every node",
    "`g.run(out, compute_derivatives=True)`",
    "08",
    "g.run(out, compute",
)
def run_fills():
    g, out, (w, x, y, error) = graph_of_L()
    assert g.run(out, compute_derivatives=True) == 2.0
    assert [n.value for n in (w, x, y, error)] == [1.0, 2.0, 3.0, -1.0]
    assert [n.grad for n in (w, x, y, error)] == [-2.0, -2.0, 2.0, -2.0]


@row("S3", "run without derivatives, and again with new inputs", "`g.run(out, w=2.0)`", "08", "g.run(out, w=2.0)")
def run_again():
    g, out, (w, *_) = graph_of_L()
    assert g.run(out, compute_derivatives=False) == 2.0
    assert g.run(out, w=2.0) == 5.0 and w.grad == 8.0


@row(
    "S4",
    "L(w, x, y) = (w x - y)^2 + w^2 at (1, 2, 3): 2.0, dL/dw = -2.0",
    "`dr.value_and_grad`",
    "08",
    "your engine on L",
)
def golden_L():
    assert dr.value_and_grad(L)(1.0, 2.0, 3.0) == (2.0, -2.0)
    assert dr.jvp(L, (1.0, 2.0, 3.0), (1.0, 0.0, 0.0)) == (2.0, -2.0)


@row(
    "S5",
    "the backward pass, node by node: local partial times upstream",
    '`program.steps("reverse")`',
    "06",
    "steps[2]",
)
def step_by_step():
    said = [step.text for step in dr.trace(L, 1.0, 2.0, 3.0).steps("reverse")]
    assert said[-1] == "v1 = w * x: adj w += (-2)*2 = -4, now -2; adj x += (-2)*1 = -2"


@row("S6", "the graph as .dot", '`program.graph().save("graph.dot")`')
def dot():
    assert dr.trace(L, 1.0, 2.0, 3.0).graph().to_dot().startswith("digraph")


@row(
    "S7",
    "its complaint: hard to see the computation as it proceeds",
    "`steps()`, its slider and `play()`",
    "05",
    "steps = p",
)
def proceeds():
    steps = dr.trace(L, 1.0, 2.0, 3.0).steps()
    assert len(steps) == 12 and "<svg" in steps._repr_html_()


@row(
    "S8",
    "a new operator, ReLU, from its value and derivative only",
    "`dr.custom.elementwise`",
    "16",
    "relu = dr.custom",
)
def relu_in_one_line():
    relu = dr.custom.elementwise(lambda x: np.maximum(x, 0), lambda y, x: (x > 0).astype(x.dtype))
    assert dr.grad(lambda x: np.sum(relu(x) ** 2))(np.array([-2.0, 0.5, 3.0])).tolist() == [0.0, 1.0, 6.0]


@row("S9", "define and run, against define by run", "`dr.Graph`, `dr.Tape`", "08", "**define by run**")
def two_styles():
    tape = dr.Tape()
    w = tape.variable(1.0, "w")
    tape.backward((w * 2.0 - 3.0) ** 2 + w**2)
    assert w.grad == -2.0


@row("S10", "a logistic regression classifier", "`dr.minimize`", "19", "line = dr.minimize")
def logistic():
    x, y = np.array([-2.0, -1.0, 0.5, 1.0, 2.0]), np.array([0.0, 0.0, 1.0, 0.0, 1.0])
    found = dr.minimize(lambda p: np.sum(np.logaddexp(0, p[0] + p[1] * x) - y * (p[0] + p[1] * x)), np.zeros(2))
    rate = 1 / (1 + np.exp(-found.params[0] - found.params[1] * x))
    assert abs(np.sum(rate - y)) < 1e-4  # the score of the intercept


def deep(activation, depth):
    def f(x):
        for _ in range(depth):
            x = activation(x)
        return x

    return dr.grad(f)(1.0)


@row("S11", "a two-class network of any depth", "plain NumPy, `dr.grad`", "19", "def network(layers")
def any_depth():
    assert 0 < deep(np.tanh, 12) < deep(np.tanh, 1)


@row("S12", "ReLU against sigmoid as depth grows, with a report", "`dr.teach.by_layer`", "19", "report: sigmoid")
def vanishing():
    assert deep(lambda z: np.maximum(z, 0.0), 10) == 1.0
    assert deep(lambda z: 1 / (1 + np.exp(-z)), 10) < 4.0**-10


@row("S13", "its complaint: too slow, because scalar only", "arrays", "17", "## 3. Arrays")
def arrays():
    x = np.linspace(0.0, 1.0, 1000)
    assert len(dr.trace(lambda p: np.mean((p[0] * x + p[1]) ** 2), np.ones(2)).operations) == 6


@row("S14", "a worked pencil-and-paper example", "`dr.teach.exercise`", "06", "ex.check(")
def worksheet():
    sheet = dr.teach.exercise(L, 1.0, 2.0, 3.0)
    assert "____" in str(sheet) and sheet.check(w=-4).startswith("w: not yet") and sheet.check(w=-2) == "w: right."


@row("S15", "a primer on partial derivatives", "`dr.grad`, `dr.teach.exercise`", "02", "the others stand still")
def primer():
    assert dr.grad(lambda a, b: a * b + 1, argnums=(0, 1))(1.0, 2.0) == (2.0, 1.0)


@row("S16", "an assignment in stages, with starter code", "the blanks of lesson 08", "08", "## Stage 3")
def in_stages():
    from tests.lessons.cells import LESSONS, cells_of

    (lesson,) = (path for path in LESSONS if path.stem.startswith("08"))
    blanks = {name for cell in cells_of(lesson) for name in cell.blanks}
    assert {"multiply", "subtract", "power", "received", "relu"} <= blanks


@row("S17", "the nodes Add, Subtract, Multiply, Pow, ...", "`dr.by_hand.Add`, or `+`", "08", "(w * x - y) ** 2")
def nodes():
    g, out, _ = graph_of_L()
    with dr.Graph() as h:
        w, x, y = h.variable(1.0, "w"), h.variable(2.0, "x"), h.variable(3.0, "y")
        same = (w * x - y) ** 2 + w**2
    assert g.run(out) == h.run(same)


@row("S18", "a small synthetic task", "two moons", "19", "Two moons")
def synthetic():
    """The moons are not apart by a line, and are by one bend."""
    t = np.linspace(0.1, 3.0, 40)
    upper, lower = np.column_stack([np.cos(t), np.sin(t)]), np.column_stack([1 - np.cos(t), 0.4 - np.sin(t)])
    X, y = np.concatenate([upper, lower]), np.repeat([0.0, 1.0], 40)

    def right(features):
        loss = lambda p: np.mean(np.logaddexp(0.0, features @ p) - y * (features @ p))
        found = dr.descent(loss, np.zeros(features.shape[1]), rate=2.0, steps=60).params
        return np.mean((features @ found > 0) == y)

    ones = np.ones((80, 1))
    bent = np.hstack([ones, X, X**2, X**3])
    assert right(np.hstack([ones, X])) < 0.95 < right(bent)


@row("S19", "an engine that can be read", "`docs/architecture.md`", "08", "inspect.getsource(Sweep.run)")
def readable():
    from dualrev.reverse.pullback import Sweep

    assert len(inspect.getsource(Sweep.run).splitlines()) < 25


@row("S20", "a gradient checked numerically", "`dr.check`", "20", "dr.check(energy")
def checked():
    assert dr.check(lambda w: L(w, 2.0, 3.0), 1.0).verdict == "PASS"


@row("S21", "vanishing gradients, seen inside the graph", "`dr.teach.by_layer`, `graph()`", "19", "dr.teach.by_layer")
def by_layer():
    sigmoid = lambda z: 1 / (1 + np.exp(-z))
    loss = lambda ws: ws[2] * sigmoid(ws[1] * sigmoid(ws[0] * 2.0))
    assert "leaf" in str(dr.teach.by_layer(loss, [1.0, 1.0, 1.0]))
