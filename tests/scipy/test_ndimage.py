"""dualrev.scipy.ndimage against SciPy: linear filters, in the image, the weights and the width."""

import numpy as np
import pytest
import scipy.ndimage

import dualrev as dr
from dualrev.scipy import ndimage
from tests.scipy.against_scipy import assert_as_scipy, refused

RNG = np.random.default_rng(9)
MODES = ("reflect", "constant", "nearest", "mirror", "wrap", "grid-mirror", "grid-constant", "grid-wrap")
each_mode = pytest.mark.parametrize("mode", MODES)


def numbers(*shape):
    return RNG.uniform(-1, 1, shape)


@each_mode
@pytest.mark.parametrize("origin", [0, -1])
def test_weights_of_our_own(mode, origin):
    kw = {"mode": mode, "cval": 0.7, "origin": origin}
    for name in ("correlate", "convolve"):
        f = lambda m, x, w, name=name: getattr(m, name)(x, w, **kw)
        assert_as_scipy(f, ndimage, scipy.ndimage, (numbers(4, 3), numbers(3, 2)))
        f = lambda m, x, w, name=name: getattr(m, f"{name}1d")(x, w, axis=0, **kw)
        assert_as_scipy(f, ndimage, scipy.ndimage, (numbers(3, 2), numbers(7 if name == "convolve" else 4)))


@each_mode
def test_smoothing(mode):
    assert_as_scipy(
        lambda m, x: m.gaussian_filter(x, 1.2, mode=mode, cval=0.3), ndimage, scipy.ndimage, (numbers(5, 4),)
    )
    assert_as_scipy(
        lambda m, x: m.gaussian_filter1d(x, 0.8, axis=0, mode=mode), ndimage, scipy.ndimage, (numbers(5, 2),)
    )
    assert_as_scipy(
        lambda m, x: m.uniform_filter(x, (2, 3), mode=mode, cval=0.5), ndimage, scipy.ndimage, (numbers(4, 3),)
    )
    assert_as_scipy(lambda m, x: m.uniform_filter1d(x, 3, axis=0, mode=mode), ndimage, scipy.ndimage, (numbers(4, 3),))


@each_mode
def test_edges(mode):
    for name in ("sobel", "prewitt"):
        f = lambda m, x, name=name: getattr(m, name)(x, axis=0, mode=mode)
        assert_as_scipy(f, ndimage, scipy.ndimage, (numbers(4, 3),))
    assert_as_scipy(lambda m, x: m.laplace(x, mode=mode), ndimage, scipy.ndimage, (numbers(4, 3),))
    assert_as_scipy(lambda m, x: m.gaussian_laplace(x, 1.0, mode=mode), ndimage, scipy.ndimage, (numbers(4, 3),))


@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_derivatives_of_a_gaussian_in_the_image_and_its_width(order):
    f = lambda m, x, s: m.gaussian_filter(x, s if m is ndimage else float(s), order=order, radius=3)
    assert_as_scipy(f, ndimage, scipy.ndimage, (numbers(7), np.array(1.23)))


def test_the_magnitude_of_a_gradient():
    f = lambda m, x: m.gaussian_gradient_magnitude(x, 1.0, mode="nearest")
    assert_as_scipy(f, ndimage, scipy.ndimage, (numbers(4, 3),))
    flat = dr.grad(lambda x: np.sum(ndimage.gaussian_gradient_magnitude(x, 1.0)))(np.ones((3, 3)))
    assert np.isfinite(flat).all()


def test_each_axis_its_own_way():
    f = lambda m, x: m.gaussian_filter(x, (1.0, 0.5), mode=("wrap", "nearest"), order=(0, 1))
    assert_as_scipy(f, ndimage, scipy.ndimage, (numbers(5, 4),))
    assert_as_scipy(lambda m, x: m.gaussian_filter(x, 1.0, axes=(1,)), ndimage, scipy.ndimage, (numbers(3, 5),))
    assert_as_scipy(lambda m, x: m.uniform_filter(x, 3, axes=(0,)), ndimage, scipy.ndimage, (numbers(4, 3),))
    assert_as_scipy(lambda m, x, w: m.convolve(x, w, axes=(1,)), ndimage, scipy.ndimage, (numbers(3, 4), numbers(3)))


REFUSED = {
    "median_filter": (lambda x: ndimage.median_filter(x, 3), "median_filter has no derivative rule"),
    "map_coordinates": (lambda x: ndimage.map_coordinates(x, [[0.5], [0.5]]), "map_coordinates has no derivative rule"),
    "output": (lambda x: ndimage.sobel(x, output=np.empty((4, 4))), "the argument 'output' has no derivative rule"),
    "mode": (lambda x: ndimage.gaussian_filter(x, 1.0, mode="none"), "the boundary mode 'none' is not one of"),
}


@pytest.mark.parametrize(("f", "message"), REFUSED.values(), ids=REFUSED)
def test_what_has_no_rule_is_refused_by_name(f, message):
    assert message in refused(f, (numbers(4, 4),))


def test_plain_arguments_are_scipys():
    x = numbers(5, 5)
    np.testing.assert_array_equal(ndimage.median_filter(x, 3), scipy.ndimage.median_filter(x, 3))
    np.testing.assert_array_equal(ndimage.gaussian_filter(x, 1.0), scipy.ndimage.gaussian_filter(x, 1.0))
