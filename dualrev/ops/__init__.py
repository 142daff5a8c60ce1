"""The rules, one place each. Importing this package fills the registry with what most programs use.

The rest waits until one of its functions meets a traced value, so that importing dualrev stays quick.
"""

from importlib import import_module

from ..registry import LATE
from . import contract, elementwise, index, own_value, reduce, reduction_arguments, refusals, shape, ufunc_methods

__all__ = [
    "contract",
    "elementwise",
    "index",
    "own_value",
    "reduce",
    "reduction_arguments",
    "refusals",
    "shape",
    "ufunc_methods",
]

LATE["np"] = lambda: import_module(".further", __name__)
LATE["scipy.special"] = lambda: import_module(".special", __name__)  # takes longer to import than NumPy
LATE["scipy.sparse"] = lambda: [import_module(f".{name}", __name__) for name in ("sparse_products", "factored")]
