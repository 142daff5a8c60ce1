"""dualrev: forward and reverse mode differentiation of plain NumPy code, from one registry of rules."""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING, Any as _Any

from . import ops as _ops  # fills the registry, before the tracers read it
from . import custom
from .checkpointing import checkpoint
from .errors import (
    DualrevError,
    EscapedTracerError,
    InputError,
    LostDerivativeError,
    NoRuleError,
    NonFiniteError,
    NonFiniteWarning,
    WrongDerivativeError,
    WrongDerivativeWarning,
)
from .forward.dual import Dual
from .forward.jvp import jvp
from .jacobians import hessian, jacobian, linearize
from .modes import ModeChoice, Waist, choose_mode
from .pointwise import derivative
from .reverse.node import Node
from .reverse.vjp import vjp
from .source import group, label
from .transforms import grad, hvp, stop_gradient, value, value_and_grad

if TYPE_CHECKING:
    from .bridges import to_jax, to_torch
    from .by_hand import Graph, Tape
    from .checking import (
        Report,
        assert_grad,
        audit,
        check,
        check_grad,
        check_grads,
        check_rule,
        check_rules,
        kinks,
        why_nan,
    )
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
    from .rebuild import plain
    from .scouting import Support, supports
    from .series import Series, taylor
    from .solving import implicit
    from .teach import Explanation, History, descent, explain

# What needs scipy.optimize or matplotlib is imported when it is first asked for: the package, and its names here.
_LATER = {
    "bridges": "to_jax to_torch",
    "by_hand": "Graph Tape",
    "comparison": "Comparison Crossover compare crossover",
    "checking": "Report assert_grad audit check check_grad check_grads check_rule check_rules kinks why_nan",
    "curvature": "Estimated hessian_diag laplacian trace_estimate",
    "program": "Program trace",
    "propagation": "Propagated propagate",
    "rebuild": "plain",
    "scouting": "Support supports",
    "series": "Series taylor",
    "solving": "implicit",
    "teach": "Explanation History descent explain",
    "optimize": "bvp_jacobians constraint curve_fit fit fit_nll least_squares linear_regression minimize objective "
    "ode_jacobian polish residuals root root_functions scalar3",
}
# The nodes of a graph, too, by the names of a course: dr.Add and so on, though `from dualrev import *` leaves them out.
_NODES = """Abs Add Cos Divide Exp Log MatMul Maximum Mean Minimum Multiply Negative Pow Relu Sigmoid Sin Sqrt Square
    Subtract Sum Tanh Variable"""
_PACKAGES = {*_LATER, "cmath", "datasets", "errors", "math", "numpy", "scipy"} - {"scouting", "solving"}
_HOME = {name: package for package, names in _LATER.items() for name in names.split()}
_HOME |= dict.fromkeys(_NODES.split(), "by_hand")

__all__ = [
    "Comparison",
    "Crossover",
    "Dual",
    "DualrevError",
    "EscapedTracerError",
    "Estimated",
    "Explanation",
    "Graph",
    "History",
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
    "WrongDerivativeWarning",
    "assert_grad",
    "audit",
    "bvp_jacobians",
    "check",
    "check_grad",
    "check_grads",
    "check_rule",
    "check_rules",
    "checkpoint",
    "choose_mode",
    "compare",
    "constraint",
    "crossover",
    "curve_fit",
    "custom",
    "derivative",
    "descent",
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
    "plain",
    "polish",
    "propagate",
    "residuals",
    "root",
    "root_functions",
    "scalar3",
    "stop_gradient",
    "supports",
    "taylor",
    "to_jax",
    "to_torch",
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
    return sorted({*globals(), *__all__, *_HOME, *_PACKAGES})
