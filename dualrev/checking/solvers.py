"""The solver that a function calls, and the tolerance it was given: seen in the frames of one call."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, NamedTuple

STEPS, ITERATIONS = ("rtol", "atol", "epsabs", "epsrel"), ("rtol", "atol", "tol", "xtol", "ftol", "gtol")
TOLERANCES = {  # of the packages whose functions compute to one, and what they call it
    "scipy.integrate": STEPS, "torchdiffeq": STEPS, "scikits.odes": STEPS, "sksundae": STEPS, "assimulo": STEPS,
    "scipy.optimize": ITERATIONS, "scipy.sparse.linalg": ITERATIONS,
}  # fmt: skip
USUAL = {"odeint": 1.49e-8, "minimize": 1e-5, "root": 1.49e-8}  # where it is left to the Fortran code or the method
LOOSEST = 0.1


class Solver(NamedTuple):
    """The name of the function that the user called, and the loosest tolerance in use under it."""

    name: str
    tolerance: float


def solver_of(call: Callable[[], Any]) -> Solver | None:
    """The solver with the loosest tolerance that runs within a call; None if there is none.

    >>> from scipy.integrate import solve_ivp
    >>> solver_of(lambda: solve_ivp(lambda t, y: -y, (0, 1), [1.0], rtol=1e-5))
    Solver(name='solve_ivp', tolerance=1e-05)
    """
    found: list[Solver] = []

    def look(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and (names := names_in(frame)):
            tolerance = max(number(frame.f_locals.get(name)) for name in names)
            tolerance = tolerance or USUAL.get(frame.f_code.co_name, 0.0)
            if 0 < tolerance <= LOOSEST:
                found.append(Solver(outermost(frame).f_code.co_name, tolerance))

    if sys.getprofile() is not None:  # somebody else is looking: cProfile cannot be put back
        return None
    sys.setprofile(look)
    try:
        call()
    finally:
        sys.setprofile(None)
    return max(found, key=lambda s: s.tolerance, default=None)


def names_in(frame: FrameType) -> tuple[str, ...]:
    """What the package of a frame calls its tolerances; () outside those packages."""
    module = str(frame.f_globals.get("__name__", ""))
    return next((names for home, names in TOLERANCES.items() if module.startswith(home)), ())


def outermost(frame: FrameType) -> FrameType:
    """The function that the user called."""
    while frame.f_back is not None and names_in(frame.f_back):
        frame = frame.f_back
    return frame


def number(v: Any) -> float:
    """0 for what is no number; SciPy gives tolerances as arrays, too."""
    try:
        return float(max(v)) if hasattr(v, "__len__") and len(v) else float(v)
    except (TypeError, ValueError):
        return 0.0
