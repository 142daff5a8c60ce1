"""The two modes side by side on the reader's own function: counted, measured, over a grid of sizes."""

from .comparing import Comparison, compare
from .crossing import Crossover, crossover

__all__ = ["Comparison", "Crossover", "compare", "crossover"]
