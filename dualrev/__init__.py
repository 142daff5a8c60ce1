"""dualrev: forward and reverse mode differentiation of plain NumPy code, from one registry of rules."""

from . import ops as _ops  # fills the registry, before the tracers read it
from . import custom
from .errors import DualrevError, EscapedTracerError, InputError, LostDerivativeError, NoRuleError
from .forward.dual import Dual
from .forward.jvp import jvp
from .jacobians import hessian, jacobian, linearize
from .modes import ModeChoice, Waist, choose_mode
from .program import Program, trace
from .reverse.node import Node, Tape
from .reverse.vjp import vjp
from .source import group, label
from .transforms import grad, hvp, stop_gradient, value, value_and_grad

__all__ = [
    "Dual",
    "DualrevError",
    "EscapedTracerError",
    "InputError",
    "LostDerivativeError",
    "ModeChoice",
    "NoRuleError",
    "Node",
    "Program",
    "Tape",
    "Waist",
    "choose_mode",
    "custom",
    "grad",
    "group",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "label",
    "linearize",
    "stop_gradient",
    "trace",
    "value",
    "value_and_grad",
    "vjp",
]  # fmt: skip

__version__ = "0.1.0"
