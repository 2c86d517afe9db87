# The commands of this project. Plain `make` lists them.
#
# Needs Python 3.11 or newer and make. Everything is installed into .venv inside this folder, at
# the versions of constraints.txt; nothing needs to be activated. Paths are relative throughout,
# so that a folder name with spaces does no harm.

PYTHON ?=
ARGS ?=

export PIP_DISABLE_PIP_VERSION_CHECK = 1

PY = .venv/bin/python

.PHONY: help figures quick privacy test test-browser lint lab clean
.DEFAULT_GOAL := help

help:
	@echo 'make figures       every figure and table on the demo library, into runs/demo'
	@echo 'make test          style, types, imports between rooms, then all tests'
	@echo 'make lab           JupyterLab on the notebooks'
	@echo 'make test-browser  notebooks and report in a real browser, screenshots into runs/browser'
	@echo 'make quick         like figures with fewer simulated walkers, into runs/quick'
	@echo 'make privacy       notebook 09 with every release mechanism and privacy parameter, into runs/privacy'
	@echo 'make lint          the checks of `make test` before the tests'
	@echo 'make clean         remove what these commands created (.venv, runs/demo and the like, caches)'
	@echo
	@echo 'PYTHON=python3.12 selects the Python of .venv (3.11 or newer).'
	@echo 'ARGS="..." is passed to `affectlib run` by figures and quick, to pytest by test and test-browser.'
	@echo 'Your own recordings: .venv/bin/affectlib run --library FOLDER (see README.md).'

figures: .venv/.installed
	@echo '== notebooks on the demo library, full profile -> runs/demo'
	$(PY) -m affectlib run --profile full --out runs/demo $(ARGS)

quick: .venv/.installed
	@echo '== notebooks on the demo library, quick profile -> runs/quick'
	$(PY) -m affectlib run --profile quick --out runs/quick $(ARGS)

privacy: .venv/.installed
	@echo '== all attackers on every release mechanism, demo library -> runs/privacy'
	$(PY) -m affectlib run --profile full --only 09 -p extent=whole --out runs/privacy $(ARGS)

lint: .venv/.installed-dev
	@echo '== style'
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	@echo '== types'
	$(PY) -m mypy
	@echo '== imports between rooms'
	.venv/bin/lint-imports --no-logo

test: lint
	@echo '== tests'
	$(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder --durations=20 $(ARGS)

test-browser: .venv/.installed-dev
	@sh tools/test-browser.sh $(ARGS)

lab: .venv/.installed
	$(PY) -m jupyterlab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb $(ARGS)

clean:
	rm -rf runs/demo runs/quick runs/privacy runs/browser .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@if [ -e .venv/.made-by-make ]; then echo 'rm -rf .venv affectlib.egg-info'; rm -rf .venv affectlib.egg-info; \
	elif [ -e .venv ]; then echo '.venv was not made by make and stays.'; fi

# These marks exist where .venv has the packages of pyproject.toml and constraints.txt.
INSTALL_AFTER = pyproject.toml constraints.txt affectlib/__init__.py

.venv/.installed: $(INSTALL_AFTER) .venv/bin/python
	@echo '== installing what the notebooks need into .venv (minutes the first time)'
	$(PY) -m pip install --quiet -c constraints.txt -e .
	@touch $@

.venv/.installed-dev: $(INSTALL_AFTER) .venv/bin/python
	@echo '== installing what notebooks and tests need into .venv (minutes the first time)'
	$(PY) -m pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $@ .venv/.installed

.venv/bin/python:
	@PYTHON='$(PYTHON)' sh tools/make-venv.sh
