"""ADBench's Gaussian mixture: the log posterior of n points under K components with a Wishart prior."""

from math import lgamma, log, pi
from pathlib import Path

import numpy

FILE = Path(__file__).parent.parent / "data" / "gmm_d10_K25.txt"


def log_posterior(params, x, place, gamma, m, np=numpy):
    """params: the log weights (K,), the means (K, d), and the factors (K, d + d(d-1)/2) of the inverse covariances.

    A factor is the logarithm of its diagonal, then its strictly lower triangle; `place` says where each entry goes.
    """
    alphas, means, factors = params
    n, d = x.shape
    logs, lower = factors[:, :d], factors[:, d:]
    diagonals, traces = np.exp(logs), np.sum(logs, axis=1)
    Q = diagonals[:, :, None] * np.eye(d) + np.reshape(lower @ place, (-1, d, d))
    z = (x - means[:, None, :]) @ np.swapaxes(Q, 1, 2)
    inner = (alphas + traces)[:, None] - 0.5 * np.sum(z * z, axis=2)
    top = np.max(inner, axis=0)
    likelihood = np.sum(top + np.log(np.sum(np.exp(inner - top), axis=0)))
    weights = n * np.log(np.sum(np.exp(alphas)))
    prior = 0.5 * gamma**2 * (np.sum(diagonals**2) + np.sum(lower**2)) - m * np.sum(traces)
    return likelihood - weights + prior + constant(n, d, len(alphas), gamma, m)


def constant(n, d, K, gamma, m):
    """What the log posterior holds besides its parameters."""
    dof = d + m + 1
    log_gamma = 0.25 * d * (d - 1) * log(pi) + sum(lgamma(0.5 * (dof - j)) for j in range(d))
    return -0.5 * n * d * log(2.0 * pi) - K * (dof * d * (log(gamma) - 0.5 * log(2.0)) - log_gamma)


def log_posterior_by_hand(params, x, place, gamma, m):
    alphas, means, factors = params
    (n, d), K = x.shape, len(alphas)
    logs, lower = factors[:, :d], factors[:, d:]
    diagonals, traces = numpy.exp(logs), logs.sum(axis=1)
    Q = (lower @ place).reshape(K, d, d)
    Q[:, range(d), range(d)] = diagonals
    xc = x - means[:, None, :]
    z = xc @ Q.transpose(0, 2, 1)
    inner = (alphas + traces)[:, None] - 0.5 * numpy.einsum("kni,kni->kn", z, z)
    top = inner.max(axis=0)
    inner -= top
    r = numpy.exp(inner, out=inner)  # becomes the responsibilities
    total = r.sum(axis=0)
    w = numpy.exp(alphas)
    value = (top + numpy.log(total)).sum() - n * log(w.sum())
    value += 0.5 * gamma**2 * ((diagonals**2).sum() + (lower**2).sum()) - m * traces.sum()
    r /= total
    z *= r[:, :, None]  # minus the cotangent of z
    dQ = z.transpose(0, 2, 1) @ xc
    mass = r.sum(axis=1)
    dfactors = numpy.empty_like(factors)
    dfactors[:, :d] = diagonals * (gamma**2 * diagonals - dQ[:, range(d), range(d)]) + (mass - m)[:, None]
    dfactors[:, d:] = gamma**2 * lower - dQ.reshape(K, d * d) @ place.T
    dmeans = (z.sum(axis=1)[:, None, :] @ Q)[:, 0]
    return value + constant(n, d, K, gamma, m), [mass - n * w / w.sum(), dmeans, dfactors]


def placement(d):
    """The 0-1 matrix that puts a strictly lower triangle, stored column by column, into a flattened d x d matrix."""
    columns, rows = numpy.triu_indices(d, 1)
    place = numpy.zeros((len(rows), d * d))
    place[range(len(rows)), rows * d + columns] = 1.0
    return place


def mixture():
    """The arguments, from ADBench's file: sizes, then alphas, means, factors, points one by line, then gamma and m."""
    tokens = FILE.read_text().split()
    d, K, n = map(int, tokens[:3])
    numbers, cut = numpy.array(tokens[3:], float), numpy.cumsum([K, K * d, K * d * (d + 1) // 2, n * d])
    alphas, means, factors, x, (gamma, m) = numpy.split(numbers, cut)
    params = [alphas, means.reshape(K, d), factors.reshape(K, -1)]
    return params, x.reshape(n, d), placement(d), float(gamma), int(m)
