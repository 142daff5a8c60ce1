"""The rules for NumPy that wait until one of them is asked for: importing this module registers them."""

from . import assembly, linalg, nan_functions, order_statistics, padding, polynomials, selection, signal, statistics

__all__ = [
    "assembly",
    "linalg",
    "nan_functions",
    "order_statistics",
    "padding",
    "polynomials",
    "selection",
    "signal",
    "statistics",
]
