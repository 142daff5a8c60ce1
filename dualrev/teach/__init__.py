"""Views for lessons: what a function's derivative looks like in both modes, on one page."""

from .explanation import Explanation, explain

__all__ = ["Explanation", "explain"]
