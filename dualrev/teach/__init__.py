"""For lessons: what a function's derivative looks like in both modes, and worksheets to find it oneself."""

from .broken import Broken, broken
from .exercise import Exercise, exercise
from .explanation import Explanation, explain
from .session import done

__all__ = ["Broken", "Exercise", "Explanation", "broken", "done", "exercise", "explain"]
