"""For lessons: a derivative in both modes, on one page, in pictures, and on worksheets to find it oneself."""

from .chains import chain
from .error_curves import error_curve
from .exercise import Exercise, exercise
from .explanation import Explanation, explain
from .session import done
from .tangents import tangent

__all__ = ["Exercise", "Explanation", "chain", "done", "error_curve", "exercise", "explain", "tangent"]
