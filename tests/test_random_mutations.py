"""Random programs that change their work arrays between uses: reverse = forward = complex step, or a refusal."""

import numpy as np
import pytest

import dualrev as dr
from dualrev.constants import SMALL
from dualrev.errors import ChangedArrayError
from dualrev.freezing import COUNTS, WAITING

SIZES = [2, 3, 7, 700, SMALL // 8 + 1]  # copied at every use, copied where they differ, frozen


class Work:
    """The arrays of one run: a table, its rows and other views of it, a vector, an index, a mask, a list, a counter."""

    def __init__(self, n):
        table = np.linspace(0.5, 1.5, 3 * n).reshape(3, n)
        vector = np.linspace(1.5, 0.5, n)
        self.floats = [vector, table[0], table[1], vector[::-1], vector[:], table[2, ::-1], table[0:2][1]]
        self.table, self.index, self.mask = table, np.arange(n)[::-1].copy(), np.arange(n) % 2 == 0
        self.list, self.counter = [0, n - 1, 0], np.array(0)


USES = [
    lambda x, w, c: x * c, lambda x, w, c: c / (2 + x * x), lambda x, w, c: c * x + c, lambda x, w, c: x**c,
    lambda x, w, c: (x @ c) / c.size * x, lambda x, w, c: np.einsum("i,i->i", c, x), lambda x, w, c: x[w.index],
    lambda x, w, c: np.where(w.mask, x, c * c), lambda x, w, c: np.where(w.mask, x * c, x),
    lambda x, w, c: (w.table @ x)[0] / c.size * c + x, lambda x, w, c: x + np.sum(x[w.mask]) / c.size,
    lambda x, w, c: x + x[w.list][1], lambda x, w, c: x * np.sum(x[w.counter : w.counter + 1]),
    lambda x, w, c: x * x[w.counter], lambda x, w, c: np.take(x, w.index) * c,
    lambda x, w, c: np.convolve(x, c[:2])[1:],
    lambda x, w, c: written(x, slice(None, None, 2), c[::2]), lambda x, w, c: written(x, w.index[:1], x[-1:]),
    lambda x, w, c: written(x, w.mask, 0.5), lambda x, w, c: np.sum(w.table * x, axis=0) / 3,
]  # fmt: skip
CHANGES = [
    lambda w, c, k: np.multiply(c, 1.5, out=c), lambda w, c, k: c.__setitem__(..., 0.7 + 0.1 * k),
    lambda w, c, k: np.copyto(c, c[::-1].copy()), lambda w, c, k: c.sort(), lambda w, c, k: c.fill(1.0 + k / 8),
    lambda w, c, k: np.random.default_rng(k).random(out=c) if c.flags.c_contiguous else c.__iadd__(0.25),
    lambda w, c, k: np.random.default_rng(k).shuffle(c), lambda w, c, k: np.put(c, np.arange(c.size), 0.5 + c),
    lambda w, c, k: np.multiply(w.table, 0.8, out=w.table), lambda w, c, k: np.copyto(w.table[k % 3], c),
    lambda w, c, k: np.random.default_rng(k).shuffle(w.index), lambda w, c, k: w.index.sort(),
    lambda w, c, k: np.logical_not(w.mask, out=w.mask), lambda w, c, k: w.mask.fill(k % 2 == 0),
    lambda w, c, k: w.list.reverse(), lambda w, c, k: w.list.__setitem__(1, k % 2), lambda w, c, k: w.list.append(1),
    lambda w, c, k: w.counter.__setitem__((), k % 2),
]  # fmt: skip


def written(x, index, v):
    y = x.copy()
    y[index] = v
    return y * x


def random_program(seed):
    """(f, n): a function of n numbers that uses and changes its arrays, all of it by what the seed says."""
    rng = np.random.default_rng(seed)
    n, steps = SIZES[seed % len(SIZES)], rng.integers(0, 1000, (rng.integers(4, 16), 4))

    def f(x):
        work, y = Work(n), x
        for a, b, c, k in steps:
            y = np.tanh(0.5 * USES[a % len(USES)](y, work, work.floats[b % 7]) + 0.5 * x)
            if c % 4:
                CHANGES[c % len(CHANGES)](work, work.floats[k % 7], int(k))
        return np.sum(y * y)

    return f, n


def outcome(seed):
    """Hold one program against its complex step; "right", or "refused", which only a large array may be."""
    f, n = random_program(seed)
    rng = np.random.default_rng(seed)
    x, v = rng.uniform(0.5, 1.5, n), rng.uniform(-1, 1, n)
    along = f(x + 1e-30j * v).imag / 1e-30
    np.testing.assert_allclose(dr.jvp(f, (x,), (v,))[1], along, rtol=1e-11, atol=1e-13, err_msg=f"seed {seed}, forward")
    try:
        value, gradient = dr.value_and_grad(f)(x)
    except ChangedArrayError as error:
        assert 8 * n > SMALL and "test_random_mutations.py" in str(error), f"seed {seed}: {error}"
        return "refused"
    finally:
        assert not COUNTS and not WAITING
    assert value == f(x)
    np.testing.assert_allclose(gradient @ v, along, rtol=1e-11, atol=1e-12, err_msg=f"seed {seed}, reverse")
    return "right"


def test_a_slice_of_programs():
    found = [outcome(seed) for seed in range(250)]
    assert found.count("refused") > 10 and found.count("right") > 200


def test_twice():
    for seed in range(0, 60, 3):
        f, n = random_program(seed)
        if n <= 7:
            x = np.random.default_rng(seed).uniform(0.5, 1.5, n)
            H = dr.hessian(f)(x)
            J = dr.jacobian(dr.grad(f), mode="reverse")(x)
            np.testing.assert_allclose(H, J, rtol=1e-9, atol=1e-11, err_msg=f"seed {seed}")


@pytest.mark.fuzz
@pytest.mark.parametrize("start", range(250, 10_250, 1000))
def test_many_programs(start):
    for seed in range(start, start + 1000):
        outcome(seed)
