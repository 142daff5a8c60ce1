"""Curvature without the matrix: the diagonal and the trace of a Hessian."""

from .diagonal import Estimated, hessian_diag, laplacian, trace_estimate

__all__ = ["Estimated", "hessian_diag", "laplacian", "trace_estimate"]
