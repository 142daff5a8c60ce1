"""The lessons in a browser: what `make site` builds runs, where Python for browsers can be fetched."""

import json
import re
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest

from docs.browser_lessons import INSTALL, for_a_browser

ROOT = Path(__file__).parents[1]
SITE = ROOT / "docs" / "_build" / "html" / "lite"
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
LESSON = json.loads((ROOT / "notebooks" / "00_quickstart.ipynb").read_text(encoding="utf-8"))


def test_a_lesson_for_a_browser_installs_first_and_has_no_outputs():
    made = for_a_browser(LESSON)
    assert made["cells"][0] == INSTALL and len(made["cells"]) == len(LESSON["cells"]) + 1
    assert not any(cell.get("outputs") for cell in made["cells"])


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def address():
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.skipif(BROWSER is None or not SITE.exists(), reason="needs Chromium or Chrome, and `make site` before")
def test_the_first_cells_of_the_first_lesson_run(address, tmp_path):
    cells = [cell for cell in for_a_browser(LESSON)["cells"] if cell["cell_type"] == "code"][:3]
    code = [("code", "".join(cell["source"])) for cell in cells]
    page = f"{address}/repl/index.html?{urlencode([('kernel', 'python'), ('execute', '1'), *code])}"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=120000", "--dump-dom"]
    command = [BROWSER, *options, f"--user-data-dir={tmp_path}", page]
    seen = subprocess.run(command, capture_output=True, text=True, timeout=300, encoding="utf-8").stdout
    assert "jp-Notebook" in seen or "jp-CodeConsole" in seen, "the site did not come up"
    if not re.search(r"11\.652071|Traceback", seen):
        pytest.skip("Python for browsers, which comes from elsewhere, could not be fetched")
    assert "11.652071455223084" in seen
