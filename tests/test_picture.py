"""The one convention of the figures: shown once by a notebook, white paper whatever the style, saved by its ending."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

import dualrev as dr
from dualrev import palette
from dualrev.picture import Picture, drawn, sheet


def luminance(colour):
    """WCAG 2.1: relative luminance."""
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_every_colour_can_be_read_on_the_paper():
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    for colour in (palette.FORWARD, palette.REVERSE, palette.INK, palette.OTHER):
        assert contrast(colour, palette.PAPER) >= 4.5
    for colour in (palette.PALE_FORWARD, palette.PALE_REVERSE):
        assert contrast("#000000", colour) >= 4.5


def line(ax):
    ax.plot([1, 2], [1, 10], label="a")
    ax.set(title="title", xlabel="x", yscale="log")
    ax.legend()


def test_a_dark_style_leaves_the_colours_as_they_are():
    with mpl.rc_context():
        pyplot.style.use("dark_background")
        dark = drawn(line)
        png, texts = dark._repr_png_(), dark.findobj(mpl.text.Text)
        assert {to_hex(t.get_color()) for t in texts if t.get_text()} == {palette.INK}
    assert to_hex(dark.get_facecolor()) == to_hex(dark.axes[0].get_facecolor()) == palette.PAPER
    assert png == drawn(line)._repr_png_()


def test_shown_once():
    picture = drawn(line)
    assert pyplot.get_fignums() == []
    assert picture._repr_png_().startswith(b"\x89PNG") and not hasattr(picture, "_repr_svg_")
    assert isinstance(picture, Figure) and str(picture).startswith("<Picture 704x462")


def test_the_svg_of_the_same_figure_is_the_same():
    assert drawn(line).to_svg() == drawn(line).to_svg()
    assert drawn(line).to_svg().startswith("<?xml")


@pytest.mark.parametrize(("ending", "first"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_saved_by_its_ending(tmp_path, ending, first):
    drawn(line).save(tmp_path / f"a.{ending}")
    assert (tmp_path / f"a.{ending}").read_bytes().startswith(first)


@pytest.mark.parametrize("name", ["a", "a.html"])
def test_other_endings_are_refused(tmp_path, name):
    with pytest.raises(dr.InputError, match=r"name a file that ends in \.png, \.svg or \.pdf"):
        drawn(line).save(tmp_path / name)


def test_show_opens_it_in_the_browser(monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    drawn(line).show()
    assert opened[0].endswith("figure.svg")


def test_axes_that_are_given_are_drawn_on_and_returned():
    ax = Figure().subplots()
    assert drawn(line, ax) is ax and ax.get_title() == "title"


X = np.linspace(0.0, 4.0, 20)
PICTURES = {
    "report": lambda: dr.check(lambda x: np.sum(np.sin(x) * x), np.array([0.5, 1.5])).plot(),
    "compare": lambda: dr.compare(np.tanh, X, measured=False).plot(),
    "fit": lambda: dr.fit(lambda x, a, b: a * np.exp(-b * x), X, np.exp(-X) + 0.1 * np.cos(9 * X), a=1.0, b=0.5).plot(),
    "minimize": lambda: dr.minimize(lambda x: np.sum((x - 1.0) ** 2), X).plot(),
    "jacobian": lambda: dr.explain(np.tanh, X, seconds=0.0).picture.plot(),
}


@pytest.mark.parametrize("name", PICTURES)
def test_everything_that_plots_returns_a_picture(name):
    assert isinstance(PICTURES[name](), Picture) and pyplot.get_fignums() == []


def test_a_sheet_may_have_several_panels():
    assert len(sheet(lambda picture: picture.subplots(1, 3), (9.0, 3.0)).axes) == 3
