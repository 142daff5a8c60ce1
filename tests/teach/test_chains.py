"""The chain of Jacobians: its stages, what its orders cost, and the rectangles."""

import itertools
import json

import numpy as np
import pytest
from matplotlib.patches import Rectangle

import dualrev as dr
import dualrev.teach
from dualrev.teach.chains import best_tree, bracketing, written

RNG = np.random.default_rng(0)


def network(*sizes, last=np.tanh):
    weights = [RNG.normal(size=(b, a)) / np.sqrt(a) for a, b in itertools.pairwise(sizes)]

    def f(x):
        for W in weights[:-1]:
            x = np.tanh(W @ x + 0.1)
        return last(weights[-1] @ x)

    return f, RNG.normal(size=sizes[0])


def all_trees(first, last):
    """Every way to put brackets around J_last ... J_first."""
    if first == last:
        return [first]
    return [
        (left, right)
        for k in range(first, last)
        for left in all_trees(k + 1, last)
        for right in all_trees(first, k)
    ]  # fmt: skip


def test_three_orders_counted_by_hand():
    """10 -> 2 -> 8 -> 4: forward 8*2*10 + 4*8*10 = 480, reverse 4*8*2 + 4*2*10 = 144."""
    found = dr.teach.chain(*network(10, 2, 8, 4))
    assert found.sizes == (10, 2, 8, 4)
    assert (str(found.forward), found.forward.multiplications) == ("J3 (J2 J1)", 480)
    assert (str(found.reverse), found.reverse.multiplications) == ("(J3 J2) J1", 144)
    assert found.reverse.products == ((2, 3, 64), (1, 3, 80))
    assert found.best.multiplications == 144


@pytest.mark.parametrize("sizes", [(3, 5, 2, 7), (30, 35, 15, 5, 10, 20, 25), (1, 9, 2, 8, 3), (4, 4, 4, 4, 4)])
def test_the_best_is_the_least_of_all_orders(sizes):
    every = [bracketing("", tree, sizes).multiplications for tree in all_trees(1, len(sizes) - 1)]
    assert bracketing("best", best_tree(sizes), sizes).multiplications == min(every)


def test_the_textbook_chain():
    """Cormen et al., section 14.2: 15,125 scalar multiplications."""
    sizes = (30, 35, 15, 5, 10, 20, 25)
    assert bracketing("best", best_tree(sizes), sizes).multiplications == 15125
    assert written(best_tree(sizes), outermost=True) == "(J6 (J5 J4)) ((J3 J2) J1)"


def test_the_product_of_the_stages_is_the_jacobian():
    f, x = network(6, 5, 3, 4)
    found = dr.teach.chain(f, x)
    assert [J.shape for J in found.jacobians] == [(5, 6), (3, 5), (4, 3)]
    product = found.jacobians[2] @ found.jacobians[1] @ found.jacobians[0]
    np.testing.assert_allclose(product, dr.jacobian(f)(x), rtol=1e-12)


def test_several_inputs_and_outputs_are_stacked():
    def f(a, b):
        s = np.stack([np.sum(a * b), a @ a])
        t = np.sin(np.ones((3, 2)) @ s)
        return t, np.sum(t), 2.0

    found = dr.teach.chain(f, np.ones(4), np.arange(4.0))
    assert found.sizes == (8, 2, 3, 5)
    J = found.jacobians[2] @ found.jacobians[1] @ found.jacobians[0]
    by_modes = dr.jacobian(lambda a, b: f(a, b)[0], argnums=(0, 1))(np.ones(4), np.arange(4.0))
    np.testing.assert_allclose(J[:3], np.concatenate(by_modes, axis=1), rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(J[4], 0.0)


def test_a_loss_is_best_from_the_left():
    found = dr.teach.chain(*network(50, 40, 30, 1))
    assert found.best.multiplications == found.reverse.multiplications == 1 * 30 * 40 + 1 * 40 * 50
    assert found.verdict() == "reverse mode is best, the other one takes 19x as many: n = 50 inputs, m = 1 output"


def test_a_waist_beats_both_modes():
    found = dr.teach.chain(*network(300, 100, 3, 80, 200))
    assert str(found.best) == "(J4 J3) (J2 J1)"
    assert (found.forward.multiplications, found.reverse.multiplications) == (4_962_000, 6_108_000)
    assert found.best.multiplications == 318_000
    assert found.verdict().startswith("neither mode is best: forward takes 16x the fewest; all passes through")


def test_500_2_500():
    found = dr.teach.chain(*network(500, 2, 500))
    assert [order.multiplications for order in found.orders] == [500_000] * 3
    assert found.verdict().endswith("reverse mode finds J1 by its 2 rows, forward mode J2 by its 2 columns")


@pytest.mark.parametrize(
    ("f", "x"),
    [(lambda x: np.tanh(np.exp(x) * 2), (np.ones(3),)), (lambda a, b: np.log(a) + a * b - np.sin(b), (2.0, 5.0))],
)
def test_no_chain_has_one_jacobian(f, x):
    found = dr.teach.chain(f, *x)
    assert len(found.sizes) == 2 and found.best.multiplications == 0 and found.verdict().startswith("one Jacobian")
    found.plot()


def test_a_value_that_is_used_later_ends_no_stage():
    W = RNG.normal(size=(3, 3))
    found = dr.teach.chain(lambda x: W @ (W @ x) + x, np.ones(3))
    assert found.sizes == (3, 3)


def test_the_rectangles_are_to_scale():
    found = dr.teach.chain(*network(40, 20, 10, 30))
    picture = found.plot()
    boxes = [p for p in picture.axes[0].patches if isinstance(p, Rectangle)]
    shapes = [(box.get_width(), box.get_height()) for box in boxes]
    assert len(boxes) == 9
    np.testing.assert_allclose(np.array(shapes[2::-1]) / shapes[2][0], np.array([[40, 20], [20, 10], [10, 30]]) / 40)
    assert picture.axes[0].get_aspect() == 1.0
    said = {t.get_text() for t in picture.axes[0].texts}
    assert {"J1\n20x40", "forward", "reverse", "best", f"{found.forward.multiplications:,}"} <= said
    assert json.loads(json.dumps(found.to_dict()))["best"]["product"] == str(found.best)
    assert found._repr_png_().startswith(b"\x89PNG")


def test_a_long_chain_fits_a_screen():
    found = dr.teach.chain(*network(*[5, 4] * 20))
    assert len(repr(found)) < 4000 and len(found.sizes) == 40
    assert "..." in str(found).splitlines()[0] and "(" not in str(found).splitlines()[3]
