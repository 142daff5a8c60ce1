"""Functions that are refused as they are start again, rebuilt: which, how often, and what is remembered."""

import gc
import math
import pickle
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import dualrev as dr
from dualrev import restart
from dualrev.errors import InputError, LostDerivativeError, NoRuleError

X = np.array([0.3, 0.7])


def fills(x):
    """x0 e^x1 and sin(x0), as others write it."""
    y = np.zeros(2)
    y[0], y[1] = float(x[0]) * math.exp(x[1]), math.sin(x[0])
    return y


def loss(x):
    return np.sum(fills(x) ** 2)


def by_hand(x):
    e, s = np.exp(x[1]), np.sin(x[0])
    return np.array([2 * x[0] * e * e + 2 * s * np.cos(x[0]), 2 * x[0] ** 2 * e * e])


J = np.array([[math.exp(0.7), 0.3 * math.exp(0.7)], [math.cos(0.3), 0.0]])
H = dr.jacobian(by_hand)(X)

TRANSFORMS = {
    "grad": (lambda **p: dr.grad(loss, **p)(X), by_hand(X)),
    "value_and_grad": (lambda **p: dr.value_and_grad(loss, **p)(X)[1], by_hand(X)),
    "has_aux": (lambda **p: dr.grad(lambda x: (loss(x), 1.0), has_aux=True, **p)(X)[0], by_hand(X)),
    "argnums": (lambda **p: dr.grad(lambda a, x: a * loss(x), 1, **p)(2.0, X), 2 * by_hand(X)),
    "a tree": (lambda **p: dr.grad(lambda t: loss(t["x"]), **p)({"x": X})["x"], by_hand(X)),
    "jacobian": (lambda **p: dr.jacobian(fills, **p)(X), J),
    "forward": (lambda **p: dr.jacobian(fills, mode="forward", **p)(X), J),
    "reverse": (lambda **p: dr.jacobian(fills, mode="reverse", **p)(X), J),
    "hessian": (lambda **p: dr.hessian(loss, **p)(X), H),
    "hvp": (lambda **p: dr.hvp(loss, X, np.array([1.0, 2.0]), **p), H @ [1.0, 2.0]),
    "jvp": (lambda **p: dr.jvp(fills, (X,), (X,), **p)[1], J @ X),
    "vjp": (lambda **p: dr.vjp(fills, X, **p)[1](X)[0], X @ J),
    "linearize": (lambda **p: dr.linearize(fills, X, **p)[1] @ X, J @ X),
}


@pytest.mark.parametrize("plain", ["auto", True])
@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms(name, plain):
    transform, want = TRANSFORMS[name]
    np.testing.assert_allclose(transform(plain=plain), want, rtol=1e-13)
    np.testing.assert_allclose(transform(), want, rtol=1e-13)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_never_with_plain_false(name):
    with pytest.raises(LostDerivativeError, match=r"the function of NumPy in place of that of math|np\.zeros_like"):
        TRANSFORMS[name][0](plain=False)


def test_plain_is_one_of_three():
    with pytest.raises(InputError, match="plain='yes': write 'auto', True or False"):
        dr.grad(loss, plain="yes")


def test_what_else_differentiates():
    t = np.linspace(0.0, 1.0, 9)
    found = dr.fit(lambda t, a, b: np.array([a * math.exp(-b * s) for s in t]), t, 2 * np.exp(-0.7 * t), a=1.0, b=1.0)
    assert (found.params["a"], found.params["b"]) == pytest.approx((2.0, 0.7), rel=1e-7)
    assert dr.minimize(lambda x: (math.exp(x[0]) - 2.0) ** 2, np.array([0.3])).x == pytest.approx([math.log(2.0)])
    assert dr.check(loss, X).ok
    program = dr.trace(lambda x: math.sin(float(x)), np.float64(0.5))
    assert [v.expression for v in program.values] == ["x", "float(x)", "sin(v1)"]
    assert dr.choose_mode(fills, X).mode in ("forward", "reverse")


# ---- how often f starts ----------------------------------------------------------------------------------------------


def counting(f=math.sin):
    starts = []

    def counted(x):
        starts.append(1)
        return f(x)

    return counted, starts


def test_a_function_that_is_not_refused_starts_once():
    f, starts = counting(np.sin)
    dr.grad(f)(0.5)
    assert len(starts) == 1 and id(f.__code__) not in restart.KNOWN


def test_it_starts_twice_the_first_time_and_is_remembered_by_its_code():
    restart.KNOWN.clear()
    f, starts = counting()
    assert dr.grad(f)(0.5) == math.cos(0.5) and len(starts) == 2
    assert dr.grad(f)(0.5) == math.cos(0.5) and len(starts) == 3
    again, starts = counting(lambda x: math.cos(x))  # another function of the same code
    assert dr.jvp(again, (0.5,), (1.0,))[1] == -math.sin(0.5) and len(starts) == 1


def test_with_plain_it_starts_once():
    restart.KNOWN.clear()
    f, starts = counting()
    dr.grad(f, plain=True)(0.5)
    dr.grad(dr.plain(f))(0.5)
    assert len(starts) == 2
    with pytest.raises(LostDerivativeError):
        dr.grad(f, plain=False)(0.5)
    assert len(starts) == 3


def test_a_known_function_that_is_defined_anew_is_the_new_one():
    space = {"math": math}
    for formula, slope in (("math.sin(x)", math.cos(0.5)), ("math.exp(x)", math.exp(0.5))):
        exec(f"def helper(x):\n    return {formula}\ndef f(x):\n    return helper(x)", space)
        assert dr.grad(space["f"])(0.5) == slope
        assert dr.grad(lambda x: space["f"](x))(0.5) == slope


def test_what_f_did_before_it_was_refused_is_done():
    log = []

    def f(x):
        log.append("start")
        x[0] = x[0] ** 2  # of the traced copy, which is a new one at the second start
        return math.sin(x[0]) + x[1]

    x = np.array([0.5, 1.0])
    np.testing.assert_allclose(dr.grad(f)(x), [math.cos(0.25), 1.0])
    assert log == ["start"] * 2 and list(x) == [0.5, 1.0]


def test_a_refusal_that_f_catches():
    def guarded(x):
        try:
            return math.exp(x)
        except TypeError:
            return 1e308

    assert dr.grad(guarded)(1.0) == math.e


def test_nested_transformations():
    inner = lambda a: dr.grad(lambda x: math.sin(a * x))(0.5)  # a cos(a / 2)
    assert dr.grad(inner)(2.0) == pytest.approx(math.cos(1.0) - math.sin(1.0))
    assert dr.grad(dr.grad(dr.grad(lambda x: math.exp(2 * x))))(0.5) == pytest.approx(8 * math.e)


# ---- what is raised --------------------------------------------------------------------------------------------------


def test_what_is_refused_in_rebuilt_code_too_is_named_with_its_line():
    def f(x):
        y = math.sin(x)
        return np.spacing(y)

    with pytest.raises(NoRuleError, match=r"np.spacing has no derivative rule.*\(at test_restart.py:\d+: return np.sp"):
        dr.grad(f)(0.5)


def test_an_error_of_the_functions_own_passes():
    for f, kind in ((lambda x: math.sqrt(-x), ValueError), (lambda x: 1.0 / (float(x) - 0.5), ZeroDivisionError)):
        with pytest.raises(kind):
            dr.grad(f)(0.5)
    with pytest.raises(NameError, match="nowhere"):
        dr.grad(lambda x: math.sin(x) + nowhere)(0.5)  # noqa: F821


def test_a_value_error_of_the_functions_own_is_no_reason_to_start_again():
    def complains(x):
        raise ValueError("not here")

    f, starts = counting(complains)
    with pytest.raises(ValueError, match="not here"):
        dr.grad(f)(0.5)
    assert len(starts) == 1


def test_a_compiled_function_is_named():
    counted = np.frompyfunc(lambda x: float(x), 1, 1)
    with pytest.raises(LostDerivativeError, match=r"float\(x\) of a traced value would lose its derivative"):
        dr.grad(lambda x: np.vectorize(len)(str(x)) * counted(x), plain=False)(0.5)
    with pytest.raises(LostDerivativeError, match=r"x.tobytes\(\) of a traced value.*\(at test_restart.py:\d+"):
        dr.grad(lambda x: hash(x.tobytes()) * math.sin(x[0]))(X)


# ---- no traces left --------------------------------------------------------------------------------------------------


def test_what_is_remembered_keeps_nothing_alive():
    restart.KNOWN.clear()

    class Big:
        pass

    def made():
        big = Big()
        f = lambda x: math.sin(x) * (big is not None)
        dr.grad(f)(0.5)
        return weakref.ref(big), weakref.ref(f)

    refs = made()
    gc.collect()
    assert [r() for r in refs] == [None, None]


def test_pickled_gradients():
    for plain in ("auto", True, False):
        g = pickle.loads(pickle.dumps(dr.grad(loss, plain=plain)))
        if plain is False:
            with pytest.raises(LostDerivativeError):
                g(X)
        else:
            np.testing.assert_allclose(g(X), by_hand(X), rtol=1e-13)


def test_threads():
    restart.KNOWN.clear()
    points = [X * k for k in np.linspace(0.1, 1.0, 40)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(dr.grad(loss), points))
    np.testing.assert_allclose(found, [by_hand(x) for x in points], rtol=1e-13)


# ---- supports --------------------------------------------------------------------------------------------------------


def test_supports_says_what_is_right_rebuilt_and_refused():
    def f(x):
        y = np.zeros(2)
        y[0] = math.sin(x[0])
        return y.sum() * np.spacing(x[1])

    found = dr.supports(f, X)
    assert not found
    assert [m.function for m in found.missing] == ["np.spacing"] and [m.function for m in found.rebuilt] == ["float"]
    assert "f starts a second time, rebuilt as dr.plain does (plain=False: never), for\n" in str(found)
    assert found.to_dict()["rebuilt"][0]["text"] == "y[0] = math.sin(x[0])"
    assert "rebuilt, as dr.plain does" in found._repr_html_()
    assert dr.supports(loss, X) and dr.supports(loss, X).rebuilt
    assert not dr.supports(loss, X, plain=False) and dr.supports(loss, X, plain=True).rebuilt == ()
    assert dr.supports(np.sin, 0.5).rebuilt == ()
