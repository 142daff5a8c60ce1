"""Twenty elementwise operations one after the other, value (a sum) and gradient."""

import numpy

from ..workload import Workload


def chain(x, np=numpy):
    for _ in range(2):
        x = np.exp(x)
        x = 1.0 + x
        x = np.log(x)
        x = np.sqrt(x)
        x = np.tanh(x)
        x = x * x
        x = np.arctan(x)
        x = 0.5 * x
        x = x - 1.0
        x = np.sin(x)
    return np.sum(x)


def chain_by_hand(x):
    g = 1.0
    for _ in range(2):
        e = numpy.exp(x)
        p = 1.0 + e
        r = numpy.sqrt(numpy.log(p))
        t = numpy.tanh(r)
        s = t * t
        x = 0.5 * numpy.arctan(s) - 1.0
        g = g * numpy.cos(x) * (1.0 - s) * t * e / (2.0 * (1.0 + s * s) * r * p)
        x = numpy.sin(x)
    return numpy.sum(x), g


def point(n):
    return lambda: (numpy.random.default_rng(0).uniform(-1.0, 1.0, n),)


WORKLOADS = [
    Workload("chain of 20 ops, n=1", 1.7, "value_and_grad", chain, chain_by_hand, point(1)),
    Workload("chain of 20 ops, n=100", 2.4, "value_and_grad", chain, chain_by_hand, point(100)),
    Workload("chain of 20 ops, n=1e4", 1.15, "value_and_grad", chain, chain_by_hand, point(10**4)),
    Workload("chain of 20 ops, n=1e6", 1.5, "value_and_grad", chain, chain_by_hand, point(10**6)),
]
