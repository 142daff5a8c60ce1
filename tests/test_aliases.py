"""What NumPy lets share memory, function by function: a write into the result or the source is seen in the other."""

import warnings

import numpy as np
import pytest

import dualrev as dr
from dualrev.traced import values

# ---- one array: something is written into what is made of it, then into the array itself -----------------------------

OF_ANY = {
    "the array itself": lambda a: a,
    "astype": lambda a: a.astype(float),
    "astype copy=False": lambda a: a.astype(float, copy=False),
    "astype order F": lambda a: a.astype(float, order="F", copy=False),
    "astype order C": lambda a: a.astype(float, order="C", copy=False),
    "np.astype": lambda a: np.astype(a, float),
    "np.astype copy=False": lambda a: np.astype(a, float, copy=False),
    "conj": lambda a: a.conj(),
    "conjugate": lambda a: a.conjugate(),
    "np.conj": lambda a: np.conj(a),
    "real": lambda a: a.real,
    "np.real": lambda a: np.real(a),
    "np.real_if_close": lambda a: np.real_if_close(np.atleast_1d(a)),
    "+a": lambda a: +a,
    "a[...]": lambda a: a[...],
    "a[()]": lambda a: a[()],
    "a[None]": lambda a: a[None],
    "a[..., None]": lambda a: a[..., None],
    "copy": lambda a: a.copy(),
    "np.copy": lambda a: np.copy(a),
    "flatten": lambda a: a.flatten(),
    "squeeze": lambda a: a.squeeze(),
    "squeeze of one": lambda a: a[None].squeeze(),
    "T": lambda a: a.T,
    "transpose": lambda a: a.transpose(),
    "expand_dims": lambda a: np.expand_dims(a, 0),
    "atleast_1d": lambda a: np.atleast_1d(a),
    "atleast_2d": lambda a: np.atleast_2d(a),
    "atleast_3d": lambda a: np.atleast_3d(a),
    "atleast_1d of two": lambda a: np.atleast_1d(a, a)[1],
    "broadcast_arrays": lambda a: np.array(np.broadcast_arrays(a, a)[0]),
    "positive": lambda a: np.positive(a),
    "nan_to_num": lambda a: np.nan_to_num(a),
    "nan_to_num copy=False": lambda a: np.nan_to_num(np.atleast_1d(a), copy=False),
    "round": lambda a: a.round(2),
    "clip": lambda a: a.clip(-9, 9),
    "where": lambda a: np.where(True, a, a),
    "np.array": lambda a: np.array(a),
    "np.array order F": lambda a: np.array(a, order="F"),
    "np.array then ravel": lambda a: np.ravel(np.array(a)),
    "np.array then ravel F": lambda a: np.ravel(np.array(a), order="F"),
    "np.array then ravel K": lambda a: np.ravel(np.array(a), order="K"),
    "flat[:]": lambda a: a.flat[:],
    "flat[0:1]": lambda a: a.flat[0:1],
    "flat[[0]]": lambda a: a.flat[[0]],
    "resize": lambda a: np.resize(a, np.shape(a) or (1,)),
    "reshape its shape": lambda a: a.reshape(np.shape(a)),
    "sum": lambda a: np.sum(a, axis=()),
    "max over no axis": lambda a: a.max(axis=()),
    "cumsum": lambda a: np.cumsum(a),
    "split": lambda a: np.split(np.atleast_1d(a), 1)[0],
    "array_split": lambda a: np.array_split(np.atleast_1d(a), 1)[0],
    "concatenate of one": lambda a: np.concatenate([np.atleast_1d(a)]),
    "stack of one": lambda a: np.stack([a])[0],
    "vstack of one": lambda a: np.vstack([a]),
    "hstack of one": lambda a: np.hstack([a]),
    "block of one": lambda a: np.block([a]),
    "append nothing": lambda a: np.append(a, []),
    "delete nothing": lambda a: np.delete(np.atleast_1d(a), []),
    "tile once": lambda a: np.tile(a, 1),
    "repeat once": lambda a: np.repeat(a, 1),
    "roll 0": lambda a: np.roll(a, 0),
    "trim_zeros": lambda a: np.trim_zeros(np.ravel(a)),
    "sort": lambda a: np.sort(a, axis=None),
    "ediff1d": lambda a: np.ediff1d(a, to_end=1.0),
    "diff 0": lambda a: np.diff(a, n=0) if np.ndim(a) else a,
    "choose": lambda a: np.choose(0, [a]),
    "select": lambda a: np.select([True], [a]),
    "unwrap": lambda a: np.unwrap(a) if np.ndim(a) else a,
    "real of complex": lambda a: (a + 0j).real,
    "meshgrid copy=False": lambda a: np.array(np.meshgrid(a, copy=False)[0]),
    "take": lambda a: np.take(a, 0),
    "compress": lambda a: np.compress([True], np.atleast_1d(a), axis=0),
    "iterated": lambda a: next(iter(np.atleast_1d(a))),
    "row": lambda a: np.atleast_1d(a)[0],
    "row, view": lambda a: np.atleast_1d(a)[0, ...],
    "diagflat": lambda a: np.diagflat(a),
    "einsum": lambda a: np.einsum("...->...", a),
    "linalg.matrix_transpose": lambda a: np.linalg.matrix_transpose(np.atleast_2d(a)),
    "unstack": lambda a: np.unstack(np.atleast_1d(a))[0],
}
for _order in "CFAK":
    OF_ANY |= {
        f"ravel {_order}": lambda a, o=_order: a.ravel(o),
        f"np.ravel {_order}": lambda a, o=_order: np.ravel(a, order=o),
        f"flatten {_order}": lambda a, o=_order: a.flatten(o),
        f"copy {_order}": lambda a, o=_order: a.copy(o),
        f"copy {_order}, ravel": lambda a, o=_order: a.copy(o).ravel(),
        f"copy {_order}, ravel F": lambda a, o=_order: a.copy(o).ravel("F"),
        f"copy {_order}, ravel K": lambda a, o=_order: a.copy(o).ravel("K"),
        f"np.array {_order}, ravel": lambda a, o=_order: np.ravel(np.array(a, order=o)),
        f"astype {_order}, ravel": lambda a, o=_order: a.astype(float, order=o).ravel(),
    }
    if _order != "K":
        OF_ANY[f"reshape {_order}"] = lambda a, o=_order: a.reshape(-1, order=o)
        OF_ANY[f"np.reshape {_order}"] = lambda a, o=_order: np.reshape(a, (-1,), order=o)

OF_MATRICES = {
    "swapaxes": lambda a: a.swapaxes(0, 1),
    "np.swapaxes": lambda a: np.swapaxes(a, 0, 1),
    "moveaxis": lambda a: np.moveaxis(a, 0, 1),
    "rollaxis": lambda a: np.rollaxis(a, 1),
    "permute_dims": lambda a: np.permute_dims(a, (1, 0)),
    "mT": lambda a: a.mT,
    "a[0]": lambda a: a[0],
    "a[0, :1]": lambda a: a[0, :1],
    "a[0, 0]": lambda a: a[0, 0],
    "a[0, 0, ...]": lambda a: a[0, 0, ...],
    "a[[0]]": lambda a: a[[0]],
    "a[:, 0]": lambda a: a[:, 0],
    "a[::-1]": lambda a: a[::-1],
    "a[a > 2]": lambda a: a[a > 2],
    "flip": lambda a: np.flip(a),
    "flipud": lambda a: np.flipud(a),
    "fliplr": lambda a: np.fliplr(a),
    "rot90": lambda a: np.rot90(a),
    "rot90 0": lambda a: np.rot90(a, 0),
    "hsplit": lambda a: np.hsplit(a, 2)[1],
    "vsplit": lambda a: np.vsplit(a, 2)[1],
    "split": lambda a: np.split(a, [1], axis=1)[1],
    "tril": lambda a: np.tril(a),
    "diagonal": lambda a: np.diagonal(a),
    "diag": lambda a: np.diag(a),
    "linalg.diagonal": lambda a: np.linalg.diagonal(a),
    "einsum diagonal": lambda a: np.einsum("ii->i", a),
    "einsum transpose": lambda a: np.einsum("ij->ji", a),
    "broadcast_to": lambda a: np.broadcast_to(a, (2, 2, 2)),
    "reshape": lambda a: a.reshape(4),
    "reshape columns": lambda a: a.T.reshape(4),
    "ravel of T": lambda a: a.T.ravel(),
    "ravel of a row": lambda a: a[1].ravel(),
    "ravel of a column": lambda a: a[:, 1].ravel(),
    "flatten of T": lambda a: a.T.flatten(),
    "sorted": lambda a: np.sort(a),
    "partition": lambda a: np.partition(a, 1),
    "take axis": lambda a: np.take(a, [0], axis=1),
    "apply_along_axis": lambda a: np.apply_along_axis(lambda r: r, 0, a),
    "squeeze a column": lambda a: a[:, :1].squeeze(),
    "squeeze axis": lambda a: np.squeeze(a[:, :1], axis=1),
    "insert": lambda a: np.insert(a, 0, 1.0),
    "sliding_window_view": lambda a: np.lib.stride_tricks.sliding_window_view(a, 2, axis=1),
}

# What plain NumPy makes of a traced array without a copy is an array of objects that nobody may write into.
READ_ONLY = {
    "asarray": lambda a: np.asarray(a),
    "asanyarray": lambda a: np.asanyarray(a),
    "ascontiguousarray": lambda a: np.ascontiguousarray(a),
    "asfortranarray": lambda a: np.asfortranarray(a),
    "asarray_chkfinite": lambda a: np.asarray_chkfinite(a),
    "require": lambda a: np.require(a),
    "require F": lambda a: np.require(a, requirements="F"),
    "array copy=None": lambda a: np.array(a, copy=None),
    "array copy=False": lambda a: np.array(a, copy=False),
    "asarray, then a row": lambda a: np.asarray(a)[0:1],
}

LAYOUTS = {
    "rows": lambda x: x.copy(),
    "columns": lambda x: x.T.copy().T,
    "strided": lambda x: twice(x),
    "turned": lambda x: x[::-1].copy()[::-1],
    "written": lambda x: written(x.copy()),
    "written columns": lambda x: written(x.T.copy()).T,
    "a row of more": lambda x: np.stack([x, x])[1],
}
STARTS = {
    "matrix": np.array([[4.0, 1.0], [3.0, 2.0]]),
    "vector": np.array([4.0, 1.0, 3.0, 2.0]),
    "one": np.array([2.0]),
    "number": np.array(2.0),
}


def twice(x):
    made = np.zeros_like(x, shape=tuple(2 * n for n in x.shape))[tuple(slice(None, None, 2) for _ in x.shape)]
    made[...] = x
    return made


def written(x):
    x[...] = x * 1.0
    x[0:1] = x[0:1] * 1.0
    return x


def put_into(a, how):
    if how == "all":
        a[...] = 77.0
    elif how == "first":
        a[(0,) * np.ndim(a)] = 88.0
    else:
        a *= 2.0


def seen(*arrays):
    return [np.array(values(a)).astype(float).tolist() for a in arrays]


def story(make, lay, how, x):
    """What is left in the array and in what was made of it, after a write into the one and one into the other."""
    a = lay(x * 1.0)
    told = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        b = make(a)
        told += seen(a, b)
        for target in (b, a):
            if not np.shape(target) and not isinstance(values(target), np.ndarray):
                continue
            try:
                put_into(target, how)
                told += seen(a, b)
            except (ValueError, TypeError) as error:
                told.append(type(error))
    return told


def on_traced(mode, look, x):
    found = []

    def f(x):
        found.append(look(x))
        return np.sum(x)

    if mode == "forward":
        dr.jvp(f, (x,), (np.ones_like(x),))
    elif mode == "reverse":
        dr.vjp(f, x)
    else:
        dr.jvp(lambda x: dr.vjp(f, x)[0], (x,), (np.ones_like(x),))
    return found[0]


CASES = {name: (make, STARTS) for name, make in OF_ANY.items()}
CASES |= {name: (make, ["matrix"]) for name, make in OF_MATRICES.items()}
SOME = ("rows", "written columns")


@pytest.mark.parametrize("mode", ["reverse", "forward", "nested"])
@pytest.mark.parametrize("name", CASES)
def test_what_is_written_is_seen_where_numpy_shows_it(name, mode):
    make, kinds = CASES[name]
    for kind in kinds:
        for layout in LAYOUTS if mode == "reverse" else SOME:
            for how in ("all", "first", "times two") if kind != "number" or layout == "rows" else ():
                look = lambda x, layout=layout, how=how: story(make, LAYOUTS[layout], how, x)
                want, got = look(STARTS[kind].copy()), on_traced(mode, look, STARTS[kind])
                assert got == want, f"{kind}, {layout}, {how}"


@pytest.mark.parametrize("name", READ_ONLY)
def test_what_asarray_makes_may_not_be_written_into(name):
    def f(x):
        made = READ_ONLY[name](x * 1.0)
        with pytest.raises(ValueError, match="read-only"):
            made[...] = 1.0
        return np.sum(made)

    assert np.array_equal(dr.grad(f)(STARTS["vector"]), np.ones(4) if "row" not in name else [1.0, 0.0, 0.0, 0.0])


# ---- writes into an array of what shares its memory ------------------------------------------------------------------


def reshaped(a):
    rows, first = a[1:], a[0]
    a.shape = (2, 2)
    a[0, 1] = 7.0
    rows[1] *= 2.0
    return [a, rows, first * 1.0]


def view_reshaped(a):
    view = a[:4]
    view.shape = (2, -1)
    view[1] = 9.0
    a[0] = 8.0
    return [a, view]


def numbers_in_an_array(a):
    b = np.copy(a[0])
    c, b[()] = b[...], 5.0
    c[...] = b * 2.0
    return [b, c, a]


def nothing_between(a):
    b = np.array(a[0] * 2.0)
    b[()] = a[1]
    return [b, a]


def window(a):
    shown = np.lib.stride_tricks.sliding_window_view(a, 2)
    a[1] = 9.0
    a *= 2.0
    return [shown, a]


def place(values_of, on=lambda a: a):
    def f(a):
        np.place(on(a), np.array([True, False, True, True]).reshape(np.shape(on(a))), values_of(a))
        return [a]

    return f


def done(statement):
    def f(a):
        statement(a)
        return [a]

    return f


def set_flat(a, v):
    a.flat = v


OVERLAPS = {
    "shape": reshaped,
    "shape of a view": view_reshaped,
    "a number in an array": numbers_in_an_array,
    "an array of a number": nothing_between,
    "windows": window,
    "place itself": place(lambda a: a),
    "place itself backwards": place(lambda a: a[::-1]),
    "place a part of itself": place(lambda a: a[1:3]),
    "place a copy": place(lambda a: a.copy()),
    "place into rows": place(lambda a: a, on=lambda a: a.reshape(2, 2)),
    "place into columns": place(lambda a: a, on=lambda a: a.reshape(2, 2).T),
    "put itself": done(lambda a: np.put(a, [1, 2, 3], a)),
    "put into backwards": done(lambda a: np.put(a[::-1], [1, 2, 3], a)),
    "a.put itself": done(lambda a: a.put([3, 2, 1], a)),
    "putmask itself": done(lambda a: np.putmask(a, np.array([False, True, True, True]), a[::-1])),
    "putmask a part": done(lambda a: np.putmask(a, np.array([False, True, True, True]), a[:2])),
    "copyto shifted": done(lambda a: np.copyto(a[1:], a[:-1])),
    "copyto where": done(lambda a: np.copyto(a, a[::-1], where=np.array([True, False, True, False]))),
    "fill_diagonal of its row": done(lambda a: np.fill_diagonal(a.reshape(2, 2), a.reshape(2, 2)[1])),
    "fill_diagonal of its column": done(lambda a: np.fill_diagonal(a.reshape(2, 2), a.reshape(2, 2)[:, 1])),
    "put_along_axis": done(lambda a: np.put_along_axis(a, np.array([1, 2]), a[:2], 0)),
    "a[1:] = a[:-1]": done(lambda a: a.__setitem__(slice(1, None), a[:-1])),
    "a[[1, 0]] = a[[0, 1]]": done(lambda a: a.__setitem__([1, 0], a[[0, 1]])),
    "a[...] = a[::-1]": done(lambda a: a.__setitem__(..., a[::-1])),
    "a.flat = a[::-1]": done(lambda a: set_flat(a, a[::-1])),
    "a.flat = two": done(lambda a: set_flat(a, a[2:])),
    "a.flat[1:] = a[:3]": done(lambda a: a.flat.__setitem__(slice(1, None), a[:3])),
    "a.flat[...] = two": done(lambda a: a.flat.__setitem__(..., a[2:])),
    "a.flat[[3, 1]] = one": done(lambda a: a.flat.__setitem__([3, 1], a[0])),
    "a.flat[1] = one": done(lambda a: a.flat.__setitem__(1, a[0])),
    "a.flat[::-1] = a": done(lambda a: a.flat.__setitem__(slice(None, None, -1), a)),
    "a.flat[1:3] is a copy": done(lambda a: a.flat[1:3].__setitem__(0, 9.0)),
    "out of a shifted add": done(lambda a: np.add(a[:-1], a[1:], out=a[1:])),
    "out of a product": done(lambda a: np.matmul(a.reshape(2, 2), a.reshape(2, 2).T, out=a.reshape(2, 2))),
    "out of cumsum": done(lambda a: np.cumsum(a[::-1], out=a)),
    "a += a[::-1]": done(lambda a: a.__iadd__(a[::-1])),
    "a[1:] -= a[:-1]": done(lambda a: a[1:].__isub__(a[:-1])),
    "add.at of itself": done(lambda a: np.add.at(a, [0, 0, 1], a[:3])),
    "multiply.at of itself": done(lambda a: np.multiply.at(a, [0, 1, 0], a[1:])),
    "sort a view": done(lambda a: a[1:].sort()),
    "sort backwards": done(lambda a: a[::-1].sort()),
    "partition a view": done(lambda a: a[:3].partition(0)),
    "nan_to_num in place": done(lambda a: np.nan_to_num(np.log(a - 2.0, out=a), copy=False, nan=-1.0)),
    "fill a view": done(lambda a: a[1:3].fill(a[0])),
    "swapped": done(lambda a: (a.__setitem__(0, a[1]), a.__setitem__(1, a[0]))),
    "conj": done(lambda a: a.conj().__setitem__(0, 7.0)),
    "astype": done(lambda a: a.astype(float, copy=False).__setitem__(0, 7.0)),
}


@pytest.mark.filterwarnings("ignore:divide by zero|invalid value:RuntimeWarning")
@pytest.mark.parametrize("mode", ["reverse", "forward", "nested"])
@pytest.mark.parametrize("case", OVERLAPS)
def test_what_is_written_comes_from_what_is_read_as_in_numpy(case, mode):
    look = lambda x: seen(*OVERLAPS[case](x * 1.0))
    assert on_traced(mode, look, STARTS["vector"]) == look(STARTS["vector"].copy())


@pytest.mark.filterwarnings("ignore:divide by zero|invalid value:RuntimeWarning")
@pytest.mark.parametrize("case", OVERLAPS)
def test_the_derivative_follows_what_is_written(case):
    x, v = np.array([4.1, 1.2, 3.3, 2.4]), np.array([0.3, -0.7, 0.2, 0.9])
    f = lambda x: np.concatenate([np.ravel(y) for y in OVERLAPS[case](x * 1.0)])
    along = lambda h: np.asarray(values(f(x + h * v)), float)
    want = (8 * (along(1e-3) - along(-1e-3)) - (along(2e-3) - along(-2e-3))) / 12e-3
    np.testing.assert_allclose(dr.jvp(f, (x,), (v,))[1], want, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(dr.jacobian(f, mode="reverse")(x) @ v, want, rtol=1e-7, atol=1e-9)


def test_a_window_may_not_be_written_into():
    def f(x):
        np.lib.stride_tricks.sliding_window_view(x, 2, writeable=True)[0, 0] = 1.0

    with pytest.raises(ValueError, match="read-only"):
        dr.grad(f)(STARTS["vector"])


def test_a_shape_that_takes_a_copy_is_refused_as_numpy_refuses_it():
    def f(x):
        y = x.reshape(2, 2).T
        y.shape = (4,)

    with pytest.raises(AttributeError, match="Incompatible shape"):
        dr.grad(f)(STARTS["vector"])
