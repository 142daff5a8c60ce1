"""Errors of other libraries that were given traced values: which function it was, at which line, and what to write.

SciPy's functions that do not dispatch raise whatever they raise on an array of objects. Where an error came out of
such a library, and the function that the user called there had traced values, the error is said again in our words; any
other error is the user's own, and passes.
"""

import sys
from functools import partial
from importlib import import_module
from types import FunctionType, MethodType, ModuleType

import numpy as np

from .errors import DualrevError, EscapedTracerError, LostDerivativeError, NoRuleError
from .labels import has_met
from .source import Place
from .traced import OBJECT, Tracer

FOREIGN = frozenset({"scipy", "pandas", "xarray"})
OURS = __name__.partition(".")[0]

# What to write in place of functions that have no counterpart in dualrev.scipy, by the beginning of their names.
SOLVED = (
    "say which equations the solution satisfies, with @dr.implicit(residual) on the function that calls the solver, or "
    "of which objective it is the minimum, with @dr.implicit.argmin(objective)"
)
STEPS = "write the steps as a loop in NumPy, or pass dr.value of the parameters"
NODES = "write the rule itself: t, w = np.polynomial.legendre.leggauss(n), and np.sum(w * f(t))"
SPARSE = (
    "a sparse matrix cannot hold traced values. Its product with v is np.bincount(rows, x * v[columns], minlength=m), "
    "of the numbers x at (rows, columns); or make the dense matrix"
)
SYSTEM = (
    "write dualrev.scipy.sparse.linalg.spsolve(S, b), or factorized(S)(b), of a constant S; or say which equations the "
    "result satisfies, with @dr.implicit(residual) on the function that calls it"
)
WRITE = {
    "scipy.optimize.": SOLVED,
    "scipy.integrate.solve": STEPS,
    "scipy.integrate.ode": STEPS,
    "scipy.integrate.": NODES,
    "scipy.sparse.linalg.": SYSTEM,
    "scipy.sparse.": SPARSE,
    "pandas.": "take the numbers of the labelled data with .to_numpy(), and label the result afterwards",
    "xarray.": "take the numbers of the labelled data with .to_numpy(), and label the result afterwards",
}
IMPORTED = "It was imported while the function ran: import it before."
OTHERWISE = (
    "say it in NumPy functions, give it a rule with dr.custom, or pass dr.value(x) if its derivative is not wanted"
)


def explained(error, just_met=False):
    """What to raise in place of an error that came out of f: the same in our words, or None where it is the user's.

    just_met: a library whose methods hand traced operands over was imported only while f ran.
    """
    user, frames = parted(error.__traceback__, isinstance(error, SystemError))  # that of C code, called back or not
    if is_to_be_named(error, frames):
        name = called(frames)
        written = isinstance(error.__cause__, LostDerivativeError)
        kind = type(error) if isinstance(error, DualrevError) else LostDerivativeError if written else NoRuleError
        instead = IMPORTED if just_met and name.startswith("scipy.sparse") else instead_of(name)
        said = error.args[0] if isinstance(error, DualrevError) else error  # without the line, which comes at the end
        made = kind(f"{name} cannot go on with traced values ({type(error).__name__}: {said}). {instead}")
        made.__cause__ = error
    elif isinstance(error, AttributeError) and isinstance(error.obj, Tracer) and has_met():
        made = NoRuleError(
            f"a traced array has no {error.name}: the labels of pandas and xarray are left where their data meet a "
            "traced value. Group, align and look up by labels before, and go on with the numbers, as of .to_numpy()"
        )
    else:
        return None
    made.place = place_of(user) if user else None
    return made


def is_to_be_named(error, frames):
    """Did the error come out of a library's function that works with traced values?"""
    if not frames or isinstance(error, EscapedTracerError) or library(frames[0]) not in FOREIGN:
        return False
    return any(map(has_traced, frames))


def parted(traceback, through=False):
    """The user's innermost frame, with its line, and the frames of libraries that it led to, the outermost first.

    through: a function of the user's that a library called in turn is passed over, as if it were the library's.
    """
    user, frames = None, []
    while traceback is not None:
        frame, traceback, line = traceback.tb_frame, traceback.tb_next, traceback.tb_lineno
        if library(frame) not in FOREIGN and library(frame) != OURS:
            user, frames = (user, frames) if through and frames else ((frame, line), [])
        elif user or frames or library(frame) != OURS:  # what called f is not what f called
            frames.append(frame)
    return user, frames


def library(frame):
    return frame.f_globals.get("__name__", "").partition(".")[0]


def place_of(user):
    frame, line = user
    return Place(frame.f_code.co_filename, line, frame.f_code.co_name, (None,) * 4)


def has_traced(frame):
    """Is there a traced value among what the function of this frame works with?"""
    return library(frame) in FOREIGN and any(holds(v, 3) for v in list(frame.f_locals.values()))


def holds(v, depth):
    """Is v traced, or is there something traced in it: in a list, an array of objects, a function's closure?"""
    if isinstance(v, Tracer):
        return True
    if type(v) is np.ndarray:
        return v.dtype is OBJECT and any(isinstance(item, Tracer) for item in v.flat)
    if not depth:
        return False
    return any(holds(item, depth - 1) for item in inside(v))


def inside(v):
    if isinstance(v, (list, tuple)):
        return v[:MANY]
    if type(v) is dict:
        return list(v.values())[:MANY]
    if isinstance(v, partial):
        return v.func, *v.args, *v.keywords.values()
    if isinstance(v, MethodType):
        return v.__func__, *getattr(v.__self__, "__dict__", {}).values()
    if isinstance(v, FunctionType):
        return [contents(cell) for cell in v.__closure__ or ()]
    return ()


def contents(cell):
    try:
        return cell.cell_contents
    except ValueError:  # a variable that has no value yet
        return None


MANY = 100  # elements of a list that are looked at

# ---- names -----------------------------------------------------------------------------------------------------------


def called(frames):
    """The public name of the function that the user called: of the outermost frame that has one."""
    for frame in frames:
        name = public_name(frame)
        if name:
            return name
    frame = frames[0]
    return f"{frame.f_globals['__name__']}.{frame.f_code.co_qualname}"


def public_name(frame):
    """scipy.linalg.schur for a frame of scipy.linalg._decomp_schur.schur; None for one that nobody calls by name."""
    owner, *method = frame.f_code.co_qualname.split(".")
    method = [m for m in method if m not in ("__init__", "__call__", "__new__")]
    this = frame.f_locals.get("self")
    distribution = getattr(this, "dist", this)
    if frame.f_globals["__name__"].startswith("scipy.stats") and isinstance(getattr(distribution, "name", None), str):
        return f"scipy.stats.{distribution.name}.{method[-1]}" if method else None
    if this is not None and owner in [cls.__name__ for cls in type(this).__mro__]:
        owner = type(this).__name__
    package = package_with(frame.f_globals["__name__"].split("."), owner)
    return (
        None
        if package is None or any(m.startswith(("_", "<")) for m in method)
        else ".".join([package, owner, *method])
    )


def package_with(parts, name):
    """The first of the packages that lead to a module that has `name` for everybody."""
    packages = [".".join(parts[:k]) for k in range(1, len(parts) + 1)]
    public = [p for p in packages if not any(part.startswith("_") for part in p.split("."))]
    return next(
        (p for p in public if not name.startswith("_") and callable(getattr(sys.modules.get(p), name, None))), None
    )


def instead_of(name):
    """What to write in place of a function of another library."""
    library, part, *rest = name.split(".")
    if library == "scipy" and len(rest) > 1 and has_ours(f"{part}.{rest[0]}", rest[1]):
        return f"Write `from dualrev.scipy.{part} import {rest[0]}`, and {'.'.join(rest)} as here."
    if library == "scipy" and rest and has_ours(part, rest[0]):
        return f"Write `from dualrev.scipy import {part}`, and {part}.{'.'.join(rest)} as here."
    matching = [said for beginning, said in WRITE.items() if name.startswith(beginning)]
    missing = "It is not in dualrev.scipy: " if library == "scipy" else ""
    said = matching[0] if matching else OTHERWISE
    return missing + said + "." if missing else said[0].upper() + said[1:] + "."


def has_ours(part, name):
    """Has dualrev.scipy a rule for this function of SciPy's?"""
    try:
        found = vars(import_module(f"{OURS}.scipy.{part}")).get(name)
    except ModuleNotFoundError:
        return False
    return found is not None and not isinstance(found, ModuleType)
