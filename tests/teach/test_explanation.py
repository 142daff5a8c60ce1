"""The lesson on one page: everything in it is the view itself, and the page needs nothing else."""

import json
from html.parser import HTMLParser

import numpy as np
import pytest

import dualrev as dr
from dualrev.errors import InputError
from dualrev.teach.explanation import MOST_NODES
from dualrev.teach.lesson_page import MOST_STEPS


def f(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


@pytest.fixture(scope="module")
def lesson():
    return dr.explain(f, 2.0, 5.0, seconds=0.01)


class Page(HTMLParser):
    """The texts, and everything that could load something from elsewhere."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.loads, self.texts = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.loads += [
            v for k, v in attributes if k in ("src", "href", "xlink:href", "action", "data") and v[:1] != "#"
        ]

    def handle_data(self, data):
        self.texts.append(data)


def test_the_text_holds_every_part(lesson):
    text = str(lesson)
    assert text.startswith("f: R^2 -> R^1, at x1 = 2, x2 = 5\n")
    for part in (
        "(-1)*0.2837 + 1*2",
        "Jacobian 1 x 2",
        "counted flops",
        "reverse, 1 cotangent in 1 sweep",
        "Gradient check",
    ):
        assert part in text


def test_its_jacobian_is_that_of_the_closed_form(lesson):
    np.testing.assert_allclose(lesson.picture.jacobian, [[1 / 2 + 5, 2 - np.cos(5.0)]], rtol=1e-15)
    J = dr.explain(
        lambda x, y: (np.outer(x, y), x * 2.0), np.ones(2), np.array([1.0, 2.0]), seconds=0.01
    ).picture.jacobian
    want = [[1, 0, 1, 0], [2, 0, 0, 1], [0, 1, 1, 0], [0, 2, 0, 1], [2, 0, 0, 0], [0, 2, 0, 0]]
    np.testing.assert_array_equal(J, want)


def test_rows_and_columns_have_names():
    lesson = dr.explain(lambda x, p: {"y": x * p["k"], "z": np.sum(x)}, np.ones(2), {"k": 3.0}, seconds=0.01)
    assert lesson.picture.inputs == ["x[0]", "x[1]", "p['k']"]
    assert len(lesson.picture.outputs) == 3


def test_the_gradient_check_is_a_verdict(lesson):
    assert lesson.check.endswith("consistent.")

    square = dr.custom.elementwise(lambda x: x * x, lambda y, x: 3.0 * x)

    wrong = dr.explain(lambda x: square(x) + 0.0 * x, 2.0, seconds=0.01)
    assert "NOT consistent" in wrong.check
    with np.errstate(all="ignore"):
        assert "could not tell" in dr.explain(lambda x: np.sqrt(x), 0.0, seconds=0.01).check


def test_the_page_needs_nothing_else(lesson, tmp_path):
    lesson.save(tmp_path / "lesson.html")
    page = (tmp_path / "lesson.html").read_text(encoding="utf-8")
    found = Page(page)
    assert found.loads == []
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert {"table", "svg", "script"} <= set(found.tags)
    for title in ("Step by step", "What each mode costs", "Orders between the two modes", "Are the derivatives right?"):
        assert title in found.texts


def test_names_are_escaped(tmp_path):
    def f(x):
        return np.sin(dr.label(x * 2.0, "<img src=x onerror=alert(1)></script>"))

    lesson = dr.explain(f, 1.0, seconds=0.01)
    lesson.save(tmp_path / "lesson.html")
    assert "img" not in Page((tmp_path / "lesson.html").read_text(encoding="utf-8")).tags
    assert "img" not in Page(lesson._repr_html_()).tags


def test_large_programs_go_without_graph_and_steps(tmp_path):
    def chain(x):
        for _ in range(MOST_NODES):
            x = np.sin(x)
        return x

    lesson = dr.explain(chain, 1.0, seconds=0.01)
    assert lesson.graph is None and len(lesson.program.operations) > MOST_STEPS
    assert "Step by step" not in lesson.to_html()


def test_it_is_data(lesson):
    data = json.loads(json.dumps(lesson.to_dict()))
    assert data["jacobian"]["jacobian"][0] == pytest.approx([5.5, 2 - np.cos(5.0)])
    assert data["reason"] == str(dr.choose_mode(f, 2.0, 5.0))


def test_other_endings_are_refused(lesson, tmp_path):
    with pytest.raises(InputError, match=r"lesson\.pdf: name a file that ends in \.html"):
        lesson.save(tmp_path / "lesson.pdf")
