"""The lessons for a browser: copies into FOLDER whose first cell installs dualrev, without the outputs.

python docs/browser_lessons.py FOLDER
"""

import json
import sys
from pathlib import Path

LESSONS = Path(__file__).parents[1] / "notebooks"
INSTALL = {
    "cell_type": "code",
    "execution_count": None,
    "id": "install",
    "metadata": {},
    "outputs": [],
    "source": ["%pip install -q dualrev"],
}


def for_a_browser(notebook):
    """A notebook that installs what it needs, to be run from the top."""
    cells = [
        {**c, "outputs": [], "execution_count": None} if c["cell_type"] == "code" else c for c in notebook["cells"]
    ]
    kernel = {"kernelspec": {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}}
    return {**notebook, "cells": [INSTALL, *cells], "metadata": kernel}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for lesson in sorted(LESSONS.glob("*.ipynb")):
        made = for_a_browser(json.loads(lesson.read_text(encoding="utf-8")))
        (folder / lesson.name).write_text(json.dumps(made, indent=1), encoding="utf-8")
