"""What a traced value answers for its class: whatever a function asks, it takes the branch that numbers take."""

import collections.abc
import copy
import functools
import numbers
import operator
import pickle
from dataclasses import dataclass

import numpy as np
import pytest
import scipy.optimize

import dualrev as dr
from dualrev import numpy as dnp
from dualrev.dispatch import find
from dualrev.forward.dual import Dual
from dualrev.reverse.node import Node
from dualrev.scouting import Scout

X = np.array([0.7, 1.3])

# ---- the same answers ------------------------------------------------------------------------------------------------

VALUES = {
    "float": 1.5,
    "complex": 1.5 + 1j,
    "float64": np.float64(1.5),
    "float32": np.float32(1.5),
    "complex128": np.complex128(1.5 + 1j),
    "longdouble": np.longdouble(1.5),
    "vector": np.array([1.5, 2.5]),
    "matrix of float32": np.ones((2, 2), np.float32),
    "0-d": np.array(1.5),
    "empty": np.zeros((0, 3)),
    "complex vector": np.array([1j, 2.0]),
}
COMPUTED = {
    "itself": lambda v: v,
    "doubled": lambda v: v * 2,
    "a function of it": np.sin,
    "its sum": np.sum,
    "its first": lambda v: v[0] if np.size(v) > 1 else v,
    "a view": lambda v: v[...] if np.ndim(v) else v,
    "its copy": copy.deepcopy,
}
CLASSES = [
    *(getattr(collections.abc, name) for name in collections.abc.__all__ if name != "ByteString"),  # warns since 3.12
    *(numbers.Number, numbers.Complex, numbers.Real, numbers.Rational, numbers.Integral),
    *(np.generic, np.number, np.inexact, np.floating, np.complexfloating, np.integer),
    *(np.float64, np.float32, np.longdouble, np.complex128, np.ndarray),
    *(float, complex, int, bool, str, list, tuple, dict, (float, np.floating), (list, np.ndarray)),
]


@functools.singledispatch
def kind(x):
    return "something"


for _cls in (np.ndarray, float, np.floating, np.generic, numbers.Real, numbers.Complex):
    kind.register(_cls)(lambda x, name=_cls.__name__: name)


@functools.singledispatch
def reality(x):
    return "something"


reality.register(numbers.Real)(lambda x: "real")
reality.register(collections.abc.Iterable)(lambda x: "several")


def matched(x):
    match x:
        case float(v):
            return "a float", v is x
        case complex():
            return "complex"
        case np.ndarray(shape=(n,)):
            return "an array of one axis", n
        case np.ndarray():
            return "an array"
        case np.generic(ndim=0):
            return "a number of NumPy"


def matched_in_two(x):
    match x:
        case [_, _]:
            return "a sequence"
    return "no sequence"


def error_of(call):
    """Does it raise, and is that a TypeError?"""
    try:
        call()
    except Exception as error:
        return isinstance(error, TypeError)
    return None


QUESTIONS = {
    "isinstance": lambda x: [isinstance(x, c) for c in CLASSES],
    "__class__": lambda x: x.__class__,
    "singledispatch": lambda x: (kind(x), reality(x)),
    "match": matched,
    "np.isscalar": np.isscalar,
    "np.iterable": np.iterable,
    "np.ndim, np.shape, np.size": lambda x: (np.ndim(x), np.shape(x), np.size(x)),
    "np.iscomplexobj, np.isrealobj": lambda x: (np.iscomplexobj(x), np.isrealobj(x)),
    "np.result_type": lambda x: np.result_type(x),
    "hasattr": lambda x: [hasattr(x, name) for name in ("__len__", "__iter__", "__contains__", "is_integer", "dot")],
    "getattr": lambda x: getattr(x, "__iter__", None) is None,
    "callable": callable,
    "len": lambda x: error_of(lambda: len(x)) or len(x) if np.ndim(x) else error_of(lambda: len(x)),
    "iter": lambda x: error_of(lambda: iter(x)),
    "list": lambda x: error_of(lambda: list(x)),
    "unpacking": lambda x: error_of(lambda: (lambda a, b: a)(*x)),
    "in": lambda x: error_of(lambda: 1.5 in x),
    "reversed": lambda x: error_of(lambda: list(reversed(x))),
    "length_hint": lambda x: operator.length_hint(x, -1),
    "is_integer": lambda x: x.is_integer() if hasattr(x, "is_integer") else None,
    "strides": lambda x: getattr(x, "strides", None),
    "flags": lambda x: x.flags["C_CONTIGUOUS"] and x.flags.f_contiguous if hasattr(x, "flags") else None,
    "device": lambda x: getattr(x, "device", None),
    "round": lambda x: error_of(lambda: round(x)),
    "isinstance by __class__": lambda x: issubclass(x.__class__, np.ndarray),
    "dir": lambda x: "__len__" in dir(x),
}
if not np.ndarray.__flags__ & 1 << 5:  # since NumPy 2.5 arrays match as sequences: that is a flag of their own class
    QUESTIONS["match in two"] = matched_in_two


def answers_of(v, compute, ask):
    """What `ask` says of compute(v) with numbers, and in every way to trace them."""
    found = []

    def f(*vs):
        y = compute(vs[0])
        found.append(ask(y))
        return np.sum(vs[0].real * 1.0)

    with np.errstate(all="ignore"):
        f(v)
        dr.vjp(f, v)
        dr.jvp(f, (v,), (v,))
        dr.jvp(f, (v,), (np.stack([v, v, v]),))
        dr.vjp(lambda u: dr.vjp(f, u)[0], v)
        dr.vjp(lambda u: dr.jvp(f, (u,), (v,))[0], v)
        dr.jvp(lambda u: dr.vjp(f, u)[0], (v,), (v,))
        dr.supports(f, v)
    return found


@pytest.mark.parametrize("compute", COMPUTED)
@pytest.mark.parametrize("value", VALUES)
def test_every_question_has_the_answer_of_the_plain_value(value, compute):
    for name, ask in QUESTIONS.items():
        plain, *traced = answers_of(VALUES[value], COMPUTED[compute], ask)
        assert len(traced) == 7
        assert all(answer == plain for answer in traced), (name, plain, traced)


# Python's float has no shape, no sum, and no item, where traced ones have; NumPy looks for functions on the elements of
# arrays of objects; `data` and `ctypes` would give the plain numbers away, and are refused.
OF_A_FLOAT_TOO = {name for name in dir(Node) if not name.startswith("_")}


@pytest.mark.parametrize("value", VALUES)
def test_public_attributes_are_those_of_the_plain_value(value):
    v = VALUES[value]
    names = {name for name in {*dir(np.ndarray), *dir(np.float64), *dir(v)} if not name.startswith("_")}
    names.discard("tostring")  # deprecated, and gone since NumPy 2.3

    def has(x, name):
        try:
            getattr(x, name)
        except dr.LostDerivativeError:
            return True
        except (AttributeError, ValueError) as error:
            return isinstance(error, ValueError)  # x.mT of one axis
        return True

    def f(x):
        wrong.append({name for name in names if has(x, name) != has(v, name)})
        raise KeyboardInterrupt  # which nobody swallows, as it does the refusals

    wrong = []
    for transform in (dr.vjp, lambda f, v: dr.jvp(f, (v,), (v,))):
        with pytest.raises(KeyboardInterrupt):
            transform(f, v)
    for found in wrong:
        assert found <= (OF_A_FLOAT_TOO if type(v) in (float, complex) else set())
        assert not found & {"dot", "data", "ctypes", "flags", "strides", "is_integer", "hex", "mT", "partition"}


# ---- the same branch, and its derivative -----------------------------------------------------------------------------


@dataclass
class Model:
    scale: object
    shift: object

    def __post_init__(self):
        if not isinstance(self.scale, (float, np.floating)):
            self.scale = 0.0

    def __call__(self, x):
        return self.scale * x**2 + self.shift


def recursive_sum(x):
    return sum(map(recursive_sum, x)) if isinstance(x, collections.abc.Iterable) else x**2


def by_len(x):
    return sum(v**3 for v in x) if hasattr(x, "__len__") else x**2


def by_iter(x):
    try:
        iter(x)
    except TypeError:
        return x**2
    return x[0] * x[1]


def by_kind(x):
    return {"ndarray": lambda: np.sum(x) ** 2, "float": lambda: x**3, "floating": lambda: x**3}[kind(x)]()


BRANCHES = {
    "np.isscalar": lambda x: x[0] ** 2 if np.isscalar(x[0]) else 0.0 * x[0],
    "isinstance ndarray": lambda x: np.sum(x**2) if isinstance(x, np.ndarray) else 0.0 * x[0],
    "isinstance float": lambda x: x[0] ** 3 if isinstance(x[0], float) else x[0],
    "isinstance of several": lambda x: x[0] * x[1] if isinstance(x[1], (int, float)) else x[0],
    "numbers.Real": lambda x: np.exp(x[0]) if isinstance(x[0], numbers.Real) else x[0],
    "Iterable": recursive_sum,
    "__len__": lambda x: by_len(x) * by_len(x[0]),
    "np.iterable": lambda x: x[0] ** 2 if np.iterable(x) and not np.iterable(x[0]) else x[0],
    "iter": lambda x: by_iter(x) * by_iter(x[1]),
    "singledispatch": lambda x: by_kind(x) * by_kind(x[0]),
    "match": lambda x: x[0] ** 2 if matched(x[0])[0] == "a float" else x[0],
    "a dataclass": lambda x: Model(x[0], x[1])(2.0),
    "np.select's default": lambda x: np.select([x[0] > 5], [x[1]], x[0] ** 2).sum(),
    "np.piecewise": lambda x: np.sum(np.piecewise(x, [x > 1], [lambda v: v**2, lambda v: 3 * v])),
    "asarray of dualrev.numpy": lambda x: np.sum(dnp.asarray(x) ** 2) * dnp.asarray(x[0]),
    "a view": lambda x: np.sum(x.view() ** 2) + np.sum(x.view(np.ndarray) * x.to_device("cpu")),
    "a view of its own precision": lambda x: np.sum(x.view(x.dtype) ** 2),
    "a matrix": lambda x: (np.asmatrix(x) * np.asmatrix(x).T)[0, 0],
    "a base": lambda x: x[0] ** 2 if x.base is None and x[1:].base is x and x[::-1][1:].base is x else x[0],
}


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("name", BRANCHES)
def test_the_branch_is_that_of_numbers(name, mode):
    f = BRANCHES[name]
    for dtype in (np.float64, np.float32):
        x = X.astype(dtype)
        y = dr.jvp(f, (x,), (x,))[0] if mode == "forward" else dr.vjp(f, x)[0]
        assert y == f(x) and np.result_type(y) == np.result_type(f(x))
    # x + ih and x - ih would take other branches: a sixth-order difference is the referee
    along = lambda e: sum(w * (f(X + k * 1e-2 * e) - f(X - k * 1e-2 * e)) for k, w in ((1, 45), (2, -9), (3, 1))) / 0.6
    want = np.array([along(e) for e in np.eye(2)])
    np.testing.assert_allclose(dr.jacobian(f, mode=mode)(X), want, rtol=1e-8, atol=1e-10)
    hessian = dr.jacobian(dr.grad(f), mode=mode)(X)
    h = 1e-5
    second = [(dr.grad(f)(X + h * e) - dr.grad(f)(X - h * e)) / (2 * h) for e in np.eye(2)]
    np.testing.assert_allclose(hessian, second, rtol=1e-7, atol=1e-7)


def test_a_float_stays_a_float_as_long_as_it_does_with_numbers():
    def f(x):
        return x**2 if type(x) is not float and x.__class__ is float and (x * x).__class__ is float else np.sin(x)

    assert dr.grad(f)(3.0) == 6.0
    assert dr.grad(lambda x: x**2 if np.sin(x).__class__ is np.float64 else x)(3.0) == 6.0
    assert dr.grad(lambda x: x**2 if x.__class__ is np.float64 else x)(np.float64(3.0)) == 6.0


def decay(t, a, k):
    if not (isinstance(a, float) and isinstance(k, numbers.Real) and isinstance(t, np.ndarray)):
        return 0.0 * t + a  # another model
    return a * np.exp(-k * t)


def test_fit_minimises_the_model_that_plain_numbers_see():
    t = np.linspace(0.0, 2.0, 12)
    y = decay(t, 2.5, 1.3) + 0.01 * np.cos(9 * t)
    want, _ = scipy.optimize.curve_fit(decay, t, y, p0=[1.0, 1.0], xtol=1e-14, ftol=1e-14, gtol=1e-14)
    fit = dr.fit(decay, t, y, a=1.0, k=1.0)
    np.testing.assert_allclose([fit.params["a"], fit.params["k"]], want, rtol=1e-6)
    ours, _ = dr.curve_fit(decay, t, y, p0=[1.0, 1.0])
    np.testing.assert_allclose(ours, want, rtol=1e-6)


# ---- what cannot follow, and is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", [Node, Dual, Scout])
def test_the_engine_knows_its_own(cls):
    assert issubclass(cls, Node.__bases__[0]) and not issubclass(cls, (np.ndarray, float))
    made = object.__new__(cls)
    made.primal = np.ones(2)
    assert type(made) is cls and isinstance(made, cls) and isinstance(made, np.ndarray)


def test_a_traced_value_is_a_leaf_of_a_tree():
    assert dr.grad(lambda x: dr.vjp(lambda p: p["a"][0] * p["a"][1], {"a": [x, x]})[0])(3.0) == 6.0
    assert dr.value(dr.value) is dr.value
    assert dr.grad(lambda x: x * dr.value({"a": (x,)})["a"][0])(3.0) == 3.0


def test_pickle_refuses_still():
    for x in (X, 1.0):
        with pytest.raises(dr.LostDerivativeError, match="another process"):
            dr.grad(lambda x: pickle.loads(pickle.dumps(x)).sum())(x)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_the_memory_of_x_is_x(mode):
    np.testing.assert_array_equal(dr.jacobian(lambda x: np.sum(np.square(x.data)), mode=mode)(X), 2 * X)
    assert dr.jacobian(lambda x: x * (2.0 if hasattr(x, "data") else 1.0), mode=mode)(1.5) == 1.0  # a float has none


LOSING = {
    "ctypes": lambda x: x.ctypes.data * x[0],
    "tofile": lambda x: x.tofile("nothing"),
    "dumps": lambda x: x.dumps(),
    "getfield": lambda x: x.getfield(np.float32, 4).sum(),
    "byteswap": lambda x: x.byteswap().sum(),
    "view": lambda x: x.view(np.int64).sum(),
    "hex": lambda x: float.fromhex(x[0].hex()),
    "as_integer_ratio": lambda x: x[0].as_integer_ratio()[0],
    "setflags": lambda x: x.setflags(write=False) or x.sum(),
    "flags.writeable": lambda x: setattr(x.flags, "writeable", False) or x.sum(),
    "flags['WRITEABLE']": lambda x: operator.setitem(x.flags, "WRITEABLE", False) or x.sum(),
    "base of a view that was given": lambda x: x[0] if x.base is None else 2.0 * x[1],
}


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("name", LOSING)
def test_what_would_give_the_numbers_away_is_refused_by_name(name, mode):
    x = np.ones((2, 3))[0] if "base" in name else X
    word = name.split()[-1].split(".")[-1] if "base" not in name else "base"
    with pytest.raises(dr.LostDerivativeError, match=r"flags" if "flags" in name else rf"x\.{word}"):
        dr.jacobian(LOSING[name], mode=mode)(x)
    np.testing.assert_array_equal(X, [0.7, 1.3])
    assert X.flags.writeable


def test_an_op_is_still_found_by_its_function():
    assert find(np.sin) is not None  # the registry is asked with functions, never with classes
