"""Rosenbrock's function: as a Python loop over elements, as array code, and its Hessian."""

import numpy

from ..workload import Workload


def loop(x, np=numpy):
    total = 0.0
    for i in range(len(x) - 1):
        total = total + 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total


def loop_by_hand(x):
    xs, total, g, carried = x.tolist(), 0.0, [], 0.0
    a = xs[0]
    for b in xs[1:]:
        t, u = b - a * a, 1.0 - a
        total += 100.0 * t * t + u * u
        g.append(carried - 400.0 * t * a - 2.0 * u)
        carried = 200.0 * t
        a = b
    g.append(carried)
    return total, numpy.array(g)


def vectorised(x, np=numpy):
    a, b = x[:-1], x[1:]
    return np.sum(100.0 * (b - a**2) ** 2 + (1.0 - a) ** 2)


def vectorised_by_hand(x):
    a = x[:-1]
    t = x[1:] - a * a
    u = 1.0 - a
    value = 100.0 * t.dot(t) + u.dot(u)
    g = numpy.empty_like(x)
    t *= 200.0
    u += u
    g[0], g[1:] = 0.0, t
    t *= a
    t += t
    t += u
    g[:-1] -= t
    return value, g


def hessian_by_hand(x):
    n = len(x)
    a, H = x[:-1], numpy.zeros((n, n))
    diagonal = numpy.einsum("ii->i", H)  # a view
    diagonal[:-1] = 1200.0 * a * a - 400.0 * x[1:] + 2.0
    diagonal[1:] += 200.0
    numpy.einsum("ii->i", H[1:, :-1])[:] = numpy.einsum("ii->i", H[:-1, 1:])[:] = -400.0 * a
    return H


def point(n):
    return lambda: (numpy.random.default_rng(0).uniform(0.5, 1.5, n),)


WORKLOADS = [
    Workload("Rosenbrock loop, n=10", 20, "value_and_grad", loop, loop_by_hand, point(10)),
    Workload("Rosenbrock loop, n=100", 25, "value_and_grad", loop, loop_by_hand, point(100)),
    Workload("Rosenbrock vectorised, n=10", 3.7, "value_and_grad", vectorised, vectorised_by_hand, point(10)),
    Workload("Rosenbrock vectorised, n=1000", 3, "value_and_grad", vectorised, vectorised_by_hand, point(1000)),
    Workload("Rosenbrock vectorised, n=1e6", 2.5, "value_and_grad", vectorised, vectorised_by_hand, point(10**6)),
    Workload("Hessian of Rosenbrock, n=100", 10, "hessian", vectorised, hessian_by_hand, point(100)),
]
