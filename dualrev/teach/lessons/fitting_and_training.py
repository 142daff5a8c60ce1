"""The questions of lessons 17 to 21: regression, descent, networks, checking gradients, other libraries."""

from typing import Any

import numpy as np

from .question import Function, Judged, Number, Question, Word


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
