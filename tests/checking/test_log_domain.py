"""why_nan: every rewrite that it prints for a loss is executed, and cures its case; matrices that NumPy refuses."""

import numpy as np
import pytest

import dualrev as dr

X = np.array([-800.0, 0.5, 800.0])
LOGISTIC = 800 + np.log1p(np.exp(-0.5))
D = np.array([[0.0, 1.0], [2.0, 3.0]])

CASES = {  # the line, the point, what is to be written, and its value
    "log of softmax": ("-np.sum(np.log(np.exp(x) / np.sum(np.exp(x))))", X, "np.max(x)", 2399.5),
    "log of logistic": ("-np.sum(np.log(1 / (1 + np.exp(-x))))", X, "np.logaddexp(0, -x)", LOGISTIC),
    "log of the other logistic": (
        "-np.sum(np.log(np.exp(x) / (1 + np.exp(x))))", X, "np.logaddexp(0, -(x))", LOGISTIC,
    ),
    "log of a sum of two": ("np.log(np.exp(x[0]) + np.exp(x[2]))", X, "np.logaddexp(x[0], x[2])", 800.0),
    "pairwise distances": (
        "np.sum(np.sqrt(np.sum((x[:, None] - x[None]) ** 2, axis=-1)))", D, "np.linalg.norm(", 2 * 8**0.5,
    ),
    "pairwise distances, by position": (
        "np.sum(np.sqrt(np.sum((x[:, None] - x[None]) ** 2, 2)))", D, "axis=2)", 2 * 8**0.5,
    ),
}  # fmt: skip


def made(tmp_path, body):
    """A function in a file, as why_nan reads the source."""
    path = tmp_path / "losses.py"
    path.write_text(f"import numpy as np\n\ndef loss(x):\n    return {body}\n")
    space: dict = {}
    exec(compile(path.read_text(), str(path), "exec"), space)
    return space["loss"]


@pytest.mark.parametrize("name", CASES)
def test_the_rewrite_cures_its_case(tmp_path, name):
    body, x, words, value = CASES[name]
    found = dr.why_nan(made(tmp_path, body), x).first
    assert words in found.after
    cured = made(tmp_path / "..", body.replace(found.before, found.after))
    assert cured(x) == pytest.approx(value, rel=1e-12)
    assert dr.why_nan(cured, x).ok
    assert np.isfinite(dr.grad(cured)(x)).all()


def test_the_logarithm_of_a_probability_that_underflows(tmp_path):
    loss = made(tmp_path, "-np.sum(np.log(x))")
    assert "stay in the log domain: logsumexp, log_softmax" in dr.why_nan(loss, np.array([0.0, 1.0])).first.advice


def test_xlogy_saves_the_value_and_not_the_slope():
    found = dr.why_nan(lambda x: np.sum(dr.scipy.special.xlogy(x, x)), np.array([0.0, 4.0]))
    assert found.values is None and "xlogy saves the value, not the slope" in found.reverse.cause


def test_a_matrix_that_numpy_refuses_is_explained():
    def loss(A):
        return np.sum(np.linalg.cholesky(A))

    found = dr.why_nan(loss, np.array([[1.0, 2.0], [2.0, 1.0]]))
    assert not found.ok and found.first.op == "cholesky" and "loss" in found.name
    assert found.first.line == loss.__code__.co_firstlineno + 1
    assert "add a small multiple of np.eye to the matrix" in str(found)
    found = dr.why_nan(lambda A: np.sum(np.linalg.inv(A)), np.ones((2, 2)))
    assert "singular" in str(found).lower() and not found.ok
