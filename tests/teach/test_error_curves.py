"""The error against the step: the slopes that theory names, the best steps, the referees, and the tangent."""

import json

import mpmath
import numpy as np
import pytest

import dualrev as dr
import dualrev.teach
from dualrev.teach.error_curves import extrapolated

EPS = 2.0**-52


def test_the_slopes_are_those_of_the_theory():
    curve = dr.teach.error_curve(np.sin, 1.0)
    slopes = {name: m.slope for name, m in curve.methods.items()}
    assert slopes == {name: pytest.approx(p, abs=0.05) for name, p in (("forward", 1), ("central", 2), ("complex", 2))}
    assert curve["forward"].rounding == pytest.approx(-1, abs=0.15)
    assert curve["central"].rounding == pytest.approx(-1, abs=0.15)
    assert np.isnan(curve["complex"].rounding) and np.isnan(curve["complex"].best_step)


def test_the_truncation_errors_are_the_next_terms_of_the_series():
    """sin at 1: h sin(1) / 2 and h^2 cos(1) / 6, over cos(1)."""
    curve = dr.teach.error_curve(np.sin, 1.0)
    h = curve.steps[52]  # 1e-3
    assert curve["forward"].errors[52] == pytest.approx(h * np.tan(1.0) / 2, rel=1e-2)
    assert curve["central"].errors[52] == pytest.approx(h * h / 6, rel=1e-2)
    assert curve["complex"].errors[52] == pytest.approx(h * h / 6, rel=1e-2)


def test_the_best_steps_are_near_the_root_and_the_cube_root_of_eps():
    curve = dr.teach.error_curve(np.sin, 1.0)
    assert 0.1 < curve["forward"].best_step / EPS ** (1 / 2) < 10
    assert 0.1 < curve["central"].best_step / EPS ** (1 / 3) < 10
    assert curve["complex"].best_error < 1e-15 and curve["central"].best_error < 1e-9 < curve["forward"].best_error * 10


def test_dualrev_has_no_step_and_is_right_to_the_last_digit():
    f = lambda x: np.exp(x) / np.sqrt(np.sin(x) ** 3 + np.cos(x) ** 3)  # of Squire & Trapp
    curve = dr.teach.error_curve(f, 1.5)
    with mpmath.workdps(40):
        exact = mpmath.diff(lambda x: mpmath.exp(x) / mpmath.sqrt(mpmath.sin(x) ** 3 + mpmath.cos(x) ** 3), 1.5)
    assert curve.derivative == pytest.approx(float(exact), rel=1e-15)
    assert curve.dualrev_error <= 2 * EPS and curve.referee == "the complex step"


def test_a_function_that_is_not_analytic_has_another_referee():
    curve = dr.teach.error_curve(lambda x: np.abs(x) ** 3, -1.5)
    assert list(curve.methods) == ["forward", "central"]
    assert curve.referee == "extrapolated differences" and curve.exact == pytest.approx(-6.75, rel=1e-12)
    assert "complex step: left out, f is not analytic" in str(curve)
    assert extrapolated(np.exp, 0.3) == pytest.approx(np.exp(0.3), rel=1e-12)


def test_the_referee_may_be_given():
    curve = dr.teach.error_curve(np.tanh, 1.0, methods=("central",), exact=1 - np.tanh(1.0) ** 2)
    assert curve.referee == "you" and list(curve.methods) == ["central"] and curve.dualrev_error < 4 * EPS


def test_a_straight_line_has_no_truncation_error():
    curve = dr.teach.error_curve(lambda x: 3 * x, 1.5)
    assert all(np.isnan(m.slope) and np.isnan(m.best_step) for m in curve.methods.values())
    labels = [t.get_text() for t in curve.plot().axes[0].texts]
    assert labels == [r"$\epsilon / h$"]


def test_the_picture_names_the_slopes_and_marks_the_best_steps():
    curve = dr.teach.error_curve(np.sin, 1.0)
    (ax,) = curve.plot().axes
    assert [t.get_text() for t in ax.texts] == ["$h$", r"$\epsilon / h$", "$h^2$"]
    stars = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "*" and len(line.get_xdata())]
    assert stars == [curve["forward"].best_step, curve["central"].best_step]
    assert json.loads(json.dumps(curve.to_dict()))["methods"]["central"]["best_step"] == stars[1]
    assert curve._repr_png_().startswith(b"\x89PNG") and len(str(curve).splitlines()) == 7


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: dr.teach.error_curve(np.sin, np.ones(2)), "takes one number as x: along a direction v"),
        (lambda: dr.teach.error_curve(lambda x: np.array([x, x]), 1.0), "one number as its result"),
        (lambda: dr.teach.error_curve(np.sin, 1.0, methods=("midpoint",)), "write some of forward, central"),
        (lambda: dr.teach.error_curve(np.sin, 1.0)["dual"], "there are forward, central, complex"),
        (lambda: dr.teach.error_curve(3.0, 1.0), "teach.error_curve"),
        (lambda: dr.teach.tangent(np.sin, 1.0, steps=(0.0,)), "leave the step 0 out"),
    ],
)
def test_what_is_refused(call, said):
    with pytest.raises(dr.InputError, match=said):
        call()


# ---- the tangent -----------------------------------------------------------------------------------------------------


def cubic(x):
    return x**3 - 10 * x**2 + 5 * x - 2


def test_the_tangent_of_the_physics_tutorial():
    found = dr.teach.tangent(cubic, 6)
    assert (found.value, found.slope, found.line) == (-116.0, -7.0, "y = -116 - 7 (x - 6)")
    assert found.differences[1e-5] == pytest.approx(-6.99992, abs=1e-8)
    assert found(7.0) == -123.0 and found.differences[1.0] == 2.0


def test_the_picture_has_the_curve_the_tangent_and_the_secants():
    found = dr.teach.tangent(cubic, 6.0, steps=(1.0, 1e-5), width=2.0)
    (ax,) = found.plot().axes
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["cubic", "secant, h = 1: 2", "tangent: -7"]
    line = next(line for line in ax.lines if line.get_label() == "tangent: -7")
    np.testing.assert_allclose(line.get_ydata(), -116 - 7 * (line.get_xdata() - 6))
    assert (found.x[0], found.x[-1]) == (4.0, 8.0)
    assert json.loads(json.dumps(found.to_dict()))["line"] == found.line


def test_left_of_zero_the_formula_adds():
    assert dr.teach.tangent(np.square, -2.0).line == "y = 4 - 4 (x + 2)"
