"""docs/found.md: what is wrong in public packages fails, where the package is installed in the version named."""

import doctest
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

PAGE = Path(__file__).parents[2] / "docs" / "found.md"


@pytest.fixture(scope="module")
def page():
    """The functions of the page."""
    examples = doctest.DocTestParser().get_examples(PAGE.read_text())
    names: dict = {}
    for example in examples:
        if example.source.startswith(("import", "from", "def of_")):
            exec(example.source, names)
    return names


def installed(package, found_in):
    pytest.importorskip(package)
    if not version(package).startswith(found_in):
        pytest.skip(f"{package} {version(package)} may have mended it")


def test_statsmodels(page):
    installed("statsmodels", "0.15")
    rng = np.random.default_rng(0)
    X = np.column_stack([np.ones(40), rng.normal(size=40)])
    y = rng.poisson(2.0, 40) * (rng.uniform(size=40) > 0.3)
    counts, zeros = page["of_statsmodels"](X, y)
    assert counts.verdict == zeros.verdict == "FAIL"
    assert "yours is 0" in zeros.diagnosis[0]


def test_astropy(page):
    installed("astropy", "8.0")
    drude, hermite = page["of_astropy"](np.linspace(1, 4, 5))
    assert drude.verdict == hermite.verdict == "FAIL"
    assert all("dp[1]" in c.name or "along" in c.name for c in drude.failures)  # x_0
