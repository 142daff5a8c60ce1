"""Logistic and linear regression, value and gradient; and a whole BFGS run."""

import numpy

from ..workload import Workload


def logistic(w, X, y, np=numpy):
    return np.mean(np.log1p(np.exp(-y * (X @ w))))


def logistic_by_hand(w, X, y):
    e = numpy.exp(-y * (X @ w))
    return numpy.mean(numpy.log1p(e)), X.T @ (y * e / (1.0 + e)) / -len(y)


def linear(w, X, y, np=numpy):
    return np.mean((X @ w - y) ** 2)


def linear_by_hand(w, X, y):
    r = X @ w - y
    return numpy.mean(r * r), X.T @ r * (2.0 / len(y))


def classes(n, d):
    def arguments():
        rng = numpy.random.default_rng(0)
        X, w = rng.normal(size=(n, d)), rng.normal(size=d) / d**0.5
        return w, X, numpy.where(rng.uniform(size=n) < 0.5, -1.0, 1.0)

    return arguments


def line(n, d):
    def arguments():
        rng = numpy.random.default_rng(0)
        X = rng.normal(size=(n, d))
        X[:, 0] = 1.0
        y = X @ rng.normal(size=d) + 0.1 * rng.normal(size=n)
        return numpy.zeros(d), X, y

    return arguments


WORKLOADS = [
    Workload("logistic regression 100x5", 2, "value_and_grad", logistic, logistic_by_hand, classes(100, 5)),
    Workload("logistic regression 10000x100", 1.3, "value_and_grad", logistic, logistic_by_hand, classes(10000, 100)),
    Workload("linear regression 50x2", 3.8, "value_and_grad", linear, linear_by_hand, line(50, 2)),
    Workload("linear regression 1e5x50", 1.1, "value_and_grad", linear, linear_by_hand, line(10**5, 50)),
    Workload("BFGS run, linear regression 50x2", 1.6, "bfgs", linear, linear_by_hand, line(50, 2)),
    Workload("the same through dr.minimize", 1.5, "minimize", linear, linear_by_hand, line(50, 2)),
]
