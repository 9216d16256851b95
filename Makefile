# `make run` shows the demo map, `make test` runs every test; both set up what they need.

PYTHON ?= python3
NPM ?= npm
VENV := .venv
BIN := $(VENV)/bin
NODE_BIN := maps/node_modules/.bin

.PHONY: run test check lint bench wheel format clean setup

run: setup
	$(BIN)/prevention-map demo

test: setup
	$(BIN)/pytest -q

check: lint
	$(BIN)/pytest -q --cov --cov-report=term:skip-covered

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NODE_BIN)/tsc -p maps/tsconfig.json
	cd maps && node_modules/.bin/eslint static/js

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup
	for script in benchmarks/*.py; do \
	  name=$$(basename $$script .py); echo "== $$name"; $(BIN)/python -m benchmarks.$$name || exit 1; \
	done

wheel: setup
	$(BIN)/python -m hatchling build -t wheel

setup: .make/python .make/assets .make/kernels

.make/python: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@mkdir -p .make && touch $@

.make/assets: maps/package-lock.json maps/assets.py .make/python
	cd maps && $(NPM) ci --ignore-scripts --no-audit --no-fund
	$(BIN)/python -m maps.assets
	@mkdir -p .make && touch $@

# The first sweep compiles its kernels for half a minute: here, not before somebody's eyes.
.make/kernels: .make/python
	$(BIN)/prevention-map import data/geojson --project .make/demo.gpkg
	$(BIN)/prevention-map coverage --project .make/demo.gpkg - >/dev/null
	$(BIN)/prevention-map sweep --project .make/demo.gpkg --teams 2 - >/dev/null
	@touch $@

clean:
	rm -rf $(VENV) .make dist maps/node_modules maps/static/vendor
