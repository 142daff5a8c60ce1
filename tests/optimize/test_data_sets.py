"""Several data sets at once: shared parameters, parameters of each set, a report per set."""

import pickle

import numpy as np
import pytest

import dualrev as dr
from dualrev.errors import InputError

RNG = np.random.default_rng(12)
XS = [np.linspace(0, 3, 15), np.linspace(0, 4, 22), np.linspace(0.5, 2, 9)]
AMPLITUDES = [3.0, 1.5, 2.2]


def decay(x, a, k, c):
    return a * np.exp(-k * x) + c


YS = [decay(x, a, 1.2, 0.3) + 0.03 * RNG.normal(size=x.size) for x, a in zip(XS, AMPLITUDES, strict=True)]
FIT = dr.fit(decay, XS, YS, a=1.0, k=1.0, c=0.0, own={"a"})


def by_hand(x, a0, a1, a2, k, c):
    return np.concatenate([decay(part, a, k, c) for part, a in zip(XS, (a0, a1, a2), strict=True)])


WANTED = dr.fit(by_hand, None, np.concatenate(YS), a0=1.0, a1=1.0, a2=1.0, k=1.0, c=0.0)


def test_it_is_the_fit_of_all_written_by_hand():
    np.testing.assert_allclose(FIT.params["a"], [WANTED.params[f"a{k}"] for k in range(3)], rtol=1e-9)
    assert FIT.params["k"] == pytest.approx(WANTED.params["k"], rel=1e-9)
    np.testing.assert_allclose(FIT.stderr["a"], [WANTED.stderr[f"a{k}"] for k in range(3)], rtol=1e-8)
    assert (FIT.dof, FIT.names) == (41, ["a[0]", "a[1]", "a[2]", "k", "c"])
    assert FIT.chi2 == pytest.approx(sum(one.chi2 for one in FIT.sets)) and FIT.aicc == pytest.approx(WANTED.aicc)


def test_each_set_has_its_own_report():
    assert [one.points for one in FIT.sets] == [15, 22, 9]
    for one, x, y, r, a in zip(FIT.sets, XS, YS, FIT.residuals, FIT.params["a"], strict=True):
        np.testing.assert_allclose(r, decay(x, a, FIT.params["k"], FIT.params["c"]) - y, atol=1e-13)
        assert one.chi2 == pytest.approx(r @ r)
        assert one.r_squared == pytest.approx(1 - r @ r / np.sum((y - y.mean()) ** 2))
    assert "set 1: 22 points, chi2 = " in str(FIT)
    assert len(FIT.to_dict()["residuals"]) == 3 and pickle.loads(pickle.dumps(FIT)).sets == FIT.sets
    figure = FIT.plot()
    assert len(figure.axes[0].get_legend().get_texts()) == 3


def test_predictions_by_set():
    made, errors = FIT.predict(std=True)
    assert [y.shape for y in made] == [e.shape for e in errors] == [(15,), (22,), (9,)]
    one, error = FIT.predict([0.0, 1.0], std=True, data_set=2)
    np.testing.assert_allclose(one, decay(np.array([0.0, 1.0]), FIT.params["a"][2], FIT.params["k"], FIT.params["c"]))
    assert (error > 0).all()
    with pytest.raises(InputError, match="give a list of 3 x, one per set"):
        FIT.predict(XS[:2])


def test_starts_weights_masks_and_bounds_by_set():
    started = dr.fit(decay, XS, YS, a=[3.0, 1.0, 2.0], k=1.0, c=0.0, own="a", bounds={"a": (0, 9)})
    np.testing.assert_allclose(started.params["a"], FIT.params["a"], rtol=1e-9)
    spoilt = [YS[0], np.where(np.arange(22) == 4, 99.0, YS[1]), YS[2]]
    masks = [np.zeros(15, bool), np.arange(22) == 4, np.zeros(9, bool)]
    masked = dr.fit(decay, XS, spoilt, a=1.0, k=1.0, c=0.0, own={"a"}, mask=masks)
    assert masked.sets[1].points == 21 and "1 of 46 points left out" in str(masked)
    sigma = dr.fit(decay, XS, YS, a=1.0, k=1.0, c=0.0, own={"a"}, sigma=[0.03, np.full(22, 0.03), 0.03])
    np.testing.assert_allclose(sigma.stderr["a"], FIT.stderr["a"], rtol=1e-8)
    alone = dr.fit(decay, XS, YS, a=1.0, k=1.0, c=0.0, own={"a", "k", "c"})
    single = dr.fit(decay, XS[1], YS[1], a=1.0, k=1.0, c=0.0)
    for name in "akc":
        assert alone.params[name][1] == pytest.approx(single.params[name], rel=1e-7)


def test_equal_sets_and_what_is_no_set():
    x = np.linspace(0, 3, 12)
    ys = (decay(x, 2.0, 1.0, 0.0), decay(x, 3.0, 1.0, 0.0))
    fit = dr.fit(decay, (x, x), ys, a=1.0, k=0.5, c=0.1, own={"a"})
    np.testing.assert_allclose(fit.params["a"], [2.0, 3.0], rtol=1e-8)
    plain = dr.fit(lambda x, a: a * x[0] + x[1], [x, x], (3 * x).tolist(), a=1.0)  # two variables, one y
    assert plain.params["a"] == pytest.approx(2.0)
    ragged = dr.fit(lambda x, b: b * x, [[1, 2], [1, 2, 3]], [[2.0, 4.0], [2.0, 4.0, 6.0]], b=1.0)
    assert ragged.params["b"] == pytest.approx(2.0)


def test_what_does_not_fit_is_refused():
    with pytest.raises(InputError, match=r"give a list of as many x, such as \[x\] \* 3"):
        dr.fit(decay, XS[0], YS, a=1.0, k=1.0, c=0.0)
    with pytest.raises(InputError, match="own names 'z'"):
        dr.fit(decay, XS, YS, a=1.0, k=1.0, c=0.0, own={"z"})
    with pytest.raises(InputError, match="give y as a list of arrays"):
        dr.fit(decay, XS[0], YS[0], a=1.0, k=1.0, c=0.0, own={"a"})
    with pytest.raises(InputError, match=r"data set 1: decay gave shape \(21,\) for y of shape \(22,\)"):
        dr.fit(decay, [XS[0], XS[1][1:], XS[2]], YS, a=1.0, k=1.0, c=0.0)
    with pytest.raises(InputError, match=r"data set 2: y\[0\] is nan"):
        dr.fit(decay, XS, [YS[0], YS[1], YS[2] * np.nan], a=1.0, k=1.0, c=0.0)
    with pytest.raises(InputError, match="give sigma as a list"):
        dr.fit(decay, XS, YS, a=1.0, k=1.0, c=0.0, sigma=np.ones(15))
