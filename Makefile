# Every command creates .venv and installs what it needs, so each may be the first one on a fresh machine.
# Needs Python 3.11 or later, as python3; `make test PYTHON=python3.13` takes another one.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz check notebooks bench docs site clean

help:
	@echo "make demo         fit certified data with exact gradients, and see both modes side by side"
	@echo "make test         run the tests, and every example of the docs"
	@echo "make fuzz         the long runs of random programs, of which make test takes a slice"
	@echo "make check        lint, format and type check"
	@echo "make notebooks    run the lessons of notebooks/ and write them with their outputs"
	@echo "make bench        time dualrev against hand-written derivatives"
	@echo "make docs         build the documentation, in docs/_build/html; a warning is an error"
	@echo "make site         the same, and beside it the lessons in a browser, in docs/_build/html/lite"
	@echo "make clean        remove the virtual environments and everything made by running"

demo: $(VENV)/demo.installed
	$(BIN)/dualrev demo

test: $(VENV)/test.installed
	$(BIN)/python -m pytest --numprocesses auto -m "not fuzz"

fuzz: $(VENV)/test.installed
	$(BIN)/python -m pytest --numprocesses auto -m fuzz

check: $(VENV)/dev.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

notebooks: $(VENV)/notebooks.installed
	$(BIN)/python -m tests.lessons.make

bench: $(VENV)/dev.installed
	$(BIN)/python -m benchmarks

docs: $(VENV)/docs.installed
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs docs/_build/html

site: docs $(VENV)/site.installed
	rm -rf build/site
	$(BIN)/python -m build --quiet --wheel --outdir build/site
	$(BIN)/python docs/browser_lessons.py build/site/lessons
	$(BIN)/jupyter lite build --lite-dir build/site --contents $(CURDIR)/build/site/lessons \
		--output-dir $(CURDIR)/docs/_build/html/lite --piplite-wheels $(CURDIR)/build/site/*.whl

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "dualrev needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo.installed: pyproject.toml | $(BIN)/python
	$(PIP) install --editable .
	@touch $@

$(VENV)/test.installed: pyproject.toml | $(BIN)/python
	$(PIP) install --editable ".[test]"
	@touch $@

$(VENV)/notebooks.installed: pyproject.toml | $(BIN)/python
	$(PIP) install --editable ".[notebooks]"
	@touch $@

# Dependency groups need pip 25.1, and Python 3.11 comes with an older one.
$(VENV)/dev.installed $(VENV)/docs.installed $(VENV)/site.installed: $(VENV)/%.installed: pyproject.toml | $(BIN)/python
	$(PIP) install --upgrade "pip >= 25.1"
	$(PIP) install --editable . --group $*
	@touch $@

clean:
	rm -rf $(VENV) .venv-newest .nox .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist docs/_api docs/_build docs/lessons \
		dualrev-demo.png
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
