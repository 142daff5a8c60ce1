"""kinks: the op, the line, the distance and the slopes on both sides, worked out by hand; and what libraries return."""

import inspect
import warnings

import numpy as np
import pytest

import dualrev as dr
from dualrev.checking.conventions import CONVENTIONS, LIBRARIES
from dualrev.checking.kink_list import kinks
from dualrev.errors import InputError

Z = np.array([0.0, 2.0])

# name: (f, x, op, input, slope below, slope above, jump, what dualrev returns)
CASES = {
    "abs": (lambda x: np.sum(3 * np.abs(x) + x), Z, "absolute", "x[0]", -2, 4, 0, 1),
    "fabs": (lambda x: np.sum(np.fabs(x)), Z, "fabs", "x[0]", -1, 1, 0, 0),
    "relu": (lambda x: np.sum(np.maximum(x, 0)), Z, "maximum", "x[0]", 0, 1, 0, 0.5),
    "minimum": (lambda x: np.sum(np.minimum(x, 2)), Z, "minimum", "x[1]", 1, 0, 0, 0.5),
    "fmax": (lambda x: np.sum(np.fmax(x, 0)), Z, "fmax", "x[0]", 0, 1, 0, 0.5),
    "clip at its bound": (lambda x: np.sum(np.clip(x, 0, 5)), Z, "clip", "x[0]", 0, 1, 0, 0.5),
    "tie of two inputs": (lambda x: 2 * np.maximum(x[0], x[1]), np.ones(2), "maximum", "x[0]", 0, 2, 0, 1),
    "max tie": (np.max, np.array([1.0, 1.0, 0.0]), "max", "a[0]", 0, 1, 0, 0.5),
    "min tie": (np.min, np.array([1.0, 1.0, 2.0]), "min", "a[0]", 1, 0, 0, 0.5),
    "max over an axis": (
        lambda x: np.sum(np.max(x, axis=1)), np.array([[1.0, 3.0], [2.0, 2.0]]), "max", "x[1, 0]", 0, 1, 0, 0.5,
    ),
    "sort tie": (lambda x: np.sort(x)[0], np.ones(2), "sort", "x[0]", 1, 0, 0, 1),
    "partition tie": (lambda x: np.partition(x, 0)[0], np.ones(2), "partition", "x[0]", 1, 0, 0, 1),
    "nanmax tie": (np.nanmax, np.array([1.0, 0.0, 1.0]), "nanmax", "a[0]", 0, 1, 0, 0.5),
    "nanmin tie": (np.nanmin, np.array([1.0, 2.0, 1.0]), "nanmin", "a[0]", 1, 0, 0, 0.5),
    "median tie": (np.median, np.array([2.0, 1.0, 0.5, 2.0, 3.0]), "median", "a[0]", 1, 0, 0, 1),
    "quantile tie": (lambda x: np.quantile(x, 0.5), np.array([2.0, 1.0, 2.0]), "quantile", "x[0]", 1, 0, 0, 1),
    "digitize": (
        lambda x: np.sum(np.digitize(x, [0.5, 9.0]) * x), np.array([0.5, 2.0]), "digitize", "x[0]", 0, 1, 0.5, 1,
    ),
    "searchsorted": (
        lambda x: np.sum(np.searchsorted([0.5, 9.0], x) * x), np.array([0.5, 2.0]), "searchsorted", "x[0]", 0, 1, 0.5,
        0,
    ),
    "nanstd of equals": (
        np.nanstd, np.full(4, 3.0), "nanstd", "a[0]", -np.sqrt(3) / 4, np.sqrt(3) / 4, 0, 0,
    ),
    "where, other slope": (lambda x: np.sum(np.where(x > 0, x**2, -x)), Z, "greater", "x[0]", -1, 0, 0, -1),
    "where, jump": (lambda x: np.sum(np.where(x >= 2, x + 1, x)), Z, "greater_equal", "x[1]", 1, 1, 1, 1),
    "if": (lambda x: x**2 if x > 1 else 3 * x - 2, 1.0, "greater", "x", 3, 2, 0, 3),
    "norm": (np.linalg.norm, np.zeros(2), "norm", "x[0]", -1, 1, 0, 0),
    "norm of order 1": (lambda x: np.linalg.norm(x, 1), Z, "norm of order 1", "x[0]", -1, 1, 0, 0),
    "norm of rows": (
        lambda x: np.sum(np.linalg.norm(x, axis=1)), np.array([[0.0, 0.0], [1.0, 1.0]]), "norm", "x[0, 0]", -1, 1, 0,
        0,
    ),
    "hypot": (lambda x: np.hypot(x[0], x[1]), np.zeros(2), "hypot", "x[0]", -1, 1, 0, 0),
    "std of equals": (np.std, np.full(4, 3.0), "std", "a[0]", -np.sqrt(3) / 4, np.sqrt(3) / 4, 0, 0),
    "sign": (lambda x: np.sum(np.sign(x)), Z, "sign", "x[0]", 0, 0, 2, 0),
    "floor": (lambda x: np.sum(np.floor(x)), np.array([1.5, 2.0]), "floor", "x[1]", 0, 0, 1, 0),
    "ceil": (lambda x: np.sum(np.ceil(x)), np.array([1.5, 2.0]), "ceil", "x[1]", 0, 0, 1, 0),
    "round": (lambda x: np.sum(x * np.round(x)), np.array([0.5, 2.0]), "round", "x[0]", 0, 1, 0.5, 0),
    "rint": (lambda x: np.sum(np.rint(x)), np.array([0.5, 2.0]), "rint", "x[0]", 0, 0, 1, 0),
    "remainder": (lambda x: np.sum(np.remainder(x, 2)), np.array([1.0, 4.0]), "remainder", "x[1]", 1, 1, -2, 1),
    "fmod": (lambda x: np.sum(np.fmod(x, 2)), np.array([1.0, 4.0]), "fmod", "x[1]", 1, 1, -2, 1),
    "floor_divide": (lambda x: np.sum(x // 2), np.array([1.0, 4.0]), "floor_divide", "x[1]", 0, 0, 1, 0),
    "heaviside": (lambda x: np.sum(np.heaviside(x, 0.5)), Z, "heaviside", "x[0]", 0, 0, 1, 0),
    "copysign": (lambda x: np.sum(np.copysign(x, 1.0)), Z, "copysign", "x[0]", -1, 1, 0, 0),
    "arctan2 behind": (
        lambda x: np.arctan2(x[0], x[1]), np.array([0.0, -1.0]), "arctan2", "x[0]", -1, -1, 2 * np.pi, -1,
    ),
    "argmax": (
        lambda x: x[np.argmax(dr.value(x))] + 2 * x[0] + 0 * np.argmax(x), np.array([1.0, 1.0]), "argmax", "x[0]", 2,
        3, 0, 3,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_kink_at_the_point(name):
    f, x, op, which, left, right, jump, returned = CASES[name]
    found = [k for k in kinks(f, x) if k.input == which]
    assert [k.op for k in found] == [op]
    kink = found[0]
    assert (kink.step, kink.distance) == (0, 0)
    assert (kink.left, kink.right) == pytest.approx((left, right), rel=1e-5, abs=1e-7)
    assert kink.jump == pytest.approx(jump, rel=1e-4, abs=1e-9)
    assert kink.returned == pytest.approx(returned, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", ["abs", "relu", "tie of two inputs", "where, other slope", "sign", "floor"])
def test_the_slopes_are_those_of_one_sided_differences(name):
    f, x, _, which, left, right, *_ = CASES[name]
    i, h = int(which[2]), 1e-7
    e = np.eye(len(x))[i]
    shift = 1e-13 * e  # off the kink itself
    assert (f(x + h * e) - f(x + shift)) / h == pytest.approx(right, abs=1e-4)
    assert (f(x - shift) - f(x - h * e)) / h == pytest.approx(left, abs=1e-4)


def test_how_far_it_is_and_which_way():
    found = kinks(lambda x: np.sum(np.abs(2 * x - 6.0)), np.array([3.003, 5.0]))
    assert [(k.input, k.left, k.right, k.returned) for k in found] == [("x[0]", -2.0, 2.0, 2.0)]
    assert found[0].step == pytest.approx(-0.003, rel=1e-9)
    assert found[0].distance == pytest.approx(0.003 / 3.003, rel=1e-9)
    assert not kinks(lambda x: np.sum(np.abs(2 * x - 6.0)), np.array([3.03, 5.0]))
    assert kinks(lambda x: np.sum(np.abs(2 * x - 6.0)), np.array([3.03, 5.0]), near=0.02)


def test_through_other_operations():
    """|sin x - 1/2| has its kink where x is pi / 6; the margin is curved, so that the step is right to its square."""
    found = kinks(lambda x: np.abs(np.sin(x) - 0.5), np.pi / 6 + 1e-5)
    assert found[0].step == pytest.approx(-1e-5, rel=1e-4)
    assert (found[0].left, found[0].right) == pytest.approx((-np.cos(np.pi / 6), np.cos(np.pi / 6)), rel=1e-4)


def test_several_the_nearest_first():
    found = kinks(lambda x: np.sum(np.abs(x) + np.maximum(x, 1.0)), np.array([1e-5, 1.0, 5.0]))
    assert [(k.op, k.input) for k in found] == [("maximum", "x[1]"), ("absolute", "x[0]")]
    assert len(found) == 2 and found[1].distance == pytest.approx(1e-5)


def test_the_line():
    def f(x):
        y = x * x
        return np.sum(np.abs(y - 4.0)) + np.sum(np.floor(x))

    found = kinks(f, np.array([2.0]))
    start = inspect.getsourcelines(f)[1]
    assert {(k.op, k.line - start) for k in found} == {("absolute", 2), ("floor", 2)}


def test_named_arguments_and_outputs():
    found = kinks(lambda p, q: {"a": p["w"] * q, "b": np.abs(p["w"])}, {"w": 0.0}, 2.0)
    assert [(k.input, k.output, k.left, k.right) for k in found] == [("p['w']", "f[1]", -1.0, 1.0)]


@pytest.mark.parametrize(
    ("f", "op"),
    [
        (lambda x: np.sum(np.abs(x) ** 2), "absolute"),
        (lambda x: np.sum(np.where(x > 0, x**2, x**2)), "greater"),
        (lambda x: np.sum(x**0.0), "power"),
        (lambda x: np.sum(np.maximum(x, 0) ** 3), "maximum"),
    ],
)
def test_an_op_with_a_kink_in_a_smooth_function(f, op):
    found = kinks(f, Z)
    assert not found and [k.op for k in found.harmless] == [op]
    assert "not smooth by itself, though f is: " + op in str(found)


def test_no_kink():
    found = kinks(lambda x: np.sum(np.sin(x) * np.sinc(x)), Z)
    assert not found and found.harmless == []
    assert str(found) == "<lambda>: no kink at the point, or within 0.001 of it"


def test_the_same_ops_as_the_tape_are_run():
    """Watching changes no value: f runs at the point on plain numbers, too."""
    f = lambda x: np.sort(np.floor(x) + np.clip(x, 0.1, 0.7))[::-1] @ np.abs(x) if x[0] < 2 else x[0]
    x = np.array([0.3, -1.2, 2.5])
    assert kinks(f, x) is not None and isinstance(f(x), float)


def test_near_is_refused():
    with pytest.raises(InputError, match="near=-1: write how far to look"):
        kinks(np.sin, 1.0, near=-1)


def test_text_data_and_html():
    found = kinks(lambda x: np.sum(np.abs(x) + np.sign(x)), Z)
    lines = str(found).splitlines()
    assert lines[0] == "<lambda>: 2 kinks at the point or near it"
    assert lines[2] == "    slope of absolute there: dualrev 0; JAX 1; PyTorch 0; autograd 0"
    assert "value jumps by 2" in lines[1] or "value jumps by 2" in lines[3]
    assert "0, in dualrev, JAX, PyTorch, autograd alike" in str(found)
    data = found.to_dict()
    assert [k["op"] for k in data["kinks"]] == ["absolute", "sign"] and data["harmless"] == []
    assert found._repr_html_().count("<tr>") == 3


# ---- the conventions -------------------------------------------------------------------------------------------------

SLOPES = {
    "absolute": ("np.abs(x)", 0.0), "maximum": ("np.maximum(x, 0.0)", 0.0), "minimum": ("np.minimum(x, 0.0)", 0.0),
    "fabs": ("np.fabs(x)", 0.0), "fmax": ("np.fmax(x, 0.0)", 0.0), "clip": ("np.clip(x, 0.0, 1.0)", 0.0),
    "norm": ("np.linalg.norm(x)", np.zeros(2)), "std": ("np.std(x)", np.ones(2)), "sign": ("np.sign(x)", 0.0),
    "hypot": ("np.hypot(x[0], x[1])", np.zeros(2)), "floor": ("np.floor(x)", 1.0), "round": ("np.round(x)", 0.5),
    "power": ("x ** 0.0", 0.0), "remainder": ("np.remainder(x, 2.0)", 4.0), "rint": ("np.rint(x)", 0.5),
}  # fmt: skip


def spelled(slope):
    number = float(np.ravel(slope)[0])
    return {0.0: "0", 0.5: "1/2", 1.0: "1"}.get(number, str(number))


@pytest.mark.parametrize("op", SLOPES)
def test_the_conventions_are_what_dualrev_returns(op):
    code, x = SLOPES[op]
    assert dict(zip(LIBRARIES, CONVENTIONS[op]))["dualrev"] == spelled(
        dr.grad(eval(f"lambda x: {code}", {"np": np}))(x)
    )


@pytest.mark.parametrize("op", SLOPES)
def test_the_conventions_are_what_autograd_returns(op):
    autograd = pytest.importorskip("autograd")
    code, x = SLOPES[op]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # autograd says that the output does not depend on the input
        slope = autograd.grad(eval(f"lambda x: {code}", {"np": autograd.numpy}))(x)
    assert dict(zip(LIBRARIES, CONVENTIONS[op]))["autograd"] == spelled(slope)
