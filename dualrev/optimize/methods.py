"""What SciPy's minimisers take: which derivatives, bounds and constraints go with which method."""

from collections.abc import Mapping
from typing import Any

from ..errors import InputError
from .objectives import Objective

PRODUCTS = frozenset({"newton-cg", "trust-ncg", "trust-krylov"})  # methods that take Hessian products
HESSIANS = frozenset({"dogleg", "trust-exact", "trust-constr"})  # that take whole Hessians
FREE = frozenset({"nelder-mead", "powell", "cobyla", "cobyqa"})  # that take no derivative
WITH_BOUNDS = frozenset({"nelder-mead", "l-bfgs-b", "tnc", "slsqp", "powell", "trust-constr", "cobyla", "cobyqa"})
WITH_CONSTRAINTS = frozenset({"cobyla", "cobyqa", "slsqp", "trust-constr"})
GRADIENTS = frozenset({"cg", "bfgs", "l-bfgs-b", "tnc", "slsqp"}) | PRODUCTS | HESSIANS
EITHER = frozenset({"newton-cg", "trust-ncg", "trust-krylov", "trust-constr"})  # that take hess or hessp
MOST_DENSE = 200  # free parameters; beyond, trust-constr gets the Hessian as an operator


def method_for(method: Any, bounded: bool, constrained: bool) -> str:
    """SciPy's default, or the method named; it must be able to do what is asked."""
    if method is None:
        return "SLSQP" if constrained else "L-BFGS-B" if bounded else "BFGS"
    if not isinstance(method, str) or method.lower() not in GRADIENTS | FREE:
        raise InputError(f"method={method!r}: write one of SciPy's methods, such as 'BFGS', 'L-BFGS-B', 'trust-constr'")
    if bounded and method.lower() not in WITH_BOUNDS:
        raise InputError(f"method={method!r} takes no bounds: leave it out, or use transform= for a smooth one")
    if constrained and method.lower() not in WITH_CONSTRAINTS:
        raise InputError(f"method={method!r} takes no constraints: use 'SLSQP' or 'trust-constr'")
    return method


def check_derivatives(method: str, jac: Any, hess: Any, hessp: Any) -> None:
    """Refuse derivatives of the user's that the method would not use, or that are none."""
    name = method.lower()
    for said, given, takes in (
        ("jac", jac, GRADIENTS),
        ("hess", hess, EITHER | HESSIANS),
        ("hessp", hessp, EITHER),
    ):
        if given is not None and name not in takes:
            raise InputError(f"{said} is given, and method={method!r} does not use it: leave {said} out")
    if not (jac is None or jac is True or callable(jac)):
        raise InputError(f"jac={jac!r}: leave it out for the exact gradient, or give a function, or True")
    if not (hess is None or callable(hess) or (name == "trust-constr" and hasattr(hess, "initialize"))):
        raise InputError(f"hess={hess!r}: leave it out for the exact Hessian, or give a function")
    if not (hessp is None or callable(hessp)):
        raise InputError(f"hessp={hessp!r}: leave it out for the exact products, or give a function hessp(params, p)")
    if hess is not None and hessp is not None:
        raise InputError("hess and hessp are both given: leave one out")


def derivatives_for(method: str, obj: Objective, hess: Any, hessp: Any) -> Mapping[str, Any]:
    """jac, hess and hessp as the method takes them; hess and hessp as the user wrote them, or exact."""
    name, p = method.lower(), obj.parameters
    if name in FREE:
        return {}
    if hess is not None:
        wrapped = (lambda x: hess(p.unflatten(x), *obj.args)) if callable(hess) else hess
        return {"jac": obj.grad, "hess": wrapped}
    if hessp is not None:
        return {"jac": obj.grad, "hessp": lambda x, v: hessp(p.unflatten(x), v, *obj.args)}
    if name in PRODUCTS:
        return {"jac": obj.grad, "hessp": obj.hessp}
    if name in HESSIANS:
        large = name == "trust-constr" and len(p.x0) > MOST_DENSE
        return {"jac": obj.grad, "hess": obj.hess_op if large else obj.hess}
    return {"jac": obj.grad}


def options_for(method: str, options: Mapping[str, Any] | None, tol: float | None, barrier: bool) -> dict[str, Any]:
    """The method's options: the user's, and gtol = 0 for trust-constr with bounds or inequalities.

    SciPy's gtol looks at the gradient of the barrier problem alone, and stops while the barrier still stands: at an f
    that is wrong in the fourth digit on problem 14 of Hock & Schittkowski. Without it xtol and barrier_tol end the run.
    """
    given = dict(options or {})
    if method.lower() == "trust-constr" and barrier and tol is None:
        given.setdefault("gtol", 0.0)
    return given
