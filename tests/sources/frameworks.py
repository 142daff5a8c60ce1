"""The rows of bgavran's framework."""

import numpy as np
import pytest

import dualrev as dr
from tests.sources.row import row

TANH = [0.462117157260009759, 0.78644773296592741, -0.726861981383587276, -0.565209288259770361, 3.95221956372458305]


@row("B1", "a graph that is evaluated lazily", "`dr.Graph`, `out()`", "08", "with dr.Graph() as g")
def lazy():
    g = dr.Graph()
    x = g.variable(3.0)
    out = x**2
    assert out() == 9.0


@row(
    "B2",
    "the derivative by any variable, and by any intermediate",
    '`table()`, `program.poke("c")`',
    "06",
    "program.poke",
)
def intermediates():
    def f(a, b):
        c = a + b
        return b * c * (a - b)

    program = dr.trace(f, 1.0, 2.0)
    assert {row.name: float(row.adjoint) for row in program.table().rows}["c"] == -2.0
    assert float(program.poke("c", h=1e-5)) == pytest.approx(-2.0, rel=1e-6)


@row("B3", "higher orders for free", "nesting, `dr.hessian`", "15", "over {inner}")
def higher():
    f = lambda p: p[1] * (p[0] + p[1]) * (p[0] - p[1])
    assert dr.hessian(f)(np.array([1.0, 2.0])).tolist() == [[4.0, 2.0], [2.0, -12.0]]


@row("B4", "tensors of any rank", "NumPy arrays")
def any_rank():
    x = np.arange(24.0).reshape(2, 3, 4)
    assert np.array_equal(dr.grad(lambda x: np.sum(x * x))(x), 2 * x)


@row("B5", "einsum as the one contraction, with its gradient", "`np.einsum`", "10", "np.einsum")
def einsum():
    A, B = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4)
    slope = dr.grad(lambda A: np.sum(np.einsum("ij,jk->ik", A, B)))(A)
    assert np.array_equal(slope, np.tile(B.sum(axis=1), (2, 1)))


@row("B6", "einsum with an operand twice, and a trace", '`np.einsum("ii->", x)`', "10", 'np.einsum("ii->", X)')
def einsum_twice():
    X = np.arange(4.0).reshape(2, 2)
    assert np.array_equal(dr.grad(lambda X: np.einsum("ii->", X))(X), np.eye(2))
    twice = dr.grad(lambda X: np.einsum("ij,jk->", X, X))(X)
    assert twice.tolist() == [[float(X[j].sum() + X[:, i].sum()) for j in range(2)] for i in range(2)]


@row(
    "B7", "a tensor as output: refused, with what to say instead", "`dr.jacobian`, or a sum", "11", "dr.jacobian(small)"
)
def tensor_output():
    with pytest.raises(dr.InputError, match="jacobian"):
        dr.grad(lambda x: x * x)(np.ones(3))


@row(
    "B8",
    "checkpointing: run again in place of storing",
    "`dr.checkpoint`, `dr.teach.schedule`",
    "14",
    "dr.checkpoint(many",
)
def checkpoints():
    calls = []

    def f(x):
        calls.append(1)
        return np.sin(np.sin(x))

    assert dr.grad(dr.checkpoint(f))(0.5) == dr.grad(lambda x: np.sin(np.sin(x)))(0.5)
    assert len(calls) == 2
    assert dr.teach.schedule(steps=64, slots=8).recomputations == 137


@row("B9", "numerical checks", "`dr.check`, `dr.check_grads`", "20", "dr.check_grads")
def numerical():
    dr.check_grads(lambda x: np.sum(np.sin(x) * x), (np.array([0.5, 1.5]),))


@row("B10", "lazy nodes: `z()`, and the gradient as a node", "`g.gradient(out, x)`", "08", "g.gradient(")
def gradient_node():
    g = dr.Graph()
    x = g.variable(2.0, "x")
    slope = g.gradient(x**3, x)
    assert (slope(), g.gradient(slope, x)(), slope(x=1.0)) == (12.0, 12.0, 3.0)


@row(
    "B11",
    "grad maps a graph to the graph of the derivative",
    "`dr.trace(dr.grad(f), x).graph()`",
    "15",
    "dr.trace(dr.grad(l",
)
def graph_of_derivative():
    assert len(dr.trace(dr.grad(lambda x: 4 * x * (1 - x)), 0.3).operations) == 6


@row("B12", "modules that nest, as clusters in the graph", "`dr.group`", "04", "with dr.group(name)")
def clusters():
    def f(x):
        with dr.group("outer"), dr.group("inner"):
            return np.sin(x)

    assert dr.trace(f, 1.0).values[-1].group == ("outer", "inner")


@row("B13", "a plot of the graph", "`program.graph()`", "04", "program.graph()")
def plot():
    assert dr.trace(np.sin, 1.0).graph().to_svg().startswith("<svg")


@row("B14", "softmax and sigmoid cross-entropy with logits", "plain NumPy", "19", "np.logaddexp(0.0, z) - y * z")
def cross_entropies():
    z, target = np.array([0.3, -1.2, 2.0]), np.array([0.0, 0.0, 1.0])
    softmax, sigmoid = np.exp(z) / np.sum(np.exp(z)), 1 / (1 + np.exp(-z))
    np.testing.assert_allclose(
        dr.grad(lambda z: np.log(np.sum(np.exp(z))) - target @ z)(z), softmax - target, rtol=1e-14
    )
    by_sigmoid = dr.grad(lambda z: np.sum(np.logaddexp(0.0, z) - target * z))(z)
    np.testing.assert_allclose(by_sigmoid, sigmoid - target, rtol=1e-14)


@row("B15", "the Frobenius norm", "`np.linalg.norm`")
def frobenius():
    A = np.array([[1.0, -2.0], [2.0, 4.0]])
    np.testing.assert_allclose(dr.grad(np.linalg.norm)(A), A / 5, rtol=1e-15)


@row("B16", "the normal density, for any mean and variance", "plain NumPy")
def density():
    f = lambda x, mean, width: np.exp(-(((x - mean) / width) ** 2) / 2) / (width * np.sqrt(2 * np.pi))
    p, z = f(0.7, -0.4, 1.9), 1.1 / 1.9
    expected = (-z / 1.9 * p, z / 1.9 * p, (z * z - 1) / 1.9 * p)
    assert dr.grad(f, argnums=(0, 1, 2))(0.7, -0.4, 1.9) == pytest.approx(expected, rel=1e-14)


@row("B17", "pad, concat, slice", "`np.pad`, `np.concatenate`, `x[1:]`")
def moves():
    f = lambda x: np.sum(np.concatenate([np.pad(x, 1), x[1:]]) ** 2)
    assert dr.grad(f)(np.array([1.0, 2.0, 3.0])).tolist() == [2.0, 8.0, 12.0]


@row("B18", "the optimisers SGD, momentum, Adagrad, Adam", '`dr.descent(..., rule="adam")`', "18", "rule=rule")
def optimisers():
    costs = [
        dr.descent(lambda x: x**2, 1.0, rate=0.1, steps=5, rule=r).costs for r in "sgd momentum adagrad adam".split()
    ]
    assert all(c[-1] < c[0] for c in costs) and costs[0][1] == pytest.approx(0.64)


@row(
    "B19",
    "derivatives of tanh, orders 0 to 4, plotted",
    "`dr.derivative(np.tanh, 4)`",
    "15",
    "dr.derivative(np.tanh, order)(x)",
)
def tanh_orders():
    found = [dr.derivative(np.tanh, order)(0.5) for order in range(5)]
    assert found == pytest.approx(TANH, rel=1e-14)


@row("B20", "a network that reads digits", "plain NumPy, `dr.descent`", "19", "the ten clean digits")
def digits():
    X, labels = np.eye(3), np.arange(3)
    loss = lambda W: np.mean(np.log(np.sum(np.exp(X @ W), axis=1)) - (X @ W)[labels, labels])
    W = dr.descent(loss, np.zeros((3, 3)), rate=1.0, steps=50).params
    assert np.argmax(X @ W, axis=1).tolist() == [0, 1, 2]


@row("B21", "a recurrent network that writes text", "plain NumPy, `dr.descent`", "19", "def write(p")
def recurrent():
    """Two letters in turn, learned and written on."""

    def step(p, h, code):
        h = np.tanh(p["in"][:, code] + p["loop"] @ h)
        return h, p["out"] @ h

    def loss(p):
        h, total = np.zeros(4), 0.0
        for k in range(6):
            h, scores = step(p, h, k % 2)
            total = total + np.log(np.sum(np.exp(scores))) - scores[1 - k % 2]
        return total

    rng = np.random.default_rng(0)
    start = {"in": rng.normal(size=(4, 2)), "loop": rng.normal(size=(4, 4)) / 4, "out": rng.normal(size=(2, 4))}
    p = dr.descent(loss, start, rate=0.1, steps=30, rule="adam").params
    h, code, text = np.zeros(4), 0, "a"
    for _ in range(7):
        h, scores = step(p, h, code)
        code = int(np.argmax(scores))
        text += "ab"[code]
    assert text == "abababab"


@row("B22", "adding an op is easy", "`dr.custom`", "16", "slope_of_softplus")
def own_op():
    softplus = dr.custom.elementwise(lambda x: np.logaddexp(0.0, x), lambda y, x: 1 - np.exp(-y))
    assert dr.check_rule(softplus, np.array([0.3, -0.7])).verdict == "PASS"


@row("B23", "convolution, which is commented out there", "`dualrev.scipy.signal.convolve2d`", "19", "convolve2d(seven")
def convolution():
    from dualrev.scipy.signal import convolve2d

    image = np.arange(12.0).reshape(3, 4)
    slope = dr.grad(lambda k: np.sum(convolve2d(image, k, mode="valid")))(np.ones((2, 2)))
    assert slope.tolist() == [[image[1 - i : 3 - i, 1 - j : 4 - j].sum() for j in range(2)] for i in range(2)]


@row("B24", "graphics cards", "out of scope: dualrev computes with NumPy", "21", "Graphics cards")
def no_graphics_cards():
    assert isinstance(dr.grad(np.sum)(np.ones(3)), np.ndarray)


@row(
    "B25",
    "the essay: what optimisers are, and learning to optimise",
    "a gradient through the descent",
    "18",
    "def cost_after",
)
def through_descent():
    def after(rate, x=1.0):
        for _ in range(3):
            x = x - rate * dr.grad(lambda x: x**2)(x)
        return x**2

    assert dr.grad(after)(0.1) == pytest.approx(-12 * 0.8**5, rel=1e-13)
