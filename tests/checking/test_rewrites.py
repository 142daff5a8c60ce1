"""Every form that a rewrite is printed for: the rewrite is executed, cures its case, and is the same function."""

import linecache

import numpy as np
import pytest

import dualrev as dr
from dualrev.checking import rewrites
from dualrev.checking.rewrites import FORMS, WHOLE

BIG, ZERO = [1000.0, 999.0], [0.0, 1.0]

# form: spellings of it, each with a point where it fails; a point where it does not
CASES = {
    "softplus": ([("np.sum(np.log(np.exp(x) + 1))", BIG), ("np.sum(np.log1p(np.exp(x)))", BIG)], [2.0, 1.0]),
    "log_sum_exp": ([("np.log(np.sum(np.exp(x)))", BIG), ("np.log(np.exp(3 * x).sum())", BIG)], [2.0, 1.0]),
    "softmax": ([("(np.exp(-x) / np.sum(np.exp(-x)))[0]", [-1000.0, 1.0])], [2.0, 1.0]),
    "logistic": (
        [("np.sum(1 / (np.exp(-x) + 1))", [-1000.0, 1.0]), ("np.sum(np.exp(x) / (1 + np.exp(x)))", BIG)], [2.0, 1.0],
    ),
    "hyperbolic_tangent": (
        [("np.sum((np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)))", BIG)], [2.0, 1.0],
    ),
    "euclidean_norm": (
        [
            ("np.sqrt(np.sum((x - 1) ** 2))", [1.0, 1.0]), ("np.dot(x, x) ** 0.5", [0.0, 0.0]),
            ("np.sum(np.sqrt(np.sum(np.square(x[:, None] - x), 0)))", [1.0, 1.0]), ("np.sqrt(x @ x)", [0.0, 0.0]),
        ],
        [2.0, 3.0],
    ),
    "hypotenuse": ([("np.sqrt(x[0] * x[0] + x[1] ** 2)", [0.0, 0.0]), ("np.sum(np.sqrt(x**2))", ZERO)], [2.0, 3.0]),
    "log_cosh": ([("np.sum(np.log(np.cosh(x - 1)))", BIG)], [2.0, 3.0]),
    "log_exp": ([("np.sum(2 * np.log(np.exp(-x)))", BIG)], [2.0, 3.0]),
    "square_of_length": (
        [
            ("np.linalg.norm(x - 1) ** 2", [1.0, 1.0]), ("np.hypot(x[0] - 1, x[1]) ** 2", [1.0, 0.0]),
            ("np.std(x) ** 2", [1.0, 1.0]), ("np.abs(x[0] + 1j * x[1]) ** 2", [0.0, 0.0]),
        ],
        [2.0, 3.0],
    ),
    "log_prod": ([("np.log(np.prod(x))", [1e-200, 1e-200]), ("np.log(x.prod())", [1e-200, 1e-200])], [2.0, 3.0]),
    "log_det": ([("np.log(np.linalg.det(np.diag(x)))", [1e-200, 1e-200])], [2.0, 3.0]),
    "sinc": ([("np.sum(np.sin(2 * x) / (2 * x))", ZERO)], [2.0, 3.0]),
    "relative_exponential": ([("np.sum((np.exp(x) - 1) / x)", ZERO), ("np.sum(np.expm1(x) / x)", ZERO)], [2.0, 3.0]),
    "x_log_y": ([("-np.sum(np.array([0.0, 1.0]) * np.log(x))", ZERO)], [2.0, 3.0]),
    "third_root": ([("np.sum(x ** (1 / 3))", [-8.0, 8.0])], [2.0, 3.0]),
    "angle": ([("np.sum(np.arctan(x[1] / x[0]))", ZERO)], [2.0, 3.0]),
    "log_softmax": ([("np.sum(np.log(np.exp(x) / np.sum(np.exp(x))))", [0.0, 1000.0])], [2.0, 3.0]),
    "log_logistic": (
        [
            ("np.sum(np.log(1 / (1 + np.exp(-x))))", [-1000.0, 1.0]),
            ("np.sum(np.log(np.exp(2 * x) / (1 + np.exp(2 * x))))", [-1000.0, 1000.0]),
        ],
        [2.0, 3.0],
    ),
    "log_of_sum": ([("np.log(np.exp(x[0]) + np.exp(-x[1]))", [1000.0, 1.0])], [2.0, 3.0]),
}  # fmt: skip
ALL = [(form, body, x) for form, (spellings, _) in CASES.items() for body, x in spellings]


def made(tmp_path, name, body):
    """f(x) of a file of its own, which imports what the advice may name."""
    path = tmp_path / f"{name}.py"
    path.write_text(f"import numpy as np\nimport scipy.special\n\ndef f(x):\n    return {body}\n")
    linecache.checkcache(str(path))
    space: dict = {}
    exec(compile(path.read_text(), str(path), "exec"), space)
    return space["f"]


def test_every_form_has_a_case():
    assert set(CASES) == {form.__name__ for form in (*FORMS, *WHOLE)}


@pytest.mark.parametrize("form, body, x", ALL, ids=[body for _, body, _ in ALL])
def test_the_rewrite_is_executed_and_cures(form, body, x, tmp_path, monkeypatch):
    fired = []
    for name in ("FORMS", "WHOLE"):
        monkeypatch.setattr(rewrites, name, [noting(g, fired) for g in getattr(rewrites, name)])
    f, x, harmless = made(tmp_path, "f", body), np.array(x), np.array(CASES[form][1])
    of = along if form == "square_of_length" else lambda g: g  # there it is a second derivative that is nan
    first = dr.why_nan(of(f), x).first
    assert fired[-1] == form
    assert first.before in body and first.after
    better = made(tmp_path, "better", body.replace(first.before, first.after))
    assert dr.why_nan(of(better), x).ok
    assert dr.why_nan(of(better), x).notes == []
    assert np.isfinite(dr.jacobian(of(better))(x)).all()
    np.testing.assert_allclose(better(harmless), f(harmless), rtol=1e-12)
    np.testing.assert_allclose(dr.jacobian(of(better))(harmless), dr.jacobian(of(f))(harmless), rtol=1e-9, atol=1e-12)


def along(g):
    """The tangent along one direction."""
    return lambda x: dr.jvp(g, (x,), (np.array([1.0, 2.0]),))[1]


def noting(form, fired):
    def with_a_note(node):
        found = form(node)
        if found:
            fired.append(form.__name__)
        return found

    return with_a_note
