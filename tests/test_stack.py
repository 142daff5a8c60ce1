"""What the project says of Python and of what it stands on is said once, and the archive holds what its tests need."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MINIMA = dict(re.fullmatch(r"(\w+) >= ([\d.]+)", d).groups() for d in PYPROJECT["project"]["dependencies"])
PYTHONS = [c.split(" :: ")[-1] for c in PYPROJECT["project"]["classifiers"] if c.startswith("Programming Language")]
SPELLED = {"numpy": "NumPy", "scipy": "SciPy", "matplotlib": "matplotlib"}
MADE = {"build", "dist", "dualrev-demo.png"}
OF_EVERY_SDIST = {"pyproject.toml", "README.md", "LICENSE", "PKG-INFO"}


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_the_pages_state_the_minima(page):
    said = re.search(r"NumPy ([\d.]+),\s+SciPy ([\d.]+) and matplotlib (\d+\.\d+)", (ROOT / page).read_text("utf-8"))
    assert dict(zip(SPELLED, said.groups(), strict=True)) == MINIMA


@pytest.mark.parametrize("name", SPELLED)
def test_these_tests_run_on_what_is_allowed(name):
    numbers = lambda text: [int(n) for n in re.findall(r"\d+", text)[:2]]
    assert numbers(version(name)) >= numbers(MINIMA[name])


def test_the_first_python_declared_is_the_oldest_allowed():
    assert PYPROJECT["project"]["requires-python"] == f">= {PYTHONS[0]}"
    assert f"Python {PYTHONS[0]} or later" in (ROOT / "README.md").read_text("utf-8")


def test_the_archive_holds_every_file_and_folder_of_the_project():
    named = {entry.strip("/") for entry in PYPROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]}
    here = {p.name for p in ROOT.iterdir() if not p.name.startswith(".") and not p.name.endswith(".egg-info")}
    assert here - MADE - {"__pycache__"} <= named | OF_EVERY_SDIST
