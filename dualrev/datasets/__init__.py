"""Data with certified answers, to hold a fit against."""

import json
from importlib.resources import files

from .certified import CertifiedFit, frozen
from .nist import LinearFit, NonlinearFit, linear_names, load_linear, load_nonlinear, nonlinear_names

__all__ = [
    "CertifiedFit",
    "LinearFit",
    "NonlinearFit",
    "linear_names",
    "load_linear",
    "load_nonlinear",
    "load_norris",
    "nonlinear_names",
]


def load_norris() -> CertifiedFit:
    """NIST's Norris data: a straight line y = b0 + b1 x through 36 points, the calibration of an ozone monitor.

    The certified values have the 15 significant digits that NIST prints.

    Returns
    -------
    CertifiedFit
        With x and y of shape (36,), two parameters, and their standard deviations.

    Source: NIST Statistical Reference Datasets (StRD), linear least squares regression.

    Examples
    --------
    >>> from dualrev.datasets import load_norris
    >>> norris = load_norris()
    >>> norris
    CertifiedFit(Norris: y = b0 + b1 x, 36 points)
    >>> norris.parameters
    array([-0.26232307,  1.00211682])
    """
    return read("nist_norris.json")


def read(file: str) -> CertifiedFit:
    """One file of this folder."""
    data = json.loads(files(__name__).joinpath(file).read_text(encoding="utf-8"))
    return CertifiedFit(
        **{key: data[key] for key in ("name", "model", "rss", "dof", "source")},
        x=frozen(data["x"]),
        y=frozen(data["y"]),
        parameters=frozen(data["certified"]),
        deviations=frozen(data["certified_sd"]),
    )
