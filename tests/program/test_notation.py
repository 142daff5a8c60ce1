"""Numbers, arrays, names and indices as text and LaTeX."""

import numpy as np
import pytest

from dualrev.program.notation import array_text, index_text, latex_name, latex_text, number


@pytest.mark.parametrize(
    ("x", "want"),
    [
        *((11.652071455223084, "11.6521"), (5.5, "5.5"), (0.0, "0"), (-0.0, "0"), (1.25e-7, "1.25e-07")),
        *((-0.00004, "-4e-05"), (123456.789, "123456.789"), (1e6, "1e+06"), (np.nan, "nan"), (-np.inf, "-inf")),
        *((True, "True"), (1 + 2j, "(1+2j)"), (100.0, "100"), (0.00123456, "0.001235"), (2.5e-5, "2.5e-05")),
    ],
)
def test_numbers(x, want):
    assert number(x) == want


@pytest.mark.parametrize(
    ("x", "want"),
    [
        *((None, ""), (2.0, "2"), (np.array([1.0, 0.25]), "[1, 0.25]"), (np.ones((2, 3)), "(2, 3) all 1")),
        *((np.arange(5.0), "(5,) 0 .. 4"), (np.zeros((0, 2)), "(0, 2) float64"), (np.ones(5) > 0, "(5,) bool")),
    ],
)
def test_arrays(x, want):
    assert array_text(x) == want


@pytest.mark.parametrize(
    ("index", "want"),
    [
        *((0, "0"), (slice(1, None), "1:"), (slice(None, None, -1), "::-1"), ((0, slice(None)), "0, :")),
        *((..., "..."), ((None, 2), "None, 2"), (np.array([2, 0]), "[2, 0]")),
    ],
)
def test_indices(index, want):
    assert index_text(index) == want


@pytest.mark.parametrize(
    ("name", "want"),
    [
        *(("x", "x"), ("x1", "x_{1}"), ("s_2", "s_{2}"), ("loss", r"\mathrm{loss}"), ("w_out", r"\mathrm{w\_out}")),
        *(("p['w'][0]", r"p_{\mathrm{w}, 0}"), ("q.b", r"q_{\mathrm{b}}"), ("x[3]", "x_{3}")),
    ],
)
def test_names_in_latex(name, want):
    assert latex_name(name) == want


def test_text_in_latex_is_harmless():
    assert latex_text(r"a_b & 5% \x") == r"a\_b \& 5\% \textbackslash{}x"
