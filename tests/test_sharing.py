"""Every op of the registry shares memory with its arguments where NumPy's does, and lies in memory as NumPy's does.

The samples of the registry are run on plain arrays and on traced ones. Something is written into a result, then into an
argument: what is seen in the others must be the same. The order in which the axes of a result lie in memory decides
whether a later ravel or reshape gives a view, and in which order a sum is taken, so it must be the same too: a
composite that fails here belongs in MAY_LIE_OTHERWISE of dispatch.py.
"""

import warnings

import numpy as np
import pytest

import dualrev as dr
from dualrev.ops.gaps import without_poles
from dualrev.traced import values
from dualrev.tree import flatten
from tests.ops.sample import SHIPPED
from tests.ops.samples import SAMPLES

CASES = [
    pytest.param(some, id=SHIPPED[op].name if op in SHIPPED else repr(op))
    for op, some in SAMPLES.items()
    if op is not without_poles  # which hands derivatives on, into which nobody writes
]
# Arrays that show elements several times: NumPy warns of a write into these, and we refuse it.
READ_ONLY = ("np.broadcast_arrays", "copy=False")


def seen(arrays):
    return [repr(np.array(values(x)).tolist()) for x in arrays]


def written(sample, xs, number):
    """What is left in arguments and results after a write into one of them, or the type of the error."""
    xs = [x * 1.0 for x in xs]
    arrays = [*xs, *flatten(sample.f(*xs))[0]]
    target = arrays[number]
    if not getattr(target, "shape", ()):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            target[...] = 77.0
    except (ValueError, TypeError) as error:
        return type(error)
    return seen(arrays)


def count(sample):
    return len(sample.xs) + len(flatten(sample.f(*map(np.array, sample.xs)))[0])


def traced(look, xs):
    found = []
    dr.vjp(lambda *xs: found.append(look(*xs)) or sum(np.sum(x) for x in xs), *xs)
    return found[0]


@pytest.mark.parametrize("samples", CASES)
def test_a_write_is_seen_where_numpy_shares_memory(samples):
    for sample in samples:
        for number in range(count(sample)):
            want = written(sample, [np.array(x) for x in sample.xs], number)
            got = traced(lambda *xs, number=number: written(sample, xs, number), sample.xs)
            refused = got is ValueError and any(name in sample.code for name in READ_ONLY)
            assert got == want or refused, f"{sample}: a write into array {number}"


def laid(x, how):
    """x * 1.0, by rows, by columns, or as every second element of a larger array."""
    if np.ndim(x) < 2 or how == "rows":
        return x * 1.0
    if how == "columns":
        return x.transpose().copy().transpose()
    made = np.zeros_like(x, shape=tuple(2 * n for n in x.shape))[tuple(slice(None, None, 2) for _ in x.shape)]
    made[...] = x
    return made


def steps(sample, xs, how):
    results = flatten(sample.f(*[laid(x, how) for x in xs]))[0]
    compact = [np.array(np.asarray(values(y))) for y in results]
    return [[step for step, n in zip(y.strides, y.shape) if n > 1] for y in compact if y.size]


@pytest.mark.parametrize("samples", CASES)
def test_results_lie_in_memory_as_numpys_do(samples):
    for sample in samples:
        for how in ("rows", "columns", "every second") if any(np.ndim(x) > 1 for x in sample.xs) else ("rows",):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                want = steps(sample, [np.array(x) for x in sample.xs], how)
                got = traced(lambda *xs, how=how: steps(sample, xs, how), sample.xs)
            assert got == want, f"{sample}, {how}"
