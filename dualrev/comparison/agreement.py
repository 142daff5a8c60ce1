"""Do the methods agree? How far their Jacobians are apart, and what is wrong where that is too far."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .methods import Methods

Array = np.ndarray

DIFFERENCES = 1e-4  # the error of central differences, relative, that the third derivative of a tame f leaves


def distance(A: Array, B: Array) -> float:
    """The largest |A - B|; entries that are the same infinity or both nan do not differ. nan if another is not finite.

    >>> distance(np.array([1.0, np.inf]), np.array([1.5, np.inf]))
    0.5
    """
    apart = differences_of(A, B)
    return float(np.max(apart, initial=0.0))


def differences_of(A: Array, B: Array) -> Array:
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.abs(A - B)
    return np.where((A == B) | (np.isnan(A) & np.isnan(B)), 0.0, np.where(np.isfinite(apart), apart, np.nan))


def differ(A: Array, B: Array, relative: float, absolute: Array | float = 0.0) -> bool:
    """Is an entry of A further from that of B than `relative` of the largest of its row or column allows?"""
    sizes = np.where(np.isfinite(B), np.abs(B), 0.0)
    rows, columns = (np.max(sizes, axis=axis, keepdims=True, initial=0.0) for axis in (1, 0))
    scale = np.maximum(np.minimum(rows, columns), 1e-3 * np.max(sizes, initial=0.0))
    return not bool(np.all(differences_of(A, B) <= relative * scale + absolute))


@dataclass(frozen=True)
class Agreement:
    """The largest absolute difference of two Jacobians, over all entries; None where a method does not apply.

    It is nan where one of the two has a number that is not finite and the other has not the same.
    """

    forward_reverse: float
    forward_mixed: float | None = None
    forward_differences: float | None = None
    forward_complex: float | None = None


def judged(results: Mapping[str, Array], methods: Methods) -> tuple[Agreement, tuple[str, ...], str | None]:
    """(how far the results are apart, a sentence for each that disagrees, why the complex step is wrong or None)."""
    F, D, C = results["forward"], results.get("differences"), results.get("complex_step")
    tight, noise, found, why = methods.precision() ** 0.5, methods.rounding(), [], None
    for name in ("reverse", "mixed"):
        if name in results and differ(results[name], F, tight):
            found.append(
                f"THE MODES DISAGREE: forward and {name} are {off(results[name], F)} apart. "
                "A rule of the ops of f is wrong: its J and its transpose do not belong together"
            )
    if D is not None and differ(D, F, DIFFERENCES, noise):
        if np.all(np.isfinite(D)) or not np.all(np.isfinite(F)):
            found.append(
                f"CENTRAL DIFFERENCES DISAGREE: forward mode is {off(D, F)} away from them. The rule of an op of f is "
                "wrong, or f has a kink here, or changes too fast for their step"
            )
        else:
            found.append("Central differences are not finite here: a step leaves the domain of f")
    if C is not None and differ(C, F, tight):
        if D is not None and differ(D, F, DIFFERENCES, noise) and not differ(C, D, DIFFERENCES, noise):
            found.append(f"THE COMPLEX STEP DISAGREES too: forward mode is {off(C, F)} away from it")
        else:
            said = ", ".join(methods.culprits())
            why = f"f is not analytic{f' ({said})' if said else ''}: its result would be {off(C, F)} off"
    apart = {
        "forward_" + name.partition("_")[0]: distance(J, F)
        for name, J in results.items()
        if name != "forward" and not (name == "complex_step" and why)
    }
    return Agreement(**apart), tuple(found), why


def off(A: Array, B: Array) -> str:
    """How far A and B are apart, in words."""
    d = distance(A, B)
    return f"{d:.1e}" if np.isfinite(d) else "not a finite number"
