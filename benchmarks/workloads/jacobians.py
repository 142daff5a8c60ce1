"""Dense Jacobians: tall (4 -> 1000), wide (1000 -> 4) and square (50 -> 50)."""

import numpy

from ..workload import Workload


def oscillation(p, t, np=numpy):
    """A damped oscillation at the times t: a residual that people fit."""
    return p[0] * np.exp(-p[1] * t) * np.cos(p[2] * t + p[3])


def oscillation_by_hand(p, t):
    a, b, c, d = p
    e, phase = numpy.exp(-b * t), c * t + d
    J = numpy.empty((len(t), 4))
    J[:, 0] = by_a = e * numpy.cos(phase)
    J[:, 1] = -a * t * by_a
    J[:, 3] = by_d = -a * e * numpy.sin(phase)
    J[:, 2] = t * by_d
    return J


def features(x, A, np=numpy):
    return np.tanh(A @ (x * np.sin(x)))


def features_by_hand(x, A):
    s = numpy.sin(x)
    y = numpy.tanh(A @ (x * s))
    return (1.0 - y * y)[:, None] * A * (s + x * numpy.cos(x))


def fixed_point(x, A, b, np=numpy):
    """What is zero at a fixed point of a recurrent layer."""
    return x - np.tanh(A @ x + b)


def fixed_point_by_hand(x, A, b):
    y = numpy.tanh(A @ x + b)
    return numpy.eye(len(x)) - (1.0 - y * y)[:, None] * A


def tall():
    return numpy.array([2.0, 0.2, 3.0, 0.1]), numpy.linspace(0.0, 10.0, 1000)


def wide():
    rng = numpy.random.default_rng(0)
    return rng.normal(size=1000), rng.normal(size=(4, 1000)) / 30.0


def square():
    rng = numpy.random.default_rng(0)
    return rng.normal(size=50), rng.normal(size=(50, 50)) / 7.0, rng.normal(size=50)


WORKLOADS = [
    Workload("Jacobian 4 -> 1000, forward", 2.2, "forward", oscillation, oscillation_by_hand, tall),
    Workload("Jacobian 1000 -> 4, reverse", 3, "reverse", features, features_by_hand, wide),
    Workload("Jacobian 50 -> 50, forward", 2.4, "forward", fixed_point, fixed_point_by_hand, square),
]
