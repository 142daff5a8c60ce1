"""Changes of variable: there and back, their slopes, and their bounds."""

import numpy as np
import pytest

import dualrev as dr
from dualrev.errors import InputError
from dualrev.optimize.transforms import Log, Logit, transform_named

X = np.array([0.01, 0.5, 2.0, 4.9])


@pytest.mark.parametrize("change", [Log(), Logit(np.zeros(4), np.full(4, 5.0))], ids=["log", "logit"])
def test_there_and_back(change):
    np.testing.assert_allclose(change.outward(change.inward(X)), X, rtol=1e-13)


def test_the_slopes():
    y = np.array([-3.0, 0.0, 2.0, 40.0])
    np.testing.assert_allclose(dr.grad(lambda y: np.sum(Log().outward(y)))(y), np.exp(y), rtol=1e-15)
    logit = Logit(np.full(4, -1.0), np.full(4, 3.0))
    p = 1 / (1 + np.exp(-y))
    np.testing.assert_allclose(
        dr.grad(lambda y: np.sum(logit.outward(y)))(y), 4 * p * np.exp(-y) / (1 + np.exp(-y)), rtol=1e-13
    )


def test_far_out_nothing_overflows():
    logit = Logit(np.zeros(2), np.ones(2))
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(logit.outward(np.array([-700.0, 700.0])).round(300), [0.0, 1.0])


def test_bounds_are_carried_over_or_out_of_reach():
    np.testing.assert_array_equal(Log().bound(np.array([-1.0, 0.0, 1.0, np.inf])), [-np.inf, -np.inf, 0.0, np.inf])
    logit = Logit(np.zeros(2), np.ones(2))
    np.testing.assert_array_equal(logit.bound(logit.lower), [-np.inf, -np.inf])
    np.testing.assert_array_equal(logit.bound(logit.upper), [np.inf, np.inf])


def test_only_the_elements_named_are_asked_for_bounds():
    where = np.array([True, False])
    made = transform_named(
        "logit", "q", where, np.array([0.0, -np.inf]), np.array([1.0, np.inf]), np.array([0.25, -7.0])
    )
    np.testing.assert_allclose(made.inward(np.array([0.25, 0.5])), [np.log(1 / 3), 0.0], rtol=1e-15)


REFUSED = [
    ("log", [0.0], r"transform\['q'\] is 'log', and the start 0\.0 is not positive"),
    ("logit", [0.0], r"transform\['q'\] is 'logit', and the start is not strictly between its bounds"),
    ("square", [0.5], r"transform\['q'\]='square': write 'log' \(positive\) or 'logit' \(between two bounds\)"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "start", "message"), REFUSED)
def test_what_does_not_fit_is_refused(kind, start, message):
    with pytest.raises(InputError, match=message):
        transform_named(kind, "q", np.array([True]), np.zeros(1), np.ones(1), np.array(start))


def test_logit_needs_two_bounds():
    with pytest.raises(InputError, match=r"needs two finite bounds: bounds={'q': \(0, 1\)}"):
        transform_named("logit", "q", np.array([True]), np.zeros(1), np.full(1, np.inf), np.array([0.5]))
