"""Through solvers: roots, minimisers, integrals and differential equations, by the theorem behind each."""

from .own_solvers import implicit

__all__ = ["implicit"]
