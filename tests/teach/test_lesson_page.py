"""The page of a lesson: what a click says, its colours in both themes, and that nothing is cut on a phone."""

import html
import json
import re
import shutil
import subprocess

import numpy as np
import pytest

import dualrev as dr
from dualrev.theme import DARK, LIGHT

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
TEXT = ("ink", "soft", "forward", "reverse")
GROUND = ("paper", "panel", "input", "output", "marked")


def f(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def net(params, x):
    for W, b in params:
        x = np.tanh(W @ x + b)
    return np.sum(x**2)


@pytest.fixture(scope="module")
def page():
    return dr.explain(f, 2.0, 5.0, seconds=0.01).to_html()


def test_a_click_gives_the_whole_sum(page):
    said = json.loads(re.search(r'id="known">(.*?)</script>', page)[1])["sums"]
    assert said["1"] == "adj x2 = (-1)*0.2837 + 1*2 = 1.7163"
    assert said["6"] == "adj v5 = 1"


def test_the_source_stands_beside_the_table_and_marks_the_lines_that_it_names(page):
    line = f.__code__.co_firstlineno + 1
    assert f'<span class=used data-line="{line}"><b>{line}</b>    return np.log(x1)' in page
    assert f'<span data-line="{line - 1}"><b>{line - 1}</b>def f(x1, x2):' in page


def test_a_function_without_source_has_no_listing():
    made = {}
    exec("def g(x):\n    return x * x", made)
    assert "listing" not in dr.explain(made["g"], 2.0, seconds=0.01).to_html().split("</style>")[1]


def test_only_the_signs_that_occur_are_explained(page):
    assert "<dt>adjoint, adj</dt>" in page and "<dt>JT(v)</dt>" not in page
    arrays = dr.explain(lambda A: np.sum(A @ A), np.ones((3, 3)), seconds=0.01).to_html()
    assert "<dt>JT(v)</dt>" in arrays


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return np.dot((0.2126, 0.7152, 0.0722), linear)


@pytest.mark.parametrize("colour", [LIGHT, DARK])
def test_texts_stand_out_from_what_they_stand_on(colour):
    for text in TEXT:
        for ground in GROUND:
            low, high = sorted((luminance(colour[text]), luminance(colour[ground])))
            assert (high + 0.05) / (low + 0.05) >= 4.5, (text, ground)


MEASURE = """
const wide = document.body.getBoundingClientRect().right, cut = [];
for (const e of document.querySelectorAll("td, th, p, h1, h2, pre span, svg")) {
  const r = e.getBoundingClientRect();
  if (r.width && r.right > wide + 1 && !e.closest(".dualrev-steps")) cut.push(e.tagName + " " + e.textContent);
}
document.body.insertAdjacentHTML("beforeend", "<pre id=out></pre>");
document.getElementById("out").textContent = JSON.stringify(cut);
"""


def in_browser(folder):
    """What the page in a folder has written into its element "out"."""
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=500,844",
        "--dump-dom",
    ]
    command = [BROWSER, *options, f"--user-data-dir={folder / 'profile'}", (folder / "page.html").as_uri()]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, encoding="utf-8").stdout
    return json.loads(html.unescape(re.search(r"<pre id=\"out\">(.*?)</pre>", dom, re.DOTALL)[1]))


@pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome on this machine")
def test_on_a_phone_nothing_of_the_trace_is_cut(page, tmp_path):
    cramped = page.replace("<body", '<body style="width:358px"').replace("max-width: 640px", "max-width: 3000px")
    (tmp_path / "page.html").write_text(
        cramped.replace("</body>", f"<script>{MEASURE}</script></body>"), encoding="utf-8"
    )
    assert in_browser(tmp_path) == []


# ---- sliders ---------------------------------------------------------------------------------------------------------


def known(page):
    return json.loads(re.search(r'id="known">(.*?)</script>', page)[1])


def test_a_slider_has_the_derivatives_at_other_points(page):
    found = known(page)["grid"]
    assert list(found) == ["x1", "x2"] and [len(points) for points in found.values()] == [9, 9]
    for there in found["x2"]:
        x2 = float(there["at"])
        assert float(there["rows"]["1"]["adjoint"]) == pytest.approx(2 - np.cos(x2), abs=1e-3)
        assert float(there["partials"]["1-5-0"]) == pytest.approx(np.cos(x2), abs=1e-3)
    assert found["x2"][4]["rows"]["1"] == {
        "value": "5",
        "tangent": "0",
        "adjoint": "1.7163",
        "sum over uses": "(-1)*0.2837 + 1*2",
    }


def test_no_slider_where_there_is_nothing_to_move_or_another_branch():
    assert known(dr.explain(lambda x: np.sum(x**2), np.ones(3), seconds=0.01).to_html())["grid"] == {}
    branches = dr.explain(lambda x: x * x if x > 1.5 else np.sin(x), 2.0, seconds=0.01)
    assert known(branches.to_html())["grid"] == {}
    many = dr.explain(lambda a, b, c, d: a * b + c * d, 1.0, 2.0, 3.0, 4.0, seconds=0.01)
    assert known(many.to_html())["grid"] == {}


@pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome on this machine")
def test_in_the_browser_a_slider_moves_table_graph_and_sums(page, tmp_path):
    script = """<script>
    const slider = document.querySelector('[data-input=x2]');
    slider.value = 0; slider.dispatchEvent(new Event("input"));
    document.querySelector('[data-node="1"]').dispatchEvent(new MouseEvent("click"));
    const row = document.querySelector('tr[data-row="1"] td[data-column=adjoint]').textContent;
    const node = document.querySelector('.pair [data-node="1"] [data-part=adjoint]').textContent;
    const said = document.querySelector("p.chosen").textContent;
    document.body.insertAdjacentHTML("beforeend", "<pre id=out>" + JSON.stringify([row, node, said]) + "</pre>");
    </script>"""
    (tmp_path / "page.html").write_text(page.replace("</body>", f"{script}</body>"), encoding="utf-8")
    row, node, said = in_browser(tmp_path)
    assert (row, node) == ("1.4597", "adj 1.4597")  # 2 - cos(1)
    assert said == "adj x2 = (-1)*0.5403 + 1*2 = 1.4597"
