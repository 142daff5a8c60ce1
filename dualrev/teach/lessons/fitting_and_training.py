"""The questions of lessons 17 to 21: regression, descent, networks, checking gradients, other libraries."""

from typing import Any

import numpy as np

from .question import Between, Function, Judged, Number, Question, Word


def ten_points() -> tuple[Any, Any]:
    """The data of lesson 17."""
    rng = np.random.default_rng(7)
    x = rng.uniform(-10, 10, 10)
    return x, 10 + 5 * x + 3 * rng.normal(size=10)


def curvature() -> float:
    """The largest eigenvalue of the Hessian of the mean squared error of a line."""
    columns = np.column_stack([ten_points()[0], np.ones(10)])
    return float(np.linalg.eigvalsh(2 * columns.T @ columns / 10)[-1])


def error_of_slope(divided_by: int = 8, centred: bool = True) -> float:
    x, y = ten_points()
    residuals = y - np.polyval(np.polyfit(x, y, 1), x)
    spread = x - np.mean(x) if centred else x
    return float(np.sqrt(np.sum(residuals**2) / divided_by / np.sum(spread**2)))


def hides_a_swap(point: Any) -> str | None:
    x0, x1 = map(float, point)
    if x0 <= 0 or x1 <= 0:
        return "both coordinates should be positive"
    return None if np.isclose(x1**2, 2 * x0 * x1) else "there the two components differ"


def half_run_away(rate: Any) -> str | None:
    """Of lesson 18: do 9 to 11 of twenty walkers on x^4 end farther out than they began?"""
    start = np.linspace(0.5, 10.0, 20)
    x = start.copy()
    for _ in range(15):
        x = np.where(np.abs(x) < 1e6, x - float(rate) * 4 * np.clip(x, -1e6, 1e6) ** 3, x)
    away = int(np.sum(np.abs(x) > start))
    return None if 9 <= away <= 11 else f"{away} of the twenty run away: {'larger' if away < 9 else 'smaller'}"


def picked(scores: Any, labels: Any) -> Any:
    return scores[np.arange(len(labels)), labels]


def softmax_loss(scores: Any, labels: Any) -> Any:
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - picked(scores, labels))


LESSONS: dict[str, tuple[str, dict[str, Question]]] = {
    "17": (
        "linear regression",
        {
            "terms of the adjoint of w": Number(lambda: 10),
            "one step of descent": Function(
                lambda w, b, slope_w, slope_b, rate: (w - rate * slope_w, b - rate * slope_b),
                [(1.0, 2.0, 3.0, 4.0, 0.5), (0.0, 1.0, -1.0, 2.0, 0.1)],
                {
                    "that walks uphill": lambda w, b, sw, sb, rate: (w + rate * sw, b + rate * sb),
                    "the two slopes are swapped": lambda w, b, sw, sb, rate: (w - rate * sb, b - rate * sw),
                    "that forgets where it was": lambda w, b, sw, sb, rate: (-rate * sw, -rate * sb),
                    "that forgets the rate": lambda w, b, sw, sb, rate: (w - sw, b - sb),
                },
                "return the new w and the new b, as a pair",
            ),
            "largest rate": Number(
                lambda: 2 / curvature(),
                {
                    "at that rate one step lands in the valley; twice as far would still come back": lambda: (
                        1 / curvature()
                    ),
                    "that is the curvature itself": curvature,
                },
                "where 1 - rate * lambda is -1; np.linalg.eigvalsh has the eigenvalues",
                within=0.02,
            ),
            "operations with arrays": Number(lambda: 7),
            "standard error of the slope": Number(
                error_of_slope,
                {
                    "divide by the number of points minus two": lambda: error_of_slope(10),
                    "two parameters were fitted, not one": lambda: error_of_slope(9),
                    "subtract the mean of x": lambda: error_of_slope(centred=False),
                    "that is its square, the variance": lambda: error_of_slope() ** 2,
                },
                "s squared is the sum of the squared residuals over the points minus two",
                within=1e-4,
            ),
        },
    ),
    "18": (
        "descent, in pictures",
        {
            "after one step": Number(lambda: [0.96, 2.11]),
            "rate above which b runs away": Number(
                lambda: 0.1,
                {
                    "there one step lands at 0 exactly; a little more still comes back": 0.05,
                    "that is the curvature itself": 20.0,
                },
                "where 1 - 20 rate is -1",
            ),
            "a rate for half of them": Judged(half_run_away),
            "winner of the race": Word(lambda: "momentum"),
            "a step of momentum": Function(
                lambda x, v, slope, rate: (x + 0.9 * v - rate * slope, 0.9 * v - rate * slope),
                [(1.0, 0.5, 2.0, 0.1), (0.0, -1.0, 1.0, 0.01)],
                {
                    "x moves by the new velocity, not by the old one": lambda x, v, slope, rate: (
                        x + v,
                        0.9 * v - rate * slope,
                    ),
                    "that rolls uphill": lambda x, v, slope, rate: (x + 0.9 * v + rate * slope, 0.9 * v + rate * slope),
                    "that forgets the velocity": lambda x, v, slope, rate: (x - rate * slope, -rate * slope),
                    "x comes first": lambda x, v, slope, rate: (0.9 * v - rate * slope, x + 0.9 * v - rate * slope),
                },
                "first the new velocity, then the new x; return (x, velocity)",
            ),
        },
    ),
    "19": (
        "networks",
        {
            "shrinks by": Number(lambda: 60_000),
            "report: sigmoid": Between(
                1e3, 1e9, "norm at depth 1 over norm at depth 8, both with sigmoids", "depth 8 over depth 1?"
            ),
            "report: relu": Between(
                0.1, 1e3, "norm at depth 1 over norm at depth 8, both with ReLU", "that looks like the sigmoids"
            ),
            "report: accuracy": Between(
                0.85, 1.0, "report[2][0] has it for depth 2", "a part of all, so at the most one"
            ),
            "softmax cross-entropy": Function(
                softmax_loss,
                [(np.array([[0.0, 1.0, 2.0], [1.0, -1.0, 0.5]]), np.array([2, 0]))],
                {
                    "the sum over each row only: axis=1": lambda z, k: (
                        np.log(np.sum(np.exp(z))) - np.mean(picked(z, k))
                    ),
                    "the mean over the images, not the sum": lambda z, k: len(k) * softmax_loss(z, k),
                    "the sign": lambda z, k: -softmax_loss(z, k),
                    "the score of the label is to be subtracted": lambda z, k: (
                        softmax_loss(z, k) + np.mean(picked(z, k))
                    ),
                },
                "np.log(np.sum(np.exp(scores), axis=1)) is the first part",
            ),
        },
    ),
    "21": (
        "other libraries",
        {
            "derivatives of f": Number(lambda: [4, -11]),
            "for 5 inputs and 1000 outputs": Word(
                lambda: "jacfwd", {"that would carry a thousand cotangents": "jacrev"}, "one of jacfwd and jacrev"
            ),
            "abs at 0 in four libraries": Number(
                lambda: [0, 1, 0, 0],
                {
                    "one of them takes the side of the positive numbers": [0, 0, 0, 0],
                    "in the order dualrev, JAX, PyTorch, autograd": [1, 0, 0, 0],
                },
                "read them in the last line of dr.kinks",
            ),
            "subgradients of abs": Number(
                lambda: [-1, 0, 0.5],
                {
                    "the ends count, too": [0, 0.5],
                    "a line of slope 1.5 is above |x| on the right": [-1, 0, 0.5, 1.5],
                    "there are more than the one that dualrev returns": [0],
                },
                "every number from -1 to 1, ends included",
            ),
            "after three backwards": Number(
                lambda: 12,
                {"it adds, it does not overwrite": 4, "it adds, it does not multiply": 64},
                "it adds up",
            ),
        },
    ),
    "20": (
        "is this gradient right?",
        {
            "why it rises": Word(lambda: "rounding"),
            "component and factor": Number(
                lambda: [1, 2],
                {
                    "that component is right": lambda: [0, 2],
                    "the other way round: by what must the wrong one be multiplied?": lambda: [1, 0.5],
                },
                "differentiate x0 x1^2 by x1",
            ),
            "six slips": Judged(lambda answer: matched(answer)),
            "a point that hides a swap": Judged(hides_a_swap),
        },
    ),
}

SLIPS = {
    "Ada": "factor a",
    "Ben": "sign",
    "Cleo": "derivative of x squared",
    "Dan": "swapped",
    "Eva": "degrees",
    "Finn": "factor 2",
}


def matched(answer: Any) -> str | None:
    wrong = [name for name, slip in SLIPS.items() if answer[name] != slip]
    return f"{len(SLIPS) - len(wrong)} of {len(SLIPS)} match; look again at {wrong[0]}" if wrong else None
