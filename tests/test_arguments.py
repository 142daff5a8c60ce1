"""The arguments of the user's function: which of them vary, and what happens to the others."""

import functools

import numpy as np
import pytest

import dualrev as dr

MODES = ("forward", "reverse")
X = np.array([0.5, 1.0, 2.0])
TRANSFORMS = {
    "grad": dr.grad,
    "value_and_grad": lambda f, argnums: lambda *args, **kw: dr.value_and_grad(f, argnums)(*args, **kw)[1],
    "jacobian, forward": lambda f, argnums: dr.jacobian(f, argnums, mode="forward"),
    "jacobian, reverse": lambda f, argnums: dr.jacobian(f, argnums, mode="reverse"),
}


@pytest.fixture(params=TRANSFORMS)
def transform(request):
    return TRANSFORMS[request.param]


def polynomial(a, b, c):
    return a * b**2 * c**3


A, B, C = 2.0, 3.0, 5.0
BY_A, BY_B, BY_C = B**2 * C**3, 2 * A * B * C**3, 3 * A * B**2 * C**2
PICKS = {
    "first": (0, BY_A),
    "second": (1, BY_B),
    "last": (-1, BY_C),
    "first from the end": (-3, BY_A),
    "an integer of NumPy": (np.int64(1), BY_B),
    "a tuple of one": ((1,), (BY_B,)),
    "out of order": ((2, 0), (BY_C, BY_A)),
    "from both ends": ((0, -1), (BY_A, BY_C)),
    "all": ((0, 1, 2), (BY_A, BY_B, BY_C)),
    "none": ((), ()),
}


@pytest.mark.parametrize("pick", PICKS)
def test_argnums_picks_what_varies(transform, pick):
    argnums, expected = PICKS[pick]
    assert transform(polynomial, argnums)(A, B, C) == expected


REFUSED = {
    "past the end": (
        3,
        r"argnums=3, but polynomial takes 3 positional arguments: pass what is differentiated",
    ),
    "before the start": (-4, r"argnums=-4, but polynomial takes 3 positional"),
    "one of two": ((0, 7), r"argnums=7, but polynomial takes 3"),
    "twice": ((0, 0), r"argnums=\(0, 0\) names an argument twice"),
    "twice, from both ends": ((2, -1), r"argnums=\(2, -1\) names an argument twice"),
    "a float": (1.0, r"argnums=1.0: write the position of an argument, or a tuple of positions"),
    "a name": ("b", r"argnums='b': write the position"),
    "a list": ([0, 1], r"argnums=\[0, 1\]: write the position of an argument, or a tuple"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_argnums_that_name_no_argument_are_refused(transform, case):
    argnums, message = REFUSED[case]
    with pytest.raises(dr.InputError, match=message):
        transform(polynomial, argnums)(A, B, C)


def test_an_argument_passed_by_keyword_is_not_what_varies(transform):
    assert transform(polynomial, 0)(A, b=B, c=C) == BY_A
    assert transform(polynomial, (1, 0))(A, B, c=C) == (BY_B, BY_A)
    with pytest.raises(
        dr.InputError, match=r"called with 0 positional arguments: pass what is differentiated by position"
    ):
        transform(polynomial, 0)(a=A, b=B, c=C)


def test_the_other_arguments_may_be_anything(transform):
    def f(x, power, table, name, flag, callback, nothing=None):
        assert type(power) is int and type(name) is str and flag is True and nothing is None
        return callback(x) ** power * table["scale"][0]

    assert transform(f, 0)(2.0, 3, {"scale": np.array([7, 8])}, "name", True, lambda x: x) == 84.0


def test_an_argument_that_varies_is_traced_and_the_others_are_not(transform):
    seen = []
    transform(lambda a, b: seen.append((type(a), type(b))) or a * b, 1)(2.0, 3.0)
    assert all(a is float and issubclass(b, (dr.Dual, dr.Node)) for a, b in seen) and seen


def test_arguments_of_different_structure_at_once(transform):
    f = lambda x, p, s: np.sum(x) * p["k"] + s * p["v"][0]
    by_x, by_p, by_s = transform(f, (0, 1, 2))(X, {"k": 2.0, "v": [4.0]}, 3.0)
    np.testing.assert_array_equal(by_x, [2.0, 2.0, 2.0])
    assert by_p == {"k": 3.5, "v": [3.0]} and by_s == 4.0


class Model:
    def __call__(self, x):
        return x**2

    def cubed(self, x):
        return x**3

    @staticmethod
    def halved(x):
        return x / 2


CALLABLES = {
    "an object": (Model(), 6.0),
    "a method": (Model().cubed, 27.0),
    "a static method": (Model.halved, 0.5),
    "a partial": (functools.partial(polynomial, 1.0, 1.0), 27.0),
    "a builtin": (abs, 1.0),
    "a ufunc": (np.square, 6.0),
    "a wrapped function": (functools.lru_cache(lambda x: x * 4.0), 4.0),
    "a gradient": (dr.grad(lambda x: x**3), 18.0),
}


@pytest.mark.parametrize("kind", CALLABLES)
def test_whatever_can_be_called_can_be_differentiated(transform, kind):
    f, expected = CALLABLES[kind]
    assert transform(f, 0)(3.0) == expected


def test_errors_name_what_was_called():
    with pytest.raises(dr.InputError, match="argnums=5, but Model takes 1 pos"):
        dr.grad(Model(), 5)(1.0)
    with pytest.raises(dr.InputError, match="argnums=5, but partial takes 2 pos"):
        dr.grad(functools.partial(polynomial, 1.0), 5)(1.0, 2.0)


def test_the_new_function_is_called_as_the_old_one():
    assert dr.grad(polynomial).__name__ == dr.jacobian(polynomial).__name__ == "polynomial"
