"""The completeness battery: every op of the registry, in both modes, against referees that know nothing of dualrev."""

from inspect import signature
from math import prod

import numpy as np
import pytest

import dualrev as dr
from dualrev.kinds import Elementwise
from dualrev.registry import OPS
from dualrev.reverse.vjp import Recording
from dualrev.traced import Tracer
from dualrev.tree import flatten
from tests.ops.referee import complex_step, difference, flat, jacobian, leaves
from tests.ops.sample import SHIPPED
from tests.ops.samples import CONSTANTS, SAMPLES

K = 7  # directions at once: no axis of any sample has this length

constants = [pytest.param(s, id=repr(s)) for some in CONSTANTS.values() for s in some]


def each_sample(test):
    """The test of a sample as one test for all samples of an op: tens of thousands of tests are mostly bookkeeping."""
    names = signature(test).parameters

    @pytest.mark.parametrize("op", [pytest.param(op, id=SHIPPED[op].name) for op in SAMPLES])
    def of_every_sample(op):
        for sample in SAMPLES[op]:
            given = {"op": op, "sample": sample, "rng": np.random.default_rng(0)}
            try:
                test(**{name: given[name] for name in names})
            except Exception as error:
                error.add_note(f"the sample: {sample!r}")
                raise

    of_every_sample.__name__, of_every_sample.__doc__ = test.__name__, test.__doc__
    return of_every_sample


# ---- what the tests say ----------------------------------------------------------------------------------------------


def assert_close(got, want, tolerance):
    """|got - want| <= tolerance * the largest number in either, which is at least 1."""
    scale = max(1.0, np.max(np.abs(want), initial=0.0))
    np.testing.assert_allclose(got, want, rtol=0, atol=tolerance * scale)


def assert_same(got, want):
    """The same to the last bit, in type, dtype and shape."""
    for g, w in zip(leaves(got), leaves(want), strict=True):
        assert (g.dtype, g.shape) == (w.dtype, w.shape)
        np.testing.assert_array_equal(g, w, strict=True)


def seeds(rng, likes, lead=()):
    """Random tangents or cotangents; zero for an integer output."""
    draw = lambda y: rng.standard_normal(lead + np.shape(y)) * (np.result_type(y).kind == "f")
    return [np.asarray(draw(y), np.result_type(y, np.float32)) for y in likes]


def pushed(f, xs, vs):
    """The tangent leaves of jvp."""
    return flatten(dr.jvp(f, tuple(xs), tuple(vs))[1])[0]


def pulled(f, xs, cts):
    """The pullback, taking a flat list of cotangents."""
    y, pullback = dr.vjp(f, *xs)
    return pullback(flatten(y)[1](list(cts)))


def rows(parts, lead):
    """Derivatives with leading axes as a matrix."""
    return np.concatenate([np.reshape(p, (lead, prod(np.shape(p)[1:]))) for p in parts], axis=1)


def unit_seeds(likes):
    n = sum(np.size(x) for x in likes)
    blocks = np.split(np.eye(n), np.cumsum([np.size(x) for x in likes])[:-1], axis=1)
    return [b.reshape((n, *np.shape(x))) for b, x in zip(blocks, likes, strict=True)], n


def forward(f, xs):
    """J as a matrix, all columns in one forward sweep."""
    vs, n = unit_seeds(xs)
    return rows(pushed(f, xs, vs), n).T


def reverse(f, xs):
    """J as a matrix, all rows in one reverse sweep."""
    cts, m = unit_seeds(leaves(f(*xs)))
    return rows(pulled(f, xs, cts), m)


# ---- completeness ----------------------------------------------------------------------------------------------------


def test_every_op_has_a_sample():
    assert set(SAMPLES) | set(CONSTANTS) == set(SHIPPED)
    assert {op for op in SHIPPED if OPS[op].rule is OPS[op].composite is None} == set(CONSTANTS)


@each_sample
def test_a_sample_calls_the_op_it_is_filed_under(op, sample):
    entry, called = OPS[op], []
    with pytest.MonkeyPatch.context() as patched:
        if entry.composite:
            says = entry.composite
            patched.setattr(entry, "composite", lambda *args, **kw: called.append(entry) or says(*args, **kw))
        recording = Recording(sample.f, sample.xs, [(lambda leaves: leaves[0], 1)] * len(sample.xs))
    assert entry in called + [line[0] for line in recording.lines]


# ---- values ----------------------------------------------------------------------------------------------------------


@each_sample
def test_value_is_numpys_own(sample):
    want = sample.f(*sample.xs)
    for got in (dr.jvp(sample.f, sample.xs, sample.xs)[0], dr.vjp(sample.f, *sample.xs)[0]):
        assert type(got) is type(want)
        assert_same(got, want)


# ---- the Jacobian ----------------------------------------------------------------------------------------------------


@each_sample
def test_jacobian_in_both_modes_against_the_referee(sample):
    """Complex step: 1e-13 relative to the largest entry. Differences of order 8: 1e-10."""
    if sample.referee:
        assert_close(flat(sample.referee(*sample.xs)).real, flat(sample.f(*sample.xs)), 1e-13)
        want, tolerance = jacobian(complex_step, sample.referee, sample.xs), 1e-13
    else:
        want, tolerance = jacobian(difference, sample.f, sample.xs), 1e-10
    assert_close(forward(sample.f, sample.xs), want, tolerance)
    assert_close(reverse(sample.f, sample.xs), want, tolerance)


@each_sample
def test_each_argument_alone(sample):
    """The others are plain arrays then, and nothing else may change."""
    xs, J = sample.xs, forward(sample.f, sample.xs)
    blocks = np.split(J, np.cumsum([np.size(x) for x in xs])[:-1], axis=1)
    for k, block in enumerate(blocks):
        alone = lambda x, k=k: sample.f(*xs[:k], x, *xs[k + 1 :])
        assert_close(forward(alone, [xs[k]]), block, 1e-14)
        assert_close(reverse(alone, [xs[k]]), block, 1e-13)


@each_sample
def test_adjoint_identity(sample, rng):
    """<w, J v> = <J^T w, v>."""
    v, w = seeds(rng, sample.xs), seeds(rng, leaves(sample.f(*sample.xs)))
    Jv, JTw = pushed(sample.f, sample.xs, v), pulled(sample.f, sample.xs, w)
    left = [np.multiply(a, b).ravel() for a, b in zip(w, Jv, strict=True)]
    right = [np.multiply(a, b).ravel() for a, b in zip(JTw, v, strict=True)]
    scale = 1 + np.sum(np.abs(np.concatenate(left)))
    assert abs(np.sum(np.concatenate(left)) - np.sum(np.concatenate(right))) <= 1e-13 * scale


@each_sample
def test_many_directions_at_once_are_one_by_one(sample, rng):
    for sweep, likes in ((pushed, sample.xs), (pulled, leaves(sample.f(*sample.xs)))):
        for k in (K, 1, 0):
            seeded = seeds(rng, likes, (k,))
            many = sweep(sample.f, sample.xs, seeded)
            assert all(len(part) == k for part in many)
            for i in range(k):
                for got, want in zip(many, sweep(sample.f, sample.xs, [s[i] for s in seeded]), strict=True):
                    assert got[i].shape == np.shape(want)
                    assert_close(got[i], want, 1e-14)


# ---- the cotangent of a sum, which is kept as one number -------------------------------------------------------------

WHOLE = {"ldexp", "polygamma"}  # take an integer


def is_binary(op):
    """Two arguments, both real, both with a derivative."""
    if op.__name__ in WHOLE or not isinstance(OPS[op].rule, Elementwise) or OPS[op].arity != 2:
        return False
    return not any(getattr(p, "__qualname__", "").startswith("refused") for p in OPS[op].rule.partials)


BINARY = [op for op in SAMPLES if is_binary(op)]
SHAPES = [((), (3,)), ((3,), ()), ((1,), (3,)), ((3,), (2, 3)), ((2, 1), (1, 3)), ((1, 1), ()), ((3,), (3,))]


@each_sample
def test_the_gradient_of_a_sum_is_the_pullback_of_ones(sample):
    ys = leaves(sample.f(*sample.xs))
    if any(np.result_type(y).kind != "f" for y in ys):
        return
    want = pulled(sample.f, sample.xs, [np.full_like(y, 3.0) for y in ys])
    total = lambda *xs: 3.0 * sum(np.sum(y) for y in flatten(sample.f(*xs))[0])
    assert_close(flat(dr.grad(total, tuple(range(len(sample.xs))))(*sample.xs)), flat(want), 1e-14)


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("op", BINARY, ids=lambda op: op.__name__)
def test_the_gradient_of_a_sum_is_summed_over_what_was_broadcast(op, shapes, rng):
    """Against forward mode, one direction at a time; and where the same argument is used once more."""
    x, y = (np.asarray(rng.uniform(1.5, 2.5, s)) for s in shapes)
    for loss in (lambda x: np.sum(op(x, y)), lambda x: np.sum(x * op(x, y) - op(x, y))):
        want = [dr.jvp(loss, (x,), (e.reshape(x.shape),))[1] for e in np.eye(x.size)]
        assert_close(dr.grad(loss)(x).ravel(), want, 1e-13)
    loss = lambda y: np.sum(op(x, y) + y)
    want = [dr.jvp(loss, (y,), (e.reshape(y.shape),))[1] for e in np.eye(y.size)]
    assert_close(dr.grad(loss)(y).ravel(), want, 1e-13)


# ---- second derivatives ----------------------------------------------------------------------------------------------


@each_sample
def test_second_derivatives_in_all_four_orders(sample, rng):
    """Of the sum of w * f**2, which is curved also where f is linear; against differences of the gradient."""
    ws = seeds(rng, map(np.real, leaves(sample.f(*sample.xs))))
    energy = lambda *xs: np.real(sum(np.sum(w * y * y) for w, y in zip(ws, flatten(sample.f(*xs))[0], strict=True)))
    which = tuple(range(len(sample.xs)))

    def hessian(outer, inner):
        inside = dr.jacobian(energy, which, mode=inner)
        blocks = dr.jacobian(lambda *xs: inside(*xs), which, mode=outer)(*sample.xs)
        sizes = [np.size(x) for x in sample.xs]
        return np.block([[blocks[i][j].reshape(n, m) for j, m in enumerate(sizes)] for i, n in enumerate(sizes)])

    want = hessian("forward", "reverse")
    for outer, inner in (("reverse", "forward"), ("reverse", "reverse"), ("forward", "forward")):
        assert_close(hessian(outer, inner), want, 1e-12)
    v = [np.clip(t, -1, 1) for t in seeds(rng, sample.xs)]
    gradient = dr.grad(energy, which)
    assert_close(want @ flat(v), difference(gradient, sample.xs, v), 1e-9)


# ---- precision, memory, repetition -----------------------------------------------------------------------------------


@each_sample
def test_float32_stays_float32(sample, rng):
    xs = tuple(np.float32(x) for x in sample.xs)
    want = sample.f(*xs)
    v, w = seeds(rng, xs), seeds(rng, leaves(want))
    y, dy = dr.jvp(sample.f, xs, tuple(v))
    assert_same(y, want)
    assert [t.dtype for t in leaves(dy)] == [t.dtype for t in leaves(want)]
    assert [g.dtype for g in pulled(sample.f, xs, w)] == [np.float32] * len(xs)
    assert_close(forward(sample.f, xs), forward(sample.f, sample.xs), 1e-4)
    assert_close(reverse(sample.f, xs), reverse(sample.f, sample.xs), 1e-4)


@each_sample
def test_no_rule_computes_in_another_precision(sample):
    """Inside another transformation derivatives pass through uncast, so their dtype is the rules' own."""
    xs = tuple(np.float32(x) for x in sample.xs)
    dtypes = [y.dtype for y in leaves(sample.f(*xs))]
    if set(dtypes) != {np.dtype(np.float32)}:
        return  # then some constant of the sample is of that other precision

    def pullback_of_its_value(*xs):
        y, pullback = dr.vjp(sample.f, *xs)
        return pullback(y)

    pushed_twice = dr.jvp(lambda *xs: dr.jvp(sample.f, xs, xs)[1], xs, xs)[0]
    pulled_once = dr.jvp(pullback_of_its_value, xs, xs)[0]
    assert [t.dtype for t in leaves(pushed_twice)] == dtypes
    assert [g.dtype for g in pulled_once] == [np.float32] * len(xs)


@each_sample
def test_inputs_may_be_strided_and_read_only(sample):
    def strided(x):
        wide = np.full(tuple(2 * n for n in np.shape(x)), np.nan)
        view = wide[(slice(None, None, -2),) * np.ndim(x)] if np.ndim(x) else wide
        view[...] = x
        view.flags.writeable = False
        return view

    xs = tuple(map(strided, sample.xs))
    assert_same(dr.jvp(sample.f, xs, xs)[0], sample.f(*xs))
    assert_close(forward(sample.f, xs), forward(sample.f, sample.xs), 1e-13)
    assert_close(reverse(sample.f, xs), reverse(sample.f, sample.xs), 1e-13)


@each_sample
def test_results_are_fresh_and_inputs_unchanged(sample, rng):
    xs = tuple(np.array(x) for x in sample.xs)
    ws = seeds(rng, leaves(sample.f(*xs)))
    before = [a.copy() for a in (*xs, *ws)]
    y, pullback = dr.vjp(sample.f, *xs)
    ct = flatten(y)[1](ws)
    first, second = pullback(ct), pullback(ct)
    assert_same(first, second)
    derivatives = [*first, *second, *pushed(sample.f, xs, xs)]
    arrays = [g for g in derivatives if np.ndim(g)]
    for i, g in enumerate(arrays):
        assert g.flags.c_contiguous
        assert g.flags.writeable
        assert not any(np.shares_memory(g, other) for other in (*xs, *ws, *leaves(y), *arrays[:i]))
        g[...] = np.nan
    for a, b in zip((*xs, *ws), before, strict=True):
        np.testing.assert_array_equal(a, b)
    if not any(np.isnan(np.concatenate([leaf.ravel() for leaf in leaves(y)]))):
        assert_same(y, sample.f(*xs))


# ---- constants -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", constants)
def test_a_constant_gives_plain_values(sample):
    want, seen = sample.f(*sample.xs), []

    def f(*xs):
        seen.append(sample.f(*xs))
        return xs[0]

    dr.jvp(f, sample.xs, sample.xs)
    dr.vjp(f, *sample.xs)
    dr.jvp(lambda *xs: dr.vjp(f, *xs)[0], sample.xs, sample.xs)
    for got in seen:
        assert type(got) is type(want)
        assert not any(isinstance(leaf, Tracer) for leaf in flatten(got)[0])
        assert got == want if isinstance(want, np.dtype) else assert_same(got, want) is None


@pytest.mark.parametrize("sample", constants)
def test_a_constant_has_no_derivative(sample):
    if leaves(sample.f(*sample.xs))[0].dtype.kind not in "fib":
        return
    product = lambda *xs: xs[0].sum() * np.sum(flatten(sample.f(*xs))[0][0])
    J, c = forward(product, sample.xs), np.sum(leaves(sample.f(*sample.xs))[0])
    want = np.concatenate([np.full(np.size(x), c if k == 0 else 0.0) for k, x in enumerate(sample.xs)])
    np.testing.assert_array_equal(J, want[None])
    np.testing.assert_array_equal(reverse(product, sample.xs), want[None])
