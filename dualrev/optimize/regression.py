"""Linear regression, through the same road as every other fit: it says which mode and which solver did it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..brief import brief, few
from ..errors import InputError
from .data import numbers_and_gaps
from .fit_report import provenance, remarks
from .fit_result import Fit, FitParts
from .fitting import fitted


@brief
class LinearRegression(Fit):
    """A linear regression: a `Fit` with ``coefficients``, ``t``, ``p_values``, and a table when printed.

    labels : list of str
        The names of the coefficients; they stand in place of "b[0]", ... wherever a parameter is named.
    """

    def __init__(self, parts: FitParts, labels: list[str], intercept: bool):
        self.centred = intercept  # without one the line goes through 0, and R2 compares with 0, as NIST has it
        super().__init__(parts)
        self.labels = self.names = labels
        self.free = [labels[k] for k in self.evaluation.parameters.index]

    def predict(self, x: Any = None, std: bool = False) -> Any:
        """The line at new rows of X, as `linear_regression` took them: the intercept comes by itself.

        A DataFrame is read by the names of its columns.
        """
        if x is None:
            return super().predict(None, std)
        wanted = self.labels[1:] if self.centred else self.labels
        found = columns_of(x)
        if found and set(found) != set(wanted):
            raise InputError(f"X has the columns {', '.join(found)}, and the fit was of {', '.join(wanted)}")
        X = rows_of(x[wanted] if found else x, {})[0]
        if len(wanted) == np.size(x) and np.ndim(x) == 1 and len(wanted) > 1:  # one row
            X = X.T
        if X.shape[1] != len(wanted):
            own = "; the intercept comes by itself" * self.centred
            raise InputError(f"X has {X.shape[1]} columns, and the fit was of {len(wanted)}: {', '.join(wanted)}{own}")
        return super().predict(np.column_stack([np.ones(len(X)), X]) if self.centred else X, std)

    @property
    def coefficients(self) -> np.ndarray:
        """The estimates, the intercept first where there is one."""
        return np.asarray(self.params["b"])

    @property
    def t(self) -> np.ndarray:
        """Estimates over standard errors; infinite where there is no scatter, nan where there is no standard error."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.coefficients / np.asarray(self.stderr["b"])

    @property
    def p_values(self) -> np.ndarray:
        """Two-sided, Student's t with dof degrees of freedom."""
        from scipy import stats

        return 2 * stats.t.sf(np.abs(self.t), self.dof)

    def __str__(self) -> str:
        """A table, a row for each coefficient."""
        width = max(map(len, self.labels))
        head = f"{'':{width}}  {'coefficient':>16}  {'standard error':>16}  {'t':>10}  {'p':>9}"
        errors = np.asarray(self.stderr["b"])
        rows = [
            f"{name:{width}}  {b:16.9g}  {e:16.9g}  {t:10.4g}  {p:9.3g}"
            for name, b, e, t, p in zip(self.labels, self.coefficients, errors, self.t, self.p_values, strict=True)
        ]
        quality = (
            f"R2 = {self.r_squared:.8g}, residual standard deviation {np.sqrt(self.reduced_chi2):.6g}, {self.dof} dof"
        )
        return "\n".join([head, *few(rows, "see .coefficients"), quality, *remarks(self), provenance(self)])


def linear_regression(
    X: Any, y: Any, *, intercept: bool = True, names: Sequence[str] | None = None, **options: Any
) -> LinearRegression:
    """Ordinary (or weighted) least squares: coefficients, standard errors, t, R2.

    Parameters
    ----------
    X : array of shape (n,) or (n, k)
        The predictors, one row per observation.
    y : array of shape (n,)
        The response.
    intercept : bool
        Put a column of ones before X.
    names : sequence of str, optional
        What the columns of X are called in the table.
    **options
        ``sigma``, ``weights``, ``absolute_sigma``, ``loss``, ... of `fit`.

    Returns
    -------
    LinearRegression

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> x = np.array([0.0, 1.0, 2.0, 3.0])
    >>> line = dr.linear_regression(x, np.array([1.1, 2.9, 5.1, 6.9]))
    >>> line.coefficients.round(6), line.stderr["b"].round(6)
    (array([1.06, 1.96]), array([0.10583 , 0.056569]))
    """
    columns = columns_of(X)
    X, gaps = rows_of(X, options)
    k = X.shape[1]
    labels = list(names) if names is not None else columns or ([f"x{j + 1}" for j in range(k)] if k > 1 else ["x"])
    if len(labels) != k:
        raise InputError(f"{len(labels)} names for {k} columns of X")
    if np.ndim(y) != 1 or len(X) != len(y):
        raise InputError(f"X has shape {X.shape} and y {np.shape(y)}: give (n, k) and (n,)")
    if gaps.any():
        y = np.ma.masked_array(y, np.ma.getmaskarray(y) | gaps)
    if intercept:
        X, labels = np.column_stack([np.ones(len(X)), X]), ["intercept", *labels]

    def line(X: Any, b: Any) -> Any:
        return X @ b

    return LinearRegression(fitted(line, X, y, {"b": np.zeros(X.shape[1])}, **options), labels, intercept)


def columns_of(X: Any) -> list[str]:
    """The names of the columns of a DataFrame; none of an array."""
    return [str(name) for name in getattr(X, "columns", [])]


def rows_of(X: Any, options: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """(X as float64 of shape (n, k), which rows have a gap)."""
    array, gaps = numbers_and_gaps(X, "X", options.get("nan_policy") == "omit")
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or array.dtype.kind == "c":
        raise InputError(f"X has shape {array.shape} and dtype {array.dtype}: give real numbers of shape (n, k)")
    gone = np.zeros(array.shape, bool)
    for which in gaps.values():
        gone |= which.reshape(array.shape)
    return array, np.asarray(gone.any(axis=1))
