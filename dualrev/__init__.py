"""dualrev: forward and reverse mode differentiation of plain NumPy code, from one registry of rules."""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING, Any as _Any

from . import ops as _ops  # fills the registry, before the tracers read it
from . import custom
from .errors import (
    DualrevError,
    EscapedTracerError,
    InputError,
    LostDerivativeError,
    NoRuleError,
    NonFiniteError,
    NonFiniteWarning,
    WrongDerivativeError,
)
from .forward.dual import Dual
from .forward.jvp import jvp
from .jacobians import hessian, jacobian, linearize
from .modes import ModeChoice, Waist, choose_mode
from .reverse.node import Node, Tape
from .reverse.vjp import vjp
from .source import group, label
from .transforms import grad, hvp, stop_gradient, value, value_and_grad

if TYPE_CHECKING:
    from .checking import Report, audit, check, check_grads, check_rule, check_rules, kinks, why_nan
    from .comparison import Comparison, Crossover, compare, crossover
    from .curvature import Estimated, hessian_diag, laplacian, trace_estimate
    from .optimize import (
        bvp_jacobians,
        constraint,
        curve_fit,
        fit,
        fit_nll,
        least_squares,
        linear_regression,
        minimize,
        objective,
        ode_jacobian,
        polish,
        residuals,
        root,
        root_functions,
        scalar3,
    )
    from .program import Program, trace
    from .propagation import Propagated, propagate
    from .scouting import Support, supports
    from .series import Series, taylor
    from .solving import implicit
    from .teach import Explanation, explain

# What needs scipy.optimize or matplotlib is imported when it is first asked for: the package, and its names here.
_LATER = {
    "comparison": "Comparison Crossover compare crossover",
    "checking": "Report audit check check_grads check_rule check_rules kinks why_nan",
    "curvature": "Estimated hessian_diag laplacian trace_estimate",
    "program": "Program trace",
    "propagation": "Propagated propagate",
    "scouting": "Support supports",
    "series": "Series taylor",
    "solving": "implicit",
    "teach": "Explanation explain",
    "optimize": "bvp_jacobians constraint curve_fit fit fit_nll least_squares linear_regression minimize objective "
    "ode_jacobian polish residuals root root_functions scalar3",
}
_PACKAGES = {*_LATER, "datasets", "errors", "numpy", "scipy"} - {"scouting", "solving"}
_HOME = {name: package for package, names in _LATER.items() for name in names.split()}

__all__ = [
    "Comparison",
    "Crossover",
    "Dual",
    "DualrevError",
    "EscapedTracerError",
    "Estimated",
    "Explanation",
    "InputError",
    "LostDerivativeError",
    "ModeChoice",
    "NoRuleError",
    "Node",
    "NonFiniteError",
    "NonFiniteWarning",
    "Program",
    "Propagated",
    "Report",
    "Series",
    "Support",
    "Tape",
    "Waist",
    "WrongDerivativeError",
    "audit",
    "bvp_jacobians",
    "check",
    "check_grads",
    "check_rule",
    "check_rules",
    "choose_mode",
    "compare",
    "constraint",
    "crossover",
    "curve_fit",
    "custom",
    "explain",
    "fit",
    "fit_nll",
    "grad",
    "group",
    "hessian",
    "hessian_diag",
    "hvp",
    "implicit",
    "jacobian",
    "jvp",
    "kinks",
    "label",
    "laplacian",
    "least_squares",
    "linear_regression",
    "linearize",
    "minimize",
    "objective",
    "ode_jacobian",
    "polish",
    "propagate",
    "residuals",
    "root",
    "root_functions",
    "scalar3",
    "stop_gradient",
    "supports",
    "taylor",
    "trace",
    "trace_estimate",
    "value",
    "value_and_grad",
    "vjp",
    "why_nan",
]  # fmt: skip

__version__ = "0.1.0"


def __getattr__(name: str) -> _Any:
    if name in _HOME:
        return getattr(_import_module(f".{_HOME[name]}", __name__), name)
    if name in _PACKAGES:
        return _import_module(f".{name}", __name__)
    raise AttributeError(f"module 'dualrev' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_PACKAGES})
