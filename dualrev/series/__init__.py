"""Taylor series of a function along a direction."""

from .transform import Series, taylor

__all__ = ["Series", "taylor"]
