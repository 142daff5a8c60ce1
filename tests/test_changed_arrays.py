"""Plain arrays that a function changes after it has used them: the derivative is that of a version with copies.

A table of uses, each with one plain array c that its rule may read on the way back, meets a table of the ways in which
NumPy can change an array. Small and medium arrays must give the derivative; a large one gives it or is refused, and
then the refusal names the line.
"""

import numpy as np
import pytest
import scipy.special as special

import dualrev as dr
import dualrev.scipy.integrate
import dualrev.scipy.linalg
import dualrev.scipy.ndimage
import dualrev.scipy.signal
import dualrev.scipy.stats
from dualrev import numpy as dnp
from dualrev.constants import SMALL
from dualrev.errors import ChangedArrayError
from dualrev.freezing import COUNTS, WAITING

SIZES = {"small": 3, "medium": 1000, "large": 100_000}


@pytest.fixture(autouse=True)
def nothing_is_left():
    yield
    assert not COUNTS and not WAITING


# ---- the uses: what c is, and what is done with it -------------------------------------------------------------------


def side(n):
    """That of a matrix: n elements, or as many as are just frozen."""
    return min(int(np.sqrt(n)) + 1, 70)


def square(x, c):
    """The head of x as a matrix that can be inverted, of the shape of c."""
    return 4 * np.eye(len(c)) + np.reshape(x[: len(c)], (-1, 1)) * np.ones(len(c)) / len(c)


def in_place(operation):
    """What y (op)= c makes of y, a copy of x."""

    def use(x, c):
        y = x.copy()
        made = operation(y, c)
        return y if made is None else made

    return use


def write_at(x, c):
    y = x * x
    y[c] = 3.0 * y[0]
    return y


def write_values(x, c):
    y = np.zeros_like(x)
    y[1:] = c[1:]
    return y * x


def written_by_numbers(x, c):
    y = dnp.zeros(x.shape)
    y[c] = x[: len(c)]
    return y


def between(x, c):
    return x[c[0] : 2][: c[1] + 1] if isinstance(c, list) else x[c[()] : c + 2]


def imul(y, c):
    y *= c


def itruediv(y, c):
    y /= c


def ipow(y, c):
    y **= c


def isub(y, c):
    y -= c * y


scaled = dr.custom.elementwise(lambda x, c: c * np.sin(x), lambda y, x, c: c * np.cos(x), None)


@dr.custom.linear(lambda x, *, taps: x * taps)
def filtered(y, x, /, *, taps):
    return (lambda dx: dx * taps), (lambda ct: ct * taps)


USES = {
    "x * c": ("float", lambda x, c: x * c), "c * x": ("float", lambda x, c: c * x),
    "x / c": ("float", lambda x, c: x / c), "c / x": ("float", lambda x, c: c / x),
    "x ** c": ("float", lambda x, c: x**c), "c ** x": ("float", lambda x, c: c**x),
    "x - c": ("float", lambda x, c: x - c), "np.multiply": ("float", lambda x, c: np.multiply(c, x)),
    "y *= c": ("float", in_place(imul)), "y /= c": ("float", in_place(itruediv)), "y **= c": ("float", in_place(ipow)),
    "y -= c * y": ("float", in_place(isub)),
    "x @ c": ("float", lambda x, c: x @ c), "c @ x": ("float", lambda x, c: c @ x),
    "M @ x": ("matrix", lambda x, c: c @ x[: len(c)]), "x @ M": ("matrix", lambda x, c: x[: len(c)] @ c),
    "einsum": ("float", lambda x, c: np.einsum("i,i->i", x, c)), "dot": ("float", lambda x, c: np.dot(c, x)),
    "einsum of a matrix": ("matrix", lambda x, c: np.einsum("ij,j->i", c, x[: len(c)])),
    "inner": ("float", lambda x, c: np.inner(x, c)), "vdot": ("float", lambda x, c: np.vdot(c, x)),
    "tensordot": ("matrix", lambda x, c: np.tensordot(x[: len(c)], c, 1)),
    "multi_dot": ("matrix", lambda x, c: np.linalg.multi_dot([x[: len(c)], c, c])),
    "convolve": ("short", lambda x, c: np.convolve(x, c)), "correlate": ("short", lambda x, c: np.correlate(x, c)),
    "x[i]": ("index", lambda x, c: x[c]), "x[i, None]": ("index", lambda x, c: x[c, None]),
    "x[..., i]": ("index", lambda x, c: np.stack([x, 2 * x])[..., c]), "x[mask]": ("mask", lambda x, c: x[c]),
    "x[list]": ("list", lambda x, c: x[c]), "take of a list": ("list", lambda x, c: np.take(x, c)),
    "x[[list], None]": ("list", lambda x, c: x[c, None]), "x[i:i+2]": ("number", between),
    "x[a:b] of a list": ("list", between),
    "take": ("index", lambda x, c: np.take(x, c, mode="wrap")),
    "take_along_axis": ("index", lambda x, c: np.take_along_axis(x, c, 0)),
    "compress": ("mask", lambda x, c: np.compress(c, x)), "extract": ("mask", lambda x, c: np.extract(c, x)),
    "where": ("mask", lambda x, c: np.where(c, x, 2 * x * x)),
    "a branch of where": ("float", lambda x, c: np.where(x > 1, x * x, c)),
    "select": ("mask", lambda x, c: np.select([c, x > 1], [x, x * x], 1.0)),
    "choose": ("index", lambda x, c: np.choose(c % 2, [x, x * x])),
    "piecewise": ("mask", lambda x, c: np.piecewise(x, [c], [lambda a: a * a, lambda a: 3 * a])),
    "where=": ("mask", lambda x, c: np.sum(x * x, where=c)),
    "average": ("float", lambda x, c: np.average(x, weights=c)),
    "interp, xp": ("rising", lambda x, c: np.interp(x, c, np.sqrt(c))),
    "interp, fp": ("float", lambda x, c: np.interp(x, np.linspace(0.5, 1.6, len(c)), c)),
    "clip": ("float", lambda x, c: np.clip(x * x, c / 2, c)), "maximum": ("float", lambda x, c: np.maximum(x * x, c)),
    "arctan2": ("float", lambda x, c: np.arctan2(x, c)), "hypot": ("float", lambda x, c: np.hypot(c, x)),
    "logaddexp": ("float", lambda x, c: np.logaddexp(x, c)), "copysign": ("float", lambda x, c: np.copysign(x, c - 1)),
    "xlogy": ("float", lambda x, c: special.xlogy(c, x)),
    "betainc": ("float", lambda x, c: special.betainc(c, 2.0, x / 2)),
    "gammainc": ("float", lambda x, c: special.gammainc(c, x)), "jv": ("float", lambda x, c: special.jv(np.ceil(c), x)),
    "cross": ("triple", lambda x, c: np.cross(x[:3], c)), "outer": ("short", lambda x, c: np.outer(x[:50], c)),
    "multiply.outer": ("short", lambda x, c: np.multiply.outer(c, x[:50])),
    "kron": ("short", lambda x, c: np.kron(c, x[:50])),
    "solve, a": ("matrix", lambda x, c: np.linalg.solve(c, x[: len(c)])),
    "solve, b": ("matrix", lambda x, c: np.linalg.solve(square(x, c), c)),
    "lstsq": ("matrix", lambda x, c: np.linalg.lstsq(c, x[: len(c)], rcond=None)[0]),
    "norm of a product": ("float", lambda x, c: np.linalg.norm(c * x)),
    "polyval, p": ("triple", lambda x, c: np.polyval(c, x)), "polyval, x": ("float", lambda x, c: np.polyval(x[:3], c)),
    "trapezoid": ("rising", lambda x, c: np.trapezoid(x, c)), "gradient": ("rising", lambda x, c: np.gradient(x, c)),
    "custom.elementwise": ("float", scaled), "custom.linear": ("float", lambda x, c: filtered(x, taps=c)),
    "y[i] = v": ("index", write_at), "y[1:] = c": ("float", write_values),
    "buffer[i] = x": ("index", written_by_numbers),
    "put": ("index", in_place(lambda y, c: np.put(y, c, y[0]))),
    "add.at": ("index", in_place(lambda y, c: np.add.at(y, c, y[0] * y))),
    "multiply.at": ("triple index", in_place(lambda y, c: np.multiply.at(y, c, y[:3]))),
    "copyto, where": ("mask", in_place(lambda y, c: np.copyto(y, y * y, where=c))),
    "solve_triangular": ("matrix", lambda x, c: dr.scipy.linalg.solve_triangular(c, x[: len(c)])),
    "fftconvolve": ("short", lambda x, c: dr.scipy.signal.fftconvolve(x, c)),
    "lfilter": ("triple", lambda x, c: dr.scipy.signal.lfilter(c, [1.0], x)),
    "ndimage.convolve": ("triple", lambda x, c: dr.scipy.ndimage.convolve(x, c)),
    "simpson": ("rising", lambda x, c: dr.scipy.integrate.simpson(x, x=c)),
    "norm.logpdf": ("float", lambda x, c: dr.scipy.stats.norm.logpdf(x, c, c)),
}  # fmt: skip

# What c holds first and then, by its kind.
CONTENTS = {
    "float": lambda n, rng: rng.uniform(0.5, 1.5, n),
    "short": lambda n, rng: rng.uniform(0.5, 1.5, min(n, 3)),
    "triple": lambda n, rng: rng.uniform(0.5, 1.5, 3),
    "rising": lambda n, rng: np.linspace(0.4, rng.uniform(1.6, 2.0), n),
    "matrix": lambda n, rng: rng.uniform(-0.5, 0.5, (side(n), side(n))) / side(n) + rng.uniform(1, 2) * np.eye(side(n)),
    "index": lambda n, rng: rng.integers(0, n, n),
    "triple index": lambda n, rng: rng.integers(0, n, 3),
    "number": lambda n, rng: np.array(rng.integers(0, 2)),
    "mask": lambda n, rng: np.arange(n) % 3 < rng.integers(1, 3),
    "list": lambda n, rng: rng.integers(0, 2, 2).tolist(),
}

# ---- the ways to change it: (c as f has it, what writes into it), from what c holds ----------------------------------


def itself(write):
    return lambda c: (c, lambda new: write(c, new))


def view_before(c):
    view = c[...]
    return c, lambda new: np.copyto(view, new)


def view_after(c):
    return c, lambda new: np.copyto(c.reshape(-1)[...].reshape(c.shape), new)


def transposed_before(c):
    view = c.T
    return c, lambda new: np.copyto(view, new.T)


def through_the_base(c):
    base = np.array([c, c])
    return base[1, ...], lambda new: np.copyto(base, new)


def through_a_row(c):
    base = np.array([c, c])
    row = base[1, ...]
    return row[...], lambda new: np.copyto(row, new)


def out_of_a_ufunc(c, new):
    (np.logical_or if c.dtype == bool else np.add)(new, 0, out=c)


def element_by_element(c, new):
    for k in np.ndindex(c.shape) if c.size <= 100 else []:
        c[k] = new[k]
    c[...] = new


def by_iterator(c, new):
    with np.nditer([c, new], op_flags=[["readwrite"], ["readonly"]]) as pairs:
        for into, v in pairs:
            into[...] = v


def by_memory(c, new):
    memoryview(c.reshape(-1)).cast("B")[:] = memoryview(np.ascontiguousarray(new).reshape(-1)).cast("B")


WAYS = {
    "c[...] =": itself(lambda c, new: c.__setitem__(..., new)), "copyto": itself(np.copyto),
    "element by element": itself(element_by_element), "out=": itself(out_of_a_ufunc),
    "put": itself(lambda c, new: np.put(c, np.arange(c.size), new)),
    "place": itself(lambda c, new: np.place(c, np.ones(c.shape, bool), new.ravel())),
    "putmask": itself(lambda c, new: np.putmask(c, np.ones(c.shape, bool), new)),
    "flat": itself(lambda c, new: setattr(c, "flat", new.ravel())),
    "take(out=)": itself(lambda c, new: np.take(new.ravel(), np.arange(c.size).reshape(c.shape), out=c, mode="clip")),
    "concatenate(out=)": itself(lambda c, new: np.stack([new], out=c[None])),
    "memoryview": itself(by_memory), "setfield": itself(lambda c, new: c.setfield(new, c.dtype)),
    "view before": view_before, "view after": view_after, "transposed": transposed_before,
    "base": through_the_base, "row": through_a_row,
}  # fmt: skip
OF_FLOATS = {
    "c *= 2": itself(lambda c, _: c.__imul__(2)), "c += 1": itself(lambda c, _: c.__iadd__(1)),
    "sort": itself(lambda c, _: c.sort()), "fill": itself(lambda c, new: c.fill(new.flat[0])),
    "random(out=)": itself(lambda c, _: np.random.default_rng(c.size).random(out=c)),
    "shuffle": itself(lambda c, _: np.random.default_rng(0).shuffle(c)),
    "partition": itself(lambda c, _: c.partition(1)), "add.at": itself(lambda c, _: np.add.at(c, slice(None), 0.25)),
    "nan_to_num": itself(lambda c, new: (c.__setitem__(0, np.inf), np.nan_to_num(c, False, posinf=new.flat[0]))),
    "einsum(out=)": itself(lambda c, new: np.einsum("i,i->i", new, c.copy(), out=c)),
    "c.real": itself(lambda c, new: setattr(c, "real", new)), "iterator": itself(by_iterator),
}  # fmt: skip
OF_MATRICES = {"c *= 2": OF_FLOATS["c *= 2"], "fill_diagonal": itself(lambda c, _: np.fill_diagonal(c, 3.0))}
OF_LISTS = {
    "append": itself(lambda c, _: c.append(1)), "item": itself(lambda c, new: c.__setitem__(0, 1 - c[0])),
    "reverse": itself(lambda c, _: c.reverse()), "slice": itself(lambda c, new: c.__setitem__(slice(None), new)),
    "insert": itself(lambda c, _: c.insert(0, 0)),
}  # fmt: skip


def ways(kind):
    if kind == "list":
        return OF_LISTS
    more = OF_FLOATS if kind in ("float", "short", "triple") else OF_MATRICES if kind == "matrix" else {}
    return WAYS | more


def program(use, kind, way, n, kept):
    """f(x, hold): it uses c, changes it, uses it again, changes it; hold(c) is what is used. `kept` gets each c."""
    first, second, third = (CONTENTS[kind](n, np.random.default_rng(seed)) for seed in (1, 2, 4))

    def f(x, hold):
        c, write = way(first.copy())
        kept.append(c)
        s = 0.0
        for new in (second, third):
            y = use(x, hold(c))
            s = s + np.sum(y * y)
            write(new)
        return s

    return f


def copied(c):
    return c.copy()


def as_it_is(c):
    return c


def derivative_or_refusal(f, x):
    """The gradient of f, or None where it is refused with the line."""
    try:
        return dr.grad(f)(x, as_it_is)
    except ChangedArrayError as error:
        assert "test_changed_arrays.py" in str(error), error
        return None


def case(name, size, way, known=None):
    """Hold one use, one size and one way against copies; (f, x, gradient), the last of which may be known."""
    n, kept, (kind, use) = SIZES[size], [], USES[name]
    x = np.random.default_rng(0).uniform(0.5, 1.5, n)
    f = program(use, kind, ways(kind)[way], n, kept)
    right = dr.grad(f)(x, copied) if known is None else known
    got = derivative_or_refusal(f, x)
    if got is None:
        assert kept[-1].nbytes > SMALL, f"{name}, {way}: a small array is refused"
    else:
        np.testing.assert_allclose(got, right, rtol=1e-12, atol=1e-13, err_msg=f"{name}, {way}")
    assert all(type(c) is list or c.flags.writeable for c in kept), f"{name}, {way}"
    return f, x, right


@pytest.mark.filterwarnings("ignore:setting an item::numpy")
@pytest.mark.parametrize("name", USES)
def test_small(name):
    known = None
    for way in ways(USES[name][0]):
        f, x, right = case(name, "small", way, known if way in WAYS else None)
        known = right if way in WAYS else None  # for these all write the same
    along = dr.jvp(lambda x: f(x, as_it_is), (x,), (np.cos(x),))[1]
    np.testing.assert_allclose(along, np.cos(x) @ right, rtol=1e-12, atol=1e-13, err_msg=f"{name}, {way}")


@pytest.mark.parametrize("size", ["medium", "large"])
@pytest.mark.parametrize("name", USES)
def test_larger(name, size):
    many = sorted(ways(USES[name][0]).keys() - {"iterator"})
    k = list(USES).index(name)
    case(name, size, many[(5 * k + (size == "large")) % len(many)])
