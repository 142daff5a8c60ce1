"""dualrev.scipy.fft and np.fft against themselves on plain numbers: every transform, with every keyword."""

import numpy as np
import pytest
import scipy.fft

from dualrev.scipy import fft
from tests.scipy.against_scipy import assert_as_scipy, refused

RNG = np.random.default_rng(5)
X, Y = RNG.uniform(-1, 1, (2, 3, 4))
ONE_AXIS = [{}, {"n": 3}, {"n": 6, "axis": 0}, {"axis": -2, "norm": "ortho"}, {"n": 5, "norm": "forward"}]
SEVERAL = [{}, {"s": (2, 5), "axes": (0, 1)}, {"axes": (1, 0), "norm": "ortho"}, {"norm": "forward"}]
COSINES = [
    {},
    {"norm": "ortho"},
    {"n": 6, "axis": 0},
    {"n": 3, "norm": "forward"},
    {"norm": "ortho", "orthogonalize": False},
]
OF_REAL = ("rfft", "ihfft", "rfft2", "rfftn", "ihfft2", "ihfftn")


@pytest.mark.parametrize("module", [np.fft, fft], ids=["numpy", "scipy"])
@pytest.mark.parametrize("kw", ONE_AXIS, ids=str)
@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"])
def test_one_axis(module, name, kw):
    plain = np.fft if module is np.fft else scipy.fft
    assert_as_scipy(lambda m, x: getattr(m, name)(x, **kw), module, plain, (X,))
    if name not in OF_REAL:
        assert_as_scipy(lambda m, x, y: getattr(m, name)(x + 1j * y, **kw), module, plain, (X, Y))


@pytest.mark.parametrize("module", [np.fft, fft], ids=["numpy", "scipy"])
@pytest.mark.parametrize("kw", SEVERAL, ids=str)
@pytest.mark.parametrize("name", ["fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn"])
def test_several_axes(module, name, kw):
    plain = np.fft if module is np.fft else scipy.fft
    assert_as_scipy(lambda m, x: getattr(m, name)(x, **kw), module, plain, (X,))
    if name not in OF_REAL:
        assert_as_scipy(lambda m, x, y: getattr(m, name)(x + 1j * y, **kw), module, plain, (X, Y))


@pytest.mark.parametrize("kw", SEVERAL, ids=str)
@pytest.mark.parametrize("name", ["hfft2", "ihfft2", "hfftn", "ihfftn"])
def test_hermitian_symmetry_over_several_axes(name, kw):
    assert_as_scipy(lambda m, x: getattr(m, name)(x, **kw), fft, scipy.fft, (X,))
    if name not in OF_REAL:
        assert_as_scipy(lambda m, x, y: getattr(m, name)(x + 1j * y, **kw), fft, scipy.fft, (X, Y))


@pytest.mark.parametrize("kw", COSINES, ids=str)
@pytest.mark.parametrize("kind", [1, 2, 3, 4])
@pytest.mark.parametrize("name", ["dct", "idct", "dst", "idst"])
def test_cosines_and_sines(name, kind, kw):
    assert_as_scipy(lambda m, x: getattr(m, name)(x, kind, **kw), fft, scipy.fft, (X,))


@pytest.mark.parametrize(
    "kw", [{}, {"type": 3, "norm": "ortho"}, {"axes": (0,)}, {"s": (3, 5), "axes": (0, 1)}], ids=str
)
@pytest.mark.parametrize("name", ["dctn", "idctn", "dstn", "idstn"])
def test_cosines_and_sines_over_several_axes(name, kw):
    assert_as_scipy(lambda m, x: getattr(m, name)(x, **kw), fft, scipy.fft, (X,))


@pytest.mark.parametrize("kw", [{}, {"axes": 0}, {"axes": (0, 1)}, {"axes": -1}], ids=str)
@pytest.mark.parametrize("name", ["fftshift", "ifftshift"])
def test_shifts(name, kw):
    assert_as_scipy(lambda m, x: getattr(m, name)(x, **kw), np.fft, np.fft, (X,))
    assert_as_scipy(lambda m, x: getattr(m, name)(x, **kw), fft, scipy.fft, (X,))


def test_what_has_no_rule_is_refused_by_name():
    assert "fht has no derivative rule" in refused(lambda x: fft.fht(x, 0.1, 0.0), (X[0],))


def test_plain_arguments_are_scipys():
    np.testing.assert_array_equal(fft.dctn(X), scipy.fft.dctn(X))
    assert fft.next_fast_len(17) == scipy.fft.next_fast_len(17)
