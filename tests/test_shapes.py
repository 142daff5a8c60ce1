"""Shapes: leading axes and broadcasting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualrev.shapes import align, apart, full, gather, kept, lead_of, negative_axes, size, spread

CASES = {
    "same": ((), (3,), (3,)),
    "scalar": ((), (), (2, 3)),
    "new axis": ((), (3,), (2, 3)),
    "unit axis": ((), (2, 1), (2, 3)),
    "both": ((), (1, 3), (4, 2, 3)),
    "unit axes only": ((), (1,), (1, 1)),
    "lead": ((5,), (2, 1), (4, 2, 3)),
    "lead of the size of an axis": ((2,), (3,), (2, 3)),
}


@pytest.mark.parametrize("case", CASES)
def test_gather_is_the_transpose_of_align_and_spread(case):
    lead, small, large = CASES[case]
    rng = np.random.default_rng(0)
    x, v, w = np.ones(small), rng.normal(size=lead + small), rng.normal(size=lead + large)
    pushed, pulled = spread(align(v, lead, len(large)), lead + large), gather(w, lead, x)
    assert pushed.shape == lead + large and pulled.shape == lead + small
    assert np.sum(w * pushed) == pytest.approx(np.sum(pulled * v), rel=1e-14)


def test_lead_full_and_size():
    assert lead_of(np.ones((5, 2, 3)), np.ones((2, 3))) == (5,)
    assert lead_of(1.0, 2.0) == () and size(2.0) == 1 and size(np.ones((2, 3))) == 6
    np.testing.assert_array_equal(full(2.0, (), np.ones(3)), [2.0, 2.0, 2.0])


def test_axes_are_counted_from_the_end():
    assert negative_axes(None, 3) == (-3, -2, -1)
    assert negative_axes((0, -1), 3) == (-3, -1)
    assert negative_axes(1, 2) == (-1,)
    assert negative_axes(-1, 0) == ()  # NumPy reduces a scalar over an axis it has not
    assert kept((2, 3, 4), (-2,)) == (2, 1, 4)
    with pytest.raises(np.exceptions.AxisError, match="axis 3 is out of bounds for array of dimension 2"):
        negative_axes(3, 2)


@st.composite
def broadcasts(draw):
    """(lead, small, large): small broadcasts to large; a lead axis may have the length of one of theirs, or 0, or 1."""
    large = tuple(draw(st.lists(st.integers(0, 3), max_size=4)))
    lead = tuple(draw(st.lists(st.integers(0, 3), max_size=1)))
    kept = large[draw(st.integers(0, len(large))) :]
    small = tuple(1 if draw(st.booleans()) else n for n in kept)
    return lead, small, large


@given(broadcasts(), st.integers(0, 2**32 - 1))
def test_gather_is_the_transpose_of_align_and_spread_for_any_shapes(shapes, seed):
    lead, small, large = shapes
    rng = np.random.default_rng(seed)
    x, v, w = np.ones(small), rng.normal(size=lead + small), rng.normal(size=lead + large)
    pushed, pulled = spread(align(v, lead, len(large)), lead + large), gather(w, lead, x)
    assert np.shape(pushed) == lead + large and np.shape(pulled) == lead + small
    assert np.sum(w * pushed) == pytest.approx(np.sum(pulled * v), rel=1e-12, abs=1e-12)
    for k in np.ndindex(lead):  # a direction knows nothing of the others
        np.testing.assert_array_equal(pushed[k], np.broadcast_to(v[k], large))
        np.testing.assert_allclose(pulled[k], gather(w[k], (), x), rtol=0, atol=1e-13)


@given(broadcasts())
def test_gathering_ones_counts_the_copies(shapes):
    lead, small, large = shapes
    counts = gather(np.ones(lead + large), lead, np.ones(small))
    copies = np.prod(
        [n for n, m in zip(large[::-1], (small[::-1] + (1,) * 9)[: len(large)], strict=True) if m != n or m == 1]
    )
    np.testing.assert_array_equal(counts, np.full(lead + small, copies if np.size(counts) else 0.0))


@given(st.lists(st.integers(1, 3), max_size=4), st.data())
def test_axes_from_the_end_are_those_from_the_start(shape, data):
    axes = data.draw(st.lists(st.sampled_from(range(len(shape))), unique=True) if shape else st.just([]))
    x = np.random.default_rng(0).normal(size=shape)
    negative = negative_axes(tuple(axes), len(shape))
    assert all(a < 0 for a in negative)
    np.testing.assert_array_equal(np.sum(x, axis=negative), np.sum(x, axis=tuple(axes)))
    np.testing.assert_array_equal(np.sum(x[None], axis=negative)[0], np.sum(x, axis=tuple(axes)))
    if shape:
        assert kept(tuple(shape), negative) == np.sum(x, axis=tuple(axes), keepdims=True).shape


def test_gather_of_traced_cotangents_is_differentiated():
    import dualrev as dr

    x = np.ones((2, 1))
    J = dr.jacobian(lambda w: gather(w, (), x))(np.ones((4, 2, 3)))
    np.testing.assert_array_equal(J, np.tile(np.eye(2)[:, None, None, :, None], (1, 1, 4, 1, 3)))


@pytest.mark.parametrize("lead", [(), (4,), (2, 3)])
def test_a_vector_is_taken_apart(lead):
    shapes, flat = [(2, 3), (), (0,), (1,)], np.random.default_rng(0).normal(size=(*lead, 8))
    matrix, number, empty, one = apart(flat, shapes)
    np.testing.assert_array_equal(matrix, flat[..., :6].reshape(*lead, 2, 3))
    np.testing.assert_array_equal(number, flat[..., 6])
    assert empty.shape == (*lead, 0) and np.shape(number) == lead
    np.testing.assert_array_equal(one, flat[..., 7:])
