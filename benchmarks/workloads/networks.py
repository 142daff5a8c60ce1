"""A multi-layer perceptron with two tanh layers, mean squared error, value and gradient."""

import numpy

from ..workload import Workload


def perceptron(params, X, y, np=numpy):
    W1, b1, W2, b2, w, b = params
    h1 = np.tanh(X @ W1 + b1)
    h2 = np.tanh(h1 @ W2 + b2)
    return np.mean((h2 @ w + b - y) ** 2)


def perceptron_by_hand(params, X, y):
    W1, b1, W2, b2, w, b = params
    h1 = X @ W1
    h1 += b1
    numpy.tanh(h1, out=h1)
    h2 = h1 @ W2
    h2 += b2
    numpy.tanh(h2, out=h2)
    r = h2 @ w + b - y
    dr = r * (2.0 / len(y))
    d2 = dr[:, None] * w
    d2 -= d2 * h2 * h2
    d1 = d2 @ W2.T
    d1 -= d1 * h1 * h1
    return r.dot(r) / len(y), [X.T @ d1, d1.sum(axis=0), h1.T @ d2, d2.sum(axis=0), dr @ h2, dr.sum()]


def network(batch, width):
    def arguments():
        rng = numpy.random.default_rng(0)

        def weights(*shape):
            return rng.normal(size=shape) / width**0.5

        params = [weights(width, width), weights(width), weights(width, width), weights(width), weights(width), 0.1]
        return params, rng.normal(size=(batch, width)), rng.normal(size=batch)

    return arguments


WORKLOADS = [
    Workload("MLP 64x32, tanh", 1.7, "value_and_grad", perceptron, perceptron_by_hand, network(64, 32)),
    Workload("MLP 1024x256, tanh", 1.1, "value_and_grad", perceptron, perceptron_by_hand, network(1024, 256)),
]
