"""Pictures of the pages that people see, on a laptop and on a phone, in both themes; and what axe-core finds in them.

    python docs/screenshots.py FOLDER [--axe axe.min.js] [page.html ...]

needs Chromium or Chrome. Pages that are named are shown beside those of dualrev. With axe-core (the file axe.min.js of
the npm package) the exit code is 1 if it finds a serious fault.
"""

import argparse
import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import dualrev as dr

SIZES = {"laptop": (1366, 768), "phone": (390, 844)}
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
OPTIONS = (
    "--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars --virtual-time-budget=4000".split()
)
RUN = """axe.run({runOnly: ["wcag2a", "wcag2aa"]}).then(found => {
  const faults = found.violations.filter(v => ["serious", "critical"].includes(v.impact));
  const said = faults.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.target.join(" ")).join("; "));
  document.body.insertAdjacentHTML("beforeend", "<pre id=faults></pre>");
  document.getElementById("faults").textContent = JSON.stringify(said);
});"""


def f(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def network(params, x):
    for W, b in params:
        x = np.tanh(W @ x + b)
    return np.sum(x**2)


def pages(folder):
    """The pages of dualrev, written into a folder."""
    random = np.random.default_rng(0)
    params = [(random.normal(size=(4, 3)), np.zeros(4)), (random.normal(size=(2, 4)), np.zeros(2))]
    dr.explain(f, 2.0, 5.0, seconds=0.05).save(folder / "explain.html")
    dr.explain(network, params, np.array([0.1, 0.2, 0.3]), seconds=0.05).save(folder / "explain-network.html")
    dr.trace(f, 2.0, 5.0).steps().save(folder / "steps.html")
    exercise = dr.teach.exercise(f, 2.0, 5.0, blanks="adjoint")
    from dualrev.theme import page, themed

    (folder / "exercise.html").write_text(page("Exercise", themed(exercise._repr_html_())), encoding="utf-8")
    return [folder / f"{name}.html" for name in ("explain", "explain-network", "steps", "exercise")]


def browser(*arguments):
    with tempfile.TemporaryDirectory() as profile:
        command = [BROWSER, *OPTIONS, f"--user-data-dir={profile}", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=180, check=True, encoding="utf-8").stdout


def pictured(page, folder):
    """A page in a frame of each size, for browsers have a narrowest window, in both themes."""
    for size, (width, height) in SIZES.items():
        frame = folder / "frame.html"
        frame.write_text(
            f'<body style="margin:0"><iframe src="{page.as_uri()}" width={width} height={height} frameborder=0>'
        )
        for theme, dark in (("light", []), ("dark", ["--blink-settings=preferredColorScheme=0"])):
            target = folder / f"{page.stem}-{size}-{theme}.png"
            browser(*dark, f"--screenshot={target}", f"--window-size={width},{height}", frame.as_uri())
            print(target)


def faults(page, axe, folder):
    """What axe-core has to say of a page, serious and critical faults only."""
    copy = folder / f"axe-{page.name}"
    script = f"<script>{axe.read_text(encoding='utf-8')}</script><script>{RUN}</script>"
    copy.write_text(page.read_text(encoding="utf-8").replace("</body>", f"{script}</body>"), encoding="utf-8")
    found = re.search(r'<pre id="faults">(.*?)</pre>', browser("--dump-dom", copy.as_uri()), re.DOTALL)
    copy.unlink()
    return json.loads(html.unescape(found[1])) if found else ["axe-core did not finish"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--axe", type=Path)
    parser.add_argument("pages", nargs="*", type=Path)
    given = parser.parse_args()
    if BROWSER is None:
        sys.exit("no Chromium or Chrome on this machine")
    folder = given.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    bad = 0
    for page in pages(folder) + [page.resolve() for page in given.pages]:
        pictured(page, folder)
        for fault in faults(page, given.axe, folder) if given.axe else []:
            bad = 1
            print(f"{page.name}: {fault}")
    sys.exit(bad)


if __name__ == "__main__":
    main()
