"""For lessons: what a function's derivative looks like in both modes, and worksheets to find it oneself."""

from .exercise import Exercise, exercise
from .explanation import Explanation, explain
from .session import done

__all__ = ["Exercise", "Explanation", "done", "exercise", "explain"]
