"""."""

from .question import Question

LESSONS: dict[str, tuple[str, dict[str, Question]]] = {}
