"""assert_grad, its table and its pytest fixture; SciPy's check_grad with a verdict."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize

import dualrev as dr

ROOT = Path(__file__).parents[2]
X = np.array([0.5, 1.5])


def cube(x):
    return np.sum(x**3)


def right(x):
    return 3 * x**2


def wrong(x):
    return 2 * x**2


def test_one_derivative():
    assert dr.assert_grad(cube, right, X, hess=lambda x: np.diag(6 * x)).verdict == "PASS"
    with pytest.raises(dr.WrongDerivativeError, match="a constant factor is missing"):
        dr.assert_grad(cube, wrong, X)
    with pytest.raises(dr.WrongDerivativeError, match="hess"):
        dr.assert_grad(cube, right, X, hess=lambda x: np.diag(5 * x))


def test_what_cannot_be_told_does_not_raise():
    assert dr.assert_grad(np.abs, np.sign, 0.0).verdict == "INCONCLUSIVE"


def test_a_table():
    cases = {"right": (cube, right, X), "wrong": (cube, wrong, X), "in a box": (cube, right, X, {"bounds": (0, 2)})}
    with pytest.raises(dr.WrongDerivativeError, match=r"^1 of 3 derivatives is wrong\nwrong: audit of cube: FAIL"):
        dr.assert_grad(cases=cases)
    del cases["wrong"]
    assert [r.verdict for r in dr.assert_grad(cases=cases)] == ["PASS", "PASS"]
    assert [r.verdict for r in dr.assert_grad(cases=iter(cases.values()), points=1)] == ["PASS", "PASS"]
    with pytest.raises(dr.WrongDerivativeError, match=r"2 of 2 derivatives are wrong\ncase 0: "):
        dr.assert_grad(cases=[(cube, wrong, X)] * 2)


def test_what_is_no_case_is_refused():
    for given, cases in (
        ((), None),
        ((cube,), None),
        ((cube, right), None),
        ((cube, right, X), []),
        ((), [(cube, right)]),
    ):
        with pytest.raises(dr.InputError, match="assert_grad"):
            dr.assert_grad(*given, cases=cases)


@pytest.mark.parametrize("options", [{}, {"epsilon": 1e-5}, {"direction": "random", "rng": 3}])
def test_the_number_of_scipy(options):
    number = dr.check_grad(optimize.rosen, optimize.rosen_der, X, **options)
    assert number == optimize.check_grad(optimize.rosen, optimize.rosen_der, X, **options)


def test_the_verdict_is_a_warning():
    with pytest.warns(dr.WrongDerivativeWarning, match="a factor 2 is extra") as seen:
        number = dr.check_grad(lambda x, c: c * np.sum(x**2), lambda x, c: 4 * c * x, X, 1e-9)
    assert number < 1e-8 and seen[0].filename == __file__  # SciPy's number looks harmless
    for name in ("check_grad", "check_grads"):
        other = {"check_grad": "check_grads", "check_grads": "check_grad"}[name]
        assert f"`{other}`" in getattr(dr, name).__doc__


# ---- the plugin ------------------------------------------------------------------------------------------------------


def run_pytest(folder, *words):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "pytest_dualrev", "-p", "no:cacheprovider", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_the_fixture_and_its_option(tmp_path):
    (tmp_path / "test_it.py").write_text(
        textwrap.dedent("""
        import numpy as np

        def product(x):
            return x[0] * x[1] ** 2

        def swapped(x):
            return np.array([2 * x[0] * x[1], x[1] ** 2])

        def test_one_point_does_not_tell(assert_grad):
            assert_grad(product, swapped, np.array([2.0, 4.0]))

        def test_three_points_tell(assert_grad):
            try:
                assert_grad(product, swapped, np.array([2.0, 4.0]), points=3)
            except ArithmeticError:
                return
            raise RuntimeError("passed")
    """)
    )
    done = run_pytest(tmp_path, "--grad-points=1")
    assert "2 passed" in done.stdout, done.stdout + done.stderr
    done = run_pytest(tmp_path)
    assert "1 failed, 1 passed" in done.stdout and "WrongDerivativeError" in done.stdout
    assert "write how many points, 1 or more" in run_pytest(tmp_path, "--grad-points=0").stdout


def test_the_plugin_costs_nothing_where_it_is_not_used(tmp_path):
    (tmp_path / "test_it.py").write_text("import sys\ndef test(): assert not {'numpy', 'dualrev'} & set(sys.modules)\n")
    done = run_pytest(tmp_path)
    assert "1 passed" in done.stdout, done.stdout
