"""The boundary: what goes into a sweep is checked, and what comes out of it is taken back."""

import numpy as np
import pytest

import dualrev as dr
from dualrev.boundary import all_leaves, fresh, grouped, leaves_of, matched, outputs, run, taken_back
from dualrev.reverse.node import Tape
from dualrev.tree import flatten

X = np.array([0.5, 1.0, 2.0])


def leaves(x):
    return leaves_of(x, lambda: "x")[0]


# ---- in --------------------------------------------------------------------------------------------------------------

ACCEPTED = {
    "float": 0.5,
    "float16": np.float16(0.5),
    "float32": np.float32(0.5),
    "float64": np.float64(0.5),
    "longdouble": np.longdouble(0.5),
    "0-d": np.array(0.5),
    "vector": X,
    "empty": np.zeros((0, 2)),
    "strided": np.arange(6.0)[::2],
    "transposed": np.ones((2, 3)).T,
    "big-endian": X.astype(">f8"),
}


@pytest.mark.parametrize("kind", ACCEPTED)
def test_floating_point_goes_in_as_it_is(kind):
    assert leaves(ACCEPTED[kind])[0] is ACCEPTED[kind]


def test_a_subclass_of_an_array_goes_in_as_an_array():
    class Tagged(np.ndarray):
        pass

    (leaf,) = leaves(X.view(Tagged))
    assert type(leaf) is np.ndarray and np.shares_memory(leaf, X)


REFUSED = {
    "int": (3, "x is an integer, and a derivative needs floating point: write 3.0 in place of 3"),
    "np.int8": (np.int8(3), "x is an integer.*write 3.0 in place of 3"),
    "bool": (False, "x is boolean.*write 0.0 in place of False"),
    "np.bool": (np.True_, "x is boolean.*write 1.0 in place of True"),
    "array of ints": (np.arange(3), r"x is an array of integers.*write it as x.astype\(float\)"),
    "array of unsigned": (np.arange(3, dtype=np.uint8), r"x is an array of integers.*x.astype\(float\)"),
    "array of bools": (X > 1, r"x is boolean.*x.astype\(float\)"),
    "0-d array of int": (np.array(3), "x is an integer.*write 3.0 in place of 3"),
    "array of strings": (
        np.array(["a"]),
        "x is an array of dtype <U1, and derivatives are taken with respect to floats",
    ),
    "array of dates": (np.array(["2020-01-01"], "M8[D]"), "x is an array of dtype datetime64"),
    "array of records": (np.zeros(2, [("a", float)]), "x is an array of dtype .*'a'.* floats, float arrays, and dict"),
    "array of objects": (np.array([1.0, None], dtype=object), "an array of objects cannot be differentiated.*None"),
    "masked array": (np.ma.array(X), "x is a MaskedArray, and derivatives are taken with respect to floats"),
    "set": ({1.0}, "x is a set"),
    "generator": ((v for v in X), "x is a generator"),
    "a string": ("a", "x is 'a': there is nothing in it to differentiate with respect to"),
    "None": (None, "x is None: there is nothing in it"),
    "a function": (len, "x is <built-in function len>: there is nothing in it"),
    "in a list": ([1.0, (2.0, 1)], r"x\[1\]\[1\] is an integer"),
    "in a dict": ({"w": {"b": 1}}, r"x\['w'\]\['b'\] is an integer.*write 1.0 in place of 1"),
}


def test_complex_numbers_are_refused_with_their_path_where_a_derivative_is_a_matrix():
    for x, name in ((1j, "x"), (X * 1j, "x"), ([1.0, (2.0, 1j)], r"x\[1\]\[1\]")):
        with pytest.raises(dr.InputError, match=f"^{name} is complex: differentiate with respect to its real"):
            all_leaves((x,), "x")
        assert np.iscomplexobj(all_leaves((x,), "x", real=False)[0][-1])


@pytest.mark.parametrize("kind", REFUSED)
def test_everything_else_is_refused_with_its_path_and_the_fix(kind):
    x, message = REFUSED[kind]
    with pytest.raises(dr.InputError, match=message):
        leaves(x)


def test_objects_that_are_numbers_are_numbers():
    np.testing.assert_array_equal(leaves(np.array([0.5, np.float64(1.0)], dtype=object))[0], [0.5, 1.0])


# ---- seeds -----------------------------------------------------------------------------------------------------------


def test_seeds_take_the_precision_of_their_partners_and_are_copies():
    given = [X, 2]
    (array, number), lead = matched(given, [X.astype(np.float32), 1.0], "tangent", "primal")
    assert lead == () and array.dtype == np.float32 and not np.shares_memory(array, X)
    assert type(number) is np.float64 and number == 2.0


@pytest.mark.parametrize("K", [0, 1, 3])
def test_seeds_share_one_leading_axis(K):
    seeds, lead = matched([np.ones((K, 3)), np.ones(K)], [X, 1.0], "tangent", "primal")
    assert lead == (K,) and [s.shape for s in seeds] == [(K, 3), (K,)]


MISFITS = {
    "short": (
        np.ones(2),
        X,
        r"a tangent of shape \(2,\) does not fit the primal of shape \(3,\): give it \(3,\), or \(K",
    ),
    "scalar": (1.0, X, r"shape \(\) does not fit the primal of shape \(3,\)"),
    "two leading axes": (np.ones((2, 2, 3)), X, r"shape \(2, 2, 3\) does not fit"),
    "trailing axis": (np.ones((3, 1)), X, r"shape \(3, 1\) does not fit"),
    "not the same K": ([np.ones((2, 3)), np.ones(3)], [X, 1.0], r"with the same K everywhere for K tangents"),
    "K on one only": ([np.ones((2, 3)), 1.0], [X, 1.0], r"with the same K everywhere"),
    "complex": (X * 1j, X, r"a complex tangent for a real primal: give its real and its imaginary part in turn"),
    "one too many": ([X, X], [X], r"the leaves of the tangent \(\[0\], \[1\]\) are not those of the primal \(\[0\]\)"),
    "a list for an array": (
        [1.0, 2.0, 3.0],
        X,
        r"the tangent \(\[0\], \[1\], \[2\]\) are not those of the primal \(itself\)",
    ),
    "another key": ({"a": X}, {"b": X}, r"the tangent \(\['a'\]\) are not those of the primal \(\['b'\]\)"),
    "None": (None, X, r"the leaves of the tangent \(none\) are not those of the primal \(itself\)"),
}


@pytest.mark.parametrize("case", MISFITS)
def test_seeds_that_do_not_fit_are_refused(case):
    given, like, message = MISFITS[case]
    with pytest.raises(dr.InputError, match=message):
        matched(given, like, "tangent", "primal")


def test_keys_in_another_order_find_their_partners():
    seeds, _ = matched({"b": 2.0, "a": X}, {"a": X, "b": 1.0}, "cotangent", "output")
    np.testing.assert_array_equal(seeds[0], X)
    assert seeds[1] == 2.0


# ---- out -------------------------------------------------------------------------------------------------------------


def test_results_are_taken_back():
    assert taken_back(3) == 3
    np.testing.assert_array_equal(taken_back(np.array([1.0, 2.0], dtype=object)), [1.0, 2.0])
    tape = Tape()
    a, b = tape.input(1.0), tape.input(2.0)
    stacked = taken_back(np.array([[a, b], [b, 0.5]]))
    assert stacked.shape == (2, 2) and stacked.sweep is tape
    np.testing.assert_array_equal(stacked.primal, [[1.0, 2.0], [2.0, 0.5]])


NO_RESULT = {
    "None": (None, "f returned None, which is no number or array: is a return missing?"),
    "a string": ("y", "f returned 'y', which is no number or array"),
    "a function": (len, "f returned <built-in function len>"),
    "a set": ({1.0}, "f returned something that is no number, array, or dict, list, tuple or dataclass of them"),
    "a generator": ((v for v in X), "f returned something that is no number"),
    "an object": (object(), "f returned something that is no number"),
    "strings": (np.array(["a"]), "f returned something that is no number"),
    "objects with nothing": (np.array([1.0, None]), "an array of objects cannot be differentiated"),
}


@pytest.mark.parametrize("transform", ["grad", "jacobian", "jvp", "vjp", "choose_mode"])
@pytest.mark.parametrize("case", NO_RESULT)
def test_a_result_that_is_no_number_is_refused(case, transform):
    y, message = NO_RESULT[case]
    use = {
        "grad": lambda f: dr.grad(f)(X),
        "jacobian": lambda f: dr.jacobian(f)(X),
        "jvp": lambda f: dr.jvp(f, (X,), (X,)),
        "vjp": lambda f: dr.vjp(f, X),
        "choose_mode": lambda f: dr.choose_mode(f, X),
    }[transform]
    with pytest.raises(dr.InputError, match=message):
        use(lambda x: y)


def test_none_and_names_inside_a_result_are_part_of_its_structure():
    y, dy = dr.jvp(lambda x: {"y": x, "name": "fit", "nothing": None}, (X,), (X,))
    assert y["name"] == dy["name"] == "fit" and dy["nothing"] is None
    np.testing.assert_array_equal(dy["y"], X)


def test_outputs_of_an_ended_sweep_are_refused_and_of_an_open_one_are_not():
    mine, older, ended = Tape(), Tape(), Tape()
    a, b, c = mine.input(1.0), older.input(2.0), ended.input(3.0)
    ended.close()
    assert outputs((a, b), mine)[0] == [a, b]
    with pytest.raises(dr.EscapedTracerError):
        outputs((a, c), mine)


def test_a_write_into_a_plain_array_is_reported_at_the_users_line():
    def stores(x):
        z = np.zeros(2)
        z[0] = x  # this line
        return z

    tape = Tape()
    with pytest.raises(dr.LostDerivativeError, match="written into a plain array") as caught:
        run(stores, [tape.input(1.0)], tape)
    assert "stores" in [entry.name for entry in caught.traceback]
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


def test_other_errors_of_the_user_pass_with_their_causes():
    def fails(x):
        try:
            raise KeyError("inner")
        except KeyError as error:
            raise ValueError("outer") from error

    with pytest.raises(ValueError, match="outer") as caught:
        run(fails, [1.0], Tape())
    assert type(caught.value.__cause__) is KeyError


# ---- fresh -----------------------------------------------------------------------------------------------------------

FRESH = {
    "nothing": (None, X, (3,), np.zeros(3)),
    "nothing of a scalar": (None, 1.0, (), 0.0),
    "a number for an array": (2.0, X, (3,), np.full(3, 2.0)),
    "a view": (np.ones((3, 2))[:, 0], X, (3,), np.ones(3)),
    "a broadcast": (np.broadcast_to(np.float64(2.0), (3,)), X, (3,), np.full(3, 2.0)),
    "Fortran order": (np.ones((2, 3)).T, np.ones((3, 2)), (3, 2), np.ones((3, 2))),
    "the real part": (X * (1 + 1j), X, (3,), X),
    "another precision": (X, X.astype(np.float32), (3,), X.astype(np.float32)),
    "a leading axis": (np.float64(2.0), 1.0, (4,), np.full(4, 2.0)),
}


@pytest.mark.parametrize("case", FRESH)
def test_fresh_makes_new_contiguous_arrays_in_the_precision_of_x(case):
    t, x, shape, expected = FRESH[case]
    made = fresh(t, x, shape)
    np.testing.assert_array_equal(made, expected)
    assert np.result_type(made) == np.result_type(expected) and np.shape(made) == shape
    if shape:
        assert made.flags.c_contiguous and made.flags.writeable and made.flags.owndata


def test_fresh_copies_what_is_not_its_own():
    assert fresh(X, X, (3,)) is not X
    assert fresh(X, X, (3,), own=True) is X
    assert fresh(X[::-1], X, (3,), own=True).flags.c_contiguous
    assert type(fresh(np.array(2.0), 1.0, (), own=True)) is float


def test_grouped_gives_each_argument_its_tree():
    trees = [{"a": 1.0, "b": [2.0, 3.0]}, 4.0, {}]
    structures = [(build, len(found)) for found, build in map(flatten, trees)]
    assert grouped([10.0, 20.0, 30.0, 40.0], structures) == [{"a": 10.0, "b": [20.0, 30.0]}, 40.0, {}]


def test_an_array_of_objects_that_numpy_cannot_go_on_with_is_explained():
    for transform in (dr.grad, lambda f: lambda x: dr.jvp(f, (x,), (x,))):
        with pytest.raises(dr.InputError, match=r"array of objects.*np.stack.*from dualrev import numpy as np"):
            transform(lambda x: np.sum(np.sqrt(np.asarray([2.0, x[0]]))))(X)
    with pytest.raises(TypeError, match="unsupported operand"):
        dr.grad(lambda x: x[0] + "text")(X)
