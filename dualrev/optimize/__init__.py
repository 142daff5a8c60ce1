"""Fitting models with scipy.optimize: exact derivatives in, results that one can trust out."""

from .constraints import Constraint, constraint
from .fit_result import Fit
from .fitting import fit
from .hooks import bvp_jacobians, ode_jacobian, polish, root_functions, scalar3
from .likelihood import LikelihoodFit, fit_nll
from .minimizing import minimize
from .objectives import Objective, objective
from .parameters import Parameters
from .regression import LinearRegression, linear_regression
from .residual_functions import Residuals, residuals
from .result import Result
from .rooting import root
from .squares import curve_fit, least_squares

__all__ = [
    "Constraint",
    "Fit",
    "LikelihoodFit",
    "LinearRegression",
    "Objective",
    "Parameters",
    "Residuals",
    "Result",
    "bvp_jacobians",
    "constraint",
    "curve_fit",
    "fit",
    "fit_nll",
    "least_squares",
    "linear_regression",
    "minimize",
    "objective",
    "ode_jacobian",
    "polish",
    "residuals",
    "root",
    "root_functions",
    "scalar3",
]
