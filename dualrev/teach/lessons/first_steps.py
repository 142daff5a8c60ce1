"""The questions of lessons 00 to 05: derivatives, partial derivatives, dual numbers, the graph, the forward trace."""

from ...transforms import grad
from .question import Between, Judged, Number, Question, Word, near

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
}
