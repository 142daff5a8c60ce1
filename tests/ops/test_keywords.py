"""A keyword of NumPy's that a rule does not know is refused by name, never ignored."""

import inspect

import numpy as np
import pytest

import dualrev as dr
from dualrev.dispatch import FURTHER
from dualrev.registry import OPS
from tests.ops.sample import NAMES
from tests.ops.samples import SAMPLES

UFUNC = {"out", "where"}
GUFUNC = {"out", "axes"}
HIDDEN = {  # behind **kwargs in NumPy's signature, or written in C and without one in some versions
    np.clip: UFUNC,
    np.einsum: {"out", "dtype", "order", "casting"},
    np.concatenate: {"out"},
    np.dot: {"out"},
    **dict.fromkeys((np.inner, np.vdot, np.where, np.astype, np.bincount), frozenset()),
}
GIVEN = {"where": np.array(True), "dtype": np.float16, "casting": "unsafe"}


REDUCTION = {"dtype", "initial", "where", "correction"}  # dualrev/ops/reduction_arguments.py


def unsupported(op):
    """The keywords of NumPy's function `op` that its rule does not list."""
    if isinstance(op, np.ufunc):
        return GUFUNC if op.signature else UFUNC
    if op in HIDDEN:
        return HIDDEN[op]
    if not op.__module__.startswith("numpy"):
        return set()  # one of our own primitives
    arrays = OPS[op].arrays or getattr(OPS[op].rule, "partials", ())
    spelled = list(inspect.signature(op).parameters.values())[len(arrays) :]
    known = OPS[op].params | (REDUCTION if op in FURTHER else set())
    return {p.name for p in spelled if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)} - known


def plain_calls(op, samples):
    """The samples that call op itself: not through an operator or a method, and not a part of a complex result."""
    return [s for s in samples if s.code.startswith((f"np.{op.__name__}(", f"sc.{op.__name__}("))]


cases = [
    pytest.param(op, sample, keyword, id=f"{op.__name__} {keyword}=")
    for op, samples in SAMPLES.items()
    for keyword in sorted(unsupported(op))
    for sample in plain_calls(op, samples)[:1]
]


def test_the_unsupported_keywords_are_read_off_numpy():
    assert unsupported(np.sum) == {"out"}
    assert unsupported(np.linalg.norm) == set()


@pytest.mark.parametrize(("op", "sample", "keyword"), cases)
def test_an_unknown_keyword_is_refused_by_name(op, sample, keyword):
    before, _, after = sample.code.rpartition(")")
    given = (np.empty(3),) * getattr(op, "nout", 1) if keyword == "out" else GIVEN.get(keyword, 1)
    names = NAMES | {"given": given}
    f = lambda *xs: eval(f"{before}, {keyword}=given){after}", names | dict(zip("xyz", xs, strict=False)))
    with pytest.raises(dr.DualrevError, match=rf"\b{keyword}\b"):
        dr.vjp(f, *sample.xs)
    with pytest.raises(dr.DualrevError, match=rf"\b{keyword}\b"):
        dr.jvp(f, sample.xs, sample.xs)
