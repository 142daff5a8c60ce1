"""why_nan: a logarithm that is kept from 0 loses its terms silently, and that is said; no rewrite does so."""

import numpy as np
import pytest
from scipy.special import log_softmax

import dualrev as dr

SCORES = np.array([[0.0, 900.0, 1.0], [2.0, 0.0, 1.0]])
LABELS = np.array([0, 1])


def probability(s):
    e = np.exp(s - np.max(s, axis=1, keepdims=True))
    return (e / np.sum(e, axis=1, keepdims=True))[np.arange(2), LABELS]


KEPT_FROM_0 = {
    "where": (lambda p: np.where(p > 0, p, 1), "are 0, and so are their derivatives"),
    "where, reversed": (lambda p: np.where(p == 0, 1.0, p), "are 0, and so are their derivatives"),
    "a small number": (lambda p: np.where(p > 0, p, 1e-30), "have the derivative 0"),
    "maximum": (lambda p: np.maximum(p, 1e-30), "have the derivative 0"),
    "maximum, the other way round": (lambda p: np.maximum(1e-30, p), "have the derivative 0"),
    "clip to an array": (lambda p: np.clip(p, 1e-30, np.ones(2)), "have the derivative 0"),
    "clip": (lambda p: np.clip(p, 1e-30, 1.0), "have the derivative 0"),
}


@pytest.mark.parametrize("name", KEPT_FROM_0)
@pytest.mark.parametrize("log", [np.log, np.log2, np.log10])
def test_a_term_that_is_lost_is_said(name, log):
    keep, words = KEPT_FROM_0[name]
    found = dr.why_nan(lambda s: -np.sum(log(keep(probability(s)))), SCORES)
    assert found.ok
    (note,) = found.notes
    assert note.startswith("log(keep(probability(s))) (test_silenced.py:")
    assert f"a constant stands in for 1 of 2 elements of its argument, whose terms {words}, silently" in note
    assert "stay in the log domain: logsumexp, log_softmax or np.logaddexp" in note
    assert note in str(found) and "stay in the log domain" in found._repr_html_()


def test_the_log_domain_loses_nothing():
    def loss(s):
        return -np.sum(dr.scipy.special.log_softmax(s, axis=1)[np.arange(2), LABELS])

    assert loss(SCORES) == pytest.approx(-np.sum(log_softmax(SCORES, axis=1)[np.arange(2), LABELS]), rel=1e-14)
    assert dr.why_nan(loss, SCORES).notes == []


HARMLESS = {
    "nothing is replaced": lambda x: np.sum(np.log(np.where(x > -1, x + 1, 1))),
    "the result is masked": lambda x: np.sum(np.where(x > 0, np.log(np.where(x > 0, x, 1)), 0)),
    "the weight is 0": lambda x: np.sum(x * np.log(np.where(x > 0, x, 1))),
    "the label is 0": lambda x: np.sum(np.array([0.0, 1.0]) * np.log(np.maximum(x, 1e-30))),
    "not a logarithm": lambda x: np.sum(np.sqrt(np.where(x > 0, x, 1))),
    "two branches": lambda x: np.sum(np.log(np.where(x > 0, x, 1 - x))),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_nothing_is_said_of_what_loses_nothing(name):
    assert dr.why_nan(HARMLESS[name], np.array([0.0, 4.0])).notes == []


@pytest.mark.parametrize("body", ["np.where(x > 0, np.log(x), 0)", "np.where(x == 0, 0.0, np.log2(x))"])
def test_no_rewrite_makes_a_loss_0(body, tmp_path):
    path = tmp_path / "masked.py"
    path.write_text(f"import numpy as np\n\ndef loss(x):\n    return np.sum({body})\n")
    space: dict = {}
    exec(compile(path.read_text(), str(path), "exec"), space)
    first = dr.why_nan(space["loss"], np.array([0.0, 4.0])).first
    assert (first.before, first.after) == ("", "")
    assert first.advice.startswith("the mask makes the term 0 without a word: if it is a probability that underflows")


def test_a_floor_of_a_masked_logarithm_is_kept():
    first = dr.why_nan(lambda x: np.sum(np.where(x > 0, np.log(x), -30.0)), np.array([0.0, 4.0])).first
    assert first.after == "np.log(np.where(x > 0, x, 1))"
