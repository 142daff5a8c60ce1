"""Writes notebooks/NN_name.ipynb from notebooks/NN_name.py, with the outputs: `make notebooks`.

The same files come out of every run: no times, no identities of processes or cells, no dates in figures.
``python -m tests.lessons.make 05 17`` makes some of them; it needs the extra "notebooks".
"""

import json
import os
import re
import sys
import tempfile
from base64 import b64decode, b64encode
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from pathlib import Path

from tests.lessons.cells import FOLDER, LESSONS, cells_of

COLOURS = 128  # of a picture
SECONDS = 120  # for one cell, on a busy machine
STILL = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "SOURCE_DATE_EPOCH": "0"}
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
UNIQUE = re.compile(r"dualrev-(\w+)-[0-9a-f]{32}")  # what a page names its parts by, so that two do not clash
NAMED = {"language_info": {"file_extension": ".py", "name": "python"}}


def notebook_of(path):
    """The cells of a lesson, without outputs."""
    import nbformat.v4 as v4

    made = v4.new_notebook(metadata=KERNEL | NAMED)
    for k, cell in enumerate(cells_of(path)):
        new = v4.new_markdown_cell if cell.is_text else v4.new_code_cell
        made.cells.append(new(cell.source, id=f"cell-{k:02}"))
    return made


def make(path):
    """Run one lesson, and write it."""
    import nbformat
    from nbclient import NotebookClient

    made = notebook_of(path)
    resources, quiet = {"metadata": {"path": str(FOLDER)}}, ["--log-level=ERROR"]
    still = {"record_timing": False, "coalesce_streams": True}
    NotebookClient(made, timeout=SECONDS, resources=resources, extra_arguments=quiet, **still).execute()
    for cell in made.cells:
        cell.metadata.clear()
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = smaller(output.data["image/png"])
    made.metadata = KERNEL | NAMED
    seen = {}
    numbered = UNIQUE.sub(lambda id: f"dualrev-{id[1]}-{seen.setdefault(id[0], len(seen))}", nbformat.writes(made))
    data = json.loads(numbered)
    path.with_suffix(".ipynb").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path.with_suffix(".ipynb")


def smaller(picture):
    """A PNG in base64 with a palette: a third of the bytes, and nobody sees the difference."""
    from PIL import Image

    made = BytesIO()
    Image.open(BytesIO(b64decode(picture))).convert("RGB").quantize(COLOURS).save(made, "png", optimize=True)
    return b64encode(made.getvalue()).decode() + "\n"


def settings(folder):
    """A matplotlibrc, so that the figures of two runs are the same bytes."""
    (Path(folder) / "matplotlibrc").write_text("svg.hashsalt: dualrev\n", "utf-8")
    return {"MATPLOTLIBRC": folder, "IPYTHONDIR": folder, "PYTHONPATH": str(FOLDER.parent)}


if __name__ == "__main__":
    chosen = [path for path in LESSONS if not sys.argv[1:] or path.stem[:2] in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(STILL | settings(folder))
        with ProcessPoolExecutor(2) as pool:
            for written in pool.map(make, chosen):
                print(f"{written.name}: {written.stat().st_size / 1000:.0f} kB", flush=True)
