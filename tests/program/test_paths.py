"""Paths from an input to an output: counted, multiplied and summed, against hand counts and the complex step."""

import json
from math import cos, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dualrev as dr
from dualrev.program.paths import paths_of
from dualrev.program.program import trace

A = np.random.default_rng(3).normal(size=(4, 3))


def baydin(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def squared(x, times):
    y = x
    for _ in range(times):
        y = y * y
    return y


def layer(x, w):
    h = np.tanh(A @ x * w)
    return np.sum(h * h) + x[0]


def textbook(x):
    t = x[0] * np.sin(x[0] * x[1])
    return np.array([np.cos(t), t / x[1]])


def complex_step(f, x, k):
    """df / dx_k of numbers x, by the imaginary part of f at x + ih e_k."""
    return np.imag(f(*[v + 1e-200j * (i == k) for i, v in enumerate(x)])) / 1e-200


def test_the_paths_of_the_survey():
    first, second = (paths_of(trace(baydin, 2.0, 5.0), name) for name in ("x1", "x2"))
    assert [(p.values, p.partials, p.product) for p in first.paths] == [
        (("x1", "v1", "v3", "v5"), (0.5, 1.0, 1.0), 0.5),
        (("x1", "v2", "v3", "v5"), (5.0, 1.0, 1.0), 5.0),
    ]
    assert (first.sum, first.count, first.edges, first.complete) == (5.5, 2, 5, True)
    assert [p.values for p in second.paths] == [("x2", "v2", "v3", "v5"), ("x2", "v4", "v5")]
    assert second.sum == pytest.approx(2.0 - cos(5.0), rel=1e-15)


def test_the_paths_of_the_survey_as_text():
    assert str(paths_of(trace(baydin, 2.0, 5.0), "x2")).splitlines() == [
        "baydin: from x2 to v5",
        "",
        "x2 -> v2 -> v3 -> v5: 2 * 1 * 1 = 2",
        "x2 -> v4 -> v5: 0.2837 * (-1) = -0.2837",
        "",
        "2 paths over 5 edges; the sum of the products is the derivative, 1.7163",
    ]


def test_a_product_with_itself_has_two_paths():
    found = paths_of(trace(lambda a: a * a, 3.0), "a")
    assert [(p.values, p.product) for p in found.paths] == [(("a", "v1"), 3.0)] * 2
    assert (found.sum, found.count, found.edges) == (6.0, 2, 2)


@pytest.mark.parametrize("k", [1, 4, 100])
def test_a_chain_of_squares_has_exponentially_many_paths_over_few_edges(k):
    found = paths_of(trace(lambda x: squared(x, k), 1.0), "x")
    assert (found.count, found.edges, found.sum) == (2**k, 2 * k, 2.0**k)
    assert len(found.paths) == min(2**k, 20) and all(p.product == 1.0 for p in found.paths)


def test_what_is_not_listed_is_said_and_the_sum_comes_from_reverse_mode():
    found = paths_of(trace(lambda x: squared(x, 5), 1.1), "x", most=3)
    assert not found.complete and len(found.paths) == 3
    assert found.sum == pytest.approx(32 * 1.1**31, rel=1e-14)
    assert found.notes() == [
        "32 paths over 10 edges; 3 listed, 29 more",
        "the derivative, 614.219, is that of reverse mode, which takes each edge once",
    ]
    assert paths_of(trace(baydin, 2.0, 5.0), "x1", most=0).sum == 5.5


def test_a_count_of_thousands_of_digits():
    with np.errstate(over="ignore"):
        found = paths_of(trace(lambda x: squared(x, 10_000), 1.0), "x", most=1)
    assert found.count == 2**10_000 and found.edges == 20_000
    assert str(found).splitlines()[-2] == "about 1.9e3010 paths over 20,000 edges; 1 listed, about 1.9e3010 more"
    assert found.to_dict()["count"] == 2**10_000
    assert paths_of(trace(lambda x: squared(x, 60), 1.0), "x").to_dict()["count"] == 2**60


OPERATIONS = [lambda a, b: a * b, lambda a, b: a + b, lambda a, b: a - b, lambda a, b: np.sin(a)]
PARTIALS = [lambda a, b: (b, a), lambda a, b: (1.0, 1.0), lambda a, b: (1.0, -1.0), lambda a, b: (np.cos(a),)]


@st.composite
def programs(draw):
    """Which operation, of which two earlier values, one line each; the first three values are the inputs."""
    length = draw(st.integers(1, 6))
    earlier = [st.integers(max(0, k), k + 2) for k in range(length)]
    return [(draw(st.integers(0, 3)), draw(i), draw(i)) for i in earlier]


def run(lines, x):
    values = list(x)
    for op, i, j in lines:
        values.append(OPERATIONS[op](values[i], values[j]))
    return values


def products(lines, values, k, start):
    """The product along every path from `start` to the value k, by recursion from the output."""
    if k < 3:
        return [1.0] if k == start else []
    op, *arguments = lines[k - 3]
    slopes = PARTIALS[op](*[values[i] for i in arguments])
    return [p * slope for i, slope in zip(arguments, slopes) for p in products(lines, values, i, start)]


@given(programs(), st.integers(0, 2))
def test_paths_of_random_programs(lines, start):
    x = (0.7, -1.2, 0.4)
    found = paths_of(trace(lambda a, b, c: run(lines, (a, b, c))[-1], *x), "abc"[start], most=10_000)
    want = products(lines, run(lines, x), len(lines) + 2, start)
    assert found.count == len(found.paths) == len(want)
    np.testing.assert_allclose(sorted(p.product for p in found.paths), sorted(want), rtol=1e-14)
    assert all(p.product == pytest.approx(prod(p.partials), rel=1e-14) for p in found.paths)
    slope = complex_step(lambda *v: run(lines, v)[-1], x, start)
    assert found.sum == pytest.approx(slope, rel=1e-12, abs=1e-14)
    reverse = dr.grad(lambda *v: run(lines, v)[-1] * 1.0, argnums=start)(*x)
    assert found.sum == pytest.approx(reverse, rel=1e-12, abs=1e-14)


def test_between_arrays_a_path_is_a_chain_of_pulls():
    x, w = np.array([0.3, 0.8, -0.5]), 1.3
    found = paths_of(trace(layer, x, w), "x")
    h = np.tanh(A @ x * w)
    along = A.T @ (w * (1 - h**2) * h)  # the two factors of h * h are two paths
    assert [p.partials for p in found.paths] == [("JT(v1)", "JT(v2)", "JT(h)", "JT(v4)", "JT(v5)", 1.0)] * 2 + [
        ("JT(v6)", 1.0)
    ]
    for path, want in zip(found.paths, (along, along, [1.0, 0.0, 0.0]), strict=True):
        np.testing.assert_allclose(path.product, want, rtol=1e-14)
    np.testing.assert_allclose(found.sum, 2 * along + [1.0, 0.0, 0.0], rtol=1e-14)
    text = str(found.paths[2])
    assert text == "x -> v6 -> v7: JT(v6) * 1 = [1, 0, 0]"


def test_one_element_has_paths_through_numbers():
    x = np.array([0.3, 0.8, -0.5])
    found = paths_of(trace(layer, x, 1.3), "x[0]")
    assert found.count == 9  # two through each of four elements of h, and x[0] itself
    assert found.paths[-1].values == ("x[0]", "v7") and found.paths[0].values[:2] == ("x[0]", "v1[0]")
    slope = np.imag(layer(x + np.array([1e-200j, 0, 0]), 1.3)) / 1e-200
    assert found.sum == pytest.approx(slope, rel=1e-14)
    assert paths_of(trace(layer, x, 1.3), "x[0]", most=2).sum == pytest.approx(slope, rel=1e-14)
    second = np.imag(layer(x + np.array([0, 1e-200j, 0]), 1.3)) / 1e-200
    assert paths_of(trace(layer, x, 1.3), "x[1]", most=2).sum == pytest.approx(second, rel=1e-14)


def test_textbook_functions_of_x():
    program = trace(textbook, np.array([1.0, 2.0]))
    found = paths_of(program, "x[1]", 1)
    t, c = np.sin(2.0), np.cos(2.0)
    assert [p.values for p in found.paths] == [("x[1]", "v3", "v4", "t", "v7"), ("x[1]", "v7")]
    np.testing.assert_allclose([p.product for p in found.paths], [c / 2, -t / 4], rtol=1e-15)
    assert (found.output, found.count, found.edges) == ("v8[1]", 2, 5)
    whole = paths_of(program, "x", "v8[1]")
    np.testing.assert_allclose(whole.sum, [t / 2 + c, c / 2 - t / 4], rtol=1e-14)


@pytest.mark.parametrize(
    ("output", "called", "total"),
    [
        (None, "s", [3.0]),
        (0, "s", [3.0]),
        (2, "p[1]", [2.0]),
        (-1, "p[1]", [2.0]),
        ("s", "s", [3.0]),
        ("p[0]", "p[0]", [1.0]),
        ([2.0, np.array([1.0, 10.0])], "s and p", [27.0]),
    ],
)
def test_the_output_is_a_number_a_name_or_a_cotangent(output, called, total):
    def f(a):
        s = 3.0 * a
        p = a * np.array([1.0, 2.0])
        return s, p

    found = paths_of(trace(f, 1.0), "a", output)
    assert found.output == called
    np.testing.assert_allclose(np.ravel(found.sum), total)


def test_an_output_after_an_array():
    def f(x):
        p = 3.0 * x
        s = x[1] * 7.0
        return p, s

    program = trace(f, np.ones(2))
    for output in (2, -1, "s"):
        assert [(p.values, p.product) for p in paths_of(program, "x[1]", output).paths] == [(("x[1]", "s"), 7.0)]
    assert paths_of(program, "x[1]", "p[1]").sum == 3.0 and paths_of(program, "x[1]", 0).count == 0


def test_the_cotangents_of_an_output_that_is_returned_twice_add_up():
    def f(a):
        b = a * 2.0
        return b, b

    assert paths_of(trace(f, 1.0), "a", (3.0, 5.0)).sum == 16.0


def test_a_cotangent_is_the_last_factor():
    found = paths_of(trace(lambda a, b: (a, b * a), 1.0, 2.0), "a", (3.0, 5.0))
    assert [str(p) for p in found.paths] == ["a: 3", "a -> v1: 2 * 5 = 10"]
    assert (found.sum, found.count, found.edges) == (13.0, 2, 1)


def test_an_input_that_is_not_used_has_no_path():
    found = paths_of(trace(lambda a, b: a * 2.0, 1.0, np.ones(2)), "b")
    assert (found.paths, found.count, found.edges, list(found.sum)) == ([], 0, 0, [0.0, 0.0])
    assert found.notes() == ["b does not reach v1: no path, the derivative is [0, 0]"]
    constant = paths_of(trace(lambda a: 3.0, 1.0), "a")
    assert (constant.count, constant.sum, constant.output) == (0, 0.0, "constant")
    assert paths_of(trace(lambda a: (a[0], 3.0), np.ones(2)), "a[1]", 1).count == 0


def test_a_branch_that_leads_nowhere_is_not_walked():
    def f(x):
        np.exp(np.sin(x))
        return x * 2.0

    found = paths_of(trace(f, 1.0), "x")
    assert (found.count, found.edges) == (1, 1)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("q",), "no input named 'q'; its inputs are x, w"),
        (("x[3]",), "no input named 'x.3.'; its inputs are x, w"),
        (("h",), "no input named 'h'"),
        (("w", "z"), "no output named 'z'; its outputs are v7"),
        (("w", 1), "output 1 of layer, which has 1"),
        (("w", 0, -1), "most=-1"),
        (("x[1]", [2.0]), "name that"),
    ],
)
def test_what_there_is_not(asked, message):
    with pytest.raises(dr.InputError, match=message):
        paths_of(trace(layer, np.array([0.3, 0.8, -0.5]), 1.3), *asked)


def test_an_output_array_wants_an_element():
    with pytest.raises(dr.InputError, match=r"the output v8 has shape \(2,\): name an element, as in 'v8\[0\]'"):
        paths_of(trace(textbook, np.ones(2)), "x", "v8")


def test_as_data_html_and_latex():
    program = trace(lambda x: dr.label(x * 5.0, "<b>") * 1.0, 2.0)
    found = paths_of(program, "x")
    data = json.loads(json.dumps(found.to_dict()))
    assert data["paths"] == [{"values": ["x", "<b>", "v2"], "partials": [5.0, 1.0], "cotangent": 1.0, "product": 5.0}]
    assert (data["sum"], data["count"], data["edges"], data["complete"]) == (5.0, 1, 2, True)
    page = found._repr_html_()
    assert "x -&gt; &lt;b&gt; -&gt; v2</td>" in page and "<b>" not in page
    assert paths_of(trace(baydin, 2.0, 5.0), "x2").to_latex().splitlines() == [
        r"\begin{tabular}{llr}",
        r"path & local partials & product \\ \hline",
        r"$x_{2} \to v_{2} \to v_{3} \to v_{5}$ & $2 \cdot 1 \cdot 1$ & $2$ \\",
        r"$x_{2} \to v_{4} \to v_{5}$ & $0.2837 \cdot (-1)$ & $-0.2837$ \\ \hline",
        r"sum of the 2 paths & & $1.7163$ \\",
        r"\end{tabular}",
    ]
    arrays = paths_of(trace(layer, np.ones(3), 1.0), "x").to_latex()
    assert r"$x \to v_{6} \to v_{7}$ & $J_{v_{6}}^T \cdot 1$ & [1, 0, 0] \\" in arrays


def test_a_long_path_is_shortened_in_text_only():
    found = paths_of(trace(lambda x: squared(x, 30), 1.0), "x", most=1)
    assert len(found.paths[0].values) == 31
    assert str(found.paths[0]).startswith("x -> y -> y_2 -> y_3 -> y_4 -> y_5 -> y_6 -> ... -> y_29 -> y_30: 1 * 1")
