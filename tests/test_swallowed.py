"""A refusal that the function's own `except` swallows is raised again when it returns, by every sweep it concerns."""

import contextlib
import math
import threading
import tracemalloc

import numpy as np
import pytest
import scipy.special

import dualrev as dr
from dualrev.scipy import linalg

X = np.array([1.3, 0.7, 2.1])
SWEEPS = {
    "grad": lambda f: dr.grad(f)(X),
    "value_and_grad": lambda f: dr.value_and_grad(f)(X),
    "has_aux": lambda f: dr.grad(lambda x: (f(x), None), has_aux=True)(X),
    "jvp": lambda f: dr.jvp(f, (X,), (X,)),
    "K directions": lambda f: dr.jvp(f, (X,), (np.eye(3),)),
    "vjp": lambda f: dr.vjp(f, X),
    "jacobian forward": lambda f: dr.jacobian(f, mode="forward")(X),
    "jacobian reverse": lambda f: dr.jacobian(f, mode="reverse")(X),
    "hessian": lambda f: dr.hessian(f)(X),
    "hvp": lambda f: dr.hvp(f, X, X),
    "linearize": lambda f: dr.linearize(f, X),
    "trace": lambda f: dr.trace(f, X),
    "choose_mode": lambda f: dr.choose_mode(f, X),
    "objective": lambda f: dr.objective(f, X).fun(X),
    "minimize": lambda f: dr.minimize(f, X, derivative="exact"),
    "check": lambda f: dr.check_grads(f, (X,)),
    "nested": lambda f: dr.grad(lambda s: dr.grad(f)(s * X).sum())(1.0),
}

REFUSED = {
    "float": lambda x: float(x[0]),
    "int": lambda x: int(x[0]),
    "complex": lambda x: complex(x[0]),
    "math": lambda x: math.exp(x[0]),
    "math.isnan": lambda x: math.isnan(x[0]) or x[0],
    "item": lambda x: x[0].item(),
    "tolist": lambda x: x.tolist()[0],
    "tobytes": lambda x: np.frombuffer(x.tobytes()).sum(),
    "ctypes": lambda x: x.ctypes.data * x[0],
    "format": lambda x: float(f"{x[0]:.20g}"),
    "percent": lambda x: float("%.20g" % x[0]),  # noqa: UP031  # as people write it
    "as_integer_ratio": lambda x: math.prod(x[0].as_integer_ratio()),
    "asarray with a dtype": lambda x: np.asarray(x, float).sum(),
    "array with a dtype": lambda x: np.array([x[0], 1.0], dtype=float).sum(),
    "a plain array": lambda x: np.zeros(3).__setitem__(0, x[0]) or 1.0,
    "a plain array in place": lambda x: np.zeros(3).__iadd__(x).sum(),
    "out=": lambda x: np.add(x, 1.0, out=np.zeros(3)).sum(),
    "copyto": lambda x: np.copyto(np.zeros(3), x) or 1.0,
    "astype": lambda x: x.astype(int).sum(),
    "no rule": lambda x: np.spacing(x).sum(),
    "no rule in SciPy": lambda x: scipy.special.itstruve0(x[0]),
    "no rule in dualrev.scipy": lambda x: linalg.schur(np.outer(x, x))[0].sum(),
    "no rule for an argument": lambda x: np.logspace(0.0, x[0], 3, base=np.ones(3)).sum(),
    "an unknown keyword of an op of one's own": lambda x: SQUARE(x, unknown=2).sum(),
    "a view of another type": lambda x: x.view(np.float32).sum(),
    "a masked array": lambda x: (x * np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0])).sum(),
    "an array in use": lambda x: in_use(np.copy(x)),
}
SQUARE = dr.custom.elementwise(lambda x: x * x, lambda y, x: 2 * x)


def in_use(y):
    shown = np.asarray(y)
    y[0] = 2.0
    return np.sum(shown)


def excepts(call, x):
    try:
        return call(x)
    except Exception:
        return np.sum(x * x)


def bare(call, x):
    try:
        return call(x)
    except:  # noqa: E722  # as people write it
        return 1e308


def suppresses(call, x):
    with contextlib.suppress(TypeError, ValueError, NotImplementedError):
        return call(x)
    return 0.0 * x[0]


def in_finally(call, x):
    try:
        return call(x)
    finally:
        return x[0] * x[1]  # noqa: B012, SIM107  # as people write it


def answers(call, x):
    try:
        call(x)
    except Exception as error:
        raise KeyError("no such value") from error


def deep(call, x):
    return suppresses(lambda x: excepts(call, x), x) + x[1]


SWALLOWS = [excepts, bare, suppresses, in_finally, answers, deep]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("swallows", SWALLOWS)
@pytest.mark.parametrize("case", REFUSED)
def test_whatever_is_refused_is_refused_again_when_it_was_swallowed(case, swallows):
    for sweep in ("grad", "K directions"):
        with pytest.raises(dr.DualrevError, match=r"caught this refusal .* \(at test_swallowed.py:\d+") as caught:
            SWEEPS[sweep](lambda x: swallows(REFUSED[case], x))
        with pytest.raises(dr.DualrevError) as loud:
            SWEEPS[sweep](lambda x: REFUSED[case](x))
        if case not in ("a plain array", "asarray with a dtype", "array with a dtype"):  # which `run` explains further
            assert type(caught.value) is type(loud.value)
            assert caught.value.args[0].startswith(loud.value.args[0].removesuffix("."))


@pytest.mark.parametrize("sweep", SWEEPS)
@pytest.mark.parametrize("swallows", [excepts, in_finally])
def test_every_sweep_remembers(sweep, swallows):
    with pytest.raises(dr.LostDerivativeError, match=r"^float\(x\) .* caught this refusal"):
        SWEEPS[sweep](lambda x: swallows(REFUSED["math"], x))


def test_the_first_of_several_is_told_with_its_line():
    def f(x):
        first = excepts(lambda x: int(x[0]), x)
        return first + excepts(lambda x: x[0].item(), x)

    with pytest.raises(dr.LostDerivativeError, match=r"^int\(x\) .*first = excepts\(lambda x: int\(x\[0\]\), x\)\)$"):
        dr.grad(f)(X)


def test_where_it_was_caught_can_be_looked_at():
    with pytest.raises(dr.LostDerivativeError) as caught:
        dr.grad(lambda x: excepts(REFUSED["math"], x))(X)
    refusal = caught.value.__cause__
    assert type(refusal) is dr.LostDerivativeError
    assert "excepts" in [frame.name for frame in pytest.ExceptionInfo.from_exception(refusal).traceback]
    assert caught.value.place == refusal.place and refusal.place.function == "<lambda>"


# ---- nested levels ---------------------------------------------------------------------------------------------------

INNER = {
    "grad": lambda f, y: dr.grad(f)(y),
    "jvp": lambda f, y: dr.jvp(f, (y,), (1.0,))[1],
    "hessian": lambda f, y: dr.hessian(f)(y),
}
OUTER = {"grad": lambda f: dr.grad(f)(1.3), "jvp": lambda f: dr.jvp(f, (1.3,), (1.0,))[1]}


@pytest.mark.parametrize("inner", INNER)
@pytest.mark.parametrize("outer", OUTER)
def test_a_refusal_inside_an_inner_derivative_reaches_the_outer_one(inner, outer):
    """Whoever swallows it: the inner function, the outer one, or both; and whatever the inner one is a function of."""
    within = lambda swallows: lambda x: INNER[inner](lambda y: swallows(lambda y: math.exp(y) * y, y), x)
    beside = lambda x: INNER[inner](lambda y: excepted(lambda y: math.exp(x) * y, y), 2.0) * x
    through = lambda x: INNER[inner](lambda y: excepted(lambda y: math.exp(x * y), y), 2.0) * x
    excepted = lambda call, y: excepts(call, y)
    passed = lambda call, y: call(y)
    for f in (
        within(excepted),
        beside,
        through,
        lambda x: excepted(within(passed), x),
        lambda x: excepted(within(excepted), x),
        lambda x: excepted(through, x),
    ):
        with pytest.raises(dr.LostDerivativeError, match=r"^float\(x\)"):
            OUTER[outer](f)


@pytest.mark.parametrize("outer", OUTER)
def test_what_plain_numbers_would_be_refused_too_concerns_nobody_further_out(outer):
    """An inner derivative with respect to a plain number is refused wherever f is called: f's answer is its value."""

    def f(x):
        return excepts(lambda x: dr.grad(lambda y: math.exp(y))(2.0), x)

    assert f(1.3) == 1.3**2
    assert OUTER[outer](f) == pytest.approx(2.6, rel=1e-15)


def test_an_escaped_value_concerns_whoever_runs():
    kept = []
    dr.grad(lambda x: kept.append(x) or x**2)(1.0)
    assert excepts(lambda x: kept[0] + 1.0, 3.0) == 9.0
    for sweep in OUTER.values():
        with pytest.raises(dr.EscapedTracerError, match=r"kept in a global.*caught this refusal.*\(at test_swallowed"):
            sweep(lambda x: excepts(lambda x: kept[0] + 1.0, x))
        with pytest.raises(dr.EscapedTracerError, match="caught this refusal"):
            sweep(lambda x: excepts(lambda x: kept[0] * x, x))


def test_another_thread_of_the_function_is_no_way_out():
    def f(x):
        thread = threading.Thread(target=lambda: excepts(REFUSED["math"], x))
        thread.start()
        thread.join()
        return x[0]

    with pytest.raises(dr.LostDerivativeError, match="caught this refusal"):
        dr.grad(f)(X)


def test_a_sweep_in_another_thread_is_not_concerned():
    ready, done, found = threading.Event(), threading.Event(), []

    def waits(x):
        ready.set()
        done.wait(10)
        return x**2

    thread = threading.Thread(target=lambda: found.append(dr.grad(waits)(3.0)))
    thread.start()
    ready.wait(10)
    with pytest.raises(dr.LostDerivativeError):
        dr.grad(lambda x: excepts(lambda x: math.exp(x), x))(1.0)
    done.set()
    thread.join()
    assert found == [6.0]


# ---- no false alarm --------------------------------------------------------------------------------------------------


class Asks:
    """Code that looks at a value before it takes it."""

    def __init__(self, x):
        self.said = [
            hasattr(x, name) for name in ("__array_interface__", "__array_struct__", "read", "units", "values")
        ]


QUIET = {
    "np.array of numbers": lambda x: np.sum(np.array([x[0], x[1] * 2.0])),
    "np.array of arrays": lambda x: np.sum(np.array([x, 2.0 * x]) * 1.0),
    "np.array of one": lambda x: np.sum(np.array([x]) * 1.0),
    "np.asarray": lambda x: np.sum(np.asarray(x) * np.asarray(x)),
    "a plain number first": lambda x: np.float64(2.0) * x[0] + 2.0 * x[1] + np.float32(1.0) * x[2],
    "a plain array first": lambda x: np.sum(np.ones(3) * x),
    "np.iterable": lambda x: x[0] * (2.0 if np.iterable(x[0]) else 3.0) * np.iterable(x),
    "np.isscalar, np.ndim": lambda x: x[0] * (1 + np.isscalar(x[0]) + 4 * np.ndim(x[0])),
    "len of a number": lambda x: excepts(lambda y: len(y), x[0]),
    "iter of a number": lambda x: excepts(lambda y: [*y], x[0]),
    "an item of a number": lambda x: excepts(lambda y: y[3], x[0]),
    "a number as an index": lambda x: excepts(lambda x: [1.0, 2.0][x[0]], x),
    "an index out of range": lambda x: excepts(lambda x: x[7], x),
    "shapes that do not fit": lambda x: excepts(lambda x: x + np.ones(5), x),
    "an axis that is not there": lambda x: excepts(lambda x: np.sum(x, axis=3), x),
    "questions": lambda x: x[0] * len(Asks(x).said),
    "getattr with a default": lambda x: x[0] * getattr(x, "ndimension", 2.0),
    "print": lambda x: x[0] * len(f"{x}{x[0]!r}{np.array([x[0]], dtype=object)}") ** 0,
    "bool": lambda x: x[0] * x[1] if x[0] > 1 and bool(x[1]) else x[2],
    "sorted": lambda x: sum(k * v for k, v in enumerate(sorted(x))),
    "an array of dr.value": lambda x: x[0] * np.asarray(dr.value(x), float).size,
    "an error of its own": lambda x: excepts(lambda x: {}["a"], x),
    "an inner derivative that is no scalar": lambda x: excepts(lambda x: dr.grad(lambda y: y * y)(x), x),
}


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("case", QUIET)
def test_what_is_right_is_not_refused(case, mode):
    """Probes of NumPy's and of Python's, and what plain numbers would be refused as well, leave nothing behind."""
    f, h = QUIET[case], 1e-4
    by_differences = [(f(X + h * e) - f(X - h * e)) / (2 * h) for e in np.eye(3)]
    np.testing.assert_allclose(dr.jacobian(f, mode=mode)(X), by_differences, rtol=1e-6, atol=1e-6)


def test_the_engine_may_look_before_it_leaps():
    """dr.supports reports what is swallowed; dr.minimize tries functions where they may not be defined."""
    found = dr.supports(lambda x: excepts(REFUSED["no rule"], x), X)
    assert [missing.function for missing in found.missing] == ["np.spacing"]
    assert found.missing[0].message.endswith("pass dr.value(x)")  # its place stands beside it
    assert dr.minimize(lambda x: np.sum((x - 1) ** 2), X).success


def test_nothing_is_kept_once_it_was_told():
    def refusals(n):
        for _ in range(n):
            with contextlib.suppress(dr.LostDerivativeError):
                dr.grad(lambda x: excepts(REFUSED["math"], x))(np.ones(10_000))

    refusals(3)
    tracemalloc.start()
    refusals(20)
    assert tracemalloc.get_traced_memory()[0] < 3 * 80_000  # one array of ten thousand is 80 kB
    tracemalloc.stop()


def test_interrupts_pass():
    def f(x):
        excepts(REFUSED["math"], x)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dr.grad(f)(X)
