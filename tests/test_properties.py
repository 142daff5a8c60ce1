"""Properties that hold at every shape, axis and index: drawn by hypothesis, the same examples in every run.

Each function has NumPy's own value to the last bit in both modes, a Jacobian that is that of complex step or of
differences, forward and reverse alike, with one direction and with many, in single and in double precision; and second
derivatives that are differences of the first. All of that is `assert_agrees`.
"""

import numpy
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import dualrev as dr
from dualrev import numpy as dnp
from tests.fuzz.agreement import DisagreementError, assert_agrees

np = numpy
few = settings(max_examples=40)
shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
filled = hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=3)
dtypes = st.sampled_from([np.float64, np.float64, np.float32])


def point(shape, seed, dtype=np.float64):
    """Distinct numbers of either sign, none of them near zero: no kink is hit by accident."""
    rng = np.random.default_rng(seed)
    n = int(np.prod(shape))
    magnitudes = rng.permutation(0.25 + 1.5 * (np.arange(n) + rng.uniform(0.2, 0.8, n)) / max(n, 1))
    return np.asarray(magnitudes * rng.choice([-1.0, 1.0], n), dtype).reshape(shape)


@st.composite
def points(draw, shapes=shapes, dtypes=dtypes):
    return point(draw(shapes), draw(st.integers(0, 99)), draw(dtypes))


@st.composite
def pairs(draw):
    """Two arrays whose shapes broadcast, either one to the other or both to a third."""
    both = draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, min_side=0, max_side=3)).input_shapes
    dtype, seed = draw(dtypes), draw(st.integers(0, 99))
    return [point(shape, seed + k, dtype) for k, shape in enumerate(both)]


@st.composite
def square_matrices(draw, max_side=3):
    """Well-conditioned, perhaps a stack of them."""
    n, loops = draw(st.integers(1, max_side)), draw(st.sampled_from([(), (), (2,), (1, 2), (0,)]))
    return point((*loops, n, n), draw(st.integers(0, 99))) / 3 + np.diag(np.arange(2.0, 2.0 + n))


def axis_of(data, x, none=True):
    n = max(np.ndim(x), 1)
    one = st.integers(-n, n - 1)
    several = hnp.valid_tuple_axes(np.ndim(x)) if np.ndim(x) else st.just(())
    return data.draw(st.one_of(*([st.none(), several] if none else []), one))


def holds(f, *xs, analytic=True, traced=None, kinks=False):
    outcome = assert_agrees(lambda *xs: [f(*xs)], lambda *xs: [(traced or f)(*xs)], xs, analytic)
    assert outcome == "agrees" or kinks


# ---- elementwise, broadcasting ---------------------------------------------------------------------------------------

SMOOTH = {
    "sin": np.sin, "tanh": np.tanh, "exp": np.exp, "square": np.square, "reciprocal": np.reciprocal, "expm1": np.expm1,
    "cube": lambda x: x**3, "root": lambda x: np.sqrt(x * x), "log": lambda x: np.log(2 + x * x), "arctan": np.arctan,
}  # fmt: skip
OF_TWO = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide,
    "power": lambda x, y: (1.5 + np.sin(x)) ** y, "logaddexp": np.logaddexp, "outer": np.multiply.outer,
    "where": lambda x, y: np.where(np.real(x) > 0, x, y), "difference": lambda x, y: x - 2 * y * x,
}  # fmt: skip


@few
@given(st.lists(st.sampled_from(sorted(SMOOTH)), min_size=1, max_size=4), points())
def test_chains_of_elementwise_functions(names, x):
    def f(x):
        for name in names:
            x = SMOOTH[name](np.tanh(x) + 1.2)
        return x

    holds(f, x)


@few
@given(st.sampled_from(sorted(OF_TWO)), st.sampled_from(sorted(SMOOTH)), pairs())
def test_functions_of_two_arrays_that_broadcast(name, inner, xs):
    holds(lambda x, y: OF_TWO[name](np.tanh(SMOOTH[inner](x)), y), *xs, analytic=name != "logaddexp")


@few
@given(pairs(), st.sampled_from([np.maximum, np.minimum, np.hypot, np.fmax, np.arctan2, np.copysign, np.logaddexp2]))
def test_functions_of_two_arrays_with_kinks(xs, f):
    holds(f, *xs, analytic=False, kinks=True)


# ---- reductions and scans --------------------------------------------------------------------------------------------

REDUCTIONS = {"sum": np.sum, "mean": np.mean, "prod": np.prod, "nansum": np.nansum, "nanprod": np.nanprod}
ORDERED = {
    "max": np.max,
    "min": np.min,
    "std": np.std,
    "var": np.var,
    "median": np.median,
    "ptp": np.ptp,
    "norm": np.linalg.norm,
}


@few
@given(st.sampled_from(sorted(REDUCTIONS)), points(), st.booleans(), st.data())
def test_reductions_over_any_axes(name, x, keepdims, data):
    axis = axis_of(data, x)
    with np.errstate(all="ignore"):
        assume(name != "mean" or np.size(x))
        holds(lambda x: np.sin(REDUCTIONS[name](x * 0.9, axis=axis, keepdims=keepdims)), x)


@few
@given(st.sampled_from(sorted(ORDERED)), points(filled), st.booleans(), st.data())
def test_ordered_reductions_over_any_axes(name, x, keepdims, data):
    axis = axis_of(data, x)
    assume(name != "norm" or axis is None or np.ndim(axis) == 0)
    assume(name not in ("std", "norm") or axis != ())
    holds(lambda x: ORDERED[name](x, axis=axis, keepdims=keepdims) ** 2, x, analytic=False)


@few
@given(st.sampled_from(["cumsum", "cumprod", "sort", "diff", "flip", "gradient", "roll"]), points(filled), st.data())
def test_scans_along_an_axis(name, x, data):
    axis = axis_of(data, x, none=False)
    assume(name != "gradient" or np.shape(x)[axis] > 1)
    further = {"roll": {"shift": data.draw(st.integers(-3, 3))}}.get(name, {})
    holds(lambda x: getattr(np, name)(np.sin(x), axis=axis, **further), x)


# ---- shapes and indices ----------------------------------------------------------------------------------------------


@st.composite
def indexed(draw):
    """An array, and something to index it with: basic, of integers, or a mask."""
    x = draw(points(filled))
    basic = hnp.basic_indices(x.shape, allow_newaxis=True, allow_ellipsis=True)
    fancy = hnp.integer_array_indices(x.shape, result_shape=hnp.array_shapes(min_dims=0, max_dims=2, max_side=3))
    masks = hnp.arrays(bool, x.shape)
    return x, draw(st.one_of(basic, fancy, masks))


@few
@given(indexed(), points(st.just(())))
def test_indices(pair, t):
    x, index = pair
    t = t.astype(x.dtype)
    holds(lambda x, t: np.exp(x[index]) * t, x, t)


@few
@given(
    indexed(),
    points(st.just(()), st.just(np.float64)),
    st.sampled_from(["=", "+=", "*=", "view", "add.at", "out"]),
    st.booleans(),
)
def test_writes_into_buffers(pair, t, how, like):
    """What is written into np.zeros_like(x), or into np.zeros(shape) of dualrev.numpy, is what NumPy writes."""
    x, index = pair
    x = x.astype(float)

    def f(x, t, np=numpy):
        y = np.zeros_like(x) if like else np.zeros(x.shape)
        y[...] = x
        if how == "=":
            y[index] = t * t
        elif how == "+=":
            y[index] += t
        elif how == "*=":
            y[index] *= t
        elif how == "view":
            part = y[index]
            part *= t if np.ndim(part) else 1.0
            y = y + np.sum(part)
        elif how == "add.at":
            np.add.at(y, index, t)
        else:
            np.multiply(y, t, out=y)
        return y

    holds(f, x, t, analytic=like, traced=f if like else lambda x, t: f(x, t, dnp))


@few
@given(points(filled), st.data())
def test_rearrangements(x, data):
    n, axes = x.ndim, data.draw(st.permutations(range(x.ndim)))
    a, b = (data.draw(st.integers(-n, n - 1)) for _ in range(2))
    shape = data.draw(st.sampled_from([(-1,), (1, -1), (-1, 1), x.shape[::-1]]))
    order = data.draw(st.sampled_from("CF"))

    def f(x):
        y = np.sin(x)
        y = np.swapaxes(np.transpose(y, axes), a, b)
        y = np.moveaxis(y, b, a).reshape(shape, order=order)
        return np.expand_dims(np.ravel(y, order=order), 0) * y.T.sum()

    holds(f, x)


@few
@given(points(filled), st.data())
def test_joins_and_splits(x, data):
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    repeats = data.draw(st.integers(0, 3))

    def f(x):
        y = np.concatenate([x, np.sin(x), x * x], axis=axis)
        first, second = np.array_split(np.repeat(y, repeats, axis=axis), 2, axis=axis)
        return np.stack([np.tile(np.sum(first), 2), np.tile(np.prod(second), 2)], axis=-1)

    holds(f, x)


@few
@given(points(filled), hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=2), st.data())
def test_broadcasting(x, lead, data):
    mask = data.draw(hnp.arrays(bool, x.shape))
    f = lambda x: np.where(mask, np.broadcast_to(x, lead + x.shape), x.dtype.type(0.5)) * np.exp(x)
    holds(f, x)


# ---- products, linear algebra, transforms ----------------------------------------------------------------------------


@st.composite
def factors(draw):
    """Two arrays for matmul: vectors, matrices, and stacks that broadcast."""
    shapes = draw(hnp.mutually_broadcastable_shapes(signature=np.matmul.signature, max_dims=1, min_side=0, max_side=3))
    seed, dtype = draw(st.integers(0, 99)), draw(dtypes)
    return [point(shape, seed + k, dtype) for k, shape in enumerate(shapes.input_shapes)]


@few
@given(factors())
def test_matrix_products(xs):
    holds(lambda a, b: np.sin(a @ b), *xs)


@few
@given(
    st.sampled_from(["ij,jk->ik", "ij,kj", "ij,ij->j", "ij,jl->", "...i,...i->...", "ii,ij->j", "ij,jk,kl->il"]),
    st.integers(0, 99),
    st.integers(1, 3),
)
def test_einsum(subscripts, seed, n):
    xs = [point((n, n), seed + k) for k in range(subscripts.split("->")[0].count(",") + 1)]
    holds(lambda *xs: np.einsum(subscripts, *xs), *xs)


SOLVERS = {
    "inv": np.linalg.inv, "det": np.linalg.det, "power": lambda A: np.linalg.matrix_power(A, -2),
    "solve": lambda A: np.linalg.solve(A, np.sin(A)), "trace": lambda A: np.trace(A, axis1=-2, axis2=-1),
}  # fmt: skip
FACTORS = {
    "cholesky": lambda A: np.linalg.cholesky(A @ np.swapaxes(A, -1, -2)), "slogdet": lambda A: np.linalg.slogdet(A)[1],
    "eigvalsh": lambda A: np.linalg.eigvalsh(A + np.swapaxes(A, -1, -2)), "svd": lambda A: np.linalg.svd(A)[1],
    "norm": lambda A: np.linalg.norm(A, axis=(-2, -1)), "qr": lambda A: np.linalg.qr(A)[1],
}  # fmt: skip


@few
@given(st.sampled_from(sorted(SOLVERS)), square_matrices())
def test_linear_algebra_that_is_analytic(name, A):
    holds(SOLVERS[name], A)


@few
@given(st.sampled_from(sorted(FACTORS)), square_matrices())
def test_factorizations(name, A):
    holds(FACTORS[name], A, analytic=False)


@few
@given(points(filled, st.just(np.float64)), st.sampled_from(["fft", "rfft", "ifft", "hfft"]), st.data())
def test_power_spectra(x, name, data):
    axis, n = data.draw(st.integers(-x.ndim, x.ndim - 1)), data.draw(st.sampled_from([None, 2, 5]))
    assume(name != "hfft" or n or x.shape[axis] > 1)
    holds(lambda x: np.abs(getattr(np.fft, name)(x, n=n, axis=axis)) ** 2, x, analytic=False)


# ---- the referee itself ----------------------------------------------------------------------------------------------


def with_rule(slope):
    """The sine, with another derivative than it has."""
    return dr.custom.elementwise(lambda x: np.sin(x), slope)


@pytest.mark.parametrize(
    ("traced", "kind"),
    [
        (lambda x: np.sin(x) + 1e-15 * x, "value in forward mode"),
        (with_rule(lambda y, x: np.cos(x) * 1.0001), "jacobian"),
        (lambda x: with_rule(lambda y, x: dr.stop_gradient(np.cos(x)))(x), "second derivative"),
        (lambda x: np.sin(x).astype(np.float32), "value in forward mode"),
    ],
)
def test_what_is_wrong_is_seen(traced, kind):
    x = point((3,), 1)
    with pytest.raises(DisagreementError) as caught:
        assert_agrees(lambda x: [np.sin(x)], lambda x: [traced(x)], [x], analytic=True)
    assert caught.value.kind == kind


def test_a_kink_is_told_from_a_wrong_derivative():
    """The midpoint of the two slopes is no derivative: nothing is asserted at a kink."""
    assert assert_agrees(lambda x: [np.abs(x)], lambda x: [np.abs(x)], [np.zeros(2)], analytic=False) == "kink"
