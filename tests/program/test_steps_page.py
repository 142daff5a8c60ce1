"""The steps as HTML: nothing from elsewhere, everything escaped, and the states as a browser shows them."""

import base64
import json
import shutil
import subprocess
from html.parser import HTMLParser

import numpy as np
import pytest

from dualrev.program.program import trace
from dualrev.program.steps import steps_of
from dualrev.source import label

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
HOSTILE = "</script><img src=x onerror=alert(1)>&\"'"


def baydin(x1, x2):
    v1 = np.log(x1)
    v2 = x1 * x2
    v3 = np.sin(x2)
    v4 = v1 + v2
    v5 = v4 - v3
    return v5


def hostile(x):
    return np.exp(label(x * x, HOSTILE))


class Reader(HTMLParser):
    """The tags, attributes and texts of scripts of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.scripts, self.open = [], [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in ("input", "meta"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)


def saved(f, *x, mode="both", path):
    steps = steps_of(trace(f, *x), mode)
    steps.save(path)
    return steps, path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("f", "x"), [(baydin, (2.0, 5.0)), (hostile, (0.5,))])
def test_a_page_takes_nothing_from_elsewhere(f, x, tmp_path):
    _, page = saved(f, *x, path=tmp_path / "steps.html")
    reader = Reader(page)
    assert reader.open == []
    assert page.count("://") == page.count('xmlns="http://www.w3.org/2000/svg"') == 1
    assert not [a for a in reader.attributes if a[1] in ("src", "href", "xlink:href", "action") or "url(" in str(a[2])]
    assert not [a for a in reader.attributes if a[1].startswith("on")]
    assert not {"img", "link", "iframe", "object", "base"} & set(reader.tags)
    assert reader.tags.count("script") == 2 and "@import" not in page


def test_names_are_escaped_also_inside_the_data(tmp_path):
    steps, page = saved(hostile, 0.5, path=tmp_path / "steps.html")
    assert "</script><img" not in page and "<img" not in page
    data = json.loads(Reader(page).scripts[0])
    assert [s["text"] for s in data["steps"]] == [s.text for s in steps]
    assert HOSTILE in data["steps"][1]["text"]


def test_a_page_without_scripts_shows_the_last_state():
    html = steps_of(trace(baydin, 2.0, 5.0))._repr_html_()
    assert '<td data-cell="adjoint">1.7163</td>' in html and ">adj 1.7163</text>" in html
    assert "JavaScript" in html and "<html" not in html


def test_modes_have_their_own_columns(tmp_path):
    for mode, absent in (("forward", "adjoint"), ("reverse", "tangent")):
        _, page = saved(baydin, 2.0, 5.0, mode=mode, path=tmp_path / "steps.html")
        assert f'data-cell="{absent}"' not in page and f"<th>{absent}</th>" not in page


def test_the_signs_for_jacobians_are_explained_where_they_occur():
    array = steps_of(trace(lambda x: np.sum(x), np.ones(3)))._repr_html_()
    assert "the transposed local Jacobian" in array and "the local Jacobian of v times the tangent" in array
    assert "local Jacobian" not in steps_of(trace(baydin, 2.0, 5.0))._repr_html_()


def test_two_outputs_of_a_notebook_do_not_share_an_id():
    steps = steps_of(trace(baydin, 2.0, 5.0))
    readers = [Reader(steps._repr_html_()) for _ in range(2)]
    ids = [value for reader in readers for _, name, value in reader.attributes if name == "id"]
    assert len(ids) == len(set(ids)) == 2


DRIVER = """<script>
const [one, two, three] = document.querySelectorAll(".dualrev-steps");
const texts = (root, query) => [...root.querySelectorAll(query)].map((e) => e.textContent);
const look = (root) => ({
  said: texts(root, ".text")[0], count: texts(root, ".count")[0],
  cells: ["value", "tangent", "adjoint"].map((c) => texts(root, `td[data-cell=${c}]`)),
  drawn: ["value", "tangent", "adjoint"].map((c) => texts(root, `g[data-node] > [data-part=${c}]`)),
  active: [...root.querySelectorAll("tr.active")].map((e) => Number(e.dataset.row)),
  edges: [...root.querySelectorAll("g[data-edge].forward, g[data-edge].reverse")].map((e) => e.dataset.edge),
});
const report = { asked: look(one).count, hash: [], states: [] };
one.querySelector("[data-go=first]").click();
for (;;) {
  report.states.push(look(one));
  report.hash.push(location.hash);
  if (one.querySelector("[data-go=next]").disabled) break;
  one.querySelector("[data-go=next]").click();
}
const press = (root, key) => root.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
press(two, "ArrowRight"); press(two, "ArrowRight"); press(two, "ArrowLeft");
report.keyed = [look(one).count, look(two).count, look(three).count];
press(document.body, "Home");
press(three, "End");
report.ends = [look(one).count, look(two).count, look(three).count];
two.querySelector("input").value = 7;
two.querySelector("input").dispatchEvent(new Event("input"));
report.slid = look(two).count;
report.images = document.images.length;
const said = document.createElement("pre");
said.id = "report";
said.textContent = "REPORT" + btoa(unescape(encodeURIComponent(JSON.stringify(report)))) + "END";
document.body.append(said);
</script>"""


def in_browser(path, profile, fragment="", milliseconds=0):
    """The page after its scripts have run; after so many milliseconds of the browser's own, virtual time."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        pytest.skip(f"no browser here: none of {', '.join(BROWSERS)}")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    if milliseconds:
        options.append(f"--virtual-time-budget={milliseconds}")
    command = [browser, *options, f"--user-data-dir={profile}", "--dump-dom", path.as_uri() + fragment]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def test_a_browser_shows_every_state(tmp_path):
    steps, page = saved(baydin, 2.0, 5.0, path=tmp_path / "steps.html")
    others = steps._repr_html_() + steps_of(trace(hostile, 0.5))._repr_html_()
    (tmp_path / "driven.html").write_text(page.replace("</body>", others + DRIVER + "</body>"), encoding="utf-8")
    shown = in_browser(tmp_path / "driven.html", tmp_path / "profile", "#step=7")
    report = json.loads(base64.b64decode(shown.partition("REPORT")[2].rpartition("REPORT")[2].partition("END")[0]))
    assert report["asked"] == "step 7 of 11"
    assert report["hash"] == [f"#step={k}" for k in range(12)]
    assert len(report["states"]) == 12
    for state, step in zip(report["states"], steps, strict=True):
        known = [list(t) for t in (step.state.value, step.state.tangent, step.state.adjoint)]
        assert state["said"] == step.text
        assert state["cells"] == known
        assert state["drawn"] == [
            known[0],
            [t and f"tan {t}" for t in known[1]],
            [t and f"adj {t}" for t in known[2]],
        ]
        assert state["active"] == ([] if step.index is None else [step.index])
        assert sorted(state["edges"]) == sorted(step.edges)
    assert report["states"][-1]["cells"][2][:2] == ["5.5", "1.7163"]
    assert report["keyed"] == ["step 11 of 11", "step 1 of 11", "step 0 of 5"]
    assert report["ends"] == ["step 0 of 11", "step 1 of 11", "step 5 of 5"]
    assert report["slid"] == "step 7 of 11"
    assert report["images"] == 0


@pytest.mark.parametrize(("milliseconds", "count", "button"), [(5_200, 3, "pause"), (60_000, 11, "play")])
def test_play_goes_on_by_itself_and_stops_at_the_end(milliseconds, count, button, tmp_path):
    _, page = saved(baydin, 2.0, 5.0, path=tmp_path / "steps.html")
    click = '<script>document.querySelector("[data-go=play]").click();</script></body>'
    (tmp_path / "playing.html").write_text(page.replace("</body>", click), encoding="utf-8")
    shown = in_browser(tmp_path / "playing.html", tmp_path / "profile", milliseconds=milliseconds)
    assert f">step {count} of 11<" in shown and f">{button}</button>" in shown
