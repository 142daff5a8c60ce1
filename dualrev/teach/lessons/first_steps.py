"""The questions of lessons 00 to 05: derivatives, partial derivatives, dual numbers, the graph, the forward trace."""

import numpy as np

from ...transforms import grad
from .question import Between, Function, Judged, Number, Question, Word, near

UNIT_GRADIENT = np.array([5.5, 2 - np.cos(5.0)]) / np.hypot(5.5, 2 - np.cos(5.0))

LESSONS: dict[str, tuple[str, dict[str, Question]]] = {
    "00": (
        "quickstart",
        {
            "slope in x1": Number(lambda: 5.5),
            "a function with slope 10": Judged(lambda g: None if near(grad(g)(1.0), 10.0) else "ask dr.grad(g)(1.0)"),
            "the cheaper mode": Word(lambda: "forward"),
            "errors away": Between(
                1.4, 1.7, "subtract 1.3, take abs, divide by the standard error", "divide by the standard error"
            ),
        },
    ),
    "01": (
        "what is a derivative?",
        {
            "slope at 6": Number(lambda: -7),
            "best h of three": Number(lambda: 1e-8),
            "central difference": Function(
                lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h),
                [(np.sin, 1.0, 0.1), (np.exp, 0.0, 0.2)],
                {
                    "that is the forward difference": lambda f, x, h: (f(x + h) - f(x)) / h,
                    "the two points are 2 h apart": lambda f, x, h: (f(x + h) - f(x - h)) / h,
                    "mind the brackets: everything is divided by 2 h": lambda f, x, h: (f(x + h) - f(x - h)) / 2 * h,
                    "the sign: f(x + h) comes first": lambda f, x, h: (f(x - h) - f(x + h)) / (2 * h),
                },
                "two values of f, over their distance",
            ),
            "a good h": Between(
                2e-9, 2e-7, "a little larger: rounding still rules there", "smaller: truncation still rules there"
            ),
            "calls for 1000 inputs": Number(
                lambda: 1001,
                {"and one for the point itself": 1000, "that is for central differences": 2000},
                "one for the point, one more for each input",
            ),
        },
    ),
    "02": (
        "partial derivatives",
        {
            "partials of ab + 1": Number(lambda: [2, 1]),
            "what comes through y": Number(
                lambda: 4 * np.cos(2.0),
                {
                    "that is the slope of y in x alone: times the slope of z in y": lambda: np.cos(2.0),
                    "that is the slope of z in y alone: times the slope of y in x": 4.0,
                    "that is the total derivative": lambda: 4 * np.cos(2.0) + 4 * np.sin(2.0),
                    "that is the partial derivative, which holds y still": lambda: 4 * np.sin(2.0),
                    "the slope of the sine is not the sine": lambda: 4 * np.sin(2.0),
                },
                "the slope of z in y is x**2",
            ),
            "derivatives of E": Number(
                lambda: [-3.0, -24.0, 6.0],
                {
                    "that is without the other factor": [0.5, 4.0, -2.0],
                    "w1 and w2 are in s, so they get the factor t": [0.5 * -3, 4.0 * -3, 6.0],
                    "w3 is in t, so it gets the factor s": [-3.0, -24.0, 12.0],
                },
                "s = -3 and t = -6",
            ),
        },
    ),
    "03": (
        "dual numbers",
        {
            "square of 3 + eps": Number(lambda: [9, 6]),
            "product of duals": Function(
                lambda a, b: (a[0] * b[0], a[0] * b[1] + a[1] * b[0]),
                [((2.0, 1.0), (5.0, 0.0)), ((3.0, -1.0), (4.0, 2.0))],
                {
                    "tangents do not multiply: eps squared is 0": lambda a, b: (a[0] * b[0], a[1] * b[1]),
                    "that is the rule of the sum": lambda a, b: (a[0] * b[0], a[1] + b[1]),
                    "each tangent goes with the other value": lambda a, b: (a[0] * b[0], a[0] * a[1] + b[0] * b[1]),
                    "one of two terms": lambda a, b: (a[0] * b[0], a[1] * b[0]),
                },
                "the value is the product of values, the tangent has two terms",
            ),
            "sine of a dual": Function(
                lambda a: (np.sin(a[0]), np.cos(a[0]) * a[1]),
                [((0.5, 1.0),), ((1.0, 3.0),)],
                {
                    "the tangent that comes in is missing": lambda a: (np.sin(a[0]), np.cos(a[0])),
                    "the slope of the sine is not the sine": lambda a: (np.sin(a[0]), np.sin(a[0]) * a[1]),
                    "the sine of the tangent is not the tangent of the sine": lambda a: (np.sin(a[0]), np.sin(a[1])),
                    "the sign": lambda a: (np.sin(a[0]), -np.cos(a[0]) * a[1]),
                },
                "the slope at the value, times the tangent that comes in",
            ),
            "seeds for x1": Number(
                lambda: [[2, 1], [5, 0]],
                {
                    "those are the seeds for x2": [[2, 0], [5, 1]],
                    "that looks along the diagonal: only x1 is to move": [[2, 1], [5, 1]],
                    "nothing moves with these": [[2, 0], [5, 0]],
                },
                "a pair is (value, tangent), and only x1 moves",
            ),
            "runs for 50 inputs": Number(lambda: 50),
        },
    ),
    "04": (
        "the graph",
        {
            "operations and leaves of f": Number(lambda: [5, 2]),
            "leaves, operations, edges of L": Number(
                lambda: [2, 6, 10],
                {
                    "a is one leaf, however often it is used": [5, 6, 10],
                    "powers have one edge in": [2, 6, 12],
                    "the powers are operations, too": [2, 4, 10],
                },
                "the operations are two powers, two products, two differences",
            ),
            "paths from a": Number(
                lambda: 3,
                {"count also the a that multiplies the bracket": 2, "b has that many": 1},
                "one for each use of a, and none of these splits later on",
            ),
            "paths from c": Number(
                lambda: 4,
                {"c is in every bracket": 3, "paths add up over brackets, they do not multiply": 16},
                "one through each bracket in which c stands",
            ),
        },
    ),
    "05": (
        "the forward trace",
        {
            "which stands still": Word(lambda: "v3"),
            "tangent for x2": Number(
                lambda: 2 - np.cos(5.0),
                {
                    "the sign of the sine: f has a minus there": lambda: 2 + np.cos(5.0),
                    "the slope of the sine is not the sine": lambda: 2 - np.sin(5.0),
                    "the product is missing": lambda: -np.cos(5.0),
                    "5 is in radians": lambda: 2 - np.cos(np.deg2rad(5.0)),
                },
                "the product gives x1, and the sine its slope, with a minus",
            ),
            "the fastest direction": Number(
                lambda: UNIT_GRADIENT,
                {
                    "that is the gradient: divide by its length": lambda: (
                        UNIT_GRADIENT * np.hypot(5.5, 2 - np.cos(5.0))
                    ),
                    "that is straight down": lambda: -UNIT_GRADIENT,
                },
                "the length is the square root of the sum of squares",
                within=1e-3,
            ),
            "tangent of y": Number(
                lambda: 4 * np.sin(2.0) + 4 * np.cos(2.0),
                {
                    "a product has two terms": lambda: 4 * np.sin(2.0),
                    "that multiplies the two slopes": lambda: 4 * np.cos(2.0),
                },
                "2 x times sin x, and x squared times cos x",
                within=1e-3,
            ),
        },
    ),
}
