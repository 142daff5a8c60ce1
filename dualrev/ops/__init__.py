"""The rules, one place each. Importing this package fills the registry."""

from importlib import import_module

from ..registry import LATE
from . import contract, elementwise, index, linalg, reduce, shape

__all__ = ["contract", "elementwise", "index", "linalg", "reduce", "shape"]

# scipy.special takes longer to import than NumPy: its rules wait until one of its functions meets a traced value.
LATE["scipy.special"] = lambda: import_module(".special", __name__)
