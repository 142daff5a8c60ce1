"""dr.plain: code as others write it, differentiated without an edit; its value to the last bit, and nothing patched."""

import builtins
import cmath
import functools
import importlib
import math
import pickle
import sys
import types
from abc import ABC, abstractmethod
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import exp, pi

import numpy as np
import pytest
import scipy
import scipy.special as sc
import scipy.stats
from numpy import zeros
from scipy.special import logsumexp

import dualrev as dr
from dualrev.errors import InputError
from dualrev.rebuild.namespaces import with_its_value
from tests.numpy.residuals import RESIDUALS
from tests.numpy.test_residuals import complex_step

X = np.array([0.3, 0.7])
SCALE = 2.0
calls = 0
Pair = namedtuple("Pair", "a b")


def slopes(f, x, h=1e-6):
    """J by central differences."""
    return np.stack([(np.asarray(f(x + h * e)) - np.asarray(f(x - h * e))) / (2 * h) for e in np.eye(x.size)], axis=-1)


def check(f, x=X, rtol=1e-7):
    """The value of plain(f) is that of f in bits and type, and its Jacobian right in both modes."""
    g = dr.plain(f)
    want, got = f(x.copy()), g(x.copy())
    assert type(got) is type(want) and np.array_equal(got, want)
    assert np.array_equal(dr.vjp(g, x)[0], want)
    J = slopes(f, x)
    for mode in ("forward", "reverse"):
        np.testing.assert_allclose(dr.jacobian(g, mode=mode)(x), J, rtol=rtol, atol=1e-7)


# ---- what is swapped -------------------------------------------------------------------------------------------------


def test_the_names_of_modules():
    def f(x):
        y = np.zeros(3)
        y[0], y[1] = math.sin(x[0]), sc.logsumexp(x)
        y[2] = scipy.special.erf(x[1]) + scipy.linalg.solve(np.eye(2) * x[0], x)[0] + abs(cmath.exp(1j * x[0]) + x[1])
        return y

    check(f)


def test_functions_imported_by_name():
    def f(x):
        y = zeros(2)
        y[0], y[1] = exp(x[0]) * pi, logsumexp(x)
        return y

    check(f)


def test_imports_inside_functions():
    def f(x):
        import math as m
        from math import cos

        import numpy
        import scipy.special
        from numpy import zeros as empty_handed

        y = empty_handed(2)
        y[0] = m.sin(x[0]) * cos(x[1])
        y[1] = scipy.special.logsumexp(numpy.asarray(x, dtype=float))
        return y

    check(f)


CONVERSIONS = {
    "float": lambda x: float(x[0]) * x,
    "float of an array of one": lambda x: float(x[:1].sum()) * x,
    "np.float64": lambda x: np.float64(x[0]) * np.float64(x),
    "np.float64 of a list": lambda x: np.float64([x[0], 2.0]) * x,
    "complex": lambda x: abs(complex(x[0], x[1]) + complex(x[0])) * x,
    "np.complex128": lambda x: (np.complex128(x) * 1j).imag,
    "int": lambda x: int(7 * x[0]) * x,
    "np.int64": lambda x: np.int64(7 * x[0]) * x,
    "np.asarray with a dtype": lambda x: np.asarray(x, float) ** 2,
    "np.array with a dtype": lambda x: np.array([x[0], 1.0], dtype=np.float64) * x,
    "np.array of a float": lambda x: np.array(x[0], float) * x,
    "map(float)": lambda x: np.array(list(map(float, x))) * x,
    "dtype=float": lambda x: np.full(2, x[0], dtype=float) * x,
    "astype": lambda x: x.astype(float) * np.ones(2, int).astype(np.float64) * x,
    "item": lambda x: x[0].item() * x + x.item(1) * x[:1].item() + x[None].item(0, 1) + x[None].item((0, 1)),
    "tolist": lambda x: np.array([math.sin(v) for v in x.tolist()]) * x[None].tolist()[0][1],
    "astype int": lambda x: (7 * x).astype(int) * x,
    "text": lambda x: x * len(f"{x[0]:.3f}") * len(f"{x[0] > 0}"),
    "np.require": lambda x: np.require(x, float, ["C"]) * x,
    "np.vectorize of two results": lambda x: sum(np.vectorize(lambda a, b: (math.sin(a), a * b))(x, b=x[0])),
    "np.vectorize": lambda x: np.vectorize(lambda a, b: math.sin(a) * b if a > 0 else b)(x, 2.0) * x,
}


@pytest.mark.parametrize("name", CONVERSIONS)
def test_what_makes_numbers_keeps_them_traced(name):
    check(CONVERSIONS[name])


QUESTIONS = {
    "isinstance float": lambda x: isinstance(x[0], float),
    "isinstance of two": lambda x: isinstance(x[0], (int, float)),
    "isinstance np.floating": lambda x: isinstance(x[0], np.floating),
    "isinstance ndarray": lambda x: isinstance(x, np.ndarray),
    "isinstance type": lambda x: isinstance(float, type) and isinstance(type(x), type),
    "type is float64": lambda x: type(x[0]) is np.float64,
    "type is float": lambda x: type(float(x[0])) is float,
    "type is ndarray": lambda x: type(x) is np.ndarray,
    "type of zeros": lambda x: type(np.zeros(2)) is np.ndarray,
    "type in a dict": lambda x: {float: False, np.float64: True}[type(x[0])],
    "type of a dict": lambda x: type(TABLE) is dict and isinstance(TABLE, dict),
    "issubclass": lambda x: issubclass(type(x[0]), float) and issubclass(np.float64, float),
    "np.isscalar": lambda x: np.isscalar(x[0]) and not np.isscalar(x),
    "dtype": lambda x: x.dtype == float and x.dtype == np.float64 and np.dtype(float) == np.float64,
    "issubdtype": lambda x: np.issubdtype(x.dtype, np.floating) and np.issubdtype(np.float64, float),
    "finfo": lambda x: np.finfo(float).eps == np.finfo(np.float64).eps == np.finfo(x.dtype).eps,
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_questions_about_classes_are_answered_as_of_plain_values(name):
    ask = QUESTIONS[name]

    def f(x):
        return 3.0 * x if ask(x) else x

    assert ask(X)
    np.testing.assert_array_equal(dr.jacobian(dr.plain(f))(X), 3 * np.eye(2))


TABLE = {"sine": math.sin, "other": lambda x: float(x) ** 2}
LINE = [math.cos, math.tan]


@pytest.mark.parametrize("f", [f for f, _ in RESIDUALS], ids=lambda f: f.__name__)
def test_residuals_that_fill_arrays_of_plain_numpy(f):
    x = np.array(dict(RESIDUALS)[f])
    g = dr.plain(f)
    want = complex_step(f, x)
    np.testing.assert_allclose(dr.jacobian(lambda x: g(np, x))(x), want, rtol=1e-12, atol=1e-13 * np.abs(want).max())
    np.testing.assert_array_equal(g(np, x), f(np, x))


# ---- what is reached -------------------------------------------------------------------------------------------------


def helper(x):
    y = np.zeros(2)
    y[0] = math.sin(x)
    return y


def recursive(x, n):
    return float(x) if n == 0 else math.sin(recursive(x, n - 1))


def test_functions_that_functions_call():
    check(lambda x: helper(x[0]) * SCALE + recursive(x[1], 3))


def test_closures_and_cells():
    def make(scale):
        def inner(x, n=2):
            return math.sin(x) * scale if n == 0 else inner(x, n - 1)

        return lambda x: np.array([inner(x[0]), scale * x[1]])

    check(make(3.0))


def test_default_arguments():
    def f(x, space=np, sin=math.sin, *, of=helper):
        y = space.zeros(2)
        y[0], y[1] = sin(x[0]), of(x[1])[0]
        return y

    check(f)


def test_functions_of_math_themselves():
    assert dr.grad(dr.plain(math.sin))(0.5) == dr.grad(math.sin)(0.5) == math.cos(0.5)
    assert dr.grad(functools.partial(math.pow, 2.0))(3.0) == pytest.approx(8 * math.log(2))


def test_methods_and_partials():
    class Model:
        scale = 2.0

        def f(self, x):
            return helper(x[0]) * self.scale

        @staticmethod
        def static(x):
            return helper(x[1])

    def weighted(w, x, *, power):
        return w * helper(x[0]) ** float(power)

    check(Model().f)
    check(Model.static)
    check(functools.partial(weighted, 2.0, power=3))


def test_decorators():
    def twice(f):
        @functools.wraps(f)
        def wrapped(*args):
            return 2.0 * f(*args)

        return wrapped

    @twice
    def f(x):
        return helper(x[0])

    @functools.lru_cache
    def table(n):
        return float(math.factorial(n))

    @functools.cache
    def square(x):
        return float(x) ** 2

    check(f)
    check(lambda x: x * table(3) * square(x[0]))
    assert table.cache_info().misses == 1  # the cache of the original serves


def test_tables_of_functions():
    check(lambda x: np.array([TABLE["sine"](x[0]), TABLE["other"](x[1]), *[g(x[0]) for g in LINE]]))
    assert type(TABLE) is dict and TABLE["sine"] is math.sin


def test_functions_as_arguments():
    def f(x, g, options):
        return np.array([g(x[0]), options["of"](x[1])])

    g = dr.plain(f)
    J = dr.jacobian(g)(X, math.sin, {"of": lambda x: float(x) ** 2})
    np.testing.assert_allclose(J, [[math.cos(0.3), 0.0], [0.0, 1.4]])


def test_generators_comprehensions_and_inner_classes():
    def f(x):
        class Held:
            factor = SCALE
            root = math.sqrt(factor)

            def __init__(self, x):
                self.y = np.zeros(2)
                self.y[0] = math.sin(x)

        def parts():
            for v in x:
                yield math.exp(v)

        return Held(x[0]).y * Held.root + np.array([float(v) for v in parts()])

    check(f)


def test_eval_globals_and_names_that_are_missing():
    def f(x):
        return eval("SCALE * math.sin(x[0])") * x + globals()["SCALE"]

    check(f)
    with pytest.raises(NameError, match="not_there"):
        dr.plain(lambda x: not_there)(1.0)  # noqa: F821


INNER = """
from math import *
import numpy as np
K = 2.0
def g(x):
    y = np.zeros(2)
    y[0] = K * sin(x)
    return y
"""
OUTER = """
from . import inner
import some_package.inner
def f(x):
    from .inner import g
    return g(x[0]) + inner.g(x[1]) + some_package.inner.K
"""


def package(tmp_path, monkeypatch, **files):
    """A package of these modules, imported."""
    home = tmp_path / "some_package"
    home.mkdir()
    for name, text in {"__init__": "", **files}.items():
        (home / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.startswith("some_package")]:
        monkeypatch.delitem(sys.modules, name)
    return importlib.import_module("some_package")


def test_other_packages(tmp_path, monkeypatch):
    package(tmp_path, monkeypatch, inner=INNER, outer=OUTER)
    module = importlib.import_module("some_package.outer")
    before = dict(vars(module.inner))
    check(module.f)
    check(lambda x: module.f(x) * module.inner.K)
    assert all(vars(module.inner)[name] is thing for name, thing in before.items())
    module.inner.K = 5.0
    check(module.f)


# ---- what changes ----------------------------------------------------------------------------------------------------


def test_a_global_that_changes_is_taken_up():
    space = {"np": np, "math": math, "k": 2.0}
    exec("def g(x):\n    return math.sin(x)\ndef f(x):\n    return g(x) * k", space)
    f = dr.plain(space["f"])
    assert f(0.5) == math.sin(0.5) * 2.0
    space["k"] = 3.0
    assert f(0.5) == math.sin(0.5) * 3.0
    exec("def g(x):\n    return math.cos(x)", space)  # as a cell of a notebook that is run again
    assert f(0.5) == math.cos(0.5) * 3.0
    space["float"] = lambda x: 7.0  # a name of Python's own that is covered later
    exec("def g(x):\n    return float(x)", space)
    assert f(0.5) == 21.0


def test_a_variable_of_an_enclosing_function_that_changes():
    count, inner = 0, math.sin

    def f(x):
        nonlocal count
        count = count + 1
        return inner(x)

    g = dr.plain(f)
    assert g(0.5) == math.sin(0.5) and count == 1
    inner = math.cos
    assert g(0.5) == math.cos(0.5) and count == 2
    count = 10
    g(0.5)
    assert count == 11


def test_assignments_to_globals_are_made():
    def f(x):
        global calls
        calls += 1
        return math.sin(x)

    g, before = dr.plain(f), calls
    g(0.5)
    dr.grad(g)(0.5)
    assert calls == before + 2
    with pytest.raises(TypeError):
        g("x")
    assert calls == before + 3


def test_a_table_that_changes():
    table = {"f": math.sin}

    def f(x):
        table["g"] = math.tan
        return table["f"](x) + table["g"](x)

    g = dr.plain(f)
    assert dr.grad(g)(0.5) == pytest.approx(math.cos(0.5) + 1 / math.cos(0.5) ** 2)
    assert table["g"] is not None and list(table) == ["f", "g"]
    table["f"] = math.cos
    assert dr.grad(g)(0.5) == pytest.approx(-math.sin(0.5) + 1 / math.cos(0.5) ** 2)


# ---- nothing is patched ----------------------------------------------------------------------------------------------

MODULES = (np, math, cmath, builtins, scipy, sc, scipy.linalg, np.linalg, functools)


def test_no_module_changes_also_where_f_raises():
    before = [dict(vars(module)) for module in MODULES]
    mine = {name: thing for name, thing in globals().items() if not name.startswith("@")}

    def fails(x):
        np.zeros(2)[0] = math.sin(x)
        raise RuntimeError("in f")

    f = dr.plain(lambda x: helper(x[0]).sum() + float(scipy.special.logsumexp(x)))
    dr.grad(f)(X)
    with pytest.raises(RuntimeError, match="in f"):
        dr.grad(dr.plain(fails))(0.5)
    for module, names in zip(MODULES, before):
        now = vars(module)
        assert now.keys() == names.keys() and all(now[name] is thing for name, thing in names.items())
    assert all(globals()[name] is thing for name, thing in mine.items())
    assert helper.__globals__ is globals() and type(helper(0.5)) is np.ndarray


def test_threads():
    f = dr.plain(lambda x: helper(x[0]) * SCALE + math.exp(x[1]))
    J = dr.jacobian(f)
    points = [X * k for k in range(1, 9)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(J, points * 5))
    for x, got in zip(points * 5, found):
        np.testing.assert_array_equal(got, dr.jacobian(dr.plain(lambda x: helper(x[0]) * SCALE + math.exp(x[1])))(x))


def test_the_rebuilt_function_looks_like_the_original():
    g = dr.plain(helper)
    assert g.__name__ == "helper" and g.__wrapped__.__code__ is helper.__code__ and repr(g) == "<plain of helper>"
    assert dr.plain(g) is g
    assert isinstance(g.__wrapped__, types.FunctionType)


def test_pickling():
    assert pickle.loads(pickle.dumps(dr.plain(math_of_modules)))(0.5) == math.sin(0.5)


def math_of_modules(x):
    return math.sin(x)


# ---- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("f", [np.sin, len, functools.partial(len), dict])
def test_what_has_no_code_to_rebuild(f):
    with pytest.raises(InputError, match=r"has no code of Python to rebuild: dr\.plain takes functions, methods"):
        dr.plain(f)


def test_what_is_no_function():
    with pytest.raises(InputError, match=r"plain takes a function, and this is a float: write dr.plain\(f\)"):
        dr.plain(1.0)


# ---- classes and their objects ---------------------------------------------------------------------------------------


class Base(ABC):
    made = 0

    def __init__(self, k):
        self.k, self.calls, self.by, self.table = k, 0, math.sin, {"a": math.cos}

    @abstractmethod
    def g(self, x): ...

    @property
    def strength(self):
        return float(self.k)

    @classmethod
    def of(cls, k):
        Base.made += 1
        return cls(k)

    def energy(self, x):
        self.calls += 1
        y = np.zeros(2)
        y[0], y[1] = self.g(x[0]), self.by(x[1]) + self.table["a"](x[0])
        return y


class Derived(Base):
    def g(self, x):
        return math.exp(x) * self.strength

    def energy(self, x):
        return 2.0 * super().energy(x)


class Old(Derived):
    def energy(self, x):
        return super(Old, self).energy(x)  # noqa: UP008


class Both:
    def __init__(self, *parts):
        self.parts, self.first, self.me = list(parts), parts[0], self

    def __call__(self, x):
        return sum(part.energy(x) for part in self.parts) + self.first.energy(x)


D = Derived(3.0)

OBJECTS = {
    "a method": D.energy,
    "an object that is called": Both(D, Derived(2.0)),
    "objects in a closure and in a list": lambda x: Both(D, D)(x),
    "a class made inside": lambda x: Derived(x[0]).energy(x) + Derived.of(2.0).energy(x),
    "isinstance": lambda x: D.energy(x) * isinstance(D, Derived) * isinstance(D, Base) * issubclass(Derived, Base),
    "its class": lambda x: D.energy(x) * (D.__class__ is type(D) is Derived) + D.energy(x) * (type(D) == Derived),  # noqa: E721
}


@pytest.mark.parametrize("name", OBJECTS)
def test_methods_of_objects(name):
    check(OBJECTS[name])


def test_what_methods_assign_is_in_the_original():
    f, before, made = dr.plain(lambda x: D.energy(x) + Derived.of(1.0).g(x[0])), D.calls, Base.made
    f(X)
    dr.jacobian(f)(X)
    assert D.calls == before + 3 and Base.made == made + 3  # jacobian runs it twice
    assert type(D) is Derived and Derived.energy.__globals__ is globals()


def test_a_class_that_names_itself_to_super_is_left_as_it_is():
    assert np.array_equal(dr.plain(Old(3.0).energy)(X), D.energy(X))
    old = Old(3.0)
    assert np.array_equal(dr.plain(lambda x: old.energy(x))(X), D.energy(X))


def test_a_frozen_dataclass_and_a_named_tuple():
    @dataclass(frozen=True)
    class Held:
        of: object

        def value(self, x):
            return np.array([self.of(x[0]), math.exp(x[1])])

    held, pair = Held(math.sin), Pair(math.sin, 2.0)
    check(lambda x: held.value(x))
    check(lambda x: x * pair.b)


def test_an_abstract_class_is_asked_about_objects_that_are_not_its_own():
    class Other(Base):
        g = Derived.g

    other = Other(2.0)
    f = lambda x: D.energy(x) * (not isinstance(other, Derived)) * isinstance(other, Base) * (not isinstance(x, Base))
    check(f)
    assert not isinstance(2.0, Base) and isinstance(other, Base)  # after twins have been made


# ---- SciPy's values --------------------------------------------------------------------------------------------------


def test_a_function_of_scipys_that_is_said_in_ops_has_scipys_last_bits():
    def plain(x):
        return np.nextafter(np.exp(x), np.inf)

    both = with_its_value(plain, np.exp)
    y, dy = dr.jvp(both, (X,), (np.ones(2),))
    np.testing.assert_array_equal(y, plain(X))
    np.testing.assert_array_equal(dy, np.exp(X))
    assert (y != np.exp(X)).all() and dr.vjp(both, X)[1](np.ones(2))[0] == pytest.approx(np.exp(X))
    assert dr.hessian(lambda x: both(x).sum())(X) == pytest.approx(np.diag(np.exp(X)))


def test_scipys_values():
    A = np.array([[3.0, 0.2], [0.1, 2.0]])
    check(lambda x: np.array([sc.logsumexp(x), scipy.linalg.expm(A * x[0])[0, 1], scipy.linalg.det(A * x)]))
    check(lambda x: sc.softmax(x) * scipy.stats.norm.logpdf(x, 0.2, 1.3))
