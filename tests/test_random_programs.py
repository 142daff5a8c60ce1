"""Random programs: both modes against complex step, and all four orders of second derivatives against each other.

Values are used again and again, at different shapes, so that a cotangent that is shared, or added to in place by
mistake, shows up as a wrong number.
"""

import numpy as np
import pytest

import dualrev as dr

UNARY = {
    "sin": np.sin, "cos": np.cos, "tanh": np.tanh, "exp": np.exp, "square": lambda a: a**2, "twice": lambda a: a * a,
    "negative": lambda a: -a, "one minus": lambda a: 1 - a, "shift": lambda a: a + 0.5, "double": lambda a: 2 * a,
    "root": lambda a: np.sqrt(1.5 + np.sin(a)), "ratio": lambda a: a / (2 + np.sin(a)),
    "tail": lambda a: a[1:], "head": lambda a: a[:-1], "backwards": lambda a: a[::-1], "first": lambda a: a[0],
    "repeat": lambda a: a[[0, 0, -1]],
    "new axis": lambda a: a[None], "transpose": lambda a: a.T, "ravel": lambda a: a.reshape(-1), "cumsum": np.cumsum,
    "row sums": lambda a: a.sum(axis=-1, keepdims=True), "mean": lambda a: a.mean(), "outer": lambda a: np.outer(a, a),
    "join": lambda a: np.concatenate([np.ravel(a), np.ravel(a)]), "matvec": lambda a: a @ np.ones(a.shape[-1]),
    "where": lambda a: np.where(np.arange(np.size(a)).reshape(np.shape(a)) % 2 == 0, a, 2 * a),
}  # fmt: skip
BINARY = {
    "add": lambda a, b: a + b, "subtract": lambda a, b: a - b, "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / (2 + b * b), "dot": lambda a, b: np.dot(np.ravel(a), np.ravel(b)),
}  # fmt: skip
MODES = ("forward", "reverse")
LARGEST = 200


def random_program(seed):
    """(f, x): a function of an array that returns all the values it computed on the way, each bounded by tanh."""
    rng = np.random.default_rng(seed)
    shape = (int(rng.integers(1, 4)),) if rng.random() < 0.6 else (2, int(rng.integers(1, 4)))
    x, steps = rng.uniform(-1, 1, shape), []
    values = [x, 0.3 * x]
    for _ in range(rng.integers(3, 12)):
        names, arity = (UNARY, 1) if rng.random() < 0.5 else (BINARY, 2)
        name = rng.choice(list(names))
        places = [int(k) for k in rng.integers(len(values), size=arity)]
        try:
            new = np.tanh(names[name](*[values[k] for k in places]))
        except (ValueError, IndexError, AttributeError):  # these shapes do not go together: another step
            continue
        if 0 < np.size(new) < LARGEST:
            values.append(new)
            steps.append((names[name], places))

    def f(x):
        values = [x, 0.3 * x]
        for step, places in steps:
            values.append(np.tanh(step(*[values[k] for k in places])))
        return values

    return f, x


def complex_step(f, x, h=1e-30):
    gradient = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        z = x.astype(complex)
        z[index] += 1j * h
        gradient[index] = np.imag(f(z)) / h
    return gradient


def check_program(seed):
    program, x = random_program(seed)
    loss = lambda x: sum(np.sum(v) for v in program(x)[-4:])
    last = lambda x: program(x)[-1]
    expected = complex_step(loss, x)
    y, gradient = dr.value_and_grad(loss)(x)
    assert y == loss(x)
    close(gradient, expected)
    close(dr.jacobian(loss, mode="forward")(x), expected)
    J = dr.jacobian(last, mode="forward")(x)
    close(dr.jacobian(last, mode="reverse")(x), J)
    close(dr.jacobian(last, mode="reverse", chunk=1)(x), J)
    H = dr.hessian(loss)(x)
    for inner in MODES:
        for outer in MODES:
            close(dr.jacobian(dr.jacobian(loss, mode=inner), mode=outer)(x), H)
    v = np.random.default_rng(seed).normal(size=x.shape)
    close(dr.hvp(loss, x, v), np.tensordot(H, v, v.ndim))


def close(computed, expected):
    np.testing.assert_allclose(computed, expected, rtol=0, atol=1e-12 * (1 + np.max(np.abs(expected))))


@pytest.mark.parametrize("start", range(0, 120, 20))
def test_both_modes_agree_with_complex_step_on_random_programs(start):
    for seed in range(start, start + 20):
        check_program(seed)


@pytest.mark.fuzz
@pytest.mark.parametrize("start", range(1000, 4000, 100))
def test_many_random_programs(start):
    for seed in range(start, start + 100):
        check_program(seed)
