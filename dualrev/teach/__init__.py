"""For lessons: what a function's derivative looks like in both modes, and worksheets to find it oneself."""

from .engine_bugs import Broken, broken
from .explanation import Explanation, explain
from .session import done
from .worksheets import Exercise, exercise

__all__ = ["Broken", "Exercise", "Explanation", "broken", "done", "exercise", "explain"]
