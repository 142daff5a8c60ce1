"""The Jacobian drawn as columns and rows: its data, its text, and an SVG that is read back."""

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import dualrev as dr
from dualrev.palette import FORWARD, REVERSE
from dualrev.teach.jacobian_picture import MOST_CELLS, JacobianPicture, coarse, fitting, short_numbers

SVG = "{http://www.w3.org/2000/svg}"


def baydin(x):
    return np.log(x[0]) + x[0] * x[1] - np.sin(x[1])


def picture_of(J):
    m, n = np.shape(J)
    return JacobianPicture(np.asarray(J, float), [f"x{j}" for j in range(n)], [f"y{i}" for i in range(m)])


def read(picture):
    return ET.fromstring(picture.to_svg())


def texts(root):
    return [node.text for node in root.iter(f"{SVG}text")]


def filled(root, colour):
    """(x, y, opacity) of the squares of one panel."""
    squares = [r for r in root.iter(f"{SVG}rect") if r.get("fill") == colour]
    return [(float(r.get("x")), float(r.get("y")), float(r.get("fill-opacity"))) for r in squares]


def outlined(root, colour):
    """(x, y, width, height) of the outlines of one panel."""
    found = [r for r in root.iter(f"{SVG}rect") if r.get("stroke") == colour]
    return [tuple(float(r.get(key)) for key in ("x", "y", "width", "height")) for r in found]


# ---- text and data ---------------------------------------------------------------------------------------------------


def test_the_gradient_of_baydins_function():
    """d/dx1 = 1/x1 + x2 = 5.5, d/dx2 = x1 - cos(x2) = 1.7163 at (2, 5)."""
    J = dr.jacobian(lambda x: baydin(x)[None])(np.array([2.0, 5.0]))
    picture = JacobianPicture(J, ["x1", "x2"], ["f"])
    assert str(picture) == (
        "Jacobian 1 x 2: forward mode fills 2 columns, reverse mode 1 row\n"  # one sweep for each
        "    x1      x2\n"
        "f  5.5  1.7163"
    )
    assert picture.to_dict() == {"jacobian": [[5.5, 2.0 - np.cos(5.0)]], "inputs": ["x1", "x2"], "outputs": ["f"]}


def test_the_data_are_those_of_the_jacobian():
    f = lambda x: np.array([x[0] * x[1], np.exp(x[2]), x[0] - 3 * x[2]])
    x = np.array([0.5, -2.0, 0.25])
    by_hand = [[-2.0, 0.5, 0.0], [0.0, 0.0, np.exp(0.25)], [1.0, 0.0, -3.0]]
    data = json.loads(json.dumps(picture_of(dr.jacobian(f)(x)).to_dict()))
    assert data == {"jacobian": by_hand, "inputs": ["x0", "x1", "x2"], "outputs": ["y0", "y1", "y2"]}


@pytest.mark.parametrize(("m", "n", "written"), [(8, 8, True), (9, 1, False), (1, 9, False), (200, 300, False)])
def test_a_large_jacobian_is_printed_by_its_size(m, n, written):
    lines = str(picture_of(np.ones((m, n)))).splitlines()
    columns, rows = f"{n} column{'s' * (n != 1)}", f"{m} row{'s' * (m != 1)}"
    assert lines[0] == f"Jacobian {m} x {n}: forward mode fills {columns}, reverse mode {rows}"
    assert len(lines) == (m + 2 if written else 1)


# ---- the picture -----------------------------------------------------------------------------------------------------


def test_both_panels_show_every_entry_and_every_name():
    root = read(picture_of([[1.0, -2.0, 0.0], [0.25, 0.0, 4.0]]))
    said = texts(root)
    assert said[:2] == ["forward: 3 columns", "reverse: 2 rows"]
    for word in ("x0", "x1", "x2", "y0", "y1", "1", "-2", "0.25", "4"):
        assert said.count(word) == 2, word
    assert said.count("0") == 4


def test_forward_mode_is_outlined_by_columns_and_reverse_mode_by_rows():
    root = read(picture_of(np.ones((2, 3))))
    columns, rows = outlined(root, FORWARD), outlined(root, REVERSE)
    assert len(columns) == 3 and len(rows) == 2
    height, width = columns[0][3], rows[0][2]
    assert {c[1] for c in columns} == {rows[0][1]} and {c[3] for c in columns} == {height}
    assert height == pytest.approx(2 * rows[0][3]) and width == pytest.approx(3 * columns[0][2])
    assert np.diff([c[0] for c in columns]) == pytest.approx([width / 3] * 2)
    assert np.diff([r[1] for r in rows]) == pytest.approx([height / 2])


@pytest.mark.parametrize("colour", [FORWARD, REVERSE])
def test_a_square_is_the_darker_the_larger_its_entry_and_zeros_have_none(colour):
    squares = filled(read(picture_of([[1.0, -2.0, 0.0], [0.5, 0.0, 4.0]])), colour)
    assert len(squares) == 4
    xs, ys = sorted({x for x, _, _ in squares}), sorted({y for _, y, _ in squares})
    shade = {(ys.index(y), xs.index(x)): opacity for x, y, opacity in squares}
    assert shade[0, 0] > shade[1, 0] and shade[1, 2] > shade[0, 1] > shade[0, 0]
    assert set(shade) == {(0, 0), (0, 1), (1, 0), (1, 2)}


def test_everything_lies_inside_the_picture_and_the_panels_apart():
    for shape in ((1, 1), (1, 40), (40, 1), (3, 3), (70, 3), (500, 500)):
        root = read(picture_of(np.ones(shape)))
        _, _, width, height = map(float, root.get("viewBox").split())
        boxes = outlined(root, FORWARD) + outlined(root, REVERSE)
        assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in boxes)
        assert max(x + w for x, _, w, _ in outlined(root, FORWARD)) < min(x for x, *_ in outlined(root, REVERSE))


def test_names_are_escaped():
    picture = JacobianPicture(np.ones((1, 1)), ["<i>&\"'"], ["</svg>"])
    assert {"<i>&\"'", "</svg>"} <= set(texts(read(picture)))
    assert "<i>" not in picture.to_svg() and picture.to_svg().count("</svg>") == 1


def test_the_svg_needs_nothing_else():
    svg = picture_of(np.ones((2, 2))).to_svg()
    assert svg.count("http") == 1  # the name space
    assert not {"script", "style", "href", "image"} & {node.tag.removeprefix(SVG) for node in ET.fromstring(svg).iter()}
    assert picture_of(np.ones((2, 2)))._repr_svg_() == svg


# ---- what does not fit -----------------------------------------------------------------------------------------------


def test_a_number_keeps_its_exponent_or_is_left_out():
    J = np.array([[-1.2345e-7, 2.5]])
    assert short_numbers(J, 100.0).tolist() == [["-1.23e-07", "2.5"]]
    assert short_numbers(J, 60.0).tolist() == [["-1.2e-07", "2.5"]]
    assert short_numbers(J, 46.0).tolist() == [["-1e-07", "2"]]
    assert short_numbers(J, 40.0).size == 0
    said = texts(read(picture_of(np.full((2, 8), -1.2345e-7))))
    assert not [word for word in said if word.startswith("-1")]
    assert "x0" in said


def test_long_names_are_shortened_with_a_sign_of_it():
    assert fitting("weights", 60.0) == "weights"
    assert fitting("weights_of_layer_2", 60.0) == "weights…"
    root = read(JacobianPicture(np.ones((1, 1)), ["a" * 40], ["b" * 40]))
    assert all(word.endswith("…") and len(word) <= 10 for word in texts(root) if word[0] in "ab")


def test_the_shades_have_a_legend():
    assert "shade: magnitude, from 0 (white) to 4" in texts(read(picture_of([[1.0, -4.0]])))
    assert "every entry is 0" in texts(read(picture_of(np.zeros((2, 2)))))


def test_a_large_jacobian_says_that_its_cells_are_blocks():
    root = read(picture_of(np.ones((200, 3))))
    assert "forward: 3 columns" in texts(root) and "reverse: 200 rows" in texts(root)
    assert f"drawn {MOST_CELLS} x 3: each cell is the largest entry, in magnitude, of a block" in texts(root)
    assert len(outlined(root, REVERSE)) == 2  # the first row and the whole: 60 lines would flicker
    assert not [word for word in texts(root) if word.startswith(("x", "y"))]
    assert not [word for word in texts(read(picture_of(np.ones((60, 3))))) if word.startswith("drawn")]


@pytest.mark.parametrize("shape", [(61, 5), (5, 61), (100, 150), (59, 3), (240, 60)])
def test_each_block_shows_its_largest_magnitude(shape):
    """Every entry is in one block: the largest of all is seen, and so is each one that stands alone."""
    J = np.random.default_rng(1).normal(size=shape)
    cells = coarse(J)
    assert cells.shape == tuple(min(k, MOST_CELLS) for k in shape)
    assert cells.max() == np.abs(J).max()
    for i, j in ((0, 0), (shape[0] - 1, shape[1] - 1), (shape[0] // 2, shape[1] // 3)):
        alone = np.zeros(shape)
        alone[i, j] = -7.0
        seen = np.argwhere(coarse(alone))
        assert seen.shape == (1, 2) and coarse(alone).max() == 7.0
        assert np.abs(seen[0] / cells.shape - (i, j) / np.array(shape)).max() < 1 / min(cells.shape)


def test_what_is_not_finite_is_drawn_too():
    root = read(picture_of([[np.nan, 1.0], [-np.inf, 0.0]]))
    assert {"nan", "-inf", "1", "0"} <= set(texts(root))
    assert sorted(opacity for *_, opacity in filled(root, FORWARD)) == [0.5, 0.6, 0.6]
    assert len(filled(read(picture_of(np.full((70, 2), np.nan))), FORWARD)) == 2 * MOST_CELLS


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_an_empty_jacobian_has_empty_panels(shape):
    picture = picture_of(np.ones(shape))
    assert str(picture).startswith(f"Jacobian {shape[0]} x {shape[1]}: ")
    assert filled(read(picture), FORWARD) == []
    assert len(outlined(read(picture), FORWARD)) == shape[1]


def test_it_draws_on_axes_that_are_given_or_made():
    from matplotlib.figure import Figure

    given = Figure().subplots()
    J = np.array([[1.0, 0.0], [1e-3, 100.0], [0.0, np.inf]])
    assert picture_of(J).plot(given) is given
    np.testing.assert_allclose(given.images[0].get_array()[:2], [[0.0, -300.0], [-3.0, 2.0]], atol=1e-9)
    made = picture_of(np.ones((2, 2))).plot().axes[0]
    assert made.get_xlabel().startswith("inputs") and made.get_ylabel().startswith("outputs")
