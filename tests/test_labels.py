"""Labelled data, masks, matrices and units beside traced values: right, or refused by name.

pandas, xarray, pint and astropy are no dependencies: what needs one of them is skipped where it is not there, and what
holds without is tested on a stand-in.
"""

import numpy as np
import pytest

import dualrev as dr
from dualrev.errors import InputError, LostDerivativeError, NoRuleError

X = np.array([0.5, 1.5, 2.5])
V = np.array([1.0, 2.0, 3.0])
MODES = ["forward", "reverse"]
OTHER = "with other labels than the one before it"


def slopes(f, x=X, h=1e-5):
    """Central differences of f's numbers, in plain NumPy and whatever library f uses."""
    steps = h * np.eye(x.size).reshape(-1, *x.shape)
    columns = [(np.asarray(f(x + d), float) - np.asarray(f(x - d), float)) / (2 * h) for d in steps]
    return np.stack(columns, axis=-1).reshape(np.shape(columns[0]) + x.shape)


def assert_right(f, x=X):
    """The value to the last bit, and both modes against differences."""
    want = np.asarray(f(x), float)
    for got in (dr.vjp(f, x)[0], dr.jvp(f, (x,), (x,))[0]):
        np.testing.assert_array_equal(np.asarray(got), want)
    for mode in MODES:
        J = dr.jacobian(f, mode=mode)(x)
        np.testing.assert_allclose(J, slopes(f, x), rtol=1e-8, atol=1e-8)


def assert_refused(f, match, error=InputError):
    for mode in MODES:
        with pytest.raises(error, match=match):
            dr.jacobian(f, mode=mode)(X)


# ---- a stand-in: the labels of pandas, without pandas ----------------------------------------------------------------


class Labels(list):
    equals = list.__eq__


class Series:
    """Numbers with labels."""

    __module__ = "pandas.standin"

    def __init__(self, numbers, labels):
        self.numbers, self.axes = np.asarray(numbers), [Labels(labels)]

    def __array__(self, dtype=None, copy=None):
        return self.numbers


ABC, CAB = Series(V, "abc"), Series(10 * V, "cab")


def test_one_labelled_operand_gives_its_numbers():
    for f in (
        lambda x, s: x * s,
        lambda x, s: np.sin(x + s) * s,
        lambda x, s: np.where(x > 1, s, x),
        lambda x, s: np.sum(np.stack([x, s]) * np.dot(s, x)),
    ):
        y, dy = dr.jvp(lambda x: f(x, ABC), (X,), (V,))
        want, dwant = dr.jvp(lambda x: f(x, V), (X,), (V,))
        np.testing.assert_array_equal(y, want)
        np.testing.assert_array_equal(dy, dwant)
        np.testing.assert_allclose(dr.jacobian(lambda x: f(x, ABC))(X), slopes(lambda x: f(x, V)), atol=1e-8)


@pytest.mark.parametrize("mode", MODES)
def test_a_second_one_with_other_labels_is_refused_however_far_away(mode):
    for f in (
        lambda x: x * ABC * CAB,
        lambda x: np.exp(np.sin(x * ABC)) + np.cumsum(x)[::-1] * CAB,
        lambda x: dr.grad(lambda z: np.sum(z * x * ABC))(x) * CAB,
    ):
        with pytest.raises(InputError, match=f"a Series {OTHER} .* \\.to_numpy\\(\\)"):
            dr.jacobian(f, mode=mode)(X)


def test_each_run_begins_without_labels():
    for labelled in (ABC, CAB, ABC, CAB):
        np.testing.assert_array_equal(dr.grad(lambda x: np.sum(x * labelled))(X), labelled.numbers)
    assert_refused(lambda x: x * ABC * CAB, OTHER)
    np.testing.assert_array_equal(dr.grad(lambda x: np.sum(x * CAB))(X), CAB.numbers)


def test_labels_of_another_length_are_others_and_the_same_again_are_not():
    short = Series(V[:2], "xy")
    f = lambda x: np.sum(x * ABC) + np.sum(x[:2] * short) + np.sum(x * Series(V, "abc"))
    np.testing.assert_array_equal(dr.grad(f)(X), 2 * V + [1, 2, 0])


def test_missing_values_are_refused():
    assert_refused(lambda x: np.sum(x * Series([1.0, np.nan, 3.0], "abc")), "missing values .* fill them first")


def test_methods_that_pandas_means_otherwise_are_refused_after_labels_only():
    assert_refused(lambda x: (x * ABC).std(), r"write y.std\(ddof=1\) or ddof=0")
    assert_refused(lambda x: (x * ABC).var(), r"write y.var\(ddof=1\) or ddof=0")
    np.testing.assert_allclose(dr.grad(lambda x: (x * ABC).std(ddof=1))(X), slopes(lambda x: np.std(x * V, ddof=1)))
    np.testing.assert_allclose(dr.grad(lambda x: x.std())(X), slopes(np.std), atol=1e-9)


def test_what_labelled_data_have_and_numbers_have_not():
    assert_refused(
        lambda x: (x * ABC).groupby([0, 0, 1]), r"has no groupby: the labels .* \(at test_labels.py:\d+", NoRuleError
    )
    for mode in MODES:
        with pytest.raises(AttributeError, match="has no attribute 'groupby'"):
            dr.jacobian(lambda x: x.groupby([0, 0, 1]), mode=mode)(X)


def test_labels_of_two_threads_are_apart():
    from concurrent.futures import ThreadPoolExecutor

    def work(k):
        labelled = (ABC, CAB)[k % 2]
        return dr.grad(lambda x: sum(np.sum(np.sin(x) * labelled) for _ in range(20)))(X)

    with ThreadPoolExecutor(4) as pool:
        for k, g in enumerate(pool.map(work, range(40))):
            np.testing.assert_allclose(g, 20 * np.cos(X) * (ABC, CAB)[k % 2].numbers)


# ---- pandas ----------------------------------------------------------------------------------------------------------

PANDAS = {
    "s * x": lambda p, x: p.s * x,
    "x * s": lambda p, x: x * p.s,
    "s ** x": lambda p, x: p.s**x,
    "x / s - s": lambda p, x: x / p.s - p.s,
    "np.sin(s * x)": lambda p, x: np.sin(p.s * x),
    "np.exp(s) * x": lambda p, x: np.exp(p.s) * x,
    "np.add(s, x)": lambda p, x: np.add(p.s, x),
    "np.logaddexp(s, x)": lambda p, x: np.logaddexp(p.s, x),
    "np.stack": lambda p, x: np.stack([p.s, x]),
    "np.dot(s, x)": lambda p, x: np.dot(p.s, x),
    "s @ x": lambda p, x: p.s @ x,
    "x @ s": lambda p, x: x @ p.s,
    "df @ x": lambda p, x: p.df @ x[:2],
    "x @ df": lambda p, x: x @ p.df,
    "df * x": lambda p, x: p.df * x[:2],
    "df.to_numpy()": lambda p, x: p.df.to_numpy() @ x[:2],
    "s.values * x": lambda p, x: p.s.values * x,
    "df['a'] * x[0]": lambda p, x: p.df["a"] * x[0],
    "df['a'] * x + df['b']": lambda p, x: p.df["a"] * x + p.df["b"],
    "(s * x).sum()": lambda p, x: (p.s * x).sum(),
    "(s * x).mean()": lambda p, x: (p.s * x).mean(),
    "np.sum(df * x)": lambda p, x: (p.df * x[:2]).sum(axis=1),
    "x[s > 1]": lambda p, x: x[p.s > 1],
    "np.where(s > 1, x, 0)": lambda p, x: np.where(p.s > 1, x * p.s, 0.0),
    "groupby": lambda p, x: p.df.groupby([0, 0, 1])["a"].mean() * x[:2],
    "pd.Series(x)": lambda p, x: p.pd.Series(x * 2, index=p.s.index) * p.s,
    "aligned by pandas": lambda p, x: (p.pd.Series(x * 2, index=p.s.index) * p.t).reindex(p.s.index),
    "pd.DataFrame of traced values": lambda p, x: p.pd.DataFrame({"u": x, "v": x * x}),
    "s.apply": lambda p, x: p.s.apply(lambda v: v * x[0]),
    "s.where": lambda p, x: p.s.where(p.s > 1, x),
}


@pytest.fixture(scope="module")
def p():
    pd = pytest.importorskip("pandas")

    class P:
        pass

    P.pd = pd
    P.s, P.t = pd.Series(V, index=list("abc")), pd.Series(10 * V, index=list("cab"))
    P.df = pd.DataFrame({"a": V, "b": [4.0, 5.0, 6.0]}, index=list("abc"))
    return P


@pytest.mark.parametrize("name", PANDAS)
def test_pandas(p, name):
    assert_right(lambda x: PANDAS[name](p, x))


def test_what_pandas_would_align_is_refused(p):
    for f in (
        lambda x: p.s * x * p.t,
        lambda x: x * p.s + p.t,
        lambda x: np.multiply(x, p.s) * p.t,
        lambda x: (p.df @ x[:2]) * p.t,
        lambda x: p.s.where(p.s > 1) * x,
    ):
        assert_refused(f, f"{OTHER}|missing values")
    assert_refused(lambda x: (p.df * x[:2]).sum(), r"of a DataFrame goes by columns, .* write y.sum\(axis=0\)")
    assert_refused(lambda x: (p.s * x).groupby([0, 0, 1]).sum(), "has no groupby", NoRuleError)
    assert_refused(lambda x: p.s.rolling(2).apply(lambda w: np.sum(w) * x[0]), "float", LostDerivativeError)


def test_a_least_squares_problem_in_frames(p):
    rng = np.random.default_rng(0)
    X = p.pd.DataFrame(rng.standard_normal((30, 3)), columns=list("uvw"))
    y = p.pd.Series(rng.standard_normal(30))
    train = rng.permutation(30)[:20]
    X, y = X.loc[train], y.loc[train]
    f = lambda w: np.sum((X @ w - y) ** 2)
    A, b, w = X.to_numpy(), y.to_numpy(), np.array([0.3, -1.0, 2.0])
    np.testing.assert_allclose(dr.grad(f)(w), 2 * A.T @ (A @ w - b), rtol=1e-13)
    np.testing.assert_allclose(dr.hessian(f)(w), 2 * A.T @ A, rtol=1e-13)


# ---- xarray, pint, astropy -------------------------------------------------------------------------------------------


def test_xarray():
    xr = pytest.importorskip("xarray")
    a = xr.DataArray(V, dims="i", coords={"i": list("abc")}, attrs={"units": "m"})
    b = xr.DataArray(10 * V, dims="i", coords={"i": list("cab")})
    c = xr.DataArray(10 * V, dims="j")
    for f in (
        lambda x: a * x,
        lambda x: x * a,
        lambda x: np.sin(a * x) - a,
        lambda x: (a * x).sum(),
        lambda x: np.sum(x[0] * a),
        lambda x: x[a > 1],
        lambda x: xr.DataArray(x, dims="i") * 2.0,
        lambda x: x * xr.DataArray(x, dims="i"),
    ):
        assert_right(f)
    for f in (lambda x: a * x * b, lambda x: x * a * b, lambda x: x * a + c):
        assert_refused(f, f"a DataArray {OTHER}")


def test_pint_keeps_its_units():
    pint = pytest.importorskip("pint")
    km = pint.UnitRegistry().km
    assert_right(lambda x: (x * (V * km)).to("m").magnitude)
    assert_right(lambda x: (V * km * x[0]).to("m").magnitude)
    with pytest.raises(pint.DimensionalityError):
        dr.grad(lambda x: np.sum(x + V * km))(X)
    assert_refused(lambda x: np.stack([x, V * km]), r"a Quantity beside traced values is no array: .* \.magnitude")


def test_astropy_is_refused_by_name():
    units = pytest.importorskip("astropy.units")
    q = V * units.km
    assert_refused(lambda x: x * q, r"a Quantity does not mix .* x.value of a quantity")
    assert_refused(lambda x: np.sum(np.concatenate([x, q])), "a Quantity does not mix")
    assert_right(lambda x: x * q.value)


# ---- arrays of other classes -----------------------------------------------------------------------------------------

MASKED = np.ma.array(V, mask=[False, True, False])


def test_masks_are_refused_by_name_or_respected():
    refused = r"MaskedArray does not mix with traced values, which have no mask: use m.filled\(v\)"
    for f in (
        lambda x: x * MASKED,
        lambda x: MASKED * x,
        lambda x: np.sum(np.where(MASKED > 1, x, 0)),
        lambda x: np.stack([x, MASKED]),
        lambda x: np.ma.masked_where(np.array([True, False, False]), x),
    ):
        assert_refused(f, refused)
    assert_right(lambda x: np.ma.sum(MASKED * x))
    assert_right(lambda x: x * MASKED.filled(0.0))
    assert_right(lambda x: x[~MASKED.mask] * MASKED.compressed())


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_a_matrix_is_refused_by_name():
    A = np.matrix(np.outer(V, V))
    for f in (lambda x: A @ x, lambda x: x @ A, lambda x: A * x[0], lambda x: np.dot(A, x)):
        assert_refused(f, r"np.matrix does not mix with traced values: use np.asarray\(A\)")


class Tagged(np.ndarray):
    """A subclass that means what an array means."""


class Doubling(np.ndarray):
    def __array_ufunc__(self, *args, **kwargs):
        return NotImplemented


def test_other_subclasses_of_arrays():
    assert_right(lambda x: x * V.view(Tagged))
    value = dr.vjp(lambda x: x * V.view(Tagged), X)[0]
    assert type(value) is np.ndarray
    assert_refused(lambda x: x * V.view(Doubling), "a Doubling does not mix with traced values")


@pytest.mark.parametrize("thing", [None, "text", object(), {"a": 1.0}])
def test_what_is_no_array_is_named(thing):
    assert_refused(
        lambda x: np.where(x > 1, x, thing), f"a {type(thing).__name__} beside traced values is no array|objects"
    )
    with pytest.raises(TypeError, match=r"unsupported operand|can only concatenate"):
        dr.grad(lambda x: np.sum(x + thing))(X)
