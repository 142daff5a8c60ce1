"""The two tables: every set from every start with default settings; nothing about a set is special-cased."""

import warnings

import numpy as np
from scipy.optimize import curve_fit

import dualrev as dr
from dualrev.datasets import linear_names, load_linear, load_nonlinear, nonlinear_names

MOST = 11  # digits that NIST certifies for the nonlinear sets
DOUBLE = 15  # digits of a double


def digits(computed, certified, most):
    """How many digits agree, of the worst element: -log10 of the relative error; of the error where the value is 0."""
    certified = np.asarray(certified)
    if not np.isfinite(computed).all():
        return 0.0
    error = np.abs(np.asarray(computed) - certified) / np.where(certified == 0, 1.0, np.abs(certified))
    return float(max(0.0, np.min(-np.log10(np.maximum(error, 10.0**-most)))))


def by_dualrev(problem, start):
    """Digits of parameters and standard deviations, runs of the model and sweeps for the Jacobian, of dr.fit."""
    fit = dr.fit(problem.function, problem.x, problem.y, start=start)
    values, errors = ([table[name] for name in start] for table in (fit.params, fit.stderr))
    sweeps = fit.counts.forward_sweeps + fit.counts.reverse_sweeps
    return digits(values, problem.parameters, MOST), digits(errors, problem.deviations, MOST), fit.counts.f, sweeps


def by_scipy(problem, start):
    """Digits and evaluations of scipy.optimize.curve_fit as it is: Levenberg-Marquardt, 2-point differences."""
    calls = [0]

    def counted(x, *b):
        calls[0] += 1
        return problem.function(x, *b)

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            values, cov = curve_fit(counted, problem.x, problem.y, list(start.values()))
        except RuntimeError:  # not found
            return 0.0, 0.0, calls[0]
        errors = np.sqrt(np.diag(cov))
    return digits(values, problem.parameters, MOST), digits(errors, problem.deviations, MOST), calls[0]


def nonlinear_rows():
    """(name, level, start, dualrev's four numbers, SciPy's three) of all 54 runs."""
    for name in nonlinear_names():
        problem = load_nonlinear(name)
        for k, start in enumerate(problem.starts, 1):
            yield name, problem.level, k, by_dualrev(problem, start), by_scipy(problem, start)


def nonlinear_table():
    lines = [
        "                              dr.fit                         curve_fit of SciPy",
        "set       level    start  digits   of SD    runs  sweeps     digits   of SD    runs",
    ]
    reached, wins = [], []
    for name, level, k, (p, sd, runs, sweeps), (q, sd_q, calls) in nonlinear_rows():
        lines.append(
            f"{name:9} {level:8} {k:5}  {p:6.1f}  {sd:6.1f}  {runs:6}  {sweeps:6}     {q:6.1f}  {sd_q:6.1f}  {calls:6}"
        )
        reached.append((p, sd))
        wins.append((q, sd_q))
    for digit, column in ((9, 0), (8, 1)):
        ours, theirs = (sum(row[column] >= digit for row in rows) for rows in (reached, wins))
        what = ("parameters", "standard deviations")[column]
        lines.append(f"{what} with at least {digit} digits: dr.fit {ours} of {len(reached)}, curve_fit {theirs}")
    return "\n".join(lines)


def linear_rows():
    """(name, level, digits of coefficients and deviations, those of numpy's QR and lstsq) of the 11 linear sets."""
    for name in linear_names():
        problem = load_linear(name)
        fit = dr.linear_regression(problem.x, problem.y, intercept=problem.intercept)
        ours = digits(fit.coefficients, problem.parameters, DOUBLE), digits(fit.stderr["b"], problem.deviations, DOUBLE)
        X = np.column_stack([np.ones(len(problem.y)), problem.x]) if problem.intercept else problem.x
        Q, R = np.linalg.qr(X)
        qr = digits(np.linalg.solve(R, Q.T @ problem.y), problem.parameters, DOUBLE)
        lstsq = digits(np.linalg.lstsq(X, problem.y, rcond=None)[0], problem.parameters, DOUBLE)
        yield name, problem.level, *ours, qr, lstsq


def linear_table():
    lines = ["set       level    dr.linear_regression   of SD   numpy's QR   lstsq"]
    for name, level, p, sd, qr, lstsq in linear_rows():
        lines.append(f"{name:9} {level:8} {p:20.1f}  {sd:6.1f}  {qr:11.1f}  {lstsq:6.1f}")
    return "\n".join(lines)
