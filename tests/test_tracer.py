"""Tracers behave as the arrays they stand for, in both modes."""

import copy
import functools
import math
import operator
from fractions import Fraction

import numpy as np
import pytest

import dualrev as dr
from dualrev.reverse.node import Node, Tape
from dualrev.traced import operand, restack, value, values

X = np.array([[1.5, -2.0, 0.5], [3.0, 0.25, -1.0]])
TRANSFORMS = {
    "forward": lambda f: dr.jvp(f, (X,), (np.ones_like(X),))[0],
    "reverse": lambda f: dr.vjp(f, X)[0],
    "nested": lambda f: dr.vjp(lambda x: dr.jvp(f, (x,), (np.ones_like(X),))[0], X)[0],
}


@pytest.fixture(params=TRANSFORMS)
def on_traced(request):
    """Runs a function on a traced X and returns what it saw."""

    def run(look):
        seen = []
        TRANSFORMS[request.param](lambda x: seen.append(look(x)) or x)
        return seen[0]

    return run


ATTRIBUTES = {
    "shape": lambda x: x.shape,
    "ndim": lambda x: x.ndim,
    "size": lambda x: x.size,
    "dtype": lambda x: x.dtype,
    "len": len,
    "len of the transpose": lambda x: len(x.T),
    "shape of mT": lambda x: x.mT.shape,
    "rows": lambda x: [row.shape for row in x],
    "shape of an element": lambda x: x[0, 0].shape,
    "bool": lambda x: bool(x[0, 0] > 1),
    "comparison": lambda x: (x > 0).tolist(),
    "equality with nothing": lambda x: x[0, 0] == None,  # noqa: E711 (as a user may write it)
    "contains": lambda x: 0.25 in x[1],
    "max of a row": lambda x: dr.value(max(x[0])),
    "sorted": lambda x: [dr.value(v) for v in sorted(x[1])],
    "argmax": lambda x: int(np.argmax(x)),
    "argsort": lambda x: x[0].argsort().tolist(),
    "round": lambda x: round(x[0, 0]),
    "floor division": lambda x: (x // 2).tolist(),
    "divmod": lambda x: [dr.value(v).tolist() for v in divmod(x, 2.0)],
    "np.shape": np.shape,
    "np.ndim": np.ndim,
    "np.size": np.size,
    "isfinite": lambda x: np.isfinite(x).all(),
    "zeros_like": lambda x: dr.value(np.zeros_like(x)).tolist(),
    "searchsorted": lambda x: np.searchsorted([0.0, 1.0], x[0]).tolist(),
}


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_what_an_array_says_of_itself(name, on_traced):
    look = ATTRIBUTES[name]
    assert on_traced(look) == look(X)
    assert type(on_traced(look)) is type(look(X))


def test_an_item_is_read_from_the_tape_once(on_traced):
    assert on_traced(lambda x: x[0] is x[0])
    assert on_traced(lambda x: x[0] is not x[1])


COPIES = {
    "copy": lambda x: x.copy(),
    "np.copy": np.copy,
    "copy.copy": copy.copy,
    "deepcopy": lambda x: copy.deepcopy({"x": x})["x"],
    "flatten": lambda x: x.flatten(),
    "astype": lambda x: x.astype(float),
}


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_another_object_with_the_same_values(name, on_traced):
    """It costs nothing and has no line on the tape, and what is written into it is not seen in the original."""

    def look(x):
        before, made = dr.value(x).tolist(), COPIES[name](x)
        assert made is not x and np.ravel(dr.value(made)).tolist() == np.ravel(before).tolist()
        made[...] = 7.0
        return dr.value(x).tolist() == before

    assert on_traced(look)


def test_traced_values_are_keys(on_traced):
    assert on_traced(lambda x: len({x: 1, x[0]: 2, x[1]: 3})) == 3


def test_augmented_assignment_gives_the_name_a_new_value():
    def f(x):
        y = 2.0 * x - x
        y += 1.0
        y *= x
        return np.sum(y)

    np.testing.assert_array_equal(dr.grad(f)(X), 2 * X + 1)


def test_a_foreign_array_is_an_operand():
    class Column:
        def __array__(self, dtype=None, copy=None):
            return np.array([1.0, 2.0, 3.0])

    np.testing.assert_array_equal(dr.grad(lambda x: np.sum(x * Column()))(X), np.tile([1.0, 2.0, 3.0], (2, 1)))


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_astype_between_precisions_is_linear(mode):
    J = dr.jacobian(lambda x: x.astype(np.float32) * 2, mode=mode)(X[0])
    np.testing.assert_array_equal(J, 2 * np.eye(3))
    assert J.dtype == np.float64
    assert dr.vjp(lambda x: x.astype("f4"), X)[0].dtype == np.float32


# ---- operands --------------------------------------------------------------------------------------------------------


@pytest.fixture
def tape():
    return Tape()


def test_plain_operands_stay_as_they_are(tape):
    a = np.ones(3)
    for x in (2, 2.0, True, 1j, np.float32(2), np.int64(2), np.bool_(True), a, tape.input(a)):
        assert operand(x) is x


def test_sequences_become_arrays_and_traced_ones_traced_arrays(tape):
    x = tape.input(2.0)
    np.testing.assert_array_equal(operand([1.0, 2.0]), [1.0, 2.0])
    np.testing.assert_array_equal(operand(((1, 2), [3, 4])), [[1, 2], [3, 4]])
    for traced in ([x, 1.0], (1.0, x), [[x, 2.0], [1.0, x]], [np.array([x, 1.0]), np.array([x, x])]):
        assert type(operand(traced)) is Node and operand(traced).shape == np.shape(np.array(traced, dtype=object))


def test_what_is_no_number_is_left_to_python(tape):
    for x in (None, "text", {1.0}, Fraction(1, 2), object()):
        with pytest.raises(dr.InputError, match=f"a {type(x).__name__} beside traced values is no array"):
            operand(x)
    x = tape.input(2.0)
    for other in (None, "text", {1.0}, object()):
        for use in (lambda: x + other, lambda: other - x, lambda: x @ other, lambda: x // other):
            with pytest.raises(TypeError, match="unsupported operand"):
                use()


def test_an_operand_of_another_class_may_answer_itself(tape):
    class Unit:
        def __radd__(self, other):
            return "mine"

        def __rmul__(self, other):
            return "mine too"

    x = tape.input(2.0)
    assert x + Unit() == "mine" and x * Unit() == "mine too"


@pytest.mark.parametrize("make", [np.ma.array, np.matrix], ids=["masked array", "matrix"])
@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_arrays_with_rules_of_their_own_are_refused(make, tape):
    x, odd = tape.input(np.ones((2, 2))), make([[1.0, 2.0], [3.0, 4.0]])
    for use in (lambda: x * odd, lambda: x @ odd, lambda: np.add(x, odd), lambda: np.where(True, x, odd)):
        with pytest.raises(dr.InputError, match=r"does not mix with traced values.*: use (np\.asarray|m\.filled)"):
            use()


def test_object_arrays_are_stacked_in_their_shape(tape):
    a, b = tape.input(2.0), tape.input(3.0)
    for objects in (
        np.array([a, b]),
        np.array([[a, 1.0], [b, a]]),
        np.array([[[a]], [[b]]]),
        np.array(a, dtype=object),
    ):
        stacked = restack(objects)
        assert type(stacked) is Node and stacked.shape == objects.shape
        np.testing.assert_array_equal(stacked.primal, np.vectorize(value, otypes=[float])(objects))
    np.testing.assert_array_equal(restack(np.array([], dtype=object)), np.zeros(0))
    np.testing.assert_array_equal(restack(np.array([1.0, 2], dtype=object)), [1.0, 2.0])
    with pytest.raises(dr.InputError, match=r"an array of objects cannot be differentiated: it holds.*'b'"):
        restack(np.array([a, "b"], dtype=object))


def test_scalars_of_different_levels_are_stacked_at_the_newest():
    old, new = Tape(), Tape()
    a, b = old.input(2.0), new.input(3.0)
    stacked = restack(np.array([a, b, 1.0]))
    assert stacked.sweep is new and stacked.primal.sweep is old
    np.testing.assert_array_equal(value(stacked), [2.0, 3.0, 1.0])


def test_value_goes_through_all_levels():
    x = Tape().input(Tape().input(Tape().input(2.0)))
    assert value(x) == 2.0 and value(2.0) == 2.0
    assert values([x, (x, 1.0)]) == [2.0, (2.0, 1.0)]
    array = values(np.array([[x, 1.0], [x, x]]))
    np.testing.assert_array_equal(array, [[2.0, 1.0], [2.0, 2.0]])
    assert array.dtype == np.float64


def test_the_newest_level_handles_an_operation(tape):
    older = tape.input(np.array([1.0, 2.0]))
    newer = Tape().input(np.array([3.0, 4.0]))
    for y in (older * newer, newer * older, np.add(older, newer), np.concatenate([older, newer]), older @ newer,
              np.where([True, False], older, newer)):  # fmt: skip
        assert y.sweep is newer.sweep and y.primal.sweep is tape


# ---- indices ---------------------------------------------------------------------------------------------------------

INDICES = {
    "int": 1, "negative": -1, "numpy integer": np.int64(1), "slice": slice(None, None, 2), "ellipsis": ...,
    "pair": (1, 2), "row": (0, slice(1, None)), "list": [1, 0, 1], "mask": X > 0, "row mask": [True, False],
    "integer arrays": (np.array([0, 1]), np.array([2, 0])), "empty": (), "true": True,
    "none": None, "mixed": (None, ..., [0, 0], slice(2)),
    "index from a comparison": np.nonzero(X > 0.3),
}  # fmt: skip


@pytest.mark.parametrize("name", INDICES)
def test_every_index_gives_what_numpy_gives(name, on_traced):
    index = INDICES[name]
    np.testing.assert_array_equal(on_traced(lambda x: dr.value(x[index])), X[index])
    for mode in ("forward", "reverse"):
        J = dr.jacobian(lambda x: x[index], mode=mode)(X)
        expected = np.stack([unit[index] for unit in np.eye(6).reshape(6, 2, 3)])
        np.testing.assert_array_equal(np.moveaxis(J.reshape((*np.shape(X[index]), 6)), -1, 0), expected)


def test_an_index_out_of_range_is_numpys_error(on_traced):
    for index in (7, (0, 5), [9], (slice(None), np.array([-4]))):
        with pytest.raises(IndexError, match="out of bounds"):
            on_traced(lambda x: x[index])
    with pytest.raises(IndexError, match="too many indices"):
        on_traced(lambda x: x[0, 0, 0])


def test_iteration_ends_where_the_array_does(on_traced):
    assert on_traced(lambda x: [dr.value(v).tolist() for v in x]) == X.tolist()
    assert on_traced(lambda x: [(i, float(dr.value(v))) for i, v in enumerate(x[0])]) == list(enumerate(X[0].tolist()))
    assert on_traced(lambda x: len(list(zip(x, x.T, strict=False)))) == 2


# ---- operators that give plain values --------------------------------------------------------------------------------

COMPARISONS = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


@pytest.mark.parametrize("sign", COMPARISONS)
def test_comparisons_are_plain_on_either_side(sign, on_traced):
    compare = COMPARISONS[sign]
    for other in (0.5, np.float64(0.5), np.array([1.5, 0.0, 0.5]), [1.5, 0.0, 0.5], X):
        for found, expected in (
            (on_traced(lambda x: compare(x, other)), compare(X, np.asarray(other))),
            (on_traced(lambda x: compare(other, x)), compare(np.asarray(other), X)),
        ):
            assert type(found) is np.ndarray and found.dtype == bool
            np.testing.assert_array_equal(found, expected)


def test_a_condition_is_taken_by_value(on_traced):
    assert on_traced(lambda x: "yes" if x[0, 0] else "no") == "yes"
    assert on_traced(lambda x: "yes" if x[0, 0] < x[1, 0] and not x[0, 1] > 0 else "no") == "yes"
    assert on_traced(lambda x: dr.value(x[0, 0] or 7.0)) == 1.5
    with pytest.raises(ValueError, match="truth value of an array"):
        on_traced(lambda x: bool(x))


FORMATS = ["", "{}", "{!r}"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_traced_value_can_be_printed(form, on_traced):
    text = on_traced(lambda x: form.format(x[0, 0]) or str(x[0, 0]))
    assert "1.5" in text and ("Node" in text or "Dual" in text)


class Scaled:
    """An object that can be called, and that has neither a name nor a module of its own."""

    __slots__ = ()

    def __call__(self, x):
        return 3.0 * x

    def __getattribute__(self, name):
        if name in ("__name__", "__module__"):
            raise AttributeError(name)
        return super().__getattribute__(name)


CALLABLES = {
    "partial": (functools.partial(lambda a, x: a * x, 3.0), "op"),
    "partial of a function": (functools.partial(np.full_like, fill_value=3.0), "full_like"),
    "object": (Scaled(), "Scaled"),
    "ufunc": (np.frompyfunc(lambda x: 3.0 * x, 1, 1), "<lambda> (vectorized)"),
}


@pytest.mark.parametrize("name", CALLABLES)
def test_an_op_of_ones_own_may_be_any_callable(name):
    func, shown = CALLABLES[name]
    op = dr.custom.elementwise(func, lambda y, x: 3.0)
    assert op.__name__ == shown
    assert dr.grad(op)(2.0) == 3.0
    assert dr.jvp(op, (2.0,), (1.0,))[1] == 3.0


@pytest.mark.parametrize("rounding", [math.floor, math.ceil, math.trunc, round])
def test_rounding_gives_a_plain_integer(rounding):
    def f(x):
        n = rounding(x[0])
        assert type(n) is int and n == rounding(-1.7)
        return n * x[1]

    x = np.array([-1.7, 2.0])
    np.testing.assert_array_equal(dr.grad(f)(x), [0.0, rounding(-1.7)])
    np.testing.assert_array_equal(dr.jvp(f, (x,), (np.array([1.0, 0.0]),))[1], 0.0)
