"""What one builds oneself, to see how it works: a tape that is written line by line."""

from .tape import Tape, Variable

__all__ = ["Tape", "Variable"]
