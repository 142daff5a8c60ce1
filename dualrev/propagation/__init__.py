"""Uncertainties of inputs through a function: the covariance of its results, and which input it comes from."""

from .propagated import Propagated
from .propagating import propagate

__all__ = ["Propagated", "propagate"]
