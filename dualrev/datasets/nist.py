"""NIST's reference sets for regression: 27 nonlinear models, each with two starts, and 11 linear ones."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from .certified import CertifiedFit, frozen
from .nist_models import MODELS, polynomial_columns


@dataclass(frozen=True, eq=False, repr=False)
class NonlinearFit(CertifiedFit):
    """A `CertifiedFit` of a nonlinear model.

    level : "Lower", "Average" or "Higher"
        How hard NIST says it is.
    function : callable
        ``function(x, b1, b2, ...)``, plain NumPy code.
    starts : two dicts
        Where to start, by name: far from the solution, and near.
    """

    level: str
    function: Callable[..., Any]
    starts: tuple[dict[str, float], dict[str, float]]


@dataclass(frozen=True, eq=False, repr=False)
class LinearFit(CertifiedFit):
    """A `CertifiedFit` of a linear model; level as in `NonlinearFit`; intercept: a constant before the columns of x."""

    level: str
    intercept: bool


@cache
def contents() -> dict[str, Any]:
    data = json.loads(files(__package__).joinpath("nist.json").read_text(encoding="utf-8"))
    by_name = {kind: {s["name"]: s for s in data[kind]} for kind in ("nonlinear", "linear")}
    return by_name | {"source": data["source"]}


def nonlinear_names() -> list[str]:
    """The names of the 27 nonlinear sets."""
    return list(contents()["nonlinear"])


def linear_names() -> list[str]:
    """The names of the 11 linear sets."""
    return list(contents()["linear"])


def load_nonlinear(name: str) -> NonlinearFit:
    """A nonlinear set of NIST's, with certified values to 11 significant digits; Nelson's y is log(y), as in its model.

    Parameters
    ----------
    name : str
        One of `nonlinear_names`.

    Source: NIST Statistical Reference Datasets (StRD), nonlinear regression.

    Examples
    --------
    >>> from dualrev.datasets import load_nonlinear
    >>> misra = load_nonlinear("Misra1a")
    >>> misra
    NonlinearFit(Misra1a: y = b1*(1-exp[-b2*x]), 14 points)
    >>> misra.starts[0], misra.parameters
    ({'b1': 500.0, 'b2': 0.0001}, array([2.38942129e+02, 5.50156432e-04]))
    """
    s = picked("nonlinear", name)
    far, near = ({f"b{k}": float(v) for k, v in enumerate(start, 1)} for start in s["starts"])
    return NonlinearFit(**common(s, s["model"], s["x"]), level=s["level"], function=MODELS[name], starts=(far, near))


def load_linear(name: str) -> LinearFit:
    """A linear set of NIST's, with certified values to full double precision; the columns of x are the predictors.

    Parameters
    ----------
    name : str
        One of `linear_names`.

    Source: NIST Statistical Reference Datasets (StRD), linear regression.

    Examples
    --------
    >>> from dualrev.datasets import load_linear
    >>> load_linear("Longley").x.shape
    (16, 6)
    """
    s = picked("linear", name)
    intercept = s["basis"] != "origin"
    columns = polynomial_columns(np.array(s["x"], np.float64), s["basis"])
    terms = [f"b{k} x{k}" for k in range(1, columns.shape[1] + 1)]
    if s["basis"].startswith("poly"):
        terms = [f"b{k} x^{k}" if k > 1 else "b1 x" for k in range(1, columns.shape[1] + 1)]
    model = "y = " + " + ".join(["b0"] * intercept + (terms if intercept else ["b1 x"]))
    return LinearFit(**common(s, model, columns), level=s["level"], intercept=intercept)


def picked(kind: str, name: str) -> dict[str, Any]:
    known = contents()[kind]
    if name not in known:
        raise KeyError(f"there is no {kind} set {name!r}: there are {', '.join(known)}")
    return known[name]


def common(s: dict[str, Any], model: str, x: Any) -> dict[str, Any]:
    """The fields of a `CertifiedFit`."""
    y = np.log(s["y"]) if model.startswith("log[y]") else s["y"]
    return {
        "name": s["name"],
        "model": model,
        "x": frozen(x),
        "y": frozen(y),
        "parameters": frozen(s["certified"]),
        "deviations": frozen(s["certified_sd"]),
        "rss": float(s["rss"]),
        "dof": int(s["dof"]),
        "source": contents()["source"],
    }
