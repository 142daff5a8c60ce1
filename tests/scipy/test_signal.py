"""dualrev.scipy.signal against SciPy: convolutions in both arguments, recursive filters."""

import numpy as np
import pytest
import scipy.signal

from dualrev.scipy import signal
from tests.scipy.against_scipy import assert_as_scipy, refused

RNG = np.random.default_rng(3)
MODES = ("full", "valid", "same")
SHAPES = [((4,), (2,)), ((5,), (3,)), ((2,), (4,)), ((4, 3), (2, 2)), ((4, 3), (3, 1)), ((3, 3, 2), (2, 1, 2))]


def numbers(*shape):
    return RNG.uniform(-1, 1, shape)


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["convolve", "correlate", "fftconvolve", "oaconvolve"])
def test_convolution_of_arrays(name, mode, shapes):
    xs = tuple(numbers(*shape) for shape in shapes)
    assert_as_scipy(lambda m, a, v: getattr(m, name)(a, v, mode), signal, scipy.signal, xs)


@pytest.mark.parametrize("shapes", SHAPES[:4], ids=str)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["convolve", "correlate"])
def test_convolution_of_complex_arrays(name, mode, shapes):
    (n, m) = shapes
    f = lambda mod, a, b, v, w: getattr(mod, name)(a + 1j * b, v + 1j * w, mode)
    assert_as_scipy(f, signal, scipy.signal, (numbers(*n), numbers(*n), numbers(*m), numbers(*m)))


@pytest.mark.parametrize("boundary", ["fill", "wrap", "symm"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["convolve2d", "correlate2d"])
def test_convolution_of_images(name, mode, boundary):
    f = lambda m, a, v: getattr(m, name)(a, v, mode, boundary, 0.3)
    assert_as_scipy(f, signal, scipy.signal, (numbers(4, 5), numbers(2, 3)))
    assert_as_scipy(f, signal, scipy.signal, (numbers(4, 3), numbers(3, 2)))


@pytest.mark.parametrize("mode", MODES)
def test_convolution_along_some_axes(mode):
    f = lambda m, a, v: m.fftconvolve(a, v, mode, axes=-1)
    assert_as_scipy(f, signal, scipy.signal, (numbers(2, 4), numbers(1, 3)))
    assert_as_scipy(
        lambda m, a, v: m.oaconvolve(a, v, mode, axes=(0,)), signal, scipy.signal, (numbers(4, 2), numbers(3, 2))
    )


@pytest.mark.parametrize("method", ["auto", "direct", "fft"])
def test_the_method_changes_no_more_than_rounding(method):
    f = lambda m, a, v: m.convolve(a, v, method=method)
    assert_as_scipy(f, signal, scipy.signal, (numbers(4), numbers(3)))


def test_filters():
    b, a = numbers(3), numbers(2) + 2
    assert_as_scipy(lambda m, b, a, x: m.lfilter(b, a, x), signal, scipy.signal, (b, a, numbers(5)))
    assert_as_scipy(
        lambda m, b, a, x: m.lfilter(b, a, x, axis=0), signal, scipy.signal, (b[:2], numbers(3) + 3, numbers(5, 2))
    )
    sos = scipy.signal.butter(4, 0.3, output="sos")
    assert_as_scipy(lambda m, x: m.sosfilt(sos, x), signal, scipy.signal, (numbers(2, 6),))


@pytest.mark.parametrize("n", [5, 6])
def test_analytic_signal_and_trends(n):
    assert_as_scipy(lambda m, x: m.hilbert(x), signal, scipy.signal, (numbers(n),))
    assert_as_scipy(lambda m, x: m.hilbert(x, axis=0, N=4), signal, scipy.signal, (numbers(n, 2),))
    assert_as_scipy(lambda m, x: m.detrend(x), signal, scipy.signal, (numbers(n),))
    assert_as_scipy(lambda m, x: m.detrend(x, axis=0, type="constant"), signal, scipy.signal, (numbers(n, 2),))


REFUSED = {
    "welch": (lambda x: signal.welch(x), "welch has no derivative rule"),
    "savgol_filter": (lambda x: signal.savgol_filter(x, 3, 1), "savgol_filter has no derivative rule"),
    "lfilter, zi": (
        lambda x: signal.lfilter([1.0], [1.0, 0.5], x, zi=[0.1]),
        "the argument 'zi' has no derivative rule",
    ),
    "detrend, bp": (lambda x: signal.detrend(x, bp=[2]), "the argument 'bp' has no derivative rule"),
    "sosfilt, zi": (lambda x: signal.sosfilt(np.ones((1, 6)), x, zi=np.ones((1, 2))), "the argument 'zi'"),
    "convolve, axes": (lambda x: signal.convolve(x, np.ones((2, 2))), "two arrays with as many axes"),
}


@pytest.mark.parametrize(("f", "message"), REFUSED.values(), ids=REFUSED)
def test_what_has_no_rule_is_refused_by_name(f, message):
    assert message in refused(f, (numbers(6),))


def test_plain_arguments_are_scipys():
    x = numbers(20)
    np.testing.assert_array_equal(signal.welch(x, nperseg=8)[1], scipy.signal.welch(x, nperseg=8)[1])
    np.testing.assert_array_equal(signal.lfilter([1.0], [1.0, 0.5], x), scipy.signal.lfilter([1.0], [1.0, 0.5], x))
