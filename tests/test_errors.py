"""Errors: whatever would lose a derivative raises, and the message says what to write instead. In both modes."""

import ctypes
import math
import operator
import pickle
import re
from dataclasses import dataclass

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg
import scipy.special

import dualrev as dr

X = np.array([1.0, 2.0, 3.0])
TRANSFORMS = {"reverse": dr.grad, "forward": lambda f: lambda x: dr.jvp(f, (x,), (np.ones_like(x),))}


def stored(x):
    z = np.zeros(3)
    z[0] = x[0]
    return z.sum()


def added_in_place(x):
    z = np.zeros(3)
    z += x
    return z.sum()


LOST = {
    "float": (lambda x: float(x[0]), r"float\(x\) of a traced value would lose its derivative.*dr.value"),
    "math.sin": (lambda x: math.sin(x[0]), r"function of NumPy in place of that of math"),
    "int": (lambda x: int(x[0]), r"int\(x\) of a traced value"),
    "complex": (lambda x: complex(x[0]), r"complex\(x\) of a traced value"),
    "range": (lambda x: sum(range(x[0])), r"index or a count"),
    "item": (lambda x: x[0].item(), r"x.item\(\) of a traced value"),
    "tolist": (lambda x: x.tolist(), r"x.tolist\(\).*list\(x\)"),
    "astype int": (lambda x: x.astype(int).sum(), r"x.astype\(int64\).*np.floor"),
    "asarray with a dtype": (lambda x: np.asarray(x, float).sum(), r"written into a plain array.*np.stack"),
    "array with a dtype": (lambda x: np.array([x[0], 1.0], dtype=float).sum(), r"written into a plain array"),
    "stored into a plain array": (
        stored,
        r"written into a plain array.*from dualrev import numpy as np.*np.zeros_like",
    ),
    "added in place": (added_in_place, r"a \+= x.*a = a \+ x.*from dualrev import numpy as np"),
    "out": (lambda x: np.add(x, 1.0, out=np.zeros(3)).sum(), r"np.add\(..., out=a\)"),
    "resized in place": (lambda x: x.resize(6), r"x.resize\(shape\).*x = np.resize\(x, shape\)"),
    "floor division in place": (lambda x: operator.ifloordiv(x, 2.0), r"x //= v.*x = x // v"),
    "copied into a plain array": (lambda x: np.copyto(np.zeros(3), x), r"np.copyto\(a, x\).*from dualrev import numpy"),
    "ufunc.at of a plain array": (
        lambda x: np.add.at(np.zeros(3), [0], x[0]),
        r"np.add.at\(a, ...\).*from dualrev import",
    ),
    "put into a plain array": (
        lambda x: np.put(np.zeros(3), [0], x[0]),
        r"written into a plain array|np.put\(a, i, x\)",
    ),
    "sum into a plain array": (lambda x: np.sum(x, out=np.zeros(())), r"called with out=a.*from dualrev import numpy"),
    "index": (lambda x: x[x[0]], r"used as an index"),
}


@pytest.mark.parametrize("mode", TRANSFORMS)
@pytest.mark.parametrize("case", LOST)
def test_a_derivative_is_never_lost_silently(case, mode):
    f, message = LOST[case]
    with pytest.raises(dr.LostDerivativeError, match=message):
        TRANSFORMS[mode](f)(X)


WHERE = {  # the message names the operation and what to write in its place
    "np.float64": (lambda x: np.float64(x[0]), "written into a plain array"),
    "np.fromiter": (lambda x: np.fromiter((v * v for v in x), float), "written into a plain array"),
    "z.fill": (lambda x: np.zeros(3).fill(x[0]), "written into a plain array"),
    "z[:] = x": (lambda x: np.zeros(3).__setitem__(slice(None), x), "written into a plain array"),
    "z of integers": (lambda x: np.zeros(3, int).__setitem__(0, x[0]), r"int\(x\) of a traced value"),
    "z of complex numbers": (lambda x: np.zeros(3, complex).__setitem__(0, x[0]), r"complex\(x\) of a traced value"),
    "np.array of int": (lambda x: np.array(x, int).sum(), r"int\(x\).*np.floor"),
    "np.array of complex": (lambda x: np.array(x, complex).sum(), r"complex\(x\).*real and imaginary parts"),
    "z += x0": (lambda x: operator.iadd(np.zeros(3), x[0]), r"np.add\(..., out=a\).*a = a \+ x"),
    "z @= x": (lambda x: operator.imatmul(np.eye(3), np.outer(x, x)), r"np.matmul\(..., out=a\)"),
    "out as a tuple": (lambda x: np.exp(x, out=(np.zeros(3),)), r"np.exp\(..., out=a\)"),
    "out by position": (lambda x: np.exp(x, np.zeros(3)), r"np.exp\(..., out=a\)|out"),
    "math.fsum": (lambda x: math.fsum(x), r"function of NumPy in place of that of math"),
    "math.hypot": (lambda x: math.hypot(x[0], x[1]), r"function of NumPy in place of that of math"),
    "format": (lambda x: f"{x[0]:.3f}", r"Write f'{dr.value\(x\):.3f}'"),
    "struct, ctypes": (lambda x: ctypes.c_double(x[0]), r"float\(x\) of a traced value"),
    "astype bool": (lambda x: x.astype(bool).sum(), r"x.astype\(bool\).*np.floor"),
    "list index": (lambda x: [1, 2, 3][x[0]], "used as an index or a count"),
    "slice": (lambda x: list(range(5))[: x[0]], "used as an index or a count"),
    "index of itself": (lambda x: x[x > 1, x[0]], "used as an index"),
    "pickle": (lambda x: pickle.dumps(x), "pickling x.*dr.value"),
    "pickle of a tree": (lambda x: pickle.dumps({"x": [x[0]]}), "pickling x"),
    "np.random": (lambda x: np.random.default_rng(0).normal(x[0]), "would lose its derivative"),
    "scipy.integrate.quad": (lambda x: scipy.integrate.quad(lambda t: t * x[0], 0, 1)[0], "would lose its derivative"),
    "scipy.linalg": (lambda x: scipy.linalg.expm(np.outer(x, x)), r"scipy.linalg.expm cannot go on .*import linalg"),
}


@pytest.mark.filterwarnings("ignore:Calling .* with arguments of dtype=object:DeprecationWarning")  # SciPy 1.18
@pytest.mark.parametrize("mode", TRANSFORMS)
@pytest.mark.parametrize("case", WHERE)
def test_wherever_a_traced_value_would_become_a_plain_number(case, mode):
    f, message = WHERE[case]
    with pytest.raises(dr.LostDerivativeError, match=message) as caught:
        TRANSFORMS[mode](f)(X)
    assert re.search(r"Write |write |Begin with|in place of", str(caught.value))
    assert isinstance(caught.value, TypeError)  # as NumPy and Python raise for values of the wrong kind


@pytest.mark.parametrize("outer", TRANSFORMS)
@pytest.mark.parametrize("inner", TRANSFORMS)
@pytest.mark.parametrize("case", ["float", "stored into a plain array", "added in place", "item", "resized in place"])
def test_nothing_is_lost_inside_nested_transformations(case, inner, outer):
    f, message = LOST[case]
    nested = lambda x: np.sum(np.asarray(TRANSFORMS[inner](f)(x)[0]))
    with pytest.raises(dr.LostDerivativeError, match=message):
        TRANSFORMS[outer](nested)(X)


def test_an_outer_value_is_not_lost_inside_an_inner_transformation():
    with pytest.raises(dr.LostDerivativeError, match=r"float\(x\)"):
        dr.grad(lambda x: dr.grad(lambda y: y * float(x))(1.0))(2.0)


def test_the_error_comes_from_the_line_that_did_it():
    with pytest.raises(dr.LostDerivativeError) as caught:
        dr.grad(stored)(X)
    assert any(entry.name == "stored" and "z[0] = x[0]" in str(entry.statement) for entry in caught.traceback)


NO_RULE = {
    "function": (lambda x: np.savetxt("x.txt", x), r"np.savetxt has no derivative rule: pass dr.value\(x\)"),
    "function that nobody wrote a rule for": (
        lambda x: scipy.special.mathieu_a(1, x),
        r"scipy.special.mathieu_a has no derivative rule: say it in other NumPy functions, give it one with dr.custom",
    ),
    "ufunc": (lambda x: np.spacing(x).sum(), r"np.spacing has no derivative rule"),
    "function of statistics": (
        lambda x: np.histogram(x)[1].sum(),
        r"np.histogram has no derivative rule.*choose the edges first.*np.bincount",
    ),
    "roots": (lambda x: np.roots(x).sum(), r"np.roots has no derivative rule.*one Newton step"),
    "ufunc.outer": (lambda x: np.divmod.outer(x, x), r"np.divmod.outer has no derivative rule: write it with sums"),
    "ufunc.reduce": (lambda x: np.floor_divide.reduce(x), r"np.floor_divide.reduce has no derivative rule"),
    "keyword of a ufunc method": (
        lambda x: np.add.outer(x, x, dtype=float),
        r"np.add.outer: the argument 'dtype' has no derivative rule",
    ),
    "keyword": (lambda x: np.einsum("i,i", x, x, dtype=np.float32), r"np.einsum: the argument 'dtype'.*optimize"),
}


@pytest.mark.parametrize("mode", TRANSFORMS)
@pytest.mark.parametrize("case", NO_RULE)
def test_an_op_without_a_rule_is_refused_by_name(case, mode):
    f, message = NO_RULE[case]
    with pytest.raises(dr.NoRuleError, match=message):
        TRANSFORMS[mode](f)(X)


# ---- escaped tracers -------------------------------------------------------------------------------------------------


def escaped(transform):
    kept = []
    transform(lambda x: kept.append(x[0]) or np.sum(x))(X)
    return kept[0]


USES = {
    "alone": lambda old, x: old * 2.0,
    "in a ufunc": lambda old, x: np.exp(old),
    "with a value that is traced now": lambda old, x: x[0] * old,
    "returned": lambda old, x: old,
}


@pytest.mark.parametrize("now", TRANSFORMS)
@pytest.mark.parametrize("then", TRANSFORMS)
@pytest.mark.parametrize("use", USES)
def test_a_traced_value_that_escaped_is_refused(use, then, now):
    old = escaped(TRANSFORMS[then])
    with pytest.raises(dr.EscapedTracerError, match="after the transformation that made it had ended"):
        TRANSFORMS[now](lambda x: USES[use](old, x))(X)


def test_an_inner_transformation_may_not_leak_into_the_outer_one():
    def leaky(x):
        kept = []
        dr.grad(lambda y: kept.append(y) or y * x)(1.0)
        return kept[0] * x

    with pytest.raises(dr.EscapedTracerError):
        dr.grad(leaky)(2.0)


def test_a_pullback_of_an_escaped_value_and_a_seed_that_escaped():
    for transform in TRANSFORMS.values():
        old = escaped(transform)
        for use in (
            lambda: dr.grad(lambda x: x * old)(1.0),
            lambda: dr.jvp(np.sin, (1.0,), (old,)),
            lambda: dr.jvp(np.sin, (old,), (1.0,)),
            lambda: dr.vjp(np.sin, 1.0)[1](old),
            lambda: dr.grad(np.sin)(old),
            lambda: dr.jacobian(np.sin)(old),
            lambda: dr.hessian(np.sin)(old),
        ):
            with pytest.raises(dr.EscapedTracerError):
                use()


@pytest.mark.parametrize("then", TRANSFORMS)
def test_a_generator_that_outlives_its_transformation(then):
    kept = []
    TRANSFORMS[then](lambda x: kept.append(v * 2 for v in x) or np.sum(x))(X)
    with pytest.raises(dr.EscapedTracerError, match="a generator"):
        list(kept[0])


@pytest.mark.parametrize("then", TRANSFORMS)
def test_a_function_that_is_returned_with_a_traced_value_inside(then):
    kept = []

    def f(x):
        kept.append(lambda y: y * x[0])
        return np.sum(x)

    TRANSFORMS[then](f)(X)
    with pytest.raises(dr.EscapedTracerError):
        kept[0](2.0)


@pytest.mark.parametrize("then", TRANSFORMS)
def test_what_escaped_may_still_be_looked_at(then):
    old = escaped(TRANSFORMS[then])
    assert dr.value(old) == 1.0 and old.shape == () and old.dtype == np.float64 and (old > 0.5)


def test_an_error_inside_ends_the_transformation_too():
    kept = []

    def f(x):
        kept.append(x)
        raise KeyError

    for transform in TRANSFORMS.values():
        with pytest.raises(KeyError):
            transform(f)(X)
    for old in kept:
        with pytest.raises(dr.EscapedTracerError):
            old * 2.0


# ---- inputs ----------------------------------------------------------------------------------------------------------


@dataclass
class Line:
    slope: float
    name: str


REFUSED = {
    "an integer": (3, r"is an integer, and a derivative needs floating point: write 3.0 in place of 3"),
    "a boolean": (True, r"is boolean.*write 1.0 in place of True"),
    "an array of integers": (np.arange(3), r"an array of integers.*x.astype\(float\)"),
    "a set": ({1.0}, r"is a set, and derivatives are taken with respect to floats"),
    "objects": (np.array([None, "a"], dtype=object), r"array of objects"),
    "a leaf of a tree": ({"w": [1.0, {"b": 2}]}, r"\['w'\]\[1\]\['b'\] is an integer"),
    "a field of a dataclass": (Line(2, "fit"), r".slope is an integer"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_input_that_cannot_be_differentiated_is_refused_with_the_fix(case):
    x, message = REFUSED[case]
    for transform in (
        dr.grad,
        dr.jacobian,
        lambda f: lambda x: dr.vjp(f, x),
        lambda f: lambda x: dr.jvp(f, (x,), (x,)),
    ):
        with pytest.raises(dr.InputError, match=message):
            transform(lambda x: x)(x)


def test_grad_of_an_array_names_jacobian_and_sum():
    with pytest.raises(dr.InputError, match=r"returned an array of shape \(3,\).*jacobian.*\.sum\(\)"):
        dr.grad(lambda x: 2 * x)(X)


def test_grad_of_several_values_and_of_a_complex_one():
    with pytest.raises(dr.InputError, match=r"returned 2 values.*has_aux=True"):
        dr.grad(lambda x: (x[0], x[1]))(X)
    with pytest.raises(dr.InputError, match=r"real scalar"):
        dr.grad(lambda x: np.sum(x * 1j))(X)
    with pytest.raises(dr.InputError, match=r"Jacobian of a complex output"):
        dr.jacobian(lambda x: x * 1j)(X)


def test_has_aux_needs_a_pair():
    with pytest.raises(dr.InputError, match=r"did not return a pair \(y, aux\)"):
        dr.grad(lambda x: np.sum(x), has_aux=True)(X)


def test_arguments_of_the_transforms():
    with pytest.raises(dr.InputError, match=r"argnums=1, but f takes 1 positional argument: pass"):

        def f(x):
            return x

        dr.grad(f, argnums=1)(1.0)
    with pytest.raises(dr.InputError, match=r"mode='backward': write 'auto', 'forward', 'reverse' or 'mixed'"):
        dr.jacobian(np.sin, mode="backward")
    with pytest.raises(dr.InputError, match=r"chunk=0: the number of directions per sweep is a positive integer"):
        dr.jacobian(np.sin, chunk=0)
    with pytest.raises(dr.InputError, match=r"jvp\(f, \(x,\), \(v,\)\)"):
        dr.jvp(np.sin, 1.0, 1.0)
    with pytest.raises(dr.InputError, match=r"2 primals and 1 tangents"):
        dr.jvp(np.add, (1.0, 2.0), (1.0,))


def test_tangents_and_cotangents_have_to_fit():
    with pytest.raises(dr.InputError, match=r"tangent of shape \(2,\) does not fit the primal of shape \(3,\)"):
        dr.jvp(np.sin, (X,), (np.ones(2),))
    with pytest.raises(dr.InputError, match=r"same K everywhere"):
        dr.jvp(np.add, (X, X), (np.ones((2, 3)), np.ones((4, 3))))
    _, pullback = dr.vjp(np.sin, X)
    with pytest.raises(dr.InputError, match=r"cotangent of shape \(\) does not fit the output of shape \(3,\)"):
        pullback(1.0)
    with pytest.raises(
        dr.InputError, match=r"leaves of the cotangent \(\[0\], \[1\]\) are not those of the output \(itself"
    ):
        pullback((X, X))
    with pytest.raises(dr.InputError, match=r"leaves of the tangent \(\[0\]\['c'\]\).*primal \(\[0\]\['a'\]\)"):
        dr.jvp(lambda p: p["a"], ({"a": 1.0},), ({"c": 1.0},))


def test_operands_that_are_no_arrays():
    with pytest.raises(dr.InputError, match="MaskedArray does not mix with traced values"):
        dr.grad(lambda x: np.sum(x * np.ma.array([1.0, 2.0, 3.0])))(X)
    with pytest.raises(TypeError, match="unsupported operand"):
        dr.grad(lambda x: np.sum(x + None))(X)
    with pytest.raises(TypeError, match="this traced value has no __len__"):
        dr.grad(lambda x: len(x[0]))(X)
    with pytest.raises(TypeError, match="not iterable"):
        dr.grad(lambda x: sum(x[0]))(X)
    with pytest.raises(ValueError, match="truth value of an array"):
        dr.grad(lambda x: x[0] if x > 0 else x[1])(X)


def test_an_error_of_the_users_own_passes_unchanged():
    def f(x):
        raise ValueError("mine")

    with pytest.raises(ValueError, match=r"^mine$"):
        dr.grad(f)(X)


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
def test_what_no_array_has_is_pythons_own_error(transform):
    with pytest.raises(AttributeError, match="object has no attribute 'nothing'"):
        transform(lambda x: x * x.nothing)(X)
