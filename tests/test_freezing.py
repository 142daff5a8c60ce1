"""Arrays that were frozen are writeable again: after success and failure, on all levels, in all threads."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import dualrev as dr
from dualrev.constants import SMALL
from dualrev.freezing import COUNTS, WAITING

LARGE = SMALL // 8 + 1


@pytest.fixture(autouse=True)
def nothing_is_left():
    yield
    assert not COUNTS and not WAITING


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("fails", [False, True])
def test_flags(mode, fails):
    base = np.ones((2, LARGE))
    c, locked, x = base[0], np.ones(LARGE), np.ones(LARGE)
    locked.setflags(write=False)
    during = []

    def f(x_):
        s = np.sum(x_ * c * locked)
        during.append([a.flags.writeable for a in (base, c, x)])
        if fails:
            raise ZeroDivisionError
        return s

    if fails:
        with pytest.raises(ZeroDivisionError):
            dr.jacobian(f, mode="reverse")(x)
        with pytest.raises(ZeroDivisionError):
            dr.jvp(f, (x,), (x.copy(),))
    else:
        dr.grad(f)(x) if mode == "reverse" else dr.jvp(f, (x,), (x.copy(),))
    assert during[0] == ([False] * 3 if mode == "reverse" or fails else [True, True, False])
    assert [a.flags.writeable for a in (base, c, x, locked)] == [True, True, True, False]


def test_flags_after_an_inner_function_failed():
    c = np.ones(LARGE)

    def inner(y):
        np.sum(y * c)
        raise KeyError

    def f(x):
        s = np.sum(x * c)
        with pytest.raises(KeyError):
            dr.grad(inner)(x)
        assert not c.flags.writeable
        return s

    np.testing.assert_array_equal(dr.grad(f)(np.ones(LARGE)), c)
    assert c.flags.writeable


def test_threads_share_their_data():
    base = np.arange(2.0 * LARGE)
    views = [base, base[:LARGE], base[LARGE:], base.reshape(2, LARGE)[1]]

    def task(k):
        c = views[k % 4]
        for _ in range(20):
            g = dr.grad(lambda x: np.sum(np.sin(x) * c))(np.zeros(c.size))
            if not np.array_equal(g, c):
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(task, range(16)))
    assert all(a.flags.writeable for a in views)


def test_nothing_holds_the_arrays_afterwards():
    gone = []

    def f(x):
        s = 0.0
        for n in (3, 1000, LARGE):
            c = np.ones(n)
            gone.append(weakref.ref(c))
            s = s + np.sum(x * c[0]) + np.sum(x[0] * c)
        return s

    dr.grad(f)(np.ones(3))
    dr.jvp(f, (np.ones(3),), (np.ones(3),))
    gc.collect()
    assert all(ref() is None for ref in gone)
