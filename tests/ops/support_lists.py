"""What the support page lists beside the ops: methods of ufuncs, dualrev.scipy, and what is refused by name."""

from collections import defaultdict
from functools import reduce
from importlib import import_module
from inspect import getclosurevars, isroutine, signature

import numpy as np
import scipy

import dualrev as dr
import dualrev.scipy
from dualrev import dispatch as dispatching
from dualrev import writing
from dualrev.errors import DualrevError, LostDerivativeError
from dualrev.kinds import Elementwise
from dualrev.registry import OPS, find
from dualrev.reverse.node import Tape
from dualrev.scipy.covering import IMMATERIAL
from tests.ops.referee import difference, jacobian
from tests.ops.sample import SHIPPED
from tests.ops.support_rows import digits
from tests.ops.test_registry import WHOLE, forward, reverse

X = np.array([0.7, 1.9, 1.3, 2.6])

# ---- methods of ufuncs and of arrays ---------------------------------------------------------------------------------


def written(ufunc, x):
    y = x * 1.5
    ufunc.at(y, [0, 2, 0], x[1:])
    return y


# Method -> (a call of it, and what it means where NumPy cannot be the referee: with AVX512, NumPy 2.4's np.power.reduce
# and np.arctan2.reduce are wrong, and see the first and the last element only).
METHODS = {
    "reduce": (lambda u, x: u.reduce(x), lambda u, x: reduce(u, list(x))),
    "accumulate": (lambda u, x: u.accumulate(x), None),
    "outer": (lambda u, x: u.outer(x, x[:2]), None),
    "reduceat": (lambda u, x: u.reduceat(x, [0, 2]), None),
    "at": (written, None),
}


def method_digits(ufunc, method):
    """The digits of J of a method at X against differences, the fewer of both modes; None if it is refused."""
    call, meaning = METHODS[method]
    f = lambda x: call(ufunc, x)
    try:
        both = [sweep(f, (X,)) for sweep in (forward, reverse)]
    except DualrevError:
        return None
    want = jacobian(difference, lambda x: (meaning or call)(ufunc, x), (X,))
    return min(digits(J, want) for J in both)


def binary_ufuncs():
    """NumPy's ufuncs of two arguments, both real, with a partial derivative in each."""
    found = [op for op in SHIPPED if isinstance(op, np.ufunc) and getattr(np, op.__name__, None) is op]
    rules = [op for op in found if isinstance(OPS[op].rule, Elementwise) and (op.nin, op.nout) == (2, 1)]
    return sorted((op for op in rules if op.__name__ not in WHOLE), key=lambda op: op.__name__)


def array_names():
    """The public attributes of an array: those that a traced one answers for, and those that it refuses."""
    names = [name for name in dir(np.ndarray) if not name.startswith("_")]
    traced = Tape().input(np.ones((2, 2)))

    def answers(name):
        try:
            getattr(traced, name)
        except (AttributeError, TypeError, NotImplementedError):
            return False
        return True

    has = [name for name in names if answers(name)]
    return has, [name for name in names if name not in has]


# ---- what is refused -------------------------------------------------------------------------------------------------

LOSSES = (
    lambda x: float(x[0]),
    lambda x: int(x[0]),
    lambda x: complex(x[0]),
    lambda x: x[x[0]],
    lambda x: x[0].item(),
    lambda x: x.tolist(),
    lambda x: x.tobytes(),
    lambda x: x.astype(np.int64),
    lambda x: x.resize(2),
    lambda x: x.__ifloordiv__(2.0),
)


def losses():
    """The messages that refuse what would lose a derivative."""
    return [refusal(f).removesuffix("; dr.value(x) drops the derivative on purpose.") for f in LOSSES]


def refusal(f):
    try:
        dr.jvp(f, (X,), (X,))
    except LostDerivativeError as error:
        return error.args[0]
    raise AssertionError("a derivative was lost in silence")


def instead():
    """What to write instead -> the functions for which it is said."""
    return grouped({public_name(func): reason for func, reason in dispatching.INSTEAD.items()})


def public_name(func):
    return ("np.linalg." if hasattr(np.linalg, func.__name__) else "np.") + func.__name__


def grouped(reasons):
    """Reason -> the names that have it."""
    found = defaultdict(list)
    for name, reason in sorted(reasons.items()):
        found[reason].append(name)
    return dict(found)


def without_rule(module):
    """Names of the functions of a module that dispatch, and have no rule, and no word on what to write instead."""
    known = {*dispatching.BUFFERS, *writing.STATEMENTS, *dispatching.INSTEAD}
    functions = {name: getattr(module, name) for name in dir(module) if not name.startswith("_")}
    dispatch = {n: f for n, f in functions.items() if isinstance(f, np.ufunc) or hasattr(f, "_implementation")}
    return [name for name, f in dispatch.items() if f not in known and find(f) is None]


def refused_arguments():
    """Positions of arguments in which no derivative is known -> the ops."""
    found = {}
    for op, entry in SHIPPED.items():
        partials = getattr(entry.rule, "partials", ())
        refused = [str(k) for k, p in enumerate(partials) if getattr(p, "__qualname__", "").startswith("refused")]
        if refused and not hasattr(op, "plain"):
            found[entry.name] = " and ".join(refused)
    return dict(sorted(grouped(found).items()))


# ---- dualrev.scipy ---------------------------------------------------------------------------------------------------

PARTS = [part for part in dualrev.scipy.PARTS if hasattr(scipy, part) and part != "sparse"] + ["sparse.linalg"]


def part_of(part):
    return vars(import_module(f"dualrev.scipy.{part}")), import_module(f"scipy.{part}")


def covered(part):
    """Names that dualrev.scipy.part makes differentiable."""
    ours, theirs = part_of(part)
    return sorted(
        name for name in {*ours["__all__"]} & {*theirs.__all__} if callable(ours.get(name)) or part == "stats"
    )


def refused_in(part):
    """Names of functions that dualrev.scipy.part hands on for plain arguments only."""
    theirs = part_of(part)[1]
    if part in ("special", "stats"):
        return []
    return sorted(name for name in theirs.__all__ if name not in covered(part) and isroutine(getattr(theirs, name)))


def refused_keywords(part):
    """Keywords that the rules of dualrev.scipy.part do not know -> the functions that have them."""
    found = {}
    for name in covered(part):
        func = part_of(part)[0][name]
        if hasattr(func, "__wrapped__"):
            known = getclosurevars(func).nonlocals.get("known", ())
            unknown = [k for k in signature(func.__wrapped__).parameters if k not in known and k not in IMMATERIAL]
            found |= {name: ", ".join(unknown)} if known and unknown else {}
    return grouped(found)
