"""Data with certified answers, to hold a fit against."""

import json
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

__all__ = ["CertifiedFit", "load_norris"]


@dataclass(frozen=True, eq=False, repr=False)
class CertifiedFit:
    """A least squares problem and its certified solution. All arrays are float64 and read-only.

    name, model : str
        What the problem is called, and the formula that is fitted.
    x, y : arrays of shape (points,)
        The predictor and the response.
    parameters, deviations : arrays of shape (number of parameters,)
        The certified least squares estimates b0, b1, ..., and their standard deviations.
    rss : float
        The residual sum of squares at the estimates.
    dof : int
        The degrees of freedom: points less parameters.
    source : str
        Who measured and who certified.
    """

    name: str
    model: str
    x: np.ndarray
    y: np.ndarray
    parameters: np.ndarray
    deviations: np.ndarray
    rss: float
    dof: int
    source: str

    def __repr__(self) -> str:
        return f"CertifiedFit({self.name}: {self.model}, {len(self.y)} points)"


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


def frozen(values: list[float]) -> np.ndarray:
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array
