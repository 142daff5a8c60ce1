"""Random programs of views and writes do to values what NumPy does, bit for bit, and have the derivatives they have."""

import numpy
import pytest

import dualrev as dr
from dualrev import numpy as np
from tests.numpy.random_writes import Complex, Like, random_program, refusals, run, started, step

X = numpy.array([1.1, 0.7, 1.6, 0.9, 1.4, 0.8])
SPACES = {"dualrev.numpy": lambda x: np, "zeros_like": Like}
# What dualrev refuses although NumPy does not: writes into read-only arrays by ufunc.at, and out= of another shape.
STRICTER = ("read-only", "out has the shape", "out is an array of")


def checked(seed, second_derivatives=False):
    """How many of the two spaces were compared; a refusal that is meant counts as none."""
    program = random_program(seed)
    with numpy.errstate(all="ignore"):
        left_out = refusals(program, started(numpy, X.copy()))
        want = run(program, numpy, X.copy(), left_out)
    if not numpy.all(numpy.isfinite(want)) or numpy.abs(want).max() > 1e6:
        return 0
    return sum(agrees(program, left_out, want, SPACES[name], second_derivatives, f"{seed}, {name}") for name in SPACES)


def agrees(program, left_out, want, space, second_derivatives, name):
    f = lambda x: run(program, space(x), x, left_out)
    try:
        y, (along, _) = dr.vjp(f, X)[0], dr.jvp(f, (X,), (X,))
    except (dr.LostDerivativeError, dr.InputError, ValueError) as error:
        assert any(reason in str(error) for reason in STRICTER), f"{name}: {error}"
        return False
    assert y.tobytes() == want.tobytes() == along.tobytes(), name
    J = by_complex_step(program, left_out, X)
    close = lambda got, want: numpy.testing.assert_allclose(
        got, want, rtol=1e-9, atol=1e-11 * (1 + abs(J).max()), err_msg=name
    )
    close(dr.jacobian(f, mode="forward")(X), J)
    close(dr.jacobian(f, mode="reverse")(X), J)
    if second_derivatives:
        h = 1e-5
        around = lambda e: by_complex_step(program, left_out, X + h * e) - by_complex_step(program, left_out, X - h * e)
        H = numpy.stack([around(e) / (2 * h) for e in numpy.eye(6)], axis=-1)
        for outer in ("forward", "reverse"):
            for inner in ("forward", "reverse"):
                got = dr.jacobian(dr.jacobian(f, mode=inner), mode=outer)(X)
                numpy.testing.assert_allclose(got, H, rtol=1e-4, atol=1e-5 * (1 + abs(H).max()), err_msg=name)
    return True


def by_complex_step(program, left_out, x, h=1e-40):
    columns = [run(program, Complex(), x + 1j * h * e, left_out).imag / h for e in numpy.eye(6)]
    return numpy.stack(columns, axis=-1)


@pytest.mark.parametrize("first", range(0, 240, 40))
def test_some_random_programs(first):
    assert sum(checked(seed) for seed in range(first, first + 40)) >= 70


def test_second_derivatives_of_some_random_programs():
    assert sum(checked(seed, True) for seed in range(1000, 1020)) >= 32


@pytest.mark.fuzz
@pytest.mark.parametrize("first", range(10_000, 12_000, 500))
def test_many_random_programs(first):
    assert sum(checked(seed, seed % 20 == 0) for seed in range(first, first + 500)) >= 900


# ---- inside nested transformations, on arrays that have been written into --------------------------------------------


def written_into(np, x, how):
    """The numbers of x in an array that has been written into, and in several ways of lying in memory."""
    if how == 0:
        every_second = np.zeros(12)[::2]
        every_second[:] = x
        every_second[1] *= x[0]
        return every_second
    if how == 1:
        part = np.zeros((2, 6))[:, ::2]
        part[...] = x.reshape(2, 3)
        part[1] += x[0]
        return part
    if how == 2:
        turned = np.zeros((3, 2))
        turned[...] = x.reshape(3, 2)
        turned[0] *= x[1]
        return turned.T
    copied = x.copy()
    for row in copied.reshape(3, 2):
        row *= x[0]
    return copied.copy()


def run_on(program, np, y, left_out):
    x, arrays, read = np.ravel(y.copy()), [y, y.reshape(2, 3), np.zeros((2, 3))], []
    for number, instruction in enumerate(program):
        if number not in left_out:
            step(np, arrays, read, x, instruction)
    return np.concatenate([np.ravel(a) for a in arrays] + [np.stack([*read, x[0]])])


TRANSFORMS = {
    "forward": lambda f, y: dr.jvp(f, (y,), (y * 0.5,))[0],
    "reverse": lambda f, y: dr.vjp(f, y)[0],
    "forward in forward": lambda f, y: dr.jvp(lambda u: dr.jvp(f, (u,), (u,))[0], (y,), (y,))[0],
    "reverse in forward": lambda f, y: dr.jvp(lambda u: dr.vjp(f, u)[0], (y,), (y,))[0],
}


@pytest.mark.parametrize("inner", TRANSFORMS)
@pytest.mark.parametrize("outer", ["forward", "reverse"])
def test_values_inside_nested_transformations(outer, inner):
    compared = 0
    for seed in range(2000, 2060):
        program, how = random_program(seed, 16), seed % 4
        start = written_into(numpy, X.copy(), how)
        left_out = refusals(program, [start, start.reshape(2, 3), numpy.zeros((2, 3))])
        want = run_on(program, numpy, written_into(numpy, X.copy(), how), left_out)
        f = lambda y, program=program, left_out=left_out: run_on(program, np, y, left_out)
        g = lambda x, how=how, f=f: TRANSFORMS[inner](f, written_into(Like(x), x, how))
        try:
            got = TRANSFORMS[outer](g, X)
        except (dr.LostDerivativeError, dr.InputError, ValueError) as error:
            assert any(reason in str(error) for reason in STRICTER), f"{seed}: {error}"
            continue
        assert got.tobytes() == want.tobytes(), seed
        compared += 1
    assert compared > 50


def test_read_only_arrays_are_read_only():
    """What NumPy refuses to write into, a view that shows elements twice or a diagonal, is refused here."""
    views = {
        "broadcast_to": lambda np, a: np.broadcast_to(a, (2, *a.shape)),
        "part of it": lambda np, a: np.broadcast_to(a, (2, *a.shape))[0],
        "diagonal": lambda np, a: np.diagonal(a),
        "diag": lambda np, a: np.diag(a),
        "method": lambda np, a: a.diagonal(),
        "flat": lambda np, a: np.broadcast_to(a, (2, *a.shape)).flat,
        "reshaped": lambda np, a: np.diagonal(a).reshape(1, -1),
    }
    for name, view in views.items():
        with pytest.raises(ValueError, match="read-only"):
            view(numpy, numpy.eye(2))[...] = 1.0
        for space in SPACES.values():

            def f(x, space=space, view=view):
                space = space(x)
                for start in (lambda: space.eye(2), lambda: x[:4].reshape(2, 2) * 1.0):
                    a = start()
                    part = view(space, a)
                    with pytest.raises(ValueError, match="read-only"):
                        part[...] = x[0]
                    a[0, 0] = x[1]
                    with pytest.raises(ValueError, match="read-only"):
                        part[...] = x[0]
                return x

            dr.vjp(f, X)
            assert name in views


def test_the_same_programs_where_nothing_is_traced():
    for seed in range(60):
        program = random_program(seed)
        left_out = refusals(program, started(numpy, X.copy()))
        with numpy.errstate(all="ignore"):
            want, got = (run(program, space, X.copy(), left_out) for space in (numpy, np))
        assert numpy.asarray(got).tobytes() == want.tobytes(), seed
