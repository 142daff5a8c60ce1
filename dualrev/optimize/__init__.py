"""Fitting models with scipy.optimize: exact derivatives in, results that one can trust out."""

from .constraints import Constraint, constraint
from .curves import curve_fit
from .data_sets import FitOfSets
from .fit_card import card_of
from .fit_figure import figure_of
from .fit_report import data_of_fit, explanation_of, report_of
from .fit_result import Fit
from .fitting import fit
from .hooks import bvp_jacobians, ode_jacobian, polish, root_functions, scalar3
from .inference import Inference
from .likelihood import LikelihoodFit, fit_nll
from .minimizing import minimize
from .nested import comparison_of
from .objectives import Objective, objective
from .parameters import Parameters
from .profiles import profile_of
from .regions import region_of
from .regression import LinearRegression, linear_regression
from .residual_functions import Residuals, residuals
from .result import Result
from .rooting import root
from .squares import SquaresResult, least_squares
from .squares_fit import ASKED, asked_of_errors, errors_of

Fit.report = report_of
Fit.explain = explanation_of
Fit.to_dict = data_of_fit
SquaresResult.errors = errors_of
for name in ASKED:
    setattr(SquaresResult, name, asked_of_errors(name))
Inference.profile = profile_of
Inference.region = region_of
Inference.compare = comparison_of
Fit.plot = figure_of
Fit.card = card_of

__all__ = [
    "Constraint",
    "Fit",
    "FitOfSets",
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
