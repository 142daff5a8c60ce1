"""The picture of a fit: the data object, and what is on the axes."""

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

from matplotlib import pyplot

import dualrev as dr
from dualrev.optimize import fit_figure
from dualrev.optimize.fit_figure import picture_of

X = np.linspace(0.0, 4.0, 20)
Y = 3 * np.exp(-X) + 0.1 * np.cos(20 * X)


def decay(x, a, b):
    return a * np.exp(-b * x)


@pytest.fixture
def fit():
    return dr.fit(decay, X, Y, a=1.0, b=0.5)


def test_the_data_object(fit):
    drawn = picture_of(fit)
    assert drawn.along.tolist() == X.tolist() and drawn.data.tolist() == Y.tolist()
    assert (drawn.grid[0], drawn.grid[-1], len(drawn.grid)) == (0.0, 4.0, 300)
    np.testing.assert_allclose(drawn.curve, decay(drawn.grid, **fit.params), rtol=1e-14)
    np.testing.assert_allclose(drawn.width, fit.predict(drawn.grid, std=True)[1], rtol=1e-14)
    np.testing.assert_allclose(drawn.residuals, decay(X, **fit.params) - Y, atol=1e-14)
    np.testing.assert_array_equal(drawn.residuals, fit.residuals)
    assert drawn.deviations is None and not drawn.indexed


def test_error_bars_are_the_standard_deviations_given():
    drawn = picture_of(dr.fit(decay, X, Y, a=1.0, b=0.5, sigma=0.1, absolute_sigma=True))
    np.testing.assert_allclose(drawn.deviations, 0.1)
    relative = dr.fit(decay, X, Y, a=1.0, b=0.5, sigma=1.0)
    np.testing.assert_allclose(picture_of(relative).deviations, np.sqrt(relative.reduced_chi2))


def test_two_panels_with_curve_band_and_residuals(fit):
    top, low = fit.plot(band=2).axes
    assert [text.get_text() for text in top.get_legend().get_texts()] == [
        "fit",
        "± 2 standard errors of the curve",
        "data",
    ]
    band = top.collections[-1].get_paths()[0].vertices
    drawn = picture_of(fit)
    assert band[:, 1].max() == pytest.approx((drawn.curve + 2 * drawn.width).max(), rel=1e-12)
    assert top.get_title().startswith("a = 3.0") and "±" in top.get_title()
    assert (top.get_ylabel(), low.get_ylabel(), low.get_xlabel()) == ("y", "fit - y", "x")
    assert len(fit.plot(band=0).axes[0].collections) < len(top.collections)


def test_several_predictors_are_drawn_against_the_index():
    fit = dr.fit(lambda x, a, b: a * x[0] + b * x[1], (X, np.cos(X)), Y, a=0.0, b=0.0)
    drawn = picture_of(fit)
    assert drawn.indexed and drawn.grid.tolist() == list(range(20))
    assert fit.plot().axes[1].get_xlabel() == "index"


def test_a_model_that_knows_only_its_data_is_drawn_there():
    offsets = np.linspace(0, 1, 20)
    fit = dr.fit(lambda x, a, b: a * x + b * offsets**2, X, Y, a=0.0, b=0.0)
    np.testing.assert_allclose(picture_of(fit).grid, X)


def test_no_band_where_the_curve_is_undetermined():
    fit = dr.fit(lambda x, a: a * x, X[1:2], Y[1:2], a=0.0)
    assert np.isnan(picture_of(fit).width).all()
    fit.plot()


def test_a_profile_is_drawn_with_its_interval(fit):
    profile = fit.profile("b")
    ax = profile.plot().axes[0]
    verticals = [line.get_xdata()[0] for line in ax.lines if len(set(line.get_xdata())) == 1]
    assert verticals == pytest.approx(list(profile.interval))
    assert ax.get_xlabel() == "b"
    _, given = pyplot.subplots()
    assert profile.plot(ax=given) is given


def test_the_title_keeps_to_its_lines():
    """Each line fits the figure, all parameters are named as far as there is room, and the rest are counted."""
    many = dr.fit(lambda x, c: sum(c[k] * np.cos(k * x) for k in range(9)), X, Y, c=np.zeros(9))
    lines = fit_figure.title_of(many).splitlines()
    assert lines[-1] == "and 3 more parameters: print the fit" and lines[0].startswith("c[0] = ")
    assert max(map(len, lines)) <= fit_figure.WIDE and len(lines) == fit_figure.HIGH + 1
    figure = many.plot()
    figure.draw_without_rendering()
    box = figure.axes[0].title.get_window_extent()
    assert box.x0 > 0 and box.x1 < figure.bbox.width and box.y1 <= figure.bbox.height
