"""check_grads: silent where derivatives are right, an error with the report where one is wrong, by order and mode."""

import numpy as np
import pytest

import dualrev as dr
from dualrev.checking import assertions
from dualrev.checking.assertions import check_grads
from dualrev.errors import InputError, WrongDerivativeError

C = dr.custom
X = np.array([0.5, 1.5, 2.5])

RIGHT = {
    "scalar": (lambda x: np.sin(x) * x, (1.3,)),
    "gradient": (lambda x: np.sum(np.exp(x) * x), (X,)),
    "vector valued": (lambda x: np.cumsum(x**2), (X,)),
    "several arguments": (lambda x, y: np.sum(np.sin(x) * y), (X, 2.0)),
    "trees": (lambda p, q: {"a": p["w"] * q, "b": np.exp(p["b"])}, ({"w": 1.5, "b": X}, 2.0)),
    "matrices": (lambda A: np.linalg.inv(A), (np.array([[2.0, 1.0], [0.5, 3.0]]),)),
    "float32": (lambda x: np.sum(np.tanh(x)), (X.astype(np.float32),)),
    "linear": (lambda x: np.sum(x), (X,)),
    "large": (lambda x: np.sum(x**2), (X * 1e6,)),
    "kink": (lambda x: np.sum(np.abs(x)), (np.array([0.0, 1.0]),)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_derivatives_raise_nothing(name):
    f, args = RIGHT[name]
    assert check_grads(f, args) is None


def matrix_vector(T_x=lambda ct, A: ct @ A, J_x=lambda dx, A: dx @ A.T):
    A = np.array([[1.0, 2.0, 0.5], [0.3, 1.0, 2.0]])

    @C.linear(lambda x: A @ x)
    def op(y, x, /):
        return (lambda dx: J_x(dx, A)), (lambda ct: T_x(ct, A))

    return op


first_order = C.elementwise(lambda x: np.cos(x), lambda y, x: np.sin(x))
second_order = C.elementwise(lambda x: x**3, lambda y, x: 3 * dr.value(x) ** 2)
reverse_only = matrix_vector(T_x=lambda ct, A: 2 * (ct @ A))
forward_only = matrix_vector(J_x=lambda dx, A: 2 * (dx @ A.T))


@pytest.mark.parametrize("modes", ["forward", "reverse", ("forward", "reverse")])
def test_a_wrong_first_derivative_raises(modes):
    with pytest.raises(WrongDerivativeError, match=r"^op, (forward|reverse) mode: FAIL") as error:
        check_grads(first_order, (X,), order=1, modes=modes)
    assert "the sign is wrong" in str(error.value) or "sign" in str(error.value)
    assert "again: dr.check_grads(op, args, order=1" in str(error.value)


def test_a_wrong_second_derivative_raises_with_order_2():
    check_grads(second_order, (X,), order=1)
    with pytest.raises(WrongDerivativeError, match=r"^op, second derivatives, forward over forward mode: FAIL"):
        check_grads(second_order, (X,))
    with pytest.raises(WrongDerivativeError, match=r"^op, second derivatives, reverse over reverse mode: FAIL"):
        check_grads(second_order, (X,), modes=("reverse",))


@pytest.mark.parametrize(
    ("op", "bad", "good"), [(reverse_only, "reverse", "forward"), (forward_only, "forward", "reverse")]
)
def test_only_the_modes_asked_for_are_checked(op, bad, good):
    f = lambda x: np.sum(op(x))
    check_grads(f, (X,), order=1, modes=good)
    for modes in (bad, ("forward", "reverse")):
        with pytest.raises(WrongDerivativeError, match=f"{bad} mode: FAIL"):
            check_grads(f, (X,), order=1, modes=modes)


def test_every_order_of_two_modes_is_checked(monkeypatch):
    titles = []

    def seen(*args, **kw):
        report = audit(*args, **kw)
        titles.append(report)
        return report

    audit = assertions.audit
    monkeypatch.setattr(assertions, "audit", seen)
    check_grads(lambda x: np.sum(x**3), (X,))
    assert len(titles) == 2 + 4
    check_grads(lambda x: np.sum(x**3), (X,), order=1, modes="forward")
    assert len(titles) == 7


def test_components_bear_the_users_names():
    with pytest.raises(WrongDerivativeError) as error:
        check_grads(lambda speed, mass: mass * np.sum(first_order(speed)), (X, 2.0), order=1)
    assert "dspeed[0]" in str(error.value) or "d/dspeed[0]" in str(error.value) or "/dspeed[" in str(error.value)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"order": 3}, "order=3: write 1, or 2"),
        ({"modes": ("rev",)}, "modes=.'rev',.: write 'forward', 'reverse', or both"),
        ({"modes": ()}, "modes="),
    ],
)
def test_what_cannot_be_checked_is_refused(args, message):
    with pytest.raises(InputError, match=message):
        check_grads(np.sin, (1.0,), **args)


def test_a_point_that_is_no_tuple_is_refused():
    with pytest.raises(InputError, match=r"args is a tuple with one entry per argument of f, as in \(x,\)"):
        check_grads(np.sin, X)
