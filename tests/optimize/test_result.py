"""What dr.minimize returns: SciPy's result, parameters by name, history, a picture, plain data."""

import copy
import json
import pickle

import matplotlib
import numpy as np
import pytest
from scipy.optimize import OptimizeResult, rosen

import dualrev as dr

matplotlib.use("Agg")

X = np.array([-1.2, 1.0, 0.5])


def rosenbrock(p):
    x = p["x"]
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2) + (p["s"] - 2) ** 2


@pytest.fixture(scope="module")
def result():
    return dr.minimize(rosenbrock, {"x": X, "s": 0.0})


def test_it_is_scipys_result_and_more(result):
    assert isinstance(result, OptimizeResult)
    assert {"x", "fun", "jac", "success", "status", "message", "nfev", "njev", "nit", "params"} <= result.keys()
    assert result["x"] is result.x and result.x.shape == (4,) and result.success is True
    np.testing.assert_array_equal(result.params["x"], result.x[:3])
    assert result.fun == pytest.approx(rosen(result.params["x"]) + (result.params["s"] - 2) ** 2, rel=1e-12)
    assert "certificate" in dir(result) and "plot" in dir(result)


def test_the_certificate_is_made_when_it_is_asked_for_and_once():
    result = dr.minimize(rosenbrock, {"x": X, "s": 0.0})
    before = result.counts.hessian_products
    first = result.certificate
    assert before == 0 and result.counts.hessian_products == 4 and result.certificate is first
    assert first.gradient_norm < 1e-5 and len(first.eigenvalues) == 4


def test_what_it_prints(result):
    lines = str(result).splitlines()
    assert lines[0] == f"BFGS: converged, {result.message}"
    assert lines[1].startswith(f"fun = {result.fun:.10g}, {result.counts.f} evaluations, ")
    assert any(line.startswith("x = [") for line in lines) and any(line.startswith("s = 2") for line in lines)
    assert "projected gradient" in str(result) and repr(result) == str(result)


def test_the_card_escapes_html():
    result = dr.minimize(lambda p: np.sum((p["<b>"] - 1) ** 2), {"<b>": 3.0})
    html = result._repr_html_()
    assert "&lt;b&gt;" in html and "<b>" not in html and html.startswith("<table>")


def test_plain_data_go_through_json(result):
    data = json.loads(json.dumps(result.to_dict()))
    assert data["params"]["s"] == result.params["s"] and data["x"] == result.x.tolist()
    assert data["success"] is True and data["counts"]["f"] == result.counts.f
    assert data["history"]["fun"] == result.history.fun and data["method"] == "BFGS"
    assert data["certificate"]["gradient_norm"] == result.certificate.gradient_norm


def test_it_can_be_pickled_and_copied(result):
    for back in (pickle.loads(pickle.dumps(result)), copy.deepcopy(result)):
        np.testing.assert_array_equal(back.params["x"], result.params["x"])
        assert back.certificate.gradient_norm == result.certificate.gradient_norm and str(back) == str(result)


def test_the_picture_has_the_history(result):
    from matplotlib import pyplot

    (ax,) = result.plot().axes
    values, slopes = (line.get_ydata() for line in ax.lines)
    lowest = min(result.history.fun)
    want = np.array([v - lowest if v > lowest else np.nan for v in result.history.fun])
    np.testing.assert_allclose(values, want)
    np.testing.assert_allclose(slopes[0], result.history.gradient_norm[0])
    assert ax.get_yscale() == "log" and ax.get_xlabel() == "evaluation" and ax.get_title() == "BFGS"
    own = pyplot.figure().add_subplot()
    assert result.plot(ax=own) is own
    pyplot.close("all")


def test_a_picture_without_gradients_and_with_nan():
    from matplotlib import pyplot

    result = dr.minimize(rosenbrock, {"x": X, "s": 0.0}, method="Nelder-Mead", options={"maxiter": 20})
    result.history.fun[3] = np.nan
    assert len(result.plot().axes[0].lines) == 1
    pyplot.close("all")
