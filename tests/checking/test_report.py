"""The report: its verdict and order, and the forms it is given in."""

import json

import numpy as np
import pytest

from dualrev.checking import audit
from dualrev.checking.report import Component, Curve, Report, joined, number
from dualrev.errors import WrongDerivativeError

PASS = Component("df/da", 1.0, 1.0, 1e-8, "PASS")
CLOSE = Component("df/db", 1.0, 1.0 + 0.9e-8, 1e-8, "PASS", step=0.004, point=1)
KINK = Component("df/dc", 0.0, float("nan"), float("inf"), "INCONCLUSIVE", "kink: <both> sides")
WRONG = Component("df/dd", 2.0, 1.0, 1e-8, "FAIL", "off by 1e+08 budgets")
WORSE = Component("df/de", 3.0, 1.0, 1e-8, "FAIL", "off by 2e+08 budgets")


def report(*components):
    return Report("check of f", list(components), 12, "dr.check(f, x, seed=0)", ["a factor 2 is missing"], ["a <note>"])


@pytest.mark.parametrize(
    "components, verdict",
    [([PASS], "PASS"), ([PASS, KINK], "INCONCLUSIVE"), ([PASS, KINK, WRONG], "FAIL"), ([], "INCONCLUSIVE")],
)
def test_the_verdict_is_the_worst_of_the_components(components, verdict):
    assert report(*components).verdict == verdict
    assert report(*components).ok == (verdict == "PASS")


def test_the_worst_comes_first():
    found = report(PASS, KINK, WRONG, CLOSE, WORSE)
    assert found.components == [WORSE, WRONG, KINK, CLOSE, PASS]
    assert found.failures == [WORSE, WRONG]


def test_in_print():
    lines = str(report(PASS, KINK, WRONG)).splitlines()
    assert lines[0] == "check of f: FAIL (1 FAIL, 1 INCONCLUSIVE, 1 PASS; 12 evaluations)"
    assert lines[1:3] == ["diagnosis: a factor 2 is missing", "note: a <note>"]
    assert lines[3].split() == ["component", "yours", "reference", "budget", "referee"]
    assert lines[4].split()[:5] == ["FAIL", "df/dd", "2", "1", "1e-08"]
    assert lines[5].split()[:5] == ["INCONCLUSIVE", "df/dc", "0", "-", "inf"]
    assert lines[-1] == "again: dr.check(f, x, seed=0)"
    assert repr(report(PASS)) == str(report(PASS))


def test_a_pass_is_one_line_and_its_notes():
    said = str(Report("check of f", [PASS], 12, "dr.check(f, x)", notes=["a note"]))
    assert said == "check of f: PASS (0 FAIL, 0 INCONCLUSIVE, 1 PASS; 12 evaluations)\nnote: a note"


def test_a_failure_that_nothing_explains_says_what_to_try():
    said = str(Report("check of f", [WRONG], 12, "dr.check(f, x)"))
    assert "diagnosis: no usual mistake explains it: look at one output and one input at a time" in said
    assert said.splitlines()[-2].startswith("budget: how far yours may be off; referee: ")


def test_long_reports_are_cut_in_print():
    many = [Component(f"df/dx[{k}]", 1.0, 1.0, 1e-8, "INCONCLUSIVE") for k in range(20)]
    assert "... and 8 more" in str(report(*many))


def test_a_component_says_where_its_reference_comes_from():
    assert CLOSE.source == "central differences, step 0.004, at point 2" and PASS.source == "central differences"
    assert CLOSE.excess == pytest.approx(0.9) and PASS.excess == 0 and KINK.excess == np.inf


def test_in_html():
    page = report(PASS, KINK, WRONG)._repr_html_()
    assert page.count("<tr>") == 4 and "kink: &lt;both&gt; sides" in page and "a &lt;note&gt;" in page
    assert page.index("a factor 2 is missing") < page.index("df/dd") < page.index("df/dc") < page.index("df/da")


def test_as_data():
    data = json.loads(report(PASS, KINK, WRONG).to_json())
    assert data == report(PASS, KINK, WRONG).to_dict()
    assert data["verdict"] == "FAIL" and data["ok"] is False and data["evaluations"] == 12
    assert [c["name"] for c in data["components"]] == ["df/dd", "df/dc", "df/da"]
    assert data["components"][1]["reference"] is None and data["components"][1]["budget"] is None
    assert data["diagnosis"] == ["a factor 2 is missing"] and data["rerun"] == "dr.check(f, x, seed=0)"


def test_assert_ok_raises_with_the_report():
    report(PASS, CLOSE).assert_ok()
    for bad in (WRONG, KINK):
        with pytest.raises(WrongDerivativeError, match=bad.name):
            report(PASS, bad).assert_ok()


def test_two_reports_as_one():
    both = joined(report(PASS), report(WRONG), "hess")
    assert both.components == [WRONG, PASS] and both.evaluations == 24
    assert both.diagnosis == ["a factor 2 is missing", "hess: a factor 2 is missing"]


def test_numbers():
    assert [number(v) for v in (1 / 3, float("nan"), float("-inf"), 1e-300)] == ["0.3333333333", "-", "-inf", "1e-300"]


# ---- the picture -----------------------------------------------------------------------------------------------------


def test_the_curve_of_a_right_derivative_is_a_v_and_that_of_a_wrong_one_is_flat():
    found = audit(lambda x: np.sum(np.exp(x)), lambda x: np.exp(x) * np.array([1.0, 2.0]), np.array([0.3, 0.7]))
    right, wrong = (np.array(curve.errors) for curve in found.curves[:2])
    assert right[0] > 1e-4 and right.min() < 1e-9 and right[-1] > 1e-4
    assert 0 < np.argmin(right) < len(right) - 1
    assert wrong[5:20] == pytest.approx(0.5, abs=1e-3)
    assert [curve.verdict for curve in found.curves[:2]] == ["PASS", "FAIL"]


def test_the_curves_are_evaluated_when_they_are_looked_at():
    calls = []
    found = audit(lambda x: calls.append(x) or np.exp(x), np.exp, 0.3)
    assert len(calls) == found.evaluations
    assert len(found.curves[0].errors) == len(found.curves[0].steps) == 25
    assert len(calls) == found.evaluations + 50


def test_the_plot_shows_every_curve():
    found = audit(
        lambda x: np.sum(np.exp(x)), lambda x: np.exp(x) * np.array([1.0, 2.0]), np.array([0.3, 0.7]), points=1
    )
    (ax,) = found.plot().axes
    assert [line.get_label() for line in ax.get_lines()] == [
        *("d/dx[0]: PASS", "d/dx[1]: FAIL", "d/dx[0], extrapolated"),
        *(r"truncation $\propto h^2$", r"rounding $\propto \epsilon / h$"),
    ]
    assert ax.get_lines()[1].get_ydata() == pytest.approx(np.array(found.curves[1].errors))
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert found.plot(ax) is ax


def test_a_curve_without_error_can_be_drawn():
    flat = Report("check", [PASS], 1, "", curves=[Curve("d/dx", "PASS", 0.0, lambda t: 0.0)])
    flat.plot().figure.draw_without_rendering()


def test_the_slopes_are_those_of_truncation_and_rounding():
    """exp at 0.3: truncation f''' h^2 / 6; the guides stand a factor 3 above, and fall and rise as named."""
    curve = audit(np.exp, np.exp, 0.3, points=1).curves[0]
    lines = {line.get_label(): line for line in Report("", [PASS], 1, "", curves=[curve]).plot().axes[0].get_lines()}
    for said, power in ((r"truncation $\propto h^2$", 2), (r"rounding $\propto \epsilon / h$", -1)):
        h, error = lines[said].get_data()
        np.testing.assert_allclose(np.diff(np.log(error)) / np.diff(np.log(h)), power)
    assert curve.extrapolated[0] / curve.extrapolated[1] == pytest.approx(4.0**4, rel=0.01)  # Richardson: h^4 is left
