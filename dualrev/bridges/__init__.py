"""Functions of NumPy inside programs of JAX and PyTorch, and recorded programs as formulas of SymPy.

See docs/bridges.md. None of the three is needed to import this: each is asked for when it is used.
"""

from .jax_functions import to_jax
from .torch_functions import to_torch

__all__ = ["to_jax", "to_torch"]
