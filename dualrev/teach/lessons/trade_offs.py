"""The questions of lessons 09 to 16: paths, orders of multiplication, modes, memory, second derivatives, rules."""

import warnings

import numpy as np

from ...errors import NonFiniteWarning
from ...transforms import grad
from .question import Function, Judged, Number, Question, Word, near

PRICES = {"pqs": 21, "psq": 22, "qps": 20, "qsp": 22, "spq": 22, "sqp": 24}  # multiplications, of the hourglass


def order_judged(order: object) -> str | None:
    names = "".join(map(str, order)) if isinstance(order, list | tuple | str) else ""
    if names not in PRICES:
        return 'write the three names, as in ["s", "q", "p"]'
    price = PRICES[names]
    return None if price <= 20 else f"that takes {price}: s is dear while it still has many edges coming in"


def mended(f: object) -> str | None:
    """Of lesson 16: is the gradient finite where a branch is not taken?"""
    assert callable(f)
    if not near(f(np.array([0.0, 4.0])), 2.0):
        return "its value at [0, 4] should still be 2"
    with warnings.catch_warnings(action="error", category=NonFiniteWarning), np.errstate(all="ignore"):
        try:
            slope = grad(f)(np.array([0.0, 4.0]))
        except NonFiniteWarning:
            return "the square root still meets a 0: make its argument safe first"
    return None if np.array_equal(slope, [0.0, 0.25]) else "its gradient at [0, 4] is not yet [0, 0.25]"


LESSONS: dict[str, tuple[str, dict[str, Question]]] = {
    "09": (
        "paths",
        {
            "paths of 3 diamonds": Number(lambda: 8),
            "paths and edges of 20 diamonds": Number(
                lambda: [2**20, 4 * 20],
                {
                    "paths multiply from diamond to diamond, they do not add": [2 * 20, 4 * 20],
                    "edges add from diamond to diamond, they do not multiply": [2**20, 4**20],
                },
                "each diamond doubles the paths and adds four edges",
            ),
            "paths of 50 squares": Number(lambda: 2**50),
            "derivative of 50 squares": Number(
                lambda: 2.0**50,
                {
                    "that is the slope of one square": 2.0,
                    "that is the product along one path: how many paths are there?": 1.0,
                    "that counts the edges": 100.0,
                },
                "add the products of all paths, each of which is 1",
            ),
            "one call for each node": Number(
                lambda: [4096.0, 13],
                {"the slope is right, but it is still called on every path": [4096.0, 8191]},
                "twice the value, times the slope of the rest",
            ),
        },
    ),
    "11": (
        "which mode?",
        {
            "directions and cotangents of decay": Number(lambda: [3, 200]),
            "sweeps of the loss": Number(
                lambda: [1000, 1],
                {"the other way round: forward mode has one direction for each input": [1, 1000]},
                "forward mode has one for each input, reverse mode one for each output",
            ),
            "enough at the waist": Number(lambda: 2),
            "six modes": Word(
                lambda: "forward reverse forward reverse mixed forward".split(),
                {
                    "every one is the other way round": "reverse forward reverse forward mixed reverse".split(),
                    "one of them has a waist": "forward reverse forward reverse forward forward".split(),
                    "one of them has a narrow waist": "forward reverse forward reverse reverse forward".split(),
                },
                "count the inputs and outputs of each; few inputs and few outputs call for different modes",
            ),
            "forward over reverse": Number(
                lambda: 334.0,
                {"that is the number of sweeps: one sweep back costs more than one forward here": 1000.0},
                "divide the counted flops of the two columns",
                within=0.05,
            ),
        },
    ),
    "12": (
        "where the winner changes",
        {
            "winner for n=8, m=32": Word(lambda: "forward"),
            "a wide part moves the line": Word(lambda: "no"),
            "reverse over forward": Number(
                lambda: 4.0,
                {
                    "that is forward over reverse": 0.25,
                    "that is how many more cotangents, not how many times as many": 36.0,
                },
                "reverse mode carries one cotangent for each output, forward mode one direction for each input",
            ),
            "memory of twice the depth": Number(lambda: 2),
            "carried by mixed mode": Number(
                lambda: 4,
                {
                    "that many go one way; mixed mode goes both ways": 2,
                    "that is what the other two modes carry together": 500,
                },
                "so many cotangents back from the waist, and as many directions on from it",
            ),
        },
    ),
    "13": (
        "better than both modes",
        {
            "price of 4 in, 3 out": Number(lambda: 12),
            "prices in the order p, q, s": Number(
                lambda: [2, 3, 16],
                {
                    "when p is gone its two inputs point to q: count them": [2, 2, 8],
                    "when p and q are gone all inputs point to s: count them": [2, 3, 8],
                    "edges in times edges out, not plus": [3, 4, 8],
                },
                "edges in times edges out, of the graph as it is when its turn comes",
            ),
            "an order with at most 20": Judged(order_judged),
            "Markowitz always best": Word(lambda: "no"),
            "price of a chain": Number(
                lambda: 2,
                {
                    "that is the number of slopes; to multiply three numbers takes fewer products": 3,
                    "only the inner values are eliminated": 4,
                },
                "eliminate u and v, each with one edge in and one out",
            ),
        },
    ),
    "14": (
        "memory and checkpoints",
        {
            "tape of 64 against 32 steps": Number(lambda: 2),
            "states in memory": Number(
                lambda: [16, 64],
                {
                    "and the inside of the block that is gone back through": [8, 64],
                    "only one block is open at a time": [72, 64],
                    "the inside of one block counts, too, but adds": [64, 64],
                },
                "the states between blocks plus the inside of one block, against all",
            ),
            "steps run in all": Number(
                lambda: 128,
                {"that is without checkpoints": 64, "each block runs once more, not twice more": 192},
                "each step is run on the way forward, and again on the way back",
            ),
            "recomputed steps": Number(lambda: 137),
            "steps within reach": Number(
                lambda: 45,
                {
                    "that multiplies: it is a binomial coefficient": 16,
                    "that is 10 over 2 without the division": 90,
                    "that is s + t": 10,
                },
                "10 over 8, as in a lottery",
            ),
        },
    ),
    "15": (
        "second derivatives",
        {
            "second derivative of tanh at 0": Number(lambda: 0),
            "second derivatives of f": Number(
                lambda: [4, -12],
                {"those are the first derivatives": [4, -11], "the sign of the cube": [4, 12], "b is 2": [2, -6]},
                "2 b and -6 b",
            ),
            "numbers in the Hessian": Number(
                lambda: 1_000_000,
                {"that is the gradient": 1000, "that is half of it, since it is symmetric": 500_500},
                "n rows of n",
            ),
            "the Lagrangian": Function(
                lambda q, speed: 0.5 * speed**2 + 9.81 * np.cos(q),
                [(0.5, 0.0), (1.0, 2.0)],
                {
                    "that is the energy: the height counts with the other sign": lambda q, speed: (
                        0.5 * speed**2 - 9.81 * np.cos(q)
                    ),
                    "half of the square of the speed": lambda q, speed: speed**2 + 9.81 * np.cos(q),
                    "the height goes with the cosine": lambda q, speed: 0.5 * speed**2 + 9.81 * np.sin(q),
                },
                "0.5 * speed**2, and gravity times the cosine of q",
            ),
            "the nested derivative": Number(
                lambda: 1,
                {"that is what a shared epsilon gives": 2},
                "the inner derivative is the same for every x",
            ),
        },
    ),
    "16": (
        "one rule for each operation",
        {
            "slopes of relu": Number(lambda: [0, 1, 1]),
            "slope of softplus": Function(
                lambda y, x: 1 / (1 + np.exp(-x)),
                [(np.log1p(np.exp(x)), x) for x in (-1.0, 0.0, 2.0)],
                {
                    "mind the sign of x": lambda y, x: 1 / (1 + np.exp(x)),
                    "that is the slope of the exponential": lambda y, x: np.exp(x),
                    "that is softplus itself": lambda y, x: y,
                    "y and x are mixed up": lambda y, x: 1 - np.exp(-x),
                },
                "try it at x = 0, where the slope is a half",
            ),
            "wrong rules": Word(
                lambda: ["exp2", "reciprocal", "tan"],
                {
                    "the rule of sqrt is right: 0.5 / y is 0.5 / sqrt(x)": ["exp2", "reciprocal", "sqrt", "tan"],
                    "the rule of log is right": ["exp2", "log", "reciprocal", "tan"],
                },
                "check each with dr.check_rule",
            ),
            "slope of abs at 0": Number(lambda: 0),
            "the mended function": Judged(mended),
        },
    ),
}
